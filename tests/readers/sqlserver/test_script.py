"""T-SQL is understood in full: batches, statements without semicolons, every clause; and what is not is reported with its line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dbdesign.errors import InputError, LimitError, SqlError
from dbdesign.model.schema import Identity, SequenceOptions, Table
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, reader

EVERYTHING = Path(__file__).with_name("everything.sql")


@cache
def everything() -> ReadResult:
    return reader("sqlserver").read(EVERYTHING.read_text())


def read(text: str) -> ReadResult:
    return reader("sqlserver").read(text)


def only_table(text: str) -> Table:
    result = read(text)
    assert result.unread == ()
    (table,) = result.schema_.tables
    return table


def test_nothing_of_the_long_script_is_lost():
    result = everything()
    assert result.unread == ()
    assert result.declared_tables == len(result.schema_.tables) == 4
    assert {one.kind: one.count for one in result.skipped} == {
        ":setvar": 1, "ALTER INDEX": 1, "BEGIN": 1, "COMMIT": 1, "DROP TABLE": 1, "IF": 2, "INSERT": 2, "PRINT": 1, "SET": 2,
        "UPDATE": 1, "USE": 1, "temporary table": 1,
    }  # fmt: skip
    assert [(one.kind, one.name) for one in result.schema_.carried] == [
        ("table type", "Lines"),
        ("partition function", "ByYear"),
        ("partition scheme", "ByYearScheme"),
        ("full-text catalog", "Texts"),
        ("synonym", "Clients"),
        ("grant", "EXECUTE ON SCHEMA::[sales] TO [reader]"),
        ("extended property", "Team sales"),
    ]


def test_objects_know_their_lines():
    lines, text = everything().lines, EVERYTHING.read_text().splitlines()
    for name, words in {
        "sales.Customer": "CREATE TABLE [sales].[Customer]",
        "sales.Customer.Phone": "[Phone]",
        "sales.Customer.UQ_Customer_Code": "[UQ_Customer_Code]",
        "sales.Orders.FK_Orders_Customer": "FK_Orders_Customer",
        "sales.Orders.IX_Orders_Open": "IX_Orders_Open",
        "audit.Entry": "CREATE TABLE [audit].[Entry]",
    }.items():
        assert words in text[lines[name] - 1]


COLUMNS: dict[str, dict[str, Any]] = {
    "CustomerId": {
        "identity": Identity(mode="identity", options=SequenceOptions(start=1000, increment=5)),
        "nullable": False,
    },
    "Code": {"collation": "Latin1_General_BIN2", "comment": "Ours", "nullable": False},
    "Email": {"nullable": False},
    "Phone": {"options": {"sparse": "on"}, "nullable": False},
    "Card": {"options": {"masked": "FUNCTION = 'partial(0,\"XXXX\",4)'"}},
    "Guid": {"default": "newsequentialid()", "default_name": "DF_Customer_Guid", "options": {"rowguidcol": "on"}},
    "Discount": {"default": "0", "default_name": None},
    "IsActive": {"default": "1", "default_name": "DF_Customer_Active"},
    "Modified": {"default": "getdate()", "nullable": True},
    "Remarks": {"nullable": True},
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_keeps_all_that_is_said_of_it(name: str):
    table = everything().schema_.table("sales.Customer")
    column = table.column(name) if table else None
    assert column is not None
    assert {field: getattr(column, field) for field in COLUMNS[name]} == COLUMNS[name]


def test_computed_columns_have_the_type_of_their_expression():
    table = everything().schema_.table("sales.Customer")
    assert table is not None
    assert [(c.name, c.type.native, c.generated.stored) for c in table.columns if c.generated] == [
        ("Display", "nvarchar(212)", True),
        ("Upper", "nvarchar(200)", False),
        ("Doubled", "decimal(18, 2)", False),
    ]


def test_constraints_know_whether_they_are_trusted_and_enforced():
    table = everything().schema_.table("audit.Entry")
    assert table is not None
    assert [(key.name, key.valid, key.enforced) for key in table.foreign_keys] == [("FK_Entry_Orders", False, False)]
    assert [(check.name, check.valid, check.enforced) for check in table.checks] == [("CK_Entry", False, True)]


def test_a_reference_without_columns_means_the_primary_key():
    table = everything().schema_.table("sales.Orders")
    assert table is not None
    own = table.foreign_keys[0]
    assert (own.references, own.referenced_columns) == ("sales.Orders", ("OrderId",))


def test_a_unique_key_takes_one_null():
    table = only_table(
        "CREATE TABLE t (a int NULL UNIQUE, b int NOT NULL UNIQUE, c int NULL)\n"
        "CREATE UNIQUE INDEX i ON t (c)\nCREATE UNIQUE INDEX j ON t (c) WHERE [c] IS NOT NULL"
    )
    assert [key.nulls_not_distinct for key in table.unique_keys] == [True, False]
    assert [index.nulls_not_distinct for index in table.indexes] == [True, False]


TYPES = [
    ("int", Kind.INT32, "int", {}),
    ("[dbo].[int]", Kind.DOMAIN, "int", {}),
    ("tinyint", Kind.INT8, "tinyint", {"unsigned": True}),
    ("NUMERIC", Kind.DECIMAL, "numeric", {"precision": 18, "scale": 0}),
    ("decimal ( 10 , 2 )", Kind.DECIMAL, "decimal(10, 2)", {"precision": 10, "scale": 2}),
    ("nvarchar(MAX)", Kind.TEXT, "nvarchar(max)", {"length": None, "national": True}),
    ("national character varying(20)", Kind.VARCHAR, "nvarchar(20)", {"length": 20, "national": True}),
    ("varchar", Kind.VARCHAR, "varchar", {"length": 1, "national": False}),
    ("double precision", Kind.FLOAT64, "float", {}),
    ("float(24)", Kind.FLOAT32, "float(24)", {}),
    ("datetime", Kind.TIMESTAMP, "datetime", {"precision": 3}),
    ("datetime2(7)", Kind.TIMESTAMP, "datetime2(7)", {"precision": 7}),
    ("[sys].[geography]", Kind.GEOGRAPHY, "geography", {}),
    ("sysname", Kind.VARCHAR, "sysname", {"length": 128, "national": True}),
    ("[billing].[Amount]", Kind.DOMAIN, "billing.Amount", {}),
]


@pytest.mark.parametrize(("written", "kind", "native", "rest"), TYPES)
def test_a_type_is_known_by_any_spelling(written: str, kind: Kind, native: str, rest: dict[str, Any]):
    found = only_table(f"CREATE TABLE t (a {written})").columns[0].type
    assert (found.kind, found.native) == (kind, native)
    assert {name: getattr(found, name) for name in rest} == rest


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("(N'a)b')", "N'a)b'"),
        ("((-1))", "-1"),
        ("- 1", "- 1"),
        ("(getdate())", "getdate()"),
        ("GETDATE()", "GETDATE()"),
        ("dbo.f(1, 2)", "dbo.f(1, 2)"),
        ("((1)+(2))", "(1)+(2)"),
        ("'a' + 'b'", "'a' + 'b'"),
        ("(CONVERT([date],getdate()))", "CONVERT([date],getdate())"),
        ("NEXT VALUE FOR dbo.s", "NEXT VALUE FOR dbo.s"),
        ("NULL", "NULL"),
        ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
    ],
)
def test_a_default_ends_where_it_ends(default: str, expected: str):
    column = only_table(f"CREATE TABLE t (a int DEFAULT {default} NOT NULL, b int)").columns[0]
    assert (column.default, column.nullable) == (expected, False)


STATEMENTS = {
    "without any semicolon": "CREATE TABLE a (x int) CREATE TABLE b (y int) CREATE INDEX i ON a (x) PRINT 'x' CREATE TABLE c (z int)",
    "guarded by IF": "IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 'a') BEGIN CREATE TABLE a (x int) END\nIF OBJECT_ID('b') IS NULL CREATE TABLE b (x int)",
    "in a string": "EXEC('CREATE TABLE a (x int)')\nEXECUTE sp_executesql N'CREATE TABLE b (x varchar(9) DEFAULT ''y'')'",
    "with a comma too many": "CREATE TABLE a (x int, CONSTRAINT p PRIMARY KEY (x), )",
    "without a comma before a constraint": "CREATE TABLE a (x int NOT NULL CONSTRAINT p PRIMARY KEY (x))",
    "between data": "INSERT INTO a VALUES (1)\nCREATE TABLE a (x int)\nINSERT INTO a\nSELECT 1\nCREATE TABLE b (x int)\nMERGE a USING b ON 1=1 WHEN MATCHED THEN DELETE;\nCREATE TABLE c (x int)",
    "dropped and made again": "CREATE TABLE a (x int)\nGO\nDROP TABLE IF EXISTS a, b\nGO\nCREATE TABLE a (y int)",
    "after a transaction": "BEGIN TRY\nBEGIN TRAN\nCREATE TABLE a (x int)\nCOMMIT TRAN\nEND TRY\nBEGIN CATCH\nTHROW\nEND CATCH\nCREATE TABLE b (x int)",
}


@pytest.mark.parametrize(
    ("text", "tables"),
    [(text, tables) for text, tables in zip(STATEMENTS.values(), [3, 2, 2, 1, 1, 3, 1, 2], strict=True)],
    ids=list(STATEMENTS),
)
def test_statements_are_told_apart(text: str, tables: int):
    result = read(text)
    assert result.unread == ()
    assert len(result.schema_.tables) == tables


@pytest.mark.parametrize("go", ["GO", "go", "GO 5", "  GO  ", "GO -- the end", "Go\r"])
def test_go_ends_a_batch_on_a_line_of_its_own(go: str):
    result = read(f"CREATE VIEW v AS SELECT 1 AS a\n{go}\nCREATE TABLE t (a int)\n{go}\n")
    assert (len(result.schema_.views), len(result.schema_.tables)) == (1, 1)


@pytest.mark.parametrize(
    "text",
    ["/*\nGO\n*/ CREATE TABLE t (a int)", "CREATE TABLE t (a varchar(9) DEFAULT '\nGO\n')", "CREATE TABLE t (go int)"],
)
def test_go_elsewhere_ends_nothing(text: str):
    assert only_table(text).name == "t"


BROKEN = [
    ("CREATE TABLE t (a int, b nonsense here, c int)", 1, "in table t"),
    ("CREATE TABLE t (a int)\nGO\nALTER TABLE nowhere ADD b int", 3, "table nowhere is not created"),
    ("CREATE TABLE t (a int)\n\nFROBNICATE t\nCREATE TABLE u (a int)", 3, "no statement begins so"),
    ("CREATE TABLE t (a int)\nCREATE TABLE T (b int)", 2, "a table of this name was created before"),
    ("CREATE TABLE t (a int)\nALTER TABLE t ADD a int", 2, "column a is declared twice"),
    ("CREATE TABLE t (a int)\nCREATE INDEX i ON u (a)", 2, "u is not created"),
    ("CREATE TABLE t (a int\n", 1, "not closed"),
]


@pytest.mark.parametrize(("text", "line", "reason"), BROKEN)
def test_what_is_not_understood_is_reported_and_costs_itself_alone(text: str, line: int, reason: str):
    result = read(text)
    assert [one.line for one in result.unread] == [line]
    assert reason in result.unread[0].reason
    assert all("a" in table.column_by_name for table in result.schema_.tables)


def test_the_columns_around_one_that_is_not_understood_are_kept():
    result = read("CREATE TABLE t (a int, b, c int, d int CHECK d > 0, e int)")
    assert [column.name for column in result.schema_.tables[0].columns] == ["a", "c", "e"]
    assert [one.text for one in result.unread] == ["b", "d int CHECK d > 0"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("SELECT 1\nPRINT 'never closed\n", 2), ("/* one /* two */\n", 1), ("CREATE TABLE [t (a int)", 1)],
)
def test_what_is_never_closed_is_refused_with_its_line(text: str, line: int):
    with pytest.raises(SqlError) as caught:
        read(text)
    assert caught.value.line == line


@pytest.mark.parametrize("text", ["", "   \n", "-- nothing", "GO\nGO\n"])
def test_a_script_without_statements_is_refused(text: str):
    with pytest.raises(InputError, match="no statement"):
        read(text)


def test_a_script_that_is_mostly_data_is_refused_with_what_to_do():
    with pytest.raises(LimitError, match="without the data"):
        read("INSERT INTO t VALUES (1);\n" * 1_000_000)


def test_what_a_migration_tool_scripts_is_read_as_it_ends():
    text = EVERYTHING.with_name("migrations.sql").read_text()
    result = read(text)
    assert (result.unread, result.notes) == ((), ())
    assert {one.label: [column.name for column in one.columns] for one in result.schema_.tables} == {
        "__History": ["MigrationId"],
        "Blogs": ["Id", "Url", "Rating"],
        "Person": ["ID", "name", "SysStart", "SysEnd"],
        "Likes": ["rating"],
        "we]ird": ["a]b", "x'y", "日本", "GO"],
        "Lg": ["a"],
    }
    blogs = result.schema_.table("Blogs")
    assert blogs is not None
    assert [(index.name, index.where, dict(index.options)) for index in blogs.indexes] == [
        ("IX_Blogs_Url", "[Url] IS NOT NULL", {}),
        ("IX_Rating", None, {"fillfactor": "80"}),
    ]


def test_an_index_that_is_dropped_later_is_gone():
    script = "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CREATE INDEX k ON t (b);"
    table = only_table(f"{script} DROP INDEX I ON dbo.T, t.j;")
    assert [index.name for index in table.indexes] == ["k"]


def test_names_are_found_whatever_their_case():
    result = read(
        "CREATE TABLE Parent (Id int PRIMARY KEY)\nCREATE TABLE child (parentid int, FOREIGN KEY (PARENTID) REFERENCES DBO.PARENT (ID))"
    )
    key = result.schema_.tables[1].foreign_keys[0]
    assert (key.columns, key.references, key.referenced_columns) == (("parentid",), "Parent", ("Id",))


def test_a_deep_or_endless_expression_is_read_in_linear_time():
    deep = "(" * 3000 + "1" + ")" * 3000
    table = only_table(f"CREATE TABLE t (a int DEFAULT {deep}, b AS {deep}, CHECK ({deep} = 1))")
    assert table.columns[0].default == "1"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("CREATE TABLE [dbo].[t] ([a] [int] IDENTITY(1,1) NOT NULL)\nGO\n", 0.9, 1.0),
        ("CREATE TABLE t (a NVARCHAR(20), b UNIQUEIDENTIFIER DEFAULT NEWID());", 0.5, 1.0),
        ("CREATE TABLE `t` (a int AUTO_INCREMENT) ENGINE=InnoDB;", 0.0, 0.2),
        ("CREATE TABLE t (a serial, b text DEFAULT 'x'::text);", 0.0, 0.2),
        ("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT);", 0.0, 0.2),
    ],
)
def test_t_sql_is_recognised(text: str, least: float, most: float):
    assert least <= reader("sqlserver").recognise(text) <= most


def test_a_table_made_by_select_into_is_not_lost_in_silence() -> None:
    result = read(
        "CREATE TABLE dbo.t (id int PRIMARY KEY)\nSELECT * INTO dbo.Copy FROM dbo.t\nSELECT id INTO #x FROM dbo.t\n"
    )
    assert [(one.line, one.reason) for one in result.unread] == [
        (2, "makes a table whose columns only the server knows")
    ]
    assert [(one.kind, one.lines) for one in result.skipped] == [("SELECT", (3,))]


def test_an_xml_schema_collection_is_carried_by_its_name() -> None:
    (one,) = read("CREATE XML SCHEMA COLLECTION dbo.xs AS N'<x/>'").schema_.carried
    assert (one.kind, one.name) == ("XML schema collection", "xs")


def test_the_options_of_a_database_on_a_line_of_their_own_are_its_own():
    result = read(
        "CREATE DATABASE [Shop]\n CONTAINMENT = NONE\n ON PRIMARY\n( NAME = N'Shop', FILENAME = N'C:\\Shop.mdf' , SIZE = 8192KB )\n"
        " WITH CATALOG_COLLATION = DATABASE_DEFAULT, LEDGER = OFF\nGO\nCREATE TABLE t (a int)\nGO\n"
    )
    assert result.unread == ()
    assert [one.kind for one in result.skipped] == ["CREATE DATABASE"]
