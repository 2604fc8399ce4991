"""A design with a relational schema where it has entities alone, and with statements for the patterns that no query stands for."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError
from dbdesign.model.design import Design
from dbdesign.model.patterns import AccessModel, AccessPattern
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.model.workload import Query, TableVolume
from dbdesign.patterns.relational.indexes import with_indexes
from dbdesign.patterns.relational.statements import Statements
from dbdesign.patterns.relational.tables import Tables

POSTGRESQL = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
"""Engines in whose dialect statements are written."""
LONGEST = 63
"""Bytes of a name (NAMEDATALEN − 1)."""


def with_relational(design: Design) -> tuple[Design, tuple[str, ...]]:
    """The design with a table for each entity that has none and a query for each pattern that has none, and what was assumed.

    Tables that are there keep their columns and indexes. A design that says nothing of entities and patterns comes back as it is.

    Raises:
        InputError: for names that PostgreSQL would cut off.
    """
    access = design.access
    there = _there(design)
    if not access.entities and not access.patterns:
        return design, ()
    if design.schema_.engine not in POSTGRESQL:
        return design, _unwritten(design)
    _named_shortly(access)
    tables = Tables(access, there)
    tables.make()
    patterns = tuple(_unsaid(design))
    statements = Statements(access, {**there, **tables.made})
    queries = [query for pattern in patterns for query in statements.queries(pattern)]
    made = with_indexes(tables.made, access, patterns, statements)
    said = list(tables.assumptions)
    if any(one.indexes for one in made.values()):
        said.append(
            "each pattern that no key serves has its index: equalities, then order or range; partial where a filter keeps a tenth"
        )
    if queries:
        said.append("each pattern is a statement, with another for each entity that is written together with it")
    schema = design.schema_.model_copy(update={"tables": (*design.schema_.tables, *made.values())})
    workload = design.workload.model_copy(
        update={
            "queries": (*design.workload.queries, *_named(queries, design.workload.queries)),
            "volumes": _volumes(tables.volumes, design.workload.volumes),
        }
    )
    found = Design(
        schema=schema,
        workload=workload,
        access=access,
        lines=design.lines,
        files=design.files,
        comments=design.comments,
        remarks=design.remarks,
    )
    return found, tuple(dict.fromkeys((*said, *statements.assumptions)))


def _named_shortly(access: AccessModel) -> None:
    """Raises where a name is longer than PostgreSQL keeps names."""
    names = [name for one in access.entities for name in (one.name, *one.attribute_by_name)]
    long = [name for name in names if len(name.encode()) > LONGEST]
    if long:
        raise InputError(
            f"{long[0]!r} is longer than the {LONGEST} bytes that PostgreSQL keeps of a name",
            where="entities",
            remedy="Shorten it",
        )


def _volumes(derived: Mapping[str, TableVolume], said: Mapping[str, TableVolume]) -> dict[str, TableVolume]:
    """What follows from entities, with what volumes say in its place, part by part."""
    found = dict(derived)
    for name, volume in said.items():
        before = found.get(name, TableVolume())
        parts = {part: getattr(volume, part) for part in volume.model_fields_set - {"columns"}}
        found[name] = before.model_copy(update={**parts, "columns": {**before.columns, **volume.columns}})
    return found


def only_patterns(version: str | None = None) -> Schema:
    """The empty schema that entities become tables of."""
    return Schema(engine=Engine.POSTGRESQL, version=version)


def _there(design: Design) -> dict[str, Table]:
    """The tables of a schema by label, for the entities that are they; partitions are no entities."""
    return {table.label: table for table in design.schema_.tables if table.partition_of is None}


def _unsaid(design: Design) -> list[AccessPattern]:
    """The patterns that no query of their name stands for."""
    said = {one.name for one in design.workload.queries}
    return [one for one in design.access.patterns if (one.query or one.name) not in said]


def _named(queries: list[Query], there: tuple[Query, ...]) -> list[Query]:
    """With names of their own: a second statement of one name gets a number."""
    taken = {one.name for one in there}
    found = []
    for one in queries:
        name, number = one.name, 1
        while name in taken:
            number += 1
            name = f"{one.name} {number}"
        taken.add(name)
        found.append(one.model_copy(update={"name": name}))
    return found


def _unwritten(design: Design) -> tuple[str, ...]:
    unsaid = _unsaid(design)
    if not unsaid:
        return ()
    named = ", ".join(one.name for one in unsaid[:5]) + (" …" if len(unsaid) > 5 else "")
    title = dialect(design.schema_.engine).title
    return (
        f"patterns without a query in {title}'s dialect count nothing ({named}): write them as SQL under `workload`",
    )
