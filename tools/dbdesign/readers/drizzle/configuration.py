"""drizzle.config.ts: the casing of names that are left out, and which files are the schema."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dbdesign.readers.typescript import SUFFIXES, CallNode, ObjectValue, Program, Value

_CONFIG = re.compile(r"(?:^|/)drizzle(?:[.\-][\w.\-]+)?\.config\.(?:ts|js|mjs|cjs|mts|cts)\Z")
_WORDS = re.compile(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+")


@dataclass(frozen=True)
class Configuration:
    """What a configuration says. `schema` has paths and patterns, relative to the root of the files; empty for all."""

    path: str
    casing: str | None
    schema: tuple[str, ...]
    dialect: str | None


def configurations(program: Program) -> Iterator[Configuration]:
    """The configurations among the files."""
    for path in program.paths:
        if not _CONFIG.search(path):
            continue
        value = program.exported(path, "default")
        value = program.expand(value)
        if isinstance(value, CallNode) and value.args:
            value = value.args[0]
        if isinstance(value, ObjectValue):
            yield _configuration(path, value)


def _configuration(path: str, options: ObjectValue) -> Configuration:
    folder = posixpath.dirname(path)
    casing, dialect, schema = options.get("casing"), options.get("dialect"), options.get("schema")
    patterns = [one for one in (schema if isinstance(schema, list) else [schema]) if isinstance(one, str)]
    paths = tuple(posixpath.normpath(posixpath.join(folder, one)) for one in patterns)
    return Configuration(
        path, casing if isinstance(casing, str) else None, paths, dialect if isinstance(dialect, str) else None
    )


def schema_paths(program: Program, found: tuple[Configuration, ...]) -> tuple[str, ...]:
    """The files that a configuration names as the schema; all where none does, or where none of them is here."""
    patterns = [one for configuration in found for one in configuration.schema]
    own = tuple(path for path in program.paths if not _CONFIG.search(path))
    named = tuple(path for path in own if any(_matches(path, pattern) for pattern in patterns))
    return named or own


def _matches(path: str, pattern: str) -> bool:
    flat = pattern.replace("**/", "*").replace("**", "*")
    alternatives = [flat]
    if match := re.search(r"\{([^{}]*)\}", flat):
        alternatives = [flat[: match.start()] + one + flat[match.end() :] for one in match[1].split(",")]
    inside = any(path.startswith(f"{one.rstrip('/')}/") for one in alternatives if not one.endswith(SUFFIXES))
    return inside or any(fnmatchcase(path, one) for one in alternatives)


def naming(casing: str | None) -> Callable[[str], str]:
    """How drizzle-orm turns a key into a column's name (`casing.js`)."""
    if casing == "snake_case":
        return lambda key: "_".join(word.lower() for word in _words(key))
    if casing == "camelCase":
        return _camel
    return lambda key: key


def _words(key: str) -> list[str]:
    return _WORDS.findall(key.replace("'", "").replace("\u2019", ""))


def _camel(key: str) -> str:
    words = _words(key)
    return "".join(word.lower() if number == 0 else word[0].upper() + word[1:] for number, word in enumerate(words))


def as_text(value: Value) -> str | None:
    """The value where it is a string."""
    return value if isinstance(value, str) else None
