"""A new table beside the old one, for what no ALTER does online: partitioning, exclusion constraints, stored columns, UNLOGGED.

A trigger writes every change of the old table to the new one; batches copy what was there, each row locked while it is copied so that no
change slips between. Foreign keys to the table are made a second time, to the new one. In the switch the names change places in one short
transaction and the trigger turns round, so that the old table stays up to date until it is dropped and the switch can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.migrations.postgresql.backfills import LOCKED_ROWS, arbiter, copy, walk
from dbdesign.migrations.postgresql.copies import Copied, copied
from dbdesign.migrations.postgresql.draft import BACKFILL, SCAN
from dbdesign.migrations.postgresql.guards import policy_statements, trigger_statements
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import (
    add_constraint,
    alter_column,
    create,
    drop,
    drop_constraint,
    not_null_name,
    rename_constraint,
    validate,
)
from dbdesign.migrations.postgresql.views import dependents, in_order, standing_views
from dbdesign.model.migration import Question
from dbdesign.model.schema import Column, ForeignKey, Index, Key, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import sequence_name
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified
from dbdesign.writers.postgresql.tables import TableWriter


@dataclass
class Rebuilt:
    """One table and the new one beside it.

    Attributes:
        old: under its names after the renames.
        interim: the new table under its interim names.
        pairs: columns that are copied, by name, with how the value is computed from the old row.
    """

    label: str
    old: Table
    final: Table
    interim: Table
    members: list[Table]
    pairs: Copied

    @property
    def here(self) -> str:
        """The table in use, as SQL."""
        return qualified(self.final.namespace, self.final.name)

    @property
    def new(self) -> str:
        """The new table, as SQL, until the switch."""
        return qualified(self.interim.namespace, self.interim.name)

    @property
    def parked(self) -> str:
        """The old table, as SQL, behind the switch."""
        return qualified(self.final.namespace, temporary(self.final.name, "old"))

    @property
    def function(self) -> str:
        """The trigger function, as SQL."""
        return qualified(self.final.namespace, temporary(self.final.name, "copy"))

    @property
    def trigger(self) -> str:
        """The trigger's name."""
        return temporary(self.final.name, "copy")


_STORED = {"unlogged", "tablespace", "access_method"}


def wanted(planning: Planning) -> dict[str, str]:
    """Labels of tables that must be made anew, and why."""
    found: dict[str, str] = {}
    for one in planning.left:
        table = planning.after.table_by_label.get(one.table or "")
        if table is None or planning.old(table.label) is None or table.label in planning.added:
            continue
        if one.kind == "partitioning":
            found[table.label] = "its partitioning changes"
        elif one.kind == "exclusion" and one.action in {"add", "alter"}:
            found[table.label] = f"{one.name} excludes, which no index built beforehand can take over"
        elif one.kind == "option" and one.name.rpartition(":")[2] in _STORED and one.name.startswith("table "):
            found[table.label] = f"{one.name.rpartition(':')[2]} changes"
        elif (
            one.kind == "column"
            and isinstance(one.after, Column)
            and _computes(planning, one.action, one.after, one.changed, table)
        ):
            found[table.label] = f"{one.name} is computed, or checked by its domain, for every row"
    return {label: why for label, why in found.items() if planning.after.table_by_label[label].partition_of is None}


def _computes(planning: Planning, action: str, column: Column, changed: tuple[str, ...], table: Table) -> bool:
    from dbdesign.migrations.postgresql.added_columns import constrained_domain
    from dbdesign.migrations.postgresql.type_changes import mentions
    from dbdesign.migrations.postgresql.type_matrix import is_free

    if action == "add":
        stored = column.generated is not None and column.generated.stored
        return stored or (constrained_domain(planning, column) and column.identity is None)
    if action != "alter":
        return False
    if "generated" in changed and column.generated is not None and column.generated.stored:
        return True
    old = planning.old(table.label)
    was = old.column(planning.old_column(table.label, column.name)) if old else None
    typed = "type" in changed and was is not None and not is_free(was.type, column.type, planning.after)
    read = any(mentions(one.generated.expression, column.name) for one in table.columns if one.generated)
    return (typed and (table.partitioning is not None or read)) or ("type" in changed and read)


