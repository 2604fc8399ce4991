"""Puts the page together: data, style and script in one file.

Nothing of the schema ever becomes markup or script: it is JSON in a data block whose `<`, `>` and `&` are escaped, and the script puts it
on the page as text nodes alone. The page's Content-Security-Policy allows this one script, by its hash, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.domains import domains
from dbdesign.writers.selection import Entity, Link, Picture, select, short_type

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '{hash}'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<input id="search" type="search" placeholder="Find a table or column ( / )" autocomplete="off" spellcheck="false" aria-label="Find">
<span id="found" role="status"></span>
<select id="columns" aria-label="Columns shown">
<option value="all">all columns</option><option value="keys">keys only</option><option value="none">names only</option>
</select>
<button id="fit" type="button">Fit</button>
<span id="summary"></span>
</header>
<main id="canvas" tabindex="0"></main>
<aside id="details" hidden></aside>
<script id="schema" type="application/json">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def page(schema: Schema, options: WriteOptions) -> WriteResult:
    """The page of a selection of the schema's tables."""
    picture = select(schema, options)
    title = f"{dialect(schema.engine).title} schema: {len(picture.entities)} tables, {len(picture.links)} references"
    data = _data(picture, dialect(schema.engine).default_namespace, options)
    style, script, digest = _resources()
    text = _PAGE.format(
        hash=digest, title=escape(title), style=style, script=script, data=_json({"title": title, **data})
    )
    return WriteResult(text=text, notes=picture.notes, proof=Proof(level="by rule"))


@cache
def _resources() -> tuple[str, str, str]:
    """Style, script, and the script's hash as Content-Security-Policy spells it."""
    here = files("dbdesign.writers.html")
    style = here.joinpath("page.css").read_text(encoding="utf-8")
    script = here.joinpath("page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return style, script, f"sha256-{digest}"


def _json(value: object) -> str:
    """JSON that cannot end the block that it stands in, nor begin anything in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _data(picture: Picture, default_namespace: str, options: WriteOptions) -> dict[str, object]:
    groups = domains(picture, default_namespace)
    group = {label: number for number, domain in enumerate(groups) for label in domain.labels}
    return {
        "groups": [domain.name for domain in groups],
        "tables": [_table(entity, group[entity.label], options) for entity in picture.entities],
        "stubs": [{"name": stub.label, "where": stub.where} for stub in picture.stubs],
        "links": [_link(link) for link in picture.links],
    }


def _table(entity: Entity, group: int, options: WriteOptions) -> dict[str, object]:
    return {
        "name": entity.label,
        "title": entity.title,
        "group": group,
        "comment": (entity.table.comment or "") if options.comments else "",
        "columns": [
            {
                "name": field.column.name,
                "type": short_type(field.column.type),
                "marks": list(field.marks),
                "required": not field.column.nullable,
                "comment": (field.column.comment or "") if options.comments else "",
            }
            for field in entity.fields
        ],
    }


def _link(link: Link) -> dict[str, object]:
    key = link.foreign_key
    return {
        "child": link.child,
        "parent": link.parent,
        "from": key.columns[0] if key else None,
        "to": key.referenced_columns[0] if key else None,
        "role": link.role,
        "optional": link.parent_optional,
        "unique": link.child_unique,
        "identifying": link.identifying,
        "actions": f"on delete {key.on_delete}, on update {key.on_update}" if key else "",
    }
