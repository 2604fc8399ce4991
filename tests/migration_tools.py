"""Runs written migrations by the tools themselves, each against a scratch database of the embedded PostgreSQL.

Tools from npm are found through DBDESIGN_NODE_MODULES; where one is not installed the tests skip, visibly. golang-migrate, goose and
Flyway have no package that could be installed, so what they send to the server is done here, as their sources say.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from dbdesign.engines.postgres import split_script
from dbdesign.engines.postgres.scratch import ScratchDatabase
from goose_parser import parse_goose

HERE = Path(__file__).resolve().parent / "migrations" / "writers"
MODULES = Path(os.environ.get("DBDESIGN_NODE_MODULES", HERE.parent.parent.parent / "node_modules"))


def needs_package(name: str) -> None:
    """Skip, visibly, where Node or the npm package is not installed."""
    if shutil.which("node") is None or not (MODULES / name).is_dir():
        pytest.skip(f"node with the npm package {name} is not here (DBDESIGN_NODE_MODULES)")


@contextlib.contextmanager
def tcp_url(database: ScratchDatabase) -> Iterator[str]:
    """An URL of the unprivileged role over TCP, for programs that know no Unix sockets: a port that hands on to the server's socket."""
    settings = database.user.info.get_parameters() | {"password": database.user.info.password}
    database.server.control(  # drivers refuse the few iterations that are enough on a private socket
        f"SET scram_iterations = 4096; ALTER ROLE {settings['user']} PASSWORD '{settings['password']}'; RESET scram_iterations"
    )
    path = f"{settings['host']}/.s.PGSQL.{settings.get('port', '5432')}"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, path), daemon=True).start()
        yield f"postgres://{settings['user']}:{quote(settings['password'])}@127.0.0.1:{listening.getsockname()[1]}/{settings['dbname']}"


def _accept(listening: socket.socket, path: str) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=_hand_on, args=(source, target), daemon=True).start()


def _hand_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program; its output, or an AssertionError with what it said."""
    done = subprocess.run(
        [str(one) for one in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[:3000]}\n{done.stderr[-3000:]}"
    return done.stdout


@dataclass(frozen=True)
class Tool:
    """How a tool migrates up and down. The folder holds what was written; `tables` are the tool's own."""

    name: str
    up: Callable[[ScratchDatabase, Path], None]
    down: Callable[[ScratchDatabase, Path], None]
    tables: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


ENV = """
import os
import psycopg
import sqlalchemy as sa
from alembic import context

if context.is_offline_mode():
    context.configure(url="postgresql+psycopg://", literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["MIGRATED"]))
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


def alembic(database: ScratchDatabase, folder: Path, *arguments: str) -> str:
    """Run Alembic's command line on a folder of revisions."""
    home = folder.parent / f"{folder.name}_alembic"
    home.mkdir(exist_ok=True)
    (home / "env.py").write_text(ENV)
    (home / "alembic.ini").write_text(
        f"[alembic]\nscript_location = {home}\nversion_locations = {folder}\npath_separator = newline\n"
    )
    return run(
        sys.executable, "-m", "alembic", "-c", home / "alembic.ini", *arguments, cwd=home, MIGRATED=database.user_uri
    )


SETTINGS = """
import os
from psycopg.conninfo import conninfo_to_dict
given = conninfo_to_dict(os.environ["MIGRATED"])
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": given["dbname"], "USER": given["user"],
    "PASSWORD": given["password"], "HOST": given["host"]}}
INSTALLED_APPS = ["shop"]
MIGRATION_MODULES = {"shop": "migrations"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""


def django(database: ScratchDatabase, folder: Path, *arguments: str, models: str = "") -> str:
    """Run Django's command line; the folder `migrations` belongs to an app `shop`."""
    home = folder.parent
    (home / "shop").mkdir(exist_ok=True)
    (home / "shop" / "__init__.py").touch()
    (home / "shop" / "models.py").write_text(models)
    (folder / "__init__.py").touch()
    (home / "settings.py").write_text(SETTINGS)
    return run(
        sys.executable,
        "-m",
        "django",
        *arguments,
        cwd=home,
        MIGRATED=database.user_uri,
        DJANGO_SETTINGS_MODULE="settings",
        PYTHONPATH=str(home),
    )