def plan(planning: Planning) -> None:
    """Every table that must be made anew; of tables that refer to each other, one in a plan."""
    made: list[str] = []
    for label, why in _referring_first(planning, wanted(planning)).items():
        tied = next((other for other in made if _tied(planning, label, other)), None)
        if tied is not None:
            planning.manual.append(
                f"{label} would have to be made anew beside the old one, but so has {tied}, and one of them refers to the other. "
                f"First plan to a schema in which {tied} alone has changed; then plan from there"
            )
            _leave(planning, label)
            continue
        made.append(label)
        one = _rebuilt(planning, label)
        if one is not None:
            planning.notes.append(
                f"{label} is made anew beside the old one: {why}. It needs as much disk again until the contract phase."
            )
            _take(planning, one)
            _expand(planning, one)
            _fill(planning, one)
            _refer(planning, one)
            _switch(planning, one)
            _contract(planning, one)


def _referring_first(planning: Planning, found: dict[str, str]) -> dict[str, str]:
    """In an order in which a table comes before those that it refers to; in a circle, any."""

    def referred(label: str) -> set[str]:
        schemas = (planning.after, planning.renamed)
        return {key.references for one in schemas for key in one.table_by_label[label].foreign_keys} - {label}

    left, order = dict.fromkeys(found), list[str]()
    while left:
        below = {target for label in left for target in referred(label)}
        order.append(next((label for label in left if label not in below), next(iter(left))))
        del left[order[-1]]
    return {label: found[label] for label in order}


def _tied(planning: Planning, one: str, other: str) -> bool:
    """Whether one of two tables refers to the other, in the old schema or in the new one."""
    return any(
        key.references == there
        for here, there in ((one, other), (other, one))
        for schema in (planning.after, planning.renamed)
        for key in schema.table_by_label[here].foreign_keys
    )


def _rebuilt(planning: Planning, label: str) -> Rebuilt | None:
    final = planning.after.table_by_label[label]
    old = planning.renamed.table_by_label[label]
    reason = None
    if label in planning.base_names:
        reason = "columns are renamed in the same plan; rename them in a plan of their own first"
    elif not walk(planning, old, "").key:
        reason = (
            "it has no key by which a row could be found again. First, in a plan of its own, add a column row_number bigint GENERATED BY "
            "DEFAULT AS IDENTITY with a primary key over it; then plan this change from there; then plan to drop the column"
        )
    elif arbiter(final, copied(planning, old, final).key.values()) is None:
        reason = "no key of the new table includes the key of the old one, by which a row is told from its copy"
    elif old.inherits or any(label in one.inherits for one in planning.after.tables):
        reason = (
            "it inherits, or others inherit from it. Take the inheritance away first (ALTER TABLE … NO INHERIT …, brief), plan this change "
            "for each table by itself, and let them inherit again (ALTER TABLE … INHERIT …, brief)"
        )
    if reason:
        planning.manual.append(f"{label} would have to be made anew beside the old one, but {reason}")
        _leave(planning, label)
        return None
    pairs = copied(planning, old, final)
    missing = [
        one.name
        for one in final.columns
        if one.name not in pairs.values
        and not one.nullable
        and one.default is None
        and not one.identity
        and not one.generated
    ]
    for name in missing:
        planning.questions.append(
            Question(
                about=f"{label}.{name}",
                text=f"{label}.{name} is NOT NULL and has no default: which value do the rows get that exist already?",
                answers={
                    f"fill={label}.{name}:<expression>": "is put into existing rows, and into those that the old version writes meanwhile"
                },
            )
        )
    if missing:
        _leave(planning, label)
        return None
    interim = _interim(planning, final)
    members = planning.partitions(label)
    return Rebuilt(label, old, final, interim, members, pairs)


