"""The rule list-of-ids."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import INTEGERS, TEXTS, DataType, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, words

_IDS = INTEGERS | {Kind.UUID}


class ListOfIds(ColumnRule):
    """References to several rows are kept in one column, as a text or an array.

    ## What it does
    Reports texts and arrays of numbers or UUIDs named as several identifiers (`product_ids`, `member_id_list`).

    ## Why is this bad?
    No foreign key can check the references, so that they outlive what they refer to. Joining needs the list taken apart row by
    row; who refers to row 7 is a search through every list; two writers overwrite each other's additions.

    ## Example
    ```sql
    CREATE TABLE badge (id bigint PRIMARY KEY, motif text NOT NULL);
    CREATE TABLE scout (
        id bigint PRIMARY KEY,
        badge_ids bigint[] NOT NULL DEFAULT '{}'
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE badge (id bigint PRIMARY KEY, motif text NOT NULL);
    CREATE TABLE scout (id bigint PRIMARY KEY, rank_no integer NOT NULL);
    CREATE TABLE scout_badge (
        scout_id bigint NOT NULL REFERENCES scout (id),
        badge_id bigint NOT NULL REFERENCES badge (id),
        PRIMARY KEY (scout_id, badge_id)
    );
    CREATE INDEX scout_badge_badge_id_idx ON scout_badge (badge_id);
    ```

    ## When it does not apply
    Snapshots in logs of what was sent or seen, which must not change with the rows: such tables are not reported.

    ## References
    - PostgreSQL manual, [Arrays](https://www.postgresql.org/docs/current/arrays.html#ARRAYS-SEARCHING), the tip on searching them
    """

    severity = Severity.MEDIUM
    kinds = TEXTS | {Kind.ARRAY, Kind.JSON, Kind.JSONB}

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A list of identifiers."""
        parts = words(column.name)
        named = len(parts) > 1 and (
            parts[-1] == "ids" or parts[-2:] in {("id", "list"), ("id", "array"), ("ids", "csv")}
        )
        data_type = subject.type_of(column)
        if not named or is_event_table(table):
            return
        if data_type.kind is Kind.ARRAY:
            severity = Severity.MEDIUM
        elif data_type.is_text or data_type.kind in {Kind.JSON, Kind.JSONB}:
            severity = Severity.HIGH if data_type.is_text else Severity.MEDIUM
        else:
            return
        target = _target(parts, subject)
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} keeps references to {target.label if target else 'several rows'} in one value, so that no foreign"
            " key checks them and no index joins them",
            severity=severity,
            evidence={"type": data_type.native, "refers_to": target.label if target else "unknown"},
            fix=_junction(column, data_type, table, target, subject) if target else None,
        )


def _target(parts: tuple[str, ...], subject: Subject) -> Table | None:
    base = parts[:-1] if parts[-1] == "ids" else parts[:-2]
    found = subject.tables_by_stem.get(stem("_".join(base)), [])
    return found[0] if len(found) == 1 else None


def _junction(column: Column, data_type: DataType, table: Table, target: Table, subject: Subject) -> str | None:
    """A junction table, filled from the lists, in place of the column."""
    own = _single_key(table)
    theirs = _single_key(target)
    if not subject.is_engine(Engine.POSTGRESQL) or own is None or theirs is None or theirs.type.kind not in _IDS:
        return None
    if data_type.kind in {Kind.JSON, Kind.JSONB}:
        return None
    sql = subject.sql
    mine, other = f"{'_'.join(stem(table.name))}_id", f"{'_'.join(stem(target.name))}_id"
    if mine == other:
        return None
    name = f"{table.name}_{'_'.join(stem(target.name))}"
    junction = sql.dialect.qualified(table.namespace, name)
    value = sql.name(column.name)
    elements = value if data_type.kind is Kind.ARRAY else f"string_to_array(replace({value}, ' ', ''), ',')"
    first = f"{sql.name(mine)} {own.type.native} NOT NULL REFERENCES {sql.table(table)} ({sql.name(own.name)}) ON DELETE CASCADE"
    second = f"{sql.name(other)} {theirs.type.native} NOT NULL REFERENCES {sql.table(target)} ({sql.name(theirs.name)})"
    key = f"PRIMARY KEY ({sql.names((mine, other))})"
    pairs = f"SELECT DISTINCT t.{sql.name(own.name)}, e.id::{theirs.type.native} FROM {sql.table(table)} t"
    return "\n".join(
        (
            f"CREATE TABLE {junction} (\n    {first},\n    {second},\n    {key}\n);",
            f"INSERT INTO {junction} {pairs}, unnest({elements}) AS e (id) WHERE e.id IS NOT NULL;",
            f"CREATE INDEX {sql.name(f'{name}_{other}_idx')} ON {junction} ({sql.name(other)});",
            sql.drop_column(table, column),
        )
    )


def _single_key(table: Table) -> Column | None:
    key = table.primary_key.columns if table.primary_key else ()
    return table.column(key[0]) if len(key) == 1 else None
