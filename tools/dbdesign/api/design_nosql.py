"""The tool `design_nosql`: a document or key-value design computed from access patterns, with what serves each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dbdesign.api.answer import Answer, paged, plural, section, text_of
from dbdesign.api.arguments import Names, Overwrite, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate, pieces
from dbdesign.api.recent import Recent
from dbdesign.errors import AccessError, InputError

if TYPE_CHECKING:
    from dbdesign.nosql.base import StoreDesign


class Entry(BaseModel):
    """One thing said of a design."""

    model_config = ConfigDict(extra="allow")


class CoverageOut(Entry):
    """How a pattern is served."""

    pattern: str
    served_by: str
    cost: dict[str, float] = Field(default_factory=dict)


class DesignNosqlAnswer(Answer):
    """What `design_nosql` answers."""

    engine: str
    design: dict[str, Any] = Field(
        default_factory=dict, description="tables, collections or keys, as the engine says them"
    )
    cost: dict[str, float] = Field(default_factory=dict, description="of the whole, by unit")
    coverage: list[CoverageOut] = Field(description="each pattern with the key condition that serves it and its cost")
    cannot_serve: list[Entry] = Field(default_factory=list)
    concerns: list[Entry] = Field(default_factory=list, description="what breaks, now or from which load on")
    alternatives: list[Entry] = Field(default_factory=list, description="other designs, priced, with the break-even")
    one_way_doors: list[Entry] = Field(default_factory=list)
    duplicates: list[Entry] = Field(default_factory=list, description="facts stored twice, with owner and repair query")
    questions: list[Entry] = Field(default_factory=list, description="missing numbers that would flip a decision")
    assumptions: list[str] = Field(default_factory=list)
    files: list[str] = Field(
        default_factory=list, description="artefacts: written, or their names where write_to is not given"
    )
    proof: str


_recent: Recent[tuple[StoreDesign, list[str]]] = Recent(2)
TITLES = {
    "coverage": "How each pattern is served",
    "cannot_serve": "Not served",
    "concerns": "What breaks",
    "alternatives": "Alternatives",
    "one_way_doors": "One-way doors",
    "duplicates": "Facts stored more than once",
    "questions": "Numbers that would change the design",
    "assumptions": "Assumed",
}
PARTS = ("cannot_serve", "concerns", "alternatives", "one_way_doors", "duplicates", "questions")


def design_nosql(
    source: Annotated[
        str,
        Field(
            description="A design file with `entities`, `relations`, `patterns`; or with schema, volumes and a workload with rates."
        ),
    ],
    *,
    engine: Annotated[str, Field(description="dynamodb, mongodb or redis.")],
    engine_version: Annotated[str | None, Field(description="The newest when left out.")] = None,
    region: Annotated[str | None, Field(description="Whose prices hold: us-east-1 …")] = None,
    horizon: Annotated[str, Field(description="Such as 36mo.")] = "36mo",
    settings: Annotated[list[str], Names, Field(description="Of the designer, name=value.")] = [],  # noqa: B006
    write_to: Annotated[str | None, Field(description="A folder.")] = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> DesignNosqlAnswer:
    """Design for DynamoDB, MongoDB or Redis from access patterns: keys, collections, indexes, and proof that each pattern is served.

    Sizes, request units, hot keys and costs at average and peak; what it cannot serve, what breaks at which load, priced alternatives,
    one-way doors, repair queries of duplicated facts. `write_to`: definitions, sample data, requests.
    """
    call = call or Call()
    key = repr((source, engine, engine_version, region, horizon, settings, write_to))
    found = _recent.get(key) if page > 1 else None
    if found is None:
        found = _designed(
            source, engine, engine_version, region, horizon, settings, write_to, overwrite=overwrite, call=call
        )
        _recent.put(key, found)
    return _answer(*found, written=write_to is not None, page=page, call=call)


def _designed(
    source: str, engine: str, version: str | None, region: str | None, horizon: str, settings: list[str], write_to: str | None,
    *, overwrite: bool, call: Call,
) -> tuple[StoreDesign, list[str]]:  # fmt: skip
    from dbdesign.api.access_source import access_of, stated_version
    from dbdesign.api.document_files import reviewed_text, with_models
    from dbdesign.model import quantity
    from dbdesign.nosql.base import DesignOptions, designer

    chosen_designer = designer(engine)
    try:
        months = quantity.months(horizon)
    except ValueError as error:
        raise InputError(str(error), where="horizon") from None
    said = _settings(settings, chosen_designer.settings)
    if "review" in said:
        said["review"] = reviewed_text(said["review"], call)
    model, _ = access_of(source, call)
    version = version or stated_version(source, chosen_designer.name, call)
    options = DesignOptions(version=version, region=region, months=months, settings=said)
    call.step(0.5, f"designing for {chosen_designer.title}")
    design = with_models(chosen_designer.design(model, options))
    if write_to is None:
        return design, list(design.files)
    return design, _written(design, write_to, call, overwrite=overwrite)


def _settings(given: list[str], known: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        if name.strip() not in known or not value.strip():
            raise InputError(
                f"{one!r} is not a setting",
                where="settings",
                remedy=f"Write name=value with one of {', '.join(known) or 'none'}",
            )
        found[name.strip()] = value.strip()
    return found


def _written(design: StoreDesign, write_to: str, call: Call, *, overwrite: bool) -> list[str]:
    folder = write_to.rstrip("/")
    if not folder:
        raise InputError("is empty", where="write_to", remedy="Name a folder")
    paths = {f"{folder}/{path}": text for path, text in design.files.items()}
    there = [path for path in paths if not overwrite and call.access.exists(path)]
    if there:
        raise AccessError(
            "the file exists already",
            where=", ".join(there[:5]),
            remedy="Choose another folder, or say overwrite=true (--overwrite)",
        )
    return [call.access.write_text(path, text, overwrite=overwrite) for path, text in paths.items()]


def _answer(design: StoreDesign, files: list[str], *, written: bool, page: int, call: Call) -> DesignNosqlAnswer:
    pages = paginate(list(_items(design, call.tokens)), call.tokens)
    items = chosen(pages, page)
    said = design.summary
    if short := sum(map(_of_a_query, design.assumptions)):
        said += f" {plural(short, 'query')} of the workload {'is' if short == 1 else 'are'} not served whole (see assumptions)."
    if files and not written:
        said += f" {plural(len(files), 'file')} can be written with write_to: {', '.join(files[:12])}."
    summary = paged(said, page, len(pages))
    whole = {key: value for item in items if item.section == "design" for key, value in item.value.items()}
    found: dict[str, Any] = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": design.engine,
        "cost": {unit: round(number, 4) for unit, number in design.cost.items()},
        "design": whole,
        "coverage": section(items, "coverage"),
        **{part: section(items, part) for part in PARTS},
        "assumptions": section(items, "assumptions"),
        "files": files if page == 1 else [],
        "proof": str(design.proof),
    }
    readable = text_of(summary, items, TITLES) + "".join(f"\nWritten: {file}" for file in files if written)
    return DesignNosqlAnswer.model_validate(found).with_text(readable)


def _items(design: StoreDesign, budget: int | None) -> Iterator[Item]:
    """The parts in the order of their weight: what is served, what is not, what breaks; the design itself after them."""
    for one in design.coverage:
        cost = {unit: round(number, 4) for unit, number in one.cost.items()}
        value = one.model_dump(exclude_defaults=True) | {"cost": cost}
        costs = ", ".join(f"{number:,.4g} {unit.replace('_', ' ')}" for unit, number in cost.items())
        notes = "".join(f"\n  {note}" for note in one.notes)
        yield Item("coverage", value, f"{one.pattern}: {one.served_by} ({costs})\n  {one.request}{notes}")
    yield from (Item("assumptions", text, text) for text in design.assumptions if _of_a_query(text))
    for part in PARTS:
        for entry in getattr(design, part):
            value = entry.model_dump(exclude_none=True)
            yield Item(
                part,
                value,
                "; ".join(f"{name}: {_plain(one)}" for name, one in value.items() if one not in ((), {}, "")),
            )
    limit = budget * 0.4 if budget else float("inf")
    for name, value in design.design.items():
        for piece in pieces({"name": name, "value": value}, limit):
            yield Item("design", {name: piece["value"]}, f"{name}: {piece['value']}")
    yield from (Item("assumptions", text, text) for text in design.assumptions if not _of_a_query(text))


def _of_a_query(assumption: str) -> bool:
    """Whether it says what of a query the derived pattern leaves out."""
    return assumption.startswith("query ")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_plain(one)} {name.replace('_', ' ')}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(one) for one in value)
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