def _leave(planning: Planning, label: str) -> None:
    """Nothing is done to a table that cannot be made anew, nor are its partitions made."""
    members = {one.label for one in planning.partitions(label)} - planning.before.table_by_label.keys()
    planning.replaced |= {label, *members}
    planning.left = [
        one for one in planning.left if one.table not in {label, *members} and one.name not in {label, *members}
    ]


def _interim(planning: Planning, final: Table) -> Table:
    """The new table with names that nothing else has; constraints that are not indexes have their final ones."""

    def key(one: Key) -> Key:
        return one.model_copy(update={"name": temporary(one.name or "", "new")})

    columns = []
    for column in final.columns:
        change: dict[str, object] = {}
        if column.identity is not None:
            own = sequence_name(final, column, column.identity)
            change["identity"] = column.identity.model_copy(
                update={"sequence_name": temporary(own, "new"), "grants": (), "comment": None}
            )
        if not column.nullable and planning.major >= NAMED_SINCE:
            change["not_null_name"] = not_null_name(final, column)
        columns.append(column.model_copy(update=change))
    return final.model_copy(
        update={
            "name": temporary(final.name, "new"),
            "columns": tuple(columns),
            "primary_key": key(final.primary_key) if final.primary_key else None,
            "unique_keys": tuple(map(key, final.unique_keys)),
            "exclusions": tuple(
                one.model_copy(update={"name": temporary(one.name or "", "new")}) for one in final.exclusions
            ),
            "indexes": tuple(
                one.model_copy(update={"name": temporary(one.name or "", "new")}) for one in final.indexes
            ),
            "foreign_keys": (),
            "triggers": (),
            "policies": (),
            "row_security": "off",
        }
    )


def _take(planning: Planning, one: Rebuilt) -> None:
    """Everything that differs in the table is done by making it anew."""
    members = {table.label for table in one.members}
    old_members = {
        table.label
        for table in planning.before.tables
        if table.partition_of and planning.old_labels.get(one.label, one.label) == table.partition_of.label
    }
    planning.replaced |= {one.label, *members, *old_members}
    planning.left = [
        operation
        for operation in planning.left
        if operation.action == "rename"
        or not (
            operation.table in {one.label, *members, *old_members}
            or (operation.kind == "table" and operation.name in members | old_members)
        )
    ]
    planning.added |= {label for label in members if label not in planning.before.table_by_label}


def _expand(planning: Planning, one: Rebuilt) -> None:
    members = [_member(planning, one, table) for table in one.members]
    others = tuple(
        table for table in planning.after.tables if table.label not in {one.label, *(m.label for m in one.members)}
    )
    writer = TableWriter(planning.after.model_copy(update={"tables": (one.interim, *reversed(members), *others)}))
    now, later = list[str](), list[str]()
    for table in (one.interim, *reversed(members)):
        written = writer.write(table)
        now += [*written.before, *written.now, *objects.table_comments(table)]
        later[:0] = [  # indexes of partitions come before their parents', which take them in
            *written.later,
            *objects.late_table_comments(table.model_copy(update={"triggers": (), "policies": ()})),
        ]
    granted = list(objects.grants("TABLE", one.new, one.final.grants, planning.major))
    planning.add(
        "expand", f"Make the new {one.label} beside the old one", [*now, *later, *granted], [drop(one.interim)]
    )
    for key in one.final.foreign_keys:
        if key.references != one.label:
            planning.add(
                "expand",
                f"Refer from the new {one.label} to {key.references}",
                [add_constraint(one.new, one.interim, planning.reference(key))],
                [drop_constraint(one.new, key.name or "")],
            )
    up = [_function(one, forward=True), *_triggers(one, one.here)]
    down = [*_no_triggers(one, one.here), f"DROP FUNCTION {one.function}()"]
    planning.add("expand", f"Copy every change of {one.label} to the new one", up, down)


