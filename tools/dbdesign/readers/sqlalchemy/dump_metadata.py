"""Run by a Python of the user's, in a process of its own: imports models and writes the DDL of their MetaData to a file, as JSON.

    python dump_metadata.py RESULT DIALECT FOLDER MODULE…

It imports nothing of dbdesign, and speaks to SQLAlchemy 1.3 and later.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    """Import, collect, write."""
    result, dialect_name, folder, *modules = arguments
    here = str(Path(__file__).resolve().parent)  # its neighbours are no modules of the program's
    sys.path[:] = [folder, *(one for one in sys.path if one and str(Path(one).resolve()) != here)]
    errors = []
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - whatever a program does, the others are still imported
            last = traceback.extract_tb(error.__traceback__)[-1]
            errors.append(
                {
                    "module": name,
                    "reason": f"{type(error).__name__}: {error}",
                    "line": last.lineno,
                    "path": last.filename,
                }
            )
    written: dict[str, Any] = {"errors": errors, "statements": [], "refused": []}
    if "sqlalchemy" in sys.modules:
        written["version"] = sys.modules["sqlalchemy"].__version__
        _configure()
        for metadata in _metadatas(folder):
            _create(metadata, dialect_name, written)
    Path(result).write_text(json.dumps(written), encoding="utf-8")


def _configure() -> None:
    """Deferred mappings (abstract concrete bases) are made when mappers are configured."""
    try:
        from sqlalchemy.orm import configure_mappers

        configure_mappers()
    except Exception as error:  # noqa: BLE001 - tables are there all the same
        sys.stderr.write(f"{error}\n")


def _metadatas(folder: str) -> list[Any]:
    from sqlalchemy import MetaData

    found: dict[int, Any] = {}
    inside = str(Path(folder).resolve())
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not file or not str(Path(file).resolve()).startswith(inside) or "site-packages" in file:
            continue
        for value in list(vars(module).values()):
            candidate = value if isinstance(value, MetaData) else getattr(value, "metadata", None)
            if isinstance(candidate, MetaData) and candidate.tables:
                found.setdefault(id(candidate), candidate)
    return list(found.values())


def _dialect(name: str) -> Any:
    found = importlib.import_module(f"sqlalchemy.dialects.{name}").dialect(paramstyle="named")
    if name == "mssql":
        found.default_schema_name = "dbo"
    return found


def _mock(dialect: Any, execute: Callable[..., None]) -> Any:
    try:
        made: Any = importlib.import_module("sqlalchemy.engine.mock").MockConnection
    except ImportError:  # before 1.4 the class stood elsewhere
        made = importlib.import_module("sqlalchemy.engine.strategies").MockEngineStrategy.MockConnection
    return made(dialect, execute)


def _schemas(metadata: Any) -> set[str]:
    """The schemas of tables and of types: `create_all` takes them for granted."""
    found = {table.schema for table in metadata.tables.values()}
    kinds = [getattr(one.type, "item_type", one.type) for table in metadata.tables.values() for one in table.columns]
    found |= {getattr(one, "schema", None) for one in kinds}
    return {one for one in found if isinstance(one, str) and one}


def _create(metadata: Any, dialect_name: str, written: dict[str, Any]) -> None:
    dialect = _dialect(dialect_name)
    if dialect_name in {"postgresql", "mssql"}:
        for schema in sorted(_schemas(metadata) - {"public", "dbo"}):
            written["statements"].append(f"CREATE SCHEMA {dialect.identifier_preparer.quote(schema)}")

    def execute(statement: Any, *_: Any, **__: Any) -> None:
        text = statement if isinstance(statement, str) else str(statement.compile(dialect=dialect))
        written["statements"].append(text.strip())

    try:
        metadata.create_all(_mock(dialect, execute), checkfirst=False)
    except Exception as error:  # noqa: BLE001 - said, with what was written until then
        written["refused"].append(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
