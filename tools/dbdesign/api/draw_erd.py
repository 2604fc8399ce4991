"""The tool `draw_erd`: an entity-relationship diagram of a schema, or of a part of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dbdesign.api.arguments import (
    Exclude,
    Focus,
    Format,
    Hops,
    Include,
    KeysOnly,
    Overwrite,
    Page,
    Source,
    WriteTo,
)
from dbdesign.api.call import Call
from dbdesign.api.generate_schema import GenerateSchemaAnswer, write


class DrawErdAnswer(GenerateSchemaAnswer):
    """What `draw_erd` answers."""


def draw_erd(
    source: Source,
    *,
    to: Annotated[str, Field(description="mermaid, dbml, dot or html.")] = "mermaid",
    focus: Focus = [],  # noqa: B006 - never changed; the default that the schema shows
    hops: Hops = 1,
    include: Include = [],  # noqa: B006
    exclude: Exclude = [],  # noqa: B006
    keys_only: KeysOnly = False,
    format: Format = None,  # noqa: A002
    write_to: WriteTo = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> DrawErdAnswer:
    """Draw an entity-relationship diagram with crow's-foot cardinalities derived from nullability and uniqueness.

    Of any source that `read_schema` takes. A diagram beyond Mermaid's limits is split into an overview and one diagram a domain.
    """
    from dbdesign.api.source import load
    from dbdesign.errors import UnknownNameError
    from dbdesign.writers.base import WriteOptions, writers

    call = call or Call()
    diagrams = {name: one for name, one in writers().items() if one.kind == "diagram"}
    if to not in diagrams:
        raise UnknownNameError.among("diagram format", to, diagrams, where="to")
    options = WriteOptions(
        focus=tuple(focus), hops=hops, include=tuple(include), exclude=tuple(exclude), keys_only=keys_only
    )
    loaded = load(source, call, format=format)
    answer = write(loaded, diagrams[to], options, call, write_to, overwrite=overwrite, page=page)
    return DrawErdAnswer.model_validate(answer.structured()).with_text(answer.readable)
