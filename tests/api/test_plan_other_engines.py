"""The tool plan_migration beside PostgreSQL: what it says of engines, tools, documents and answers."""

from __future__ import annotations

import json

import pytest

from dbdesign.api.plan_migration import plan_migration
from dbdesign.errors import InputError

MYSQL = "CREATE TABLE t (id bigint NOT NULL, n int, PRIMARY KEY (id)) ENGINE=InnoDB;"
SQLSERVER = "CREATE TABLE dbo.t (id bigint NOT NULL CONSTRAINT t_pk PRIMARY KEY, n int NULL);\nGO\n"
USERS = {
    "users": {"validator": {"$jsonSchema": {"bsonType": "object", "properties": {"email": {"bsonType": "string"}}}}}
}


def test_a_copy_of_a_table_comes_with_the_command_of_a_tool() -> None:
    answer = plan_migration(MYSQL, MYSQL.replace("n int", "n bigint"), verify=False)
    assert answer.engine == "mysql"
    assert (answer.phases[0].steps[0].command or "").startswith("gh-ost ")


def test_the_edition_of_sql_server_decides_what_is_online() -> None:
    after = SQLSERVER + "CREATE INDEX by_n ON dbo.t (n);\nGO\n"
    enterprise, standard = (plan_migration(SQLSERVER, after, edition=one) for one in ("enterprise", "standard"))
    assert "ONLINE = ON" in enterprise.phases[0].steps[0].sql
    assert "ONLINE" not in standard.phases[0].steps[0].sql


def test_validators_are_planned_for_mongodb() -> None:
    after = {"users": {"validator": {"$jsonSchema": {"bsonType": "object", "required": ["email"]}}}}
    answer = plan_migration(json.dumps(USERS), json.dumps(after), fill=["users.email:'none'"])
    assert answer.engine == "mongodb"
    assert [one.name for one in answer.phases] == ["expand", "backfill", "validate", "switch"]
    assert answer.summary == "4 steps in 4 phases (expand 1, backfill 1, validate 1, switch 1). Not executed."


def test_what_is_dropped_is_no_rename() -> None:
    after = MYSQL.replace("n int", "m int")
    assert plan_migration(MYSQL, after, verify=False).questions[0].about == "t.n"
    answer = plan_migration(MYSQL, after, verify=False, drop=["t.n"], allow_destructive=True)
    assert [step.title for phase in answer.phases for step in phase.steps] == ["Add t.m", "Drop t.n"]


def test_two_engines_are_refused() -> None:
    with pytest.raises(InputError, match="two engines"):
        plan_migration(MYSQL, SQLSERVER, verify=False)
