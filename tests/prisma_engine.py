"""Prisma's own engines as oracles: its language (validate, format) and its schema engine (the SQL of a schema), both from npm.

The schema engine's build for WebAssembly knows PostgreSQL, CockroachDB and SQLite; the language all providers.
"""

from __future__ import annotations

import atexit
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from dbdesign.model.schema import Schema
from dbdesign.readers.base import ReadResult, reader
from migration_tools import MODULES, needs_package

SCRIPT = Path(__file__).with_name("prisma_engine.mjs")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_CONNECTIONS = re.compile(r"^\s*(?:url|directUrl|shadowDatabaseUrl)\s*=.*$", re.MULTILINE)
_OLD_FEATURES = re.compile(r'(previewFeatures\s*=\s*\[[^\]]*?),\s*"metrics"')


class RefusedError(AssertionError):
    """What Prisma says of a schema that it does not take."""


class PrismaEngine:
    """One process for all questions of a test run."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", str(SCRIPT), str(MODULES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.process.kill)

    def ask(self, ask: str, *texts: str) -> Any:
        """An answer, or `RefusedError`."""
        files = [[f"schema{number or ''}.prisma", text] for number, text in enumerate(texts)]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": ask, "files": files}) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        if "error" in said:
            raise RefusedError(_COLOURS.sub("", said["error"]))
        return said["answer"]

    def validate(self, *texts: str) -> None:
        """Raise `RefusedError` for what Prisma does not accept."""
        self.ask("validate", *texts)

    def formatted(self, text: str) -> str:
        """The text as `prisma format` leaves it."""
        return str(self.ask("format", text)["schema.prisma"])

    def sql(self, *texts: str) -> str:
        """What `prisma migrate diff --from-empty` prints."""
        return str(self.ask("sql", *texts))


@cache
def prisma_engine() -> PrismaEngine:
    """The engines; skips, visibly, where they are not installed."""
    for package in ("@prisma/prisma-schema-wasm", "@prisma/schema-engine-wasm", "@prisma/driver-adapter-utils"):
        needs_package(package)
    return PrismaEngine()


def newest(text: str) -> str:
    """A schema of an older Prisma as 8 takes it: without connections, which have moved to prisma.config.ts, and its old features."""
    return _OLD_FEATURES.sub(r"\1", _CONNECTIONS.sub("", text))


def read_sql(engine: str, sql: str) -> ReadResult:
    """SQL of the schema engine as our own reader of SQL understands it. `public` is there anyway."""
    return reader(engine).read(sql.replace('CREATE SCHEMA IF NOT EXISTS "public";', ""), execute=False)


def without_comments(schema: Schema) -> Schema:
    """What Prisma sends to the database, which its documentation never reaches."""
    tables = tuple(
        table.model_copy(
            update={
                "comment": None,
                "columns": tuple(column.model_copy(update={"comment": None}) for column in table.columns),
            }
        )
        for table in schema.tables
    )
    enums = tuple(enum.model_copy(update={"comment": None}) for enum in schema.enums)
    return schema.model_copy(update={"tables": tables, "enums": enums})
