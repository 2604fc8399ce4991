"""Executes a script of somebody else's as an unprivileged role, quickly when it is right and completely when it is not.

Statements go out in batches, each of which is one transaction. When one fails, what stood before it in its batch is executed again
(it was rolled back), the failure is noted, and the rest goes on behind it: every statement is executed at most twice.
What belongs to a cluster rather than to a database (roles, databases) is not executed; the roles are made to exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from dbdesign.engines.postgres.channel import SESSION_LOST, Answer, Report
from dbdesign.engines.postgres.splitter import Skipped, Statement

BATCH = 500
"""Statements in a transaction. Each holds its locks until the end: the lock table has room for 20,000."""

BATCH_BYTES = 1 << 20

AFTER_A_FAILURE = 8
"""Statements that are sent next: where one failed, the next may too."""

_WORD = r'("(?:[^"]|"")+"|[^\W\d][\w$]*)'
_LEADING = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TRANSACTION = re.compile(r"(?:begin|start\s+transaction|commit|end)\b(?!\s+prepared)", re.IGNORECASE)
_ROLLBACK = re.compile(r"(?:rollback|abort|savepoint|release|prepare\s+transaction|commit\s+prepared)\b", re.IGNORECASE)
_ROLE = re.compile(
    rf"(create|alter|drop)\s+(?:role|user(?!\s+mapping)|group)\s+(?:if\s+(?:not\s+)?exists\s+)?{_WORD}", re.IGNORECASE
)
_DATABASE = re.compile(
    r"(?:(?:create|alter|drop)\s+(?:database|tablespace)|comment\s+on\s+(?:database|role|tablespace)"
    r"|(?:grant|revoke)\b.*\bon\s+(?:database|tablespace))\b",
    re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(
    r"(?:create(?:\s+or\s+replace)?|alter|comment\s+on)\s+(?:trusted\s+)?(?:procedural\s+)?language\s+[\"']?plpgsql\b",
    re.IGNORECASE,
)
_ENCODING = re.compile(r"set\s+(?:session\s+|local\s+)?(?:client_encoding|names)\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)
_LOCK = re.compile(r"lock\s+(?:table\b|\S+\s+in\b)", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    rf"(?:set\s+(?:session\s+|local\s+)?session\s+authorization\s+(?:'([^']+)'|{_WORD})|reset\s+session\s+authorization)\s*$",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"vacuum\b|discard\s+all\b|(?:create|drop|reindex|alter)\b.*\bconcurrently\b|alter\s+type\b.*\badd\s+value\b|cluster\s*$",
    re.IGNORECASE | re.DOTALL,
)
_OWNER = re.compile(rf"\bowner\s+to\s+{_WORD}|\bauthorization\s+{_WORD}|\bfor\s+(?:role|user)\s+{_WORD}", re.IGNORECASE)
_GRANT = re.compile(rf"(?:grant|revoke)\b.*\b(?:to|from)\s+({_WORD}(?:\s*,\s*{_WORD})*)", re.IGNORECASE | re.DOTALL)
_POLICY = re.compile(rf"(?:create|alter)\s+policy\b.*?\bto\s+({_WORD}(?:\s*,\s*{_WORD})*)", re.IGNORECASE | re.DOTALL)
_ONE_WORD = re.compile(_WORD)
_MISSING_ROLE = re.compile(r'role "(.+)" does not exist')
_NO_SCHEMA_RIGHT = re.compile(r"permission denied for schema (.+)")
_NEW_OWNER = re.compile(rf"\bowner\s+to\s+{_WORD}\s*$", re.IGNORECASE)
_GRANT_ON_SCHEMA = re.compile(r"(?:grant|revoke)\b.*\bon\s+schema\b", re.IGNORECASE | re.DOTALL)
_SETTING = re.compile(r"(?:re)?set\s|select\s+(?:pg_catalog\s*\.\s*)?set_config\b", re.IGNORECASE)
_NOT_ROLES = {"public", "current_user", "session_user", "current_role", "user", "group", "default", "none"}

NEEDS_A_TRANSACTION_OF_ITS_OWN = frozenset({"25001", "55P04", "53200"})
"""active_sql_transaction, unsafe_new_enum_value_usage, out_of_memory (of the lock table)."""


@dataclass(frozen=True, slots=True)
class StatementFailure:
    """A statement that the server refused."""

    line: int
    """Line of the script, from 1, on which the statement begins."""

    statement: str
    sqlstate: str
    message: str
    hint: str | None = None
    detail: str | None = None
    at_line: int | None = None
    """The line that the server points at, if it points at one."""


@dataclass(frozen=True, slots=True)
class StatementNotice:
    """Something that the server said about a statement that it executed."""

    line: int
    severity: str
    sqlstate: str
    message: str


@dataclass(frozen=True)
class ScriptOutcome:
    """What became of a script: `executed + len(failures) + len(skipped)` accounts for all of it."""

    executed: int = 0
    failures: tuple[StatementFailure, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[StatementNotice, ...] = ()
    roles: tuple[str, ...] = ()
    """Roles that the script names and that were made for it."""

    copied_rows: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing failed."""
        return not self.failures