def _member(planning: Planning, one: Rebuilt, table: Table) -> Table:
    """A partition of the new table; one whose name is taken by a partition of the old table has an interim name."""
    of = table.partition_of
    assert of is not None  # noqa: S101 - a partition
    standing = planning.before.table_by_label
    parent = of.model_copy(update={"table": one.interim.name}) if of.label == one.label else of
    if of.label != one.label and of.label in standing:
        parent = of.model_copy(update={"table": temporary(of.table, "new")})
    shown = _interim(planning, table) if table.label in standing else table
    if planning.major >= NAMED_SINCE:
        above = planning.after.table_by_label[of.label]
        named = {column.name: not_null_name(above, column) for column in above.columns if not column.nullable}
        columns = tuple(
            one_.model_copy(update={"not_null_name": named.get(one_.name, one_.not_null_name)})
            for one_ in shown.columns
        )
        shown = shown.model_copy(update={"columns": columns})
    return shown.model_copy(update={"partition_of": parent, "foreign_keys": (), "triggers": (), "policies": ()})


def _made_with(parent: Table, member: Table, name: str) -> list[str]:
    """Names of the indexes that a partition gets with those of its parent, when it is called `name`."""
    own = {one.partition_of for one in member.indexes}
    found = [chosen_name(name, "", "pkey")] if parent.primary_key and member.primary_key is None else []
    listed = {one.columns for one in member.unique_keys}
    found += [
        chosen_name(name, joined_columns(one.columns), "key") for one in parent.unique_keys if one.columns not in listed
    ]
    for index in parent.indexes:
        label_of = f"{parent.namespace}.{index.name}" if parent.namespace else index.name
        if label_of not in own:
            found.append(chosen_name(name, joined_columns([key.column or "expr" for key in index.keys]), "idx"))
    return found


def _member_names(planning: Planning, one: Rebuilt) -> list[tuple[str, str, str]]:
    """Partitions of both tables that have the same name change places too, with their indexes."""
    found: list[tuple[str, str, str]] = []
    for table in one.members:
        old = planning.renamed.table_by_label.get(table.label)
        if old is None or table.partition_of is None:
            continue
        space, parked, interim = table.namespace, temporary(table.name, "old"), temporary(table.name, "new")
        was = planning.renamed.table_by_label.get(old.partition_of.label) if old.partition_of else None
        before = _made_with(was, old, old.name) if was else []
        found += [("INDEX", qualified(space, name), temporary(name, "old")) for name in (*before, *_index_names(old))]
        found += [("TABLE", qualified(space, table.name), parked), ("TABLE", qualified(space, interim), table.name)]
        parent = planning.after.table_by_label[table.partition_of.label]
        pairs = zip(_made_with(parent, table, interim), _made_with(parent, table, table.name), strict=True)
        found += [("INDEX", qualified(space, new), final) for new, final in pairs]
        found += [("INDEX", qualified(space, temporary(name, "new")), name) for name in _index_names(table)]
    return found


def _triggers(one: Rebuilt, place: str) -> list[str]:
    name, emptied = identifier(one.trigger), identifier(temporary(one.trigger, "truncate"))
    call = f"EXECUTE FUNCTION {one.function}()"
    return [
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {place} FOR EACH ROW {call}",
        f"CREATE TRIGGER {emptied} AFTER TRUNCATE ON {place} FOR EACH STATEMENT {call}",
    ]


def _no_triggers(one: Rebuilt, place: str) -> list[str]:
    names = (one.trigger, temporary(one.trigger, "truncate"))
    return [f"DROP TRIGGER {identifier(name)} ON {place}" for name in names]


