"""A new type, or a new column, beside the old one: kept equal by a trigger, filled in batches, exchanged in one short transaction.

Until the exchange the trigger writes the new column from the old one; behind it, the old one from the new one, so that the exchange can be
taken back. Indexes and keys are built concurrently on the new column, foreign keys on either side are made NOT VALID and validated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.migrations.postgresql.backfills import update_script
from dbdesign.migrations.postgresql.draft import BACKFILL, SCAN
from dbdesign.migrations.postgresql.exchange import Exchange, exchange
from dbdesign.migrations.postgresql.indexes import concurrently
from dbdesign.migrations.postgresql.keys import as_index, no_duplicates
from dbdesign.migrations.postgresql.not_null import set_not_null
from dbdesign.migrations.postgresql.planning import Planning, firing_notes, temporary
from dbdesign.migrations.postgresql.statements import add_constraint, alter, base_type, drop_constraint, validate
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Check, Column, ForeignKey, Index, Key, Policy, Table, Trigger
from dbdesign.model.types import Kind
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified

_WITHOUT_EQUALITY = {Kind.JSON, Kind.XML, Kind.GEOMETRY, Kind.OTHER}


@dataclass(frozen=True)
class Change:
    """A column that becomes another: its operation, and the column before (under its old name) and after."""

    operation: Operation
    before: Column
    after: Column


@dataclass
class Shadow:
    """One table with its changed columns.

    Attributes:
        changes: by the column's name after.
        indexes: copies that were built: their final names → their interim ones.
    """

    table: Table
    old: Table
    place: str
    final: str
    changes: dict[str, Change]
    indexes: dict[str, str] = field(default_factory=dict)
    keys: list[tuple[Key, str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The table's label after."""
        return f"{self.table.namespace}.{self.final}" if self.table.namespace else self.final

    def new(self, name: str) -> str:
        """The interim name of a column that changes; itself for others."""
        return temporary(name, "new") if name in self.changes else name

    @property
    def function(self) -> str:
        """The trigger function, as SQL."""
        return qualified(self.table.namespace, temporary(self.old.name, "sync"))

    @property
    def trigger(self) -> str:
        """The trigger; it fires behind those of the application, whose changes it must see."""
        return chosen_name("zz", self.old.name, "_sync")


def shadow(planning: Planning, changes: dict[str, list[Change]]) -> None:
    """The steps for all tables together, since foreign keys bind their columns."""
    shadows: dict[str, Shadow] = {}
    for label, group in changes.items():
        old = planning.old(label)
        assert old is not None  # noqa: S101 - the columns stood before
        shadows[label] = Shadow(
            planning.table(label),
            old,
            planning.place(label),
            planning.after.table_by_label[label].name,
            {one.after.name: one for one in group},
        )
        planning.swapped[label] = set(shadows[label].changes)
        for one in group:
            planning.left.remove(one.operation)
    for step in (_expand, _fill, _copies):
        for shown in shadows.values():
            step(planning, shown)
    references = list(_references(planning, shadows))
    for reference in references:
        _refer(planning, shadows, reference)
    _exchange_all(planning, shadows, references)


def cast(planning: Planning, one: Shadow, change: Change) -> str:
    """The new value over the row's columns."""
    label = f"{one.label}.{change.after.name}"
    if label in planning.settings.casts:
        return f"({planning.settings.casts[label]})::{type_of(planning, change.after)}"
    named = (
        change.before.type.name is not None
        or change.after.type.name is not None
        or Kind.ARRAY in {change.before.type.kind, change.after.type.kind}
    )
    through = "::text" if named and change.before.type.kind is not Kind.ARRAY else "::text[]" if named else ""
    return f"{identifier(change.after.name)}{through}::{type_of(planning, change.after)}"


def type_of(planning: Planning, column: Column) -> str:
    """A column's type as it is called before the exchange: a replaced type has an interim name."""
    kind = column.type
    label = str(kind.name or (kind.element.name if kind.element else None))
    interim = planning.retyped.get(label)
    if interim is None:
        return kind.native
    return f"{interim}[]" if kind.name is None else interim


