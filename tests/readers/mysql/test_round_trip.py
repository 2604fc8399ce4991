"""A law: what is written of a MySQL schema is read as that schema, whatever its names and texts hold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    Key,
    Partitioning,
    Schema,
    Table,
)
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import reader
from dbdesign.readers.mysql.types import literal
from dbdesign.writers.base import WriteOptions, writer

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",))
names = st.text(CHARACTERS, min_size=1, max_size=20)
texts = st.text(CHARACTERS, max_size=40)
INT = DataType(kind=Kind.INT32, native="int")


def distinct_names(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=least, max_size=most, unique_by=str.lower)


def enumeration(values: list[str]) -> DataType:
    return DataType(kind=Kind.ENUM, native=f"enum({','.join(map(literal, values))})", values=tuple(values))


types = st.one_of(
    st.just(INT),
    st.just(DataType(kind=Kind.INT64, native="bigint unsigned", unsigned=True)),
    st.integers(1, 500).map(lambda length: DataType(kind=Kind.VARCHAR, native=f"varchar({length})", length=length)),
    st.just(DataType(kind=Kind.TIMESTAMP, native="datetime(6)", precision=6)),
    st.lists(texts, min_size=1, max_size=4, unique=True).map(enumeration),
)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    data_type = draw(types)
    default = None
    if data_type.kind is Kind.VARCHAR:
        default = draw(st.none() | texts.map(literal) | st.just("uuid()"))
    return Column(name=name, type=data_type, nullable=draw(st.booleans()), default=default, comment=draw(texts) or None)


@st.composite
def tables(draw: st.DrawFn, name: str) -> Table:
    found = [draw(columns(one)) for one in draw(distinct_names(2, 5))]
    key, *rest = found
    identifiers = draw(distinct_names(2, 2))
    quoted = "`" + rest[0].name.replace("`", "``") + "`"
    generated = Column(
        name=key.name + "#", type=INT, generated=Generated(expression=f"{quoted} IS NULL", stored=draw(st.booleans()))
    )
    index = IndexKey(column=rest[0].name, descending=draw(st.booleans()))
    return Table(
        name=name,
        columns=(key.model_copy(update={"nullable": False}), *rest, generated),
        primary_key=Key(columns=(key.name,)),
        indexes=(
            Index(
                name=identifiers[0], keys=(index, IndexKey(expression=f"lower({quoted})")), comment=draw(texts) or None
            ),
        ),
        foreign_keys=(
            ForeignKey(columns=(key.name,), referenced_table=name, referenced_columns=(key.name,), on_delete="cascade"),
        ),
        checks=(Check(name=identifiers[1], expression=f"{quoted} <> {draw(texts.map(literal))}"),),
        partitioning=draw(
            st.none()
            | st.just(Partitioning(strategy="linear key", keys=(), text="PARTITION BY LINEAR KEY () PARTITIONS 4"))
        ),
        comment=draw(texts) or None,
        options={"engine": "InnoDB"},
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    return Schema(engine=Engine.MYSQL, tables=tuple(draw(tables(name)) for name in draw(distinct_names(1, 2))))


@settings(max_examples=120, deadline=None)
@given(schemas())
def test_what_is_written_is_read_as_it_was(schema: Schema):
    result = reader("mysql").read(writer("mysql").write(schema, WriteOptions(prove=False)).text)
    assert result.unread == ()
    assert result.schema_ == schema
