"""Plans for MySQL: algorithm, lock and tool by the kind of change; executed on MariaDB where that is installed."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from dbdesign.engines.mariadb import find_mariadb
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.mysql import read

BASE = """
CREATE TABLE customer (id bigint NOT NULL AUTO_INCREMENT, name varchar(40) NOT NULL, n int, PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (id bigint NOT NULL AUTO_INCREMENT, customer_id bigint, code varchar(100) DEFAULT 'x', state enum('new','paid') DEFAULT 'new',
  total decimal(10,2), note text, PRIMARY KEY (id), KEY orders_customer (customer_id), KEY orders_code (code),
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id), CONSTRAINT total_positive CHECK (total > 0))
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE plain (id bigint NOT NULL, a int, b varchar(20) CHARACTER SET latin1, PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE VIEW totals AS SELECT id, total FROM orders;
"""

# name: (what is replaced, by what, whose ALTER TABLE says …)
CHANGES = {
    "a column is added": ("name varchar(40) NOT NULL,", "name varchar(40) NOT NULL, email varchar(80),", "ADD COLUMN email varchar(80), ALGORITHM=INSTANT, LOCK=DEFAULT"),
    "a virtual column is added": ("note text,", "note text, twice decimal(12,2) GENERATED ALWAYS AS (total * 2) VIRTUAL,", "VIRTUAL, ALGORITHM=INSTANT, LOCK=DEFAULT"),
    "a stored column is added": ("a int,", "a int, twice int GENERATED ALWAYS AS (a * 2) STORED,", "STORED, ALGORITHM=COPY, LOCK=SHARED"),
    "a default changes": ("DEFAULT 'x'", "DEFAULT 'y'", "ALTER COLUMN code SET DEFAULT 'y', ALGORITHM=INSTANT, LOCK=DEFAULT"),
    "a default goes": ("varchar(100) DEFAULT 'x'", "varchar(100)", "ALTER COLUMN code DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT"),
    "a column becomes mandatory": ("n int,", "n int NOT NULL,", "MODIFY COLUMN n int NOT NULL, ALGORITHM=INPLACE, LOCK=NONE"),
    "a column need not be given any more": ("name varchar(40) NOT NULL", "name varchar(40)", "MODIFY COLUMN name varchar(40), ALGORITHM=INPLACE, LOCK=NONE"),
    "a varchar gets longer within its length bytes": ("name varchar(40)", "name varchar(60)", "MODIFY COLUMN name varchar(60) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE"),
    "a varchar of latin1 gets longer within its length byte": ("varchar(20) CHARACTER SET latin1", "varchar(255) CHARACTER SET latin1", "varchar(255) CHARACTER SET latin1, ALGORITHM=INPLACE, LOCK=NONE"),
    "a varchar gets longer beyond its length byte": ("name varchar(40)", "name varchar(64)", "MODIFY COLUMN name varchar(64) NOT NULL, ALGORITHM=COPY, LOCK=SHARED"),
    "an enum gets a value at the end": ("enum('new','paid')", "enum('new','paid','sent')", "ALGORITHM=INSTANT, LOCK=DEFAULT"),
    "an enum gets a value in the middle": ("enum('new','paid')", "enum('new','open','paid')", "ALGORITHM=COPY, LOCK=SHARED"),
    "a type gets wider": ("a int,", "a bigint,", "MODIFY COLUMN a bigint, ALGORITHM=COPY, LOCK=SHARED"),
    "an index is added": ("KEY orders_code (code),", "KEY orders_code (code), KEY orders_total (total DESC),", "ADD KEY orders_total (total DESC), ALGORITHM=INPLACE, LOCK=NONE"),
    "a unique key is added": ("n int, PRIMARY KEY (id)", "n int, PRIMARY KEY (id), UNIQUE KEY name_once (name)", "ADD UNIQUE KEY name_once (name), ALGORITHM=INPLACE, LOCK=NONE"),
    "a fulltext index is added": ("KEY orders_code (code),", "KEY orders_code (code), FULLTEXT KEY words (note),", "ADD FULLTEXT KEY words (note), ALGORITHM=INPLACE, LOCK=SHARED"),
    "an index goes": ("KEY orders_code (code),", "", "DROP INDEX orders_code, ALGORITHM=INPLACE, LOCK=NONE"),
    "an index changes": ("KEY orders_code (code),", "KEY orders_code (code, total),", "DROP INDEX orders_code, RENAME INDEX orders_code_new TO orders_code, ALGORITHM=INPLACE, LOCK=NONE"),
    "an index is renamed": ("KEY orders_code (code),", "KEY by_code (code),", "RENAME INDEX orders_code TO by_code, ALGORITHM=INPLACE, LOCK=NONE"),
    "a foreign key cascades": ("REFERENCES customer (id),", "REFERENCES customer (id) ON DELETE CASCADE,", "ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE, ALGORITHM=INPLACE, LOCK=NONE"),
    "a foreign key goes": ("CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id), ", "", "DROP FOREIGN KEY orders_customer_fk, ALGORITHM=INPLACE, LOCK=NONE"),
    "a check changes": ("total > 0", "total >= 0", "ALGORITHM=COPY, LOCK=SHARED"),
    "a check goes": (", CONSTRAINT total_positive CHECK (total > 0)", "", "DROP CONSTRAINT total_positive, ALGORITHM=INPLACE, LOCK=NONE"),
    "a table gets a comment": ("total > 0))\n  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", "total > 0))\n  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='it''s'", "COMMENT = 'it''s', ALGORITHM=INPLACE, LOCK=NONE"),
    "a column gets a comment": ("note text,", "note text COMMENT 'why',", "MODIFY COLUMN note text COMMENT 'why', ALGORITHM=INPLACE, LOCK=NONE"),
    "a view changes": ("SELECT id, total FROM orders", "SELECT id, total FROM orders WHERE total > 5", "CREATE OR REPLACE VIEW totals AS"),
    "a table is added": ("CREATE VIEW", "CREATE TABLE fresh (id bigint NOT NULL, o bigint, PRIMARY KEY (id), KEY o (o), CONSTRAINT fresh_o FOREIGN KEY (o) REFERENCES orders (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\nCREATE VIEW", "ADD CONSTRAINT fresh_o FOREIGN KEY (o) REFERENCES orders (id), ALGORITHM=INPLACE, LOCK=NONE"),
    "a column is renamed": ("total decimal(10,2)", "total decimal(10,2), remark text", "ADD COLUMN remark text, ALGORITHM=INSTANT, LOCK=DEFAULT"),
}  # fmt: skip


def planned(after: str, before: str = BASE, **settings: object) -> MigrationPlan:
    given = {"verify": find_mariadb() is not None, **settings}
    return plan_migration(read(before).schema, read(after).schema, PlanSettings.model_validate(given))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_algorithm_and_lock_are_said_where(change: tuple[str, str, str]) -> None:
    old, new, said = change
    assert old in BASE
    plan = planned(BASE.replace(old, new), verify=False)
    assert any(said in step.sql for step in plan.steps), [step.sql for step in plan.steps]
    for step in plan.steps:
        assert all(
            "ALGORITHM=" in line and "LOCK=" in line for line in step.sql.splitlines() if line.startswith("ALTER TABLE")
        )


@pytest.mark.skipif(find_mariadb() is None, reason="MariaDB is not installed (mariadb-server)")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_plan_is_run_up_and_down_on_mariadb_where(change: tuple[str, str, str]) -> None:
    plan = planned(BASE.replace(*change[:2]))
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks
    assert plan.verification.checks["down"] == "as it was"


PAIRS = [pair for pair in combinations(CHANGES, 2) if CHANGES[pair[0]][0] != CHANGES[pair[1]][0]]


@pytest.mark.skipif(find_mariadb() is None, reason="MariaDB is not installed (mariadb-server)")
@pytest.mark.parametrize("pair", Random(7).sample(PAIRS, 15), ids=" and ".join)
def test_two_changes_are_run_up_and_down_on_mariadb_where(pair: tuple[str, str]) -> None:
    after = BASE.replace(*CHANGES[pair[0]][:2]).replace(*CHANGES[pair[1]][:2])
    plan = planned(after)
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks


@pytest.mark.skipif(find_mariadb() is None, reason="MariaDB is not installed (mariadb-server)")
def test_tables_and_columns_are_renamed_at_the_switch_and_a_view_keeps_the_old_name() -> None:
    after = BASE.replace(
        "CREATE TABLE plain (id bigint NOT NULL, a int", "CREATE TABLE plains (id bigint NOT NULL, aa int"
    )
    plan = planned(after, renames=("plain:plains", "plain.a:aa"))
    assert [(phase.name, [step.title for step in phase.steps]) for phase in plan.phases] == [
        ("switch", ["Rename the table plain to plains; a view keeps the old name", "Rename plains.a to aa"]),
        ("contract", ["Drop the view plain that keeps the old name"]),
    ]
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks


def test_a_copy_of_a_plain_table_is_left_to_gh_ost() -> None:
    plan = planned(BASE.replace("a int,", "a bigint,"), verify=False)
    command = plan.steps[0].command or ""
    assert command.startswith("gh-ost ")
    assert "--alter='MODIFY COLUMN a bigint'" in command
    assert "--table=plain" in command


def test_a_copy_of_a_table_with_foreign_keys_is_left_to_percona() -> None:
    plan = planned(BASE.replace("name varchar(40)", "name varchar(64)"), verify=False)
    command = plan.steps[0].command or ""
    assert command.startswith("pt-online-schema-change ")
    assert "--alter-foreign-keys-method=rebuild_constraints" in command
    assert any("gh-ost and spirit refuse the table" in note for note in plan.steps[0].notes)


def test_no_tool_copies_a_table_without_a_key() -> None:
    before = "CREATE TABLE t (a int) ENGINE=InnoDB;"
    plan = planned("CREATE TABLE t (a bigint) ENGINE=InnoDB;", before, verify=False)
    assert plan.steps[0].command is None
    assert any("no tool can copy it" in note for note in plan.steps[0].notes)


def test_changes_that_copy_a_table_share_one_copy() -> None:
    plan = planned(BASE.replace("a int, b varchar(20) CHARACTER SET latin1", "a bigint, b varchar(20)"), verify=False)
    assert len(plan.steps) == 1
    assert "MODIFY COLUMN a bigint, MODIFY COLUMN b varchar(20), ALGORITHM=COPY" in plan.steps[0].sql


@pytest.mark.parametrize(
    ("version", "clause"),
    [
        ("8.0.11", "ADD COLUMN m int, ALGORITHM=INPLACE, LOCK=NONE"),
        ("8.0.12", "ADD COLUMN m int, ALGORITHM=INSTANT, LOCK=DEFAULT"),
        ("8.0.28", "DROP COLUMN b, ALGORITHM=INPLACE, LOCK=NONE"),
        ("8.0.29", "DROP COLUMN b, ALGORITHM=INSTANT, LOCK=DEFAULT"),
        ("8.4", "DROP COLUMN b, ALGORITHM=INSTANT, LOCK=DEFAULT"),
    ],
)
def test_what_is_instant_depends_on_the_version(version: str, clause: str) -> None:
    after = BASE.replace("a int, b varchar(20) CHARACTER SET latin1,", "a int, m int,")
    plan = planned(after, verify=False, version=version, allow_destructive=True, drops=("plain.b",))
    assert any(clause in step.sql for step in plan.steps), [step.sql for step in plan.steps]


def test_a_table_with_a_fulltext_index_has_no_instant_columns() -> None:
    before = BASE.replace("KEY orders_code (code),", "KEY orders_code (code), FULLTEXT KEY words (note),")
    plan = planned(before.replace("note text,", "note text, more int,"), before, verify=False)
    assert "ADD COLUMN more int, ALGORITHM=INPLACE, LOCK=NONE" in plan.steps[0].sql


def test_a_mandatory_column_is_filled_by_a_default_that_goes_in_the_end() -> None:
    after = BASE.replace("n int,", "n int, kind varchar(9) NOT NULL,")
    assert [one.about for one in planned(after, verify=False).questions] == ["customer.kind"]
    plan = planned(after, fills={"customer.kind": "'old'"}, verify=False)
    assert [step.sql.splitlines()[-1] for step in plan.steps] == [
        "ALTER TABLE customer ADD COLUMN kind varchar(9) NOT NULL DEFAULT 'old', ALGORITHM=INSTANT, LOCK=DEFAULT;",
        "ALTER TABLE customer ALTER COLUMN kind DROP DEFAULT, ALGORITHM=INSTANT, LOCK=DEFAULT;",
    ]


PARTITIONED = """CREATE TABLE log (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE (to_days(at)) (PARTITION p1 VALUES LESS THAN (738000) ENGINE = InnoDB, PARTITION p2 VALUES LESS THAN (739000) ENGINE = InnoDB);"""


def test_partitions_are_added_and_dropped_in_place() -> None:
    after = PARTITIONED.replace("PARTITION p1 VALUES LESS THAN (738000) ENGINE = InnoDB, ", "").replace(
        "(739000) ENGINE = InnoDB", "(739000) ENGINE = InnoDB, PARTITION p3 VALUES LESS THAN (740000) ENGINE = InnoDB"
    )
    plan = planned(after, PARTITIONED, allow_destructive=True)
    assert [step.sql.splitlines()[-1] for step in plan.steps] == [
        "ALTER TABLE log ADD PARTITION (PARTITION p3 VALUES LESS THAN (740000) ENGINE = InnoDB), ALGORITHM=INPLACE, LOCK=NONE;",
        "ALTER TABLE log DROP PARTITION p1, ALGORITHM=INPLACE, LOCK=NONE;",
    ]


def test_other_bounds_of_a_partition_are_left_to_people() -> None:
    plan = planned(PARTITIONED.replace("738000", "738500"), PARTITIONED, verify=False)
    assert plan.steps == ()
    assert "a partition has other bounds" in plan.manual[0]
