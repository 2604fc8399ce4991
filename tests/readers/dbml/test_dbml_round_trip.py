"""The law: what the DBML writer writes, the DBML reader reads back, up to what DBML can say; and other parsers read the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import (
    Check,
    Column,
    Domain,
    Engine,
    EnumType,
    ForeignKey,
    Identity,
    Index,
    IndexKey,
    Key,
    Namespace,
    Schema,
    Table,
)
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, writer
from dbdesign.writers.dbml.spelling import is_usual
from diagram_checks import assert_golden, assert_parsed_by_node, written
from diagram_schemas import HOSTILE_NAMES, many_tables, named_after, names, shop
from real_schemas import read_real, real_sql

TYPES = (
    DataType(kind=Kind.INT64, native="bigint"),
    DataType(kind=Kind.TEXT, native="text"),
    DataType(kind=Kind.VARCHAR, native="character varying(20)", length=20),
    DataType(kind=Kind.DECIMAL, native="numeric(12,2)", precision=12, scale=2),
    DataType(kind=Kind.TIMESTAMPTZ, native="timestamp with time zone"),
    DataType(kind=Kind.TIMESTAMP, native="timestamp(3) without time zone", precision=3),
    DataType(kind=Kind.FLOAT64, native="double precision"),
    DataType(kind=Kind.BOOLEAN, native="boolean"),
    DataType(kind=Kind.JSONB, native="jsonb"),
    DataType(kind=Kind.ARRAY, native="text[]", element=DataType(kind=Kind.TEXT, native="text")),
)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
expressions = st.one_of(
    st.sampled_from(
        ["now()", "0", "-1.5", "true", "NULL", "'it''s'", "'a\\b'", "CURRENT_DATE", "'x'::text", "1e5", "''"]
    ),
    texts.filter(lambda text: "`" not in text and text.strip() not in {"", "null"}).map(
        lambda text: f"f({text!r})".replace("`", "")
    ),
)


def _sayable(schema: Schema) -> Schema:
    """The schema as far as DBML can say it: names that the engine gives by itself are not written, an identity has no mode."""

    def key(table: Table, one: Key, suffix: str) -> Key:
        usual = is_usual(one.name, schema.engine, table.name, one.columns, suffix)
        return one.model_copy(update={"name": None}) if usual else one

    def column(one: Column) -> Column:
        return one.model_copy(update={"identity": Identity(mode="by_default")}) if one.identity else one

    def said(table: Table) -> Table:
        return table.model_copy(
            update={
                "columns": tuple(column(one) for one in table.columns),
                "primary_key": table.primary_key and key(table, table.primary_key, "pkey"),
                "unique_keys": tuple(sorted((key(table, one, "key") for one in table.unique_keys), key=repr)),
            }
        )

    spaces = dict.fromkeys(one.namespace for one in (*schema.enums, *schema.tables) if one.namespace)
    return schema.model_copy(
        update={"tables": tuple(map(said, schema.tables)), "namespaces": tuple(Namespace(name=one) for one in spaces)}
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Small PostgreSQL schemas of everything that DBML can say, under any names."""
    enums = [EnumType(name=f"e {name}", values=values) for name, values in draw(
        st.lists(st.tuples(names, st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)), max_size=2, unique_by=lambda one: one[0])
    )]  # fmt: skip
    labels = draw(st.lists(st.tuples(st.sampled_from([None, "s", "S 2"]), names), min_size=1, max_size=4, unique=True))
    tables: list[Table] = []
    for namespace, name in labels:
        columns = [draw(_columns(one, enums)) for one in draw(st.lists(names, min_size=2, max_size=5, unique=True))]
        tables.append(draw(_tables(namespace, name, columns)))
    tables = [table.model_copy(update={"foreign_keys": draw(_references(table, tables))}) for table in tables]
    comment = draw(st.sampled_from([{}, {"comment": "About it"}]))
    return Schema(engine=Engine.POSTGRESQL, version="18", enums=tuple(enums), tables=tuple(tables), options=comment)


@st.composite
def _columns(draw: st.DrawFn, name: str, enums: list[EnumType]) -> Column:
    kinds = [*TYPES, *(
        DataType(kind=Kind.ENUM, native='"' + enum.name.replace('"', '""') + '"', name=TypeName(name=enum.name)) for enum in enums
    )]  # fmt: skip
    return Column(
        name=name,
        type=draw(st.sampled_from(kinds)),
        nullable=draw(st.booleans()),
        default=draw(st.none() | expressions),
        identity=draw(st.sampled_from([None, None, Identity(mode="always")])),
        comment=draw(st.none() | texts),
    )