def _node(script: str, package: str) -> Callable[..., str]:
    def runs(database: ScratchDatabase, folder: Path, *arguments: str) -> str:
        needs_package(package)
        with tcp_url(database) as url:
            return run("node", HERE / script, MODULES, url, *arguments, cwd=folder)

    return runs


prisma = _node("run_prisma.mjs", "@prisma/schema-engine-wasm")
typeorm = _node("run_typeorm.cjs", "typeorm")
knex = _node("run_knex.cjs", "knex")


def _prisma_up(database: ScratchDatabase, folder: Path) -> None:
    baseline = folder / "00000000000000_baseline"
    baseline.mkdir()
    (baseline / "migration.sql").write_text("SELECT 1;\n")
    prisma(database, folder, "--baseline", str(folder))
    prisma(database, folder, str(folder))


def _prisma_down(database: ScratchDatabase, folder: Path) -> None:
    prisma(database, folder, "--file", *map(str, sorted(folder.glob("*/down.sql"), reverse=True)))


def dbmate_binary() -> Path:
    """dbmate's own program, from its npm package."""
    binary = next(iter(MODULES.glob("@dbmate/*/bin/dbmate*")), None)
    if binary is None:
        pytest.skip("the npm package dbmate is not here (DBDESIGN_NODE_MODULES)")
    return binary


def dbmate(database: ScratchDatabase, folder: Path, *arguments: str) -> str:
    """Run dbmate's command line."""
    given = ["--migrations-dir", folder, "--no-dump-schema", *arguments]
    with tcp_url(database) as url:
        return run(dbmate_binary(), "--url", f"{url}?sslmode=disable", *given, cwd=folder)


def _dbmate_down(database: ScratchDatabase, folder: Path) -> None:
    for _ in folder.glob("*.sql"):
        dbmate(database, folder, "rollback")


@cache
def liquibase_jars() -> str:
    """A class path of Liquibase's open part (Apache License 2.0) and its libraries, from the npm package `liquibase` 4."""
    needs_package("liquibase")
    if shutil.which("java") is None:
        pytest.skip("java is not installed")
    folder = MODULES / "liquibase" / "dist" / "liquibase" / "internal" / "lib"
    wanted = "core|commons-.*|opencsv|picocli|snakeyaml|jaxb-.*|liquibase-core|postgresql"
    return ":".join(str(one) for one in sorted(folder.glob("*.jar")) if re.fullmatch(wanted, one.stem))


def liquibase(folder: Path, *arguments: str) -> str:
    """Run Liquibase's command line; what it prints."""
    command = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        liquibase_jars(),
        "liquibase.integration.commandline.LiquibaseCommandLine",
    ]
    return run(
        *command, "--show-banner=false", "--log-level=severe", *arguments, cwd=folder, LIQUIBASE_HOME=str(folder)
    )


MASTER = """<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
{}
</databaseChangeLog>
"""


def _liquibase_all(database: ScratchDatabase, folder: Path, *command: str) -> None:
    files = sorted(
        one.name for one in folder.iterdir() if one.suffix in {".xml", ".yaml", ".sql"} and one.name != "master.xml"
    )
    lines = [f'    <include file="{one}" relativeToChangelogFile="true"/>' for one in files]
    (folder / "master.xml").write_text(MASTER.format("\n".join(lines)))
    with tcp_url(database) as given:
        _, login, address = re.split(r"://|@", given)
        user, password = login.split(":")
        # In the URL, since a password that begins with a hyphen is taken for an option
        url = f"jdbc:postgresql://{address}{'&' if '?' in address else '?'}user={user}&password={password}"
        liquibase(folder, "--changelog-file=master.xml", f"--url={url}", *command)


def psql(database: ScratchDatabase, *arguments: str | Path) -> str:
    """Run the embedded server's own psql as the unprivileged role."""
    program = database.server.installation.bin / "psql"
    return run(program, "--no-psqlrc", "--quiet", *arguments, database.user_uri, cwd=Path("/"))


def _sql_scripts(direction: str) -> Callable[[ScratchDatabase, Path], None]:
    def runs(database: ScratchDatabase, folder: Path) -> None:
        for file in sorted(folder.glob(f"*/{direction}*.sql"), reverse=direction == "down"):
            psql(database, "--file", file)

    return runs


