"""What a design for a document or key-value store consists of, whatever the engine, and how designers are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import Field

import dbdesign.nosql
from dbdesign.errors import UnknownNameError
from dbdesign.model.base import Model
from dbdesign.model.finding import Proof
from dbdesign.model.patterns import AccessModel


class Coverage(Model):
    """How one access pattern is served.

    Attributes:
        served_by: table, index, collection or key, with the condition: `orders.by_customer: customer_id = :c, created_at > :t`.
        request: the request as the engine takes it, with placeholders.
        cost: by unit, each execution and each second at peak: `rru`, `wru`, `documents`, `keys`, `bytes`, `rru_per_second` …
        notes: what to know: what is filtered after reading, how stale it may be.
    """

    pattern: str
    served_by: str
    request: str
    cost: Mapping[str, float] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Unserved(Model):
    """A pattern that the design does not serve, why, and what would."""

    pattern: str
    reason: str
    instead: str


class Alternative(Model):
    """Another design that was considered.

    Attributes:
        cost: in the same units as the chosen one's, so that they stand side by side.
        break_even: at which number it becomes the better one; None where it never does.
    """

    name: str
    description: str
    cost: Mapping[str, float] = Field(default_factory=dict)
    break_even: str | None = None
    chosen: bool = False


class OneWayDoor(Model):
    """A decision that cannot be undone without moving the data, and what undoing it takes."""

    decision: str
    why: str
    undo: str


class DuplicatedFact(Model):
    """A fact that is stored more than once.

    Attributes:
        owner: where it is true; `copies` where it is repeated.
        updated_by: what keeps the copies up to date, and how late they may be.
        repair: the query or script that finds and mends copies that differ.
    """

    fact: str
    owner: str
    copies: tuple[str, ...]
    updated_by: str
    staleness: str
    repair: str


class Concern(Model):
    """Something that breaks, now or from some load on: a limit, a hot key, an anti-pattern.

    Attributes:
        until: the load, size or time up to which it holds; None where it is broken today.
    """

    object: str
    message: str
    remedy: str
    until: str | None = None


class Question(Model):
    """A number that is missing and would flip a decision: what it is, what is assumed, and what changes at which value."""

    question: str
    assumed: str
    flips: str


class StoreDesign(Model):
    """A whole design.

    Attributes:
        design: the engine's own description, as JSON.
        cost: of the whole, by unit: dollars a month, bytes.
        files: artefacts by path.
    """

    engine: str
    summary: str
    design: Mapping[str, Any]
    coverage: tuple[Coverage, ...]
    cannot_serve: tuple[Unserved, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    one_way_doors: tuple[OneWayDoor, ...] = ()
    duplicates: tuple[DuplicatedFact, ...] = ()
    concerns: tuple[Concern, ...] = ()
    questions: tuple[Question, ...] = ()
    cost: Mapping[str, float] = Field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    files: Mapping[str, str] = Field(default_factory=dict)
    proof: Proof


class DesignOptions(Model):
    """What a caller may choose.

    Attributes:
        version: of the engine; None for the newest that the designer knows.
        region: whose prices hold.
        months: horizon for sizes and costs.
        settings: further ones by the designer's own names.
    """

    version: str | None = None
    region: str | None = None
    months: float = 36.0
    settings: Mapping[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Designer:
    """A designer for one engine.

    Attributes:
        design: raises `InputError` where the access model cannot be served at all: contradictory, or beyond the engine's limits, with the
            limit and what to change.
        settings: names of the settings that it knows, with what they mean.
    """

    name: str
    title: str
    design: Callable[[AccessModel, DesignOptions], StoreDesign]
    settings: Mapping[str, str]


@cache
def designers() -> Mapping[str, Designer]:
    """Every designer by its engine's name."""
    found: dict[str, Designer] = {}
    for module in iter_modules(dbdesign.nosql.__path__):
        designer = getattr(import_module(f"dbdesign.nosql.{module.name}"), "DESIGNER", None)
        if isinstance(designer, Designer):
            found[designer.name] = designer
    return found


def designer(name: str) -> Designer:
    """The designer for that engine, or an `UnknownNameError` with the nearest."""
    try:
        return designers()[name]
    except KeyError:
        raise UnknownNameError.among("engine", name, designers()) from None
