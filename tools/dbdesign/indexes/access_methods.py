"""Indexes of PostgreSQL's other access methods: which of them serves which operator on which type, and the candidates for a use.

Sources: PostgreSQL's manual, "Operator Classes" of GIN, GiST and SP-GiST (65.2, 65.4); the pages of pg_trgm, hstore, ltree, btree_gist and
btree_gin in its appendix F; pgvector's README ("HNSW").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.model.schema import Column, Engine
from dbdesign.model.types import DataType, Kind
from dbdesign.queries.uses import Containment, TableUse

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema
    from dbdesign.twin.twin import Twin

PG_TRGM = "pg_trgm"
_COMPOSITE = {"gist": "btree_gist", "gin": "btree_gin"}
"""Extensions that let columns of ordinary types stand before what an access method is for."""

_FEW_NEIGHBOURS = 2
"""Columns before it, at most."""

_JSONB, _JSONB_PATHS = frozenset({"@>", "?", "?|", "?&", "@?", "@@"}), frozenset({"@>", "@?", "@@"})
_ORDERED_BOXES = frozenset({"<<", "&<", "&&", "&>", ">>", "~=", "@>", "<@", "&<|", "<<|", "|>>", "|&>"})


@dataclass(frozen=True)
class OperatorClass:
    """What one access method serves of a type.

    Attributes:
        name: None for the default one.
        operators: in predicates.
        distances: in ORDER BY.
        extension: that brings it.
    """

    method: str
    name: str | None = None
    operators: frozenset[str] = frozenset()
    distances: frozenset[str] = frozenset()
    extension: str | None = None


_RANGES = OperatorClass("gist", None, frozenset({"&&", "<@", "@>", "<<", ">>", "&<", "&>", "-|-"}))
_TEXTS = (
    OperatorClass(
        "gin", "gin_trgm_ops", frozenset({"~~", "~~*", "~", "~*", "%", "<%", "%>", "<<%", "%>>"}), extension=PG_TRGM
    ),
    OperatorClass(
        "gist", "gist_trgm_ops", distances=frozenset({"<->", "<<->", "<->>", "<<<->", "<->>>"}), extension=PG_TRGM
    ),
)
_BY_KIND: dict[Kind, tuple[OperatorClass, ...]] = {
    Kind.JSONB: (
        OperatorClass("gin", "jsonb_path_ops", _JSONB_PATHS),
        OperatorClass("gin", None, _JSONB - _JSONB_PATHS),
    ),
    Kind.ARRAY: (OperatorClass("gin", None, frozenset({"&&", "@>", "<@"})),),
    Kind.TSVECTOR: (OperatorClass("gin", None, frozenset({"@@", "@@@"})),),
    Kind.HSTORE: (OperatorClass("gin", None, frozenset({"@>", "?", "?|", "?&"})),),
    Kind.LTREE: (OperatorClass("gist", None, frozenset({"@>", "<@", "~", "?", "@"})),),
    Kind.RANGE: (_RANGES,),
    Kind.MULTIRANGE: (_RANGES,),
    Kind.INET: (OperatorClass("gist", "inet_ops", frozenset({"<<", "<<=", ">>", ">>=", "&&"})),),
    Kind.CIDR: (OperatorClass("gist", "inet_ops", frozenset({"<<", "<<=", ">>", ">>=", "&&"})),),
    Kind.GEOMETRY: (OperatorClass("gist", None, _ORDERED_BOXES, frozenset({"<->", "<#>"})),),
    Kind.GEOGRAPHY: (OperatorClass("gist", None, frozenset({"&&"}), frozenset({"<->"})),),
    Kind.VECTOR: (
        OperatorClass("hnsw", "vector_l2_ops", distances=frozenset({"<->"})),
        OperatorClass("hnsw", "vector_ip_ops", distances=frozenset({"<#>"})),
        OperatorClass("hnsw", "vector_cosine_ops", distances=frozenset({"<=>"})),
        OperatorClass("hnsw", "vector_l1_ops", distances=frozenset({"<+>"})),
    ),
}
_BY_NAME: dict[str, tuple[OperatorClass, ...]] = {
    "point": (OperatorClass("gist", None, frozenset({"<@", "~=", "<<", ">>", "<<|", "|>>"}), frozenset({"<->"})),),
    "box": (OperatorClass("gist", None, _ORDERED_BOXES, frozenset({"<->"})),),
    "polygon": (OperatorClass("gist", None, _ORDERED_BOXES, frozenset({"<->"})),),
    "circle": (OperatorClass("gist", None, _ORDERED_BOXES, frozenset({"<->"})),),
}
_RANGE_MAKERS = ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange")
_DOCUMENT_MARKS = (" -> ", " #> ", "jsonb_", "to_jsonb")


def classes_of(kind: DataType) -> tuple[OperatorClass, ...]:
    """The operator classes that a type is indexed by beside B-trees' and hashes'."""
    if kind.is_text:
        return _TEXTS
    return _BY_KIND.get(kind.kind) or _BY_NAME.get(kind.native.partition("(")[0], ())


def searched(use: TableUse, extensions: frozenset[str], finest: Sequence[str]) -> Iterator[Candidate]:
    """For predicates that a B-tree does not serve, and for the nearest rows.

    Args:
        extensions: that the database has.
        finest: columns compared by equality, the finest first; one may stand before the rest where an extension lets it.
    """
    for one in dict.fromkeys(use.contained):
        column = use.table.column(one.column) if not one.columns else None
        found = classes_of(column.type) if column else _classes_of_expression(one)
        key = KeyPart(column.name) if column else KeyPart(expression=one.column)
        for each in found:
            if one.operator in each.operators:
                yield from _with_neighbours(use, key, each, extensions, finest)
        if column and column.type.kind in {Kind.INET, Kind.CIDR} and one.operator in {"<<", "<<="}:
            yield _candidate(use, [KeyPart(column.name)], "btree")  # network_subset_support makes a range of it
    for near in dict.fromkeys(use.nearest):
        column = use.table.column(near.column)
        for each in classes_of(column.type) if column else ():
            if near.operator in each.distances:
                yield from _with_neighbours(use, KeyPart(near.column), each, extensions, finest)


def _with_neighbours(
    use: TableUse, key: KeyPart, each: OperatorClass, extensions: frozenset[str], finest: Sequence[str]
) -> Iterator[Candidate]:
    if each.extension is not None and each.extension not in extensions:
        return
    named = KeyPart(key.column, key.expression, opclass=each.name)
    yield _candidate(use, [named], each.method)
    before = [KeyPart(name) for name in finest if name != key.column][:_FEW_NEIGHBOURS]
    if before and _COMPOSITE.get(each.method) in extensions:
        yield _candidate(use, [*before[:1], named], each.method)
        if len(before) > 1:
            yield _candidate(use, [*before, named], each.method)


def extension_of(candidate: Candidate) -> str | None:
    """The extension of PostgreSQL's own that an index needs, if any."""
    if any((key.opclass or "").endswith("trgm_ops") for key in candidate.keys):
        return PG_TRGM
    return _COMPOSITE.get(candidate.method) if len(candidate.keys) > 1 else None


