"""What the reader says of entities for other engines is what `synchronize` makes: on MariaDB through mysql2, in SQLite through sql.js."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from dbdesign.migrations.compare import compare
from dbdesign.readers.base import reader
from dbdesign.readers.typeorm import read
from dbdesign.writers.base import WriteOptions, writer
from mariadb_servers import dump_of, for_mariadb, normalised, server
from migration_tools import MODULES, needs_package, run

HERE = Path(__file__).resolve().parent


def synchronized(folder: Path, engine: str, *place: object) -> Any:
    """What TypeORM answers after it has synchronized the entities for an engine."""
    for package in ("typeorm", "typescript", "reflect-metadata", {"mysql": "mysql2", "sqljs": "sql.js"}[engine]):
        needs_package(package)
    (folder / "source").mkdir()
    shutil.copy(HERE / "engines" / f"{engine}.ts", folder / "source")
    script = HERE / "synchronize_engine.cjs"
    said = run("node", script, folder / "source", folder / "out", engine, *place, cwd=folder, NODE_PATH=str(MODULES))
    answer = json.loads(said.splitlines()[-1])
    assert (answer.get("error"), answer["problems"]) == (None, [])
    return answer["made"]


def test_entities_for_mysql_are_read_as_synchronize_makes_them(tmp_path: Path) -> None:
    running = server()
    with running.database("entities") as name:
        synchronized(tmp_path, "mysql", running.socket, name)
        made = normalised(running.dump(name))
    found = read({"mysql.ts": (HERE / "engines" / "mysql.ts").read_text()})
    assert found.unread == ()
    sql = writer("mysql").write(found.schema_, WriteOptions(prove=False)).text
    assert dump_of(for_mariadb(sql), "entities") == made.replace(" ON UPDATE NO ACTION", "")


def test_entities_for_sqlite_are_read_as_synchronize_makes_them(tmp_path: Path) -> None:
    made = synchronized(tmp_path, "sqljs")
    found = read({"sqljs.ts": (HERE / "engines" / "sqljs.ts").read_text()})
    theirs = reader("sqlite").read(";\n".join(one for one in made if not re.search("typeorm_metadata", one)))
    assert (found.unread, theirs.unread) == ((), ())
    assert compare(theirs.schema_, found.schema_).operations == ()