def _expand(planning: Planning, one: Shadow) -> None:
    up = [
        alter(one.place, f"ADD COLUMN {identifier(one.new(name))} {_interim_type(planning, change.after)}")
        for name, change in one.changes.items()
    ]
    up.append(function(planning, one, forward=True))
    up.append(
        f"CREATE TRIGGER {identifier(one.trigger)} BEFORE INSERT OR UPDATE ON {one.place} "
        f"FOR EACH ROW EXECUTE FUNCTION {one.function}()"
    )
    down = [f"DROP TRIGGER {identifier(one.trigger)} ON {one.place}", f"DROP FUNCTION {one.function}()"]
    down += [alter(one.place, f"DROP COLUMN {identifier(one.new(name))}") for name in one.changes]
    names = ", ".join(one.changes)
    planning.add("expand", f"Put new columns beside {names} of {one.label}", up, down)


def _interim_type(planning: Planning, column: Column) -> str:
    return base_type(column).replace(column.type.native, type_of(planning, column), 1)


def function(planning: Planning, one: Shadow, *, forward: bool, replace: bool = False) -> str:
    """The trigger function: new from old, or (behind the exchange) old from new, NULL where a value does not fit the old type."""
    body = "".join(_forward(planning, one, change) if forward else _reverse(change) for change in one.changes.values())
    head = "CREATE OR REPLACE FUNCTION" if replace else "CREATE FUNCTION"
    return (
        f"{head} {one.function}() RETURNS trigger LANGUAGE plpgsql AS $sync$\nBEGIN\n{body}    RETURN NEW;\nEND\n$sync$"
    )


def _differs(column: Column) -> str:
    text = "::text" if column.type.kind in _WITHOUT_EQUALITY else ""
    name = identifier(column.name)
    return f"NEW.{name}{text} IS DISTINCT FROM OLD.{name}{text}"


def _forward(planning: Planning, one: Shadow, change: Change) -> str:
    name, new = identifier(change.after.name), identifier(one.new(change.after.name))
    value = cast(planning, one, change)
    label = f"{one.label}.{change.after.name}"
    row = f"(SELECT {value} FROM (SELECT NEW.*) AS t)" if label in planning.settings.casts else f"NEW.{value}"
    shown = change.before.model_copy(update={"name": change.after.name})
    return (
        f"    IF TG_OP = 'INSERT' OR {_differs(shown)} THEN\n        NEW.{new} := {row};\n    END IF;\n" if name else ""
    )


def _reverse(change: Change) -> str:
    name, old = identifier(change.after.name), identifier(temporary(change.after.name, "old"))
    kind = change.before.type
    named = kind.name is not None or change.after.type.name is not None
    through = "::text" if named and kind.kind is not Kind.ARRAY else "::text[]" if named else ""
    return (
        f"    IF TG_OP = 'INSERT' OR {_differs(change.after)} THEN\n        BEGIN\n"
        f"            NEW.{old} := NEW.{name}{through}::{_old_type(change)};\n"
        f"        EXCEPTION WHEN OTHERS THEN\n            NEW.{old} := NULL;\n        END;\n    END IF;\n"
    )


def _old_type(change: Change) -> str:
    return change.before.type.native


def _fill(planning: Planning, one: Shadow) -> None:
    assignments = ", ".join(
        f"{identifier(one.new(name))} = {cast(planning, one, change)}" for name, change in one.changes.items()
    )
    where = " OR ".join(
        f"t.{identifier(one.new(name))} IS NULL"
        + ("" if f"{one.label}.{name}" in planning.settings.casts else f" AND t.{identifier(name)} IS NOT NULL")
        for name in one.changes
    )
    keys = one.old.model_copy(update={"primary_key": _renamed_key(planning, one), "columns": _walked(planning, one)})
    script, batches = update_script(planning, keys, one.place, assignments, where)
    if batches is not None:
        batches = batches.model_copy(update={"table": one.label})
    names = ", ".join(one.changes)
    planning.add(
        "backfill", f"Fill the new columns beside {names} of {one.label}", [script], manner=BACKFILL, batches=batches
    )
    planning.drafts[-1].notes += firing_notes(planning.fired(one.label))


def _renamed_key(planning: Planning, one: Shadow) -> Key | None:
    renamed = planning.renamed.table_by_label.get(one.label)
    return renamed.primary_key if renamed else one.old.primary_key


def _walked(planning: Planning, one: Shadow) -> tuple[Column, ...]:
    renamed = planning.renamed.table_by_label.get(one.label)
    return renamed.columns if renamed else one.old.columns


