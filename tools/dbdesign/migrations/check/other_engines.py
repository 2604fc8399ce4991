"""Checks migrations for MySQL, SQL Server, CockroachDB, TiDB and SQLite by what their statements say; nothing is executed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbdesign.migrations.check.checker import Checked
from dbdesign.migrations.check.migration import Migration, MigrationStatement
from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Session, Subject, Transaction
from dbdesign.migrations.durations import Durations
from dbdesign.migrations.hazards.base import hazards
from dbdesign.migrations.predict.state import State
from dbdesign.model.finding import Proof
from dbdesign.model.migration import Trace
from dbdesign.model.schema import Engine, Schema

_BEGIN = re.compile(r"(?:BEGIN(?:\s+TRAN(?:SACTION)?\b.*)?|START\s+TRANSACTION\b.*)\s*\Z", re.IGNORECASE | re.DOTALL)
_END = re.compile(r"(?:COMMIT|ROLLBACK)\b", re.IGNORECASE)
_CHECKS = re.compile(r"SET\s+(?:@@)?(?:SESSION\s+|GLOBAL\s+|SESSION\.)?foreign_key_checks\s*=\s*(\w+)", re.IGNORECASE)


class OtherChecker:
    """Goes through migrations of an engine that has no trace."""

    def __init__(
        self,
        engine: Engine,
        release: tuple[int, ...],
        schema: Schema | None,
        durations: Durations,
        wanted: frozenset[str] | None,
    ) -> None:
        self.engine, self.release, self.schema, self.durations = engine, release, schema, durations
        chosen = [one for one in hazards().values() if engine in one.engines]
        self._hazards = [one for one in chosen if wanted is None or one.id in wanted]
        self._proof = Proof(level="by rule")

    def apply(self, history: Iterable[Migration]) -> None:
        """Earlier migrations change nothing that is kept here: tables are known from the schema."""

    def check(self, migrations: Iterable[Migration]) -> Iterator[Checked]:
        """Every statement in order."""
        for migration in migrations:
            yield from self._migration(migration)

    def _migration(self, migration: Migration) -> Iterator[Checked]:
        session = Session()
        inside = migration.transaction == "file"
        earlier: list[str] = []
        statements = migration.statements
        for number, statement in enumerate(statements):
            sql = statement.sql
            if _BEGIN.match(sql) or _END.match(sql):
                inside, earlier = _BEGIN.match(sql) is not None, []
                continue
            later = [one.sql for one in statements[number + 1 :]] if inside else []
            yield self._statement(migration, statement, session, Transaction(inside, list(earlier), later))
            earlier.append(sql)
            if checks := _CHECKS.match(sql):
                session.foreign_key_checks = checks[1].lower() not in {"0", "off", "false"}
            text = StatementText(sql, self.engine)
            if text.creates_table and text.table:
                session.new.add(text.table.lower())

    def _statement(
        self, migration: Migration, statement: MigrationStatement, session: Session, transaction: Transaction
    ) -> Checked:
        trace = Trace(proof=self._proof)
        subject = Subject(
            sql=statement.sql,
            engine=self.engine,
            release=self.release,
            state=State(),
            trace=trace,
            durations=self.durations,
            session=session,
            transaction=transaction,
            schema=self.schema,
        )
        found = []
        for one in self._hazards:
            if one.once and one.id in session.told:
                continue
            for finding in one.check(subject):
                found.append(finding)
                if one.once:
                    session.told.add(one.id)
        return Checked(
            statement,
            migration.file,
            trace,
            findings=tuple(one for one in found if one.hazard not in statement.allowed),
            allowed=tuple(one for one in found if one.hazard in statement.allowed),
        )
