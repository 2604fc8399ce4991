"""Models imported by the user's own Python, where that is asked for by name: in a process of its own, with limits and a time-out.

The process gets a scrubbed environment (no secrets of ours), its own group, limits on memory, processor time and files, and is killed with
all its children when the time is over. It writes DDL; the engine's own reader reads that.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dbdesign.errors import InputError, LimitError
from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, Unread, reader
from dbdesign.readers.sqlalchemy.engine import DIALECTS, engine_of

MEMORY = 4 * 1024**3
"""Bytes of address space."""
LARGEST_FILE = 64 * 1024**2
"""Bytes of a file that the process may write."""
MOST_MODULES = 2_000
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "TMPDIR")
"""Variables of the environment that the process sees."""


def read_imported(
    folder_or_module: Path,
    *,
    python: str | Path = sys.executable,
    timeout: float = 60.0,
    engine: Engine | None = None,
    environment: Mapping[str, str] | None = None,
) -> ReadResult:
    """Import models and read what their `metadata.create_all()` would make. This runs the user's code.

    Args:
        folder_or_module: a Python file, or a folder whose files that declare tables are all imported.
        python: the interpreter of the project, in which its packages are installed; SQLAlchemy 1.3 or later among them.
        timeout: seconds after which the process and all its children are killed.
        engine: None for the one that the files name.
        environment: variables that the program needs beside `KEPT`.

    Raises:
        InputError: nothing could be imported, or no table is declared.
        LimitError: the time was over.
    """
    from dbdesign.readers.sqlalchemy import declares

    files = _files(folder_or_module)
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files}
    found, how = (engine, None) if engine is not None else engine_of({str(path): text for path, text in texts.items()})
    wanted = files if folder_or_module.is_file() else [path for path in files if declares(texts[path]) > 0]
    if not wanted:
        raise InputError(
            "no file declares a table", where=str(folder_or_module), remedy="Name the module that imports all models"
        )
    root = _root(folder_or_module)
    modules = [_module_name(path, root) for path in wanted]
    answer = _run(root, modules, DIALECTS[found], str(python), timeout, environment or {})
    return _result(answer, found, how, str(folder_or_module))


def _files(target: Path) -> list[Path]:
    if not target.exists():
        raise InputError("does not exist", where=str(target), remedy="Give a Python file or a folder of models")
    if target.is_file():
        return [target]
    found = [
        path for path in sorted(target.rglob("*.py")) if not {"node_modules", ".venv", "venv", ".git"} & set(path.parts)
    ]
    if len(found) > MOST_MODULES:
        raise LimitError(
            f"holds more than {MOST_MODULES:,} Python files", where=str(target), remedy="Name the folder of the models"
        )
    return found


def _root(target: Path) -> Path:
    """The folder from which the modules are imported: above all packages that the target lies in."""
    folder = target.resolve() if target.is_dir() else target.resolve().parent
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def _module_name(path: Path, root: Path) -> str:
    parts = list(path.resolve().relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _limit(timeout: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(timeout) + 1, int(timeout) + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses limits on address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _run(
    root: Path, modules: Sequence[str], dialect: str, python: str, timeout: float, environment: Mapping[str, str]
) -> dict[str, Any]:
    script = Path(__file__).with_name("dump_metadata.py")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="dbdesign-import-") as scratch:
        result, said = Path(scratch) / "result.json", Path(scratch) / "said.txt"
        command = [python, "-B", str(script), str(result), dialect, str(root), *modules]
        with said.open("wb") as output:
            try:
                process = subprocess.Popen(  # noqa: S603 - the program that the caller asked for, without a shell
                    command,
                    cwd=root,
                    env={**kept, **environment, "PYTHONDONTWRITEBYTECODE": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=lambda: _limit(timeout),
                )
            except OSError as error:
                raise InputError(
                    f"the Python could not be started: {error}", where=python, remedy="Name an interpreter"
                ) from None
            _wait(process, timeout, root)
        if not result.exists():
            tail = said.read_bytes()[-2000:].decode("utf-8", "replace").strip().splitlines()
            raise InputError(
                f"importing ended with status {process.returncode}: {tail[-1] if tail else 'nothing was said'}",
                where=str(root),
                remedy="Import the models by hand first, with the same Python",
            )
        answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return answer


def _wait(process: subprocess.Popen[bytes], timeout: float, root: Path) -> None:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise LimitError(
            f"importing took more than {timeout:g} s and was stopped",
            where=str(root),
            remedy="Read the models without importing, or allow more time",
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _result(answer: dict[str, Any], engine: Engine, how: str | None, where: str) -> ReadResult:
    failed = [
        Unread(
            path=one["path"], line=one["line"] or 1, text=f"import {one['module']}"[:200], reason=one["reason"][:500]
        )
        for one in answer["errors"]
    ]
    if not answer["statements"]:
        reason = failed[0].reason if failed else next(iter(answer["refused"]), "no MetaData of the modules has a table")
        raise InputError(
            f"nothing could be read by importing: {reason}",
            where=where,
            remedy="Import the models by hand first, with the same Python",
        )
    script = ";\n".join([*_extensions(answer["statements"], engine), *answer["statements"]]) + ";\n"
    result = reader(str(engine)).read(script)
    notes = [
        *([how] if how else []),
        f"imported and written by SQLAlchemy {answer.get('version')}",
        *result.notes,
        *answer["refused"],
    ]
    return result.model_copy(
        update={"unread": (*failed, *result.unread), "lines": {}, "comments": {}, "notes": tuple(notes)}
    )


def _extensions(statements: list[str], engine: Engine) -> list[str]:
    """Extensions whose types the tables have: `create_all` takes them for granted."""
    if engine is not Engine.POSTGRESQL:
        return []
    text = "\n".join(statements)
    wanted = {
        "vector": "VECTOR(",
        "citext": " CITEXT",
        "hstore": " HSTORE",
        "ltree": " LTREE",
        "pg_trgm": "gin_trgm_ops",
        "postgis": " geometry(",
    }
    return [f"CREATE EXTENSION IF NOT EXISTS {name}" for name, sign in wanted.items() if sign.lower() in text.lower()]
