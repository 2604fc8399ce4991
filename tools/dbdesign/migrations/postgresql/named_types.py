"""Enumerations, domains and composite types: in place where PostgreSQL can, by a new type beside the old one where it cannot."""

from __future__ import annotations

from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import create, drop
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, CompositeType, Domain, EnumType
from dbdesign.writers.postgresql.clauses import check_clause
from dbdesign.writers.postgresql.spelling import default, identifier, literal, type_identifier


def plan(planning: Planning) -> None:
    """Every altered type."""
    for operation in planning.take("enum", "alter"):
        before, after = operation.before, operation.after
        if isinstance(before, EnumType) and isinstance(after, EnumType):
            if operation.renamed_values:
                before = _rename_values(planning, before, dict(operation.renamed_values))
            if before.values == after.values:
                continue
            if _only_added(before.values, after.values):
                _add_values(planning, before, after)
            else:
                replace(planning, after)
    for operation in planning.take("domain", "alter"):
        if isinstance(operation.before, Domain) and isinstance(operation.after, Domain):
            _domain(planning, operation.before, operation.after)
    for operation in planning.take("composite", "alter"):
        if isinstance(operation.before, CompositeType) and isinstance(operation.after, CompositeType):
            _composite(planning, operation, operation.before, operation.after)


def _rename_values(planning: Planning, before: EnumType, renamed: dict[str, str]) -> EnumType:
    """Rows show the new name at once: there is no moment at which both are values."""
    name = type_identifier(before.namespace, before.name)
    up = [f"ALTER TYPE {name} RENAME VALUE {literal(old)} TO {literal(new)}" for old, new in renamed.items()]
    down = [f"ALTER TYPE {name} RENAME VALUE {literal(new)} TO {literal(old)}" for old, new in renamed.items()]
    planning.add(
        "expand",
        f"Rename values of {before.label}: {', '.join(f'{old} to {new}' for old, new in renamed.items())}",
        up,
        down,
        notes=["The version that runs must know both names, for reading and writing: deploy one that does first."],
    )
    return before.model_copy(update={"values": tuple(renamed.get(value, value) for value in before.values)})


