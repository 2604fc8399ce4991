"""Liquibase's XML as the mappings that its YAML has: attributes and child elements by name, with lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from dbdesign.errors import InputError

DEEPEST = 100


class _Builder:
    """Collects elements as (name, mapping, line); a mapping has attributes, `__children__`, `__text__` and `__line__`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: dict[str, Any] | None = None
        self._stack: list[dict[str, Any]] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        raise InputError("a document type is not read", where=self.name, remedy="Leave out <!DOCTYPE …>")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._stack) >= DEEPEST:
            raise InputError(f"is nested more than {DEEPEST} deep", where=self.name, remedy="Take it apart")
        element: dict[str, Any] = {
            **attributes,
            "__tag__": tag.rpartition(":")[2],
            "__children__": [],
            "__text__": "",
            "__line__": self.parser.CurrentLineNumber,
        }
        if self._stack:
            self._stack[-1]["__children__"].append(element)
        else:
            self.root = element
        self._stack.append(element)

    def _end(self, _tag: str) -> None:
        self._stack.pop()

    def _text(self, text: str) -> None:
        if self._stack:
            self._stack[-1]["__text__"] += text


def read_xml(text: str, name: str) -> Iterator[tuple[str, dict[str, Any], int]]:
    """The entries below databaseChangeLog: kind, contents, line.

    Raises:
        InputError: where it is not well formed, or has a document type (entities are never expanded).
    """
    builder = _Builder(name)
    try:
        builder.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise InputError(
            f"is not well-formed XML: {expat.errors.messages[error.code]}",
            where=f"{name}, line {error.lineno}",
            remedy="Mend the file",
        ) from None
    for child in builder.root["__children__"] if builder.root else ():
        body = _mapping(child)
        if child["__tag__"] == "changeSet":
            body["changes"] = [
                {one["__tag__"]: _mapping(one)} for one in child["__children__"] if one["__tag__"] not in _NOT_CHANGES
            ]
            body["preConditions"] = next(
                (_condition(one) for one in child["__children__"] if one["__tag__"] == "preConditions"), None
            )
        yield child["__tag__"], body, child["__line__"]


_NOT_CHANGES = {"preConditions", "rollback", "comment", "validCheckSum", "modifySql"}


def _mapping(element: dict[str, Any]) -> dict[str, Any]:
    """An element as YAML would have it: `columns` as a list, `constraints` as a mapping, a text as `sql`."""
    found: dict[str, Any] = {key: value for key, value in element.items() if not key.startswith("__")}
    found["__line__"] = element["__line__"]
    for child in element["__children__"]:
        tag = child["__tag__"]
        if tag == "column":
            found.setdefault("columns", []).append({"column": _mapping(child)})
        elif tag == "constraints":
            found["constraints"] = _mapping(child)
        elif tag == "where":
            found["where"] = child["__text__"].strip()
        elif tag in {"sql", "comment", "param"}:
            found.setdefault(tag, child["__text__"])
        elif tag == "whereParams":
            found["whereParams"] = True
    if text := element["__text__"].strip():
        found.setdefault("sql", text)
    return found


def _condition(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Preconditions as YAML would have them: attributes first, then each with its own."""
    own = {key: value for key, value in element.items() if not key.startswith("__")}
    found: list[dict[str, Any]] = [own] if own else []
    for child in element["__children__"]:
        inside = _condition(child) if child["__children__"] else _mapping(child)
        found.append({child["__tag__"]: inside})
    return found
