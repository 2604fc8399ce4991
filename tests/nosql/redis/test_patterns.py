"""Every pattern of the reference scenarios, executed on real servers by the function that is written for it, against brute force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.model.patterns import AccessPattern
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.redis.coverage import record_bytes, work_of, works
from dbdesign.nosql.redis.design import plan_of
from dbdesign.nosql.redis.indexes import joining
from dbdesign.nosql.redis.module_writer import counted, function_names, python_name
from dbdesign.nosql.redis.plan import Plan
from redis_modules import loaded
from redis_rows import START, Row, Rows, shown
from redis_servers import server

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE.parent / "scenarios").glob("*.yaml"))
ROWS = 24


@pytest.fixture(scope="module")
def single():
    with server("debian") as client:
        yield client


@pytest.fixture(scope="module")
def newest():
    with server("wheel") as client:
        yield client


@pytest.fixture(scope="module")
def clustered():
    with server("wheel", cluster=True) as client:
        yield client


def planned(path: Path, **settings: str) -> Plan:
    model, _ = access_of(path.read_text(encoding="utf-8"), Call())
    return plan_of(model, DesignOptions(settings=settings))[0]


class Run:
    """One scenario on one server."""

    def __init__(self, plan: Plan, client: Any, seed: int) -> None:
        self.plan, self.client = plan, client
        self.module = loaded(plan)
        self.names = function_names(plan)
        self.rows = Rows(plan.model, seed)
        client.flushall()

    def fill(self) -> None:
        waiting = list(self.plan.model.entities)
        children = {one.child for one in self.plan.model.relations}
        for entity in sorted(waiting, key=lambda one: one.name in children):
            for _ in range(ROWS if entity.name in children else ROWS // 3):
                if row := self.rows.make(entity.name):
                    self.module.insert(self.client, entity.name, row)
                    self.rows.add(entity.name, row)

    def call(self, pattern: AccessPattern, *arguments: Any, **keywords: Any) -> Any:
        return getattr(self.module, self.names[pattern.name])(self.client, *arguments, **keywords)

    def read_all(self) -> int:
        checked = 0
        for pattern in self.plan.model.patterns:
            if pattern.operation == "reads":
                for sample in self.samples(pattern):
                    self.read(pattern, sample)
                    checked += 1
        return checked

    def samples(self, pattern: AccessPattern) -> list[Row]:
        there = [
            row
            for row in self.rows.rows[pattern.entity]
            if all(row.get(one) is not None for one in (*pattern.equal, *pattern.filter))
        ]
        chosen = self.rows.random.sample(there, min(len(there), 3))
        assert chosen, f"{pattern.name}: nothing to ask for"
        return chosen

    def read(self, pattern: AccessPattern, sample: Row) -> None:
        use = self.plan.uses[pattern.name]
        where = dict(self.plan.indexes[use.index].where) if use.index else {}
        equal = {name: sample[name] for name in pattern.equal}
        filters = {name: sample[name] for name in pattern.filter if name not in where}
        keywords = {python_name(name): value for name, value in filters.items()}
        several = use.by not in {"key", "unique"}
        bounds: list[Any] = [None, None]
        if pattern.range and several:
            values = sorted(
                row[pattern.range] for row in self.rows.matching(pattern, equal) if row.get(pattern.range) is not None
            )
            if values and self.rows.random.random() < 0.7:
                bounds = sorted(self.rows.random.choices(values, k=2))
            keywords |= {
                f"{python_name(pattern.range)}_{end}": one for end, one in zip(("from", "to"), bounds, strict=True)
            }
        limit = None
        if pattern.page and several:
            limit = keywords["limit"] = self.rows.random.choice([1, 3, pattern.page])
        found = self.call(pattern, *equal.values(), **keywords)
        expected = self.rows.expected(pattern, {**equal, **filters, **where}, *bounds)
        if not several:
            found, expected = [found] if found else [], expected[:1]
        self.compare(pattern, found, expected, limit)

    def compare(self, pattern: AccessPattern, found: list[Row], expected: list[Row], limit: int | None) -> None:
        for row in found:
            for name in pattern.together:
                self.compare_related(pattern, row, name)
        bare = [{name: value for name, value in row.items() if name not in pattern.together} for row in found]
        wanted = [shown(pattern, row) for row in expected]
        assert len(bare) == len(wanted[:limit]), (pattern.name, bare, wanted)
        assert all(row in wanted for row in bare), (pattern.name, bare, wanted)
        keys = [one.attribute for one in pattern.order if not pattern.project or one.attribute in pattern.project]
        assert [[row[one] for one in keys] for row in bare] == [[row[one] for one in keys] for row in wanted[:limit]], (
            pattern.name
        )
        assert all(bare.count(row) <= wanted.count(row) for row in bare), pattern.name

    def compare_related(self, pattern: AccessPattern, row: Row, name: str) -> None:
        relation = joining(self.plan, pattern.entity, name)
        keys = self.plan.model.entity_by_name[relation.parent].key
        pairs = list(zip(relation.by, keys, strict=False))
        if relation.child == name:
            equal = {by: row[key] for by, key in pairs}
            wanted = [one for one in self.rows.rows[name] if all(one.get(a) == b for a, b in equal.items())]
            assert sorted(map(repr, map(sorted_items, row[name]))) == sorted(map(repr, map(sorted_items, wanted)))
        else:
            equal = {key: row.get(by) for by, key in pairs}
            wanted = [one for one in self.rows.rows[name] if all(one.get(a) == b for a, b in equal.items())]
            assert row[name] == (wanted[0] if wanted else None)

    def write_all(self) -> int:
        written = 0
        for pattern in self.plan.model.patterns:
            if pattern.operation != "reads":
                for _ in range(4):
                    written += getattr(self, pattern.operation)(pattern)
        return written

    def inserts(self, pattern: AccessPattern) -> int:
        row = self.rows.make(pattern.entity)
        if row is None:
            return 0
        self.rows.add(pattern.entity, row)
        beside = {}
        for name in pattern.together:
            relation = joining(self.plan, pattern.entity, name)
            keys = self.plan.model.entity_by_name[relation.parent].key
            given = {by: row[key] for by, key in zip(relation.by, keys, strict=False)}
            made = []
            for _ in range(3):
                if one := self.rows.make(name, **given):
                    self.rows.add(name, one)
                    made.append(one)
            assert made
            beside[python_name(name)] = made
        self.call(pattern, row, **beside)
        if self.plan.records[pattern.entity].form not in {"stream", "edge"}:
            with pytest.raises(self.module.Conflict):
                self.call(pattern, row)
        return 1

    def updates(self, pattern: AccessPattern) -> int:
        entity = self.plan.model.entity_by_name[pattern.entity]
        (sample,) = self.samples(pattern)[:1]
        count = counted(pattern, entity)
        kept = [name for name in pattern.changes if name != count]
        new = {
            name: None
            if self.rows.random.random() < 0.3 and entity.attribute_by_name[name].present < 1
            else self.rows.value(entity, entity.attribute_by_name[name])
            for name in kept
        }
        keywords = {f"new_{name}" if name in pattern.equal else python_name(name): value for name, value in new.items()}
        equal = {name: sample[name] for name in pattern.equal}
        hit = self.rows.matching(pattern, equal)
        beside = {name: self.beside(pattern, name, sample) for name in pattern.together}
        keywords |= {python_name(name): row for name, row in beside.items()}
        if count:
            by = self.rows.random.randint(-50, 500)
            if sample.get(count) is not None:
                with pytest.raises(self.module.Conflict):
                    self.call(pattern, *equal.values(), by=-1_000_000_000, minimum=0, **keywords)
            assert self.call(pattern, *equal.values(), by=by, **keywords) == len(hit)
            changed = [{**row, **new, count: row.get(count, 0) + by} for row in hit]
        else:
            wrong = {name: None if sample.get(name) is not None else "x" for name in kept[:1]}
            with pytest.raises(self.module.Conflict):
                self.call(pattern, *equal.values(), expected=wrong, **keywords)
            assert self.call(pattern, *equal.values(), **keywords) == len(hit)
            changed = [{**row, **new} for row in hit]
        for row in changed:
            self.rows.add(pattern.entity, {name: value for name, value in row.items() if value is not None})
        for name, row in beside.items():
            self.rows.add(name, row)
        return 1

    def beside(self, pattern: AccessPattern, name: str, changed: Row) -> Row:
        """A new row of what an update inserts, which refers to the one that changes."""
        relation = joining(self.plan, pattern.entity, name)
        keys = self.plan.model.entity_by_name[relation.parent].key
        row = self.rows.make(name, **{by: changed[key] for by, key in zip(relation.by, keys, strict=False)})
        assert row is not None
        return row

    def deletes(self, pattern: AccessPattern) -> int:
        (sample,) = self.samples(pattern)[:1]
        equal = {name: sample[name] for name in pattern.equal}
        hit = self.rows.matching(pattern, equal)
        for name in pattern.together:
            relation = joining(self.plan, pattern.entity, name)
            keys = self.plan.model.entity_by_name[relation.parent].key
            pairs = list(zip(relation.by, keys, strict=False))
            self.rows.rows[name] = [
                one for one in self.rows.rows[name] if any(one.get(by) != sample[key] for by, key in pairs)
            ]
        assert self.call(pattern, *equal.values()) == len(hit)
        assert not self.call(pattern, *equal.values())
        self.rows.rows[pattern.entity] = [one for one in self.rows.rows[pattern.entity] if one not in hit]
        return 1

    def break_and_repair(self) -> int:
        broken = 0
        for name, index in self.plan.indexes.items():
            record = self.plan.records[index.entity]
            if record.form == "edge" or index.kind not in {"sorted set", "lexicographic set", "set"}:
                continue
            keys = list(self.client.scan_iter(match=f"{index.prefix}*"))
            keys = [key for key in keys if key.decode().partition("{")[0].rstrip(":") == index.prefix]
            if keys:
                self.client.delete(keys[0])
                added, removed = self.module.repair(self.client, name)
                assert added > 0
                assert removed == 0
                assert self.module.repair(self.client, name) == (0, 0), name
                broken += 1
        return broken


def sorted_items(row: Row) -> list[tuple[str, Any]]:
    return sorted(row.items())


def exercise(plan: Plan, client: Any) -> None:
    run = Run(plan, client, seed=7)
    run.fill()
    assert run.read_all()
    if any(one.operation != "reads" for one in plan.model.patterns):
        assert run.write_all()
        assert run.read_all()
    run.break_and_repair()
    assert run.read_all()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_every_pattern_gives_on_redis_7_what_looking_at_every_row_gives(path, single):
    exercise(planned(path, cluster="no"), single)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_every_pattern_gives_on_redis_8_what_looking_at_every_row_gives(path, newest):
    exercise(planned(path, cluster="no"), newest)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_a_cluster_refuses_no_operation_as_crossing_slots(path, clustered):
    plan = planned(path, cluster="yes")
    assert plan.cluster
    exercise(plan, clustered)


@pytest.mark.parametrize("name", ["social_feed", "iot", "leaderboard"])
def test_a_cache_gives_the_same_while_nothing_has_expired(name, newest):
    path = next(one for one in SCENARIOS if one.stem == name)
    plan = planned(path, role="cache")
    assert all(one.ttl for one in plan.records.values())
    exercise(plan, newest)


@pytest.mark.parametrize("cluster", ["no", "yes"])
def test_patterns_that_no_scenario_has_give_the_same(cluster, newest, clustered):
    plan = planned(HERE / "rare_patterns.yaml", cluster=cluster)
    assert {one.kind for one in plan.indexes.values()} == {"sorted set", "lexicographic set", "set", "bitmap"}
    exercise(plan, clustered if cluster == "yes" else newest)


def test_an_update_costs_one_insert_of_what_is_named_together_with_it_and_an_insert_costs_its_children():
    plan = planned(HERE / "rare_patterns.yaml", cluster="no")
    found, one = works(plan), record_bytes(plan.records["mark"].entity)
    by_name = {each.name: each for each in plan.model.patterns}
    alone = {
        name: work_of(by_name[name].model_copy(update={"together": ()}), plan).bytes
        for name in ("mark a mood", "star with a mark", "write")
    }
    assert found["mark a mood"].bytes - alone["mark a mood"] == pytest.approx(one)
    assert found["star with a mark"].bytes - alone["star with a mark"] == pytest.approx(one)
    assert found["write"].bytes - alone["write"] == pytest.approx(3 * one)
    assert any("for one mark" in step for step in found["mark a mood"].steps)


def test_different_elements_are_counted_within_a_few_percent(newest):
    plan = planned(HERE / "rare_patterns.yaml", approximate="note.author_id/topic")
    module = loaded(plan)
    newest.flushall()
    for number in range(600):
        row = {"note_id": f"n{number}", "author_id": f"a{number % 200}", "topic": "x", "at": START, "stars": 1}
        module.insert(newest, "note", row)
    assert module.count_note_distinct_author_id_by_topic(newest, "x") == pytest.approx(200, rel=0.05)
    assert module.count_note_distinct_author_id_by_topic(newest, "y") == 0
