"""The pairs of schemas that plans are executed for: data in `pairs.yaml`, each in a namespace of its own so that many share a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dbdesign.migrations.intents import intent
from dbdesign.migrations.settings import Pace, PlanSettings

VERSIONS = (12, 15, 18)
"""Versions that plans are made for here: every pair for the last, and those whose steps depend on the version for the others too."""


@dataclass(frozen=True)
class Pair:
    """Two schemas as scripts, for one version."""

    id: str
    version: int
    before: str
    after: str
    options: dict[str, Any] = field(default_factory=dict)

    def script(self, namespace: str, *, after: bool) -> str:
        """One of the two, in a namespace."""
        text = (self.after if after else self.before).replace("{s}", namespace)
        return f"create schema {namespace}; set search_path = {namespace};\n{text};\n"


UUIDS = """create function public.gen_random_uuid() returns uuid language plpgsql volatile as
'begin return md5(random()::text)::uuid; end';
"""
"""For 12, which has that function in an extension alone."""


def scripts(placed: list[tuple[str, Pair]]) -> tuple[str, str]:
    """The two schemas of pairs in their namespaces, as one script each."""
    before, after = ("\n".join(pair.script(name, after=late) for name, pair in placed) for late in (False, True))
    return (UUIDS + before, UUIDS + after) if placed[0][1].version < 13 else (before, after)


@cache
def pairs() -> tuple[Pair, ...]:
    """Every pair for every version that it is for."""
    document = _document()
    return tuple(
        Pair(one["id"], version, *_scripts(one, document["bases"]), one)
        for one in document["pairs"]
        for version in one.get("versions", VERSIONS[-1:])
    )


def for_version(version: int) -> list[Pair]:
    """Every pair as it would be for one version, but for those that need a later one."""
    every = _document()
    return [
        Pair(one["id"], version, *_scripts(one, every["bases"]), one)
        for one in every["pairs"]
        if version >= min(one.get("versions", [0]))
    ]


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text())
    return document


def _scripts(one: dict[str, Any], bases: dict[str, str]) -> tuple[str, str]:
    base = bases.get(one.get("base", ""), "")
    return f"{base}{one.get('before', '')}", f"{base}{one.get('after', '')}"


def settings(group: list[tuple[str, Pair]]) -> PlanSettings:
    """What the pairs of a group are planned with, their names made those of their namespaces."""
    found: dict[str, Any] = {"renames": [], "fills": {}, "casts": {}, "intents": []}
    for namespace, pair in group:
        options = pair.options
        found["renames"] += [_place(one, namespace) for one in options.get("renames", ())]
        for kind in ("fills", "casts"):
            found[kind] |= {f"{namespace}.{label}": value for label, value in options.get(kind, {}).items()}
        for kind in ("split", "merge", "move"):
            for text in options.get(kind, ()):
                one = intent(kind, text)
                found["intents"].append(
                    one.model_copy(
                        update={"source": f"{namespace}.{one.source}", "target": f"{namespace}.{one.target}"}
                    )
                )
    return PlanSettings(
        version=str(group[0][1].version),
        allow_destructive=any(pair.options.get("destructive") for _, pair in group),
        renames=tuple(found["renames"]),
        fills=found["fills"],
        casts=found["casts"],
        intents=tuple(found["intents"]),
        pace=Pace(rows=7, seconds=None, pause=0),
        rows=12,
    )


def _place(rename: str, namespace: str) -> str:
    old, new = rename.split(":")
    return f"{namespace}.{old}:{namespace}.{new}" if "." not in old else f"{namespace}.{old}:{new}"
