"""No partition key of a DynamoDB design is hot: writes of a known load, spread over the keys of the table and of each index, stay under
a partition's limit.

with: `file` (the design, see `dbdesign_evals.dynamodb`), `load` (a file of the task: a list of `{kind, rate, size, entities}`: so many
writes a second of these entities, evenly, of so many bytes each), `limit` (write units a second on one partition key; 1,000 is
DynamoDB's). One case for the table and each index. Computed, not run.

Source of the limit: DynamoDB developer guide, "Best practices for designing and using partition keys effectively": 1,000 write units
and 3,000 read units a second for a partition.
"""

from __future__ import annotations

import math
from typing import Any

from dbdesign_evals import structured
from dbdesign_evals.dynamodb import Design
from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Parameters(Data):
    """`file`, `load`, `limit`."""

    file: str
    load: str
    limit: float = 1000


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Add up the write units of each key."""
    name = parameters.file.removeprefix("answer:")
    design = Design.of(structured.load(bench.text(parameters.file), name), name)
    load: list[dict[str, Any]] = structured.fixture(bench.text(parameters.load), parameters.load)
    cases = Cases()
    for place, (hash_key, range_key) in design.keys().items():
        units = _units(design, load, hash_key, range_key)
        if not units:
            cases.add(None)
            continue
        hottest = max(units, key=lambda key: units[key])
        cases.evidence.append(f"{place}: {units[hottest]:,.0f} write units a second on {hottest!r}, {len(units)} keys")
        hot = units[hottest] > parameters.limit
        cases.add(f"{place}: {hottest!r} takes {units[hottest]:,.0f} write units a second" if hot else None)
    return cases.outcome()


def _units(design: Design, load: list[dict[str, Any]], hash_key: str, range_key: str | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in load:
        share = float(one["rate"]) / len(one["entities"]) * math.ceil(float(one["size"]) / 1024)
        for entity in one["entities"]:
            for item in design.stored(one["kind"], entity):
                if hash_key in item and (range_key is None or range_key in item):
                    key = str(item[hash_key])
                    found[key] = found.get(key, 0.0) + share
    return found


GRADER = Grader("dynamodb_spread", Parameters, grade)
