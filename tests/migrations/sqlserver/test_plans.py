"""Plans for SQL Server: online, resumable and patient by edition and version; every statement parsed by sqlglot's grammar."""

from __future__ import annotations

import logging

import pytest
import sqlglot
from sqlglot import exp

from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.sqlserver import READER

BASE = """
CREATE TABLE dbo.customer (id bigint IDENTITY(1,1) NOT NULL CONSTRAINT customer_pk PRIMARY KEY, name nvarchar(40) NOT NULL, n int NULL);
GO
CREATE TABLE dbo.orders (id bigint IDENTITY(1,1) NOT NULL CONSTRAINT orders_pk PRIMARY KEY, customer_id bigint NULL,
  code varchar(20) NULL CONSTRAINT orders_code_default DEFAULT 'x', total decimal(10,2) NULL, state int NOT NULL,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES dbo.customer (id), CONSTRAINT total_positive CHECK (total > 0));
GO
CREATE INDEX orders_customer ON dbo.orders (customer_id);
GO
CREATE VIEW dbo.totals AS SELECT id, total FROM dbo.orders;
GO
"""

ONLINE = "ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES, ABORT_AFTER_WAIT = SELF))"

CHANGES = {
    "a column is added": ("n int NULL", "n int NULL, email varchar(80) NULL", ["ALTER TABLE dbo.customer ADD email varchar(80) NULL"]),
    "a mandatory column with a constant is added": ("n int NULL", "n int NULL, kind int NOT NULL CONSTRAINT kind_default DEFAULT 0", ["ADD kind int NOT NULL CONSTRAINT kind_default DEFAULT (0)"]),
    "a mandatory column with a new number a row is added": (
        "n int NULL", "n int NULL, mark uniqueidentifier NOT NULL CONSTRAINT mark_default DEFAULT NEWID()",
        ["ADD mark uniqueidentifier NULL", "WHILE 1 = 1 BEGIN UPDATE TOP (1000)", "ALTER COLUMN mark uniqueidentifier NOT NULL WITH (ONLINE = ON)"],
    ),
    "a varchar gets longer": ("code varchar(20)", "code varchar(50)", ["ALTER TABLE dbo.orders ALTER COLUMN code varchar(50) NULL"]),
    "a type becomes another": ("state int NOT NULL", "state bigint NOT NULL", ["ALTER TABLE dbo.orders ALTER COLUMN state bigint NOT NULL WITH (ONLINE = ON)"]),
    "a column becomes mandatory": ("n int NULL", "n int NOT NULL", ["ALTER TABLE dbo.customer ALTER COLUMN n int NOT NULL WITH (ONLINE = ON)"]),
    "a default changes": ("DEFAULT 'x'", "DEFAULT 'y'", ["DROP CONSTRAINT orders_code_default", "ADD CONSTRAINT orders_code_default DEFAULT ('y') FOR code"]),
    "an index is added": (
        "CREATE VIEW", "CREATE INDEX orders_state ON dbo.orders (state) INCLUDE (total);\nGO\nCREATE VIEW",
        ["CREATE INDEX orders_state ON dbo.orders (state) INCLUDE (total) WITH (ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES, ABORT_AFTER_WAIT = SELF)), RESUMABLE = ON, MAX_DURATION = 240 MINUTES)"],
    ),
    "an index changes": ("ON dbo.orders (customer_id);", "ON dbo.orders (customer_id, state);", ["DROP_EXISTING = ON, ONLINE = ON"]),
    "a unique key is added": ("n int NULL", "n int NULL, CONSTRAINT name_once UNIQUE (name)", ["ADD CONSTRAINT name_once UNIQUE (name) WITH (ONLINE = ON, RESUMABLE = ON, MAX_DURATION = 240 MINUTES)"]),
    "a foreign key cascades": (
        "REFERENCES dbo.customer (id),", "REFERENCES dbo.customer (id) ON DELETE CASCADE,",
        ["WITH NOCHECK ADD CONSTRAINT orders_customer_fk", "WITH CHECK CHECK CONSTRAINT orders_customer_fk"],
    ),
    "a check changes": ("total > 0", "total >= 0", ["WITH NOCHECK ADD CONSTRAINT total_positive CHECK (total >= 0)", "WITH CHECK CHECK CONSTRAINT total_positive"]),
    "a view changes": ("SELECT id, total FROM dbo.orders", "SELECT id, total FROM dbo.orders WHERE total > 5", ["CREATE OR ALTER VIEW dbo.totals AS"]),
    "a table is added": ("CREATE VIEW", "CREATE TABLE dbo.fresh (id int NOT NULL, o bigint NULL CONSTRAINT fresh_o REFERENCES dbo.orders (id));\nGO\nCREATE VIEW", ["CREATE TABLE dbo.fresh", "WITH CHECK ADD CONSTRAINT fresh_o"]),
}  # fmt: skip


