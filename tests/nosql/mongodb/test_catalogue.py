"""Each pattern of the catalogue chosen by the numbers that call for it, and left out where one of them is just short."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.mongodb import DESIGNER

CATALOGUE = """
entities:
  product:
    key: sku
    count: 5M
    attributes:
      sku: {type: string, size: 12}
      name: {type: string, size: 60, mutable: true}
      sales: {type: number, mutable: true}
      description: {type: string, size: 3000}
  sale: {key: sale_id, count: 9M, attributes: {sale_id: uuid, sku: {type: string, size: 12}, at: {type: timestamp, monotonic: true}, price: decimal}}
  photo: {key: photo_id, count: 9M, attributes: {photo_id: uuid, sku: {type: string, size: 12}, title: {size: 20}, taken_at: timestamp, url: {size: 60}}}
  film: {key: film_id, count: 1M, attributes: {film_id: uuid, sku: {type: string, size: 12}, title: {size: 20}, url: {size: 60}}}
relations:
  - {parent: product, child: sale, by: sku, children: {average: 2, p99: 90, maximum: 9000}}
  - {parent: product, child: photo, by: sku, children: {average: 2, p99: 20, maximum: 900}}
  - {parent: product, child: film, by: sku, children: {average: 0.2, p99: 3, maximum: 40}}
patterns:
  - {name: product, reads: product, equal: sku, project: [sku, name, sales], rate: 900/s}
  - {name: description, reads: product, equal: sku, rate: 90/s}
  - {name: sell, inserts: sale, rate: 50/s}
  - {name: count sales, updates: product, equal: sku, changes: sales, increments: true, rate: 50/s, hottest: 1%}
  - {name: sales of a product, reads: sale, equal: sku, order: at desc, page: 50, together: [product], rate: 60/s}
  - {name: rename, updates: product, equal: sku, changes: name, rate: 0.1/s}
  - {name: media, reads: product, equal: sku, project: [sku], together: [photo, film], rate: 60/s}
  - {name: photograph, inserts: photo, rate: 1/s}
"""
SERIES = """
entities:
  reading: {key: [device_id, at], count: 1e9, attributes: {device_id: uuid, at: {type: timestamp, monotonic: true}, value: number}}
patterns:
  - {name: measure, inserts: reading, rate: 900/s}
  - {name: of a device, reads: reading, equal: device_id, range: at, order: at desc, page: 500, rate: 9/s}
"""
EVENTS = """
entities:
  event:
    key: event_id
    count: 400M
    attributes: {event_id: uuid, user_id: {type: uuid, distinct: 900_000}, at: {type: timestamp, monotonic: true}, kind: {size: 8}}
patterns:
  - {name: happen, inserts: event, rate: 900/s}
  - {name: of a user, reads: event, equal: user_id, order: at desc, page: 100, rate: 90/s}
"""
PARTS = """
entities:
  part:
    key: part_id
    count: 1M
    attributes:
      part_id: uuid
