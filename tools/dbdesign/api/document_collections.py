"""Collections of a document database as a source: validators and indexes in JSON or YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from dbdesign.api.source import decoded_file, is_inline

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.migrations.mongodb.collections import Collection
    from dbdesign.model.documents import DocumentSchema

MOST_TEXT = 4 * 1024 * 1024
"""Characters of a text that is looked at whether it describes collections."""

SUFFIXES = (".json", ".yaml", ".yml")
KEYS = frozenset({"validator", "indexes", "validationLevel", "validationAction"})
"""What a collection is described by; a design file has none of it."""


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


def document_schema(text: str, name: str, *, certain: bool) -> DocumentSchema | None:
    """The collections that a text describes, in the model of documents; None where it describes something else.

    Args:
        certain: whether the caller said that it does, so that anything else is an error.
    """
    from dbdesign.api.json_schema import as_documents
    from dbdesign.migrations.mongodb.collections import read_collections

    plausible = len(text) <= MOST_TEXT and any(key in text for key in KEYS) and _may_be(text, name)
    if not certain and not (plausible and _describes_collections(text)):
        return None
    return as_documents(read_collections(text))


def _may_be(text: str, name: str) -> bool:
    named = name.lower().endswith(SUFFIXES) or "." not in name.rpartition("/")[2]
    return named and re.match(r"\s*(?:\{|[\"'\w.-]+\s*:)", text) is not None


def _describes_collections(text: str) -> bool:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return False
    if not isinstance(found, dict) or not found:
        return False
    return all(isinstance(one, dict) and bool(one) and set(one) <= KEYS for one in found.values())
