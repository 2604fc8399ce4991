"""Collections of a document database as a source: validators and indexes in JSON or YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from dbdesign.api.source import decoded_file, is_inline

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.migrations.mongodb.collections import Collection

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


def _describes_collections(text: str) -> bool:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    if not isinstance(found, dict) or not found:
        return False
    return all(isinstance(one, dict) and bool(one) and set(one) <= KEYS for one in found.values())
