"""Collections as their validators and indexes say them: what a migration starts from and ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import Field, ValidationError

from dbdesign.errors import InputError
from dbdesign.model.base import Model


class MongoIndex(Model):
    """An index. `keys` are fields with 1, -1, `text`, `2dsphere`, `hashed` or `wildcard`; `options` as createIndexes takes them."""

    name: str
    keys: Mapping[str, int | str]
    options: Mapping[str, Any] = Field(default_factory=dict)


class Collection(Model):
    """A collection.

    Attributes:
        schema_: the `$jsonSchema` of its validator (draft 4 with bsonType); empty for none.
    """

    name: str
    schema_: Mapping[str, Any] = Field(default_factory=dict, alias="schema")
    indexes: tuple[MongoIndex, ...] = ()


def read_collections(text: str) -> tuple[Collection, ...]:
    """Collections from JSON or YAML.

    `{users: {validator: {$jsonSchema: {…}}, indexes: [{key: {email: 1}, unique: true}]}}`: by name, each as
    `db.getCollectionInfos()` gives its options and `getIndexes()` its indexes.

    Raises:
        InputError: the text is of another form.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"the collections are neither JSON nor YAML: {error}") from error
    if not isinstance(found, dict):
        raise InputError(
            "the collections are no mapping of names",
            remedy="Write {users: {validator: {$jsonSchema: …}, indexes: […]}}",
        )
    return tuple(_collection(str(name), said if isinstance(said, dict) else {}) for name, said in found.items())


def _collection(name: str, said: dict[str, Any]) -> Collection:
    validator = said.get("validator") or {}
    extra = set(validator) - {"$jsonSchema"}
    if extra:
        raise InputError(
            f"the validator has {', '.join(sorted(extra))} beside $jsonSchema",
            where=name,
            remedy="Say all of it in $jsonSchema",
        )
    try:
        indexes = tuple(
            _index(one) for one in said.get("indexes", []) if "_id" not in one.get("key", {}) or len(one["key"]) > 1
        )
        return Collection(name=name, schema=validator.get("$jsonSchema", {}), indexes=indexes)
    except (ValidationError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"an index is not as getIndexes() says it: {error}", where=name) from error


def _index(said: dict[str, Any]) -> MongoIndex:
    keys = said["key"]
    name = said.get("name") or "_".join(f"{field}_{direction}" for field, direction in keys.items())
    return MongoIndex(
        name=name,
        keys=keys,
        options={key: value for key, value in said.items() if key not in {"key", "name", "v", "ns"}},
    )


def properties(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field that a schema speaks of, by its dotted path; fields of arrays' members behind `[]`."""
    for name, said in schema.get("properties", {}).items():
        place = f"{path}{name}"
        yield place, said
        yield from properties(said, f"{place}.")
        if isinstance(said.get("items"), Mapping):
            yield from properties(said["items"], f"{place}[].")
