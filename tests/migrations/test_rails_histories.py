"""Migrations of Rails are read as Active Record would send them, the server takes every statement, and what is not read is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbdesign.engines.postgres import embedded
from dbdesign.errors import DesignError
from dbdesign.migrations.check.run import run_check
from dbdesign.migrations.files import read_migrations
from dbdesign.migrations.files.rails_columns import (
    check_name,
    foreign_key_name,
    index_name,
    native_type,
    plural,
    singular,
)
from dbdesign.migrations.files.ruby import Parser
from dbdesign.migrations.files.source_file import SourceFile

HERE = Path(__file__).resolve().parent / "files" / "rails"
FILES = [SourceFile(path.name, path.read_text()) for path in sorted(HERE.glob("*.rb"))]


def statements(body: str, version: str = "7.0") -> list[str]:
    text = f"class A < ActiveRecord::Migration[{version}]\n  def change\n{body}\n  end\nend\n"
    (migration,) = read_migrations([SourceFile("20240101000000_a.rb", text)]).migrations
    assert migration.notes == ()
    return [one.sql for one in migration.statements]


def test_a_history_reads_as_reviewed_and_every_statement_is_the_server_s() -> None:
    reading = read_migrations(FILES)
    assert reading.tools == ("rails",)
    assert [(one.version, one.transaction) for one in reading.migrations] == [
        ("20230101000000", "file"),
        ("20230215120000", "each"),
    ]
    lines = [
        f"{one.line}: {' '.join(one.sql.split())}" for migration in reading.migrations for one in migration.statements
    ]
    said = "\n".join([*lines, "=== notes", *reading.notes, ""])
    assert said == (HERE / "expected.txt").read_text()
    with embedded().scratch() as database:
        for migration in reading.migrations:
            outcome = database.run_script([(one.line, one.sql) for one in migration.statements])
            assert [(one.line, one.message) for one in outcome.failures] == []


def test_a_check_finds_what_is_dangerous_in_it() -> None:
    result = run_check(read_migrations(FILES[1:]).migrations, history=read_migrations(FILES[:1]).migrations)
    found = {(finding.hazard, one.statement.line) for one in result.checked for finding in one.findings}
    assert {("set-not-null", 15), ("rename-column", 19), ("drop-column", 26), ("index-drop", 33)} <= found
    assert not any(hazard == "index-create" and line == 12 for hazard, line in found)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("4.2", '"id" serial PRIMARY KEY, "created_at" timestamp, "updated_at" timestamp'),
        ("5.0", '"id" serial PRIMARY KEY, "created_at" timestamp NOT NULL, "updated_at" timestamp NOT NULL'),
        ("5.2", '"id" bigserial PRIMARY KEY, "created_at" timestamp NOT NULL, "updated_at" timestamp NOT NULL'),
        ("6.1", '"id" bigserial PRIMARY KEY, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL'),
    ],
)
def test_a_migration_means_what_its_version_of_rails_meant(version: str, expected: str) -> None:
    assert statements("create_table(:a) { |t| t.timestamps }", version) == [f'CREATE TABLE "a" ({expected})']


def test_a_datetime_has_microseconds_from_7_0_on() -> None:
    assert native_type("datetime", {}, (6, 1)) == "timestamp"
    assert native_type("datetime", {}, (7, 0)) == "timestamp(6)"
    assert native_type("datetime", {"precision": None}, (7, 0)) == "timestamp"


def test_names_are_those_that_active_record_chooses() -> None:
    assert index_name("orders", ["customer_id", "at"]) == "index_orders_on_customer_id_and_at"
    assert len(index_name("a_table_with_a_long_name", ["a_column_with_a_long_name", "another_one"])) <= 62
    assert foreign_key_name("articles", ["author_id"]) == "fk_rails_e74ce85cbc"  # of the guide, "Foreign Keys"
    assert check_name("orders", "total >= 0").startswith("chk_rails_")
    assert [singular(one) for one in ("categories", "boxes", "orders", "people", "statuses", "addresses", "shop.taxes")] == [
        "category", "box", "order", "person", "status", "address", "tax",
    ]  # fmt: skip
    assert [plural(one) for one in ("category", "box", "order", "person", "day")] == [
        "categories", "boxes", "orders", "people", "days",
    ]  # fmt: skip


WRITINGS = [
    ("add_column :t, :a, :integer, limit: 8", 'ALTER TABLE "t" ADD COLUMN "a" bigint'),
    ("add_column(:t, :a, :integer, :limit => 8)", 'ALTER TABLE "t" ADD COLUMN "a" bigint'),
    ("add_column 't', 'a', 'varchar(3)'", 'ALTER TABLE "t" ADD COLUMN "a" varchar(3)'),
    ("add_column :t,\n  :a, # why\n  :text,\n  null: false", 'ALTER TABLE "t" ADD COLUMN "a" text NOT NULL'),
    ("add_column :t, :a, :boolean, default: false, null: false", 'ALTER TABLE "t" ADD COLUMN "a" boolean DEFAULT FALSE NOT NULL'),
    ("add_column :t, :a, :float, default: -1.5", 'ALTER TABLE "t" ADD COLUMN "a" double precision DEFAULT -1.5'),
    ("execute('SELECT 1')", "SELECT 1"),
    ('execute "SELECT " \\\n  "2"', "SELECT 2"),
    ("execute %q(SELECT 3)", "SELECT 3"),
    ("safety_assured { remove_column :t, :a }", 'ALTER TABLE "t" DROP COLUMN "a"'),
    ("reversible do |dir|\n dir.up { execute 'SELECT 4' }\n dir.down { execute 'SELECT 5' }\nend", "SELECT 4"),
    ("ActiveRecord::Base.connection.execute('SELECT 6')", "SELECT 6"),
    ("begin\n execute 'SELECT 7'\nrescue X => e\n raise\nend", "SELECT 7"),
    ("update 'UPDATE t SET a = 1'", "UPDATE t SET a = 1"),
    ("rename_table :a, :b", 'ALTER TABLE "a" RENAME TO "b"'),
    ("add_foreign_key :a, :categories, name: :f", 'ALTER TABLE "a" ADD CONSTRAINT "f" FOREIGN KEY ("category_id") REFERENCES "categories" ("id")'),
    ("change_column :t, :a, :bigint, null: false, default: 3",
     'ALTER TABLE "t" ALTER COLUMN "a" TYPE bigint, ALTER COLUMN "a" SET DEFAULT 3, ALTER COLUMN "a" SET NOT NULL'),
    ("change_table(:t) { |t| t.index [:a, :b], unique: true }", 'CREATE UNIQUE INDEX "index_t_on_a_and_b" ON "t" ("a", "b")'),
]  # fmt: skip


@pytest.mark.parametrize(("ruby", "sql"), WRITINGS)
def test_every_way_of_writing_a_call_is_read(ruby: str, sql: str) -> None:
    assert statements(ruby) == [sql]


def test_what_only_ruby_can_tell_is_said_with_its_line() -> None:
    text = """class A < ActiveRecord::Migration[7.0]
  def up
    add_column table_name, :a, :text
    execute "DELETE FROM #{x}"
    Thing.update_all(a: 1)
    names.each { |one| drop_table one }
    if Rails.env.production?
      drop_table :b
    end
    frobnicate :t
    if a then b else c end
    case x
    when 1 then execute "SELECT 1"
    else
      execute "SELECT 2"
    end
    @y ||= begin
      z
    end
    w = if q
      1
    end
    frobnicate :u
  end
