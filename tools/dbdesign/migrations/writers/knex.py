"""Knex: a migration file a unit, in the folder's language; `config = { transaction: false }` where it is needed.

`knex.raw` takes `?` for a parameter where the driver numbers them, and `\\?` for a question mark. Source: Knex's documentation of
migrations, and `positionBindings` of its dialects.
"""

from __future__ import annotations

import re

from dbdesign.errors import InputError
from dbdesign.migrations.writers.assembly import assembled
from dbdesign.migrations.writers.base import Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.headers import header
from dbdesign.migrations.writers.javascript import down_lines, functions_for, takes_savepoints, up_lines
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import timestamps

_FILE = re.compile(r"(\d{14})_.*\.([cm]?[jt]s)$")
_NUMBERED = frozenset({"postgresql", "cockroachdb", "sqlserver"})
"""Engines whose drivers have numbered parameters, so that Knex rewrites question marks."""


def write(job: Job) -> WrittenMigration:
    """`YYYYMMDDHHMMSS_name.js` (or `.ts`, as in the folder) for each unit."""
    there = [match for path in job.folder.top if (match := _FILE.match(path))]
    typed = bool(there) and there[-1][2] == "ts"
    name = slug_of(job.options.name)
    parts = [
        (unit, {f"{stamp}_{name}_{unit.slug}.{'ts' if typed else 'js'}": _text(unit, typed=typed)})
        for unit, stamp in zip(
            job.units, timestamps(len(job.units), [one[1] for one in there], job.options), strict=True
        )
    ]
    revert = [f"knex migrate:down  # {len(parts)} times, one migration each"]
    return assembled(job, "knex", parts, apply=["knex migrate:latest"], revert=revert, code=True)


def _text(unit: Unit, *, typed: bool) -> str:
    def escape(sql: str) -> str:
        return _escaped(sql, unit)

    up = _direction(unit, up_lines(unit, escape, lambda _: "?"), unit.transactional)
    down = _direction(unit, down_lines(unit, escape), unit.down_transactional)
    functions = functions_for([*up, *down], typed=typed)
    signature = (
        "export async function {}(knex: Knex): Promise<void> {{" if typed else "exports.{} = async function (knex) {{"
    )
    config = "export const config = { transaction: false };" if typed else "exports.config = { transaction: false };"
    lines = [
        *(['import type { Knex } from "knex";', ""] if typed else []),
        *[f"// {line}" for line in header(unit)],
        *([config] if unit.runs_outside else []),
        "",
        signature.format("up"),
        *[f"    {line}" for line in up],
        "}" if typed else "};",
        "",
        signature.format("down"),
        *[f"    {line}" for line in down],
        "}" if typed else "};",
    ]
    text = "\n".join([*lines, *[f"\n{one}" for one in [_ROWS, *([_RUN] if typed else []), *functions]], ""])
    return (
        text.replace("(sql, parameters) =>", "(sql: string, parameters?: any) =>").replace(
            "(answer) =>", "(answer: any) =>"
        )
        if typed
        else text
    )


def _escaped(sql: str, unit: Unit) -> str:
    if unit.engine not in _NUMBERED:
        return sql
    if unit.engine != "sqlserver" and re.search(r"\\\?", sql):
        raise InputError(
            "Knex cannot say a backslash before a question mark", where=unit.id, remedy="Use another tool for it"
        )
    return sql.replace("?", "\\?")


def _direction(unit: Unit, lines: list[str], transactional: bool) -> list[str]:
    if not lines or lines == ["// run by hand"]:
        return lines
    if transactional and not unit.runs_outside:
        return [_run("knex", ""), *lines]
    if transactional and takes_savepoints(unit):
        inner = [_run("transaction", ""), *lines]
        return ["await knex.transaction(async (transaction) => {", *[f"    {line}" for line in inner], "});"]
    return [
        "const connection = await knex.client.acquireConnection(); // settings hold for one connection",
        "try {",
        *[f"    {line}" for line in [_run("knex", ".connection(connection)"), *lines]],
        "} finally {",
        "    await knex.client.releaseConnection(connection);",
        "}",
    ]


def _run(runner: str, connection: str) -> str:
    query = f"(parameters ? {runner}.raw(sql, parameters) : {runner}.raw(sql)){connection}"
    return f"const run = async (sql, parameters) => rowsOf(await {query});"


_RUN = "type Run = (sql: string, parameters?: any) => Promise<any[]>;"
_ROWS = "const rowsOf = (answer) => answer?.rows ?? (Array.isArray(answer?.[0]) ? answer[0] : answer) ?? [];"

WRITER = MigrationWriter(
    "knex", "Knex", frozenset({"postgresql", "cockroachdb", "mysql", "sqlite", "sqlserver"}), write
)
