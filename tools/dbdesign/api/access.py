"""Which files and databases a call may touch, and how files are opened so that nothing outside is reached.

A path is resolved first and compared with the allowed roots; then it is opened from the root downwards, component by component,
without following symbolic links, so that a link put in the way between the check and the opening is refused as well.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from dbdesign.errors import AccessError, InputError, LimitError, UnknownNameError

if TYPE_CHECKING:
    from dbdesign.engines.connections import ConfiguredDatabase

MAX_BYTES = 64 * 1024 * 1024
"""The largest input that is read, in bytes."""

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


@dataclass(frozen=True)
class Access:
    """What a call may reach.

    Attributes:
        roots: folders below which files may be read and written; relative paths start from the first. Empty: any path that the
            process can read (the command line, where the caller is the user himself).
        databases: configured databases by name; never an URL from a caller.
        analyzable: names of those on which the user lets queries be run to explain them (EXPLAIN ANALYZE), lower case with `_`.
        files: whether any file may be touched at all.
        imports: whether a program's own code may be run to read its models.
        standard_input: gives what `-` stands for; None where `-` has no meaning (the server).
    """

    roots: tuple[Path, ...] = ()
    databases: Mapping[str, ConfiguredDatabase] = field(default_factory=dict)
    analyzable: frozenset[str] = frozenset()
    standard_input: Callable[[], bytes] | None = None
    files: bool = True
    imports: bool = False

    @classmethod
    def beneath(
        cls,
        *roots: str | Path,
        databases: Mapping[str, ConfiguredDatabase] | None = None,
        analyzable: frozenset[str] = frozenset(),
        standard_input: Callable[[], bytes] | None = None,
    ) -> Access:
        """Access to these folders, each of which must exist.

        Raises:
            InputError: where a root is not a folder.
        """
        resolved = tuple(_root(Path(root)) for root in roots)
        return cls(resolved, databases or {}, analyzable, standard_input)

    def read_bytes(self, name: str) -> bytes:
        """The content of a regular file, at most `MAX_BYTES`.

        Raises:
            AccessError: outside the roots, through `..`, or not a regular file.
            InputError: missing, a folder, or not readable.
            LimitError: too large.
        """
        path = self._resolved(name)
        try:
            descriptor = self._open(path, _READ)
        except OSError as error:
            raise self._refused(name, error) from None
        try:
            self._check_kind(name, path, os.fstat(descriptor).st_mode)
            os.set_blocking(descriptor, True)
        except BaseException:
            os.close(descriptor)
            raise
        with os.fdopen(descriptor, "rb") as file:
            return limited(file.read(MAX_BYTES + 1), name)

    def write_text(self, name: str, text: str, *, overwrite: bool = False) -> str:
        """Write a file in one step: it is there whole or not at all. Gives the path as the caller would name it.

        Folders on the way are made. An existing file is left alone unless `overwrite`.

        Raises:
            AccessError: outside the roots, hidden, a symbolic link, existing without `overwrite`, or a place that takes no file.
        """
        folder, final = os.path.split(name)
        if not final or final in {".", ".."}:
            raise InputError("is not the name of a file", where=name, remedy="Name a file, for example out/schema.sql")
        if self.roots and any(part.startswith(".") and part != "." for part in Path(name).parts):
            raise AccessError("hidden files and folders are not written to", where=name, remedy="Choose a visible path")
        try:
            directory = self._open_folder(folder or ".")
        except FileNotFoundError:
            raise AccessError("no folder can be made there", where=name, remedy="Choose another path") from None
        except OSError as error:
            raise _not_written(name, error) from None
        try:
            _place(directory, final, text.encode("utf-8", "surrogatepass"), overwrite=overwrite)
        except FileExistsError:
            raise AccessError(
                "the file exists already", where=name, remedy="Choose another path, or say overwrite=true (--overwrite)"
            ) from None
        except OSError as error:
            raise _not_written(name, error) from None
        finally:
            os.close(directory)
        return name

    def is_folder(self, name: str) -> bool:
        """Whether the path names an existing folder that may be reached; one that no path can be, such as a name too long, is an error."""
        path = self._resolved(name, strict=False)
        try:
            return stat.S_ISDIR(path.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self._refused(name, error) from None

    def folder(self, name: str) -> Path:
        """The real path of a folder that may be looked into.

        Raises:
            AccessError: outside the roots.
            InputError: missing, or not a folder.
        """
        try:
            path = self._resolved(name)
            if stat.S_ISDIR(path.stat().st_mode):
                return path
        except OSError as error:
            raise self._refused(name, error) from None
        raise InputError("is not a folder", where=name, remedy="Name the folder of a repository")

    def file(self, name: str) -> Path:
        """The real path of a regular file that may be reached.

        Raises:
            AccessError: outside the roots, or no regular file.
            InputError: missing.
        """
        try:
            path = self._resolved(name)
            if stat.S_ISREG(path.stat().st_mode):
                return path
        except OSError as error:
            raise self._refused(name, error) from None
        raise InputError("is not a regular file", where=name, remedy="Name a file")

    def files_beneath(self, name: str) -> Iterator[str]:
        """The regular files below a folder, named from the folder as it was named, in the order of their paths.

        Hidden ones and symbolic links are left out.

        Raises:
            AccessError: outside the roots, or a folder that may not be read.
        """
        folder = self._resolved(name)

        def refuse(error: OSError) -> None:
            raise self._refused(name, error) from None

        for place, folders, files in os.walk(folder, onerror=refuse):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for file in sorted(files):
                path = Path(place) / file
                if not file.startswith(".") and not path.is_symlink() and path.is_file():
                    yield str(Path(name) / path.relative_to(folder))

    def exists(self, name: str) -> bool:
        """Whether something is at this path, which may be reached."""
        return os.path.lexists(self._resolved(name, strict=False))

    def database(self, name: str) -> ConfiguredDatabase:
        """The configured database of that name, or an `UnknownNameError` that says how one is configured."""
        wanted = name.lower().replace("-", "_")
        for known, database in self.databases.items():
            if known.lower().replace("-", "_") == wanted:
                return database
        if not self.databases:
            variable = f"DBDESIGN_DATABASE_{name.upper().replace('-', '_')}"
            raise AccessError(
                f"no database named {name!r} is configured",
                remedy=f"The user sets {variable}, or names it in the configuration file, and restarts dbdesign",
            )
        raise UnknownNameError.among("configured database", name, self.databases)

    def check_analyze(self, name: str) -> None:
        """Raises an `AccessError` where the user does not let queries be run on this database."""
        if name.lower().replace("-", "_") not in self.analyzable:
            raise AccessError(
                f"queries are not run on {name!r} to explain them",
                where="analyze",
                remedy="Leave analyze out; or the user allows it with DBDESIGN_ALLOW_ANALYZE=<names>, or allow_analyze in the"
                " configuration file",
            )

    def _resolved(self, name: str, *, strict: bool = True) -> Path:
        """The real path, inside a root."""
        if "\0" in name:
            raise InputError("a path cannot hold a NUL byte")
        if _URL.match(name):
            raise InputError(
                "a path is expected, not an URL", where=name.partition(":")[0], remedy="Name a file by its path"
            )
        written = Path(name)
        if not self.files:
            raise AccessError("no folder is allowed", where=name, remedy="The user starts dbdesign with --root FOLDER")
        if not self.roots:
            return written
        if ".." in written.parts:
            raise AccessError("`..` is not allowed in a path", where=name, remedy=f"Name it from {self._where()}")
        candidates = [written] if written.is_absolute() else [root / written for root in self.roots]
        return self._inside(name, candidates, strict=strict)

    def _inside(self, name: str, candidates: list[Path], *, strict: bool) -> Path:
        missing: OSError | None = None
        for candidate in candidates:
            try:
                real = candidate.resolve(strict=strict)
            except RuntimeError:
                raise AccessError("symbolic links go round in a circle", where=name) from None
            except OSError as error:
                missing = error if self._root_of(candidate) else missing
                continue
            if self._root_of(real):
                return real
            missing = None
            break
        if missing is not None:
            raise self._refused(name, missing)
        raise AccessError("is outside the allowed folders", where=name, remedy=f"Use a path under {self._where()}")

    def _root_of(self, path: Path) -> Path | None:
        return next((root for root in self.roots if path == root or root in path.parents), None)

    def _open(self, path: Path, flags: int) -> int:
        """Open from the root downwards, no symbolic links on the way."""
        root = self._root_of(path)
        if root is None:
            return os.open(path, flags)
        parts = path.relative_to(root).parts
        if not parts:
            return os.open(root, _FOLDER)
        folder = _descend(os.open(root, _FOLDER), parts[:-1])
        try:
            return os.open(parts[-1], flags | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)

    def _open_folder(self, name: str) -> int:
        """Open a folder for writing into it; missing ones are made."""
        path = self._resolved(name, strict=False)
        root = self._root_of(path)
        if root is None:
            path.mkdir(parents=True, exist_ok=True)
            return os.open(path, _FOLDER)
        return _descend(os.open(root, _FOLDER), path.relative_to(root).parts, make=True)

    def _check_kind(self, name: str, path: Path, kind: int) -> None:
        if stat.S_ISDIR(kind):
            raise _folder(name, path)
        if not stat.S_ISREG(kind) and not self._is_users_pipe(path, kind):
            what = _KINDS.get(stat.S_IFMT(kind), "not a regular file")
            raise AccessError(f"is {what}", where=name, remedy="Name a regular file")

    def _is_users_pipe(self, path: Path, kind: int) -> bool:
        """A pipe that the user's shell made: `dbdesign read <(pg_dump …)`, /dev/stdin."""
        return not self.roots and stat.S_ISFIFO(kind) and str(path).startswith(("/dev/fd/", "/dev/stdin", "/proc/"))

    def _where(self) -> str:
        return " or ".join(str(root) for root in self.roots)

    def _refused(self, name: str, error: OSError) -> InputError | AccessError:
        """An operating system's refusal in our words; its own text would name resolved paths."""
        if isinstance(error, FileNotFoundError):
            return InputError("there is no such file", where=name, remedy=self._nearest(name))
        if isinstance(error, PermissionError):
            return AccessError("the file may not be read by this user", where=name, remedy="Change its permissions")
        if isinstance(error, IsADirectoryError):
            return _folder(name, Path(name))
        reason = (error.strerror or type(error).__name__).lower()
        return AccessError(reason, where=name, remedy="Name a regular file, with no symbolic link that leads out")

    def _nearest(self, name: str) -> str:
        """What to try instead: a file of a similar name in the same folder."""
        base = self.roots[0] if self.roots else Path()
        folder = (base / name).parent
        with suppress(OSError):
            names = [entry.name for entry in os.scandir(folder)]
            near = get_close_matches(Path(name).name, names, n=3, cutoff=0.6)
            if near:
                return f"Did you mean {' or '.join(str(Path(name).parent / one) for one in near)}?"
        where = f"Paths start from {base}" if self.roots else "Check the path"
        return f"{where}; SQL text may be given in place of a path"


