"""What is said beside an object: privileges, comments, owners, options, row security. Short, and together."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.migrations.postgresql.server_facts import usual_storage
from dbdesign.migrations.postgresql.statements import alter, alter_column
from dbdesign.model.migration import Operation
from dbdesign.model.schema import CompositeType, Domain, EnumType, Grant, Routine, Schema, Sequence, View
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified, role, storage, type_identifier

_PARTS = ("primary key", "unique key", "foreign key", "check", "exclusion")


def plan(planning: Planning) -> None:
    """Every difference that is no definition."""
    for operation in planning.take("row security", ("add", "alter", "drop")):
        _row_security(planning, operation)
    for operation in planning.take("grant", ("add", "alter", "drop")):
        _grants(planning, operation)
    for operation in planning.take("owner", ("add", "alter", "drop")):
        _owner(planning, operation)
    for operation in planning.take("comment", ("add", "alter", "drop")):
        _comment(planning, operation)
    for operation in planning.take("option", ("add", "alter", "drop")):
        _option(planning, operation)


def split(name: str) -> tuple[str, str]:
    """`column orders.note` → its kind and its label."""
    kinds = (
        "primary key", "unique key", "foreign key", "row security", "materialized view", "column", "table", "view", "routine", "index",
        "check", "exclusion", "trigger", "policy", "sequence", "enum", "domain", "composite", "namespace", "extension", "carried",
    )  # fmt: skip
    for kind in kinds:
        if name.startswith(f"{kind} "):
            return kind, name[len(kind) + 1 :]
    return "", name


def _row_security(planning: Planning, operation: Operation) -> None:
    if operation.table is None or operation.table in planning.replaced:
        return
    place = planning.place(operation.table)
    planning.add(
        "switch",
        f"Row security of {operation.table}",
        _security(place, str(operation.before), str(operation.after)),
        _security(place, str(operation.after), str(operation.before)),
        notes=["Rows that no policy allows are hidden from here on."] if operation.before == "off" else [],
    )


def _security(place: str, before: str, after: str) -> list[str]:
    found = []
    if (before == "off") != (after == "off"):
        found.append(alter(place, f"{'DISABLE' if after == 'off' else 'ENABLE'} ROW LEVEL SECURITY"))
    if (before == "forced") != (after == "forced"):
        found.append(alter(place, f"{'' if after == 'forced' else 'NO '}FORCE ROW LEVEL SECURITY"))
    return found


def _grants(planning: Planning, operation: Operation) -> None:
    kind, label = split(operation.name)
    target = _grant_target(planning, kind, label)
    if target is None:
        planning.manual.append(f"privileges on {operation.name}")
        return
    before, after = _given(operation.before), _given(operation.after)
    gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
    word, name = target
    major = planning.major
    give = [
        *_taken(word, name, [one for one in gone if one.revoked], major),
        *objects.grants(word, name, [o for o in new if not o.revoked], major),
    ]
    take = [
        *_taken(word, name, [one for one in gone if not one.revoked], major),
        *objects.grants(word, name, [o for o in new if o.revoked], major),
    ]
    if give:
        planning.merge("switch", "grants", "Grant privileges", give, _undo(word, name, gone, new, major, given=True))
    if take:
        final = _grant_target(planning, kind, label, contract=True) or target
        moved = [one.replace(f" {name} ", f" {final[1]} ") for one in take]
        undo = [one.replace(f" {name} ", f" {final[1]} ") for one in _undo(word, name, gone, new, major, given=False)]
        planning.merge("contract", "revokes", "Revoke privileges", moved, undo)


def _undo(word: str, name: str, gone: list[Grant], new: list[Grant], major: int, *, given: bool) -> list[str]:
    if given:
        return [
            *_taken(word, name, [one for one in new if not one.revoked], major),
            *objects.grants(word, name, [one for one in gone if one.revoked], major),
        ]
    return [
        *objects.grants(word, name, [one for one in gone if not one.revoked], major),
        *_taken(word, name, [one for one in new if one.revoked], major),
    ]


def _taken(word: str, name: str, given: list[Grant], major: int) -> Iterator[str]:
    """What takes privileges back, or gives those back that were revoked."""
    turned = [one.model_copy(update={"revoked": not one.revoked, "grantable": False}) for one in given]
    yield from objects.grants(word, name, turned, major)


def _given(part: object) -> tuple[Grant, ...]:
    """One privilege each."""
    if not isinstance(part, tuple):
        return ()
    return tuple(one.model_copy(update={"privileges": (word,)}) for one in part for word in one.privileges)


def _grant_target(planning: Planning, kind: str, label: str, *, contract: bool = False) -> tuple[str, str] | None:
    after = planning.after
    if kind in {"table", "view", "materialized view"}:
        if label in after.table_by_label:
            return "TABLE", planning.place(label, "contract" if contract else "expand")
        view = next((one for one in after.views if one.label == label), None)
        return ("TABLE", qualified(view.namespace, view.name)) if view else None
    if kind == "routine":
        routine = next((one for one in after.routines if _signature(one) == label), None)
        return (
            ("PROCEDURE" if routine.kind == "procedure" else "FUNCTION", objects.routine_name(routine))
            if routine
            else None
        )
    found = _standing(after, kind, label)
    words = {"sequence": "SEQUENCE", "enum": "TYPE", "composite": "TYPE", "domain": "DOMAIN", "namespace": "SCHEMA"}
    return (words[kind], found) if found and kind in words else None


def _signature(one: Routine) -> str:
    return f"{one.namespace}.{one.signature}" if one.namespace else one.signature


def _standing(schema: Schema, kind: str, label: str) -> str | None:
    groups: dict[str, tuple[Sequence | EnumType | CompositeType | Domain, ...]] = {
        "sequence": schema.sequences,
        "enum": schema.enums,
        "composite": schema.composites,
        "domain": schema.domains,
    }
    for one in groups.get(kind, ()):
        if one.label == label:
            return (
                qualified(one.namespace, one.name) if kind == "sequence" else type_identifier(one.namespace, one.name)
            )
    return identifier(label) if kind == "namespace" else None


def _owner(planning: Planning, operation: Operation) -> None:
    kind, label = split(operation.name)
    target = _grant_target(planning, kind, label)
    words = {"TABLE": "TABLE", "SEQUENCE": "SEQUENCE", "TYPE": "TYPE", "DOMAIN": "DOMAIN", "SCHEMA": "SCHEMA"}
    if target is None or not isinstance(operation.after, str):
        planning.manual.append(f"the owner of {operation.name} is to be {operation.after}")
        return
    word, name = words.get(target[0], target[0]), target[1]
    before = [f"ALTER {word} {name} OWNER TO {role(str(operation.before))}"] if operation.before else []
    planning.merge(
        "switch", "owners", "Change owners", [f"ALTER {word} {name} OWNER TO {role(operation.after)}"], before
    )


def _comment(planning: Planning, operation: Operation) -> None:
    kind, label = split(operation.name)
    if operation.table in planning.replaced:
        return
    target = comment_target(planning, kind, label, operation.table)
    if target is None:
        planning.manual.append(f"the comment on {operation.name}")
        return
    up, down = (
        f"COMMENT ON {target} IS {literal(str(one)) if one is not None else 'NULL'}"
        for one in (operation.after, operation.before)
    )
    planning.merge("switch", "comments", "Change comments", [up], [down])


def comment_target(planning: Planning, kind: str, label: str, table: str | None) -> str | None:
    """What COMMENT ON names."""
    if kind in {"table", "column", *_PARTS, "index", "trigger", "policy"} and table is not None:
        return _part_target(planning, kind, label, table)
    if kind in {"view", "table"}:
        view = next((one for one in planning.after.views if one.label == label), None)
        return _view_target(view) if view else None
    if kind == "routine":
        routine = next((one for one in planning.after.routines if _signature(one) == label), None)
        return f"{routine.kind.upper()} {objects.routine_name(routine)}" if routine else None
    found = _standing(planning.after, kind, label)
    words = {"sequence": "SEQUENCE", "enum": "TYPE", "composite": "TYPE", "domain": "DOMAIN", "namespace": "SCHEMA"}
    return f"{words[kind]} {found}" if found and kind in words else None


def _part_target(planning: Planning, kind: str, label: str, table: str) -> str | None:
    views = {one.label: one for one in planning.after.views}
    if table in views:
        view = views[table]
        place = qualified(view.namespace, view.name)
    elif table in planning.after.table_by_label:
        view, place = None, planning.place(table)
    else:
        composite = _standing(planning.after, "composite", table)
        return f"COLUMN {composite}.{identifier(label.removeprefix(f'{table}.'))}" if composite else None
    name = label.removeprefix(f"{table}.")
    if kind == "table":
        return f"TABLE {place}"
    if kind == "column":
        return f"COLUMN {place}.{identifier(name)}"
    if kind == "index":
        namespace = view.namespace if view else planning.after.table_by_label[table].namespace
        return f"INDEX {qualified(namespace, name)}"
    if kind in _PARTS:
        return f"CONSTRAINT {identifier(name)} ON {place}"
    return f"{kind.upper()} {identifier(name)} ON {place}"


def _view_target(view: View) -> str:
    return f"{'MATERIALIZED VIEW' if view.materialized else 'VIEW'} {qualified(view.namespace, view.name)}"


_COLUMN_SETTINGS = {"storage", "compression", "statistics"}


def _option(planning: Planning, operation: Operation) -> None:
    subject, _, keyword = operation.name.rpartition(":")
    kind, label = split(subject)
    if operation.table in planning.replaced:
        return
    before, after = operation.before, operation.after
    pair = _option_statements(planning, kind, label, keyword, before, after, operation.table)
    if pair is None:
        planning.manual.append(f"option {keyword} of {subject} changes from {before} to {after}")
        return
    up, down = pair
    planning.merge("switch", "options", "Change options", [up], [down])


def _option_statements(
    planning: Planning, kind: str, label: str, keyword: str, before: object, after: object, table: str | None
) -> tuple[str, str] | None:
    if kind == "table" and table in planning.after.table_by_label:
        return _table_option(planning.place(label), keyword, before, after)
    if (
        kind == "column"
        and table is not None
        and table in planning.after.table_by_label
        and keyword in _COLUMN_SETTINGS
    ):
        place, name = planning.place(table), label.removeprefix(f"{table}.")
        column = planning.after.table_by_label[table].column(name)
        usual = _usual_setting(keyword, column.type.native if column else "text", planning.major)
        up, down = (
            alter_column(place, name, f"SET {keyword.upper()} {_setting(keyword, one, usual)}")
            for one in (after, before)
        )
        return up, down
    if (
        kind == "index"
        and table is not None
        and table in planning.after.table_by_label
        and keyword not in {"tablespace", "statistics"}
    ):
        index = qualified(planning.after.table_by_label[table].namespace, label.removeprefix(f"{table}."))
        return _storage(f"ALTER INDEX {index}", keyword, after), _storage(f"ALTER INDEX {index}", keyword, before)
    return None


def _setting(keyword: str, value: object, usual: str) -> str:
    text = str(value) if value is not None else usual
    return text.upper() if keyword == "storage" else text


def _usual_setting(keyword: str, native: str, major: int) -> str:
    """What takes a setting back; STORAGE DEFAULT is for 16 and later (release notes), and says the type's own before."""
    if keyword == "storage":
        return "DEFAULT" if major >= 16 else usual_storage(native)
    return {"compression": "default", "statistics": "-1"}[keyword]


