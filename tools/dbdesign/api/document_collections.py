"""Documents of a database as a source: validators and indexes in JSON or YAML, scripts for mongosh, pipelines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from dbdesign.api.source import decoded_file, is_inline

if TYPE_CHECKING:
    from yaml.nodes import Node

    from dbdesign.api.call import Call
    from dbdesign.migrations.mongodb.collections import Collection
    from dbdesign.model.documents import DocumentSchema

MOST_TEXT = 4 * 1024 * 1024
"""Characters of a text that is looked at whether it describes collections."""

SUFFIXES = (".json", ".yaml", ".yml")
SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".mongodb", ".mongosh")
"""Of files whose calls on a database are read."""

KEYS = frozenset({"validator", "indexes", "validationLevel", "validationAction"})
"""What a collection is described by; a design file has none of it."""

_CALL = re.compile(
    r"\bdb\s*(?:\.\s*(?:createCollection\s*\(|getCollection\s*\(|collection\s*[(<])|(?:\.\s*\w+|\[\s*[\"'][^\"'\n]+[\"']\s*\])"
    r"\s*\.\s*(?:createIndex|createIndexes|ensureIndex|aggregate|find|findOne|countDocuments|updateOne|updateMany|deleteOne"
    r"|deleteMany|distinct|mapReduce)\s*\()"
)
_PIPELINE = re.compile(r"\s*\[\s*\{\s*[\"']?\$[a-zA-Z]")
_WITH_PIPELINES = re.compile(r"\s*\{\s*[\"']?(?:collections|pipelines)[\"']?\s*:\s*[\[{]")


@dataclass(frozen=True)
class Described:
    """What a text describes.

    Attributes:
        lines: of collections, fields (`orders.total`) and queries, by name.
        comments: of a script, those that speak to dbdesign, by line.
        unread: calls of a script that could not be read, with line and reason.
    """

    schema: DocumentSchema
    lines: Mapping[str, int] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    unread: tuple[tuple[int, str], ...] = ()


def collections_of(source: str, call: Call) -> tuple[Collection, ...] | None:
    """The collections that a source describes: a JSON or YAML file, or such text; None where it is something else."""
    from dbdesign.migrations.mongodb.collections import read_collections

    inline = source.lstrip().startswith("{") or is_inline(source)
    if inline and not any(key in source for key in KEYS):
        return None
    if not inline and not source.lower().endswith(SUFFIXES):
        return None
    text = source if inline else decoded_file(source, call)
    return read_collections(text) if _describes_collections(text) else None


def described(text: str, name: str, *, certain: bool) -> Described | None:
    """What a text describes in the model of documents; None where it is something else.

    Args:
        certain: whether the caller said that it is one of documents, so that anything else is an error.

    Raises:
        DesignError: it is of documents, and of a form that cannot be read.
    """
    if len(text) > MOST_TEXT and not certain:
        return None
    if _is_review(text, name):
        from dbdesign.nosql.mongodb.review.source import read

        return Described(read(text).schema())
    if _is_script(text, name):
        return _script(text)
    plausible = any(key in text for key in KEYS) and _may_be(text, name)
    if not certain and not (plausible and _describes_collections(text)):
        return None
    from dbdesign.api.json_schema import as_documents
    from dbdesign.migrations.mongodb.collections import read_collections

    return Described(as_documents(read_collections(text)), _lines(text))


def _is_review(text: str, name: str) -> bool:
    """`{collections, pipelines}`, or the stages of one pipeline."""
    named = name.lower().endswith((*SUFFIXES, *SCRIPTS)) or _is_no_file(name)
    return named and (_PIPELINE.match(text) or _WITH_PIPELINES.match(text)) is not None


def _is_script(text: str, name: str) -> bool:
    if _CALL.search(text) is None:
        return False
    if name.lower().endswith((".mongodb", ".mongosh", ".mongodb.js", ".mongosh.js")):
        return True
    if not (name.lower().endswith(SCRIPTS) or _is_no_file(name)):
        return False
    from dbdesign.api.program_source import program_format

    return program_format(text, name, inline=_is_no_file(name)) is None


def _is_no_file(name: str) -> bool:
    return "." not in name.rpartition("/")[2]


def _script(text: str) -> Described:
    from dbdesign.nosql.mongodb.review.source import read

    found = read(text, lenient=True)
    comments = {number: line for number, line in enumerate(text.splitlines(), 1) if "dbdesign:" in line}
    comments = {number: line[line.index("dbdesign:") :] for number, line in comments.items()}
    return Described(found.schema(), found.lines, comments, tuple(found.unread))


def _may_be(text: str, name: str) -> bool:
    named = name.lower().endswith(SUFFIXES) or _is_no_file(name)
    return named and re.match(r"\s*(?:\{|[\"'\w.-]+\s*:)", text) is not None


def _describes_collections(text: str) -> bool:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return False
    if not isinstance(found, dict) or not found:
        return False
    return all(isinstance(one, dict) and bool(one) and set(one) <= KEYS for one in found.values())


MOST_LINES = 20_000
"""Names whose lines are kept."""
DEEPEST = 100
"""Levels below which no field's line is kept: an alias of YAML may hold itself."""


def _lines(text: str) -> dict[str, int]:
    """Where collections and their fields stand; `text` has been read as YAML before."""
    found: dict[str, int] = {}
    waiting: list[tuple[str, Node, int]] = []
    for name, node, line in _entries(yaml.compose(text, Loader=yaml.SafeLoader)):
        found[name] = line
        schema = _part(_part(node, "validator"), "$jsonSchema")
        waiting += [(f"{name}{field}", inside, at) for field, inside, at in _properties(schema)]
    while waiting and len(found) < MOST_LINES:
        place, schema, line = waiting.pop()
        found.setdefault(place, line)
        if place.count(".") > DEEPEST:
            continue
        waiting += [(f"{place}{field}", inside, at) for field, inside, at in _properties(schema)]
    return found


def _part(node: Node | None, name: str) -> Node | None:
    return next((inside for key, inside, _ in _entries(node) if key == name), None)


def _properties(schema: Node | None) -> list[tuple[str, Node, int]]:
    """The fields of a schema behind a dot; those of an array's members behind `[]` and a dot."""
    own = _entries(_part(schema, "properties"))
    inner = _entries(_part(_part(schema, "items"), "properties"))
    return [
        (f"{before}.{name}", one, line) for before, found in (("", own), ("[]", inner)) for name, one, line in found
    ]


def _entries(node: Node | None) -> list[tuple[str, Node, int]]:
    from yaml.nodes import MappingNode

    if not isinstance(node, MappingNode):
        return []
    return [(str(key.value), value, key.start_mark.line + 1) for key, value in node.value]
