"""Random schemas: PostgreSQL models in the form in which the server itself would say them.

`schemas()` draws a whole `Schema` that the embedded server accepts and gives back unchanged: expressions are spelt as the deparser spells
them, names that are said are explicit, and what a partition or child has from its parent is listed as the catalogues list it.
Other writers may use it too: everything in it is valid for PostgreSQL 18.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from dbdesign.dialects.postgresql import DIALECT, NOT_FUNCTION_OR_TYPE, clipped
from dbdesign.model.schema import (
    Check,
    Column,
    CompositeType,
    Domain,
    Engine,
    EnumType,
    Exclusion,
    ForeignKey,
    Generated,
    Grant,
    Identity,
    Index,
    IndexKey,
    Key,
    Namespace,
    Partitioning,
    PartitionOf,
    Policy,
    Schema,
    Sequence,
    SequenceOptions,
    Table,
    View,
)
from dbdesign.model.types import DataType, Kind, TypeName

Draw = Callable[[st.SearchStrategy[Any]], Any]

WORDS = [
    "a", "orders", "customer_id", "select", "user", "values", "order", "between", "Mixed", "with space", 'quo"te', "dot.ted", "größe",
    "日本語", "x'y", "back\\slash", "tab\tbed", "_1", "1st", "UPPER", "a" * 60, "ü" * 31, "trailing_", "$dollar", "percent%", "{brace}",
]  # fmt: skip
TEXTS = [
    "",
    "plain",
    "it's",
    'a "b"',
    "line\nbreak",
    "back\\slash",
    "ü — 日本",
    "-- no comment",
    "/* none */",
    "$$",
    "a;b",
]


def quoted(name: str) -> str:
    """A name as the server's deparser spells it: it quotes more words than must be."""
    return f'"{name}"' if name in NOT_FUNCTION_OR_TYPE else DIALECT.identifier(name)


def path(namespace: str | None, name: str) -> str:
    """A qualified name as the deparser spells it."""
    return f"{quoted(namespace)}.{quoted(name)}" if namespace else quoted(name)


@dataclass
class Names:
    """Draws names that are free in a whole database; a number in front keeps long ones apart even where the server cuts them."""

    taken: set[str] = field(default_factory=set)

    def new(self, draw: Draw, extra: set[str] | None = None) -> str:
        """A name that nothing has yet (and that is not in `extra`)."""
        word = draw(st.sampled_from(WORDS))
        name, number = clipped(word, 63), 1
        while name in self.taken or (extra and name in extra):
            number += 1
            name = clipped(f"{word[0] if word[0] in 'abcM' else 'n'}{number}_{word}", 63)
        self.taken.add(name)
        return name


@dataclass(frozen=True)
class Sample:
    """A type with a default and expressions over a column of it, as the deparser spells them (`{}` is the column)."""

    type: DataType
    default: str | None = None
    check: str | None = None
    generated: str | None = None
    ordered: bool = True
    collatable: bool = False


def _plain(kind: Kind, native: str, **sizes: int) -> DataType:
    return DataType(kind=kind, native=native, **sizes)


