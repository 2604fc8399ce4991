"""What the tools that ask the twin start from: a schema as PostgreSQL's DDL, statistics, the workload, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from dbdesign.api.arguments import Names
from dbdesign.api.call import Call
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.engines.postgres import Statement
    from dbdesign.model.design import Design
    from dbdesign.model.statistics import Statistics
    from dbdesign.model.workload import Query, TableVolume

StatisticsSource = Annotated[
    str | None,
    Field(description="Instead of volumes: `pg_dump --no-data --statistics`, a snapshot, or `database:<name>`."),
]
QueriesSource = Annotated[
    str | None,
    Field(
        description="The workload, if not in a design file: SQL (`-- name:`, `-- rate: 300/s`), pg_stat_statements, a log, a Prisma folder."
    ),
]
Settings = Annotated[
    list[str],
    Names,
    Field(description="Of the planner, such as work_mem=64MB."),
]
At = Annotated[
    str | None,
    Field(description="Horizon, such as 24mo."),
]


@dataclass(frozen=True)
class TwinInput:
    """All that a twin is made of.

    Attributes:
        ddl: of PostgreSQL: a text or statements.
        statistics: at the horizon.
        today: at present, where the horizon lies ahead and the volumes are a design's.
        months: to the horizon.
        stand_in: why PostgreSQL stands in for another engine; None where the design is for PostgreSQL.
    """

    design: Design
    ddl: str | Sequence[Statement]
    statistics: Statistics
    name: str
    today: Statistics | None = None
    months: float = 0.0
    settings: dict[str, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """The workload's queries."""
        return self.design.workload.queries


def twin_input(
    source: str | None,
    call: Call,
    *,
    statistics: str | None = None,
    queries: str | None = None,
    settings: Sequence[str] = (),
    at: str | None = None,
    needs_queries: bool = True,
    volumes: Mapping[str, TableVolume] | None = None,
) -> TwinInput:
    """Read everything.

    Args:
        volumes: by table, where neither the design nor statistics say how much there is.

    Raises:
        InputError: where there is neither a source nor statistics, no query, or the two do not fit.
    """
    from dbdesign.twin.settings import checked_settings, parse_setting

    chosen = checked_settings(dict(parse_setting(one) for one in settings))
    months = parse_horizon(at) if at else 0.0
    if source is None:
        if statistics is None:
            raise InputError(
                "neither a design nor statistics were given",
                where="source",
                remedy="Give a design file, or a dump with statistics",
            )
        made = _from_dump(statistics, call)
    else:
        made = _from_source(source, statistics, call)
    design, ddl, now, name, notes = made
    if volumes and now is None and not design.workload.volumes:
        design = _with_volumes(design, volumes)
    if queries is not None:
        design, unknown = _with_queries(design, queries, source, call)
        notes = (*notes, *unknown)
    if needs_queries and not design.workload.queries:
        raise InputError("there is no query", where=name, remedy="Add a workload to the design file, or give queries")
    return _complete(design, ddl, now, name, notes, months, chosen)


def input_of(loaded: Loaded, months: float) -> TwinInput:
    """What a source that is read already says, its volumes at a horizon.

    Raises:
        InputError: where it has no query.
    """
    if not loaded.design.workload.queries:
        raise InputError("there is no query", where=loaded.name, remedy="Add a workload to the design file")
    ddl, notes = _ddl(loaded.design)
    return _complete(loaded.design, ddl, None, loaded.name, notes, months, {})


def _with_volumes(design: Design, volumes: Mapping[str, TableVolume]) -> Design:
    """The design with volumes for those of its tables that are named."""
    known = {table.label: volume for name, volume in volumes.items() if (table := design.schema_.table(name))}
    return design.model_copy(update={"workload": design.workload.model_copy(update={"volumes": known})})


def _complete(
    design: Design,
    ddl: str | Sequence[Statement],
    known: Statistics | None,
    name: str,
    notes: tuple[str, ...],
    months: float,
    settings: dict[str, str],
) -> TwinInput:
    if known is not None:
        if months:
            notes = (*notes, "the horizon was not applied: growth is part of a design's volumes, not of statistics")
        return TwinInput(design, ddl, known, name, None, 0.0, settings, known.assumptions, notes)
    from dbdesign.twin.profiles import resolve
    from dbdesign.twin.volumes import as_statistics

    later = resolve(design, months=months)
    today = as_statistics(resolve(design), design.schema_) if months else None
    return TwinInput(
        design, ddl, as_statistics(later, design.schema_), name, today, months, settings, later.assumptions, notes
    )


