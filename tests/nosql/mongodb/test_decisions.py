"""The decisions for the reference scenarios, whole and readable, as a MongoDB expert reviewed them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.mongodb import DESIGNER

HERE = Path(__file__).parent
SCENARIOS = sorted([*HERE.parent.glob("scenarios/*.yaml"), *HERE.glob("designs/*.yaml")])


def designed(path: Path) -> StoreDesign:
    return DESIGNER.design(access_of(str(path), Call())[0], DesignOptions())


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_the_decisions_are_those_that_were_reviewed(path: Path) -> None:
    text = "\n".join(decisions(designed(path))) + "\n"
    golden = HERE / "golden" / f"{path.stem}.txt"
    if os.environ.get("DBDESIGN_REWRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_a_design_says_the_same_twice_and_covers_every_pattern_once(path: Path) -> None:
    first, second = designed(path), designed(path)
    assert first == second
    names = [one.name for one in access_of(str(path), Call())[0].patterns]
    assert [one.pattern for one in first.coverage] == names
    assert list(first.design["requests"]) == names
    assert all(one.cost and all(number >= 0 for number in one.cost.values()) for one in first.coverage)


def decisions(design: StoreDesign) -> Iterator[str]:
    yield design.summary
    for one in design.design["placements"]:
        yield f"\n{one['parent']} → {one['child']}: {one['decision']}"
        yield from (f"  {reason}" for reason in one["because"])
    yield "\npatterns"
    for one in design.design["patterns"]:
        yield f"  {one['pattern']}: {one['object']}: {one['because']}"
    yield "\nindexes"
    for one in design.design["indexes"]:
        keys = ", ".join(f"{path}: {way}" for path, way in one["keys"].items())
        flags = "".join(f" {name}={one[name]}" for name in ("unique", "where", "expire_after_seconds") if name in one)
        yield f"  {one['collection']} {{{keys}}}{flags}: {one['why']}"
    yield "\nshard keys"
    for one in design.design["sharding"]:
        best = next((each for each in one["candidates"] if not each["vetoes"]), None)
        said = (
            f"{best['key']} {best['score']}, {best['targeted_share']:.0%} to one shard"
            if best
            else "none without a veto"
        )
        yield f"  {one['collection']}: {'needed' if one['needed'] else 'not needed'}, {one['bytes_then'] / 1e9:,.1f} GB at the horizon; {said}"
    yield "\ncoverage"
    for one in design.coverage:
        cost = ", ".join(f"{number:g} {name}" for name, number in one.cost.items() if "second" not in name)
        yield f"  {one.pattern}: {one.served_by} ({cost})"
    for title, lines in (
        ("not served", [f"{one.pattern}: {one.reason}" for one in design.cannot_serve]),
        ("concerns", [f"{one.object}: {one.message} [{one.until or 'now'}]" for one in design.concerns]),
        ("duplicates", [f"{one.fact}: {one.owner} → {', '.join(one.copies)}" for one in design.duplicates]),
        ("questions", [f"{one.question} {one.flips}" for one in design.questions]),
    ):
        yield f"\n{title}"
        yield from (f"  {line}" for line in lines)