def offered(twin: Twin, schema: Schema, uses: Iterable[TableUse]) -> frozenset[str]:
    """The extensions of a schema, and those that an index of a use could need, made on the twin where the server has them.

    All are trusted (their control files): whoever may create objects in a database may create them.
    """
    present = frozenset(one.name for one in schema.extensions)
    if schema.engine is not Engine.POSTGRESQL or not any(one.contained or one.nearest for one in uses):
        return present
    made = (name for name in (PG_TRGM, *_COMPOSITE.values()) if name not in present and _made(twin, name))
    return present | frozenset(made)


def _made(twin: Twin, name: str) -> bool:
    try:
        twin.database.user.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))
    except psycopg.Error:
        return False  # its objects are there by other names, or the server comes without it
    return True


def _candidate(use: TableUse, keys: Sequence[KeyPart], method: str) -> Candidate:
    return Candidate((use.table.namespace, use.table.name), tuple(keys), method=method)


def _classes_of_expression(one: Containment) -> tuple[OperatorClass, ...]:
    """By the function or operator at its top, as far as that tells the type."""
    text = one.column.lower()
    if text.startswith("to_tsvector("):
        return _BY_KIND[Kind.TSVECTOR]
    if text.startswith(_RANGE_MAKERS):
        return _BY_KIND[Kind.RANGE]
    if text.startswith(("point(", "box(", "polygon(", "circle(")):
        return _BY_NAME[text.partition("(")[0]]
    if one.kind in {"pattern", "similarity"}:
        return _TEXTS
    if any(mark in text for mark in _DOCUMENT_MARKS):
        return _BY_KIND[Kind.JSONB]
    return ()


def prefix_class(column: Column) -> str | None:
    """The operator class of a B-tree that serves `LIKE 'x%'` in every collation (manual, 11.10); None where the default one does.

    A collation that is compared byte by byte needs none.
    """
    if (column.collation or "").rpartition(".")[2].strip('"') in {"C", "POSIX", "ucs_basic"}:
        return None
    classes = {Kind.TEXT: "text_pattern_ops", Kind.VARCHAR: "varchar_pattern_ops", Kind.CHAR: "bpchar_pattern_ops"}
    return classes.get(column.type.kind)
