"""Executes a plan on MariaDB, where that is installed: the nearest engine at hand, and what it does otherwise is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dbdesign.engines.mariadb import MariaDbServer, find_mariadb, mariadb
from dbdesign.errors import SqlError
from dbdesign.migrations.compare import Comparison, compare
from dbdesign.migrations.verdict import EQUAL, judged
from dbdesign.model.migration import MigrationPlan, Step, Verification
from dbdesign.model.schema import Column, Schema, Table
from dbdesign.model.types import NUMBERS, Kind
from dbdesign.readers.mysql import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.mysql import WRITER

ROWS = 3
_SUBSTITUTES = (
    (re.compile(r"utf8mb4_0900_as_cs"), "utf8mb4_uca1400_as_cs"),
    (re.compile(r"utf8mb4_0900_a[is]_ci"), "utf8mb4_uca1400_as_ci"),
    (re.compile(r"(ALTER INDEX \S+) INVISIBLE"), r"\1 IGNORED"),
    (re.compile(r"(ALTER INDEX \S+) VISIBLE"), r"\1 NOT IGNORED"),
    (re.compile(r" NOT ENFORCED"), ""),
)
"""What MySQL says and MariaDB does not know: collations, invisible indexes, checks that are not enforced."""

_ALGORITHM = re.compile(r", ALGORITHM=\w+, LOCK=\w+")
_FINE: dict[str, str | tuple[str, ...]] = {
    "up": "steps ran",
    "end state": EQUAL,
    "rows": "rows kept",
    "down": ("as it was", "data is dropped"),
}


def verify(comparison: Comparison, plan: MigrationPlan) -> Verification | None:
    """Up with rows, the end against a fresh target, and down; None where MariaDB is not installed."""
    if find_mariadb() is None:
        return None
    return _Run(mariadb(), comparison, plan).verification()


@dataclass
class _Run:
    server: MariaDbServer
    comparison: Comparison
    plan: MigrationPlan
    otherwise: list[str] = field(default_factory=list)

    def verification(self) -> Verification:
        checks: dict[str, str] = {}
        with self.server.database() as name:
            try:
                self.server.run(_for_mariadb(_ddl(self.comparison.before)), name)
            except SqlError as error:
                refused = f"{self.server.title} does not take the schema before: {error}"
                return Verification(ok=False, summary=refused, checks={"before": refused})
            self._fill(name)
            counted = self._counts(name)
            before = self._schema(name)
            failed = [said for step in self.plan.steps if (said := self._step(step, step.sql, name)) is not None]
            checks["up"] = failed[0] if failed else f"{len(self.plan.steps)} steps ran"
            checks["end state"] = self._difference(self._schema(name), self._fresh())
            checks["rows"] = self._kept(name, counted)
            checks["down"] = self._down(name, before)
        partial = bool(self.plan.questions or self.plan.manual)
        fine = dict(_FINE)
        if self.otherwise:
            checks["otherwise than MySQL"] = "; ".join(dict.fromkeys(self.otherwise))
            fine["otherwise than MySQL"] = ""
        return judged(f"{self.server.title}, in place of MySQL", checks, fine, sum(counted.values()), partial=partial)

    def _step(self, step: Step, script: str, database: str) -> str | None:
        """Run a step's script; where MariaDB has another algorithm for it, without saying one."""
        text = _for_mariadb(script)
        try:
            self.server.run(text, database)
        except SqlError as error:
            if not re.search(r"ALGORITHM|LOCK=", str(error)):
                return f"{step.id}: {error}"
            self.otherwise.append(f"{step.id} ({step.title}): {error.what}")
            try:
                self.server.run(_ALGORITHM.sub("", text), database)
            except SqlError as again:
                return f"{step.id}: {again}"
        return None

    def _fill(self, database: str) -> None:
        statements = [
            f"INSERT IGNORE INTO {one};"
            for table in self.comparison.before.tables
            for number in range(1, ROWS + 1)
            if (one := _row(table, number))
        ]
        self.server.run(
            "\n".join(["SET SESSION foreign_key_checks = 0;", "SET SESSION sql_mode = '';", *statements]), database
        )

    def _counts(self, database: str) -> dict[str, int]:
        names = self.server.run(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'",
            database,
        )
        tables = names.split("\n")[1:] if names.strip() else []
        found = {}
        for table in filter(None, tables):
            said = self.server.run(f"SELECT count(*) FROM `{table.replace('`', '``')}`", database)
            found[table] = int(said.split()[-1])
        return found

    def _kept(self, database: str, before: dict[str, int]) -> str:
        renames = zip(self.comparison.before.tables, self.comparison.renamed.tables, strict=True)
        after = self._counts(database)
        lost = [old.label for old, new in renames if new.name in after and after[new.name] != before.get(old.name, 0)]
        return f"rows lost from {', '.join(lost)}" if lost else f"{sum(after.values())} rows kept"

    def _schema(self, database: str) -> Schema:
        text = self.server.dump(database)
        return read(text).schema if "CREATE" in text else Schema.model_validate({"engine": "mysql"})

    def _fresh(self) -> Schema:
        with self.server.database() as name:
            try:
                self.server.run(_for_mariadb(_ddl(self.comparison.after)), name)
            except SqlError as error:
                self.otherwise.append(f"the target does not run by itself: {error}")
            return self._schema(name)

    def _difference(self, found: Schema, wanted: Schema) -> str:
        left = [one for one in compare(_bare(found), _bare(wanted)).operations if one.action != "rebuild"]
        if not left:
            return EQUAL
        return "; ".join(
            f"{one.action} {one.kind} {one.table or ''} {one.name} {', '.join(one.changed)}" for one in left[:5]
        )

    def _down(self, database: str, before: Schema) -> str:
        if any(not one.reversible for one in self.plan.steps):
            return "not gone down: data is dropped"
        steps = [one for one in reversed(self.plan.steps) if one.rollback]
        failed = [said for step in steps if (said := self._step(step, step.rollback or "", database)) is not None]
        if failed:
            return failed[0]
        said = self._difference(self._schema(database), before)
        return "as it was" if said == EQUAL else said


def _bare(schema: Schema) -> Schema:
    """Without what a dump says of the database that it was taken from."""
    return schema.model_copy(update={"options": {}, "namespaces": ()})


def _ddl(schema: Schema) -> str:
    text = WRITER.write(schema.model_copy(update={"options": {}}), WriteOptions(prove=False)).text
    return f"SET SESSION foreign_key_checks = 0;\n{text}"


def _for_mariadb(script: str) -> str:
    for pattern, substitute in _SUBSTITUTES:
        script = pattern.sub(substitute, script)
    return script


def _row(table: Table, number: int) -> str | None:
    """A row in which every column has the row's number: so every reference finds its parent."""
    columns = [one for one in table.columns if one.generated is None]
    if not columns or table.namespace:
        return None
    names = ", ".join(f"`{one.name.replace('`', '``')}`" for one in columns)
    values = ", ".join(_value(one, number) for one in columns)
    return f"`{table.name.replace('`', '``')}` ({names}) VALUES ({values})"


def _value(column: Column, number: int) -> str:
    kind = column.type.kind
    if kind in NUMBERS or kind in {Kind.BOOLEAN, Kind.BIT}:
        return str(number)
    if kind in {Kind.ENUM, Kind.SET}:
        return "1"
    if kind is Kind.YEAR:
        return f"200{number}"
    if column.type.is_time:
        return f"'2024-01-0{number} 00:00:00'" if kind is not Kind.TIME else f"'00:00:0{number}'"
    return f"'{number}'"
