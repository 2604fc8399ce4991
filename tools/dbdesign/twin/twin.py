"""The production twin itself: built from a schema and statistics, then asked for plans.

What the planner takes into account is in place: statistics in the catalogs, relations of the right number of blocks, indexes of the
right height. How faithful that is is measured in `benchmarks/` on TPC-H and TPC-DS, plan by plan and cost by cost.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq, sql

from dbdesign.engines.postgres import Limits, Statement, embedded
from dbdesign.errors import EngineError, InputError
from dbdesign.model.statistics import BLOCK, ColumnStatistics, Statistics
from dbdesign.twin import session
from dbdesign.twin.composing import verbatim
from dbdesign.twin.fill import HYPOTHETICAL, Filler
from dbdesign.twin.index_sizes import Meeting
from dbdesign.twin.relations import Relation, read_relations
from dbdesign.twin.settings import ServerSettings, checked_settings
from dbdesign.twin.statements import single_statement

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from dbdesign.engines.postgres import StatementFailure
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.twin.combinations import Joins

LIMITS = Limits(seconds=120.0)

_UNIQUE = re.compile(r"\s*unique\s+", re.IGNORECASE)
_PARAMETER = re.compile(r"\$\d+")
_PART = re.compile(r"^(dbdesign_what_if_\d+)_\d+$")

_OWN = """
create schema {schema};
create extension pg_buffercache schema {schema};
create function {schema}.show(shown oid[], hidden oid[]) returns void language sql security definer
set search_path = pg_catalog, pg_temp as $$
    update pg_catalog.pg_index set indisvalid = (indexrelid operator(pg_catalog.=) any (shown))
    where indexrelid operator(pg_catalog.=) any (shown operator(pg_catalog.||) hidden)
        and indexrelid operator(pg_catalog.>=) 16384::pg_catalog.oid
$$;
revoke all on function {schema}.show from public;
grant usage on schema {schema} to {role};
grant execute on function {schema}.show to {role}
"""
"""The one thing that the unprivileged role may do to the catalogs: hide and show indexes of its own scratch database, so that
what-ifs need no superuser's session, in which a user's function could run. The schema's name is drawn by lot: what our superuser calls
must not be there before, made by a user."""


_PARTS = b"""
select p.oid::bigint, p.oid::pg_catalog.regclass::text
from pg_catalog.pg_class c left join lateral pg_catalog.pg_partition_tree(c.oid) t on c.relkind = 'I'
join pg_catalog.pg_class p on p.oid = coalesce(t.relid::oid, c.oid)
where c.relname = %s order by p.oid <> c.oid, p.oid
"""
"""An index that was just made, with those that it made on partitions."""


_ENDS = (Meeting.LEAST, Meeting.CHANCE)


@dataclass(frozen=True)
class Explained:
    """What the planner said of one statement.

    Attributes:
        plan: PostgreSQL's own EXPLAIN (FORMAT JSON): the object with `Plan`.
    """

    plan: Mapping[str, Any]

    @property
    def cost(self) -> float:
        """The total cost of the whole."""
        return float(self.plan["Plan"]["Total Cost"])

    @property
    def rows(self) -> float:
        """The rows that the planner expects."""
        return float(self.plan["Plan"]["Plan Rows"])

    def nodes(self) -> Iterator[Mapping[str, Any]]:
        """Every node of the plan, parents first."""
        stack = [self.plan["Plan"]]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(node.get("Plans", ()))

    @property
    def indexes(self) -> frozenset[str]:
        """The names of the indexes that it uses; of a hypothetical one on a partitioned table once, whichever partitions' are used."""
        return frozenset(_PART.sub(r"\1", node["Index Name"]) for node in self.nodes() if "Index Name" in node)


