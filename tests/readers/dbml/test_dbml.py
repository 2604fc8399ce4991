"""Reading DBML: every form of the language, and what becomes of text that is not DBML."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from dbdesign.errors import InputError, LimitError, SqlError
from dbdesign.model.schema import Engine, ForeignKey, Table
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, reader

PROJECT = "Project p {\n  database_type: 'PostgreSQL'\n}\n"


def read(text: str) -> ReadResult:
    return reader("dbml").read(text)


def tables(text: str) -> dict[str, Table]:
    result = read(text)
    assert result.unread == ()
    return dict(result.schema_.table_by_label)


def keys(text: str) -> list[str]:
    """The foreign keys as `child(columns) > parent(columns)`."""

    def ends(table: Table, key: ForeignKey) -> str:
        return f"{table.label}({','.join(key.columns)}) > {key.references}({','.join(key.referenced_columns)})"

    return [ends(table, key) for table in tables(text).values() for key in table.foreign_keys]


COLUMNS = """
Table t {
  id bigint [pk, increment]
  a varchar(20) [not null, default: 'it\\'s', note: 'multi\\nline']
  b numeric(10, 2) [default: -1.50]
  c "double precision" [null, unique]
  d timestamptz [default: `now()`]
  e boolean [default: true]
  f text [default: null]
  g int [check: `g > 0`]
  h integer unique pk
  i text[]
  j double precision [default: 1]
  k varchar(10)[]
}
"""


def test_columns_are_read_with_their_settings() -> None:
    (table,) = tables(COLUMNS).values()
    shown = [
        (column.name, column.type.kind.value, column.type.native, column.nullable, column.default, column.comment)
        for column in table.columns
    ]
    assert shown == snapshot(
        [
            ("id", "int64", "bigint", False, None, None),
            (
                "a",
                "varchar",
                "character varying(20)",
                False,
                "'it''s'",
                """\
multi
line\
""",
            ),
            ("b", "decimal", "numeric(10,2)", True, "-1.50", None),
            ("c", "float64", "double precision", True, None, None),
            ("d", "timestamptz", "timestamp with time zone", True, "now()", None),
            ("e", "boolean", "boolean", True, "true", None),
            ("f", "text", "text", True, "NULL", None),
            ("g", "int32", "integer", True, None, None),
            ("h", "int32", "integer", False, None, None),
            ("i", "array", "text[]", True, None, None),
            ("j", "float64", "double precision", True, "1", None),
            ("k", "array", "character varying(10)[]", True, None, None),
        ]
    )
    assert table.primary_key is not None
    assert table.primary_key.columns == ("id", "h")
    assert [key.columns for key in table.unique_keys] == [("c",), ("h",)]
    assert table.column_by_name["id"].identity is not None
    assert [check.expression for check in table.checks] == ["g > 0"]


INDEXES = """
Table t {
  a int
  b int
  c text
  indexes {
    (a, b) [pk, name: 't_key']
    b [unique, name: "one per b", note: 'said']
    (a, `lower(c)`) [unique]
    c [type: gin]
    `f(a)` [name: 'computed']
    (b, c) [type: btree, unique]
  }
  checks {
    `a > b` [name: 'ordered']
    `c <> ''`
  }
}
"""


def test_indexes_and_checks_are_read() -> None:
    (table,) = tables(INDEXES).values()
    assert table.primary_key is not None
    assert (table.primary_key.name, table.primary_key.columns) == ("t_key", ("a", "b"))
    assert [(key.name, key.columns, key.comment) for key in table.unique_keys] == [("one per b", ("b",), "said")]
    assert [
        (index.name, index.unique, index.method, [key.column or f"({key.expression})" for key in index.keys])
        for index in table.indexes
    ] == [
        (None, True, "btree", ["a", "(lower(c))"]),
        (None, False, "gin", ["c"]),
        ("computed", False, "btree", ["(f(a))"]),
        (None, True, "btree", ["b", "c"]),
    ]
    assert [(check.name, check.expression) for check in table.checks] == [("ordered", "a > b"), (None, "c <> ''")]


AB = "Table a {\n  id int [pk]\n  b_id int\n  x int\n}\nTable s.b {\n  id int [pk]\n  y int\n}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AB + "Ref: a.b_id > s.b.id", ["a(b_id) > s.b(id)"]),
        (AB + "Ref: s.b.id < a.b_id", ["a(b_id) > s.b(id)"]),
        (AB + "Ref named { a.b_id > s.b.id }", ["a(b_id) > s.b(id)"]),
        (AB + "Ref {\n  a.b_id > s.b.id\n  a.x > a.id\n}", ["a(b_id) > s.b(id)", "a(x) > a(id)"]),
        (AB + "Ref: a.(b_id, x) > s.b.(id, y)", ["a(b_id,x) > s.b(id,y)"]),
        (AB + "Ref: a.b_id - s.b.id", ["a(b_id) > s.b(id)"]),
        (AB + "Ref: s.b.id - a.b_id", ["a(b_id) > s.b(id)"]),
        (AB + "Ref: a.id - s.b.id", ["a(id) > s.b(id)"]),
        (AB + "Ref: a.b_id ?> s.b.id", ["a(b_id) > s.b(id)"]),
        (AB + "Ref r [color: #aaa]: a.b_id > s.b.id [delete: cascade, color: #79AD51]", ["a(b_id) > s.b(id)"]),
        ("Table a as A {\n  id int [pk]\n}\nTable b {\n  x int [ref: > A.id]\n}", ["b(x) > a(id)"]),
        ("Table a {\n  id int [pk, ref: < b.x]\n}\nTable b {\n  x int\n}", ["b(x) > a(id)"]),
        ("Table a {\n  id int [pk, ref: < b.x, ref: - c.id]\n}\nTable b {\n x int\n}\nTable c {\n id int [pk]\n}", ["a(id) > c(id)", "b(x) > a(id)"]),
        ("Table public.a {\n  id int [pk, ref: > public.a.id]\n}", ["a(id) > a(id)"]),
        (AB + "Ref: a.x > gone.id", ["a(x) > gone(id)"]),
    ],
)  # fmt: skip
def test_references_become_foreign_keys_of_the_child(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_actions_and_names_of_references_are_kept() -> None:
    (key,) = tables(AB + "Ref my_fk: a.b_id > s.b.id [delete: set null, update: no action]")["a"].foreign_keys
    assert (key.name, key.on_delete, key.on_update, key.referenced_namespace) == ("my_fk", "set null", "no action", "s")


def test_a_one_to_one_reference_makes_its_columns_unique() -> None:
    result = read(AB + "Ref: a.b_id - s.b.id")
    assert [key.columns for key in result.schema_.table_by_label["a"].unique_keys] == [("b_id",)]
    assert "a (b_id) was made unique, as the one-to-one reference on line 10 says" in result.notes


def test_many_to_many_becomes_a_junction_table() -> None:
    result = read(AB + "Ref: a.id <> s.b.id [delete: cascade]")
    junction = result.schema_.table_by_label["a_b"]
    assert [(column.name, column.type.native, column.nullable) for column in junction.columns] == [
        ("a_id", "integer", False),
        ("b_id", "integer", False),
    ]
    assert junction.primary_key is not None
    assert junction.primary_key.columns == ("a_id", "b_id")
    assert [(key.references, key.on_delete) for key in junction.foreign_keys] == [("a", "cascade"), ("s.b", "cascade")]
    assert "The many-to-many reference on line 10 became the junction table a_b" in result.notes


PARTIALS = """
TablePartial base {
  id int [pk]
  created timestamp
  indexes {
    created
  }
}
TablePartial soft [headercolor: #abc] {
  created date
  gone timestamp
  Note: 'soft'
}
Table t {
  name text
  ~base
  ~soft
  id bigint [pk]
}
"""


def test_partials_are_injected_where_they_are_named_and_the_nearer_column_wins() -> None:
    (table,) = tables(PARTIALS).values()
    assert [(column.name, column.type.native) for column in table.columns] == [
        ("name", "text"),
        ("created", "date"),
        ("gone", "timestamp without time zone"),
        ("id", "bigint"),
    ]
    assert [index.columns for index in table.indexes] == [("created",)]
    assert table.comment == "soft"


ENUMS = """
Enum status {
  new [note: 'just made']
  "on hold"
}
Enum s.status {
  x
}
Table t {
  a status [default: 'new']
  b s.status [default: status.new]
  c "status[]"
}
"""


@pytest.mark.parametrize(
    ("database", "natives", "named"),
    [
        ("PostgreSQL", ["status", "s.status", "status[]"], 2),
        ("MySQL 8.0", ["enum('new','on hold')", "enum('x')", "status[]"], 0),
        ("SQL Server", ["nvarchar(7)", "nvarchar(1)", "status[]"], 0),
    ],
)
def test_enums_are_what_the_engine_has_for_them(database: str, natives: list[str], named: int) -> None:
    schema = read(f"Project p {{\n database_type: '{database}'\n}}\n{ENUMS}").schema_
    table = schema.table_by_label["t"]
    assert [column.type.native for column in table.columns] == natives
    assert [column.default for column in table.columns] == ["'new'", "'new'", None]
    assert len(schema.enums) == named


def test_without_named_enums_a_check_keeps_the_values() -> None:
    schema = read(f"Project p {{\n database_type: 'SQL Server'\n}}\n{ENUMS}").schema_
    assert [check.expression for check in schema.tables[0].checks] == ["a IN ('new', 'on hold')", "b IN ('x')"]


@pytest.mark.parametrize(
    ("said", "engine", "version"),
    [
        ("PostgreSQL", Engine.POSTGRESQL, None),
        ("postgres 16.2", Engine.POSTGRESQL, "16.2"),
        ("MySQL", Engine.MYSQL, None),
        ("MariaDB", Engine.MYSQL, None),
        ("SQL Server 2022", Engine.SQLSERVER, "2022"),
        ("mssql", Engine.SQLSERVER, None),
        ("CockroachDB", Engine.COCKROACHDB, None),
        ("TiDB", Engine.TIDB, None),
        ("SQLite", Engine.SQLITE, None),
        ("Oracle", Engine.POSTGRESQL, None),
    ],
)
def test_the_engine_is_the_projects_database_type(said: str, engine: Engine, version: str | None) -> None:
    result = read(f"Project p {{\n  database_type: '{said}'\n  Note: 'about'\n}}\nTable t {{\n  id int\n}}")
    assert (result.schema_.engine, result.schema_.version) == (engine, version)
    assert result.schema_.options == {"comment": "about"}
    assert any("PostgreSQL was assumed" in note for note in result.notes) == (said == "Oracle")


def test_types_of_other_engines_are_read_as_what_the_engine_calls_them() -> None:
    result = read(
        PROJECT
        + "Table t {\n a datetime\n b nvarchar(30)\n c uniqueidentifier\n d serial\n e blorp(3)\n f int unsigned\n}"
    )
    natives = [(column.type.kind, column.type.native) for column in result.schema_.tables[0].columns]
    assert natives == [
        (Kind.TIMESTAMP, "timestamp without time zone"),
        (Kind.VARCHAR, "character varying(30)"),
        (Kind.UUID, "uuid"),
        (Kind.INT32, "integer"),
        (Kind.OTHER, "blorp(3)"),
        (Kind.INT64, "bigint"),
    ]
    assert result.schema_.tables[0].columns[3].identity is not None
    assert result.notes == (
        (
            "Types of other engines were read as PostgreSQL's: datetime as timestamp, nvarchar(30) as varchar(30), "
            "uniqueidentifier as uuid, int unsigned as bigint"
        ),
        "Types that PostgreSQL does not have, kept as written: blorp(3)",
    )


def test_a_type_that_smuggles_sql_is_kept_as_text() -> None:
    evil = "int); DROP TABLE dbml_type_0; CREATE TABLE dbml_type_0 (c text"
    result = read(f'{PROJECT}Table t {{\n  a "{evil}"\n  b int\n}}')
    assert [(column.type.kind, column.type.native) for column in result.schema_.tables[0].columns] == [
        (Kind.OTHER, evil),
        (Kind.INT32, "integer"),
    ]


CANVAS = """
// a comment
Table t [headercolor: #3498DB, note: 'short'] { /* and
another */
  id int // dbdesign: allow no-primary-key
  records (id) {
    1
    2
  }
  owner: 'me'
}
TableGroup g [color: #fff] {
  t
  Note: 'x'
}
Note sticky {
  '''
  text
  '''
}
records t(id) {
  3
}
"""


def test_what_says_nothing_of_a_schema_is_counted() -> None:
    result = read(CANVAS)
    assert {one.kind: (one.count, one.lines) for one in result.skipped} == {
        "records": (2, (6, 21)),
        "property of a table": (1, (10,)),
        "TableGroup": (1, (12,)),
        "Note": (1, (16,)),
    }
    assert result.unread == ()
    assert result.comments == {2: "// a comment", 3: "/* and\nanother */", 5: "// dbdesign: allow no-primary-key"}
    assert result.schema_.tables[0].comment == "short"


def test_lines_lead_to_every_object() -> None:
    result = read("\n" + INDEXES.replace("Table t", "Table s.t") + "Enum e {\n  a\n}\nRef named: s.t.a > s.t.b\n")
    assert {name: line for name, line in result.lines.items() if name != "s.t.c"} == {
        "s.t": 3,
        "s.t.a": 4,
        "s.t.b": 5,
        "s.t.t_key": 8,
        "s.t.one per b": 9,
        "s.t.computed": 12,
        "s.t.ordered": 16,
        "e": 20,
        "s.t.named": 23,
    }


BROKEN = """Table good {
  id int [pk]
  oops
  name text [colour: 'red', not null]
  x int [ref: > ]
  indexes {
    (id, gone)
    id [sort: down]
  }
}
DiagramView v {
  Tables { good }
}
Table good {
  id int
}
Table empty {
}
Ref: good.id > good.(id, name)
Ref: nobody.id > good.id
Table t2 {
  ~missing
  a int
  a text
}
Ref: good.id => good.id
Table last {
  id int
}
"""


def test_what_is_not_understood_is_reported_by_line_and_costs_nothing_else() -> None:
    result = read(BROKEN)
    assert list(result.schema_.table_by_label) == ["good", "t2", "last"]
    assert result.declared_tables == 5
    assert [(one.line, one.text, one.reason) for one in result.unread] == snapshot(
        [
            (3, "oops", "a column without a type"),
            (4, "colour: red", "not a setting of a column"),
            (5, "ref: >", "expected a name, found the end"),
            (7, "gone", "good has no column 'gone'"),
            (8, "sort: down", "not a setting of an index"),
            (11, "DiagramView v { Tables { good } }", "'DiagramView' does not begin anything that DBML knows"),
            (14, "Table good", "declared before, on line 1"),
            (17, "Table empty { }", "a table without columns"),
            (19, "id > id.name", "the two sides have different numbers of columns"),
            (20, "id > id", "no table 'nobody'"),
            (22, "~missing", "no TablePartial of that name"),
            (24, "a text", "t2 has a column of that name already"),
            (26, "Ref: good.id => good.id", "expected one of < > - <>, found '='"),
        ]
    )


NEWER = """use { enum status as S } from './enums.dbml'
use * from './catalog.dbml'
Table t {
  id int [pk]
  Indexes {
    id
  }
}
Policy {
  name 'Readers'
  table t
  using `true`
}
Trigger {
  name 'x'
  event [insert, update]
}
Table u {
  id int [pk]
}
"""


def test_what_newer_dbml_has_beside_tables_is_reported_and_costs_nothing_else() -> None:
    result = read(NEWER)
    assert list(result.schema_.table_by_label) == ["t", "u"]
    assert [(one.line, one.reason) for one in result.unread] == [
        (1, "other files are not followed; give one whole document"),
        (2, "other files are not followed; give one whole document"),
        (9, "policies are not taken from DBML"),
        (14, "triggers are not taken from DBML"),
    ]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", InputError, "DBML: the text is empty"),
        ("  \n", InputError, "DBML: the text is empty"),
        ("hello world", SqlError, "DBML, line 1: nothing here is DBML"),
        ("\x00\x01\x02", SqlError, "DBML, line 1: nothing here is DBML"),
        (
            "Table t {\n  id int [note: 'open\n}",
            SqlError,
            "DBML, line 2: a text in single quotes is opened and never closed",
        ),
        ('Table "t {\n  id int\n}', SqlError, "DBML, line 1: a name in double quotes is opened"),
        ("Table t {\n  id int [default: `x\n}", SqlError, "DBML, line 2: an expression in backticks"),
        ("Table t {\n  id int /* \n}", SqlError, "DBML, line 2: a comment is opened"),
        ("Note '''\n open", SqlError, "DBML, line 1: a text in single quotes is opened"),
    ],
)
def test_what_is_no_dbml_at_all_is_refused_with_the_line(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        read(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "Table t {\n  id int",
        "Table t {\n  id int [",
        "Table t {\n  id int [pk",
        "Table t {\n  id int\n  indexes {\n   id",
        "Table t {\n id",
    ],
)
def test_a_document_that_ends_too_soon_says_so(text: str) -> None:
    assert read("Table whole {\n  id int\n}\n" + text).unread


@pytest.mark.parametrize(
    "opening", ["Table t {\n", "Table t {\n  a int [", "Table t {\n  a f(", "Ref: a.(", "Project p {\n"]
)
def test_deep_nesting_neither_hangs_nor_overflows(opening: str) -> None:
    result = read("Table whole {\n  id int\n}\n" + opening * 2000 + "{[(" * 5000)
    assert "whole" in result.schema_.table_by_label
    assert result.unread


@pytest.mark.parametrize("database", ["PostgreSQL", "MySQL", "SQL Server"])
def test_a_short_text_cannot_grow_without_bounds(database: str) -> None:
    partial = "TablePartial p {\n" + "".join(f"  c{n} int\n" for n in range(1000)) + "}\n"
    tables = "".join(f"Table t{n} {{\n  ~p\n}}\n" for n in range(1000))
    with pytest.raises(LimitError, match="copied into more than 500,000 places"):
        read(f"Project p {{\n  database_type: '{database}'\n}}\n{partial}{tables}")


def test_recognising_takes_linear_time() -> None:
    for piece in ("Ref ::::", "Ref a: b", "Table ", "Table a a", "Enum x ", '"'):
        assert reader("dbml").recognise(piece * 25_000) == 0.0


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Table users {\n  id int\n}", 0.95),
        ("// x\nTable \"a b\" as U [note: 'x'] {\n  id int\n}", 0.95),
        ("Enum e {\n  a\n}", 0.6),
        ("Ref: a.b > c.d", 0.6),
        ("CREATE TABLE users (id int);", 0.0),
        ("model User {\n  id Int @id\n}", 0.0),
        ("erDiagram\n  a {\n  }", 0.0),
        ("", 0.0),
    ],
)
def test_dbml_is_recognised(text: str, sure: float) -> None:
    assert reader("dbml").recognise(text) == sure


def test_a_large_document_is_read_line_by_line() -> None:
    text = "".join(f"Table t{n} {{\n  id int [pk]\n  up int [ref: > t{max(n - 1, 0)}.id]\n}}\n" for n in range(3000))
    result = read(text)
    assert (len(result.schema_.tables), result.declared_tables, result.unread) == (3000, 3000, ())


def test_the_junction_table_of_a_reference_is_counted_as_declared() -> None:
    result = read("Table a {\n id int [pk]\n}\nTable b {\n id int [pk]\n}\nRef: a.id <> b.id\n")
    assert (len(result.schema_.tables), result.declared_tables) == (3, 3)
