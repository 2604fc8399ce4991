"""Plans of the planners for other engines, written and run: SQLite by four tools, MySQL by MariaDB's client."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.writers.base import MigrationOptions, write
from dbdesign.migrations.writers.splitting import statements_of
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.base import reader
from mariadb_servers import normalised, server
from migration_tools import dbmate_binary, run

OPTIONS = MigrationOptions(name="more", app="shop", now=datetime(2026, 11, 29, tzinfo=UTC))
SQLITE = (
    """
    CREATE TABLE customers (id integer PRIMARY KEY, email text, note text);
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, total numeric, note text);
    CREATE INDEX orders_c ON orders (customer_id);
    """,
    """
    CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL, note text);
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total numeric CHECK (total >= 0),
        "stätus; :x" text DEFAULT 'it''s 100%; ? -- new');
    CREATE INDEX orders_c ON orders (customer_id, "stätus; :x");
    CREATE TRIGGER t AFTER INSERT ON orders BEGIN UPDATE customers SET note = 'x;y' WHERE id = new.customer_id; SELECT 1; END;
    CREATE VIEW v AS SELECT * FROM orders;
    """,
)
ROWS = "INSERT INTO customers VALUES (1, 'a@b', 'n'); INSERT INTO orders VALUES (1, 1, 5, 'x'), (2, 1, 6, 'y');"
MYSQL = (
    """
    CREATE TABLE customers (id int PRIMARY KEY, email varchar(100), note text);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int, note text, KEY orders_c (customer_id));
    """,
    """
    CREATE TABLE customers (id int PRIMARY KEY, email varchar(100) NOT NULL, note text);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status varchar(20) DEFAULT 'it''s; new' COMMENT 'a `x` ? :y 100%',
        KEY orders_c (customer_id, status), FOREIGN KEY orders_fk (customer_id) REFERENCES customers (id));
    """,
)


def planned(engine: str, pair: tuple[str, str]) -> MigrationPlan:
    before, after = (reader(engine).read(text).schema_ for text in pair)
    return plan_migration(before, after, PlanSettings(allow_destructive=True, verify=False))


def described(path: Path) -> list[tuple[object, ...]]:
    """Everything in the schema, and the rows."""
    connection = sqlite3.connect(path)
    try:
        mine = "name NOT LIKE 'sqlite%' AND name NOT IN ('alembic_version', 'django_migrations', 'schema_migrations')"
        schema = connection.execute(f"SELECT type, name, sql FROM sqlite_master WHERE {mine} ORDER BY 1, 2").fetchall()
        return [*schema, *connection.execute("SELECT * FROM orders ORDER BY id").fetchall()]
    finally:
        connection.close()


def _alembic(folder: Path, path: Path) -> None:
    alembic_on(f"sqlite:///{path}", folder, "upgrade", "head")


def alembic_on(url: str, folder: Path, *arguments: str) -> None:
    home = folder.parent
    (home / "env.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import context\n"
        f"with sa.create_engine({url!r}).connect() as connection:\n"
        "    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    (home / "alembic.ini").write_text(
        f"[alembic]\nscript_location = {home}\nversion_locations = {folder}\npath_separator = newline\n"
    )
    run(sys.executable, "-m", "alembic", "-c", home / "alembic.ini", *arguments, cwd=home)


def _django(folder: Path, path: Path) -> None:
    home = folder.parent
    (home / "shop").mkdir()
    for name in ("shop/__init__.py", "shop/models.py", "migrations/__init__.py"):
        (home / name).touch()
    (home / "settings.py").write_text(
        f"DATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': '{path}'}}}}\n"
        "INSTALLED_APPS = ['shop']\nMIGRATION_MODULES = {'shop': 'migrations'}\nUSE_TZ = True\n"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(home)}
    run(sys.executable, "-m", "django", "migrate", "shop", cwd=home, **settings)


def _dbmate(folder: Path, path: Path) -> None:
    run(
        dbmate_binary(),
        "--url",
        f"sqlite:{path}",
        "--migrations-dir",
        folder,
        "--no-dump-schema",
        "migrate",
        cwd=folder,
    )


def _sql(folder: Path, path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for file in sorted(folder.glob("*/[0-9]*.sql")):
        connection.executescript(file.read_text(encoding="utf-8"))
    connection.close()


@pytest.mark.parametrize(
    ("tool", "migrate"),
    [("alembic", _alembic), ("django", _django), ("dbmate", _dbmate), ("sql", _sql)],
    ids=["alembic", "django", "dbmate", "sql"],
)
def test_a_plan_for_sqlite_runs_by_the_tool_itself(
    tool: str, migrate: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    plan = planned("sqlite", SQLITE)
    direct = sqlite3.connect(tmp_path / "direct.db", isolation_level=None)
    direct.executescript(SQLITE[0] + ROWS)
    for step in plan.steps:
        direct.executescript(step.sql)
    direct.close()
    folder, path = tmp_path / "migrations", tmp_path / "shop.db"
    folder.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(SQLITE[0] + ROWS)
    connection.close()
    for name, text in write(plan, tool, folder, OPTIONS).files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    migrate(folder, path)
    assert described(path) == described(tmp_path / "direct.db")


def test_a_plan_for_mysql_runs_in_a_client() -> None:
    running = server()
    plan = planned("mysql", MYSQL)
    files = write(plan, "sql", None, OPTIONS).files
    ups = [text for path, text in sorted(files.items()) if re.search(r"/up.*\.sql", path)]
    with running.database("direct") as direct, running.database("written") as written:
        for name in (direct, written):
            running.run(MYSQL[0], name)
        before = normalised(running.dump(direct))
        for step in plan.steps:
            running.run("".join(f"{one};\n" for one in statements_of(step.sql, "mysql")), direct)
        for text in ups:
            running.run(text, written)
        assert normalised(running.dump(written)) == normalised(running.dump(direct)) != before


def test_a_plan_for_mysql_runs_by_alembic_up_and_down(tmp_path: Path) -> None:
    running = server()
    whole = planned("mysql", MYSQL)
    plan = whole.model_copy(update={"phases": tuple(one for one in whole.phases if one.name != "contract")})
    folder = tmp_path / "versions"
    folder.mkdir()
    for path, text in write(plan, "alembic", folder, OPTIONS).files.items():
        (folder / path).write_text(text, encoding="utf-8")
    with running.database("written") as name:
        running.run(MYSQL[0], name)
        before = normalised(running.dump(name))
        url = f"mysql+pymysql://root@localhost/{name}?unix_socket={running.socket}"
        alembic_on(url, folder, "upgrade", "head")
        assert "`status` varchar(20) DEFAULT 'it''s; new' COMMENT 'a `x` ? :y 100%'" in running.dump(name)
        alembic_on(url, folder, "downgrade", "base")
        running.run("DROP TABLE alembic_version", name)
        assert normalised(running.dump(name)) == before
