"""The rule polymorphic-reference."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import plural, stem, vocabulary, words

_NOT_TABLES = vocabulary("media content mime file data document token tax")
"""Whose type is a format or a category, not the name of a table."""


class PolymorphicReference(TableRule):
    """A pair of columns refers to a row of one table or another, and no constraint can check it.

    ## What it does
    Reports pairs such as `commentable_type` and `commentable_id` in which one column names a table and the other a row of it, without
    a foreign key on the second.

    ## Why is this bad?
    No engine can check a reference whose table is in the data. Rows refer to what was deleted long ago, joins need one branch for each
    table, and the planner sees neither.

    ## Example
    ```sql
    CREATE TABLE remark (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject_type text NOT NULL,
        subject_id bigint NOT NULL,
        body text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE photo (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, caption text NOT NULL);
    CREATE TABLE video (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, caption text NOT NULL);
    CREATE TABLE remark (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        photo_id bigint REFERENCES photo (id),
        video_id bigint REFERENCES video (id),
        body text NOT NULL,
        CHECK (num_nonnulls(photo_id, video_id) = 1)
    );
    CREATE INDEX remark_photo_id_idx ON remark (photo_id);
    CREATE INDEX remark_video_id_idx ON remark (video_id);
    ```

    ## When it does not apply
    Audit trails and event logs mention rows of any table and outlive them: they are reported as information only.

    ## References
    - PostgreSQL manual, on num_nonnulls:
      [Comparison Functions](https://www.postgresql.org/docs/current/functions-comparison.html#FUNCTIONS-COMPARISON-FUNC-TABLE)
    - Rails guide, on why they have no foreign key:
      [Polymorphic associations](https://guides.rubyonrails.org/association_basics.html#polymorphic-associations)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every pair of a type and an identifier that shares its prefix."""
        taken = subject.foreign_columns(table)
        by_words = {words(column.name): column for column in table.columns}
        for parts, column in by_words.items():
            if len(parts) < 2 or parts[-1] not in {"type", "kind"} or column.name in taken:
                continue
            target = by_words.get((*parts[:-1], "id"))
            if target is None or target.name in taken or not self._names_tables(column):
                continue
            if _NOT_TABLES & set(parts) or (table.primary_key and target.name in table.primary_key.columns):
                continue
            if stem("_".join(parts[:-1])) in subject.tables_by_stem:
                continue
            trail = bool(
                {"audit", "log", "event", "history", "activity", "notification", "version"} & set(stem(table.name))
            )
            yield self.finding(
                on_column(table, target),
                f"{on_column(table, target)} refers to a row of whichever table {column.name} names, so that no constraint can check it",
                severity=Severity.INFO if trail else None,
                evidence={"type_column": column.name, "id_column": target.name},
                fix=_exclusive_arc(column, target, table, subject),
            )

    @staticmethod
    def _names_tables(column: Column) -> bool:
        return (
            column.type.is_text
            or column.type.kind is Kind.ENUM
            or (column.type.is_integer and "type" in words(column.name))
        )


def _exclusive_arc(column: Column, target: Column, table: Table, subject: Subject) -> str | None:
    """One foreign key a table, filled from the pair, where the type's values are known and each names a table."""
    values = subject.type_of(column).values
    named = [(value, _named_table(value, subject)) for value in values]
    parents = [(value, parent) for value, parent in named if parent is not None and parent.primary_key]
    if not values or len(parents) != len(values):
        return None
    sql = subject.sql
    statements: list[str | None] = []
    names = []
    for value, parent in parents:
        key = parent.primary_key
        name = f"{parent.name.rstrip('s')}_id"
        names.append(sql.name(name))
        reference = f"{sql.table(parent)} ({sql.names(key.columns if key else ())})"
        condition = f"{sql.name(column.name)} = {sql.dialect.literal(value)}"
        statements += [
            sql.add_column(table, f"{sql.name(name)} {target.type.native} REFERENCES {reference}"),
            f"UPDATE {sql.table(table)} SET {sql.name(name)} = {sql.name(target.name)} WHERE {condition};",
            sql.create_index(table, (name,)),
        ]
    cases = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in names)
    statements += [
        sql.add_check(table, (target.name, "one"), f"{cases} = 1"),
        sql.drop_column(table, column),
        sql.drop_column(table, target),
    ]
    return sql.join(*statements)


def _named_table(value: str, subject: Subject) -> Table | None:
    return subject.schema.table(value) or subject.schema.table(plural(value.lower()))
