"""Asks another server a workload's queries: in its dialect, with its driver's values, explained, and their rows held against the
embedded server's.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dbdesign.benchmark.queries import MOST_ROWS, Ready, writes_something
from dbdesign.benchmark.results import PlanFacts
from dbdesign.benchmark.servers.base import Server, Target
from dbdesign.benchmark.servers.compare import MOST_COMPARED, Compared, compare
from dbdesign.benchmark.servers.place import Opened
from dbdesign.benchmark.servers.translate import Translated, spoken, translated
from dbdesign.benchmark.servers.values import sent, unpacked, with_values
from dbdesign.engines.server_session import Described, ServerError

if TYPE_CHECKING:
    from dbdesign.benchmark.session import Session
    from dbdesign.engines.new_namespace import Namespace
    from dbdesign.model.schema import Schema

TIMED_OUT = frozenset({"57014", "1317", "1969", "3024"})
"""query_canceled; ER_QUERY_INTERRUPTED, MariaDB's ER_STATEMENT_TIMEOUT, MySQL's ER_QUERY_TIMEOUT: a query that is too slow to be run."""
PLACE_OF_PARAMETER = re.compile(r"\$\d")
COMPARED_SETS = 3
"""Sets of values for which a query's rows are compared."""


@dataclass
class Asking:
    """The queries on both servers. `columns` are those of the other server, by table."""

    place: Opened
    session: Session
    schema: Schema
    columns: Mapping[str, Sequence[Target]]

    @property
    def server(self) -> Server:
        """The other server's kind."""
        return self.place.wanted.server

    @property
    def namespace(self) -> Namespace:
        """The schema there."""
        return self.place.namespace

    def translated(self, ready: Sequence[Ready]) -> list[tuple[Ready, Translated]]:
        """The queries in the server's dialect, with values as its driver takes them."""
        kinds = {(table, column.name): column.type for table, found in self.columns.items() for column in found}
        return [self._translated(one, kinds) for one in ready]

    def _translated(self, one: Ready, kinds: Mapping[tuple[str, str], str]) -> tuple[Ready, Translated]:
        own = self.place.wanted.own.get(one.query.name)
        if one.error is not None:
            return self._alone(one, own)
        said = (
            spoken(own, self.server)
            if own is not None
            else translated(one.sql, self.server, self.schema, one.kinds, kinds)
        )
        if said.error is not None:
            return replace(one, error=said.error), said
        if said.order is None:
            return one, said
        try:
            values = tuple(tuple(sent(each, one.kinds, one.inferred, said.order, kinds)) for each in one.values)
        except ValueError as error:
            failed = f"a value cannot be sent to {self.server.title}: {error}"
            return replace(one, error=failed), replace(said, error=failed)
        return replace(one, sql=said.sql, values=values), said

    def _alone(self, one: Ready, own: str | None) -> tuple[Ready, Translated]:
        """A query that the embedded server refuses: asked here alone where it is in this server's dialect and needs no values."""
        failed = f"the embedded server refuses it: {one.error}"
        said = spoken(own, self.server) if own is not None else None
        if own is None or said is None or PLACE_OF_PARAMETER.search(own):
            return replace(one, error=failed), Translated(own or one.sql, error=failed)
        return Ready(one.query, said.sql, writes=writes_something(own)), replace(said, notes=(failed,))

    def explained(self, ready: Sequence[Ready]) -> tuple[dict[int, PlanFacts], dict[int, str]]:
        """The plan of each query, and why some are not run."""
        plans: dict[int, PlanFacts] = {}
        refused: dict[int, str] = {}
        for number, one in enumerate(ready):
            if one.error is not None:
                continue
            try:
                plans[number] = self._explained(one)
            except ServerError as error:
                refused[number] = str(error)
                self.place.recover(error)
                continue
            if plans[number].actual > MOST_ROWS:
                refused[number] = f"it gives {plans[number].actual:,.0f} rows; more than {MOST_ROWS:,} are not fetched"
        return plans, refused

    def _explained(self, one: Ready) -> PlanFacts:
        forms = [one]
        if self.server.protocol == "postgresql" and one.values[0]:
            forms.append(replace(one, sql=with_values(one.sql, one.values[0], one.kinds), values=((),)))
        asked = [(command, form) for command in self.server.explain for form in forms]
        for command, query in asked:
            try:
                return self.place.wanted.reads(self._rolled_back(f"{command} {query.sql}", query))
            except ServerError as error:
                if error.lost or error.code in TIMED_OUT or (command, query) == asked[-1]:
                    raise
        raise AssertionError  # pragma: no cover - there is a last one

    def _rolled_back(self, sql: str, one: Ready, values: int = 0, most: int | None = None) -> Described:
        session = self.namespace.session
        session.execute(self.server.begins[one.writes])
        try:
            return session.described(sql, [unpacked(value) for value in one.values[values]], most=most)
        finally:
            with contextlib.suppress(ServerError):
                session.execute("ROLLBACK")

    def compared(self, mine: Ready, theirs: Ready, refused: str | None) -> Compared:
        """The rows of a query here and there, for a few sets of values."""
        if theirs.error or refused:
            return Compared("error", str(theirs.error or refused))
        if mine.error:
            return Compared("not compared", f"the embedded server refuses it: {mine.error}")
        if mine.writes:
            return Compared("not compared", "it writes")
        found = Compared("same")
        for number in range(min(COMPARED_SETS, len(mine.values))):
            try:
                found = self._compared(mine, theirs, number)
            except ServerError as error:
                self.place.recover(error)
                return Compared("error", str(error))
            if not found.equal:
                return found
        return found

    def _compared(self, mine: Ready, theirs: Ready, number: int) -> Compared:
        import psycopg

        cursor = psycopg.RawCursor(self.session.connection)
        try:
            cursor.execute(mine.sql.encode(), mine.values[number] or None)
        except psycopg.Error as error:
            return Compared("error", f"on the embedded server: {' '.join(str(error).split())[:200]}")
        here = cursor.fetchmany(MOST_COMPARED + 1) if cursor.description else []
        names = tuple(column.name for column in cursor.description or ())
        there = _without_more(self._rolled_back(theirs.sql, theirs, number, MOST_COMPARED + 1), names)
        if max(len(here), len(there)) > MOST_COMPARED:
            return Compared("not compared", f"it gives more than {MOST_COMPARED:,} rows")
        sql = mine.sql.lower()
        return compare(
            here,
            there,
            ordered=re.search(r"\border\s+by\b", sql) is not None,
            limited=re.search(r"\blimit\b", sql) is not None,
        )


def _without_more(theirs: Described, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows without the columns that only the other server's tables have, which `SELECT *` gives too."""
    places = [place for place, name in enumerate(theirs.names) if name in names]
    if len(theirs.names) == len(names) or len(places) != len(names):
        return theirs.rows
    return [tuple(row[place] for place in places) for row in theirs.rows]