_Made = tuple["Design", "str | Sequence[Statement]", "Statistics | None", str, tuple[str, ...]]


def _from_dump(path: str, call: Call) -> _Made:
    """Schema and statistics of one dump."""
    from dbdesign.api.source import decoded_file
    from dbdesign.model.design import Design
    from dbdesign.readers.base import reader
    from dbdesign.twin.dump import read_dump

    call.step(0.0, "reading the dump")
    text = decoded_file(path, call)
    dump = read_dump(text, name=path)
    schema = reader("postgresql").read(";\n".join(one.sql for one in dump.statements) + ";").schema_
    return Design(schema=schema), dump.statements, dump.statistics, path, ()


def _from_source(source: str, statistics: str | None, call: Call) -> _Made:
    from dbdesign.api.source import DATABASE, is_dump, load
    from dbdesign.readers.design import LEFT_OUT

    if statistics is None and is_dump(source, call):
        return _from_dump(source, call)
    loaded = load(source, call, lenient=True)
    ddl, notes = _ddl(loaded.design)
    known = read_given_statistics(statistics, call) if statistics else None
    if known is None and source.startswith(DATABASE):
        known = read_given_statistics(source, call)
    doubts = tuple(note for note in loaded.result.notes if note.endswith(LEFT_OUT))
    return loaded.design, ddl, known, loaded.name, (*doubts, *notes)


def _ddl(design: Design) -> tuple[str, tuple[str, ...]]:
    """The schema as PostgreSQL's DDL, as the twin executes it."""
    from dbdesign.model.schema import Engine
    from dbdesign.writers.base import WriteOptions, writer

    written = writer("postgresql").write(design.schema_, WriteOptions(grants=False, comments=False, prove=False))
    engine = design.schema_.engine
    if engine is Engine.POSTGRESQL:
        return written.text, ()
    return written.text, (
        f"PostgreSQL stands in for {engine.value}: plans, costs and sizes are PostgreSQL's, for the schema as it was translated",
    )


def read_given_statistics(source: str, call: Call) -> Statistics:
    """The statistics that a `statistics` argument names."""
    from dbdesign.api.source import DATABASE, decoded_file
    from dbdesign.twin.dump import read_dump
    from dbdesign.twin.snapshot import read_snapshot

    if source.startswith(DATABASE):
        from dbdesign.twin.catalog_statistics import read_statistics

        return read_statistics(call.access.database(source.removeprefix(DATABASE).strip()))
    text = decoded_file(source, call)
    if text.lstrip()[:1] == "{":
        return read_snapshot(text, name=source)
    return read_dump(text, name=source).statistics


def _with_queries(design: Design, path: str, source: str | None, call: Call) -> tuple[Design, tuple[str, ...]]:
    """The design with the queries of a file, or of the program in a folder, and what is not known of these."""
    from dbdesign.api.program_queries import queries_of_folder
    from dbdesign.api.source import decoded_file, is_inline
    from dbdesign.queries.workload_files import read_queries

    if not is_inline(path) and call.access.is_folder(path):
        found, unknown = queries_of_folder(path, source, call)
    else:
        found, unknown = read_queries(decoded_file(path, call), name=path), ()
    workload = design.workload.model_copy(update={"queries": (*design.workload.queries, *found)})
    return design.model_copy(update={"workload": workload}), unknown


def parse_horizon(text: str) -> float:
    """`24mo`, `2 years`, `90 days` in months."""
    from dbdesign.model import quantity

    shortened = text.strip().lower()
    spelled = {"mo": "month", "mos": "month", "m": "month", "y": "year", "yr": "year", "w": "week"}
    number = shortened.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = shortened[len(number) :].strip()
    try:
        return quantity.days(f"{number} {spelled.get(unit, unit)}") / (365.2425 / 12)
    except ValueError:
        raise InputError(f"{text!r} is not a horizon", where="at", remedy="Write 24mo or 3 years") from None