@st.composite
def _tables(draw: st.DrawFn, namespace: str | None, name: str, columns: list[Column]) -> Table:
    some = st.lists(st.sampled_from([column.name for column in columns]), min_size=1, max_size=2, unique=True).map(
        tuple
    )
    constraint_names = st.none() | names
    primary = draw(
        st.none() | st.builds(Key, name=constraint_names, columns=some, comment=st.none() | texts.filter(bool))
    )
    keyed = set(primary.columns) if primary else set()
    parts = st.builds(IndexKey, column=st.sampled_from([column.name for column in columns])) | st.builds(
        IndexKey, expression=st.sampled_from(["lower(a)", "a || 'x'", "coalesce(a,\n b)"])
    )
    indexes = st.builds(
        Index,
        name=constraint_names,
        keys=st.lists(parts, min_size=1, max_size=2).map(tuple),
        unique=st.booleans(),
        method=st.sampled_from(["btree", "gin", "hnsw"]),
        comment=st.none() | texts.filter(bool),
    )
    return Table(
        namespace=namespace,
        name=name,
        columns=tuple(c.model_copy(update={"nullable": c.nullable and c.name not in keyed}) for c in columns),
        primary_key=primary,
        unique_keys=tuple(draw(st.lists(st.builds(Key, name=constraint_names, columns=some), max_size=2))),
        checks=tuple(draw(st.lists(st.builds(Check, name=constraint_names, expression=expressions), max_size=2))),
        indexes=tuple(draw(st.lists(indexes, max_size=2))),
        comment=draw(st.none() | texts.filter(bool)),
    )


@st.composite
def _references(draw: st.DrawFn, table: Table, tables: list[Table]) -> tuple[ForeignKey, ...]:
    """References of the table's last columns to others' first: never twice between the same columns."""
    actions = st.sampled_from(["no action", "restrict", "cascade", "set null", "set default"])
    parents = draw(st.lists(st.sampled_from([*tables, None]), max_size=2, unique_by=lambda one: one and one.label))
    return tuple(
        ForeignKey(
            name=draw(st.none() | names),
            columns=(table.columns[-1].name,),
            referenced_namespace=parent.namespace if parent else "far",
            referenced_table=parent.name if parent else "away",
            referenced_columns=(parent.columns[0].name,) if parent else ("id",),
            on_delete=draw(actions),
            on_update=draw(actions),
        )
        for parent in parents
    )


@given(schemas())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_back(schema: Schema) -> None:
    text = written("dbml", schema)
    result = reader("dbml").read(text)
    assert result.unread == ()
    assert _sayable(result.schema_) == _sayable(schema)


def test_hostile_names_are_read_back() -> None:
    schema = named_after(HOSTILE_NAMES)
    assert _sayable(reader("dbml").read(written("dbml", schema)).schema_) == _sayable(schema)


def test_the_shop_is_written_as_reviewed() -> None:
    assert_golden("shop.dbml", written("dbml", shop()))


def test_every_loss_is_noted_once_a_kind() -> None:
    notes = writer("dbml").write(shop(), WriteOptions()).notes
    assert [(note.object, note.lost, note.instead) for note in notes] == [
        ("events", "1 partition is not drawn", "its title says how many it has"),
        (
            "billing.providers",
            "is referenced by a foreign key and is not in the schema",
            "a stub with its name was drawn",
        ),
        ("open_orders", "DBML has no views", None),
        (
            "customers.id, catalog.products.id, orders.id and 1 more",
            "that an identity is `always`",
            "`increment` was written",
        ),
        ("catalog.products.price_with_tax", "how a column is generated", "a plain column was written"),
        ("orders (orders_recent_idx)", "the direction of an index's keys", None),
        ("events", "partitioning", None),
    ]


def test_inline_enums_of_mysql_are_written_as_enums_and_read_back() -> None:
    kind = DataType(kind=Kind.ENUM, native="enum('a','it''s')", values=("a", "it's"))
    table = Table(name="t", columns=(Column(name="kind", type=kind, default="'a'"),))
    schema = Schema(engine=Engine.MYSQL, version="8.0", tables=(table,))
    text = written("dbml", schema)
    assert 'Enum t_kind {\n  a\n  "it\'s"\n}' in text
    assert reader("dbml").read(text).schema_ == schema


def test_a_column_of_a_domain_has_the_type_under_it() -> None:
    percent = Domain(name="percent", type=TYPES[3])
    share = Domain(name="share", type=DataType(kind=Kind.DOMAIN, native="percent", name=TypeName(name="percent")))
    kind = DataType(kind=Kind.DOMAIN, native="share", name=TypeName(name="share"))
    table = Table(name="t", columns=(Column(name="a", type=kind),))
    result = writer("dbml").write(
        Schema(engine=Engine.POSTGRESQL, domains=(percent, share), tables=(table,)), WriteOptions()
    )
    assert "  a numeric(12,2)\n" in result.text
    assert [(note.object, note.instead) for note in result.notes] == [
        ("percent, share", "its columns have the type under it")
    ]