end
"""
    (migration,) = read_migrations([SourceFile("1_a.rb", text), SourceFile("2_b.rb", FILES[0].text)]).migrations[:1]
    assert migration.statements == ()
    assert [note.split(":")[0] for note in migration.notes] == [
        f"line {line}" for line in (3, 4, 5, 6, 7, 10, 11, 12, 17, 20, 23)
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, len(FILES[1].text)), st.integers(0, 60), st.text(alphabet="(){}[]|'\"#%<-:,.do end\n", max_size=6)
)
def test_damaged_ruby_ends_in_a_reading_or_an_error_of_its_own(at: int, length: int, put: str) -> None:
    text = FILES[1].text[:at] + put + FILES[1].text[at + length :]
    try:
        Parser(text).program()
        read_migrations([SourceFile("1_a.rb", text), FILES[0]])
    except DesignError:
        pass


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a do\n" * 5000, "{ a: " * 5000, "x(" * 5000, "if a\n" * 5000, "-> { " * 5000, "(" * 5000]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(DesignError, match="within each other"):
        Parser(text).program()


def test_an_end_too_many_is_said() -> None:
    text = "class A < ActiveRecord::Migration[7.0]\n  def up\n    end\n    drop_table :a\n  end\nend\n"
    (note,) = read_migrations([SourceFile("1_a.rb", text), FILES[0]]).notes
    assert note == "1_a.rb: line 6: an end without a beginning: what is around it may be missing"
