"""Django models, read statically: the schema that `makemigrations` and `migrate` would make of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbdesign.readers.base import ReadResult, SourceReader

if TYPE_CHECKING:
    from dbdesign.model.schema import Engine

_CLASS = re.compile(
    r"^[ ]*class\s+\w+\s*\([^)]*(?:Model|AbstractUser|AbstractBaseUser|Mixin|Page|Node|\bAbstract\w+)\b", re.MULTILINE
)
_FIELD = re.compile(r"^\s+\w+\s*(?::[^=\n]+)?=\s*models\.\w*(?:Field|ForeignKey)\(", re.MULTILINE)
_BARE_FIELD = re.compile(r"^\s+\w+\s*(?::[^=\n]+)?=\s*\w*(?:Field|ForeignKey|ParentalKey)\(", re.MULTILINE)
_IMPORT = re.compile(
    r"^\s*from\s+django(?:\.contrib\.gis)?\.db(?:\.models)?\s+import|^\s*import\s+django\.db", re.MULTILINE
)
_META = re.compile(r"^\s+(?:abstract|proxy|managed)\s*=\s*(?:True|False)|^\s+(?:db_table|app_label)\s*=", re.MULTILINE)
_ABSTRACT = re.compile(r"^[ ]*class\s+\w+\s*\([^)]*\bAbstract\w+", re.MULTILINE)


def declares(text: str) -> float:
    """How sure it is, 0 to 1, that a text declares Django models."""
    beginning = text[:200_000]
    if "migrations.Migration" in beginning and "operations" in beginning:
        return 0.0
    if not _CLASS.search(beginning):
        return 0.0
    imported = bool(_IMPORT.search(beginning))
    if _FIELD.search(beginning):
        return 0.95 if imported else 0.5
    if imported and _BARE_FIELD.search(beginning):
        return 0.7
    if _META.search(beginning):
        return 0.6 if imported else 0.3
    return 0.2 if _ABSTRACT.search(beginning) and "abstract_models" in beginning else 0.0


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """Read the models in some files; see `dbdesign.readers.base.ReadSource`."""
    from dbdesign.readers.django.source import read as read_models

    return read_models(files, engine=engine)


SOURCE_READER = SourceReader(name="django", title="Django", suffixes=(".py",), declares=declares, read=read)