def test_extensions_that_types_need_are_found_again() -> None:
    kinds = (DataType(kind=Kind.CITEXT, native="citext"), DataType(kind=Kind.HSTORE, native="hstore"))
    table = Table(name="t", columns=tuple(Column(name=kind.native, type=kind) for kind in kinds))
    schema = reader("dbml").read(written("dbml", Schema(engine=Engine.POSTGRESQL, tables=(table,)))).schema_
    assert [extension.name for extension in schema.extensions] == ["citext", "hstore"]


def test_a_partial_unique_index_is_not_written_as_unique() -> None:
    index = Index(name="i", keys=(IndexKey(column="a"),), unique=True, where="b > 0")
    table = Table(
        name="t", columns=(Column(name="a", type=TYPES[0]), Column(name="b", type=TYPES[0])), indexes=(index,)
    )
    result = writer("dbml").write(Schema(engine=Engine.POSTGRESQL, tables=(table,)), WriteOptions())
    assert "    a [name: 'i', note: 'where b > 0']\n" in result.text
    assert [(note.object, note.lost) for note in result.notes] == [("t (i)", "that some of the rows are unique")]


@pytest.mark.parametrize(
    "options", [{"focus": ("orders",), "hops": 0}, {"include": ("pay*",)}, {"keys_only": True}], ids=str
)
def test_a_selection_is_whole_dbml_and_its_stubs_are_left_out_again(options: dict[str, object]) -> None:
    result = reader("dbml").read(written("dbml", shop(), **options))
    assert result.unread == ()
    assert all(not (table.comment or "").startswith("Stub") for table in result.schema_.tables)
    assert any(skipped.kind == "stub table" for skipped in result.skipped)


def test_a_large_schema_is_grouped_by_domain() -> None:
    text = written("dbml", many_tables(120))
    assert text.count("TableGroup ") == 8
    groups = [block for block in text.split("\n\n") if block.startswith("TableGroup ")]
    assert sum(block.count("\n") - 1 for block in groups) >= 119


def test_the_languages_own_parser_accepts_what_is_written() -> None:
    schemas = [
        shop(),
        named_after(HOSTILE_NAMES),
        many_tables(60),
        *(named_after((name, "orders")) for name in HOSTILE_NAMES),
    ]
    selections = [written("dbml", shop(), focus=("orders",), hops=0), written("dbml", shop(), keys_only=True)]
    assert_parsed_by_node("dbml", "@dbml/core", [*(written("dbml", schema) for schema in schemas), *selections])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pydbml_reads_the_same_tables_columns_and_references() -> None:
    pydbml = pytest.importorskip("pydbml")
    plain = shop().model_copy(
        update={
            "tables": tuple(
                table.model_copy(update={"checks": ()}) for table in (*shop().tables, *many_tables(9).tables)
            )
        }
    )
    text = written("dbml", plain)
    theirs, ours = pydbml.PyDBML(text), reader("dbml").read(text).schema_

    def label(table: object) -> str:
        return table.full_name.removeprefix("public.")  # type: ignore[attr-defined, no-any-return]

    assert {
        label(table): [column.name for column in table.columns]
        for table in theirs.tables
        if table.header_color != "#cccccc"
    } == {table.label: [column.name for column in table.columns] for table in ours.tables}
    refs = {
        (label(ref.table1), label(ref.table2), ref.type, *(c.name for c in (*ref.col1, *ref.col2)))
        for ref in theirs.refs
    }
    assert {(one[0], one[1], *one[3:]) for one in refs} == {
        (table.label, key.references, *key.columns, *key.referenced_columns)
        for table in ours.tables
        for key in table.foreign_keys
    }
    assert {(enum.name, *(item.name for item in enum.items)) for enum in theirs.enums} == {
        (one.name, *one.values) for one in ours.enums
    }


@pytest.mark.parametrize("entry", real_sql())
def test_real_schemas_survive_as_far_as_dbml_goes(entry: dict[str, str]) -> None:
    schema = reader(entry["dialect"]).read(read_real(entry), execute=False).schema_
    text = written("dbml", schema)
    result = reader("dbml").read(text)
    assert result.unread == ()
    again = written("dbml", result.schema_)
    body = again.split("\n\n", 1)[1]
    assert {table.label for table in result.schema_.tables} <= {table.label for table in schema.tables}
    assert len(body) <= len(text)
    assert written("dbml", reader("dbml").read(again).schema_) == again