def planned(after: str, before: str = BASE, **settings: object) -> MigrationPlan:
    return plan_migration(READER.read(before).schema, READER.read(after).schema, PlanSettings.model_validate(settings))


def statements(plan: MigrationPlan) -> list[str]:
    return [line for step in plan.steps for line in step.sql.split(";\n") if not line.startswith("SET LOCK_TIMEOUT")]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_statements_say_what_is_online_where(change: tuple[str, str, list[str]]) -> None:
    old, new, wanted = change
    assert old in BASE
    plan = planned(BASE.replace(old, new))
    found = "\n".join(statements(plan))
    for one in wanted:
        assert one in found
    assert plan.manual == ()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_statement_and_every_way_back_is_in_the_grammar_where(
    change: tuple[str, str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    plan = planned(BASE.replace(*change[:2]))
    for step in plan.steps:
        for text in (step.sql, step.rollback or ""):
            if "WHILE" not in text and "RESUMABLE" not in text and "CHECK CHECK" not in text:
                trees = sqlglot.parse(text, dialect="tsql")
                assert all(isinstance(tree, exp.Expression) for tree in trees if tree is not None)


def test_the_standard_edition_builds_offline_and_says_so() -> None:
    plan = planned(BASE.replace(*CHANGES["an index is added"][:2]), edition="standard")
    assert statements(plan) == ["CREATE INDEX orders_state ON dbo.orders (state) INCLUDE (total);"]
    assert any("writers wait" in note for note in plan.steps[0].notes)


def test_the_standard_edition_fills_a_mandatory_column_in_batches() -> None:
    plan = planned(BASE.replace(*CHANGES["a mandatory column with a constant is added"][:2]), edition="standard")
    assert [phase.name for phase in plan.phases] == ["expand", "backfill", "validate"]


@pytest.mark.parametrize(("version", "patient"), [("2019", False), ("2022", True)])
def test_waiting_at_low_priority_depends_on_the_version(version: str, patient: bool) -> None:
    plan = planned(BASE.replace(*CHANGES["an index is added"][:2]), version=version)
    assert ("WAIT_AT_LOW_PRIORITY" in plan.steps[0].sql) == patient
    assert "RESUMABLE = ON" in plan.steps[0].sql


def test_what_stands_on_a_column_is_dropped_and_made_again_around_a_change_of_its_type() -> None:
    after = BASE.replace("customer_id bigint", "customer_id decimal(20,0)")
    plan = planned(after)
    assert statements(plan) == [
        "ALTER TABLE dbo.orders DROP CONSTRAINT orders_customer_fk",
        "DROP INDEX orders_customer ON dbo.orders",
        "ALTER TABLE dbo.orders ALTER COLUMN customer_id decimal(20, 0) NULL WITH (ONLINE = ON)",
        f"CREATE INDEX orders_customer ON dbo.orders (customer_id) WITH ({ONLINE}, RESUMABLE = ON, MAX_DURATION = 240 MINUTES)",
        "ALTER TABLE dbo.orders WITH NOCHECK ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES dbo.customer (id);",
    ]


def test_a_synonym_keeps_a_renamed_tables_old_name_until_the_contract_phase() -> None:
    plan = planned(BASE.replace("dbo.customer", "dbo.client"), renames=("customer:client",))
    assert (
        "EXEC sp_rename N'dbo.customer', N'client', N'OBJECT';\nCREATE SYNONYM dbo.customer FOR dbo.client;"
        in plan.phases[0].steps[0].sql
    )
    assert plan.phases[-1].steps[-1].sql.endswith("DROP SYNONYM dbo.customer;")


def test_a_dropped_column_loses_its_default_first() -> None:
    plan = planned(
        BASE.replace("code varchar(20) NULL CONSTRAINT orders_code_default DEFAULT 'x',", ""), allow_destructive=True
    )
    assert statements(plan) == [
        "ALTER TABLE dbo.orders DROP CONSTRAINT orders_code_default",
        "ALTER TABLE dbo.orders DROP COLUMN code;",
    ]


def test_identity_cannot_be_given_to_a_column() -> None:
    plan = planned(
        BASE.replace("state int NOT NULL", "state int IDENTITY(1,1) NOT NULL").replace(
            "id bigint IDENTITY(1,1) NOT NULL CONSTRAINT orders_pk", "id bigint NOT NULL CONSTRAINT orders_pk"
        )
    )
    assert plan.steps == ()
    assert all("IDENTITY" in one and "By hand:" in one for one in plan.manual)


def test_a_plan_says_that_it_was_not_executed() -> None:
    plan = planned(BASE.replace("n int NULL", "n int NULL, m int NULL"))
    assert plan.verification is None
    assert "by rule, not executed: no SQL Server is at hand" in plan.notes
