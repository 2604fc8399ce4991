"""Index advice for a workload on a twin: from queries to a set of indexes, what it brings, what it costs, what may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dbdesign.errors import DesignError, LimitError
from dbdesign.indexes.access_methods import offered
from dbdesign.indexes.advice import Advice, Advised, Dropped, QueryAdvice, Rejected
from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.candidates import NOT_NULL, Facts, candidates_of
from dbdesign.indexes.compression import Group, grouped
from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.indexes.engines import has_method
from dbdesign.indexes.existing import Existing, existing_indexes, surplus
from dbdesign.indexes.search import Search
from dbdesign.indexes.select import Choice
from dbdesign.indexes.tidying import tidied
from dbdesign.indexes.uniqueness import questions, replacement
from dbdesign.indexes.upkeep import RIGHT_END, Kept, Server, Upkeep, WriteLoad, columns_read
from dbdesign.model import workload
from dbdesign.model.schema import Engine, Schema
from dbdesign.queries.analysis import analyse
from dbdesign.queries.placeholders import numbered
from dbdesign.queries.uses import StatementUse
from dbdesign.twin.twin import Hypothetical, Twin

LEAST_GAIN = 0.005
"""Share of the workload's cost that an index must save, unless told otherwise."""

_NOT_NULL_ENGINES = frozenset({Engine.POSTGRESQL, Engine.SQLITE, Engine.COCKROACHDB})
"""Where an index WHERE c IS NOT NULL serves `c = $1` (manuals: PostgreSQL, 11.8; SQLite, Partial Indexes, 3; CockroachDB, same name)."""

NEGLIGIBLE = 0.0005
"""Share of the workload's cost that a query may be dearer by without an index that goes."""

DEARER = 2.0
"""Factor by which it may be, however rare it is."""

MOST_REJECTED = 12
CURVE = (0.125, 0.25, 0.5)
"""Parts of the budget for which the best set is found too."""


