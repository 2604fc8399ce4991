"""The rule bookings-may-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule
from dbdesign.rules.integrity.period_without_check import periods
from dbdesign.rules.meaning import is_bookkeeping_name, is_person_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary

_BOOKINGS = vocabulary("booking reservation appointment lease tenancy allocation")
_RANGES = {Kind.DATE: "daterange", Kind.TIMESTAMP: "tsrange", Kind.TIMESTAMPTZ: "tstzrange"}


class BookingsMayOverlap(TableRule):
    """The same thing can be booked twice for the same time.

    ## What it does
    Reports tables of bookings, reservations and the like that have a period and a reference to one thing that is booked, and no exclusion
    constraint, which only PostgreSQL has.

    ## Why is this bad?
    "Is the room free?" and "book it" are two statements. Two guests who ask at the same moment are both told yes; no unique key can
    forbid periods that overlap without being equal.

    ## Example
    ```sql
    CREATE TABLE room (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, floor_no integer NOT NULL);
    CREATE TABLE reservation (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        room_id bigint NOT NULL REFERENCES room (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        CHECK (starts_at < ends_at)
    );
    CREATE INDEX reservation_room_id_idx ON reservation (room_id);
    ```

    ## Use instead
    ```sql
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    CREATE TABLE room (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, floor_no integer NOT NULL);
    CREATE TABLE reservation (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        room_id bigint NOT NULL REFERENCES room (id),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    );
    CREATE INDEX reservation_room_id_idx ON reservation (room_id);
    ```

    ## When it does not apply
    Where a thing has several places (a class, a flight), overlap is meant: count the places instead.

    ## References
    - PostgreSQL manual, [Constraints on Ranges](https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-CONSTRAINT)
    - PostgreSQL manual, [btree_gist](https://www.postgresql.org/docs/current/btree-gist.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL,)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table of bookings that may overlap."""
        if not _BOOKINGS & set(stem(table.name)[-1:]) or table.exclusions:
            return
        period = next(periods(table), None)
        things = [
            relation.foreign_key.columns[0]
            for relation, parent in subject.parents(table)
            if len(relation.foreign_key.columns) == 1
            and not is_person_table(parent)
            and not subject.is_lookup(parent)
            and not is_bookkeeping_name(relation.foreign_key.columns[0])
            and relation.foreign_key.columns[0] != subject.tenant_column
        ]
        if period is None or len(things) != 1 or period[0].type.kind not in _RANGES:
            return
        start, end = period
        yield self.finding(
            table.label,
            f"two rows of {table.label} may hold the same {things[0]} for overlapping times, which only an exclusion"
            " constraint forbids",
            evidence={"thing": things[0], "start": start.name, "end": end.name},
            fix=_exclude(things[0], start, end, table, subject),
        )


def _exclude(thing: str, start: Column, end: Column, table: Table, subject: Subject) -> str:
    sql = subject.sql
    span = f"{_RANGES[start.type.kind]}({sql.name(start.name)}, {sql.name(end.name)})"
    name = sql.name(sql.free_name(table, (thing,), "excl"))
    exclude = f"ADD CONSTRAINT {name} EXCLUDE USING gist ({sql.name(thing)} WITH =, {span} WITH &&)"
    return f"CREATE EXTENSION IF NOT EXISTS btree_gist;\n{sql.alter(table, exclude)}"