def _query(connection: psycopg.Connection[tuple[object, ...]], sql: str) -> None:
    """One simple query, as Go's drivers send a text without parameters."""
    answer = connection.pgconn.exec_(sql.encode())
    assert not answer.error_message, f"{answer.error_message.decode()}\n{sql}"


def _golang_migrate(direction: str) -> Callable[[ScratchDatabase, Path], None]:
    def runs(database: ScratchDatabase, folder: Path) -> None:
        with psycopg.connect(database.user_uri, autocommit=True) as connection:
            for file in sorted(folder.glob(f"*.{direction}.sql"), reverse=direction == "down"):
                _query(connection, file.read_text(encoding="utf-8"))

    return runs


def _goose(direction: str) -> Callable[[ScratchDatabase, Path], None]:
    def runs(database: ScratchDatabase, folder: Path) -> None:
        for file in sorted(folder.glob("*.sql"), reverse=direction == "down"):
            parsed = parse_goose(file.read_text(encoding="utf-8"))
            statements = parsed.down if direction == "down" else parsed.up
            _statements(database, statements, transactional=parsed.in_transaction)

    return runs


def _flyway(prefix: str) -> Callable[[ScratchDatabase, Path], None]:
    def runs(database: ScratchDatabase, folder: Path) -> None:
        files = sorted(
            folder.glob(f"{prefix}*.sql"), key=lambda one: int(re.findall(r"\d+", one.name)[0]), reverse=prefix == "U"
        )
        for file in files:
            text = file.read_text(encoding="utf-8")
            settings = file.with_name(f"{file.name}.conf")
            said = settings.read_text() if settings.exists() else ""
            assert "${" not in text or "placeholderReplacement=false" in said
            statements = [one.sql for one in split_script(text).statements]
            _statements(database, statements, transactional="executeInTransaction=false" not in said)

    return runs


def _statements(database: ScratchDatabase, statements: list[str], *, transactional: bool) -> None:
    with psycopg.connect(database.user_uri, autocommit=True) as connection:
        if transactional:
            _query(connection, "BEGIN")
        for statement in statements:
            _query(connection, statement)
        if transactional:
            _query(connection, "COMMIT")


def _liquibase(form: str) -> Tool:
    return Tool(
        f"liquibase {form}",
        lambda database, folder: _liquibase_all(database, folder, "update"),
        lambda database, folder: _liquibase_all(database, folder, "rollback-count", "--count=99"),
        ("databasechangelog", "databasechangeloglock"),
        (("format", form),),
    )


TOOLS = [
    Tool(
        "alembic",
        lambda database, folder: alembic(database, folder, "upgrade", "head") and None,
        lambda database, folder: alembic(database, folder, "downgrade", "base") and None,
        ("alembic_version",),
    ),
    Tool(
        "django",
        lambda database, folder: django(database, folder, "migrate", "shop") and None,
        lambda database, folder: django(database, folder, "migrate", "shop", "zero") and None,
        ("django_migrations",),
    ),
    Tool(
        "prisma",
        _prisma_up,
        _prisma_down,
        ("_prisma_migrations",),
    ),
    Tool(
        "typeorm",
        lambda database, folder: typeorm(database, folder, str(folder), "up") and None,
        lambda database, folder: typeorm(database, folder, str(folder), "down") and None,
        ("migrations",),
    ),
    Tool(
        "knex",
        lambda database, folder: knex(database, folder, str(folder), "up") and None,
        lambda database, folder: knex(database, folder, str(folder), "down") and None,
        ("knex_migrations", "knex_migrations_lock"),
    ),
    Tool(
        "dbmate",
        lambda database, folder: dbmate(database, folder, "migrate") and None,
        _dbmate_down,
        ("schema_migrations",),
    ),
    *[_liquibase(form) for form in ("xml", "yaml", "sql")],
    Tool("sql", _sql_scripts("up"), _sql_scripts("down")),
    Tool("golang-migrate", _golang_migrate("up"), _golang_migrate("down")),
    Tool("goose", _goose("up"), _goose("down")),
    Tool("flyway", _flyway("V"), _flyway("U")),
]