TEXT = _plain(Kind.TEXT, "text")
INTEGER = _plain(Kind.INT32, "integer")
SAMPLES = [
    Sample(INTEGER, "42", "{} > 0", "{} + 1"),
    Sample(_plain(Kind.INT16, "smallint"), "7", "{} <> 3"),
    Sample(_plain(Kind.INT64, "bigint"), "9", "{} >= 0", "{} * 2"),
    Sample(_plain(Kind.DECIMAL, "numeric"), "1.5", "{} > 0::numeric"),
    Sample(
        _plain(Kind.DECIMAL, "numeric(10,2)", precision=10, scale=2),
        "1.50",
        "{} < 10::numeric AND {} > 1::numeric",
        "{} * 2::numeric",
    ),
    Sample(_plain(Kind.FLOAT64, "double precision"), "1.5"),
    Sample(_plain(Kind.FLOAT32, "real"), "0"),
    Sample(_plain(Kind.BOOLEAN, "boolean"), "true", "{} IS NOT NULL"),
    Sample(TEXT, "'it''s'::text", "{} <> ''::text", "lower({})", collatable=True),
    Sample(
        _plain(Kind.VARCHAR, "character varying(20)", length=20),
        "'x'::character varying",
        "{}::text <> ''::text",
        collatable=True,
    ),
    Sample(_plain(Kind.VARCHAR, "character varying"), None, "length({}::text) > 3", collatable=True),
    Sample(_plain(Kind.CHAR, "character(4)", length=4), "'a'::bpchar", collatable=True),
    Sample(_plain(Kind.DATE, "date"), "'2024-02-29'::date", "{} > '2000-01-01'::date"),
    Sample(_plain(Kind.TIMESTAMPTZ, "timestamp with time zone"), "now()"),
    Sample(_plain(Kind.TIMESTAMP, "timestamp(3) without time zone", precision=3), "CURRENT_TIMESTAMP"),
    Sample(_plain(Kind.TIME, "time without time zone"), "'12:00:00'::time without time zone"),
    Sample(_plain(Kind.INTERVAL, "interval"), "'01:00:00'::interval"),
    Sample(_plain(Kind.UUID, "uuid"), "gen_random_uuid()"),
    Sample(_plain(Kind.JSONB, "jsonb"), "'{}'::jsonb", "{} ? 'a'::text"),
    Sample(_plain(Kind.JSON, "json"), None, ordered=False),
    Sample(_plain(Kind.BLOB, "bytea"), r"'\x00'::bytea"),
    Sample(_plain(Kind.INET, "inet"), "'127.0.0.1'::inet"),
    Sample(_plain(Kind.BIT, "bit(8)", length=8)),
    Sample(DataType(kind=Kind.ARRAY, native="text[]", element=TEXT), "'{}'::text[]", "cardinality({}) < 10"),
    Sample(DataType(kind=Kind.ARRAY, native="integer[]", element=INTEGER), "ARRAY[1, 2]"),
    Sample(_plain(Kind.RANGE, "int4range"), "'[1,10)'::int4range", "NOT isempty({})"),
    Sample(_plain(Kind.TSVECTOR, "tsvector")),
    Sample(_plain(Kind.XML, "xml"), ordered=False),
]


@dataclass
class Box:
    """What has been drawn so far."""

    draw: Draw
    names: Names = field(default_factory=Names)
    namespaces: list[Namespace] = field(default_factory=list)
    enums: list[EnumType] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    composites: list[CompositeType] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=lambda: list(SAMPLES))
    tables: list[Table] = field(default_factory=list)

    def some(self, chance: int = 3) -> bool:
        """True about once in `chance`; shrinks to False."""
        return bool(self.draw(st.integers(0, chance - 1)) == chance - 1)

    def namespace(self) -> str | None:
        """One of the namespaces."""
        return self.draw(st.sampled_from([None, *(one.name for one in self.namespaces)]))

    def comment(self) -> str | None:
        """A comment, sometimes. An empty one is none to the server."""
        return self.draw(st.sampled_from(TEXTS[1:])) if self.some(5) else None

    def pick(self, choices: list[Any], at_most: int = 3) -> list[Any]:
        """A few different ones, in any order."""
        return (
            self.draw(st.lists(st.sampled_from(choices), min_size=1, max_size=at_most, unique_by=id)) if choices else []
        )


