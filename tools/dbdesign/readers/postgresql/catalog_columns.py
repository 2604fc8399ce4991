"""From catalogue rows to columns: identity, serial, generated, defaults, NOT NULL constraints and storage."""

from __future__ import annotations

from typing import Literal

from dbdesign.dialects.postgresql import INTEGER_MAXIMUM, chosen_name
from dbdesign.model.schema import Column, Generated, Identity, SequenceOptions
from dbdesign.readers.postgresql.catalog_expressions import faithful
from dbdesign.readers.postgresql.catalog_rows import Row, Rows
from dbdesign.readers.postgresql.catalog_types import Types

STORAGE = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
COMPRESSION = {"p": "pglz", "l": "lz4"}


class Columns:
    """The columns of every relation, and which sequences they stand for."""

    def __init__(self, rows: Rows, types: Types) -> None:
        self._rows = rows
        self._types = types
        self.absorbed: set[int] = set()
        """Sequences (by oid) that an identity or serial column stands for."""
        self._not_null = {
            (row.relation, row.columns[0]): row for row in rows["constraints"] if row.kind == "n" and row.relation
        }

    def of(self, table: Row) -> tuple[Column, ...]:
        """The columns of one relation, in order."""
        return tuple(self._column(table, row) for row in self._rows.columns_of.get(table.oid, ()))

    def _column(self, table: Row, row: Row) -> Column:
        rows, constraint = self._rows, self._not_null.get((table.oid, row.number))
        identity = self._identity(table, row)
        not_null = row.not_null or constraint is not None
        named = constraint is not None and not self._default_name(table, row, constraint)
        return Column(
            name=row.name,
            type=self._types(row.type, row.typmod),
            nullable=not not_null,
            default=None if row.generated or identity else faithful(row.expression, row.plain_expression),
            identity=identity,
            generated=_generated(row),
            collation=row.collation,
            not_null_name=constraint.name if constraint and named else None,
            not_null_valid=constraint.valid if constraint else True,
            not_null_no_inherit=constraint.no_inherit if constraint else False,
            not_null_comment=rows.comment("pg_constraint", constraint.oid) if constraint else None,
            comment=rows.comment("pg_class", table.oid, row.number),
            options=_options(row),
        )

    def _default_name(self, table: Row, row: Row, constraint: Row) -> bool:
        """Whether the NOT NULL has the name that the server gives: its parent's where it is inherited, its own otherwise."""
        if constraint.parents:
            return constraint.name in self._inherited_names(table.oid, row.name)
        return bool(constraint.name == chosen_name(table.name, row.name, "not_null"))

    def _inherited_names(self, oid: int, column: str) -> set[str]:
        found: set[str] = set()
        for parent in self._rows.parents_of.get(oid, ()):
            for number, name in self._rows.column_names.get(parent, {}).items():
                if name == column and (constraint := self._not_null.get((parent, number))):
                    found.add(constraint.name)
        return found

    def _identity(self, table: Row, row: Row) -> Identity | None:
        sequence = self._rows.sequence_of_column.get((table.oid, row.number))
        if row.identity:
            if sequence is None:  # a partition's identity column shares its parent's sequence
                return Identity(mode="always" if row.identity == "a" else "by_default")
            self.absorbed.add(sequence.oid)
            return self._numbered("always" if row.identity == "a" else "by_default", table, row, sequence)
        if sequence is None or sequence.dependency != "a" or not self._is_serial(table, row, sequence):
            return None
        self.absorbed.add(sequence.oid)
        return self._numbered("serial", table, row, sequence)

    def _is_serial(self, table: Row, row: Row, sequence: Row) -> bool:
        return (
            row.expression == f"nextval({_literal(sequence.sql_name)}::regclass)"
            and not row.generated
            and self._types(row.type, row.typmod).native in INTEGER_MAXIMUM
            and row.not_null
            and sequence.namespace == table.namespace
            and sequence.persistence == table.persistence
            and (not self._rows.facts or sequence.owner == table.owner)
        )

    def _numbered(
        self, mode: Literal["always", "by_default", "serial"], table: Row, row: Row, sequence: Row
    ) -> Identity:
        usual = chosen_name(table.name, row.name, "seq")
        native = self._types(row.type, row.typmod).native
        return Identity(
            mode=mode,
            options=sequence_options(sequence, native),
            sequence_name=None if sequence.name == usual else sequence.name,
            grants=self._rows.grants("pg_class", sequence.oid),
            comment=self._rows.comment("pg_class", sequence.oid),
        )


def sequence_options(row: Row, usual_type: str) -> SequenceOptions:
    """What differs from a plain sequence of this type (chapter CREATE SEQUENCE)."""
    highest = INTEGER_MAXIMUM.get(row.type, INTEGER_MAXIMUM["bigint"])
    ascending = row.increment > 0
    minimum, maximum = (1, highest) if ascending else (-highest - 1, -1)
    start = row.minimum if ascending else row.maximum
    return SequenceOptions(
        start=None if row.start == start else row.start,
        increment=None if row.increment == 1 else row.increment,
        minimum=None if row.minimum == minimum else row.minimum,
        maximum=None if row.maximum == maximum else row.maximum,
        cache=None if row.cache == 1 else row.cache,
        cycle=row.cycle,
        data_type=None if row.type == usual_type else row.type,
    )


def _generated(row: Row) -> Generated | None:
    if not row.generated:
        return None
    expression = faithful(row.expression, row.plain_expression) or ""
    return Generated(expression=expression, stored=row.generated == "s")


def _options(row: Row) -> dict[str, str]:
    options = {}
    if row.storage:
        options["storage"] = STORAGE[row.storage]
    if row.compression:
        options["compression"] = COMPRESSION[row.compression]
    if row.statistics is not None:
        options["statistics"] = str(row.statistics)
    for option in row.options or ():
        name, _, value = option.partition("=")
        options[name] = value
    return options


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