@dataclass
class Advisor:
    """Advises on one workload. `tell` hears the share of the work done and what comes next."""

    twin: Twin
    schema: Schema
    queries: Sequence[workload.Query]
    partial: bool | None = None
    least_gain: float = LEAST_GAIN
    offer: bool = True
    """Whether an index may need an extension of PostgreSQL's own that the schema does not have."""

    tell: Callable[[float, str], None] = lambda _done, _message: None
    _uses: dict[str, StatementUse] = field(default_factory=dict, repr=False)
    _loads: list[WriteLoad] = field(default_factory=list, repr=False)
    _groups: list[Group] = field(default_factory=list, repr=False)
    _extensions: frozenset[str] = frozenset()
    _upkeep: Upkeep | None = field(default=None, repr=False)
    _present: dict[str, list[Existing]] = field(default_factory=dict, repr=False)
    _spares: dict[str, float] = field(default_factory=dict, repr=False)

    def advise(self, budget: int, *, curve: Sequence[float] = CURVE) -> Advice:
        """The best indexes within a budget of bytes."""
        search = self.prepare()
        costs = search.costs
        search.explore()
        budgets = [*(int(budget * part) for part in curve), budget]
        choices = search.choices(budgets, studied=[budget])
        choice = choices[-1] = tidied(search, choices[-1], self._searched)
        self.tell(0.95, "what may go")
        queries = tuple(self._per_query(search, choice))
        before, after = _total(queries, "before"), _total(queries, "after") + search.charged(choice.chosen)
        exactly = after / choice.cost if choice.cost else 1.0
        advised = self._advised(search, choice, queries)
        everything = [member for group in self._groups for member in group.members]
        return Advice(
            indexes=tuple(advised),
            drop=tuple(self._drops(search, choice, advised, queries)),
            before=before,
            after=after,
            queries=queries,
            failures=tuple((query.name, query.failure) for query in everything if query.failure),
            cut_short=tuple((query.name, query.cut_short) for query in costs.queries if query.cut_short),
            curve=tuple((bytes_, one.size, one.cost * exactly) for bytes_, one in zip(budgets, choices, strict=True)),
            rejected=tuple(self._rejected(search, choice, budget, before)),
            considered=len(search.candidates),
            calls=costs.calls,
            gap=max(0.0, choice.cost - choice.bound) / before if before else 0.0,
            asked=len(costs.plannable),
            questions=tuple(self._questions()),
        )

    def _searched(self, candidate: Candidate, queries: Sequence[Query]) -> frozenset[str]:
        """The columns of an index's table that queries search or sort by."""
        found: set[str] = set()
        for use in (use for query in queries for use in self._uses[query.name].uses):
            if use.table.label == candidate.label:
                found |= use.searched
        return frozenset(found)

    def columns_of(self, query: Query, candidate: Candidate) -> list[str]:
        """What a query reads of a candidate's table."""
        use = self._uses.get(query.name)
        return (
            sorted({name for one in use.uses if one.table.label == candidate.label for name in one.used}) if use else []
        )

    def prepare(self) -> Search:
        """Analyse the queries, make the candidates on the twin; nothing is decided yet."""
        self.tell(0.02, "analysing the queries")
        queries = [Query(one.name, numbered(one.sql), self._weight(one)) for one in self.queries]
        costs = Costs(self.twin, queries)
        costs.start()
        self._groups = grouped(queries, costs.plans)
        queries = costs.queries = [one.representative for one in self._groups]
        self._analyse(queries)
        self.twin.learn_joins((one.table.label, one.joins) for use in self._uses.values() for one in use.uses)
        self._loads = list(self._write_loads(costs))
        by_candidate = self._candidates(queries)
        self.tell(0.1, f"{len(by_candidate)} candidates")
        made = self.twin.add_indexes([one.definition for one in by_candidate])
        kept = [(one, index) for one, index in zip(by_candidate, made, strict=True) if isinstance(index, Hypothetical)]
        costs.add(index for _, index in kept)
        candidates = [one for one, _ in kept]
        own = [
            _mask(number for number, one in enumerate(candidates) if query.name in by_candidate[one])
            for query in queries
        ]
        for query in queries:
            query.relevant = _mask(number for number, one in enumerate(candidates) if self._relevant(query, one))
        self._upkeep = self._upkeep_known() if self._loads else None
        for existing in existing_indexes(self.schema):
            self._present.setdefault(existing.candidate.label, []).append(existing)
        upkeeps = [self._charge(one, index) for one, index in kept] if self._loads else []
        return Search(
            costs,
            candidates,
            own,
            self.columns_of,
            upkeeps,
            least=self.least_gain * costs.total(0),
            tell=lambda done, said: self.tell(0.1 + 0.85 * done, said),
            charge=self._charge,
        )

    def _weight(self, query: workload.Query) -> float:
        """Executions a second; one each where no query has a rate, and the least known one where only this has none."""
        rates = [one.rate for one in self.queries if one.rate]
        return (query.rate or min(rates)) if rates else 1.0

    def _analyse(self, queries: Sequence[Query]) -> None:
        for query in queries:
            try:
                self._uses[query.name] = analyse(query.sql, self.schema, "postgres")
            except DesignError:
                self._uses[query.name] = (
                    StatementUse()
                )  # the planner will say what is wrong, or plan it without our candidates

    @cached_property
    def _facts(self) -> Facts:
        """What candidates depend on; asked for once the extensions are known."""
        twin, relations = self.twin, {one.label: one for one in self.twin.relations.values()}

        def distinct(label: str, name: str) -> float:
            column = twin.column(relations[label], name) if label in relations else None
            known = column.n_distinct if column else 0.0
            return known if known > 0 else -known * rows(label) if known else 200.0

        def rows(label: str) -> float:
            return twin.rows(relations[label]) if label in relations else 0.0

        def width(label: str, name: str) -> float:
            column = twin.column(relations[label], name) if label in relations else None
            return float(column.avg_width) if column else 16.0

        def correlation(label: str, name: str) -> float:
            column = twin.column(relations[label], name) if label in relations else None
            return (column.correlation or 0.0) if column else 0.0

        def nulls(label: str, name: str) -> float:
            column = twin.column(relations[label], name) if label in relations else None
            return column.null_frac if column else 0.0

        postgresql = self.schema.engine is Engine.POSTGRESQL
        return Facts(rows, distinct, width, correlation, self._extensions, nulls, classes=postgresql)

    def _candidates(self, queries: Sequence[Query]) -> dict[Candidate, set[str]]:
        """Candidates with the names of the queries that they come from, without those that exist."""
        uses = [use for one in self._uses.values() for use in one.uses] if self.offer else []
        self._extensions = offered(self.twin, self.schema, uses)
        facts = self._facts
        partial = any("$1" in query.sql for query in queries) if self.partial is None else self.partial
        present = [one.candidate for one in existing_indexes(self.schema)]
        found: dict[Candidate, set[str]] = {}
        for group in self._groups:
            query = group.representative
            for use in self._uses[query.name].uses if query.failure is None else ():
                for one in filter(self._exists_in_engine, candidates_of(use, facts, partial=partial)):
                    general = one.where is None or group.holds_for_all(one.where)
                    if general and not any(one == other or one.is_prefix_of(other) for other in present):
                        found.setdefault(one, set()).add(query.name)
        return found

    def _exists_in_engine(self, candidate: Candidate) -> bool:
        """Whether the schema's engine has such an access method, and partial indexes that a comparison with `$1` is served by."""
        if not has_method(candidate.method, self.schema.engine):
            return False
        sparse = (candidate.where or "").endswith(NOT_NULL)
        return not sparse or self.schema.engine in _NOT_NULL_ENGINES

    def _relevant(self, query: Query, candidate: Candidate) -> bool:
        """Whether a query could use an index: by its leading key, or instead of the table."""
        for use in self._uses[query.name].uses:
            if use.table.label != candidate.label:
                continue
            leading = candidate.keys[0].column
            if leading is None or candidate.method != "btree":
                return True
            looked_up = use.equal | use.ranges | use.either | set(use.joins)
            if leading in looked_up or leading in use.grouped[:1] or use.used <= set(candidate.columns):
                return True
            if leading in use.extremes or any(leading == one[0].column for one in (use.ordered, *use.windows) if one):
                return True
        return False

    def _write_loads(self, costs: Costs) -> Iterator[WriteLoad]:
        for query in costs.plannable:
            for write in self._uses[query.name].writes:
                explained = costs.twin.explain(query.sql)
                below = explained.plan["Plan"].get("Plans", [{}])[0]
                yield WriteLoad(write, query.weight, max(1.0, float(below.get("Plan Rows", 1))))

    def _upkeep_known(self) -> Upkeep:
        """What indexes cost on the workload's writes, the schema's own taken into account."""
        settings = self.twin.settings
        existing: dict[str, list[Kept]] = {}
        for one in existing_indexes(self.schema):
            reads = columns_read(one.candidate, self.schema.table_by_label[one.candidate.label])
            existing.setdefault(one.candidate.label, []).append(Kept(reads, one.pages(self.twin), one.candidate.method))
        server = Server(settings.pages("effective_cache_size"), settings.number("random_page_cost"))
        return Upkeep(self._loads, existing, server)

    def _charge(self, candidate: Candidate, index: Hypothetical) -> float:
        """What an index costs on writes beyond what those cost that it stands for."""
        if self._upkeep is None:
            return 0.0
        facts, leading = self._facts, candidate.keys[0].column
        in_order = leading is not None and facts.correlation(candidate.label, leading) >= RIGHT_END
        rows = facts.rows(candidate.label)
        share = min(1.0, index.rows / rows) if candidate.where and rows else 1.0
        own = self._upkeep.cost(candidate, pages=index.pages, share=share, in_order=in_order)
        return max(0.0, own - sum(self._spared(one) for one in self._stood_for(candidate)))

    def _stood_for(self, candidate: Candidate) -> list[Existing]:
        """The schema's indexes that need not stay beside an index."""
        present = self._present.get(candidate.label, ())
        replaced = replacement(candidate, present, self.schema)
        same = [one for one in present if not one.constraint and one.candidate.is_prefix_of(candidate)]
        return [*same, *([replaced.replaced] if replaced else [])]

    def _spared(self, one: Existing) -> float:
        """What one of the schema's indexes costs on writes."""
        if self._upkeep is None:
            return 0.0
        if one.label not in self._spares:
            leading = one.candidate.keys[0].column
            in_order = leading is not None and self._facts.correlation(one.candidate.label, leading) >= RIGHT_END
            self._spares[one.label] = self._upkeep.cost(one.candidate, pages=one.pages(self.twin), in_order=in_order)
        return self._spares[one.label]

    def _advised(self, search: Search, choice: Choice, queries: Sequence[QueryAdvice]) -> list[Advised]:
        costs, found = search.costs, []
        free = existing_indexes(self.schema)
        for number in bits(choice.chosen):
            without = search.cost(choice.chosen & ~(1 << number))
            users = [query.name for query in queries if costs.indexes[number].name in query.indexes]
            own = search.upkeep[number] if search.upkeep else 0.0
            index, gain = costs.indexes[number], without - choice.cost
            sizes = self.twin.size_range(index)
            candidate = search.candidates[number]
            lost = self._upkeep.heap_only_lost(candidate) if self._upkeep else ()
            replaces = replacement(candidate, free, self.schema)
            free = [one for one in free if replaces is None or one is not replaces.replaced]
            unique = replaces.candidate if replaces else candidate
            found.append(Advised(unique, index, gain, own, tuple(users), sizes, lost, replaces))
        return sorted(found, key=lambda one: -one.gain)

    def _per_query(self, search: Search, choice: Choice) -> Iterator[QueryAdvice]:
        for group in self._groups:
            for query in group.members if group.representative.failure is None else ():
                before = query.answers[0].cost
                after, names = self._after(search, choice, group.representative, query)
                yield QueryAdvice(query.name, query.sql, query.weight, before, after, names)

    def _after(
        self, search: Search, choice: Choice, representative: Query, query: Query
    ) -> tuple[float, tuple[str, ...]]:
        """What a query costs with the chosen indexes and what its plan uses, as far as planning it does not take too long."""
        costs = search.costs
        if representative.cut_short is None:
            shown = [costs.indexes[number] for number in bits(choice.chosen & representative.relevant)]
            try:
                costs.calls += 1
                explained = costs.twin.explain(query.sql, shown)
                return explained.cost, tuple(sorted(explained.indexes))
            except LimitError as error:
                representative.cut_short = str(error)
        known = costs.cost(representative, choice.chosen)
        return known.cost, tuple(costs.indexes[number].name for number in bits(known.used))

    def _drops(
        self, search: Search, choice: Choice, advised: Sequence[Advised], queries: Sequence[QueryAdvice]
    ) -> Iterator[Dropped]:
        """What may go, as far as the planner confirms that no query is the worse for it."""
        touched = {label for use in self._uses.values() for label in use.tables}
        present = [one for one in existing_indexes(self.schema) if one.candidate.label in touched]
        plannable = search.costs.plannable
        used = {name for query in queries for name in query.indexes}
        used |= {one.name for one in present if any(self._relevant(query, one.candidate) for query in plannable)}
        for new in advised:
            if new.replaces is not None:
                yield Dropped(new.replaces.replaced, "the advised unique index takes its place")
        taken = [one.replaces.replaced for one in advised if one.replaces is not None]
        found = list(surplus([one for one in present if one not in taken], [one.candidate for one in advised], used))
        missed = self._missed(search, choice, queries, [one for one, _ in found])
        for one, reason in found:
            if one.name not in missed:
                yield Dropped(one, reason, self._spared(one))

    def _missed(
        self, search: Search, choice: Choice, queries: Sequence[QueryAdvice], gone: Sequence[Existing]
    ) -> set[str]:
        """Those without which a query gets dearer."""
        shown = [search.costs.indexes[number] for number in bits(choice.chosen)]
        enough = NEGLIGIBLE * _total(queries, "before")
        missed: set[str] = set()
        while True:
            relations = [self.twin.relation(one.label) for one in gone if one.name not in missed]
            names = {one.name for one in gone} - missed
            affected = [query for query in queries if names & set(query.indexes)]
            found = set()
            with self.twin.without(one for one in relations if one):
                for query in affected:
                    cost = self._cost_or_none(query.sql, shown)
                    if cost is None or (cost - query.after) * query.weight > enough or cost > DEARER * query.after:
                        found |= names & set(query.indexes)
            if not found:
                return missed
            missed |= found

    def _cost_or_none(self, sql: str, shown: Sequence[Hypothetical]) -> float | None:
        try:
            return self.twin.explain(sql, shown).cost
        except LimitError:
            return None

    def _questions(self) -> Iterator[str]:
        """Columns that look like keys that nobody declared."""
        looked_up = (
            (use.table.label, column, query)
            for query, found in self._uses.items()
            for use in found.uses
            for column in sorted(use.equal)
        )
        return questions(self.twin, self.schema, looked_up)

    def _rejected(self, search: Search, choice: Choice, budget: int, before: float) -> Iterator[Rejected]:
        """The candidates that would help most by themselves, one for each leading key, and why they are not among the advised."""
        chosen = [search.candidates[number] for number in bits(choice.chosen)]
        gains = sorted(
            ((self._alone(search, number), number) for number in range(len(search.own_candidates))), reverse=True
        )
        shown: set[tuple[str, str]] = set()
        for gain, number in gains:
            candidate = search.candidates[number]
            leading = (candidate.label, candidate.keys[0].text)
            if gain <= 0.001 * before or choice.chosen >> number & 1 or leading in shown or len(shown) >= MOST_REJECTED:
                continue
            shown.add(leading)
            index = search.costs.indexes[number]
            yield Rejected(candidate, index, gain, _reason(candidate, index, chosen, budget, choice))

    @staticmethod
    def _alone(search: Search, number: int) -> float:
        """What an index saves by itself, as far as the planner was asked."""
        saved = 0.0
        for query in search.costs.plannable:
            answer = query.known(1 << number) if query.relevant >> number & 1 else None
            if answer is not None:
                saved += max(0.0, search.costs.cost(query, 0).cost - answer.cost) * query.weight
        return saved


def _total(queries: Sequence[QueryAdvice], when: str) -> float:
    return sum(query.weight * float(getattr(query, when)) for query in queries)


def _reason(candidate: Candidate, index: Hypothetical, chosen: Sequence[Candidate], budget: int, choice: Choice) -> str:
    """Why a candidate is not among the chosen."""
    better = next(
        (one for one in chosen if one.table == candidate.table and one.keys[0].text == candidate.keys[0].text), None
    )
    if better:
        kind = "" if better.method == "btree" else f"{better.method} "
        return f"the advised {kind}index on ({', '.join(better.columns)}) saves more, or serves more queries"
    if index.size > budget:
        return f"is larger than the budget by {(index.size - budget) / 2**20:,.0f} MB"
    if index.size > budget - choice.size:
        return "does not fit beside indexes that save more per byte"
    return "saves less than the least gain beside the others"


def _mask(numbers: Iterator[int]) -> int:
    return sum(1 << number for number in numbers)