def _types(box: Box) -> None:
    for _ in range(box.draw(st.integers(0, 2))):
        labels = box.draw(st.lists(st.sampled_from([one for one in TEXTS if one]), min_size=1, max_size=4, unique=True))
        enum = EnumType(
            namespace=box.namespace(), name=box.names.new(box.draw), values=tuple(labels), comment=box.comment()
        )
        box.enums.append(enum)
        native = path(enum.namespace, enum.name)
        named = DataType(kind=Kind.ENUM, native=native, name=TypeName(namespace=enum.namespace, name=enum.name))
        literal = DIALECT.literal(labels[0])
        box.samples.append(Sample(named, f"{literal}::{native}" if "\\" not in literal else None))
    for _ in range(box.draw(st.integers(0, 2))):
        base = box.draw(st.sampled_from(SAMPLES))
        name, namespace = box.names.new(box.draw), box.namespace()
        checks = (
            (Check(name=box.names.new(box.draw), expression=base.check.format("VALUE", "VALUE")),) if base.check else ()
        )
        domain = Domain(
            namespace=namespace,
            name=name,
            type=base.type,
            nullable=not box.some(),
            default=base.default if box.some() else None,
            collation='"POSIX"' if base.collatable and box.some() else None,
            checks=checks,
            comment=box.comment(),
        )
        box.domains.append(domain)
        named = DataType(kind=Kind.DOMAIN, native=path(namespace, name), name=TypeName(namespace=namespace, name=name))
        box.samples.append(Sample(named, ordered=base.ordered))
    if box.some():
        fields = tuple(
            Column(name=name, type=box.draw(st.sampled_from(box.samples)).type) for name in _column_names(box)
        )
        composite = CompositeType(
            namespace=box.namespace(), name=box.names.new(box.draw), fields=fields, comment=box.comment()
        )
        box.composites.append(composite)
        native = path(composite.namespace, composite.name)
        name = TypeName(namespace=composite.namespace, name=composite.name)
        box.samples.append(Sample(DataType(kind=Kind.COMPOSITE, native=native, name=name), ordered=False))


def _column_names(box: Box) -> list[str]:
    own = Names()
    return [own.new(box.draw) for _ in range(box.draw(st.integers(1, 6)))]


def _column(box: Box, name: str, sample: Sample, numbered: bool) -> Column:
    identity = None
    if numbered and sample.type.is_integer:
        mode = box.draw(st.sampled_from(["always", "by_default", "serial"]))
        start = box.draw(st.sampled_from([None, 100]))
        identity = Identity(mode=mode, options=SequenceOptions(start=start, cycle=box.some()))
    nullable = identity is None and not box.some()
    return Column(
        name=name,
        type=sample.type,
        nullable=nullable,
        default=sample.default if identity is None and box.some() else None,
        identity=identity,
        collation='"C"' if sample.collatable and box.some(5) else None,
        not_null_name=None if nullable or not box.some(6) else box.names.new(box.draw),
        comment=box.comment(),
        options={"statistics": "500"} if box.some(8) else {},
    )


def _generated(box: Box, name: str, columns: list[tuple[Column, Sample]]) -> Column | None:
    sources = [(one, sample) for one, sample in columns if sample.generated and one.identity is None]
    if not sources:
        return None
    source, sample = box.draw(st.sampled_from(sources))
    expression = (sample.generated or "").format(quoted(source.name))
    return Column(name=name, type=sample.type, generated=Generated(expression=expression, stored=box.some(2)))


def _table(box: Box) -> Table:
    name, namespace = box.names.new(box.draw), box.namespace()
    pairs: list[tuple[Column, Sample]] = []
    numbered = False
    for column_name in _column_names(box):
        sample = box.draw(st.sampled_from(box.samples))
        column = _column(box, column_name, sample, numbered=not numbered and box.some(2))
        numbered = numbered or column.identity is not None
        pairs.append((column, sample))
    columns = [column for column, _ in pairs]
    own = {column.name for column in columns}
    if box.some() and (generated := _generated(box, Names(own).new(box.draw), pairs)):
        columns.append(generated)
    sortable = [column for column, sample in pairs if sample.ordered]
    primary = _key(box, sortable, primary=True) if sortable and box.some(2) else None
    if primary:
        keyed = set(primary.columns)
        columns = [one.model_copy(update={"nullable": False}) if one.name in keyed else one for one in columns]
    columns = [one if not one.nullable else one.model_copy(update={"not_null_name": None}) for one in columns]
    return Table(
        namespace=namespace,
        name=name,
        columns=tuple(columns),
        primary_key=primary,
        unique_keys=tuple(_unique_keys(box, sortable)),
        checks=tuple(_checks(box, pairs)),
        exclusions=tuple(_exclusions(box, pairs)),
        indexes=tuple(_indexes(box, pairs)),
        policies=tuple(_policies(box)),
        grants=_grants(box, [one.name for one in columns]),
        row_security=box.draw(st.sampled_from(["off", "off", "enabled", "forced"])),
        comment=box.comment(),
        options={"fillfactor": "70"} if box.some(6) else {},
    )


