"""The parts of DynamoDB designs: sizes, units, keys, hot keys, limits, prices, the checker of key conditions."""

from __future__ import annotations

import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.model.patterns import AccessModel
from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.dynamodb import check, runtime
from dbdesign.nosql.dynamodb.choice import UNSERVED, cheapest
from dbdesign.nosql.dynamodb.design import decide, design
from dbdesign.nosql.dynamodb.prices import prices_of
from dbdesign.nosql.dynamodb.sizes import Size, item_bytes, number_bytes, units
from dbdesign.readers.design import parse_design

HEAD = """
entities:
  device:
    key: device_id
    count: 1M
    attributes:
      device_id: {type: string, size: 16}
      site_id: {type: string, size: 10, distinct: 20_000}
      state: {type: string, size: 6, values: {ok: 99%, broken: 1%}, mutable: true}
      seen_at: {type: timestamp, mutable: true}
      note: {type: string, size: {average: 100, p99: 400, maximum: %s}}
patterns:
"""


def model(patterns: str, *, longest: str = "600") -> AccessModel:
    return parse_design(HEAD.replace("%s", longest) + patterns, name="test.yaml", lenient=True).access


def designed(patterns: str, *, longest: str = "600", region: str | None = None, **settings: str) -> StoreDesign:
    return design(model(patterns, longest=longest), DesignOptions(region=region, settings=settings))


def test_bytes_of_items_follow_the_rules_of_the_developer_guide() -> None:
    assert item_bytes({"id": {"S": "abc"}}) == 5
    assert item_bytes({"é": {"BOOL": True}}) == 3
    assert item_bytes({"l": {"L": [{"S": "ab"}, {"NULL": True}]}}) == 1 + 3 + (1 + 2) + (1 + 1)
    assert item_bytes({"m": {"M": {"a": {"S": "b"}}}}) == 1 + 3 + 1 + 1 + 1
    assert [number_bytes(one) for one in ("0", "7", "42", "123", "-5", "1.5", "1e20")] == [1, 2, 2, 3, 3, 3, 2]


def test_units_are_exact_for_equal_sizes_and_half_a_unit_more_for_spread_ones() -> None:
    assert units(Size(300, 300, 300), 1024) == 1
    assert units(Size(2500, 2500, 2500), 1024) == 3
    assert units(Size(1024, 4096, 9000), 1024) == 1.5


@settings(deadline=None)
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=3), min_size=2, max_size=8))
def test_numbers_in_joined_keys_sort_as_numbers_do(numbers: list[object]) -> None:
    texts = [runtime.joined("a", runtime.text(one), "z") for one in numbers]
    assert [one for _, one in sorted(zip(texts, numbers, strict=True))] == sorted(numbers)  # type: ignore[type-var]


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=4), st.lists(st.text(max_size=6), min_size=1, max_size=4))
def test_joined_keys_are_equal_only_where_all_parts_are(one: list[str], other: list[str]) -> None:
    equal = runtime.joined(*map(runtime.text, one)) == runtime.joined(*map(runtime.text, other))
    assert equal == (one == other)


COSTS = st.floats(0, 100).map(lambda one: round(one, 1))


@settings(deadline=None)
@given(st.data(), st.integers(0, 5), st.integers(1, 4))
def test_the_set_of_indexes_is_the_cheapest_of_all_sets(data: st.DataObject, count: int, reads: int) -> None:
    row = st.lists(st.one_of(COSTS, st.just(UNSERVED)), min_size=count, max_size=count)
    options = [(data.draw(st.one_of(COSTS, st.just(UNSERVED))), UNSERVED, data.draw(row)) for _ in range(reads)]
    upkeep = data.draw(st.lists(COSTS, min_size=count, max_size=count))

    def cost(picked: tuple[int, ...]) -> float:
        return sum(min([one[0], *(one[2][number] for number in picked)]) for one in options) + sum(
            upkeep[number] for number in picked
        )

    least = min(cost(one) for length in range(count + 1) for one in combinations(range(count), length))
    assert cost(cheapest(options, upkeep)) == pytest.approx(least, abs=1e-5)


def test_an_index_that_is_written_often_and_read_seldom_holds_keys_only_and_one_that_is_read_often_holds_all() -> None:
    often = "  - {name: move, updates: device, equal: device_id, changes: [note], rate: %s}\n  - {name: of a site, reads: device, equal: site_id, page: 100, rate: %s}\n"
    seldom_read = designed(often % ("1000/s", "1/s")).design["tables"][0]["GlobalSecondaryIndexes"][0]["Projection"]
    seldom_written = designed(often % ("1/s", "1000/s")).design["tables"][0]["GlobalSecondaryIndexes"][0]["Projection"]
    assert seldom_read == {"ProjectionType": "KEYS_ONLY"}
    assert seldom_written == {"ProjectionType": "ALL"}


