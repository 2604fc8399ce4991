"""The user's databases: read by name, never written to, and no secret of their URLs in anything that is said."""

from __future__ import annotations

import sqlite3
import traceback
from pathlib import Path

import pytest

from dbdesign.engines.connections import ConfiguredDatabase, connect_read_only
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import DesignError, EngineError, InputError
from dbdesign.readers.live import read_live
from mariadb_servers import server

SECRETS = ("hunter2secret", "p%40ss%2Fword", "p@ss/word", "topsecrethost", "adminuser", "tok3nvalue")
LOGIN = "adminuser:hunter2secret"

UNUSABLE = [
    f"postgresql://{LOGIN}@127.0.0.1:1/topsecrethost?application_name=tok3nvalue",
    "postgresql://adminuser:p%40ss%2Fword@127.0.0.1:1/topsecrethost",
    f"postgresql://{LOGIN}@topsecrethost.invalid/db?sslpassword=tok3nvalue",
    f"postgresql://{LOGIN}@127.0.0.1:1/db?nosuchparameter=tok3nvalue",
    f"postgresql://{LOGIN}@127.0.0.1:notaport/db",
    f"mysql://{LOGIN}@127.0.0.1:1/topsecrethost",
    "mysql+pymysql://adminuser:p%40ss%2Fword@127.0.0.1:1/topsecrethost",
    f"mysql://{LOGIN}@127.0.0.1:1/db?nosuchparameter=tok3nvalue",
    f"mysql://{LOGIN}@127.0.0.1:1/db?ssl_ca=/nowhere/tok3nvalue",
    "sqlite:////nowhere/topsecrethost/hunter2secret.db",
    f"cockroachdb://{LOGIN}@127.0.0.1:1/topsecrethost",
    f"mssql+pytds://{LOGIN}@127.0.0.1:1/topsecrethost",
    f"oracle://{LOGIN}@topsecrethost/db",
    f"{LOGIN}@topsecrethost",
    "hunter2secret",
    "",
]


@pytest.mark.parametrize("url", UNUSABLE)
def test_no_secret_of_an_url_is_in_an_error_or_its_traceback(url: str):
    database = ConfiguredDatabase("shop", url)
    with pytest.raises(DesignError) as caught, connect_read_only(database):
        pass
    said = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value) + repr(database) + str(database)
    assert "shop" in said
    assert [secret for secret in SECRETS if secret in said] == []
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_refused_query_says_what_the_server_said_without_the_login(db: ScratchDatabase):
    database = ConfiguredDatabase("shop", db.user_uri)
    with pytest.raises(EngineError, match="UndefinedTable") as caught, connect_read_only(database) as connection:
        connection.raw.execute("SELECT * FROM nowhere")
    assert db.user_role not in str(caught.value)


WRITES = ["CREATE TABLE u (a int)", "INSERT INTO t VALUES (2)", "UPDATE t SET a = 3", "DELETE FROM t", "DROP TABLE t"]


@pytest.mark.parametrize("write", [*WRITES, "SELECT nextval('s')"])
def test_postgresql_refuses_to_write(db: ScratchDatabase, write: str):
    db.run_script("CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE SEQUENCE s;")
    database = ConfiguredDatabase("shop", db.user_uri)
    with pytest.raises(EngineError, match="ReadOnlySqlTransaction"), connect_read_only(database) as connection:
        connection.raw.execute(write)


def test_postgresql_refuses_to_write_after_a_commit_too(db: ScratchDatabase):
    def commit_and_write() -> None:
        with connect_read_only(ConfiguredDatabase("shop", db.user_uri)) as connection:
            connection.raw.commit()
            connection.raw.execute("CREATE TABLE u (a int)")

    with pytest.raises(EngineError, match="ReadOnlySqlTransaction"):
        commit_and_write()


@pytest.mark.parametrize("write", WRITES)
def test_mariadb_refuses_to_write(write: str):
    running = server()
    with running.database() as name:
        running.run("CREATE TABLE t (a int); INSERT INTO t VALUES (1);", name)
        database = ConfiguredDatabase("shop", f"mysql://root@localhost/{name}?unix_socket={running.socket}")
        with pytest.raises(EngineError, match="READ ONLY transaction"), connect_read_only(database) as connection:
            connection.raw.cursor().execute(write)
        assert running.run("SELECT a FROM t;", name).split() == ["a", "1"]


@pytest.mark.parametrize(
    "write", [*WRITES, "PRAGMA user_version = 7", "ATTACH 'other.db' AS other; CREATE TABLE other.t (a)"]
)
def test_sqlite_refuses_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: str):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as made:
        made.executescript("CREATE TABLE t (a int); INSERT INTO t VALUES (1);")
    before = path.read_bytes()
    with pytest.raises(EngineError), connect_read_only(ConfiguredDatabase("shop", f"sqlite:///{path}")) as connection:
        connection.raw.executescript(write)
    made.close()
    assert path.read_bytes() == before
    assert not (tmp_path / "other.db").exists()


def test_a_live_sqlite_database_is_read_from_its_own_ddl(tmp_path: Path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as made:
        made.executescript(
            "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a_id REFERENCES a, CHECK (a_id > 0)); CREATE INDEX i ON b (a_id);"
        )
    made.close()
    result = read_live(ConfiguredDatabase("shop", f"sqlite:///{path}"))
    assert [table.name for table in result.schema.tables] == ["a", "b"]
    assert result.schema.tables[1].foreign_keys[0].referenced_columns == ("id",)
    assert str(result.proof).startswith("executed on SQLite 3.")


def test_a_live_postgresql_database_is_read_from_its_catalog(db: ScratchDatabase):
    db.run_script("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a);")
    result = read_live(ConfiguredDatabase("shop", db.user_uri))
    assert sorted(table.name for table in result.schema.tables) == ["a", "b"]
    assert str(result.proof).startswith("executed on PostgreSQL 1")
    assert "read from its catalog" in str(result.proof)


def test_an_url_without_a_database_is_refused_for_mysql():
    running = server()
    with pytest.raises(InputError, match="names no database"):
        read_live(ConfiguredDatabase("shop", f"mysql://root@localhost/?unix_socket={running.socket}"))
