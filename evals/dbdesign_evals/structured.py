"""A structured answer (YAML or JSON) and the values in it, by dotted path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from dbdesign.errors import InputError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_CHARACTERS = 200_000
MAX_DEPTH = 60
_NUMBER = re.compile(r"[-+]?\d[\d,_ ]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "g": 1e9,
}
_BYTES = {
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "pb": 1e15,
    "kib": 2.0**10,
    "mib": 2.0**20,
    "gib": 2.0**30,
    "tib": 2.0**40,
    "bytes": 1.0,
    "byte": 1.0,
}


def load(text: str, name: str) -> Any:
    """The value of a YAML or JSON text.

    Raises:
        InputError: where it is neither, is too large, too deep, or has aliases (which can make it grow without end).
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"has more than {MAX_CHARACTERS} characters", where=name)
    try:
        _refuse_what_grows(text, name)
        return yaml.load(text, Loader=LOADER)  # noqa: S506 - the safe loader, in C where that was built
    except yaml.YAMLError as error:
        raise InputError(f"is neither YAML nor JSON: {' '.join(str(error).split())[:200]}", where=name) from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"cannot be read: {' '.join(str(error).split())[:200]}", where=name) from None


def _refuse_what_grows(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise InputError("has an alias", where=name, remedy="Write the value out")
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise InputError(f"is nested deeper than {MAX_DEPTH}", where=name)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1


@lru_cache(maxsize=32)
def fixture(text: str, name: str) -> Any:
    """The value of a file of a task, which nobody changes."""
    return load(text, name)


def at(value: Any, path: str, name: str) -> Any:
    """The value at a path such as `findings.0.node`; keys are compared without case, `_`, `-` and blanks.

    Raises:
        InputError: where there is none.
    """
    current = value
    for part in path.split("."):
        if isinstance(current, dict):
            known = {_key(key): inner for key, inner in current.items()}
            if _key(part) not in known:
                raise InputError(f"has no {path}", where=name)
            current = known[_key(part)]
        elif isinstance(current, list) and part.isdigit() and int(part) < len(current):
            current = current[int(part)]
        else:
            raise InputError(f"has no {path}", where=name)
    return current


def _key(value: Any) -> str:
    return re.sub(r"[\s_-]+", "", str(value)).lower()


def words(value: Any) -> str:
    """A value as text that is compared: lower case, one blank between words, without quotes and `public.`."""
    text = re.sub(r"[`\"']", "", str(value)).strip().lower()
    return re.sub(r"\s+", " ", text.removeprefix("public."))


def number(value: Any, name: str) -> float:
    """A number, also with a unit of bytes or a scale (`12.5 GB`, `3 million`, `42 %` as 42).

    Raises:
        InputError: where it is none.
    """
    if isinstance(value, bool) or value is None:
        raise InputError(f"{value!r} is no number", where=name)
    if isinstance(value, (int, float)):
        return float(value)
    text = str(value).strip()
    found = _NUMBER.match(text.lstrip("~≈ "))
    if found is None:
        raise InputError(f"{text[:60]!r} is no number", where=name)
    rest = text.lstrip("~≈ ")[found.end() :].strip().lower().split("/")[0].split(" ")[0]
    return float(re.sub(r"[,_ ]", "", found[0])) * {**_SCALES, **_BYTES}.get(rest, 1.0)