def test_a_filter_that_one_percent_passes_becomes_a_sparse_index() -> None:
    found = designed("  - {name: broken, reads: device, filter: {state: 1%}, page: 100, rate: 1/s}\n")
    assert found.coverage[0].served_by == "device.by_state_is_broken: state_is_broken = 'state_is_broken'"
    assert (
        "'state_is_broken': [['marker', 'state_is_broken', 'broken', ['state']]]" in found.files["access_patterns.py"]
    )


def test_writes_to_one_value_beyond_a_partition_are_spread_over_shards_that_keep_below_seventy_percent() -> None:
    hot = "  - {name: see, updates: device, equal: device_id, changes: [seen_at], rate: 9000/s}\n"
    hot += (
        "  - {name: newest, reads: device, equal: site_id, order: seen_at desc, page: 5, rate: 900/s, hottest: 20%}\n"
    )
    index = designed(hot).design["entities"]["device"]["indexes"]["by_site_id_seen_at"]
    assert index == "GSI (site_id, shard of 6; seen_at)"  # 9000 x 2 writes x 20 % / 1000 / 0.7 = 5.1


def test_a_strong_read_that_only_a_global_index_could_serve_is_said_not_to_be_served() -> None:
    found = designed("  - {name: of a site, reads: device, equal: site_id, consistency: strong, rate: 1/s}\n")
    assert [one.pattern for one in found.cannot_serve] == ["of a site"]
    assert "global indexes are only eventually consistent" in found.cannot_serve[0].reason
    assert found.coverage == ()


def test_a_read_without_any_condition_is_not_served_by_a_scan_of_a_large_table() -> None:
    found = designed("  - {name: all, reads: device, rate: 1/min}\n")
    assert "Scan" in found.cannot_serve[0].reason


def test_what_cannot_be_is_refused_with_the_limit_and_what_to_change() -> None:
    read = "  - {name: one, reads: device, equal: device_id, rate: 1/s}\n"
    with pytest.raises(
        InputError, match=r"may take 500 KB, an item at most 400 KB: keep note \(500 KB\) in an object store"
    ):
        designed(read, longest="500 KB")
    with pytest.raises(InputError, match=r"partition key \(note\) of device may take 3,000 bytes, at most 2,048"):
        designed("  - {name: by note, reads: device, equal: note, rate: 1/s}\n", longest="3000")
    with pytest.raises(InputError, match=r"1e.12 executions a second cannot be"):
        designed("  - {name: one, reads: device, equal: device_id, rate: 1e12/s}\n")
    with pytest.raises(InputError, match=r"'triple' is not a choice. Write multi or single"):
        designed(read, layout="triple")
    with pytest.raises(InputError, match="'free' is not a price"):
        designed(read, price_wru="free")
    with pytest.raises(UnknownNameError, match=r"Did you mean eu-west-[123]"):
        designed(read, region="eu-west-9")


def test_prices_are_dated_and_provisioned_capacity_breaks_even_at_29_percent_of_use() -> None:
    prices = prices_of("us-east-1", {})
    assert prices.date == "2026-10-04"
    assert round(prices.break_even, 3) == 0.289
    assert round(prices.requests(reads=0, writes=1), 4) == 1.6436  # 2,629,746 seconds at $0.625 a million
    assert prices_of("eu-west-1", {"price_wru": "0.5"}).wru == 0.5


def test_where_no_price_of_a_region_is_known_with_a_date_it_is_said_whose_is_taken() -> None:
    found = designed("  - {name: one, reads: device, equal: device_id, rate: 1/s}\n", region="sa-east-1")
    assert found.assumptions[-1].startswith(
        "prices of sa-east-1 of 2026-10-04 (those of us-east-1, as none of its own are known with a date; price_wru, price_rru,"
    )
    assert prices_of("eu-central-1", {}).wru == 0.7625
    assert "unverified" not in prices_of("us-east-1", {}).basis


TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in "pqabcd"],
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "q", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "g",
            "KeySchema": [
                {"AttributeName": name, "KeyType": kind}
                for name, kind in zip("abcd", ("HASH", "HASH", "RANGE", "RANGE"), strict=True)
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
        }
    ],
}
CONDITIONS = {
    ("", "#p = :p"): None,
    ("", "#p = :p AND begins_with(#q, :q)"): None,
    ("", "#p = :p AND #q BETWEEN :q AND :r"): None,
    ("", "#q = :q"): "p is not compared by equality",
    ("", "#p > :p"): "p is not compared by equality",
    ("", "#p = :p AND #a = :a"): "a is no attribute of the key",
    ("", "#p = :p OR #q = :q"): "cannot be read",
    ("", "#p = :p AND #q > :q AND #q < :r"): "q has two conditions",
    ("g", "#a = :a AND #b = :b"): None,
    ("g", "#a = :a AND #b = :b AND #c = :c AND #d > :d"): None,
    ("g", "#a = :a AND #b = :b AND #c > :c AND #d = :d"): "d has a condition, but",
    ("g", "#a = :a AND #b = :b AND #d = :d"): "d has a condition, but",
    ("g", "#a = :a"): "b is not compared by equality",
}


