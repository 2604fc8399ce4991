"""What is said of a schema beside its tables: where things stand, which settings hold, what is not understood."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError, InputError
from dbdesign.model.schema import Engine, Extension
from dbdesign.readers.base import ReadResult, source_readers
from dbdesign.readers.prisma import SOURCE_READER, declares, read

SCHEMAS = Path(__file__).with_name("schemas")
POSTGRESQL = 'datasource db {\n  provider = "postgresql"\n}\n'


def read_models(text: str, datasource: str = POSTGRESQL) -> ReadResult:
    return read({"schema.prisma": datasource + text})


def unread(result: ReadResult) -> list[tuple[str | None, int, str]]:
    return [(one.path, one.line, one.reason) for one in result.unread]


def test_it_is_registered() -> None:
    assert source_readers()["prisma"] is SOURCE_READER


def test_files_of_a_folder_are_one_schema_and_each_thing_has_its_file_and_line() -> None:
    files = {
        "prisma/schema.prisma": POSTGRESQL + "\nmodel User {\n  id Int @id\n  mail String @unique\n  posts Post[]\n}\n",
        "prisma/models/post.prisma": '/// Said once.\nmodel Post {\n  id Int @id\n  userId Int @map("user_id")\n'
        '  user User @relation(fields: [userId], references: [id])\n\n  @@index([userId])\n  @@map("posts")\n}\n',
        "prisma/other.txt": "model NotOne {\n",
    }
    result = read(files)
    assert result.unread == ()
    assert {one: (result.files[one], result.lines[one]) for one in result.lines} == {
        "User": ("prisma/schema.prisma", 5),
        "User.id": ("prisma/schema.prisma", 6),
        "User.User_pkey": ("prisma/schema.prisma", 6),
        "User.mail": ("prisma/schema.prisma", 7),
        "User.User_mail_key": ("prisma/schema.prisma", 7),
        "posts": ("prisma/models/post.prisma", 2),
        "posts.id": ("prisma/models/post.prisma", 3),
        "posts.posts_pkey": ("prisma/models/post.prisma", 3),
        "posts.user_id": ("prisma/models/post.prisma", 4),
        "posts.posts_user_id_fkey": ("prisma/models/post.prisma", 5),
        "posts.posts_user_id_idx": ("prisma/models/post.prisma", 7),
    }
    assert result.schema_.table_by_label["posts"].comment == "Said once."


def test_documentation_becomes_comments() -> None:
    schema = read({"a.prisma": (SCHEMAS / "postgresql.prisma").read_text()}).schema_
    assert schema.tables[0].comment == "Everything that a column can be.\nOn two lines."
    assert schema.tables[0].columns[0].comment == "Its number."
    assert schema.enums[0].comment == "What somebody may do."
    trailing = read_models("model A {\n  id Int @id /// above all\n  // not this\n  b Int // nor this\n}\n").schema_
    assert [one.comment for one in trailing.tables[0].columns] == ["above all", None]


def test_without_foreign_keys_it_says_so() -> None:
    text = 'model A {\n  id Int @id\n  b Int\n  a A @relation("x", fields: [b], references: [id])\n  as A[] @relation("x")\n}\n'
    for setting in ("relationMode", "referentialIntegrity"):
        result = read_models(text, f'datasource db {{\n  provider = "mysql"\n  {setting} = "prisma"\n}}\n')
        assert result.schema_.tables[0].foreign_keys == ()
        assert "the database has no foreign keys; Prisma's client alone keeps 1 relations" in result.notes[0]


JOIN = "model A {\n  id Int @id\n  bs B[]\n}\n\nmodel B {\n  id Int @id\n  as A[]\n}\n"


@pytest.mark.parametrize(
    ("manifest", "has_key"),
    [
        ('{"devDependencies": {"prisma": "^5.22.0"}}', False),
        ('{"dependencies": {"@prisma/client": "6.1.0"}}', True),
        ('{"dependencies": []', True),
        ("[]", True),
    ],
)
def test_joins_have_the_key_that_the_declared_version_of_prisma_makes(manifest: str, has_key: bool) -> None:
    result = read({"prisma/schema.prisma": POSTGRESQL + JOIN, "package.json": manifest})
    join = result.schema_.table_by_label["_AToB"]
    assert (join.primary_key is not None) is has_key
    assert [one.name for one in join.indexes if one.unique] == ([] if has_key else ["_AToB_AB_unique"])


def test_the_version_is_asked_for_where_nothing_tells_it() -> None:
    assert "have primary keys as Prisma 6 and later make them" in read_models(JOIN).notes[0]


def test_extensions_and_providers() -> None:
    source = 'datasource db {\n  provider = "postgres"\n  extensions = [pgcrypto, map_it(map: "uuid-ossp", schema: "x", version: "1.1")]\n}\n'
    schema = read_models("model A {\n  id Int @id\n}\n", source).schema_
    assert schema.extensions == (Extension(name="pgcrypto"), Extension(name="uuid-ossp", namespace="x", version="1.1"))
    assert read_models("model A {\n  id Int @id\n}\n", "").notes == (
        "no datasource says which database the schema is for: read as postgresql",
    )
    assert read({"a.prisma": "model A {\n  id Int @id\n}\n"}, engine=Engine.SQLITE).schema_.engine is Engine.SQLITE
    unknown = read_models("model A {\n  id Int @id\n}\n", 'datasource db {\n  provider = "oracle"\n}\n')
    assert unread(unknown) == [("schema.prisma", 1, "no provider that dbdesign knows; read as postgresql")]


def test_of_several_schemas_one_is_read() -> None:
    def source(provider: str) -> str:
        return f'datasource db {{\n  provider = "{provider}"\n}}\n'

    files = {
        "db/mysql/schema.prisma": source("mysql") + "model A {\n  id Int @id\n}\n",
        "db/postgresql/schema.prisma": source("postgresql") + "model A {\n  id Int @id\n  bs B[]\n}\n",
        "db/postgresql/models/b.prisma": "model B {\n  id Int @id\n  aId Int\n  a A @relation(fields: [aId], references: [id])\n}\n",
    }
    first = read(files)
    assert (first.schema_.engine, len(first.schema_.tables), first.unread) == (Engine.MYSQL, 1, ())
    assert first.notes[0] == (
        "2 schemas were given, and db/mysql/schema.prisma was read; the others are db/postgresql/schema.prisma"
    )
    wanted = read(files, engine=Engine.POSTGRESQL)
    assert (wanted.schema_.engine, len(wanted.schema_.tables), wanted.unread) == (Engine.POSTGRESQL, 2, ())


def test_views_and_generators_are_left_out_and_counted() -> None:
    result = read({"a.prisma": (SCHEMAS / "postgresql.prisma").read_text()})
    assert [(one.kind, one.count) for one in result.skipped] == [("view", 1), ("generator", 1)]


BROKEN = {
    "an unterminated text": ('  s String @default("abc\n', 'a value is missing before a quotation that does not end'),
    "an unterminated bracket": ("  s String @default(\n", "a value is missing before `}`"),
    "a strange character": ("  s String §\n", "`§` is not understood here"),
    "a misplaced attribute": ("  @unique\n", "the name of a field is missing before `@`"),
    "an unknown type": ("  s Strin\n", "no type, enum or model named 'Strin' is declared"),
    "an unknown native type": ("  s String @db.Varchar(3)\n", "postgresql has no native type Varchar; the usual one was taken"),
    "arguments that are no numbers": ("  s String @db.VarChar(x)\n", "the arguments of @db.VarChar are no numbers"),
    "an index of nothing": ("  @@index([nothing])\n", "not every one of nothing is a column of A"),
    "an unknown kind of index": ("  @@index([t], type: Quick)\n", "postgresql has no indexes of type Quick"),
    "a default of another type": ("  s Int @default(\"x\")\n", "a text is no default of a field of type Int; the default was left out"),
    "an unknown function": ("  s Int @default(magic())\n", "Prisma has no function magic() for defaults here; the default was left out"),
    "more than a default": (
        '  s Int @default(dbgenerated("1); DROP TABLE a; --"))\n',
        "dbgenerated('1); DROP TABLE a; --') is no expression that a default can be; the default was left out",
    ),
    "a default that is a constraint": (
        '  s Int @default(dbgenerated("1 REFERENCES b(id)"))\n',
        "dbgenerated('1 REFERENCES b(id)') is no expression that a default can be; the default was left out",
    ),
    "more than a type": ('  s Unsupported("int, x int")\n', "'int, x int' is no type of postgresql"),
    "more than a condition": (
        '  @@index([t], where: raw("true); DROP TABLE a; --"))\n',
        "the condition of a partial index is not understood: read as an index of all rows",
    ),
    "a character that no database stores": ('  s String @default("\\u0000")\n', "a text with characters that no database stores"),
    "a relation without pairs": (
        "  a A @relation(fields: [t, u], references: [id])\n", "the fields and references of the relation do not pair columns"
    ),
    "an unknown attribute": ("  z Int @zod\n", "the attribute @zod is not known"),
    "an unknown attribute of a model": ('  @@comment("x")\n', "the attribute @@comment is not known"),
    "a field twice": ("  t Int\n", "the field is declared twice; the first was taken"),
    "a column twice": ('  z Int @map("t")\n', "another field has the column t already"),
    "the block of another language": ("}\n\nTable x {\n  id int\n", "`Table` is no declaration of Prisma's"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_set_aside_and_the_rest_is_read(name: str) -> None:
    line, reason = BROKEN[name]
    result = read_models("model A {\n  id Int @id\n  t Int\n" + line + "}\n\nmodel B {\n  id Int @id\n}\n")
    assert unread(result) == [("schema.prisma", 9 if line.startswith("}") else 7, reason)]
    assert {one.name for one in result.schema_.tables} == {"A", "B"}


def test_a_missing_brace_ends_the_block_before_the_next_declaration() -> None:
    result = read_models("model A {\n  id Int @id\nmodel B {\n  id Int @id\n}\n")
    assert [one.name for one in result.schema_.tables] == ["A", "B"]
    assert unread(result) == [("schema.prisma", 6, "a block is not closed before this")]


def test_declarations_of_one_name_or_table_are_taken_once() -> None:
    text = 'model A {\n  id Int @id\n}\n\nmodel A {\n  x Int @id\n}\n\nmodel B {\n  id Int @id\n\n  @@map("A")\n}\n'
    result = read_models(text)
    assert [one.columns[0].name for one in result.schema_.tables] == ["id"]
    assert [one[1:] for one in unread(result)] == [
        (8, "A is declared twice; the first was taken"),
        (12, "another model has the table A already"),
    ]


def test_what_an_engine_does_not_have_is_said() -> None:
    text = "enum E {\n  A\n}\n\nmodel M {\n  id Int @id\n  list String[]\n  e E\n}\n"
    result = read_models(text, 'datasource db {\n  provider = "sqlserver"\n}\n')
    assert [one.reason for one in result.unread] == [
        "sqlserver has no lists of scalars",
        "SQL Server has no enumerations; read as a text",
    ]


@pytest.mark.parametrize("text", ["", "hello", 'datasource db {\n  provider = "mysql"\n}\n', "generator x {\n}\n"])
def test_nothing_declared_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="no model, view, type or enum"):
        read({"schema.prisma": text})


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (POSTGRESQL, 0.9, 1),
        ("model A {\n  id Int @id\n}\n", 0.8, 1),
        ("enum E {\n  A\n}\n", 0.2, 0.5),
        ("Table users {\n  id int [pk]\n}\n", 0, 0),
        ("CREATE TABLE a (id int);", 0, 0),
        ("{}", 0, 0),
    ],
)
def test_how_sure_it_is(text: str, least: float, most: float) -> None:
    assert least <= declares(text) <= most


HEAVY = {
    "brackets without end": "model A {\n  id Int @id\n  x Int @default(" + "[" * 50_000 + ")\n}\n",
    "calls without end": "model A {\n  id Int @id\n  x Int @default(" + "a(" * 50_000 + ")\n}\n",
    "attributes without end": "model A {\n  id Int @id " + "@db.Integer" * 50_000 + "\n}\n",
    "lines that are all wrong": "model A {\n  id Int @id\n" + "  x y z @ ( [\n" * 10_000 + "}\n",
    "lists that never close": "model A {\n  id Int @id\n" + "  x Int @a([a,\n" * 5_000 + "}\n",
    "a comment without end": "model A {\n  id Int @id\n}\n/* " + "*" * 100_000,
    "a number without end": "model A {\n  id Int @id @default(" + "9" * 100_000 + ")\n}\n",
}


@pytest.mark.parametrize("name", HEAVY)
def test_hostile_text_ends_in_a_result(name: str) -> None:
    result = read_models(HEAVY[name])
    assert [one.name for one in result.schema_.tables] == ["A"]


def test_a_hundred_thousand_lines_are_read() -> None:
    models = "".join(
        f"model M{one} {{\n  id Int @id\n" + "  /// said\n" * 95 + '\n  @@map("m")\n}\n' for one in range(1_000)
    )
    result = read_models(models.replace('"m"', '"n"', 1))
    assert len(result.schema_.tables) == 2
    assert len(result.unread) == 998


PIECES = [
    "model A {\n", "}\n", "  id Int @id\n", "  b B? @relation(fields: [x], references: [id])\n", "  as A[]\n", "enum E {\n", "  X @map(\"y\")\n",
    "  e E @default(X)\n", "type T {\n", "view V {\n", "datasource db {\n", "  provider = \"mysql\"\n", "  provider = \"sqlite\"\n",
    "  provider = \"mongodb\"\n", "  t T[]\n", "  @@index([id, e(sort: Desc)], type: Gin, map: \"x\")\n", "  @@id([id, x])\n", "  @@map(\"A\")\n",
    "  x Unsupported(\"a b\")? @default(dbgenerated(\"now()\"))\n", "  s String[] @default([\"a\", \"b\"]) @db.VarChar(3)\n", "\"", "(", "[", "/// c\n",
    "// c\n", "@", "@@", "  @@schema(\"s\")\n", "  d DateTime @default(\"2020-13-01\")\n", "  n Int @default(-1.5)\n", "model B {\n",
    "  @@unique([t.a, id])\n", "é", "\x00", "\r\n", "  where: {a: {not: null}}\n", "  schemas = [\"a\", \"s\"]\n", "  by Bytes @default(\"!!\")\n",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
@example(["model A {\n", "  id Int @id\n", "  as A[]\n", "}\n", "type T {\n", "  t T[]\n", "}\n"])
def test_any_text_of_the_language_s_pieces_is_read_or_refused(pieces: list[str]) -> None:
    try:
        result = read({"schema.prisma": "".join(pieces)})
    except DesignError:
        return
    assert all(one.path == "schema.prisma" and one.reason for one in result.unread)
    assert len({one.label for one in result.schema_.tables}) == len(result.schema_.tables)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    try:
        read({"schema.prisma": f"model A {{\n  id Int @id {text}\n}}\n{text}"})
    except DesignError:
        return
