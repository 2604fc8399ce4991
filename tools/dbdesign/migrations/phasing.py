"""A plan in the making, for the engines whose planners work statement by statement: steps by phase, what is left for people, consent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import Batches, MigrationPlan, Operation, Phase, PhaseName, Question, Step, Wait
from dbdesign.model.schema import Column, Table

PHASES: tuple[PhaseName, ...] = ("expand", "backfill", "validate", "switch", "contract")

CONDITIONS: dict[PhaseName, str] = {
    "expand": "The version that runs now keeps running; nothing that it uses changes. Nothing has to be deployed before.",
    "backfill": "The version that runs now keeps running; rows are written in small batches.",
    "validate": "The version that runs now keeps running, and must already keep to the new constraints: rows that break them are refused "
    "from here on.",
    "switch": "The old names end here: stop the old version before it, or deploy the new one at the same moment.",
    "contract": "Only once no instance of the old version runs any more, and none will be rolled back to.",
}
"""Which versions of the application may run; of the switch: these engines keep no old name beside the new one."""


@dataclass
class Phasing:
    """Collects the steps of a plan.

    Attributes:
        left: operations that nobody has taken yet.
        blocked: labels of tables and columns that wait for an answer.
    """

    comparison: Comparison
    settings: PlanSettings
    engine: str
    version: str | None
    left: list[Operation] = field(default_factory=list)
    steps: dict[PhaseName, list[Step]] = field(default_factory=lambda: {name: [] for name in PHASES})
    manual: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    conditions: Mapping[PhaseName, str] = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        self.questions += self.comparison.questions
        self.notes += self.comparison.notes
        doubtful = [one for one in self.comparison.operations if not one.certain]
        self.blocked |= {one.about for one in self.questions}
        for one in doubtful:
            self.blocked |= {one.table or one.name, getattr(one.before, "label", one.name)}
        self.left = [
            one for one in self.comparison.operations if one.certain and not {one.table, one.name} & self.blocked
        ]

    def consent(self) -> None:
        """Refuse to lose data that nobody agreed to lose.

        Raises:
            ConsentError: names everything that would be lost.
        """
        lost = [_loss(one) for one in self.left if one.destructive]
        if lost and not self.settings.allow_destructive:
            raise ConsentError(
                f"data would be lost: {'; '.join(lost)}",
                remedy="Agree with allow_destructive, or keep it in the target",
            )

    def take(
        self, kinds: str | Iterable[str], actions: str | Iterable[str], want: Callable[[Operation], bool] | None = None
    ) -> list[Operation]:
        """The operations of these kinds and actions that nobody has taken, which are the caller's from now on."""
        wanted = (
            {kinds} if isinstance(kinds, str) else set(kinds),
            {actions} if isinstance(actions, str) else set(actions),
        )
        taken = [
            one
            for one in self.left
            if one.kind in wanted[0] and one.action in wanted[1] and (want is None or want(one))
        ]
        gone = {id(one) for one in taken}
        self.left = [one for one in self.left if id(one) not in gone]
        return taken

    def add(
        self,
        phase: PhaseName,
        title: str,
        *sql: str,
        rollback: Iterable[str] = (),
        reversible: bool = True,
        transactional: bool = False,
        precondition: str | None = None,
        postcondition: str | None = None,
        cleanup: str | None = None,
        wait: Wait | None = None,
        batches: Batches | None = None,
        command: str | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """Put a step at the end of a phase; statements come without their semicolons."""
        listed = self.steps[phase]
        listed.append(
            Step(
                id=f"{phase}-{len(listed) + 1}",
                title=title,
                sql=script(sql),
                transactional=transactional,
                rollback=script(rollback) or None,
                rollback_transactional=transactional,
                reversible=reversible,
                precondition=precondition,
                postcondition=postcondition,
                cleanup=cleanup,
                wait=wait,
                batches=batches,
                command=command,
                notes=tuple(notes),
            )
        )

    def refuse(self, operation: Operation, reason: str, by_hand: str) -> None:
        """Leave an operation to people: why the engine cannot, and what to do."""
        where = f" of {operation.table}" if operation.table and operation.table not in operation.name else ""
        self.manual.append(f"{operation.action} {operation.kind} {operation.name}{where}: {reason}. By hand: {by_hand}")

    def ask_for_value(self, label: str) -> None:
        """Ask which value existing rows get in a column that becomes mandatory."""
        self.blocked.add(label)
        self.questions.append(
            Question(
                about=label,
                text=f"{label} is NOT NULL and has no default: which value do the rows get that exist already?",
                answers={
                    f"fill={label}:<expression>": "is put into existing rows, and into those that the old version writes"
                },
            )
        )

    def plan(self) -> MigrationPlan:
        """The plan; what nobody took is left to people."""
        for one in self.left:
            self.refuse(one, f"the planner for {self.engine} does not know how", "write the statement for it")
        return MigrationPlan(
            engine=self.engine,
            version=self.version,
            operations=self.comparison.operations,
            phases=tuple(self._phase(name) for name in PHASES if self.steps[name]),
            manual=tuple(self.manual),
            questions=tuple(self.questions),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _phase(self, name: PhaseName) -> Phase:
        steps = tuple(self.steps[name])
        final = any(not one.reversible for one in steps)
        return Phase(name=name, deploy_condition=self.conditions[name], steps=steps, point_of_no_return=final)

    def table_before(self, label: str) -> Table | None:
        """The table under its new name, as it is before the plan, renames made."""
        return self.comparison.renamed.table_by_label.get(label)

    def table_after(self, label: str) -> Table | None:
        """The table as it becomes."""
        return self.comparison.after.table_by_label.get(label)


def script(statements: Iterable[str]) -> str:
    """Statements with their semicolons, a line each."""
    return "\n".join(f"{one.rstrip(';')};" for one in statements)


def mandatory(column: Column) -> bool:
    """Whether every INSERT has to give the column a value."""
    return not column.nullable and column.default is None and column.identity is None and column.generated is None


def columns_of(part: Any) -> tuple[str, ...]:
    """The columns of a key, index or foreign key, expressions left out."""
    if hasattr(part, "columns"):
        return tuple(part.columns)
    return tuple(one.column for one in getattr(part, "keys", ()) if one.column)


def _loss(one: Operation) -> str:
    why = f" ({one.evidence[0]})" if one.evidence else ""
    where = f"{one.table}." if one.table else ""
    return f"{one.action} {one.kind} {where}{one.name}{why}"
