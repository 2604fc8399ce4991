"""Beanie models (2.x) of a document schema: a class for each collection, and one for each nested object."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema

PYTHON: dict[BsonType, str] = {
    "string": "str",
    "double": "float",
    "int": "int",
    "long": "int",
    "decimal": "DecimalAnnotation",
    "bool": "bool",
    "date": "datetime",
    "objectId": "PydanticObjectId",
    "binData": "bytes",
    "uuid": "UUID",
    "mixed": "Any",
}
IMPORTS = {
    "Any": "from typing import Any",
    "Literal": "from typing import Literal",
    "Annotated": "from typing import Annotated",
    "datetime": "from datetime import datetime",
    "UUID": "from uuid import UUID",
    "PydanticObjectId": "from beanie import PydanticObjectId",
    "DecimalAnnotation": "from beanie.odm.custom_types import DecimalAnnotation",
    "IndexModel": "from pymongo import IndexModel",
    "TimeSeriesConfig": "from beanie import TimeSeriesConfig",
    "Granularity": "from beanie import Granularity",
}


def models(schema: DocumentSchema) -> str:
    """A module of Beanie models."""
    work = _Module()
    for collection in schema.collections:
        work.document(collection)
    body = "\n\n\n".join(work.classes)
    return f"{work.imports(body)}\n\n\n{body}\n\n\nDOCUMENT_MODELS = [{', '.join(work.documents)}]\n"


def class_name(name: str) -> str:
    """`order_line` → `OrderLine`."""
    found = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", name) if part)
    return found if found and not found[0].isdigit() else f"Collection{found}"


class _Module:
    def __init__(self) -> None:
        self.classes: list[str] = []
        self.documents: list[str] = []
        self.names: set[str] = {"Document", "BaseModel", "Field", *IMPORTS}

    def imports(self, body: str) -> str:
        """The imports that the classes need, sorted."""
        lines = {line for name, line in IMPORTS.items() if re.search(rf"\b{name}\b", body)}
        merged: dict[str, list[str]] = {"beanie": ["Document"], "pydantic": ["BaseModel", "Field", "ConfigDict"]}
        for line in lines:
            module, _, name = line.removeprefix("from ").partition(" import ")
            merged.setdefault(module, []).append(name)
        used = {
            module: sorted(name for name in names if re.search(rf"\b{name}\b", body))
            for module, names in merged.items()
        }
        groups = ("datetime", "typing", "uuid"), ("beanie", "beanie.odm.custom_types", "pydantic", "pymongo")
        texts = [
            "\n".join(f"from {one} import {', '.join(used[one])}" for one in group if used.get(one)) for group in groups
        ]
        return "from __future__ import annotations\n\n" + "\n\n".join(text for text in texts if text)

    def unique(self, name: str) -> str:
        """A class name that is not taken."""
        found, number = name, 2
        while found in self.names:
            found, number = f"{name}{number}", number + 1
        self.names.add(found)
        return found

    def document(self, collection: Collection) -> None:
        """A class for a collection."""
        name = self.unique(class_name(collection.name))
        self.documents.append(name)
        lines = [line for one in collection.fields for line in self.field(one, name)]
        lines += ["", "    class Settings:", f"        name = {collection.name!r}"]
        lines += ["        keep_nulls = False"]
        if collection.time_series:
            lines += list(_time_series(collection))
        indexes = [_index(one) for one in collection.indexes]
        if indexes:
            lines += ["        indexes = [", *(f"            {one}," for one in indexes), "        ]"]
        self.classes.append("\n".join([f"class {name}(Document):", *lines]))

    def field(self, field: DocumentField, owner: str) -> Iterator[str]:
        """The lines of a field."""
        kind = self.type(field, owner)
        if field.name == "_id":
            if kind != "PydanticObjectId":
                yield f"    id: {kind} = Field(alias='_id')" + (f"  # {field.alias}" if field.alias else "")
            return
        name = field.name
        arguments: list[str] = []
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in _TAKEN:
            arguments.append(f"alias={name!r}")
            name = re.sub(r"\W", "_", name).strip("_") + "_"
        if not field.required and field.type != "mixed":
            kind = f"{kind} | None"
        for limit, value in (("max_length", field.max_length or field.max_items), ("ge", field.minimum)):
            if value is not None:
                arguments.append(f"{limit}={value}")
        default = "" if field.required else "None"
        if arguments:
            text = ", ".join(([f"default={default}"] if default else []) + arguments)
            yield f"    {name}: {kind} = Field({text})"
        else:
            yield f"    {name}: {kind}" + (f" = {default}" if default else "")

    def type(self, field: DocumentField, owner: str) -> str:
        """A Python type."""
        if field.values:
            return f"Literal[{', '.join(map(repr, field.values))}]"
        if field.type == "object":
            return self.nested(field, owner)
        if field.type == "array":
            element = field.element or DocumentField(type="mixed")
            inner = element.model_copy(update={"name": field.name}) if not element.name else element
            return f"list[{self.type(inner, owner)}]"
        return PYTHON.get(field.type, "Any")

    def nested(self, field: DocumentField, owner: str) -> str:
        """A class for a nested object, before its owner."""
        name = self.unique(f"{owner}{class_name(field.name)}")
        lines = [line for one in field.fields for line in self.field(one, name)]
        self.classes.append("\n".join([f"class {name}(BaseModel):", *(lines or ["    pass"])]))
        return name


_OWN_METHODS = (
    "copy json dict schema validate update delete insert save set inc get find count replace sync create aggregate"
)
_TAKEN = frozenset({"id", "Settings", "model_config", "construct", "distinct", "all", *_OWN_METHODS.split(" ")})
"""Names that a Beanie document has itself."""


def _index(index: DocumentIndex) -> str:
    keys = ", ".join(f"({path!r}, {way!r})" for path, way in index.keys.items())
    options = {
        "unique": index.unique or None,
        "partialFilterExpression": dict(index.where) or None,
        "expireAfterSeconds": None if index.expire_after_seconds is None else int(index.expire_after_seconds),
    }
    said = "".join(f", {name}={value!r}" for name, value in options.items() if value is not None)
    return f"IndexModel([{keys}]{said})"


def _time_series(collection: Collection) -> Iterator[str]:
    series = collection.time_series
    yield "        timeseries = TimeSeriesConfig("
    yield f"            time_field={series['timeField']!r},"
    yield f"            meta_field={series['metaField']!r},"
    yield f"            granularity=Granularity.{series['granularity']},"
    if "expireAfterSeconds" in collection.options:
        yield f"            expire_after_seconds={collection.options['expireAfterSeconds']},"
    yield "        )"
