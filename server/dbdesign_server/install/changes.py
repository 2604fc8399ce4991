"""What an installation changes, file by file: worked out as a whole before anything is written, inside the project's folder alone."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from dbdesign.errors import AccessError, InputError
from dbdesign_server.install.json_entry import with_entry, without_entry
from dbdesign_server.install.products import MARK, NAME, Product
from dbdesign_server.install.toml_entry import with_table, without_table

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Change:
    """A file before and after; None where there is no file.

    Attributes:
        name: as the user sees it, from the project's folder.
        path: the real file.
    """

    name: str
    path: Path
    before: str | None
    after: str | None

    def difference(self) -> str:
        """As a unified difference."""
        old, new = (self.before or "").splitlines(keepends=True), (self.after or "").splitlines(keepends=True)
        names = (
            "/dev/null" if self.before is None else f"a/{self.name}",
            "/dev/null" if self.after is None else f"b/{self.name}",
        )
        lines = difflib.unified_diff(old, new, *names)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def installation(product: Product, folder: Path, command: Sequence[str]) -> list[Change]:
    """The files that installing changes; none where all is as it should be.

    Raises:
        InputError: for a file that cannot be read or is not what it should be.
        AccessError: for a file outside the project, or an agent's file that is not ours.
    """
    folder = _project(folder)
    config, entry = _file(folder, product.config), product.entry(command)
    before = _read(config, product.config)
    write = with_table if config.suffix == ".toml" else with_entry
    after = write(before, product.group, NAME, entry, product.config)
    agent = _file(folder, product.agent)
    there = _ours(agent, product.agent)
    changes = [
        Change(product.config, config, before, after),
        Change(product.agent, agent, there, product.write_agent()),
    ]
    return [one for one in changes if one.before != one.after]


def removal(product: Product, folder: Path) -> list[Change]:
    """The files that taking it out changes; none where nothing is there.

    Raises:
        InputError: for a file that cannot be read or is not what it should be.
        AccessError: for a file outside the project, or an agent's file that is not ours.
    """
    folder = _project(folder)
    config, agent = _file(folder, product.config), _file(folder, product.agent)
    before, there = _read(config, product.config), _ours(agent, product.agent)
    take = without_table if config.suffix == ".toml" else without_entry
    after = None if before is None else take(before, product.group, NAME, product.config)
    changes = [Change(product.config, config, before, after), Change(product.agent, agent, there, None)]
    return [one for one in changes if one.before != one.after]


def apply(changes: Sequence[Change], folder: Path) -> None:
    """Write the files, each in one step, and remove folders that are left empty.

    Raises:
        AccessError: where a file cannot be written; those before it are.
    """
    for change in changes:
        try:
            if change.after is None:
                change.path.unlink()
                _remove_empty(change.path.parent, _project(folder))
            else:
                _place(change.path, change.after)
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise AccessError(reason, where=change.name, remedy="Change its permissions") from None


def _project(folder: Path) -> Path:
    try:
        real = folder.resolve(strict=True)
    except OSError:
        raise InputError("there is no such folder", where=str(folder), remedy="Name the project's folder") from None
    if not real.is_dir():
        raise InputError("is not a folder", where=str(folder), remedy="Name the project's folder")
    return real


def _file(folder: Path, name: str) -> Path:
    """The real path of a file in the project; a symbolic link must not lead out of it."""
    try:
        real = (folder / name).resolve()
    except (OSError, RuntimeError):
        raise AccessError("symbolic links go round in a circle", where=name) from None
    if not real.is_relative_to(folder):
        raise AccessError("leads out of the project", where=name, remedy="Replace the symbolic link by a file")
    return real


def _read(path: Path, name: str) -> str | None:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError("is not a regular file", where=name)
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError((error.strerror or "cannot be read").lower(), where=name) from None
    if len(content) > MAX_BYTES:
        raise InputError("is too large for a file of settings; nothing was changed", where=name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8; nothing was changed", where=name, remedy="Save it as UTF-8") from None


def _ours(path: Path, name: str) -> str | None:
    """The agent's file, if there is one and it is ours."""
    text = _read(path, name)
    if text is not None and MARK not in text:
        what = "is there and was not written by dbdesign; nothing was changed"
        raise AccessError(what, where=name, remedy="Move or rename it")
    return text


def _place(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        beside.write_bytes(text.encode())
        with suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _remove_empty(folder: Path, project: Path) -> None:
    """Remove a folder that is left empty, and those above it, up to the project."""
    while folder != project and folder.is_relative_to(project):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
