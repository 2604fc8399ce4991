"""Designs from access patterns: how long `scale` and `nosql` take for 50 entities with 100 patterns, each in a fresh process.

    python benchmarks/access_models.py [ENTITIES PATTERNS]

The baseline is a process that does nothing but import the command line and read the same file.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ENTITIES, PATTERNS = 50, 100
SEED = 7
ENGINES = ("dynamodb", "mongodb", "redis")
TARGET = "≤ 5 s"
BARE = "import sys; import dbdesign_server.cli; from dbdesign.readers.design import parse_design; parse_design(open(sys.argv[1]).read())"
COMMAND = "import sys; from dbdesign_server.cli import main; sys.argv[0] = 'dbdesign'; main()"


def access_model(entities: int = ENTITIES, patterns: int = PATTERNS) -> str:
    """A design file: a tree of entities, three children each, and reads, lists, inserts and updates of them."""
    chance = random.Random(SEED)
    lines = ["entities:"]
    for number in range(entities):
        lines += _entity(number, chance)
    lines.append("relations:")
    for number in range(1, entities):
        lines.append(
            f"  - {{parent: entity{_parent(number)}, child: entity{number}, by: entity{_parent(number)}_id, "
            "children: {average: 20, p99: 300, maximum: 5000}}"
        )
    lines.append("patterns:")
    lines += [_pattern(number, entities, chance) for number in range(patterns)]
    return "\n".join(lines) + "\n"


def _parent(number: int) -> int:
    return (number - 1) // 3


def _entity(number: int, chance: random.Random) -> Iterator[str]:
    yield f"  entity{number}:"
    yield f"    key: entity{number}_id"
    yield f"    count: {10 ** chance.randint(4, 8)}"
    yield f"    growth: {chance.randint(1, 4)}% per month"
    yield "    attributes:"
    yield f"      entity{number}_id: uuid"
    yield "      name: {type: string, size: 30}"
    yield "      created_at: {type: timestamp, monotonic: true}"
    yield "      status: {type: string, size: 6, values: {open: 20%, closed: 80%}, mutable: true}"
    yield "      amount: {type: decimal, size: 7}"
    if number:
        yield f"      entity{_parent(number)}_id: uuid"


def _pattern(place: int, entities: int, chance: random.Random) -> str:
    number, rate = place % entities, chance.randint(10, 500)
    name, key = f"entity{number}", f"entity{number}_id"
    if place < entities:
        return f"  - {{name: one {name}, reads: {name}, equal: {key}, rate: {rate}/s}}"
    again, kind = place // entities, chance.choice("rriu")
    if kind == "r" and number:
        of = f"entity{_parent(number)}_id"
        return f"  - {{name: list {name} {again}, reads: {name}, equal: {of}, order: created_at desc, page: 20, rate: {rate}/s}}"
    if kind == "u":
        return f"  - {{name: change {name} {again}, updates: {name}, equal: {key}, changes: status, rate: {rate}/s}}"
    return f"  - {{name: new {name} {again}, inserts: {name}, rate: {rate}/s}}"


def timed(code: str, arguments: Sequence[str]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of the process with the server that it starts."""
    before, began = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    children = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, children


def rows(entities: int = ENTITIES, patterns: int = PATTERNS) -> list[tuple[str, str, str, str]]:
    """The lines of the benchmark table: what, measured, baseline, target."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.yaml"
        path.write_text(access_model(entities, patterns), encoding="utf-8")
        bare, _ = timed(BARE, [str(path)])
        found = []
        for command in (["scale", str(path)], *(["nosql", str(path), "--engine", one] for one in ENGINES)):
            wall, processor = timed(COMMAND, [*command, "--json"])
            what = " ".join([command[0], *command[3:]])
            found.append(
                (
                    f"{what}: {entities} entities, {patterns} patterns",
                    f"{wall:.2f} s ({processor:.2f} s of processor)",
                    f"reading the file alone {bare:.2f} s",
                    TARGET,
                )
            )
    return found


if __name__ == "__main__":
    for row in rows(*(int(one) for one in sys.argv[1:3])):
        print(" | ".join(row))
