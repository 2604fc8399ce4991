"""The commands of a pattern: a find, an aggregation, or writes, as the driver takes them, with `:name` for a parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal[
    "find", "aggregate", "insertOne", "insertMany", "updateOne", "updateMany", "deleteOne", "deleteMany"
]
Document = dict[str, Any]


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        arguments: by the driver's names: `filter`, `projection`, `sort`, `limit`, `pipeline`, `document`, `documents`, `update`,
            `arrayFilters`.
    """

    collection: str
    operation: Operation
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> Document:
        """For the design and the file of requests."""
        return {"collection": self.collection, "operation": self.operation, **self.arguments}


@dataclass(frozen=True)
class Request:
    """The commands of one pattern, in order; in one transaction where `transaction`."""

    commands: tuple[Command, ...]
    transaction: bool = False
    notes: tuple[str, ...] = ()

    def as_json(self) -> Document:
        """For the design and the file of requests."""
        return {"commands": [one.as_json() for one in self.commands]} | (
            {"transaction": True} if self.transaction else {}
        )

    def text(self) -> str:
        """As mongosh takes it."""
        lines = [mongosh(one) for one in self.commands]
        if self.transaction:
            lines = ["// in one transaction", *lines]
        return "\n".join(lines)


def mongosh(command: Command) -> str:
    """A command for mongosh."""
    name = command.collection
    target = f"db.{name}" if re.fullmatch(r"[A-Za-z_]\w*", name) else f"db.getCollection({json.dumps(name)})"
    arguments = command.arguments
    if command.operation == "find":
        parts = [arguments["filter"], *([arguments["projection"]] if "projection" in arguments else [])]
        text = f"{target}.find({', '.join(map(script, parts))})"
        for cursor in ("sort", "limit"):
            if cursor in arguments:
                text += f".{cursor}({script(arguments[cursor])})"
        return text
    options = {"arrayFilters": arguments["arrayFilters"]} if "arrayFilters" in arguments else None
    order = ("pipeline", "filter", "update", "document", "documents")
    parts = [arguments[one] for one in order if one in arguments]
    return f"{target}.{command.operation}({', '.join(map(script, [*parts, *([options] if options else [])]))})"


def script(value: Any) -> str:
    """A JSON value as JavaScript: names unquoted where they may be, parameters without quotes."""
    return _script(value, 0)


def _script(value: Any, depth: int) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_name(key)}: {_script(one, depth + 1)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_script(one, depth + 1) for one in value)}]"
    if isinstance(value, str) and re.fullmatch(r":\w+", value):
        return value[1:]
    return json.dumps(value, ensure_ascii=False)


def _name(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else json.dumps(key, ensure_ascii=False)


def parameters(value: Any) -> Iterator[str]:
    """The names of the parameters in a command, in order of appearance."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from parameters(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from parameters(one)
    elif isinstance(value, str) and re.fullmatch(r":\w+", value):
        yield value[1:]
