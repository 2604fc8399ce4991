"""Runs Django on projects made of cases: `makemigrations` and `migrate` in one subprocess, the tables on the embedded PostgreSQL."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader
from dbdesign.readers.postgresql.catalog import read_catalog
from dbdesign.writers.base import WriteOptions, writer
from migration_tools import run

PREAMBLE = """
import datetime
import uuid
from decimal import Decimal
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (ArrayField, BigIntegerRangeField, DateRangeField, DateTimeRangeField, DecimalRangeField,
    HStoreField, IntegerRangeField, RangeOperators)
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex, BTreeIndex, GinIndex, GistIndex, HashIndex, OpClass, SpGistIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import (Abs, Cast, Coalesce, Collate, Concat, ExtractYear, Greatest, Left, Length, Lower, Mod, Now, NullIf,
    Round, Substr, Trim, TruncDate, Upper)
from django.db.models.lookups import Exact, GreaterThan
from django.utils.translation import gettext_lazy as _
"""
SETTINGS = """
import os
DATABASES = {{"default": {{"ENGINE": "{engine}", "NAME": os.environ.get("DATABASE_NAME"), "USER": os.environ.get("DATABASE_USER"),
    "PASSWORD": os.environ.get("DATABASE_PASSWORD"), "HOST": os.environ.get("DATABASE_HOST")}}}}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.postgres", {apps}]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models", "fields", "postgres", "auth"]
USE_TZ = True
TIME_ZONE = "UTC"
"""
RUN = """
import warnings
import django
from django.core.management import call_command
warnings.simplefilter("ignore")
django.setup()
from django.db import connection
if {extensions!r} and connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        for name in {extensions!r}:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {{name}}")
if {make!r}:
    call_command("makemigrations", *{make!r}, verbosity=0, skip_checks=True)
call_command("migrate", *{migrate!r}, verbosity=0, skip_checks=True)
"""
OWN_TABLES = re.compile(r"django_migrations\Z")


@dataclass(frozen=True)
class Case:
    """An app: its label, what it is about, its files by path."""

    name: str
    title: str
    files: Mapping[str, str]


def cases(path: Path, preamble: str = PREAMBLE) -> list[Case]:
    """The cases of a file: `=== name: title`, then files after `--- path`; what comes before the first is `models.py`."""
    found = []
    for part in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        name, _, title = head.partition(": ")
        first, *rest = re.split(r"^--- ", body, flags=re.MULTILINE)
        files = {f"{name}/models.py": preamble + first} if first.strip() else {}
        for one in rest:
            file, _, text = one.partition("\n")
            files[f"{name}/{file.strip()}"] = text
        files.setdefault(f"{name}/__init__.py", "")
        found.append(Case(name, title, files))
    return found


def settings_text(apps: list[str], engine: str = "django.db.backends.postgresql") -> str:
    """The settings of a project of these apps."""
    return SETTINGS.format(engine=engine, apps=", ".join(f"{one!r}" for one in apps))


def write_project(
    folder: Path, files: Mapping[str, str], apps: list[str], engine: str = "django.db.backends.postgresql"
) -> None:
    """Write a project's files and settings."""
    for path, text in {**files, "settings.py": settings_text(apps, engine)}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def migrate(
    folder: Path,
    environment: Mapping[str, str],
    *,
    make: list[str],
    extensions: tuple[str, ...] = ("hstore", "citext", "btree_gist"),
    labels: tuple[str, ...] = (),
) -> None:
    """Make the first migrations of some apps, and run all."""
    (folder / "run.py").write_text(RUN.format(make=make, extensions=extensions, migrate=list(labels)))
    run(sys.executable, "run.py", cwd=folder, DJANGO_SETTINGS_MODULE="settings", PYTHONPATH=str(folder), **environment)


def environment_of(database: ScratchDatabase) -> dict[str, str]:
    """How Django reaches a scratch database."""
    given = database.user.info.get_parameters()
    return {
        "DATABASE_NAME": given["dbname"],
        "DATABASE_USER": given["user"],
        "DATABASE_PASSWORD": database.user.info.password,
        "DATABASE_HOST": given["host"],
    }


@contextmanager
def scratch() -> Iterator[ScratchDatabase]:
    """An empty database."""
    with embedded().scratch() as database:
        yield database


def created(database: ScratchDatabase) -> Schema:
    """What is in a database, without Django's own book of migrations."""
    schema = read_catalog(database.admin)
    tables = [one.model_copy(update={"owner": None}) for one in schema.tables if not OWN_TABLES.match(one.name)]
    return schema.model_copy(update={"tables": tuple(tables)})


def normalised(schema: Schema) -> Schema:
    """A PostgreSQL schema as the server says it, after it was made there."""
    script = writer("postgresql").write(schema, WriteOptions(prove=False))
    return reader("postgresql").read(script.text).schema_


__all__ = ["Case", "Engine", "cases", "created", "environment_of", "migrate", "normalised", "scratch", "write_project"]
