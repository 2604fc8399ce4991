"""What the checks of one answer share: databases that are made once, the answer's files, and what is kept for all answers to a task.

SQL of an answer runs as the unprivileged role of a scratch database, and a guard that stands outside of it ends its sessions when
they have used up their time or disk: a role can lift its own `statement_timeout`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg

from dbdesign.engines.postgres import Limits, StatementFailure, embedded, split_script
from dbdesign.errors import InputError, LimitError
from dbdesign_evals.task import Apply

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign_evals.answer import Answer
    from dbdesign_evals.task import StateItem, Task

_T = TypeVar("_T")

MEGABYTE = 1024 * 1024
LIMITS = Limits(seconds=20.0, disk=256 * MEGABYTE, temporary=64 * MEGABYTE)
"""For one file of an answer, and for the statements of one check."""

LOOK = 0.05
"""Seconds between two looks of a guard."""

_END_SESSIONS = (
    "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usename = %s and datname = %s"
)


@dataclass(frozen=True)
class StateFailure:
    """A statement of a state's files that the server refused."""

    item: str
    line: int
    statement: str
    sqlstate: str
    message: str

    def __str__(self) -> str:
        return f"{self.item}, line {self.line}: {self.message} ({self.sqlstate})"

    @property
    def by_answer(self) -> bool:
        """Whether the statement is the answer's."""
        return self.item.startswith("answer:")


@dataclass
class State:
    """A database after a state's files, with what was refused of them."""

    database: ScratchDatabase
    failures: tuple[StateFailure, ...] = ()

    @contextlib.contextmanager
    def session(self, limits: Limits = LIMITS) -> Iterator[psycopg.Connection[Any]]:
        """A guarded session of the unprivileged role, in autocommit mode.

        Raises:
            LimitError: at the end, where the guard had to end it.
        """
        with self.guard(limits), contextlib.closing(self.database.connect_user()) as connection:
            yield connection

    @contextlib.contextmanager
    def guard(self, limits: Limits = LIMITS) -> Iterator[None]:
        """Ends all sessions of the role when they use up the limits.

        Raises:
            LimitError: where it had to; what the ended statements said is lost.
        """
        guard = _Guard(self.database, limits)
        guard.start()
        try:
            yield
        except psycopg.Error:
            if guard.reason is None:
                raise
        finally:
            guard.stop()
        if guard.reason is not None:
            raise LimitError(f"stopped: {guard.reason}")


class _Guard(threading.Thread):
    """Looks at the limits while somebody's statements run."""

    def __init__(self, database: ScratchDatabase, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.reason: str | None = None
        self._database, self._watch = database, database.watch(limits)
        self._over = threading.Event()

    def run(self) -> None:
        while self.reason is None and not self._over.wait(LOOK):
            self.reason = self._watch.exceeded()
        if self.reason is not None:
            self._database.server.control(_END_SESSIONS, self._database.user_role, self._database.name)

    def stop(self) -> None:
        self._over.set()
        self.join()


@dataclass
class Shelf:
    """What is kept for all answers to a task: a filled twin takes a second, and no answer changes it."""

    _things: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stack: ExitStack = field(default_factory=ExitStack)

    @contextlib.contextmanager
    def take(self, name: str, make: Callable[[ExitStack], _T]) -> Iterator[_T]:
        """The thing of a name for the length of a block; nobody else has it meanwhile. `make` is called where there is none."""
        with self._lock:
            own = self._locks.setdefault(name, threading.RLock())
        with own:
            if name not in self._things:
                self._things[name] = make(self._stack)
            yield cast("_T", self._things[name])

    def close(self) -> None:
        """Let everything go."""
        self._things.clear()
        self._stack.close()


class Workbench:
    """Grades one answer; use it as a context manager."""

    def __init__(self, task: Task, answer: Answer, shelf: Shelf) -> None:
        self.task, self.answer, self.shelf = task, answer, shelf
        self._stack = ExitStack()
        self._states: dict[str, State] = {}
        self._kept: dict[tuple[str, ...], Any] = {}

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self._states.clear()
        self._stack.close()

    def text(self, name: str) -> str:
        """`answer:file` of the answer, or a file of the task.

        Raises:
            MissingFileError: where the answer has no such file.
        """
        if name.startswith("answer:"):
            return self.answer.file(name.removeprefix("answer:"))
        return self.task.text(name)

    def once(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What several checks look at, made by the first of them."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast("_T", self._kept[key])

    def state(self, name: str) -> State:
        """The database of a state, made when it is first asked for. Checks leave it as they found it.

        Raises:
            MissingFileError: where the answer lacks a file of it.
            LimitError: where a file used up its limits.
        """
        if name not in self._states:
            self._states[name] = self._stack.enter_context(self.fresh(name))
        return self._states[name]

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[State]:
        """A database of a state of one's own, to change at will."""
        items = self.items(name)
        texts = [(item, self.text(item.apply if isinstance(item, Apply) else item)) for item in items]
        with embedded().scratch(limits=LIMITS) as database:
            state = State(database)
            for item, text in texts:
                state.failures += tuple(
                    _applied(state, item, text) if isinstance(item, Apply) else _ran(state, item, text)
                )
            yield state

    def items(self, name: str) -> tuple[StateItem, ...]:
        """What a state is made of.

        Raises:
            InputError: where the task has no such state.
        """
        if name not in self.task.states:
            raise InputError(f"no state {name!r}", where=f"{self.task.id}/task.yaml")
        return self.task.states[name]


def _ran(state: State, item: str, text: str) -> Iterator[StateFailure]:
    """Every statement in batches, also those behind one that fails."""
    for failure in state.database.run_script(text).failures:
        yield _failure(item, failure)


def _failure(item: str, failure: StatementFailure) -> StateFailure:
    return StateFailure(item, failure.line, failure.statement, failure.sqlstate, failure.message)


def _applied(state: State, item: Apply, text: str) -> list[StateFailure]:
    """As a migration runner does it."""
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(state.session())
        refused = apply_script(connection, text, item.apply)
    return refused  # noqa: RET504 - a session that was ended raises where the block ends


def apply_script(connection: psycopg.Connection[Any], text: str, name: str) -> list[StateFailure]:
    """Execute statements one by one until one is refused; that one."""
    for statement in split_script(text).statements:
        try:
            connection.execute(statement.sql.encode())
        except psycopg.Error as error:
            if connection.closed:
                raise
            connection.execute("rollback")
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            return [StateFailure(name, statement.line, statement.sql[:300], error.sqlstate or "", said)]
    return []
