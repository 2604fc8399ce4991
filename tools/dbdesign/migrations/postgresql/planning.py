"""What is known while a plan is made: the two schemas, the operations not yet planned, the names in force, and the steps so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.errors import InputError
from dbdesign.migrations.postgresql.draft import BRIEF, Draft, Manner
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import Batches, Operation, PhaseName, Question, Wait
from dbdesign.model.schema import Column, Engine, ForeignKey, Key, Schema, Table
from dbdesign.writers.postgresql.spelling import literal, qualified

PHASES: tuple[PhaseName, ...] = ("expand", "backfill", "validate", "switch", "contract")
VERSIONS = range(12, 19)


def major_of(version: str | None) -> int:
    """The major version that a plan is for; 18 where nothing is said.

    Raises:
        InputError: for one that the planner does not know.
    """
    if version is None:
        return max(VERSIONS)
    first = version.partition(".")[0]
    if not first.isdigit() or int(first) not in VERSIONS:
        raise InputError(f"plans are made for PostgreSQL 12 to 18, not {version!r}", where="version")
    return int(first)


@dataclass
class Planning:
    """One plan in the making.

    Attributes:
        left: operations that no pass has taken yet.
        base_names: tables that another name stands for until the contract phase, because a view has theirs: label after → bare name.
        added: labels of tables that the plan makes: nobody waits for a lock on them.
        filled: labels of columns that a backfill fills: what is built on them waits until it is done.
        replaced: labels of tables that a shadow table replaces; every operation on them is done by that.
        remade: tables that are made anew, by label: the new one's name until the switch.
        last: steps that end the contract phase, whatever passes come after the one that made them.
    """

    before: Schema
    after: Schema
    operations: tuple[Operation, ...]
    settings: PlanSettings
    major: int
    left: list[Operation] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    manual: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    base_names: dict[str, str] = field(default_factory=dict)
    old_labels: dict[str, str] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    swapped: dict[str, set[str]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    renamed: Schema = field(default_factory=lambda: Schema(engine=Engine.POSTGRESQL))
    done_views: set[str] = field(default_factory=set)
    retyped: dict[str, str] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)
    old_columns: dict[str, str] = field(default_factory=dict)
    last: list[Draft] = field(default_factory=list)
    remade: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = list(self.operations)
        for one in self.operations:
            if one.action == "rename" and one.kind == "table" and isinstance(one.before, Table) and one.certain:
                self.old_labels[one.name] = one.before.label
            if one.action == "rename" and one.kind == "column" and isinstance(one.before, Column) and one.certain:
                self.old_columns[f"{one.table}.{one.name}"] = one.before.name

    def take(
        self, kinds: str | Iterable[str], actions: str | Iterable[str], want: Callable[[Operation], bool] | None = None
    ) -> list[Operation]:
        """The operations of these kinds and actions that nobody has taken, which are the caller's from now on."""
        wanted_kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        wanted_actions = {actions} if isinstance(actions, str) else set(actions)
        taken = [
            one
            for one in self.left
            if one.kind in wanted_kinds and one.action in wanted_actions and (want is None or want(one))
        ]
        gone = {id(one) for one in taken}
        self.left = [one for one in self.left if id(one) not in gone]
        return taken

    def add(
        self,
        phase: PhaseName,
        title: str,
        up: Iterable[str],
        down: Iterable[str] = (),
        *,
        manner: Manner = BRIEF,
        reversible: bool = True,
        down_transactional: bool | None = None,
        precondition: str | None = None,
        postcondition: str | None = None,
        cleanup: str | None = None,
        wait: Wait | None = None,
        batches: Batches | None = None,
        notes: Iterable[str] = (),
        key: str | None = None,
        first: bool = False,
    ) -> Draft:
        """Put a step at the end of a phase (`first`: at its beginning)."""
        draft = Draft(
            phase,
            title,
            list(up),
            list(down),
            manner,
            key,
            reversible,
            manner.transactional if down_transactional is None else down_transactional,
            precondition,
            postcondition,
            cleanup,
            wait,
            batches,
            list(notes),
        )
        if first:
            self.drafts.insert(0, draft)
        else:
            self.drafts.append(draft)
        return draft

    def merge(self, phase: PhaseName, key: str, title: str, up: Iterable[str], down: Iterable[str] = ()) -> Draft:
        """Add to the step of this key, or begin it: many small changes in one short transaction."""
        for draft in self.drafts:
            if draft.phase == phase and draft.key == key:
                draft.up += up
                draft.down[:0] = down
                return draft
        return self.add(phase, title, up, down, key=key)

    def in_order(self) -> Iterator[tuple[PhaseName, list[Draft]]]:
        """The phases that have steps."""
        for phase in PHASES:
            if drafts := [one for one in self.drafts if one.phase == phase]:
                yield phase, drafts

    def label(self, label: str) -> str:
        """The label after of a table that may be named as it is called while a view has its name."""
        for final, base in self.base_names.items():
            space = final.rpartition(".")[0]
            if label == (f"{space}.{base}" if space else base):
                return final
        return label

    def place(self, label: str, phase: PhaseName = "expand") -> str:
        """A table as SQL, by its label after, as it is called in a phase."""
        label = self.label(label)
        table = self.after.table_by_label.get(label) or self.before.table_by_label.get(label)
        if table is None:
            raise InputError(f"no table {label} in either schema", where=label)
        return qualified(table.namespace, self._name(table, phase))

    def _name(self, table: Table, phase: PhaseName) -> str:
        return table.name if phase == "contract" else self.base_names.get(table.label, table.name)

    def table(self, label: str, phase: PhaseName = "expand") -> Table:
        """A table of the schema after, under the name that it has in a phase."""
        table = self.after.table_by_label[self.label(label)]
        return table.model_copy(update={"name": self._name(table, phase)})

    def reference(self, key: ForeignKey, phase: PhaseName = "expand") -> ForeignKey:
        """A foreign key that names its table as it is called in a phase."""
        base = self.base_names.get(key.references) if phase != "contract" else None
        return key.model_copy(update={"referenced_table": base}) if base else key

    def new_reference(self, key: ForeignKey) -> ForeignKey:
        """A foreign key that is new, before the switch: of a table that is made anew it refers to the new one, once its rows are there."""
        interim = self.remade.get(key.references)
        return key.model_copy(update={"referenced_table": interim}) if interim else self.reference(key)

    def old(self, label: str) -> Table | None:
        """A table of the schema before, by its label after; None where it is new."""
        label = self.label(label)
        return self.before.table_by_label.get(self.old_labels.get(label, label)) if label not in self.added else None

    def old_column(self, label: str, name: str) -> str:
        """The name that a column had before, by its name after."""
        return self.old_columns.get(f"{self.label(label)}.{name}", name)

    def fired(self, label: str) -> tuple[str, ...]:
        """Names of the application's triggers that fire when a row of a table is updated, as a backfill does."""
        table = self.renamed.table_by_label.get(self.label(label))
        return updated_by(table) if table else ()

    def referrers(self, label: str, key: Key) -> list[tuple[str, str]]:
        """The foreign keys of the schema after that need a key: labels of their tables, and their names."""
        return [
            (table.label, one.name or "")
            for table in self.after.tables
            for one in table.foreign_keys
            if one.references == label and set(one.referenced_columns) == set(key.columns)
        ]

    def rows(self, label: str) -> float | None:
        """Rows of a table, where they are known."""
        label = self.label(label)
        known = self.settings.workload.rows(label)
        return known if known is not None else self.settings.workload.rows(self.old_labels.get(label, label))

    def is_new(self, label: str | None) -> bool:
        """Whether the plan itself makes the table, so that nothing on it can be waited for."""
        return label is not None and label in self.added

    def partitions(self, label: str) -> list[Table]:
        """The partitions of a table in the schema after, those of partitions before their own parents."""
        found: list[Table] = []
        for table in self.after.tables:
            if table.partition_of and table.partition_of.label == label:
                found += [*self.partitions(table.label), table]
        return found


def updated_by(table: Table) -> tuple[str, ...]:
    """Names of a table's enabled triggers on UPDATE."""
    return tuple(
        one.name
        for one in table.triggers
        if one.enabled != "disabled" and any(event.upper().startswith("UPDATE") for event in one.events)
    )


def firing_notes(names: tuple[str, ...]) -> list[str]:
    """What to know of triggers that fire for every row of a backfill."""
    if not names:
        return []
    return [
        f"For every row it fires {', '.join(names)}: see what that does to times of change, audits and queues first."
    ]


def temporary(name: str, mark: str) -> str:
    """A name beside another one for as long as the plan runs: `orders__new`, cut as the server would cut it."""
    return chosen_name(name, "", f"_{mark}")


def regclass(place: str) -> str:
    """A relation by its name as SQL, as a query can look it up; NULL where there is none."""
    return f"to_regclass({literal(place)})"
