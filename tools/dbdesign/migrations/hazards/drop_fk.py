"""The hazard drop-fk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb


class DropFk(Hazard):
    """Dropping a foreign key, or what carries one, locks the referenced table too.

    ## What it does
    Reports statements that drop a foreign key by its constraint, its column or its table, without a `lock_timeout` or together with other
    work in one transaction.

    ## Why is this bad?
    The referenced table, which the statement does not name and which is often the busiest, is locked with ACCESS EXCLUSIVE as well: its
    readers and writers queue while the statement waits for it.

    ## Example
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer (id));
    -- migration
    ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
    ```

    ## Use instead
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer (id));
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
    ```
    A column or a table goes in a later step, when the key is gone.

    ## References
    - PostgreSQL manual, [Explicit Locking](https://www.postgresql.org/docs/current/explicit-locking.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Tables that are locked for the foreign keys of others."""
        dropped = [
            (table, key)
            for table in _dropping(subject)
            for key in table.foreign_keys
            if key.references != table.label and subject.trace.locks.get(key.references) is LockMode.ACCESS_EXCLUSIVE
        ]
        dropped = [(table, key) for table, key in dropped if not subject.is_new(key.references)]
        alone = not (subject.transaction.inside and _others(subject)) and _drops_only_keys(subject)
        if not dropped or (alone and subject.session.lock_timeout):
            return
        steps = [subject.alter(table, f"DROP CONSTRAINT {subject.quoted(key.name or '')}") for table, key in dropped]
        if not _drops_only_keys(subject):
            steps.append(f"-- in a migration of its own: {subject.sql.strip()}")
        names = ", ".join(dict.fromkeys(key.references for _, key in dropped))
        yield self.finding(
            f"ACCESS EXCLUSIVE is taken on {names} too, which the foreign key {dropped[0][1].name} refers to: its reads and writes queue",
            relation=dropped[0][1].references,
            safe=script([TIMEOUT, *steps]),
        )


def _dropping(subject: Subject) -> list[TableDraft]:
    """The tables whose foreign keys the statement may drop."""
    if subject.is_a("AlterTableStmt") and subject.table is not None:
        names = {one.name for one in subject.commands(pb.AT_DropConstraint)}
        columns = {one.name for one in subject.commands(pb.AT_DropColumn)}
        keys = [one for one in subject.table.foreign_keys if one.name in names or columns & set(one.columns)]
        if keys:
            only = TableDraft(subject.table.name, 0)
            only.foreign_keys = keys
            return [only]
    if subject.is_a("DropStmt"):
        found = [subject.state.named(one) for one in subject.trace.dropped]
        return [one for one in found if one is not None and not subject.is_new(one.label)]
    return []


def _drops_only_keys(subject: Subject) -> bool:
    commands = list(subject.commands())
    return bool(commands) and all(one.subtype == pb.AT_DropConstraint for one in commands)


def _others(subject: Subject) -> list[str]:
    other = [*subject.transaction.earlier, *subject.transaction.later]
    return [sql for sql in other if not sql.lstrip().lower().startswith("set ")]