def _grants(box: Box, columns: list[str]) -> tuple[Grant, ...]:
    """Privileges of one role on the whole table and of another on some columns."""
    if not box.some(4):
        return ()
    words = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]
    chosen = box.draw(st.lists(st.sampled_from(range(8)), min_size=1, unique=True))
    whole = Grant(
        privileges=tuple(words[one] for one in sorted(chosen)),
        grantee=box.draw(st.sampled_from(["reader", "Odd Role"])),
        grantable=box.some(),
    )
    if not box.some(2):
        return (whole,)
    return (whole, Grant(privileges=("SELECT", "UPDATE"), grantee="public", columns=tuple(columns[:2])))


def _key(box: Box, columns: list[Column], *, primary: bool = False) -> Key:
    chosen = box.pick(columns)
    rest = [one.name for one in columns if one not in chosen]
    deferrable = box.some(5)
    return Key(
        name=box.names.new(box.draw),
        columns=tuple(one.name for one in chosen),
        include=tuple(rest[:1]) if box.some(5) else (),
        nulls_not_distinct=not primary and box.some(5),
        deferrable=deferrable,
        initially_deferred=deferrable and box.some(2),
        comment=box.comment(),
    )


def _unique_keys(box: Box, columns: list[Column]) -> list[Key]:
    keys = [_key(box, columns) for _ in range(box.draw(st.integers(0, 2)))] if columns else []
    return list({(key.columns, key.include): key for key in keys}.values())


def _checks(box: Box, pairs: list[tuple[Column, Sample]]) -> list[Check]:
    found = []
    for column, sample in pairs:
        if sample.check and box.some(4):
            expression = sample.check.format(*[quoted(column.name)] * 2)
            found.append(
                Check(
                    name=box.names.new(box.draw),
                    expression=expression,
                    valid=not box.some(4),
                    no_inherit=box.some(4),
                    comment=box.comment(),
                )
            )
    return found


def _exclusions(box: Box, pairs: list[tuple[Column, Sample]]) -> list[Exclusion]:
    ranges = [column for column, sample in pairs if sample.type.native == "int4range"]
    if not ranges or not box.some(2):
        return []
    return [
        Exclusion(
            name=box.names.new(box.draw), keys=(IndexKey(column=ranges[0].name, operator="&&"),), comment=box.comment()
        )
    ]


def _indexes(box: Box, pairs: list[tuple[Column, Sample]]) -> list[Index]:
    found = []
    sortable = [column for column, sample in pairs if sample.ordered]
    texts = [column for column, sample in pairs if sample.type.native == "text"]
    documents = [column for column, sample in pairs if sample.type.native in {"jsonb", "text[]", "tsvector"}]
    if sortable and box.some(2):
        keys = tuple(
            IndexKey(column=one.name, descending=box.some(), nulls=box.draw(st.sampled_from([None, "turned"])) and None)
            for one in box.pick(sortable)
        )
        keys = tuple(
            key.model_copy(update={"nulls": "last" if key.descending else "first"}) if box.some(4) else key
            for key in keys
        )
        where = f"{quoted(sortable[0].name)} IS NOT NULL" if box.some() else None
        unique = box.some()
        found.append(
            Index(
                name=box.names.new(box.draw),
                keys=keys,
                unique=unique,
                where=where,
                nulls_not_distinct=unique and box.some(),
                include=(sortable[-1].name,) if box.some(5) else (),
                comment=box.comment(),
                options={"fillfactor": "80"} if box.some(6) else {},
            )
        )
    if texts and box.some(2):
        expression = f"lower({quoted(texts[0].name)})"
        key = IndexKey(
            expression=expression,
            opclass="text_pattern_ops" if box.some() else None,
            collation='"C"' if texts[0].collation else None,
        )
        found.append(Index(name=box.names.new(box.draw), keys=(key,)))
    if documents and box.some(2):
        found.append(Index(name=box.names.new(box.draw), keys=(IndexKey(column=documents[0].name),), method="gin"))
    return found


