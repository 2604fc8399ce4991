"""The rule foreign-key-type-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, ForeignKey, Table
from dbdesign.model.types import INTEGERS, TEXTS, DataType, Kind
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject

_WIDTH = {Kind.INT8: 8, Kind.INT16: 16, Kind.INT24: 24, Kind.INT32: 32, Kind.INT64: 64}


class ForeignKeyTypeMismatch(TableRule):
    """A foreign key's column has another type than the column that it refers to.

    ## What it does
    Reports references whose two ends differ in type: integers of different width, texts of different length, numbers against integers.

    ## Why is this bad?
    A narrower child stops taking references when the parent's numbers outgrow it, long before the parent is full. Values of
    different types are converted at every join, which can keep an index from being used.

    ## Example
    ```sql
    CREATE TABLE device (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text NOT NULL);
    CREATE TABLE alarm (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        device_id integer NOT NULL REFERENCES device (id)
    );
    CREATE INDEX alarm_device_id_idx ON alarm (device_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE device (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text NOT NULL);
    CREATE TABLE alarm (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        device_id bigint NOT NULL REFERENCES device (id)
    );
    CREATE INDEX alarm_device_id_idx ON alarm (device_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - MySQL manual, [Type Conversion in Expression Evaluation](https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html)
    """

    severity = Severity.HIGH

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every pair of columns of different types."""
        for relation, parent in subject.parents(table):
            for mine, theirs in _pairs(relation.foreign_key, table, parent):
                difference = compare(subject.type_of(mine), subject.type_of(theirs))
                if difference is None or mine.name in table.inherited:
                    continue
                severity, consequence = difference
                yield self.finding(
                    on_column(table, mine),
                    f"{on_column(table, mine)} is {mine.type.native}, {on_column(parent, theirs)} is {theirs.type.native}: {consequence}",
                    severity=severity,
                    evidence={"type": mine.type.native, "parent_type": theirs.type.native},
                    fix=subject.sql.change_type(table, mine, theirs.type.native),
                )


def _pairs(key: ForeignKey, table: Table, parent: Table) -> Iterator[tuple[Column, Column]]:
    for mine, theirs in zip(key.columns, key.referenced_columns, strict=False):
        left, right = table.column(mine), parent.column(theirs)
        if left is not None and right is not None:
            yield left, right


def compare(mine: DataType, theirs: DataType) -> tuple[Severity, str] | None:
    """How bad the difference is and what follows; None if the types go together."""
    if mine.kind in INTEGERS and theirs.kind in INTEGERS:
        return _compare_integers(mine, theirs)
    if mine.kind in TEXTS and theirs.kind in TEXTS:
        return _compare_texts(mine, theirs)
    both = {mine.kind, theirs.kind}
    if mine.kind == theirs.kind or Kind.OTHER in both or Kind.DOMAIN in both:
        return None
    if both <= {Kind.BINARY, Kind.VARBINARY, Kind.BLOB} or both <= {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}:
        return Severity.LOW, "the values are converted at every join"
    return Severity.HIGH, "the values are converted at every join, and an index on the other side may not be used"


def _compare_integers(mine: DataType, theirs: DataType) -> tuple[Severity, str] | None:
    if _WIDTH[mine.kind] < _WIDTH[theirs.kind]:
        return Severity.HIGH, "references fail once the parent's numbers outgrow the child's"
    if mine.unsigned != theirs.unsigned:
        return Severity.MEDIUM, "one end is unsigned, and MySQL refuses or converts"
    if _WIDTH[mine.kind] > _WIDTH[theirs.kind]:
        return Severity.LOW, "the child can name rows that the parent can never have"
    return None


def _compare_texts(mine: DataType, theirs: DataType) -> tuple[Severity, str] | None:
    if mine.national != theirs.national:
        return Severity.MEDIUM, "one end is Unicode and the other is not, so that every join converts the values"
    if mine.length is not None and (theirs.length is None or mine.length < theirs.length):
        return Severity.MEDIUM, "values that the parent takes are too long for the child"
    if (mine.kind is Kind.CHAR) != (theirs.kind is Kind.CHAR):
        return Severity.LOW, "one end is padded with blanks and the other is not"
    return None
