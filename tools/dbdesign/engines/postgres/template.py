"""The cached cluster: initdb runs once for a version; every server starts from a copy of what it made.

A template is made aside and renamed into place, so it is whole or absent; its count of files and bytes is kept beside it, so that
one that was damaged later is made again.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from dbdesign.engines.postgres.extensions import install_extensions
from dbdesign.engines.postgres.folders import discard, new_folder
from dbdesign.engines.postgres.install import Account, Installation, cache_folder, file_lock
from dbdesign.errors import EngineError

FORMAT = 3
"""Raised whenever what is below changes what a template holds."""


@dataclass(frozen=True)
class Template:
    """A cluster that was shut down cleanly, with the superuser that only we know."""

    data: Path
    superuser: str
    secret: str
    files: int
    size: int


def ensure_template(installation: Installation) -> Template:
    """The template for an installation, made if it is missing or damaged. Safe between processes."""
    cache = cache_folder()
    folder = cache / f"template-{installation.version}-{installation.fingerprint}-{FORMAT}"
    with file_lock(cache / f"{folder.name}.lock"):
        template = _load(folder)
        if template is None:
            shutil.rmtree(folder, ignore_errors=True)
            template = _make(installation, folder)
    return template


def copy_cluster(template: Template, target: Path) -> None:
    """Copy the template's data folder to `target` (which must not exist)."""
    _copy(template.data, target)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder with owners and times, sharing blocks where the file system can."""
    for options in (["-a", "--reflink=auto"], ["-pR"]):  # GNU, then any other
        done = subprocess.run(  # noqa: S603
            ["cp", *options, str(source), str(target)],  # noqa: S607
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return
        shutil.rmtree(target, ignore_errors=True)
    raise EngineError(
        f"the cluster could not be copied: {done.stderr.decode(errors='replace').strip()[:300]}",
        remedy="Free some space in the temporary folder (30 MB are needed)",
    )


def discard_template(template: Template) -> None:
    """Remove a template that does not start, so that the next `ensure_template` makes it again."""
    shutil.rmtree(template.data.parent, ignore_errors=True)


def _load(folder: Path) -> Template | None:
    try:
        facts = json.loads((folder / "template.json").read_text())
        template = Template(folder / "data", facts["superuser"], facts["secret"], facts["files"], facts["size"])
    except (OSError, ValueError, KeyError):
        return None
    return template if measure(template.data) == (template.files, template.size) else None


def measure(folder: Path | str) -> tuple[int, int]:
    """Number of files below a folder, and the sum of their lengths in bytes."""
    files = size = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inner = measure(entry.path)
                    files, size = files + inner[0], size + inner[1]
                else:
                    files, size = files + 1, size + entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        pass
    return files, size


def _make(installation: Installation, folder: Path) -> Template:
    superuser, secret = f"dbdesign_{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    for leftover in folder.parent.glob(f"{folder.name}.*/"):  # of makers that were killed: we hold the lock
        shutil.rmtree(leftover, ignore_errors=True)
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    partial.mkdir(mode=0o700)
    account = installation.account
    maker = (Account.named() or account) if account.foreign else account  # initdb wants an account with a name
    workshop, held = new_folder(maker)
    try:
        _copy(_initdb(installation, maker, workshop, superuser, secret), partial / "data")
        files, size = measure(partial / "data")
        template = Template(folder / "data", superuser, secret, files, size)
        facts = partial / "template.json"
        facts.touch(mode=0o600)
        facts.write_text(json.dumps({key: value for key, value in asdict(template).items() if key != "data"}))
        partial.rename(folder)
    finally:
        discard(workshop, held)
        shutil.rmtree(partial, ignore_errors=True)
    return template


def _initdb(installation: Installation, maker: Account, folder: Path, superuser: str, secret: str) -> Path:
    """Run initdb and the first settings in a private folder; the data folder, owned by the installation's account."""
    account = installation.account
    workshop = folder / "workshop"
    workshop.mkdir(mode=0o700)
    password = workshop / "password"
    password.touch(mode=0o600)
    password.write_text(secret + "\n")
    if account.foreign:
        for path in (workshop, password):
            os.chown(path, maker.uid, maker.gid)
    data = workshop / "data"
    _run(maker, [str(installation.bin / "initdb"), *_initdb_options(installation.major, data, superuser, password)])
    _run(
        maker,
        [str(installation.bin / "postgres"), "--single", "-D", str(data), "-c", "fsync=off", "postgres"],
        feed="REVOKE ALL ON DATABASE postgres FROM PUBLIC\nREVOKE ALL ON DATABASE template1 FROM PUBLIC\n",
    )
    (data / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    install_extensions(installation, data)
    if account.foreign:
        _give(data, account)
    return data


def _initdb_options(major: int, data: Path, superuser: str, password: Path) -> list[str]:
    options = [f"--pgdata={data}", f"--username={superuser}", f"--pwfile={password}", "--auth=scram-sha-256"]
    options += ["--encoding=UTF8", "--no-sync", "--wal-segsize=1", "--text-search-config=english"]
    if major >= 14:
        options += ["--no-instructions"]
    if major >= 17:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        options += ["--locale=C"]
    if major >= 18:
        options += ["--no-data-checksums"]
    return options


def _run(account: Account, command: list[str], feed: str | None = None) -> None:
    done = account.run(command, feed=feed)
    if done.returncode or "ERROR:" in done.stderr:
        text = (done.stderr or done.stdout).strip()
        raise EngineError(
            f"{Path(command[0]).name} failed: {text[-500:]}", remedy="Check the disk and the installation"
        )


def _give(folder: Path, account: Account) -> None:
    os.chown(folder, account.uid, account.gid)
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(base, name), account.uid, account.gid, follow_symlinks=False)  # noqa: PTH118