def _policies(box: Box) -> list[Policy]:
    if not box.some(5):
        return []
    command = box.draw(st.sampled_from(["all", "select", "insert", "update", "delete"]))
    using = None if command == "insert" else "true"
    check = "true" if command in {"all", "insert", "update"} and (using is None or box.some(2)) else None
    return [
        Policy(
            name=box.names.new(box.draw),
            command=command,
            permissive=not box.some(),
            using=using,
            check=check,
            comment=box.comment(),
        )
    ]


def _with_references(box: Box, table: Table) -> Table:
    """Foreign keys to any table drawn, later ones and itself included."""
    parents = [(one, key) for one in box.tables for key in _keys(one) if _can_be_referenced(one, key)]
    found: list[ForeignKey] = []
    for _ in range(box.draw(st.integers(0, 2))):
        if not parents:
            break
        parent, key = box.draw(st.sampled_from(parents))
        types = [parent.column_by_name[name].type for name in key.columns]
        collations = [parent.column_by_name[name].collation for name in key.columns]
        columns = _matching(table, types, collations)
        if columns is None or (parent.partition_of and table.partition_of):
            continue
        deferrable = box.some()
        actions = ["no action", "restrict", "cascade", "set null"]
        settable = all(table.column_by_name[name].generated is None for name in columns)
        found.append(
            ForeignKey(
                name=box.names.new(box.draw),
                columns=columns,
                referenced_namespace=parent.namespace,
                referenced_table=parent.name,
                referenced_columns=key.columns,
                on_delete=box.draw(st.sampled_from(actions)) if settable else "no action",
                on_update=box.draw(st.sampled_from(["no action", "cascade"])) if settable else "no action",
                match="full" if box.some(5) else "simple",
                deferrable=deferrable,
                initially_deferred=deferrable and box.some(2),
                valid=table.partitioning is not None or not box.some(5),
                comment=box.comment(),
            )
        )
    return table.model_copy(update={"foreign_keys": tuple(found)})


def _can_be_referenced(table: Table, key: Key) -> bool:
    """No key of the same columns is deferrable: the server takes any of them."""
    return not any(one.deferrable for one in _keys(table) if set(one.columns) == set(key.columns))


def _keys(table: Table) -> list[Key]:
    return ([table.primary_key] if table.primary_key else []) + list(table.unique_keys)


def _matching(table: Table, types: list[DataType], collations: list[str | None]) -> tuple[str, ...] | None:
    """Different columns of exactly these types."""
    found: list[str] = []
    for data_type, collation in zip(types, collations, strict=True):
        name = next(
            (
                one.name
                for one in table.columns
                if one.type == data_type
                and one.collation == collation
                and one.name not in found
                and (one.generated is None or one.generated.stored)
            ),
            None,
        )
        if name is None:
            return None
        found.append(name)
    return tuple(found)


