"""Executes statements of a migration in their transactions and says what each locked, rewrote and read.

Inside a transaction the locks are read from pg_locks before it ends, by another connection. A statement that must not stand in a
transaction takes and gives back its locks while it runs: it is made to wait, by another transaction that has written to every table,
as an application's would, and its locks are read then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from psycopg import sql as quoting

from dbdesign.engines.postgres import embedded_for, split_script
from dbdesign.engines.postgres.script import roles_named_in
from dbdesign.engines.postgres.splitter import Statement
from dbdesign.errors import InputError, LimitError
from dbdesign.migrations.trace import observe
from dbdesign.migrations.trace.compare import Before, trace_of
from dbdesign.migrations.trace.kinds import forgets, needs_to_be_alone, transaction_command
from dbdesign.migrations.trace.observe import Relation
from dbdesign.model.finding import Proof
from dbdesign.model.migration import LockMode, Trace
from dbdesign.model.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from dbdesign.engines.postgres import Limits
    from dbdesign.engines.postgres.channel import Answer, Report
    from dbdesign.engines.postgres.scratch import ScratchDatabase

GUARD = "dbdesign_guard"
TICK = 0.002
"""Seconds between two looks at a statement that is made to wait."""


class Tracer:
    """A scratch database in the state that a migration starts from, and a session that runs the migration.

    >>> with Tracer("create table t (a int)") as tracer:  # doctest: +SKIP
    ...     tracer.run("alter table t alter a set not null").locks
    {'t': <LockMode.ACCESS_EXCLUSIVE: 'AccessExclusiveLock'>}

    Args:
        state: the schema before the migration: a model, SQL, or empty.
        limits: for each statement.
        version: the server's, where such a one is installed.

    Attributes:
        problems: what of the state the server refused, as sentences.
        changed: whether the last statement made, changed or dropped a relation.
    """

    def __init__(
        self, state: Schema | str = "", *, limits: Limits | None = None, version: str | int | None = None
    ) -> None:
        self._state, self._limits, self._version = state, limits, version
        self._stack = contextlib.ExitStack()
        self.problems: tuple[str, ...] = ()
        self.changed = False
        self._open = False
        self._known: dict[int, Relation] = {}
        self._view = observe.View({}, {})
        self._since = 0
        self._next_xid = 0

    def __enter__(self) -> Self:
        server = embedded_for(self._version)
        with contextlib.ExitStack() as stack:
            self._database: ScratchDatabase = stack.enter_context(server.scratch(limits=self._limits))
            self._by = f"PostgreSQL {server.version}"
            self.problems = tuple(self._load(self._state))
            self._session = self._database.session(limits=self._limits)
            stack.callback(lambda: self._session.close())
            self._blocker = server.connect(self._database.name)
            stack.callback(self._blocker.close)
            self._known = observe.relations(self._database.admin)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _load(self, state: Schema | str) -> Iterable[str]:
        if isinstance(state, Schema):
            from dbdesign.writers.base import WriteOptions, writer

            state = writer("postgresql").write(state, WriteOptions(comments=False, prove=False)).text
        if state.strip():
            for failure in self._database.run_script(state).failures:
                yield f"line {failure.line}: {failure.message} ({failure.sqlstate})"

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The session's own connection, for loading and reading rows; what it executes is in the transaction that is open."""
        return self._session.connection

    @property
    def database(self) -> ScratchDatabase:
        """The scratch database."""
        return self._database

    @property
    def server_version(self) -> str:
        """The embedded server's version, such as 18.6."""
        return self._database.server.version

    @property
    def major(self) -> int:
        """The embedded server's major version."""
        return self._database.server.major

    @property
    def counts_reported(self) -> bool:
        """Whether the server can be told to count scans at once, so that those outside of transactions are seen too."""
        return self.major >= observe.COUNTS_REPORTED_SINCE

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._open

    @property
    def invalid_indexes(self) -> tuple[str, ...]:
        """Labels of indexes that failed builds have left behind."""
        known = self._view.relations if self._open else self._known
        return tuple(sorted(one.label for one in known.values() if not one.valid))

    # -- transactions ------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open a transaction."""
        if self._open:
            raise InputError("a transaction is open already", remedy="Commit or roll back first")
        self._start()

    def _start(self) -> None:
        self._since = self._next_xid or observe.next_transaction(self._database.admin)
        self._next_xid = 0
        self._session.run("BEGIN")
        pending = {} if self.counts_reported else observe.pending_scans(self._session.raw)
        self._view = observe.View(dict(self._known), pending)
        self._open = True

    def commit(self) -> str | None:
        """End the transaction; the server's error where it refuses (a deferred constraint), and everything is rolled back then."""
        answer = self._session.run("COMMIT")
        self._open = False
        if answer.error is None:
            self._known = self._view.relations
            return None
        return _said(answer.error)

    def rollback(self) -> None:
        """Undo the transaction. Its counters are reported, so that they are not taken for those of the next one."""
        self._session.run("ROLLBACK", *observe.flushing(self.major))
        self._open = False

    def reload(self) -> None:
        """Take notice of what was changed through `connection` or from elsewhere."""
        self._next_xid = 0
        self._known = observe.relations(self._database.admin)

    # -- statements --------------------------------------------------------------------------------------------------------

    def run(self, sql: str, *, transactional: bool | None = None) -> Trace:
        """Execute one or more statements and say what they did, together.

        Outside a transaction that `begin` opened, they are one of their own. A statement that fails inside one undoes itself alone.

        Args:
            transactional: False to execute them outside transactions; by default where the server demands it.

        Raises:
            SqlError: if the text cannot be taken apart.
            LimitError: if a limit was reached.
        """
        self.changed = False
        statements = [one.sql for one in split_script(sql).statements if not forgets(one.sql)]
        if not statements:
            return Trace(proof=self._proof(None))
        if len(statements) == 1 and (command := transaction_command(statements[0])):
            return self._transaction_command(command, statements[0])
        self._make_roles(statements)
        if self._open:
            return self._run_inside(statements)
        if transactional is None:
            transactional = not any(map(needs_to_be_alone, statements))
        return self._run_in_own(statements) if transactional else self._run_alone(statements)

    def load(self, statements: Sequence[str]) -> bool:
        """Execute statements that only write rows, all or none of them, without looking at each; whether the server took them."""
        self.changed = False
        guarded = self._open
        opening, closing = (f"SAVEPOINT {GUARD}", f"RELEASE SAVEPOINT {GUARD}") if guarded else ("BEGIN", "COMMIT")
        try:
            taken = self._session.run(opening, *statements, closing).error is None
        except LimitError:
            taken = False
        if not taken:
            if guarded:
                self._undo_statement()
            else:
                self.rollback()
        elif guarded:
            self._view = observe.look(self._session.raw, self._known, self._since)
        else:
            self._next_xid = 0
            observe.flush(self._session.raw)
        return taken

    def _transaction_command(self, command: str, sql: str) -> Trace:
        error = None
        if command == "begin" and not self._open:
            self.begin()
        elif command == "commit" and self._open:
            error = self.commit()
        elif command == "rollback" and self._open:
            self.rollback()
        elif command == "savepoint":
            answer = self._session.run(sql)
            error = _said(answer.error) if answer.error else None
        return Trace(error=error, proof=self._proof(None))

    def _make_roles(self, statements: Iterable[str]) -> None:
        """Roles belong to the server, and are made where a statement names them; an owner must be able to create in a schema."""
        named = roles_named_in([Statement(1, sql) for sql in statements])
        for role in self._database.ensure_roles(named):
            grantee = quoting.Identifier(role).as_string()
            namespaces = [row[0] for row in self._database.admin.execute(_NAMESPACES)]
            grants = [f"GRANT ALL ON SCHEMA {quoting.Identifier(one).as_string()} TO {grantee}" for one in namespaces]
            if grants:
                self._database.admin.execute("; ".join(grants).encode())

    def _run_in_own(self, statements: list[str]) -> Trace:
        self._start()
        try:
            answer = self._session.run(*statements)
        except LimitError:
            self.rollback()
            raise
        if answer.error is not None:
            self.rollback()
            return self._failed(answer.error)
        trace = self._watched("locks read before COMMIT")
        refused = self.commit()
        if refused is None and self._since < self._view.next_xid:
            self._next_xid = self._view.next_xid
        return trace if refused is None else Trace(error=refused, proof=trace.proof)

    def _run_inside(self, statements: list[str]) -> Trace:
        try:
            answer = self._session.run(f"SAVEPOINT {GUARD}", *statements, f"RELEASE SAVEPOINT {GUARD}")
        except LimitError:
            self._undo_statement()
            raise
        if answer.error is not None:
            self._undo_statement()
            return self._failed(answer.error)
        return self._watched("locks read before COMMIT")

    def _undo_statement(self) -> None:
        answer = self._session.run(f"ROLLBACK TO SAVEPOINT {GUARD}", f"RELEASE SAVEPOINT {GUARD}")
        if answer.error is not None:  # the session is a new one, or the statement ended the transaction
            self.rollback()
        else:
            self._view = observe.look(self._session.raw, self._known, self._since)

    def _failed(self, error: Report) -> Trace:
        return Trace(error=_said(error), proof=self._proof(None))

    def _watched(self, detail: str) -> Trace:
        """What the statement behind which the session now stands has done."""
        view = observe.look(self._session.raw, self._known, self._since)
        trace = trace_of(Before(self._known, self._view), view, self._proof(detail))
        self.changed = view.relations != self._view.relations
        self._view = view
        return trace

    def _run_alone(self, statements: list[str]) -> Trace:
        """Outside transactions, while another transaction has written to every table until the statement waits for it.

        Scans are counted where `counts_reported`.
        """
        admin, backend = self._database.admin, self._session.backend
        observe.flush(self._session.raw)
        before, scans = self._known, observe.all_scans(admin)
        found: set[tuple[int, LockMode]] = set()
        self._block(before.values())

        def peek() -> None:
            if not found and self._blocker.info.transaction_status and observe.is_waiting(admin, backend):
                found.update(observe.locks(admin, backend, awaited=True))
                self._blocker.execute("ROLLBACK")

        answer = self._answer_while(peek, statements)
        self.reload()
        self.changed = self._known != before
        if answer.error is not None:
            return self._failed(answer.error)
        observe.flush(self._session.raw)
        counted = observe.all_scans(admin) if self.counts_reported else {}
        done = {oid: count - scans.get(oid, 0) for oid, count in counted.items()}
        detail = "locks read while it waited for open transactions" if found else "it waited for nobody: no locks seen"
        view = observe.View(self._known, {oid: count for oid, count in done.items() if count > 0}, frozenset(found))
        trace = trace_of(Before(before, observe.View(dict(before), {})), view, self._proof(detail))
        return trace.model_copy(update={"held": {}, "waits": "open transactions" if found else None})

    def _answer_while(self, peek: Callable[[], None], statements: list[str]) -> Answer:
        try:
            *before, last = statements
            for sql in before:
                answer = self._session.run(sql, look=peek, tick=TICK)
                if answer.error is not None:
                    return answer
            return self._session.run(last, look=peek, tick=TICK)
        finally:
            self._blocker.execute("ROLLBACK")

    def _block(self, relations: Iterable[Relation]) -> None:
        names = [quoting.Identifier(one.namespace, one.name).as_string() for one in relations if one.kind in ("r", "p")]
        self._blocker.execute("BEGIN")
        if names:
            self._blocker.execute(f"LOCK TABLE ONLY {', ONLY '.join(names)} IN ROW EXCLUSIVE MODE".encode())

    def _proof(self, detail: str | None) -> Proof:
        return Proof(level="executed", by=self._by, detail=detail)


_NAMESPACES = "SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'"


def _said(error: Report) -> str:
    return f"{error.sqlstate}: {error.message}"