@dataclass(frozen=True)
class Hypothetical:
    """An index that exists on the twin alone and is hidden until it is shown.

    Attributes:
        definition: as given, from `ON` on.
        name: by which `Explained.indexes` calls it.
        pages: blocks that it would take, on all partitions together.
        rows: entries.
        parts: oids, its own first, those of its partitions after it.
    """

    definition: str
    name: str
    oid: int
    pages: int
    rows: float
    parts: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Bytes."""
        return self.pages * BLOCK


@dataclass
class Twin:
    """An empty database whose planner behaves as if it were full. Get it from `production_twin`."""

    database: ScratchDatabase
    statistics: Statistics
    failures: tuple[StatementFailure, ...] = ()
    problems: list[str] = field(default_factory=list)
    relations: dict[int, Relation] = field(default_factory=dict, repr=False)
    what_ifs: int = 0
    """Plans made so far."""

    _schema: str = field(init=False, repr=False)
    _filler: Filler = field(init=False, repr=False)
    _shown: set[int] = field(default_factory=set, repr=False)
    _settings: dict[str, str] = field(default_factory=dict, repr=False)
    _made: int = 0

    def __post_init__(self) -> None:
        admin = self.database.admin
        self._schema = f"dbdesign_{secrets.token_hex(8)}"
        admin.execute(_OWN.replace("{schema}", self._schema).replace("{role}", self.database.user_role).encode())
        self.relations |= {one.oid: one for one in read_relations(admin, self.database.server.data_folder)}
        self._filler = Filler(self.database, self.relations, self.problems, self._schema)
        self._fill(self.statistics)
        self.use(self.statistics.settings)

    @property
    def proof(self) -> str:
        """By what the plans were made."""
        return f"planned by PostgreSQL {self.database.server.version}"

    def use(self, settings: Mapping[str, str]) -> None:
        """Take planner settings over from the target, from now on.

        Raises:
            UnknownNameError, InputError: for what is no planner setting or no value of it.
        """
        for name, value in checked_settings(settings).items():
            self._set(name, value)
            self._settings[name] = value

    def _set(self, name: str, value: str) -> None:
        try:
            self.database.user.execute(sql.SQL("set {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        except psycopg.Error as error:
            raise InputError(str(error).splitlines()[0], where=f"setting {name}", remedy="Give a valid value") from None

    def _connect_anew(self) -> None:
        """A session that has seen no relation before: a session remembers how many segments a relation has."""
        user = self.database.user
        user.close()
        self.database.user.execute(f"set statement_timeout = '{int(session.PLANNING_SECONDS * 1000)}ms'".encode())
        for name, value in self._settings.items():
            self._set(name, value)

    def refill(self, statistics: Statistics) -> None:
        """Other statistics for the same schema; hypothetical indexes stay. `problems` are then those of the new ones."""
        self.statistics = statistics
        with self._session_watched():
            self._fill(statistics)

    def _fill(self, statistics: Statistics) -> None:
        self.problems.clear()
        self._filler.fill(statistics)
        self._connect_anew()

    def relation(self, label: str) -> Relation | None:
        """The table or index of that label."""
        return next((one for one in self.relations.values() if one.label == label), None)

    def pages(self, relation: Relation) -> int:
        """Blocks of a relation on the twin; 0 for a partitioned one."""
        return self._filler.size(relation.oid) if relation.files else 0

    def rows(self, relation: Relation) -> float:
        """Rows of a table, entries of an index."""
        return self._filler.rows(relation.oid)

    def column(self, relation: Relation, name: str) -> ColumnStatistics | None:
        """What is known of a table's column."""
        return self._filler.column(relation.oid, name)

    @property
    def settings(self) -> ServerSettings:
        """The planner's settings as they are in force."""
        rows = self.database.user.execute(
            b"select name, setting, coalesce(unit, '') from pg_catalog.pg_settings"
        ).fetchall()
        return ServerSettings({name: (setting, unit) for name, setting, unit in rows})

    def explain(self, query: str, shown: Iterable[Hypothetical] | None = None) -> Explained:
        """The plan of one statement, which is not executed; with `$1` … in it, the generic plan.

        Args:
            shown: the hypothetical indexes that the planner may use; None for those of the last call.

        Raises:
            InputError: for what is not one statement that can be planned.
            SqlError: where the planner refuses it.
            LimitError: where planning takes more than `session.PLANNING_SECONDS`.
            EngineError: where the server ended the session; the twin was made good and can be asked again.
        """
        statement = single_statement(query)
        generic = ", GENERIC_PLAN" if _PARAMETER.search(statement) else ""
        flip = self._flip(shown)
        return self._explained(f"{flip}EXPLAIN (FORMAT JSON{generic}) {statement}")

    def _flip(self, shown: Iterable[Hypothetical] | None) -> str:
        """The call that shows and hides what has to change, to be sent before the next statement."""
        if shown is None:
            return ""
        wanted = {oid for one in shown for oid in one.parts}
        show, hide = sorted(wanted - self._shown), sorted(self._shown - wanted)
        self._shown = wanted
        return f"SELECT {self._schema}.show('{_array(show)}', '{_array(hide)}'); " if show or hide else ""

    def explain_with(self, query: str, values: Sequence[str | None]) -> Explained:
        """The custom plan of a parameterised statement for these values, each as text of its parameter's type.

        Raises:
            As `explain`.
        """
        statement, name = single_statement(query), f"dbdesign_{secrets.token_hex(4)}"
        literals = ", ".join(sql.Literal(value).as_string() for value in values)
        execute = f"EXECUTE {name}{f' ({literals})' if values else ''}"
        return self._explained(
            f"SET LOCAL plan_cache_mode = force_custom_plan; PREPARE {name} AS {statement}; "
            f"EXPLAIN (FORMAT JSON) {execute}; DEALLOCATE {name}"
        )

    def _explained(self, statement: str) -> Explained:
        self.what_ifs += 1
        value = self._run(statement).get_value(0, 0)
        return Explained(json.loads(value or b"[{}]")[0])

    def _run(self, statement: str) -> PGresult:
        with self._session_watched():
            result = session.ask(self.database, statement.encode())
        if result is not None and result.status in session.GOOD:
            return result
        if self.database.user.pgconn.status != pq.ConnStatus.OK:
            if result is not None:
                raise self._lost()
            self._connect_anew()
        self._shown = set(self._visible())  # the flip that went before it was undone
        raise session.refusal(result)

    @contextlib.contextmanager
    def _session_watched(self) -> Iterator[None]:
        """Make the twin good where the server has ended its sessions.

        Raises:
            EngineError: then.
        """
        try:
            yield
        except psycopg.OperationalError as error:
            if not session.is_lost(error):
                raise
            raise self._lost() from error

    def _lost(self) -> EngineError:
        """Fill it again: a server that comes back after a crash replays what it wrote to the files, and knows nothing of what we did."""
        self.database.forget_sessions()
        self._fill(self.statistics)
        self._shown = set(self._visible())
        return EngineError(
            "the server ended the session that asked",
            where="query",
            remedy="Ask again, and leave out what ended it if it happens again",
        )

    def _visible(self) -> list[int]:
        """The hypothetical indexes that are shown now, as the catalog has it."""
        rows = self.database.admin.execute(
            b"select i.indexrelid::bigint from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid "
            b"where i.indisvalid and c.relname ~ '^dbdesign_what_if_[0-9]+(_[0-9]+)?$'"
        ).fetchall()
        return [row[0] for row in rows]

    def add_indexes(self, definitions: Sequence[str]) -> list[Hypothetical | str]:
        """Make hypothetical indexes, hidden, from definitions such as `ON orders USING btree (customer_id)`; `UNIQUE ON …` for unique ones.

        Each comes back in its place, or the reason why the server refused it. The tables' files are empty meanwhile, since the
        server reads a table to build an index on it.
        """
        with self._session_watched():
            made = self._create(definitions)
            oids = [oid for one in made if not isinstance(one, str) for oid in one]
            fresh = {
                one.oid: one for one in read_relations(self.database.admin, self.database.server.data_folder, oids=oids)
            }
            self.relations |= fresh
            self._filler.fill_indexes(fresh.values())
            self._connect_anew()
        self._run(f"SELECT {self._schema}.show('{{}}', '{_array(oids)}')")
        return [
            one if isinstance(one, str) else self._hypothetical(definition, [fresh[oid] for oid in one])
            for definition, one in zip(definitions, made, strict=True)
        ]

    def _create(self, definitions: Sequence[str]) -> list[tuple[int, ...] | str]:
        """The oids of each with those of its partitions, or the reasons."""
        for files in [one.files for one in self.relations.values() if one.files and not one.is_index]:
            files.empty()
        try:
            self._connect_anew()
            return [self._create_one(definition) for definition in definitions]
        finally:
            self._filler.stretch_tables()

    def _create_one(self, definition: str) -> tuple[int, ...] | str:
        self._made += 1
        unique, rest = _UNIQUE.match(definition), _UNIQUE.sub("", definition, count=1)
        kind, name = "UNIQUE INDEX" if unique else "INDEX", f"{HYPOTHETICAL}{self._made}"
        user = self.database.user
        try:
            user.execute(single_statement(f"CREATE {kind} {name} {rest}", planned=False).encode())
            parts = user.execute(_PARTS, (name,)).fetchall()
            for number, (_, own) in enumerate(parts[1:], 1):
                renamed = sql.Identifier(f"{name}_{number}")
                user.execute(sql.SQL("alter index {} rename to {}").format(verbatim(own), renamed))
        except InputError as error:
            return str(error)
        except psycopg.Error as error:
            if session.is_lost(error):
                raise
            return str(error).splitlines()[0]
        return tuple(oid for oid, _ in parts) or "not made"

    def _hypothetical(self, definition: str, parts: Sequence[Relation]) -> Hypothetical:
        return Hypothetical(
            definition,
            parts[0].name,
            parts[0].oid,
            sum(self.pages(one) for one in parts),
            sum(self.rows(one) for one in parts if one.files),
            tuple(one.oid for one in parts),
        )

    def size_range(self, index: Hypothetical) -> tuple[int, int]:
        """Bytes that a hypothetical index takes if its columns depend on each other, and if their values meet by chance, as far as neither
        keys nor extended statistics nor joins tell of them together; its own size lies between."""
        parts = [one for oid in index.parts if (one := self.relations[oid]).files]
        least, most = (sum(self._filler.pages_if(one, meeting) for one in parts) for meeting in _ENDS)
        return BLOCK * min(least, index.pages), BLOCK * max(most, index.pages)

    def learn_joins(self, joins: Iterable[tuple[str, Joins]]) -> None:
        """Take from queries which columns refer to keys that no constraint declares, for the sizes of indexes that are made later.

        Args:
            joins: by label of a table, its columns with the labels and columns of other tables that one statement equates them with.
        """
        self._filler.learn_joins(joins)

    @contextlib.contextmanager
    def without(self, indexes: Iterable[Relation]) -> Iterator[None]:
        """Plans as if indexes of the schema were not there, within a `with` block."""
        oids = _array(sorted(one.oid for one in indexes if one.is_index))
        self._run(f"SELECT {self._schema}.show('{{}}', '{oids}')")
        try:
            yield
        finally:
            self._run(f"SELECT {self._schema}.show('{oids}', '{{}}')")

    def drop_indexes(self, indexes: Iterable[Hypothetical]) -> None:
        """Forget hypothetical indexes."""
        for one in indexes:
            self._shown.difference_update(one.parts)
            relation = self.relations.pop(one.oid, None)
            for part in one.parts[1:]:
                self.relations.pop(part, None)
            if relation:
                name = sql.Identifier(relation.namespace, relation.name)
                with self._session_watched():
                    self.database.user.execute(sql.SQL("drop index {}").format(name))


@contextlib.contextmanager
def production_twin(
    schema: str | Sequence[Statement], statistics: Statistics, *, settings: Mapping[str, str] | None = None
) -> Iterator[Twin]:
    """A twin for the length of a `with` block.

    Args:
        schema: DDL of PostgreSQL, executed by the unprivileged role of a scratch database; what fails is in `Twin.failures`.
        settings: planner settings beside those in the statistics.
    """
    with embedded().scratch(limits=LIMITS) as database:
        outcome = database.run_script(schema)
        twin = Twin(database, statistics, failures=outcome.failures)
        twin.use(settings or {})
        yield twin


def _array(oids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, oids)) + "}"
