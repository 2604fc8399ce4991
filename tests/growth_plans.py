"""Designs of the tests of plans for growth, and their plans, each made once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from dbdesign.growth.machine import parse_machine
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.plan import GrowthPlan, plan_growth
from dbdesign.model.design import Design
from dbdesign.readers.design import read_design
from dbdesign.readers.postgresql import READER
from dbdesign.twin.profiles import resolve
from dbdesign.twin.volumes import as_statistics

TODAY = date(2026, 7, 1)
DESIGNS = Path(__file__).parent / "growth" / "designs"


def read(text: str) -> Design:
    """A design file whose schema stands in it."""
    return read_design(text, lambda source, _form: READER.read(source))[0]


def planned(design: Design, *, machine: str | None = None, months: float = 36.0) -> GrowthPlan:
    """The plan of a design."""
    statistics = as_statistics(resolve(design, today=TODAY), design.schema_)
    return plan_growth(design, ddl_of(design.schema_), statistics, parse_machine(machine), months, TODAY)


@lru_cache(maxsize=8)
def plan_of(name: str) -> GrowthPlan:
    """The plan of one of the design files."""
    return planned(read((DESIGNS / f"{name}.yaml").read_text(encoding="utf-8")))