def mentions(expression: str | None, names: Iterable[str]) -> bool:
    """Whether an expression names one of these columns."""
    from dbdesign.migrations.postgresql.type_changes import mentions as one_mention

    return any(one_mention(expression, name) for name in names)


def concerned(index: Index, changes: dict[str, Change]) -> bool:
    """Whether an index needs a copy."""
    over = any(key.column in changes or mentions(key.expression, changes) for key in index.keys)
    return over or bool(set(index.include) & changes.keys()) or mentions(index.where, changes)


def _copies(planning: Planning, one: Shadow) -> None:
    """NOT NULL, indexes and keys of the new columns, also those that are new themselves."""
    for name, change in one.changes.items():
        if not change.after.nullable:
            shown = change.after.model_copy(update={"name": one.new(name)})
            set_not_null(planning, one.table, shown, one.place, name=interim_not_null(one.table, name))
    for index in one.table.indexes:
        if concerned(index, one.changes):
            _copy(planning, one, index)
    for key in keys_of(one.table):
        if set(key.columns) & one.changes.keys():
            interim = temporary(key.name or "", "new")
            copy = key.model_copy(
                update={"columns": tuple(map(one.new, key.columns)), "include": tuple(map(one.new, key.include))}
            )
            concurrently(planning, one.table, one.place, as_index(copy, interim), "validate", why=f" for {key.name}")
            planning.drafts[-1].precondition = no_duplicates(one.place, copy)
            one.keys.append((key, interim))
    _consume(planning, one)


def interim_not_null(table: Table, column: str) -> str:
    """The name of the NOT NULL constraint on a new column until the exchange (18)."""
    return temporary(f"{table.name}_{column}", "nn")


def keys_of(table: Table) -> list[Key]:
    """The primary key, if there is one, and the unique keys."""
    return [*([table.primary_key] if table.primary_key else []), *table.unique_keys]


def _consume(planning: Planning, one: Shadow) -> None:
    """Take the operations that the exchange does: everything on the changed columns."""

    def mine(operation: Operation) -> bool:
        if operation.table != one.label:
            return False
        parts = [part for part in (operation.before, operation.after) if part is not None]
        if operation.kind == "index":
            return any(isinstance(part, Index) and concerned(part, one.changes) for part in parts)
        if operation.kind in {"primary key", "unique key"}:
            return any(isinstance(part, Key) and set(part.columns) & one.changes.keys() for part in parts)
        if operation.kind == "foreign key":
            return any(isinstance(part, ForeignKey) and set(part.columns) & one.changes.keys() for part in parts)
        if operation.kind == "check":
            return any(isinstance(part, Check) and mentions(part.expression, one.changes) for part in parts)
        if operation.kind in {"trigger", "policy"}:
            return any(_guard_mentions(part, one.changes) for part in parts)
        return False

    planning.left = [operation for operation in planning.left if operation.action == "rename" or not mine(operation)]


def _guard_mentions(part: object, changes: dict[str, Change]) -> bool:
    if isinstance(part, Trigger):
        return mentions(part.definition, changes)
    return isinstance(part, Policy) and (mentions(part.using, changes) or mentions(part.check, changes))


def guards(table: Table, changes: dict[str, Change]) -> tuple[list[Trigger], list[Policy]]:
    """The triggers and policies of a table that name changed columns."""
    return [one for one in table.triggers if _guard_mentions(one, changes)], [
        one for one in table.policies if _guard_mentions(one, changes)
    ]


def _copy(planning: Planning, one: Shadow, index: Index) -> None:
    from dbdesign.readers.postgresql.grammar_renames import renamed_expression

    def renamed(expression: str | None) -> str | None:
        if expression is None:
            return None
        for name in one.changes:
            expression = renamed_expression(expression, name, one.new(name))
        return expression

    keys = tuple(
        key.model_copy(
            update={"column": one.new(key.column) if key.column else None, "expression": renamed(key.expression)}
        )
        for key in index.keys
    )
    interim = temporary(index.name or "", "new")
    copy = index.model_copy(
        update={
            "name": interim,
            "keys": keys,
            "include": tuple(map(one.new, index.include)),
            "where": renamed(index.where),
            "comment": None,
        }
    )
    concurrently(planning, one.table, one.place, copy, "validate", why=f", the copy of {index.name}")
    one.indexes[index.name or ""] = interim


