"""The command `dbdesign schema`: the JSON Schemas of what people and assistants write for dbdesign."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from dbdesign.errors import UnknownNameError
from dbdesign_server.commands import _write, app

DOCUMENTS = ("design",)


@app.command("schema")
def schema_command(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="What it is of: design.")] = "design",
) -> None:
    """Print the JSON Schema of the design file: workload, volumes, entities, access patterns."""
    if document not in DOCUMENTS:
        raise UnknownNameError.among("document", document, DOCUMENTS)
    from dbdesign.readers.design_schema import DESIGN_SCHEMA

    _write(json.dumps(DESIGN_SCHEMA, indent=2, ensure_ascii=False) + "\n")
