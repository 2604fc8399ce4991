"""Keys and indexes: as attributes of a field where they have one column, else of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.dialects.prisma import INDEX_TYPES, constraint_name, operator_class_names
from dbdesign.model.schema import Engine, Index, IndexKey, Key
from dbdesign.writers.prisma.layout import text
from dbdesign.writers.prisma.plan import ModelPlan, Plan

PARTIAL = frozenset({Engine.POSTGRESQL, Engine.SQLITE, Engine.SQLSERVER, Engine.COCKROACHDB})
"""Engines for which the preview feature `partialIndexes` exists."""
_METHODS: Mapping[str, str] = {one.lower(): one for one in INDEX_TYPES[Engine.POSTGRESQL]}


@dataclass
class Keys:
    """The attributes that keys and indexes become.

    Attributes:
        by_column: column → attributes of its field.
        block: attributes of the model.
        usable: whether Prisma can tell rows apart by one of them.
        criteria: the sets of columns that are written as unique.
        partial: whether the preview feature of partial indexes is needed.
    """

    by_column: dict[str, list[str]] = field(default_factory=dict)
    block: list[str] = field(default_factory=list)
    usable: bool = False
    criteria: list[tuple[str, ...]] = field(default_factory=list)
    partial: bool = False


def keys(model: ModelPlan, plan: Plan) -> Keys:
    """The keys and indexes of a model; what cannot be said of them is noted."""
    return _Keys(model, plan).found()


class _Keys:
    def __init__(self, model: ModelPlan, plan: Plan) -> None:
        self.model = model
        self.plan = plan
        self.table = model.table
        self.engine = plan.engine
        self.out = Keys()

    def found(self) -> Keys:
        if self.table.primary_key is not None:
            self.primary(self.table.primary_key)
        for key in self.table.unique_keys:
            self.unique_key(key)
        for index in self.table.indexes:
            self.index(index)
        return self.out

    def where(self, key: Key | Index) -> str:
        named = key.name or ", ".join(key.columns)
        return f"{self.table.label} ({named})"

    def lose(self, condition: object, key: Key | Index, lost: str, instead: str | None = None) -> None:
        self.plan.losses.when(condition, self.where(key), lost, instead)

    # Keys

    def primary(self, key: Key) -> None:
        binary = self.engine is Engine.SQLSERVER and any(self.model.types[one].name == "Bytes" for one in key.columns)
        if binary or not self.model.usable(key.columns):
            self.lose(True, key, "a primary key of columns whose type Prisma does not let identify rows", "none")
            return
        self.of_key(key)
        arguments = self.named(key.name, (), "pkey") if self.engine not in {Engine.MYSQL, Engine.SQLITE} else []
        if self.engine is Engine.SQLSERVER and key.clustered is False:
            arguments.append("clustered: false")
        self.out.usable = True
        self.out.criteria.append(key.columns)
        self.write("id", self.index_keys(key), arguments)

    def unique_key(self, key: Key) -> None:
        if any(not self.model.types[one].is_supported for one in key.columns):
            self.lose(True, key, "a unique key of columns whose type is unsupported")
            return
        self.of_key(key)
        as_index = self.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.SQLITE}
        self.lose(as_index, key, "that a unique key is a constraint", "a unique index, which keeps the same rows apart")
        arguments = self.named(key.name, key.columns, "key")
        if self.engine is Engine.SQLSERVER and key.clustered:
            arguments.append("clustered: true")
        self.out.usable = self.out.usable or self.model.usable(key.columns)
        self.out.criteria.append(key.columns)
        self.write("unique", self.index_keys(key), arguments)

    def of_key(self, key: Key) -> None:
        self.lose(key.deferrable, key, "that a key is deferrable")
        self.lose(key.nulls_not_distinct and self.engine is not Engine.SQLSERVER, key, "NULLS NOT DISTINCT")
        self.lose(key.include, key, "INCLUDE columns")
        self.lose(key.without_overlaps, key, "WITHOUT OVERLAPS")
        self.lose(key.on_conflict, key, "the conflict clause of a key")
        self.lose(key.comment, key, "a comment on a key")
        self.lose(key.options, key, "storage options of a key")

    def index_keys(self, key: Key) -> tuple[IndexKey, ...]:
        return key.keys or tuple(IndexKey(column=one) for one in key.columns)

    # Indexes

    def index(self, index: Index) -> None:
        if reason := self.why_not(index):
            self.lose(True, index, reason, "no index was written: keep it in a migration")
            return
        self.lose(index.include, index, "INCLUDE columns")
        self.lose(index.nulls_not_distinct and self.engine is not Engine.SQLSERVER, index, "NULLS NOT DISTINCT")
        self.lose(not index.valid or not index.visible, index, "that an index is not valid or not visible")
        self.lose(index.comment, index, "a comment on an index")
        self.lose(index.options, index, "storage options of an index")
        self.lose(
            any(one.nulls or one.collation for one in index.keys),
            index,
            "NULLS FIRST, NULLS LAST and collations of an index",
        )
        arguments = self.named(index.name, index.columns, "key" if index.unique else "idx")
        if index.method not in {"btree", "fulltext", "clustered"}:
            arguments.insert(0, f"type: {_METHODS[self.method(index)]}")
        if self.engine is Engine.SQLSERVER and index.clustered:
            arguments.append("clustered: true")
        if index.where is not None:
            self.out.partial = True
            arguments.insert(0, f"where: raw({text(index.where)})")
        elif index.unique:
            self.out.usable = self.out.usable or self.model.usable(index.columns)
            self.out.criteria.append(index.columns)
        name = "unique" if index.unique else "fulltext" if index.method == "fulltext" else "index"
        self.write(name, index.keys, arguments)

    def method(self, index: Index) -> str:
        return "gin" if index.method == "inverted" else index.method

    def why_not(self, index: Index) -> str | None:
        if any(one.column is None for one in index.keys):
            return "an index on an expression"
        if any(one.column not in self.model.types for one in index.keys):
            return "an index on a column that is not there"
        if index.unique and any(not self.model.types[one.column or ""].is_supported for one in index.keys):
            return "a unique index of columns whose type is unsupported"
        if len({one.column for one in index.keys}) < len(index.keys):
            return "an index with a column twice"
        if index.where is not None and self.engine not in PARTIAL:
            return "a partial index"
        if index.method == "fulltext" and self.engine is Engine.MYSQL:
            return "a full-text index with a parser" if "parser" in index.options else None
        known = {one.lower() for one in INDEX_TYPES.get(self.engine, ())} | {"btree", "clustered"}
        if self.method(index) not in known:
            return f"an index of the kind {index.method}"
        return self.why_not_operators(index)

    def why_not_operators(self, index: Index) -> str | None:
        """Indexes whose operator class has options, or is needed where the language knows no default."""
        if any(one.opclass and not re.match(r"[\w.]+\Z", one.opclass) for one in index.keys):
            return "an index whose operator class has options"
        return None

    # Writing

    def named(self, name: str | None, columns: tuple[str, ...], suffix: str) -> list[str]:
        said = self.plan.constraint(self.table, name, constraint_name(self.engine, self.table.name, columns, suffix))
        return [f"map: {text(said)}"] if said is not None else []

    def write(self, name: str, parts: tuple[IndexKey, ...], arguments: list[str]) -> None:
        alone = name in {"id", "unique"} and len(parts) == 1 and not any(one.startswith("where:") for one in arguments)
        own = f"@{name}"
        column = parts[0].column or ""
        if alone and not any(one.startswith(own) for one in self.out.by_column.get(column, ())):
            said = [*self.modifiers(parts[0]), *arguments]
            self.out.by_column.setdefault(column, []).append(f"{own}({', '.join(said)})" if said else own)
            return
        fields = ", ".join(self.key(one) for one in parts)
        self.out.block.append(f"@@{name}({', '.join([f'[{fields}]', *arguments])})")

    def key(self, part: IndexKey) -> str:
        said = self.modifiers(part)
        name = self.model.fields[part.column or ""]
        return f"{name}({', '.join(said)})" if said else name

    def modifiers(self, part: IndexKey) -> Iterator[str] | list[str]:
        said = [f"length: {part.length}"] if part.length and self.engine is Engine.MYSQL else []
        if part.opclass and self.engine in INDEX_TYPES:
            known = operator_class_names().get(part.opclass)
            said.append(f"ops: {known}" if known else f"ops: raw({text(part.opclass)})")
        return [*said, "sort: Desc"] if part.descending else said