def _table_option(place: str, keyword: str, before: object, after: object) -> tuple[str, str] | None:
    if keyword in {"unlogged", "tablespace", "access_method", "of_type"}:
        return None
    if keyword == "replica_identity":
        up, down = (alter(place, f"REPLICA IDENTITY {str(one or 'default').upper()}") for one in (after, before))
        return up, down
    if keyword == "replica_identity_index":
        up, down = (
            alter(place, f"REPLICA IDENTITY USING INDEX {identifier(str(one))}" if one else "REPLICA IDENTITY DEFAULT")
            for one in (after, before)
        )
        return up, down
    if keyword == "cluster_on":
        up, down = (
            alter(place, f"CLUSTER ON {identifier(str(one))}" if one else "SET WITHOUT CLUSTER")
            for one in (after, before)
        )
        return up, down
    if keyword == "force_row_security":
        up, down = (alter(place, f"{'' if one else 'NO '}FORCE ROW LEVEL SECURITY") for one in (after, before))
        return up, down
    return _storage(f"ALTER TABLE {place}", keyword, after), _storage(f"ALTER TABLE {place}", keyword, before)


def _storage(head: str, keyword: str, value: object) -> str:
    if value is None:
        return f"{head} RESET ({keyword})"
    return f"{head} SET{storage({keyword: str(value)}).removeprefix(' WITH')}"