RunBatch = Callable[[Sequence[Statement]], Answer]
EnsureRoles = Callable[[Iterable[str]], Sequence[str]]


@dataclass
class ScriptRunner:
    """Runs one script by `run_batch` (one transaction; reports the first error) and `ensure_roles` (returns the new ones)."""

    run_batch: RunBatch
    ensure_roles: EnsureRoles
    executed: int = 0
    failures: list[StatementFailure] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[StatementNotice] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    _lent: list[tuple[str, str]] = field(default_factory=list)
    _schema_grants: list[Statement] = field(default_factory=list)
    _settings: list[Statement] = field(default_factory=list)
    _bystander: int = 0

    def run(self, statements: Sequence[Statement]) -> ScriptOutcome:
        """Execute the statements in their order."""
        wanted = [prepared for prepared in map(self._prepare, statements) if prepared is not None]
        self._make_roles(roles_named_in(wanted))
        self._schema_grants = [statement for statement in wanted if _GRANT_ON_SCHEMA.match(statement.sql)]
        if any(_ROLLBACK.match(statement.sql) for statement in wanted):
            self._run_in_turn(wanted)
        else:
            for batch in _batches([item for item in wanted if not self._is_transaction(item)]):
                self._run_batch(batch)
        self._take_back()
        self.failures.sort(key=lambda failure: failure.line)
        self.skipped.sort(key=lambda item: item.line)
        return ScriptOutcome(
            self.executed, tuple(self.failures), tuple(self.skipped), tuple(self.notices), tuple(self.roles)
        )

    def _prepare(self, statement: Statement) -> Statement | None:
        """The statement as it is to be executed, or None if it is not."""
        sql = _LEADING.sub("", statement.sql, count=1) if statement.sql[:1] in " \t\r\n-/" else statement.sql
        if not sql:
            return None
        statement = (
            statement
            if sql is statement.sql
            else Statement(statement.line + statement.sql[: len(statement.sql) - len(sql)].count("\n"), sql)
        )
        role = _ROLE.match(sql)
        if role:
            if role[1].lower() == "create":
                self._make_roles([_unquoted(role[2])])
            self._skip(statement, "roles belong to the server, not to a schema")
            return None
        for pattern, reason in (
            (_DATABASE, "databases belong to the server, not to a schema"),
            (_LANGUAGE, "PL/pgSQL is there and belongs to the server"),
            (_ENCODING, "the text has been decoded already"),
            (_COPY, "data is not loaded"),
            (_LOCK, "nobody else is here"),
        ):
            if pattern.match(sql):
                self._skip(statement, reason)
                return None
        return _as_set_role(statement)

    def _skip(self, statement: Statement, reason: str) -> None:
        self.skipped.append(Skipped(statement.line, statement.sql, reason))

    def _is_transaction(self, statement: Statement) -> bool:
        """BEGIN and COMMIT are left out where nothing is rolled back: batches are transactions of their own."""
        found = _TRANSACTION.match(statement.sql)
        if found:
            self._skip(statement, "each batch is a transaction of its own")
        return found is not None

    def _make_roles(self, names: Iterable[str]) -> bool:
        made = self.ensure_roles(names)
        self.roles += made
        return bool(made)

    def _run_batch(self, batch: Sequence[Statement]) -> None:
        """Execute statements; behind a failure go on with a few at a time, then more, so that nothing is sent in vain."""
        rest, window = batch, len(batch)
        while rest:
            part = rest[:window]
            answer = self._send(part)
            if answer.error is None:
                self.executed += len(part)
                rest, window = rest[len(part) :], window * 4
                continue
            if answer.error.sqlstate == SESSION_LOST and len(part) > 1:
                self._run_singly(part)
                rest = rest[len(part) :]
                continue
            good, bad = part[: answer.done], part[answer.done]
            if good:
                self._run_again(good)
            self._cope(bad, answer.error, alone=len(part) == 1)
            rest, window = rest[answer.done + 1 :], AFTER_A_FAILURE

    def _send(self, batch: Sequence[Statement]) -> Answer:
        """One transaction. Settings are remembered, and made again in the session that follows a lost one."""
        answer = self.run_batch(batch)
        if answer.error is None:  # else it was rolled back, and will be said again
            self._note(batch, answer)
            self._settings += [statement for statement in batch if _SETTING.match(statement.sql)]
        elif answer.error.sqlstate == SESSION_LOST:
            for setting in self._settings:
                self.run_batch([setting])
        return answer

    def _run_singly(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            self._run_batch([statement])

    def _run_again(self, good: Sequence[Statement]) -> None:
        """Execute what was rolled back with the failure after it; statement by statement should that fail now."""
        answer = self._send(good)
        if answer.error is None:
            self.executed += len(good)
        else:
            self._run_singly(good)

    def _cope(self, statement: Statement, error: Report, *, alone: bool) -> None:
        """Try the statement once more where there is a reason to hope; note the failure otherwise."""
        missing = _MISSING_ROLE.search(error.message) if error.sqlstate == "42704" else None
        if (
            (missing and self._make_roles([missing[1]]))
            or (error.sqlstate == "42501" and self._lend(statement, error))
            or (error.sqlstate in NEEDS_A_TRANSACTION_OF_ITS_OWN and not alone)
            or self._was_a_bystander(error)
        ):
            self._run_batch([statement])
        else:
            self._fail(statement, error)

    def _was_a_bystander(self, error: Report) -> bool:
        """Whether somebody else's session crashed and took ours with it; three times in a script are believed."""
        if error.sqlstate == SESSION_LOST and "another server process" in error.message:
            self._bystander += 1
            return self._bystander <= 3
        return False

    def _lend(self, statement: Statement, error: Report) -> bool:
        """A new owner must be able to create in the schema; a superuser, whose dump this may be, need not care."""
        owner, schema = _NEW_OWNER.search(statement.sql), _NO_SCHEMA_RIGHT.search(error.message)
        if not (owner and schema):
            return False
        loan = (_quoted(schema[1]), _quoted(_unquoted(owner[1])))
        if loan in self._lent:
            return False
        answer = self.run_batch([Statement(0, f"GRANT CREATE ON SCHEMA {loan[0]} TO {loan[1]}")])
        if answer.error is None:
            self._lent.append(loan)
        return answer.error is None

    def _take_back(self) -> None:
        """Revoke what was lent, and say again what the script itself said about the privileges of schemas."""
        if self._lent:
            revokes = [Statement(0, f"REVOKE CREATE ON SCHEMA {schema} FROM {role}") for schema, role in self._lent]
            for statement in revokes + self._schema_grants:
                self.run_batch([statement])

    def _run_in_turn(self, statements: Sequence[Statement]) -> None:
        """One by one, as the script's own transactions want it; inside them a failure undoes nothing but itself."""
        inside = False
        for statement in statements:
            opens = _TRANSACTION.match(statement.sql) is not None and statement.sql[:1] in "bBsS"
            closes = not opens and (_ROLLBACK.match(statement.sql) or _TRANSACTION.match(statement.sql)) is not None
            guard = inside and not closes
            if guard:
                self.run_batch([Statement(0, "SAVEPOINT dbdesign_guard")])
            failures = len(self.failures)
            self._run_batch([statement])
            if guard:
                failed = len(self.failures) > failures
                undo = [Statement(0, "ROLLBACK TO SAVEPOINT dbdesign_guard")] if failed else []
                self.run_batch([*undo, Statement(0, "RELEASE SAVEPOINT dbdesign_guard")])
            inside = _is_inside(statement.sql, inside)
        if inside:
            self.run_batch([Statement(0, "COMMIT")])

    def _fail(self, statement: Statement, error: Report) -> None:
        self.failures.append(
            StatementFailure(
                line=statement.line,
                statement=statement.sql,
                sqlstate=error.sqlstate,
                message=error.message,
                hint=error.hint,
                detail=error.detail,
                at_line=statement.line + statement.sql.count("\n", 0, error.position - 1) if error.position else None,
            )
        )

    def _note(self, batch: Sequence[Statement], answer: Answer) -> None:
        for index, notice in answer.notices:
            if index < len(batch) and batch[index].line and len(self.notices) < 1000:
                self.notices.append(
                    StatementNotice(batch[index].line, notice.severity, notice.sqlstate, notice.message)
                )


def _is_inside(sql: str, before: bool) -> bool:
    """Whether a transaction block is open after a statement."""
    first = sql[:20].lower()
    if _TRANSACTION.match(sql):
        return first.startswith(("begin", "start"))
    if first.startswith(("rollback", "abort", "prepare")) and " to " not in sql.lower():
        return False
    return before


def _batches(statements: Sequence[Statement]) -> Iterable[Sequence[Statement]]:
    batch: list[Statement] = []
    size = 0
    for statement in statements:
        alone = _ALONE.match(statement.sql) is not None
        if batch and (alone or len(batch) >= BATCH or size >= BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(statement)
        size += len(statement.sql)
        if alone:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def roles_named_in(statements: Iterable[Statement]) -> list[str]:
    """The roles that statements expect to exist, in the order of their appearance."""
    names: dict[str, None] = {}
    for statement in statements:
        sql = statement.sql
        for owner in _OWNER.finditer(sql):
            names[_unquoted(owner[1] or owner[2] or owner[3])] = None
        first = sql[:6].lower()
        listed = _GRANT.match(sql) if first in ("grant ", "revoke") else _POLICY.match(sql)
        if listed:
            names.update((_unquoted(word), None) for word in _ONE_WORD.findall(listed[1]))
    return [name for name in names if name not in _NOT_ROLES and not name.startswith("pg_")]


def _as_set_role(statement: Statement) -> Statement:
    """SET SESSION AUTHORIZATION, which only a superuser may, as SET ROLE, which does the same for what follows."""
    found = _AUTHORIZATION.match(statement.sql)
    if found is None:
        return statement
    name = found[1] or _unquoted(found[2] or "default")
    return replace(statement, sql="RESET ROLE" if name == "default" else f"SET ROLE {_quoted(name)}")


def _unquoted(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
