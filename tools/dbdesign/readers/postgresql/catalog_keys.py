"""From catalogue rows to constraints and indexes of one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.model.schema import Action, Check, Exclusion, ForeignKey, Index, IndexKey, Key, label
from dbdesign.readers.postgresql.catalog_expressions import faithful
from dbdesign.readers.postgresql.catalog_rows import Row, Rows
from dbdesign.readers.postgresql.catalog_types import check, namespace_of

ACTIONS: dict[str, Action] = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
assert set(ACTIONS.values()) == set(get_args(Action))  # noqa: S101
MATCHES: dict[str, Literal["simple", "full", "partial"]] = {"s": "simple", "f": "full", "p": "partial"}
DESCENDING, NULLS_FIRST = 1, 2


class Keys:
    """What one table's constraints and indexes are; those that a partition has from its parent alone are left out."""

    def __init__(self, rows: Rows, table: Row) -> None:
        self._rows = rows
        self._table = table
        self._names = rows.column_names.get(table.oid, {})
        self._constraints = rows.constraints_of.get(table.oid, [])
        self._owned = {row.index for row in self._constraints if row.kind in "pux"}

    def primary_key(self) -> Key | None:
        """The primary key."""
        return next(self._keys("p"), None)

    def unique_keys(self) -> tuple[Key, ...]:
        """The unique constraints."""
        return tuple(self._keys("u"))

    def _keys(self, kind: str) -> Iterator[Key]:
        for row in self._constraints:
            if row.kind == kind and not self._implied(self._rows.index_by_oid[row.index], kind):
                yield self._key(row)

    def _key(self, row: Row) -> Key:
        index = self._rows.index_by_oid[row.index]
        return Key(
            name=row.name,
            columns=tuple(self._names[number] for number in row.columns),
            include=self._included(index),
            nulls_not_distinct=index.nulls_not_distinct,
            deferrable=row.deferrable,
            initially_deferred=row.deferred,
            without_overlaps=row.period,
            comment=self._comment_of(row),
            options=self._options(index),
        )

    def _comment_of(self, row: Row) -> str | None:
        return self._rows.comment("pg_constraint", row.oid)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys."""
        return tuple(self._foreign_key(row) for row in self._constraints if row.kind == "f" and not row.parent)

    def _foreign_key(self, row: Row) -> ForeignKey:
        target = self._rows.relation_by_oid[row.referenced]
        target_names = self._rows.column_names[row.referenced]
        return ForeignKey(
            name=row.name,
            columns=tuple(self._names[number] for number in row.columns),
            referenced_namespace=namespace_of(target.namespace),
            referenced_table=target.name,
            referenced_columns=tuple(target_names[number] for number in row.referenced_columns),
            on_delete=ACTIONS[row.on_delete],
            on_update=ACTIONS[row.on_update],
            match=MATCHES[row.match],
            deferrable=row.deferrable,
            initially_deferred=row.deferred,
            valid=row.valid or not row.enforced,
            enforced=row.enforced,
            set_columns=tuple(self._names[number] for number in row.set_columns or ()),
            period=row.period,
            comment=self._comment_of(row),
        )

    def checks(self) -> tuple[Check, ...]:
        """The check constraints that are the table's own."""
        return tuple(check(row, self._rows) for row in self._constraints if row.kind == "c" and row.is_local)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """The exclusion constraints."""
        return tuple(self._exclusion(row) for row in self._constraints if row.kind == "x" and not row.parent)

    def _exclusion(self, row: Row) -> Exclusion:
        index = self._rows.index_by_oid[row.index]
        keys = zip(self._index_keys(index), row.operators, strict=True)
        return Exclusion(
            name=row.name,
            keys=tuple(key.model_copy(update={"operator": operator}) for key, operator in keys),
            method=index.method,
            include=self._included(index),
            where=faithful(index.predicate, index.plain_predicate),
            deferrable=row.deferrable,
            initially_deferred=row.deferred,
            comment=self._comment_of(row),
            options=self._options(index),
        )

    def indexes(self) -> tuple[Index, ...]:
        """The indexes that no constraint owns."""
        rows = self._rows.indexes_of.get(self._table.oid, [])
        return tuple(self._index(row) for row in rows if row.oid not in self._owned and not self._implied(row, "i"))

    def _index(self, row: Row) -> Index:
        parent = self._rows.index_by_oid.get(row.parent)
        return Index(
            name=row.name,
            keys=tuple(self._index_keys(row)),
            unique=row.is_unique,
            method=row.method,
            include=self._included(row),
            where=faithful(row.predicate, row.plain_predicate),
            nulls_not_distinct=row.nulls_not_distinct,
            valid=row.valid or row.partitioned,
            only=row.partitioned and not row.valid,
            partition_of=label(namespace_of(parent.namespace), parent.name) if parent else None,
            comment=self._rows.comment("pg_class", row.oid),
            options=self._options(row),
        )

    def _index_keys(self, row: Row) -> Iterator[IndexKey]:
        columns = self._rows.index_columns_of[row.oid]
        for position in range(row.key_count):
            number, flags = row.columns[position], row.flags[position]
            descending, first = bool(flags & DESCENDING), bool(flags & NULLS_FIRST)
            base = self._rows.column_by_number.get((row.relation, number))
            expression = None
            if not number:
                expression = faithful(row.expressions[position], row.plain_expressions[position])
            yield IndexKey(
                column=self._names[number] if number else None,
                expression=expression,
                descending=descending,
                nulls=None if first == descending else "first" if first else "last",
                opclass=self._opclass(row, position, columns[position], base),
                collation=self._collation(row, position, columns[position], base),
            )

    def _opclass(self, row: Row, position: int, column: Row, base: Row | None) -> str | None:
        """The operator class where it is not the type's default (get_opclass_name in ruleutils.c), with its options."""
        opclass = self._rows.operator_class_by_oid[row.opclasses[position]]
        data_type = base.type if base else column.type
        usual = opclass.is_default and (
            opclass.type == data_type or (row.method, data_type) not in self._rows.default_types
        )
        if column.options:
            return f"{opclass.name}({column.options})"
        return None if usual else str(opclass.name)

    def _collation(self, row: Row, position: int, column: Row, base: Row | None) -> str | None:
        """The collation where it is not the column's, or, of an expression, not the type's."""
        collation = row.collations[position]
        own = base.collation_oid if base else column.type_collation
        return self._rows.collation_by_oid[collation] if collation and collation != own else None

    def _included(self, row: Row) -> tuple[str, ...]:
        return tuple(self._names[number] for number in row.columns[row.key_count :])

    def _options(self, row: Row) -> dict[str, str]:
        options = dict(option.split("=", 1) for option in row.options or ())
        if row.tablespace and self._rows.facts:
            options["tablespace"] = row.tablespace
        targets = {number: target for number, target in self._statistics(row) if target is not None}
        if targets:
            options["statistics"] = ",".join(f"{number}:{target}" for number, target in targets.items())
        return options

    def _statistics(self, row: Row) -> Iterator[tuple[int, int | None]]:
        for number, column in enumerate(self._rows.index_columns_of[row.oid], 1):
            yield number, column.statistics

    def _implied(self, row: Row, kind: str) -> bool:
        """Whether a partition's index is what its parent's makes of itself: same name as the server chooses, nothing of its own."""
        if row.parent is None or row.parent not in self._rows.index_by_oid:
            return False
        parent = self._rows.index_by_oid[row.parent]
        comment = self._rows.comment("pg_class", row.oid)
        same = row.options == parent.options and comment is None and row.tablespace == parent.tablespace
        return same and row.name == self._chosen(row, kind)

    def _chosen(self, row: Row, kind: str) -> str:
        if kind == "p":
            return chosen_name(self._table.name, "", "pkey")
        columns = joined_columns(one.name for one in self._rows.index_columns_of[row.oid])
        return chosen_name(self._table.name, columns, {"u": "key", "i": "idx"}[kind])