@pytest.mark.parametrize(
    ("path", "said"), CONDITIONS.items(), ids=lambda one: " ".join(one) if isinstance(one, tuple) else ""
)
def test_the_checker_takes_what_dynamodb_takes_and_refuses_what_it_refuses(
    path: tuple[str, str], said: str | None
) -> None:
    index, condition = path
    names = {f"#{name}": name for name in "pqabcd" if f"#{name}" in condition}
    values = {f":{name}": {"S": "x"} for name in "pqrabcd" if f":{name}" in condition}
    request = {
        "TableName": "t",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    found = check.problems("Query", request | ({"IndexName": index} if index else {}), {"t": TABLE})
    assert (found == []) if said is None else any(said in one for one in found)


def test_the_checker_knows_consistency_filters_projections_placeholders_and_limits() -> None:
    request = {
        "TableName": "t",
        "IndexName": "g",
        "KeyConditionExpression": "#a = :a AND #b = :b",
        "FilterExpression": "#c = :a AND #y = :a",
        "ExpressionAttributeNames": {"#a": "a", "#b": "b", "#c": "c", "#y": "y", "#z": "z"},
        "ExpressionAttributeValues": {":a": {}, ":b": {}},
        "ConsistentRead": True,
    }
    said = " | ".join(check.problems("Query", request, {"t": TABLE}))
    for one in (
        "read consistently",
        "filter names attributes of the key: ['c']",
        "does not hold ['y']",
        "['#z'] too many",
    ):
        assert one in said
    many = {
        **TABLE,
        "GlobalSecondaryIndexes": [{**TABLE["GlobalSecondaryIndexes"][0], "IndexName": str(one)} for one in range(21)],
    }  # type: ignore[dict-item]
    assert any("20 are allowed" in one for one in check.definition_problems(many))
    undefined = {**TABLE, "AttributeDefinitions": TABLE["AttributeDefinitions"][1:]}
    assert check.definition_problems(undefined) == ["t defines [] too many and lacks ['p']"]


def test_fifty_entities_and_a_hundred_patterns_are_designed_and_each_is_served() -> None:
    entities = "".join(
        f"  ent{n}:\n    key: [a, b]\n    count: 1M\n    attributes: {{a: uuid, b: uuid, c: {{type: string, distinct: 100}}, d: timestamp, e: {{type: number, mutable: true}}}}\n"
        for n in range(50)
    )
    patterns = "".join(
        f"  - {{name: r{n}, reads: ent{n}, equal: c, order: d desc, page: 20, rate: 9/s}}\n  - {{name: u{n}, updates: ent{n}, equal: [a, b], changes: e, rate: 9/s}}\n"
        for n in range(50)
    )
    found = parse_design(f"entities:\n{entities}patterns:\n{patterns}", name="big.yaml", lenient=True).access
    before = time.process_time()
    result = design(found, DesignOptions())
    assert len(result.coverage) == 100
    print(f"50 entities, 100 patterns: {time.process_time() - before:.2f} s")


def test_the_same_model_gives_the_same_files() -> None:
    read = "  - {name: of a site, reads: device, equal: site_id, order: seen_at, page: 10, rate: 1/s}\n"
    assert designed(read).files == designed(read).files
    assert decide(model(read), DesignOptions())[1].costs == decide(model(read), DesignOptions())[1].costs


def test_names_that_python_or_the_module_itself_uses_are_no_trouble() -> None:
    text = """
entities:
  message:
    key: [from, text]
    count: 9000
    attributes: {from: uuid, text: {type: string, size: 9}, shard: {type: string, distinct: 9}, 2nd: {type: string, size: 4}, a-b: {type: number}}
patterns:
  - {name: update, updates: message, equal: [from, text], changes: [2nd, a-b], rate: 1/s}
  - {name: get, reads: message, equal: [from, text], rate: 1/s}
  - {name: class, reads: message, equal: shard, order: 2nd, page: 5, rate: 100/s}
"""
    found = design(parse_design(text, name="odd.yaml", lenient=True).access, DesignOptions())
    functions = found.files["access_patterns.py"]
    compile(functions, "access_patterns.py", "exec")
    assert "def update_(client: Any, *, from_: Any, text_: Any, _2nd: Any, a_b: Any) -> None:" in functions
    assert "def class_(client: Any, *, shard_: Any, limit: int = 5)" in functions
    with pytest.raises(InputError, match="would both be the function one_two: rename one"):
        designed(
            "  - {name: one two, reads: device, equal: device_id, rate: 1/s}\n  - {name: one-two, reads: device, equal: device_id, rate: 1/s}\n"
        )