%s
patterns:
%s
"""


def parts(number: int, present: str = "20%") -> str:
    attributes = "".join(f"      a{n}: {{type: string, size: 8, present: {present}}}\n" for n in range(number))
    patterns = "".join(f"  - {{name: by a{n}, reads: part, equal: a{n}, page: 20, rate: 1/s}}\n" for n in range(number))
    return PARTS % (attributes, patterns)


CASES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "subset": (CATALOGUE, "product", [("size: 3000", "size: 900"), ("name: description, reads: product, equal: sku, rate: 90/s", "name: description, reads: product, equal: sku, rate: 300/s")]),
    "outlier": (CATALOGUE.replace("average: 2, p99: 20, maximum: 900}", "average: 2, p99: 20, maximum: 300}"), "product → photo", [("maximum: 300}", "maximum: 40}"), ("p99: 20, maximum: 300}", "p99: 110, maximum: 300}")]),
    "computed": (CATALOGUE, "product", [("increments: true, rate: 50/s", "increments: true, rate: 40/s"), ("increments: true, ", ""), ("sales", "visits")]),
    "approximation": (CATALOGUE.replace("rate: 50/s, hottest: 1%", "rate: 50/s, peak: 60000/s, hottest: 1%"), "product", [("peak: 60000/s", "peak: 50000/s"), ("increments: true,", "increments: true, consistency: strong,")]),
    "extended reference": (CATALOGUE, "product → sale", [("together: [product], ", ""), ("changes: name, rate: 0.1/s", "changes: [name, sales, description], rate: 9000/s")]),
    "polymorphic": (CATALOGUE, "photo, film", [("together: [photo, film]", "together: [photo]"), ("film_id: uuid, sku: {type: string, size: 12}, title: {size: 20}, url: {size: 60}", "film_id: uuid, sku: {type: string, size: 12}, seconds: number, stream: {size: 60}")]),
    "schema version": (CATALOGUE.replace("sale_id, count: 9M", "sale_id, count: 10M"), "sale", [("sale_id, count: 10M", "sale_id, count: 9.9M"), ("sale_id, count: 10M", "sale_id, retention: 30 days, count: 10M")]),
    "archive": (EVENTS.replace("count: 400M", "count: 900M"), "event", [("count: 900M", "count: 300M"), ("page: 100, rate: 90/s", "range: at, page: 100, rate: 90/s"), ("order: at desc", "order: at"), ("count: 900M", "count: 900M\n    retention: 90 days")]),
    "time series": (SERIES, "reading", [("key: [device_id, at]", "unique: [[device_id, value]], key: [device_id, at]"), ("equal: device_id,", "equal: value,"), ("patterns:", "patterns:\n  - {name: mend, updates: reading, equal: [device_id, at], changes: value, rate: 1/s}"), ("monotonic: true", "monotonic: false")]),
    "bucket": (EVENTS, "event", [("kind: {size: 8}", "kind: {size: 300}"), ("inserts: event, rate", "inserts: event, atomic: true, rate"), ("page: 100, rate: 90/s", "page: 10, rate: 90/s"), ("patterns:", "patterns:\n  - {name: one, reads: event, equal: event_id, rate: 900/s}"), ("patterns:", "patterns:\n  - {name: forget, deletes: event, equal: event_id, rate: 1/s}")]),
    "attribute": (parts(20), "part", [(parts(20), parts(19)), (parts(20), parts(20, "60%"))]),
}  # fmt: skip
"""Pattern → a model in which it applies, the object that it is applied to, and changes of which each takes it away."""


def applied(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    design = DESIGNER.design(access_of(text, Call())[0], DesignOptions())
    return {(one["pattern"], one["object"]): one for one in design.design["patterns"]}


@pytest.mark.parametrize("pattern", CASES)
def test_a_pattern_is_chosen_by_its_numbers_which_are_said(pattern: str) -> None:
    text, where, _ = CASES[pattern]
    found = applied(text)[pattern, where]
    assert any(character.isdigit() for character in found["because"]) or pattern == "polymorphic"
    assert found["effect"]


@pytest.mark.parametrize(
    ("pattern", "change"), [(pattern, change) for pattern, (_, _, changes) in CASES.items() for change in changes],
    ids=lambda one: one if isinstance(one, str) else one[1][:40],
)  # fmt: skip
def test_a_near_miss_is_left_out(pattern: str, change: tuple[str, str]) -> None:
    text, where, _ = CASES[pattern]
    before, after = change
    assert before in text
    assert (pattern, where) not in applied(text.replace(before, after))


def test_every_pattern_of_the_catalogue_is_tried() -> None:
    from dbdesign.nosql.mongodb.catalogue import Applied

    assert Applied.__doc__ is not None
    assert all(f"`{pattern}`" in Applied.__doc__ for pattern in CASES)
    assert Applied.__doc__.partition("in the catalogue:")[2].partition("\n        object")[0].count("`") == 2 * len(
        CASES
    )