def _function(one: Rebuilt, *, forward: bool, replace: bool = False) -> str:
    """What the trigger does: the row of the other table becomes this one's."""
    target = one.new if forward else one.parked
    values = one.pairs.values if forward else one.pairs.back
    key = one.pairs.key if forward else {new: old for old, new in one.pairs.key.items()}
    columns = one.interim if forward else one.old
    same = " AND ".join(f"o.{identifier(new)} = OLD.{identifier(old)}" for old, new in key.items())
    fixed = {column.name for column in columns.columns if column.identity and column.identity.mode == "always"}
    assigned = ", ".join(f"{identifier(name)} = n.{identifier(name)}" for name in values if name not in fixed)
    names = ", ".join(map(identifier, values))
    computed = ", ".join(f"{value} AS {identifier(name)}" for name, value in values.items())
    row = f"(SELECT {computed} FROM (SELECT NEW.*) AS t) AS n"
    overriding = " OVERRIDING SYSTEM VALUE" if fixed else ""
    head = "CREATE OR REPLACE FUNCTION" if replace else "CREATE FUNCTION"
    update = (
        f"        UPDATE {target} AS o SET {assigned} FROM {row} WHERE {same};\n        IF FOUND THEN RETURN NULL; END IF;\n"
        if assigned
        else ""
    )
    return (
        f"{head} {one.function}() RETURNS trigger LANGUAGE plpgsql AS $copy$\nBEGIN\n"
        f"    IF TG_OP = 'TRUNCATE' THEN\n        TRUNCATE {target};\n        RETURN NULL;\n    END IF;\n"
        f"    IF TG_OP = 'DELETE' THEN\n        DELETE FROM {target} AS o WHERE {same};\n        RETURN NULL;\n    END IF;\n"
        f"    IF TG_OP = 'UPDATE' THEN\n{update}    END IF;\n"
        f"    INSERT INTO {target} ({names}){overriding} SELECT {', '.join(f'n.{identifier(name)}' for name in values)} FROM {row};\n"
        f"    RETURN NULL;\nEND\n$copy$"
    )


def _fill(planning: Planning, one: Rebuilt) -> None:
    of = walk(planning, one.old, one.here)
    values = one.pairs.values
    names = ", ".join(map(identifier, values))
    overriding = (
        " OVERRIDING SYSTEM VALUE" if any(c.identity and c.identity.mode == "always" for c in one.final.columns) else ""
    )
    work = (
        f"INSERT INTO {one.new} ({names}){overriding}\n    SELECT {', '.join(values.values())} FROM {LOCKED_ROWS}\n"
        f"    {arbiter(one.interim, one.pairs.key.values())}"
    )
    script, batches = copy(of, work, planning.settings.pace)
    planning.add("backfill", f"Copy the rows of {one.label}", [script], manner=BACKFILL, batches=batches)
    planning.add("backfill", f"Collect statistics of the new {one.label}", [f"ANALYZE {one.new}"], manner=SCAN)


def _incoming(planning: Planning, one: Rebuilt) -> Iterator[tuple[str, ForeignKey]]:
    """Foreign keys of other tables to this one, in both schemas."""
    for table in planning.after.tables:
        renamed = planning.renamed.table_by_label.get(table.label)
        if (
            renamed is None
            or table.label in planning.replaced
            or (table.partition_of and table.partition_of.label != one.label and _same_as_parent(planning, table))
        ):
            continue
        there = {key.name for key in renamed.foreign_keys if key.references == one.label}
        for key in table.foreign_keys:
            if key.references == one.label and key.name in there:
                yield table.label, key


def _same_as_parent(planning: Planning, table: Table) -> bool:
    parent = planning.after.table_by_label.get(table.partition_of.label) if table.partition_of else None
    return parent is not None and bool(parent.foreign_keys)