def _partitions(box: Box) -> list[Table]:
    """A partitioned table with its partitions, by range, list or hash of an integer."""
    parent = Table(
        namespace=box.namespace(),
        name=box.names.new(box.draw),
        columns=(
            Column(name="part", type=INTEGER, nullable=False, identity=Identity(mode="always") if box.some() else None),
            Column(name="label", type=TEXT, default="'x'::text" if box.some(2) else None, nullable=box.some(2)),
        ),
        checks=(Check(name=box.names.new(box.draw), expression="part <> 5"),) if box.some(2) else (),
    )
    strategy = box.draw(st.sampled_from(["range", "list", "hash"]))
    keys = (IndexKey(column="part"),)
    primary = Key(name=f"{clipped(parent.name, 58)}_pkey", columns=("part",)) if box.some(2) else None
    indexes = (Index(name=box.names.new(box.draw), keys=(IndexKey(column="label"),)),) if box.some(2) else ()
    parent = parent.model_copy(
        update={"partitioning": Partitioning(strategy=strategy, keys=keys), "primary_key": primary, "indexes": indexes}
    )
    bounds = {
        "range": ["FOR VALUES FROM (0) TO (10)", "FOR VALUES FROM (10) TO (MAXVALUE)", "DEFAULT"],
        "list": ["FOR VALUES IN (1, 2)", "FOR VALUES IN (3)", "DEFAULT"],
        "hash": [f"FOR VALUES WITH (modulus 3, remainder {number})" for number in range(3)],
    }[strategy]
    found = [parent]
    for bound in bounds[: box.draw(st.integers(1, 3))]:
        columns = tuple(
            one.model_copy(update={"default": "'y'::text"}) if one.name == "label" and box.some() else one
            for one in parent.columns
        )
        found.append(
            Table(
                namespace=box.namespace(),
                name=box.names.new(box.draw),
                columns=columns,
                inherited=tuple(one.name for one in columns),
                partition_of=PartitionOf(namespace=parent.namespace, table=parent.name, bound=bound),
                comment=box.comment(),
            )
        )
    return found


def _child(box: Box) -> Table | None:
    """A table that inherits another without numbering, and adds a column."""
    parents = [one for one in box.tables if not any(column.identity for column in one.columns) and not one.partitioning]
    if not parents or not box.some():
        return None
    parent = box.draw(st.sampled_from(parents))
    inherited = tuple(
        one.model_copy(update={"comment": None, "options": {}, "not_null_name": None, "not_null_comment": None})
        for one in parent.columns
    )
    own = Column(name=Names({one.name for one in inherited}).new(box.draw), type=TEXT, nullable=True)
    return Table(
        namespace=box.namespace(),
        name=box.names.new(box.draw),
        columns=(*inherited, own),
        inherits=(parent.label,),
        inherited=tuple(one.name for one in inherited),
    )


def _views(box: Box) -> list[View]:
    if not box.tables or not box.some(2):
        return []
    table = box.draw(st.sampled_from(box.tables))
    columns = ",\n    ".join(quoted(one.name) for one in table.columns)
    return [
        View(
            namespace=box.namespace(),
            name=box.names.new(box.draw),
            definition=f"SELECT {columns}\n   FROM {path(table.namespace, table.name)}",
            materialized=box.some(),
            columns=tuple(one.name for one in table.columns),
            column_types=tuple(one.type for one in table.columns),
            depends_on=(table.label,),
            comment=box.comment(),
        )
    ]


@st.composite
def schemas(draw: Draw) -> Schema:
    """A whole PostgreSQL 18 schema; see the module."""
    box = Box(draw)
    for _ in range(draw(st.integers(0, 2))):
        box.namespaces.append(Namespace(name=box.names.new(draw), comment=box.comment()))
    _types(box)
    sequences = tuple(
        Sequence(
            namespace=box.namespace(),
            name=box.names.new(draw),
            options=SequenceOptions(increment=draw(st.sampled_from([None, 5]))),
        )
        for _ in range(draw(st.integers(0, 1)))
    )
    for _ in range(draw(st.integers(1, 4))):
        box.tables.append(_table(box))
    if child := _child(box):
        box.tables.append(child)
    if box.some():
        box.tables += _partitions(box)
    tables = [one if one.partition_of else _with_references(box, one) for one in box.tables]
    return Schema(
        engine=Engine.POSTGRESQL,
        version="18",
        namespaces=tuple(box.namespaces),
        enums=tuple(box.enums),
        domains=tuple(box.domains),
        composites=tuple(box.composites),
        sequences=sequences,
        tables=tuple(tables),
        views=tuple(_views(box)),
    )