def _only_added(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    rest = iter(after)
    return all(value in rest for value in before)


def _add_values(planning: Planning, before: EnumType, after: EnumType) -> None:
    """Each in a transaction of its own: a value cannot be used in the one that adds it (55P04)."""
    name, there = type_identifier(after.namespace, after.name), list(before.values)
    for number, value in enumerate(after.values):
        if value in there:
            continue
        place = (
            f" AFTER {literal(after.values[number - 1])}" if number else f" BEFORE {literal(there[0])}" if there else ""
        )
        there.append(value)
        planning.add(
            "expand",
            f"Add {value!r} to {after.label}",
            [f"ALTER TYPE {name} ADD VALUE {literal(value)}{place}"],
            [],
            reversible=False,
            notes=["A value cannot be taken out of a type again; one that nobody uses does no harm."],
        )


def replace(planning: Planning, after: EnumType | Domain) -> None:
    """A new type beside the old one; every column of it gets a shadow column."""
    interim = after.model_copy(update={"name": temporary(after.name, "new")})
    planning.retyped[after.label] = type_identifier(interim.namespace, interim.name)
    bare = interim.model_copy(update={"comment": None})
    up = list(create(bare, planning.major))
    planning.add("expand", f"Create the new {after.label}", up, [drop(bare)])
    claimed = {
        (one.table, one.name)
        for one in planning.left
        if one.kind == "column" and one.action == "alter" and "type" in one.changed
    }
    for table in planning.after.tables:
        old = planning.old(table.label)
        for column in table.columns:
            was = old.column(planning.old_column(table.label, column.name)) if old else None
            if was is None or not _is_of(column, after.label) or (table.label, column.name) in claimed:
                continue
            merged = [
                one
                for one in planning.left
                if one.kind == "column"
                and one.action == "alter"
                and (one.table, one.name) == (table.label, column.name)
            ]
            changed = ("type", *(part for one in merged for part in one.changed))
            planning.left = [one for one in planning.left if one not in merged]
            planning.left.append(
                Operation(
                    action="alter",
                    kind="column",
                    table=table.label,
                    name=column.name,
                    before=was,
                    after=column,
                    changed=changed,
                )
            )


def _is_of(column: Column, label: str) -> bool:
    kind = column.type
    return label in {str(kind.name), str(kind.element.name if kind.element else None)}


def _domain(planning: Planning, before: Domain, after: Domain) -> None:
    name = type_identifier(after.namespace, after.name)
    if before.type.native != after.type.native or before.collation != after.collation:
        replace(planning, after)
        return
    if before.default != after.default:
        up, down = (
            f"ALTER DOMAIN {name} "
            + (f"SET DEFAULT {default(one.default)}" if one.default is not None else "DROP DEFAULT")
            for one in (after, before)
        )
        planning.add("switch", f"Default of {after.label}", [up], [down])
    if before.nullable != after.nullable:
        up, down = (f"ALTER DOMAIN {name} {'DROP' if one.nullable else 'SET'} NOT NULL" for one in (after, before))
        notes = (
            []
            if after.nullable
            else ["It reads every table with a column of it under SHARE: writers wait. There is no way around it."]
        )
        planning.add(
            "switch" if after.nullable else "validate", f"NULL in {after.label}", [up], [down], manner=SCAN, notes=notes
        )
    _checks(planning, before, after, name)


def _checks(planning: Planning, before: Domain, after: Domain, name: str) -> None:
    old, new = {one.name: one for one in before.checks}, {one.name: one for one in after.checks}
    for one in after.checks:
        if old.get(one.name) == one:
            continue
        changed = one.name in old
        shown = one.model_copy(update={"name": temporary(one.name or "", "new")}) if changed else one
        own = identifier(shown.name or "")
        planning.add(
            "validate",
            f"Refuse new values of {after.label}: {one.name}",
            [f"ALTER DOMAIN {name} ADD {check_clause(shown)} NOT VALID"],
            [f"ALTER DOMAIN {name} DROP CONSTRAINT {own}"],
        )
        if one.valid:
            planning.add(
                "validate",
                f"Check the values of {after.label}",
                [f"ALTER DOMAIN {name} VALIDATE CONSTRAINT {own}"],
                manner=SCAN,
                notes=["It reads every table with a column of it under SHARE: writers wait. Run it in a quiet hour."],
            )
        if changed:
            final, again = identifier(one.name or ""), check_clause(old[one.name])
            planning.add(
                "switch",
                f"Replace {one.name} of {after.label}",
                [
                    f"ALTER DOMAIN {name} DROP CONSTRAINT {final}",
                    f"ALTER DOMAIN {name} RENAME CONSTRAINT {own} TO {final}",
                ],
                [f"ALTER DOMAIN {name} RENAME CONSTRAINT {final} TO {own}", f"ALTER DOMAIN {name} ADD {again}"],
            )
    for one in before.checks:
        if one.name not in new:
            valid = "" if one.valid else " NOT VALID"
            planning.add(
                "switch",
                f"Drop {one.name} of {after.label}",
                [f"ALTER DOMAIN {name} DROP CONSTRAINT {identifier(one.name or '')}"],
                [f"ALTER DOMAIN {name} ADD {check_clause(one)}{valid}"],
            )


def _composite(planning: Planning, operation: Operation, before: CompositeType, after: CompositeType) -> None:
    """Attributes come and go in place; one whose type changes needs a type that no table uses."""
    name = type_identifier(after.namespace, after.name)
    old, new = {one.name: one for one in before.fields}, {one.name: one for one in after.fields}
    up, down = list[str](), list[str]()
    for one in after.fields:
        if one.name not in old:
            up.append(f"ADD ATTRIBUTE {identifier(one.name)} {one.type.native}")
            down.append(f"DROP ATTRIBUTE {identifier(one.name)}")
        elif old[one.name].type != one.type:
            up.append(f"ALTER ATTRIBUTE {identifier(one.name)} TYPE {one.type.native}")
            down.append(f"ALTER ATTRIBUTE {identifier(one.name)} TYPE {old[one.name].type.native}")
    gone = [one for one in before.fields if one.name not in new]
    if gone and not planning.settings.allow_destructive:
        planning.refused.append(f"fields {', '.join(one.name for one in gone)} of {after.label} are dropped")
        return
    for one in gone:
        up.append(f"DROP ATTRIBUTE {identifier(one.name)}")
        down.append(f"ADD ATTRIBUTE {identifier(one.name)} {one.type.native}")
    if up:
        planning.add(
            "contract" if gone else "switch",
            f"Fields of {operation.name}",
            [f"ALTER TYPE {name} {', '.join(up)}"],
            [f"ALTER TYPE {name} {', '.join(down)}"],
            reversible=not gone,
        )
