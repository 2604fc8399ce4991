"""The tiny process between us and the server: when we are gone, however we went, it removes the server and its folder.

It is run as a script in a session of its own and uses the standard library alone. Its standard input is a pipe whose other end
only the owner holds: one byte there says that the folder is ready and the server may start, the end of file that the owner is
gone. (PR_SET_PDEATHSIG would not do: it fires when the *thread* that created the process ends.)

The argument is a JSON object: `folder` (removed at the end), `command`, `environment`, `lock` (a file descriptor to keep open, whose
lock tells others that the folder is in use), `account` ([uid, gid] or null), `memory` (bytes of address space a process of the
server may have), `nice`, `log` (the server's standard error).
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 2.0
"""Seconds that the server has for an immediate shutdown before its processes are killed."""


def main() -> None:
    """Start the server when told, wait for the owner's end or the server's, then remove everything."""
    plan: dict[str, Any] = json.loads(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    os.set_inheritable(plan["lock"], False)
    wake = _wake_on(signal.SIGCHLD, signal.SIGTERM)
    postmaster = 0
    try:
        if os.read(0, 1):
            postmaster = _start(plan)
            _wait(wake, postmaster)
    finally:
        _stop(postmaster, plan)
        _report(plan["log"])
        remove(plan["folder"])


def _wake_on(*numbers: signal.Signals) -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in numbers:
        signal.signal(number, lambda _number, _frame: None)
    return reading


def _start(plan: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        _become_server(plan)
        os.execve(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606 - no shell is wanted
    except BaseException as error:  # noqa: BLE001 - the forked copy must never return into the caller's code
        os.write(2, f"FATAL:  the server could not be started: {error}\n".encode())
    finally:
        os._exit(127)


def _become_server(plan: dict[str, Any]) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)  # SIGQUIT: what a shell starts in the background ignores it
    os.umask(0o077)
    log = os.open(plan["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    supervisor = os.getppid()
    die_with = _death_signal()
    _limit(plan)
    if plan["account"]:
        uid, gid = plan["account"]
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    die_with()  # last, because a change of user cancels it
    if os.getppid() != supervisor:
        os._exit(1)


def _limit(plan: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = plan["memory"] if hard == resource.RLIM_INFINITY else min(plan["memory"], hard)
    if sys.platform == "linux":  # macOS has no such limit that works
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        _volunteer_for_the_oom_killer()
    os.nice(plan["nice"])


def _volunteer_for_the_oom_killer() -> None:
    try:
        with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
            score.write("500")
    except OSError:
        return  # a container that forbids it: the limit on address space still holds


def _death_signal() -> Callable[[], object]:
    """What makes the kernel stop the server should even the supervisor be killed (it has one thread, so the trap is none)."""
    if sys.platform != "linux":
        return lambda: None
    import ctypes  # now: another user may be unable to read the standard library

    pr_set_pdeathsig = 1
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(pr_set_pdeathsig, int(signal.SIGQUIT), 0, 0, 0)


def _wait(wake: int, postmaster: int) -> None:
    """Return when the owner is gone, when we are told to stop, or when the server has ended."""
    while True:
        ready = select.select([0, wake], [], [])[0]
        if 0 in ready and not os.read(0, 4096):
            return
        if wake in ready:
            if signal.SIGTERM in os.read(wake, 4096):
                return
            if os.waitpid(postmaster, os.WNOHANG) != (0, 0):
                return


def _stop(postmaster: int, plan: dict[str, Any]) -> None:
    """Immediate shutdown, then the hard way for whatever is left of the server."""
    if postmaster and _alive(postmaster):
        os.kill(postmaster, signal.SIGQUIT)
        deadline = time.monotonic() + PATIENCE
        while _alive(postmaster) and time.monotonic() < deadline:
            time.sleep(0.002)
        if _alive(postmaster):  # a Redis in an endless script hears no other signal
            os.kill(postmaster, signal.SIGKILL)
            os.waitpid(postmaster, 0)
    kill_processes_in(plan["folder"])


def _alive(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def kill_processes_in(folder: str) -> None:
    """Kill the processes whose working directory is in `folder`: the server's, which all work in its data folder."""
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112, PTH208
        if entry.isdigit() and _is_server_in(folder, f"/proc/{entry}"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(entry), signal.SIGKILL)


def _is_server_in(folder: str, process: str) -> bool:
    try:
        with open(f"{process}/comm") as name:  # noqa: PTH123
            ours = name.read().strip() in {"postgres", "mariadbd", "mysqld", "redis-server", "valkey-server"}
            return ours and f"{os.readlink(f'{process}/cwd')}/".startswith(f"{folder}/")  # noqa: PTH115
    except OSError:
        return False


def _report(log: str) -> None:
    """The end of the server's log to standard output, for the owner if it still listens."""
    try:
        with open(log, "rb") as stream:  # noqa: PTH123
            os.write(1, stream.read()[-2000:])
    except OSError:
        return


def remove(folder: str) -> None:
    """Remove a folder; processes that are just ending may still add to it, so insist for a while."""
    import shutil

    for _ in range(200):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
        time.sleep(0.02)


if __name__ == "__main__":
    main()
