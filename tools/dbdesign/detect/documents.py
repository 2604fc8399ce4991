"""JSON, YAML, TOML and XML of strangers: read within limits, or refused with a reason."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import yaml

_NODES = 200_000
_DEPTH = 200
_COMMENTS = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')


class UnreadableError(Exception):
    """A document that is broken, or built to harm; the text says which."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML whose tags are ignored, and whose merges cannot grow without end."""

    merged = 0

    def flatten_mapping(self, node: Any) -> None:
        """Count what merges copy, so that a bomb of them ends early."""
        super().flatten_mapping(node)
        self.merged += len(node.value)
        if self.merged > _NODES:
            raise UnreadableError("merges that grow without end")


def _any_tag(loader: Any, _suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("", _any_tag)


def yaml_documents(text: str) -> list[Any]:
    """Every document of a YAML text.

    Raises:
        UnreadableError: not YAML, or aliases that expand without end.
    """
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise UnreadableError(f"broken YAML{place}") from None
    except (RecursionError, ValueError, TypeError, OverflowError) as error:
        raise UnreadableError(f"YAML that cannot be read ({type(error).__name__})") from None
    _counted(documents)
    return documents


def _counted(value: Any) -> None:
    """Refuse a document that its aliases make huge."""
    left = _NODES
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        one, depth = stack.pop()
        left -= 1
        if left < 0 or depth > _DEPTH:
            raise UnreadableError("aliases that expand without end" if left < 0 else "nested too deep")
        if isinstance(one, dict):
            stack.extend((below, depth + 1) for below in one.values())
        elif isinstance(one, (list, tuple, set)):
            stack.extend((below, depth + 1) for below in one)


def json_document(text: str) -> Any:
    """A JSON document; comments and trailing commas are allowed.

    Raises:
        UnreadableError: not JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    except ValueError:
        pass
    try:
        plain = _COMMENTS.sub(lambda m: m.group() if m.group().startswith('"') else " ", text)
        return json.loads(_COMMAS.sub(lambda m: m.group() if m.group().startswith('"') else "", plain))
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise UnreadableError(f"broken JSON{f' at line {line}' if line else ''}") from None


def toml_document(text: str) -> dict[str, Any]:
    """A TOML document.

    Raises:
        UnreadableError: not TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        raise UnreadableError(f"broken TOML{f' at line {place.group(1)}' if place else ''}") from None


def xml_document(text: str) -> ET.Element:
    """An XML document without its namespaces.

    Raises:
        UnreadableError: not XML, or one that declares entities.
    """
    if "<!ENTITY" in text:
        raise UnreadableError("XML that declares entities")
    try:
        root = ET.fromstring(  # noqa: S314 - entities are refused above
            text.lstrip("\ufeff \t\r\n").encode("utf-8") if not text.lstrip().startswith("<?xml") else _undeclared(text)
        )
    except (ET.ParseError, ValueError, RecursionError) as error:
        line = getattr(error, "position", (None,))[0]
        raise UnreadableError(f"broken XML{f' at line {line}' if line else ''}") from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _undeclared(text: str) -> bytes:
    """The document without its declaration: it is UTF-8 by now, whatever it says."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"), count=1).lstrip().encode("utf-8")


def mappings(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a document, outermost first."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            yield one
            stack.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            stack.extend(reversed(one))


def strings(value: Any) -> Iterator[str]:
    """Every string of a document's values."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            stack.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            stack.extend(reversed(one))


def section(document: Any, *names: str) -> dict[str, Any]:
    """The mapping under a path of names; empty where there is none."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def items(value: Any) -> list[Any]:
    """A list as such; nothing for anything else."""
    return value if isinstance(value, list) else []