def _not_written(name: str, error: OSError) -> AccessError:
    """Why nothing could be written there, in our words; the operating system's would name resolved paths."""
    folder = f"the folder {Path(name).parent}"
    if isinstance(error, PermissionError):
        what = f"this user may not write into {folder}"
    elif isinstance(error, FileNotFoundError):
        what = f"no file can be made in {folder}"
    elif isinstance(error, IsADirectoryError):
        what = "is a folder"
    elif isinstance(error, (FileExistsError, NotADirectoryError)):
        what = "a part of the path is a file, not a folder"
    elif error.errno == errno.ELOOP:
        what = "a symbolic link on the way is not followed"
    else:
        what = (error.strerror or str(error) or type(error).__name__).lower()
    return AccessError(what, where=name, remedy="Choose another path to write to")


def limited(content: bytes, name: str) -> bytes:
    """The content, unless it is larger than what is read."""
    if len(content) > MAX_BYTES:
        raise LimitError(
            f"is larger than {MAX_BYTES // 1024 // 1024} MB",
            where=name,
            remedy="Dump the schema alone (pg_dump --schema-only, mysqldump --no-data)",
        )
    return content


def _root(path: Path) -> Path:
    try:
        real = path.resolve(strict=True)
    except OSError:
        raise InputError(
            "the allowed folder does not exist", where=str(path), remedy="Make it, or name another"
        ) from None
    if not real.is_dir():
        raise InputError("is not a folder", where=str(path), remedy="An allowed root must be a folder")
    return real


def _folder(name: str, path: Path) -> InputError:
    names: list[str] = []
    with suppress(OSError):
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file() and not entry.name.startswith("."))
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return InputError("is a folder", where=name, remedy=f"Name one file in it{': ' + shown if shown else ''}")


def _descend(folder: int, parts: tuple[str, ...], *, make: bool = False) -> int:
    """A descriptor of the folder below; `folder` itself is closed."""
    for part in parts:
        try:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)
        folder = below
    return folder


def _place(folder: int, final: str, content: bytes, *, overwrite: bool) -> None:
    """Write beside the final name, then link or move it into place."""
    temporary = f".{final[:100]}.{token_hex(8)}"
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=folder
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            with suppress(FileNotFoundError):
                kind = os.stat(final, dir_fd=folder, follow_symlinks=False).st_mode
                if stat.S_ISDIR(kind):
                    raise IsADirectoryError
                if not stat.S_ISREG(kind):
                    raise OSError("exists and is not a regular file")
            os.replace(temporary, final, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            os.link(temporary, final, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=folder)