def _refer(planning: Planning, one: Rebuilt) -> None:
    for key in one.final.foreign_keys:
        if key.references == one.label:
            own = key.model_copy(update={"referenced_table": one.interim.name})
            planning.add(
                "validate",
                f"Refer from the new {one.label} to itself",
                [add_constraint(one.new, one.interim, own, valid=False)],
                [drop_constraint(one.new, key.name or "")],
            )
            planning.add(
                "validate", f"Check the rows of the new {one.label}", [validate(one.new, key.name or "")], manner=SCAN
            )
    for label, key in _incoming(planning, one):
        place, name = planning.place(label), temporary(key.name or "", "new")
        shown = key.model_copy(update={"name": name, "referenced_table": one.interim.name})
        planning.add(
            "validate",
            f"Refer from {label} to the new {one.label}",
            [add_constraint(place, planning.table(label), shown, valid=False)],
            [drop_constraint(place, name)],
        )
        if key.valid:
            planning.add("validate", f"Check the rows of {label} against {name}", [validate(place, name)], manner=SCAN)
        planning.left = [
            op
            for op in planning.left
            if not (op.kind == "foreign key" and op.table == label and op.name == key.name and op.action == "alter")
        ]


def _names(one: Rebuilt) -> list[tuple[str, str, str]]:
    """Names that change places: what they name, from, to; the old table's step aside first."""
    space = one.final.namespace
    found = [("INDEX", qualified(space, name), temporary(name, "old")) for name in _index_names(one.old)]
    for column in one.old.columns:
        if column.identity is not None:
            own = sequence_name(one.old, column, column.identity)
            found.append(("SEQUENCE", qualified(space, own), temporary(own, "old")))
    found.append(("TABLE", one.here, temporary(one.final.name, "old")))
    found.append(("TABLE", one.new, one.final.name))
    found += [("INDEX", qualified(space, temporary(name, "new")), name) for name in _index_names(one.final)]
    for column in one.final.columns:
        if column.identity is not None:
            own = sequence_name(one.final, column, column.identity)
            found.append(("SEQUENCE", qualified(space, temporary(own, "new")), own))
    return found


def _index_names(table: Table) -> list[str]:
    parts: list[Key | Index] = [*([table.primary_key] if table.primary_key else []), *table.unique_keys, *table.indexes]
    return [one.name for one in parts if one.name] + [one.name for one in table.exclusions if one.name]


def _rename(what: tuple[str, str, str], *, back: bool = False) -> str:
    kind, place, new = what
    if not back:
        return f"ALTER {kind} {place} RENAME TO {identifier(new)}"
    space, _, _ = place.rpartition(".") if not place.startswith('"') or "." in place else ("", "", place)
    bare = place[len(space) + 1 :] if space else place
    there = f"{space}.{identifier(new)}" if space else identifier(new)
    return f"ALTER {kind} {there} RENAME TO {bare}"


def _switch(planning: Planning, one: Rebuilt) -> None:
    reading = dependents(planning.renamed, [one.label])
    labels = {view.label for view in reading}
    before_views = in_order([view for view in standing_views(planning) if view.label in labels])
    after_views = in_order([view for view in planning.after.views if view.label in labels])
    planning.done_views |= labels
    planning.left = [
        op
        for op in planning.left
        if not (op.kind == "view" and op.action in {"alter", "rebuild"} and op.name in labels)
    ]
    names = [*_names(one), *_member_names(planning, one)]
    keys = list(_incoming(planning, one))
    up = [drop(view) for view in reversed(before_views)] + _no_triggers(one, one.here)
    up += [_rename(what) for what in names]
    up += _numbers(one, forward=True)
    for label, key in keys:
        place = planning.place(label)
        up += [
            rename_constraint(place, key.name or "", temporary(key.name or "", "old")),
            rename_constraint(place, temporary(key.name or "", "new"), key.name or ""),
        ]
    up += [*_loosened(one), _function(one, forward=False, replace=True), *_triggers(one, one.here)]
    up += _guards(planning, one)
    up += [text for view in after_views for text in create(view, planning.major)]
    down = [drop(view) for view in reversed(after_views)] + _unguarded(one) + _no_triggers(one, one.here)
    for label, key in keys:
        place = planning.place(label)
        down += [
            rename_constraint(place, key.name or "", temporary(key.name or "", "new")),
            rename_constraint(place, temporary(key.name or "", "old"), key.name or ""),
        ]
    down += _tightened(one) + _numbers(one, forward=False)
    down += [_rename(what, back=True) for what in reversed(names)]
    down += [_function(one, forward=True, replace=True), *_triggers(one, one.here)]
    down += [text for view in before_views for text in create(view, planning.major)]
    planning.add("switch", f"Put the new {one.label} in the place of the old one", up, down)


