"""The search indexes and their queries, run on the query engine and JSON of a real server, against a look at every row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.model.patterns import AccessPattern
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.redis.design import plan_of
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.search import COMPARED, SearchIndex, alias, search_indexes
from redis_modules import loaded
from redis_rows import Row, Rows
from redis_servers import redis, search_modules, server

HERE = Path(__file__).parent
SOURCES = [
    HERE / "rare_patterns.yaml",
    HERE / "searched.yaml",
    *(HERE.parent / "scenarios" / f"{name}.yaml" for name in ("saas", "ticketing")),
    HERE.parent / "designs" / "forum.yaml",
]
_WORD = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|(\S+)")


@pytest.fixture(scope="module")
def searching() -> Iterator[Any]:
    with server("wheel", *search_modules()) as client:
        path = client.connection_pool.connection_kwargs["path"]
        with redis.Redis(
            unix_socket_path=path, protocol=2
        ) as plain:  # lists, whatever the client's version makes of maps
            yield plain


def words(line: str) -> list[str]:
    """A command as redis-cli takes it apart; of escapes only those that are written."""
    return [single or double.replace("\\x1f", "\x1f") or bare for single, double, bare in _WORD.findall(line)]


class Searched:
    """A plan's rows on a server, as hashes or as JSON documents, with its search indexes."""

    def __init__(self, plan: Plan, client: Any) -> None:
        self.plan, self.client, self.module = plan, client, loaded(plan)
        self.rows = Rows(plan.model, seed=11)
        self.numbers = 0
        client.flushall()

    def fill(self, index: SearchIndex) -> None:
        parents = {one.parent: one for one in self.plan.model.relations if one.child == index.entity}
        for parent in parents:
            for _ in range(4):
                self.rows.add(parent, self.rows.make(parent) or {})
        for _ in range(60):
            if row := self.rows.make(index.entity):
                self.rows.add(index.entity, row)
                self.store(index.entity, row)

    def store(self, name: str, row: Row) -> None:
        record = self.plan.records[name]
        self.numbers += 1
        key = f"{record.prefix}:{{{self.numbers}}}"
        if record.form == "json":
            self.client.execute_command("JSON.SET", key, "$", json.dumps(self.plain(name, row)))
        else:
            types = self.module.ENTITIES[name].types
            self.client.hset(key, mapping={one: self.module.wire(types[one], value) for one, value in row.items()})

    def plain(self, name: str, row: Row) -> Row:
        """As a JSON document: numbers as numbers, all else as text."""
        types = self.module.ENTITIES[name].types
        return {one: self.number(types[one], value) for one, value in row.items()}

    def number(self, kind: str, value: Any) -> Any:
        text = self.module.wire(kind, value)
        return float(text) if kind in COMPARED else text

    def ask(self, pattern: AccessPattern, query: str, given: Row) -> list[dict[str, Any]]:
        types = self.module.ENTITIES[pattern.entity].types
        values = {name: str(self.module.wire(types[name], one)).strip() for name, one in given.items() if name in types}
        if pattern.range:
            values |= {end: self.module.wire(types[pattern.range], given[end]) for end in ("from", "to")}
        command = [values.get(one[1:-1], one) if one.startswith("<") else one for one in words(query)]
        found = self.client.execute_command(*command)
        if command[0] == "FT.AGGREGATE":
            return [paired(one) for one in found[1:]]
        return [paired(one) for one in found[2::2]]

    def compared(self, pattern: AccessPattern, query: str) -> int:
        rows = [
            one for one in self.rows.rows[pattern.entity] if all(one.get(name) is not None for name in pattern.equal)
        ]
        count = 0
        for sample in rows[:6]:
            given = {name: sample[name] for name in (*pattern.equal, *pattern.filter) if sample.get(name) is not None}
            if len(given) < len({*pattern.equal, *pattern.filter}):
                continue
            bounds: list[Any] = [None, None]
            if pattern.range:
                values = sorted(one[pattern.range] for one in rows if one.get(pattern.range) is not None)
                bounds = [values[len(values) // 5], values[-2]]
            expected = self.rows.expected(pattern, given, *bounds)
            found = self.ask(pattern, query, given | dict(zip(("from", "to"), bounds, strict=True)))
            self.same(pattern, found, expected)
            count += len(found)
        return count

    def same(self, pattern: AccessPattern, found: list[dict[str, Any]], expected: list[Row]) -> None:
        wanted = [self.shown(pattern, one) for one in expected]
        assert len(found) == min(len(wanted), pattern.page or len(wanted)), pattern.name
        shown = [self.texts(pattern.entity, one) for one in found]
        for one in shown:
            assert any(one == {name: other.get(name) for name in one} for other in wanted), (pattern.name, one)
        for key in pattern.order:
            if all(key.attribute in one for one in shown):
                ends = [one[key.attribute] for one in wanted[: len(shown)]]
                assert [one[key.attribute] for one in shown] == ends, pattern.name

    def texts(self, entity: str, found: dict[str, Any]) -> dict[str, Any]:
        """What the server gave of the entity's own attributes, whole JSON documents taken apart, numbers as numbers."""
        types = self.module.ENTITIES[entity].types
        if "$" in found:
            found = json.loads(found["$"])
        names = {alias(name): name for name in types}
        kept = {names[name]: value for name, value in found.items() if name in names}
        return {name: Decimal(str(value)) if types[name] in COMPARED else str(value) for name, value in kept.items()}

    def shown(self, pattern: AccessPattern, row: Row) -> dict[str, Any]:
        return self.texts(
            pattern.entity, {alias(name): value for name, value in self.plain(pattern.entity, row).items()}
        )


def paired(found: list[Any]) -> dict[str, str]:
    texts = [one.decode() for one in found]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def planned(path: Path) -> Plan:
    model, _ = access_of(path.read_text(encoding="utf-8"), Call())
    return plan_of(model, DesignOptions(settings={"cluster": "no"}))[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda one: one.stem)
def test_a_search_index_finds_what_a_look_at_every_row_finds(path: Path, searching: Any) -> None:
    plan = planned(path)
    indexes = search_indexes(plan)
    assert indexes
    for index in indexes:
        searched = Searched(plan, searching)
        assert searching.execute_command(*words(index.create)) == b"OK"
        searched.fill(index)
        info = paired_info(searching.execute_command("FT.INFO", f"idx:{index.entity}"))
        assert (info["num_docs"], info["hash_indexing_failures"]) == (searched.numbers, 0)
        patterns = {one.name: one for one in plan.model.patterns}
        found = sum(searched.compared(patterns[name], query) for name, query in index.queries)
        assert found, index.entity


def paired_info(found: list[Any]) -> dict[str, int]:
    names = [one.decode() if isinstance(one, bytes) else str(one) for one in found[::2]]
    return {
        name: int(value)
        for name, value in zip(names, found[1::2], strict=True)
        if name.startswith(("num_docs", "hash_"))
    }


def test_these_sources_have_hashes_and_json_and_several_orders() -> None:
    made = [one for path in SOURCES for one in search_indexes(planned(path))]
    assert {"ON JSON" in one.create for one in made} == {True, False}
    assert {query.split()[0] for one in made for _, query in one.queries} == {"FT.SEARCH", "FT.AGGREGATE"}
