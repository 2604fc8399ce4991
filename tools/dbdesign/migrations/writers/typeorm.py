"""TypeORM: a migration class a unit, with up and down.

Every class says `transaction`: in TypeORM's default mode, which runs all pending migrations in one transaction, that is refused with an
error (ForbiddenTransactionModeOverrideError), where one without it would run steps together that must not be. Source: TypeORM's
documentation of migrations, and MigrationExecutor.
"""

from __future__ import annotations

import re
from datetime import UTC

from dbdesign.migrations.writers.assembly import assembled
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationOptions, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.headers import header
from dbdesign.migrations.writers.javascript import down_lines, functions_for, up_lines
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import clock

_FILE = re.compile(r"(\d{13})-.*\.[cm]?[jt]s$")
_MODE = 'Run them with migrationsTransactionMode: "each" (or --transaction each): by default all run in one transaction'


def write(job: Job) -> WrittenMigration:
    """`TIMESTAMP-Name.ts` for each unit."""
    existing = [int(match[1]) for path in job.folder.top if (match := _FILE.match(path))]
    first = max([_milliseconds(job.options), *[one + 1000 for one in existing]])
    parts = []
    for number, unit in enumerate(job.units):
        stamp, name = first + number * 1000, _camel(f"{slug_of(job.options.name)}_{unit.slug}")
        parts.append((unit, {f"{stamp}-{name}.ts": _text(unit, f"{name}{stamp}")}))
    revert = [f"typeorm migration:revert --transaction each  # {len(parts)} times, one migration each"]
    return assembled(
        job,
        "typeorm",
        parts,
        apply=["typeorm migration:run --transaction each"],
        revert=revert,
        notes=[_MODE],
        code=True,
    )


def _milliseconds(options: MigrationOptions) -> int:
    return int(clock(options).replace(tzinfo=UTC).timestamp()) * 1000


def _camel(slug: str) -> str:
    name = "".join(word.capitalize() for word in slug.split("_"))
    return name if name[0].isalpha() else f"M{name}"


def _text(unit: Unit, name: str) -> str:
    placeholder = _PLACEHOLDERS[unit.engine]
    up = _direction(up_lines(unit, str, placeholder), unit.transactional)
    down = _direction(down_lines(unit, str), unit.down_transactional)
    functions = [
        _RUN,
        _RUNNER,
        *[
            one
            for name, one in (("inside(", _INSIDE), ("outside(", _OUTSIDE))
            if any(name in line for line in [*up, *down])
        ],
        *functions_for([*up, *down], typed=True),
    ]
    lines = [
        'import { MigrationInterface, QueryRunner } from "typeorm";',
        "",
        *[f"// {line}" for line in header(unit)],
        f"export class {name} implements MigrationInterface {{",
        f'    name = "{name}";',
        f"    transaction = {'true' if unit.transactional else 'false'};",
        "",
        "    public async up(queryRunner: QueryRunner): Promise<void> {",
        *[f"        {line}" for line in up],
        "    }",
        "",
        "    public async down(queryRunner: QueryRunner): Promise<void> {",
        *[f"        {line}" for line in down],
        "    }",
        "}",
    ]
    return "\n".join([*lines, *[f"\n{one}" for one in functions], ""])


def _direction(lines: list[str], transactional: bool) -> list[str]:
    if not lines or lines[0].startswith("//"):
        return lines
    return [
        f"await {'inside' if transactional else 'outside'}(queryRunner, async (run) => {{",
        *[f"    {line}" for line in lines],
        "});",
    ]


_INSIDE = """// Runs the work in a transaction: in the one that is open, or in one of its own.
async function inside(queryRunner: QueryRunner, work: (run: Run) => Promise<void>): Promise<void> {
    if (queryRunner.isTransactionActive) return work(runner(queryRunner));
    await queryRunner.startTransaction();
    try {
        await work(runner(queryRunner));
        await queryRunner.commitTransaction();
    } catch (error) {
        await queryRunner.rollbackTransaction();
        throw error;
    }
}"""

_OUTSIDE = """// Runs the work outside a transaction. On the way down TypeORM opens one whatever the class says:
// it is committed, and another opened.
async function outside(queryRunner: QueryRunner, work: (run: Run) => Promise<void>): Promise<void> {
    const open = queryRunner.isTransactionActive;
    if (open) await queryRunner.commitTransaction();
    try {
        await work(runner(queryRunner));
    } finally {
        if (open) await queryRunner.startTransaction();
    }
}"""

_RUNNER = """// Statements of the one connection that the migration has.
const runner = (queryRunner: QueryRunner): Run =>
    async (sql, parameters) => (await queryRunner.query(sql, parameters, true)).records ?? [];"""

_RUN = "type Run = (sql: string, parameters?: any[]) => Promise<any[]>;"

_PLACEHOLDERS = {
    "postgresql": lambda number: f"${number}",
    "cockroachdb": lambda number: f"${number}",
    "mysql": lambda _: "?",
    "tidb": lambda _: "?",
    "sqlite": lambda _: "?",
    "sqlserver": lambda number: f"@{number - 1}",
}

WRITER = MigrationWriter("typeorm", "TypeORM", RELATIONAL, write)