def _loosened(one: Rebuilt) -> list[str]:
    """Columns that the new table does not have are left out of rows written to the old one."""
    return [alter_column(one.parked, name, "DROP NOT NULL") for name in _gone_required(one)]


def _tightened(one: Rebuilt) -> list[str]:
    return [alter_column(one.parked, name, "SET NOT NULL") for name in _gone_required(one)]


def _gone_required(one: Rebuilt) -> list[str]:
    keys = one.old.primary_key.columns if one.old.primary_key else ()
    return [
        column.name
        for column in one.old.columns
        if column.name not in one.pairs.back
        and not column.nullable
        and column.default is None
        and not column.generated
        and not column.identity
        and column.name not in keys
    ]


def _numbers(one: Rebuilt, *, forward: bool) -> list[str]:
    """The sequences go on from each other; behind the renames the new one has its final name."""
    found = []
    space = one.final.namespace
    for column in one.final.columns:
        was = one.old.column(column.name)
        if column.identity is None or was is None or was.identity is None:
            continue
        new = qualified(space, sequence_name(one.final, column, column.identity))
        old = qualified(space, temporary(sequence_name(one.old, was, was.identity), "old"))
        source, target = (old, new) if forward else (new, old)
        found.append(
            f"SELECT setval({literal(target)}, (SELECT last_value FROM {source}), (SELECT is_called FROM {source}))"
        )
    return found


def _guards(planning: Planning, one: Rebuilt) -> list[str]:
    found = [text for trigger in one.final.triggers for text in trigger_statements(one.final, trigger)]
    found += [text for policy in one.final.policies for text in policy_statements(one.final, policy)]
    bare = one.final.model_copy(update={"policies": ()})
    found += objects.row_security(bare)
    for column in one.final.columns:
        if column.identity is not None:
            own = qualified(one.final.namespace, sequence_name(one.final, column, column.identity))
            found += objects.grants("SEQUENCE", own, column.identity.grants, planning.major)
            found += objects.comment("SEQUENCE", own, column.identity.comment)
    return found


def _unguarded(one: Rebuilt) -> list[str]:
    found = [f"DROP TRIGGER {identifier(trigger.name)} ON {one.here}" for trigger in one.final.triggers]
    found += [f"DROP POLICY {identifier(policy.name)} ON {one.here}" for policy in one.final.policies]
    if one.final.row_security != "off":
        found += [
            f"ALTER TABLE {one.here} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {one.here} DISABLE ROW LEVEL SECURITY",
        ]
    for column in one.final.columns:
        if column.identity is not None:
            own = qualified(one.final.namespace, sequence_name(one.final, column, column.identity))
            given = [
                grant.model_copy(update={"revoked": not grant.revoked, "grantable": False})
                for grant in column.identity.grants
            ]
            found += objects.grants("SEQUENCE", own, given, 18)
            if column.identity.comment is not None:
                found.append(f"COMMENT ON SEQUENCE {own} IS NULL")
    return found


def _contract(planning: Planning, one: Rebuilt) -> None:
    up = [*_no_triggers(one, one.here), f"DROP FUNCTION {one.function}()"]
    for label, key in _incoming(planning, one):
        up.append(drop_constraint(planning.place(label, "contract"), temporary(key.name or "", "old")))
    up.append(f"DROP TABLE {one.parked}")
    planning.add(
        "contract", f"Drop the old {one.label}", up, [], reversible=False, notes=["Its rows live on in the new one."]
    )