@dataclass(frozen=True)
class Reference:
    """A foreign key over changed columns: as it was and as it will be, of which one may be None; made under an interim name."""

    child: str
    key: ForeignKey | None
    before: ForeignKey | None

    @property
    def parents(self) -> set[str]:
        """The tables that it refers to."""
        return {one.references for one in (self.key, self.before) if one is not None}

    @property
    def interim(self) -> str:
        """Its name until the exchange."""
        return temporary((self.key.name if self.key else "") or "", "new")


def _references(planning: Planning, shadows: dict[str, Shadow]) -> Iterator[Reference]:
    for table in planning.renamed.tables:
        target = planning.after.table_by_label.get(table.label)
        there = {one.name: one for one in table.foreign_keys}
        later = {one.name: one for one in target.foreign_keys} if target else {}
        if table.label in planning.replaced:
            continue
        for name in dict.fromkeys((*there, *later)):
            pair = (later.get(name), there.get(name))
            if any(one is not None and _over_changed(table.label, one, shadows) for one in pair):
                yield Reference(table.label, *pair)
    for table in planning.after.tables:
        if planning.is_new(table.label):
            for key in table.foreign_keys:
                if _over_changed(table.label, key, shadows):
                    yield Reference(table.label, key, None)


def _over_changed(label: str, key: ForeignKey, shadows: dict[str, Shadow]) -> bool:
    child, parent = shadows.get(label), shadows.get(key.references)
    own = child is not None and bool(set(key.columns) & child.changes.keys())
    return own or (parent is not None and bool(set(key.referenced_columns) & parent.changes.keys()))


def _refer(planning: Planning, shadows: dict[str, Shadow], reference: Reference) -> None:
    """The foreign key over the new columns."""
    planning.left = [one for one in planning.left if not _of_reference(one, reference)]
    if reference.key is None:
        return
    place, key = planning.place(reference.child), interim_key(planning, shadows, reference, reference.key)
    planning.add(
        "validate",
        f"Refer from {reference.child} to {reference.key.references} over the new columns",
        [add_constraint(place, planning.table(reference.child), key, valid=not key.enforced)],
        [drop_constraint(place, reference.interim)],
    )
    if reference.key.valid and key.enforced:
        where = f"conrelid = {literal(place)}::regclass AND conname = {literal(reference.interim)}"
        planning.add(
            "validate",
            f"Check the rows of {reference.child} against {reference.interim}",
            [validate(place, reference.interim)],
            manner=SCAN,
            postcondition=f"SELECT convalidated FROM pg_constraint WHERE {where}",
        )


def interim_key(planning: Planning, shadows: dict[str, Shadow], reference: Reference, key: ForeignKey) -> ForeignKey:
    """A foreign key over the new columns as they are called before the exchange."""
    child, parent = shadows.get(reference.child), shadows.get(key.references)
    return planning.reference(key).model_copy(
        update={
            "name": reference.interim,
            "columns": tuple(map(child.new, key.columns)) if child else key.columns,
            "referenced_columns": tuple(map(parent.new, key.referenced_columns)) if parent else key.referenced_columns,
            "set_columns": tuple(map(child.new, key.set_columns)) if child else key.set_columns,
        }
    )


def _of_reference(operation: Operation, reference: Reference) -> bool:
    names = {one.name for one in (reference.key, reference.before) if one is not None}
    return (
        operation.kind == "foreign key"
        and operation.table == reference.child
        and operation.name in names
        and operation.action != "rename"
    )


def _exchange_all(planning: Planning, shadows: dict[str, Shadow], references: list[Reference]) -> None:
    """One transaction a table; tables that share a replaced type in one together."""
    waiting, done = list(references), set[str]()
    together = [label for label, one in shadows.items() if _retyped(planning, one)]
    groups = ([together] if together else []) + [[label] for label in shadows if label not in together]
    for group in groups:
        members = [shadows[label] for label in group]
        labels = set(group)
        mine = [one for one in waiting if one.child in labels or one.parents & labels]
        waiting = [one for one in waiting if one not in mine]
        exchange(planning, Exchange(members, mine, retyped=group is together), shadows, done)
        done |= labels


def _retyped(planning: Planning, one: Shadow) -> bool:
    return any(
        str(change.after.type.name) in planning.retyped
        or (change.after.type.element is not None and str(change.after.type.element.name) in planning.retyped)
        for change in one.changes.values()
    )
