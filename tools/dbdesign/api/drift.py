"""The differences between two schemas as data: what is on one side alone, what differs, and what a form cannot say at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from dbdesign.api.describe import column_json, foreign_key_json, index_json, key_json, set_only
from dbdesign.api.drift_engines import same_fields, same_to_the_engine
from dbdesign.migrations.compare.equality import Equality
from dbdesign.readers.expressiveness import DJANGO_TABLES, TOOL_TABLES, Gap, made_by, unique_twin, unsaid, unsaid_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbdesign.model.migration import Operation
    from dbdesign.model.schema import Schema, Table
    from dbdesign.readers.base import ReadResult

LEFT, RIGHT = "left", "right"
_ONLY = {"add": f"only {RIGHT}", "drop": f"only {LEFT}"}
_LONGEST = 400


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        kind: of the object: `table`, `column`, `foreign key` …; of documents `collection`, `field`, `index`.
        object: its label; a part of a table behind the table's: `orders.total`, `orders (orders_total_check)`.
        what: `only left`, `only right`, `differs`, `renamed`.
        left, right: the object on each side; of one that differs, the fields that do.
        reason: why it is no drift; None where it is.
        places: where it is declared on each side: `models.py:12`.
    """

    kind: str
    object: str
    what: str
    left: Any = None
    right: Any = None
    reason: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Side:
    """One of the two sources.

    Attributes:
        form: the format that it was read from.
    """

    form: str
    result: ReadResult

    def place(self, owner: str, name: str) -> str | None:
        """Where an object is declared; that of its table where that is all that is known."""
        lines, files = self.result.lines, self.result.files
        for label in (f"{owner}.{name}" if owner else name, owner or name):
            if label in lines:
                return f"{files[label]}:{lines[label]}" if label in files else f"line {lines[label]}"
        return None


@dataclass
class Drift:
    """What was found, drift apart from what is none."""

    differences: list[Difference] = field(default_factory=list)
    cannot_express: list[Difference] = field(default_factory=list)
    ignored: list[Difference] = field(default_factory=list)


def drift(left: Side, right: Side, operations: Sequence[Operation], ignore: Sequence[str] = ()) -> Drift:
    """Sort the operations from the left schema to the right into drift and what is none."""
    found = Drift()
    twins = _twins(left, right, operations)
    apart = {id(one) for one in operations if id(one) in twins or _whole_gap(one, left, right) is not None}
    operations = _paired(operations, apart, Equality(right.result.schema_.engine))
    gone, unsayable = _foreign_tables(left, right, operations), _unsayable_tables(left, right, operations)
    for one in _gathered(operations):
        if one.action == "rebuild" or _is_note(one, left, right):  # equal on both sides; none of the database's
            continue
        difference = _difference(one, left, right)
        label = (one.table or one.name) if one.kind != "table" else one.name
        reason = gone.get(label) or next((f"asked for: {p}" for p in ignore if _matches(p, difference, label)), None)
        if reason is not None:
            found.ignored.append(_with(difference, reason))
        elif id(one) in twins:
            found.cannot_express.append(_with(difference, twins[id(one)]))
        elif label in unsayable:
            found.cannot_express.append(_with(difference, unsayable[label]))
        else:
            _sort(found, one, difference, left, right)
    return found


def _gathered(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The operations, those on parts of a table that is on one side alone put back into the table."""
    parts: dict[tuple[str, str | None], dict[str, list[Any]]] = {
        (one.action, one.name): defaultdict(list)
        for one in operations
        if one.kind == "table" and one.action in {"add", "drop"}
    }
    others = []
    for one in operations:
        if one.kind != "table" and (one.action, one.table) in parts:
            parts[one.action, one.table][_PARTS.get(one.kind, "")].append(one.after or one.before)
        else:
            others.append(one)
    for one in others:
        more = {name: tuple(found) for name, found in parts.get((one.action, one.name), {}).items() if name}
        side = "after" if one.action == "add" else "before"
        table: Any = getattr(one, side)
        whole = one.kind == "table" and bool(more)
        yield one.model_copy(update={side: table.model_copy(update=more)}) if whole else one


_PARTS = {"foreign key": "foreign_keys", "trigger": "triggers", "policy": "policies"}
"""What of a table comes in operations of its own, and where the model has it."""


def _paired(operations: Sequence[Operation], apart: set[int], equality: Equality) -> list[Operation]:
    """The operations, a key that goes and one over the same columns that comes taken for one that differs, but for those `apart`."""
    waiting: dict[Any, list[Operation]] = defaultdict(list)
    for one in operations:
        if one.kind in _KEYS and one.action == "drop" and id(one) not in apart:
            waiting[_over(one, one.before)].append(one)
    gone: set[int] = set()
    found: list[Operation] = []
    for one in operations:
        comes = one.kind in _KEYS and one.action == "add" and id(one) not in apart
        others = waiting.get(_over(one, one.after), []) if comes else []
        if others:
            other = others.pop(0)
            gone.add(id(other))
            changed = tuple(equality.differing(other.before, one.after))  # type: ignore[arg-type]
            one = one.model_copy(update={"action": "alter", "before": other.before, "changed": changed})
        found.append(one)
    return [one for one in found if id(one) not in gone]


_KEYS = frozenset({"foreign key", "unique key", "index", "primary key"})


def _over(one: Operation, part: Any) -> Any:
    """What a key is of: two of one table over the same columns are the same with other properties."""
    keys = tuple((key.column, key.expression) for key in getattr(part, "keys", ()))
    return one.kind, one.table, getattr(part, "columns", ()), keys, getattr(part, "references", None)


def _sort(found: Drift, one: Operation, difference: Difference, left: Side, right: Side) -> None:
    gap = _whole_gap(one, left, right)
    if gap is not None:
        found.cannot_express.append(_with(difference, _because(gap)))
        return
    engine = left.result.schema_.engine
    if (why := same_to_the_engine(one, engine)) is not None:
        found.cannot_express.append(_with(difference, why))
        return
    if one.action == "rename" and (named := _made_up(one, left, right)) is not None:
        found.cannot_express.append(_with(difference, _because(named)))
        return
    if one.action != "alter" or not one.changed:
        found.differences.append(difference)
        return
    silent = _silent_fields(one, left, right)
    silent |= {name: gap for name, gap in same_fields(one, engine).items() if name in one.changed}
    said = [
        name for name in one.changed if name not in silent and getattr(one.before, name) != getattr(one.after, name)
    ]
    for gap in dict.fromkeys(silent.values()):
        names = [name for name, other in silent.items() if other is gap]
        found.cannot_express.append(_with(_narrowed(difference, names), _because(gap)))
    if said:
        found.differences.append(_narrowed(difference, said))


def _whole_gap(one: Operation, left: Side, right: Side) -> Gap | None:
    """The gap of the side that lacks the object, or has it by itself, or does not know what differs in it."""
    if one.action == "add":
        return unsaid(left.form, one.kind, one.after) or made_by(right.form, one.kind, one.after)
    if one.action == "drop":
        return unsaid(right.form, one.kind, one.before) or made_by(left.form, one.kind, one.before)
    if one.action == "alter" and not one.changed:
        return unsaid(left.form, one.kind, one.after) or unsaid(right.form, one.kind, one.before)
    return None


def _made_up(one: Operation, left: Side, right: Side) -> Gap | None:
    """The gap of the side whose form makes up the name."""
    pairs = [(side, part) for side in (left, right) for part in (one.before, one.after)]
    gaps = (unsaid_fields(side.form, one.kind, part).get("name") for side, part in pairs)
    return next((gap for gap in gaps if gap is not None), None)


def _silent_fields(one: Operation, left: Side, right: Side) -> dict[str, Gap]:
    """The changed fields that a side says nothing of: they have their default there."""
    silent: dict[str, Gap] = {}
    for side, own, other in ((left, one.before, one.after), (right, one.after, one.before)):
        gaps = unsaid_fields(side.form, one.kind, other, own)
        silent |= {
            name: gap for name, gap in gaps.items() if name in one.changed and (gap.fixed or _is_default(own, name))
        }
    return silent


def _is_default(part: Any, name: str) -> bool:
    info = type(part).model_fields.get(name)
    if info is None or info.is_required():  # keys, or a type: the side says something, and yet not this
        return True
    return bool(getattr(part, name) == info.get_default(call_default_factory=True)) or name in {"identity", "default"}


def _because(gap: Gap) -> str:
    return f"{gap.reason} ({gap.source})"


def _twins(left: Side, right: Side, operations: Iterable[Operation]) -> dict[int, str]:
    """Unique constraints on one side that are unique indexes on the other, where a form does not tell them apart."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[tuple[Operation, str]]] = defaultdict(list)
    for one in operations:
        if one.kind in {"unique key", "index"} and one.action in {"add", "drop"}:
            part: Any = one.after if one.action == "add" else one.before
            if reason := unique_twin(left.form, part) or unique_twin(right.form, part):
                groups[one.table, tuple(part.columns)].append((one, reason))
    found: dict[int, str] = {}
    for group in groups.values():
        kinds = {(one.kind, one.action) for one, _ in group}
        if len(group) == 2 and len({kind for kind, _ in kinds}) == 2 and len({action for _, action in kinds}) == 2:
            found |= {id(one): reason for one, reason in group}
    return found


def _foreign_tables(left: Side, right: Side, operations: Iterable[Operation]) -> dict[str, str]:
    """Tables on one side alone that belong to a tool or a framework."""
    found: dict[str, str] = {}
    django = {side.form for side in (left, right)} & {"django", "django-migrations"}
    for one in operations:
        if one.kind == "table" and one.action in {"add", "drop"}:
            name = one.name.rpartition(".")[2]
            if (
                reason := TOOL_TABLES.get(one.name) or TOOL_TABLES.get(name) or TOOL_TABLES.get(name.lower())
            ) is not None:
                found[one.name] = reason
            elif django and name.startswith(DJANGO_TABLES):
                found[one.name] = "of an app of Django's or of a package, whose models are not in the source"
    return found


def _unsayable_tables(left: Side, right: Side, operations: Iterable[Operation]) -> dict[str, str]:
    """Tables on one side alone that the other's form cannot say: neither can it say their keys."""
    return {
        one.name: _because(gap)
        for one in operations
        if one.kind == "table" and (gap := _whole_gap(one, left, right)) is not None
    }


def _is_note(one: Operation, left: Side, right: Side) -> bool:
    """Whether it is a comment in a form whose comments stay in the source, which the other side's database never sees."""
    if one.kind != "comment" or left.form == right.form or one.action not in {"add", "drop"}:
        return False
    side = right if one.action == "add" else left
    return made_by(side.form, one.kind, one.after or one.before) is not None


def _matches(pattern: str, difference: Difference, label: str) -> bool:
    return fnmatchcase(label, pattern) or fnmatchcase(difference.object, pattern) or difference.kind == pattern


def _with(one: Difference, reason: str) -> Difference:
    return Difference(one.kind, one.object, one.what, one.left, one.right, reason, one.places)


def _narrowed(one: Difference, names: Sequence[str]) -> Difference:
    """The difference with some of its fields alone."""
    left = {name: value for name, value in (one.left or {}).items() if name in names}
    right = {name: value for name, value in (one.right or {}).items() if name in names}
    return Difference(one.kind, one.object, one.what, left, right, one.reason, one.places)


def _difference(one: Operation, left: Side, right: Side) -> Difference:
    what = _ONLY.get(one.action, "renamed" if one.action == "rename" else "differs")
    before, after = _values(one)
    name = getattr(one.before, "name", None) or one.name if one.action == "rename" else one.name
    owner = one.table or ""
    places = {
        side: place
        for side, place in (
            (LEFT, left.place(owner, str(name)) if one.action != "add" else None),
            (RIGHT, right.place(owner, one.name) if one.action != "drop" else None),
        )
        if place
    }
    reason = "; ".join(one.evidence) if one.action == "rename" else None
    return Difference(one.kind, object_name(one), what, before, after, reason, places)


def object_name(one: Operation) -> str:
    """`orders`, `orders.total`, `orders (orders_total_check)`."""
    if one.table is None or one.table == one.name:
        return one.name
    return f"{one.table}.{one.name}" if one.kind == "column" else f"{one.table} ({one.name})"


def _values(one: Operation) -> tuple[Any, Any]:
    if one.action == "rename":
        return _name_of(one.before), _name_of(one.after)
    if one.action == "alter" and one.changed:
        return _fields(one.before, one.changed), _fields(one.after, one.changed)
    return part_json(one.before), part_json(one.after)


def _name_of(part: Any) -> Any:
    return getattr(part, "label", None) or getattr(part, "name", part)


def _fields(part: Any, names: Sequence[str]) -> dict[str, Any]:
    from dbdesign.model.types import DataType

    found = {}
    for name in names:
        value = getattr(part, name, None)
        found[name] = value.native if isinstance(value, DataType) else _plain(value)
    return found


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value


def part_json(part: Any) -> Any:
    """An object of a schema as `read_schema` has it; a table by its columns alone, a long text cut."""
    from dbdesign.model.schema import Column, ForeignKey, Index, Key, Table

    match part:
        case None | str():
            return _plain(part)
        case Table():
            return _table_json(part)
        case Column():
            return column_json(part)
        case Key():
            return key_json(part)
        case ForeignKey():
            return foreign_key_json(part)
        case Index():
            return index_json(part)
        case tuple():
            return _plain(part)
        case _:
            return {key: _plain(value) for key, value in set_only(part).items()}


def _table_json(table: Table) -> dict[str, Any]:
    """A table by its columns and keys; of indexes and checks the names, or what they are over."""
    parts: dict[str, list[str]] = {
        "primary_key": list(table.primary_key.columns) if table.primary_key else [],
        "foreign_keys": [f"{', '.join(key.columns)} → {key.references}" for key in table.foreign_keys],
        "unique_keys": [", ".join(key.columns) for key in table.unique_keys],
        "checks": [one.expression for one in table.checks],
        "indexes": [one.name or ", ".join(one.columns) for one in table.indexes],
        "triggers": [one.name for one in table.triggers],
        "policies": [one.name for one in table.policies],
    }
    columns = [f"{one.name} {one.type.native}" for one in table.columns]
    return {"columns": columns, **{name: part for name, part in parts.items() if part}}


def without(schema: Schema, patterns: Sequence[str]) -> Schema:
    """The schema without the tables that are not to be compared, so that no rename is guessed from them."""
    kept = tuple(one for one in schema.tables if not any(fnmatchcase(one.label, pattern) for pattern in patterns))
    return schema if len(kept) == len(schema.tables) else schema.model_copy(update={"tables": kept})


def as_text(value: Any) -> str:
    """A value of a difference as text."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {as_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return f"({', '.join(as_text(one) for one in value)})"
    return {"True": "true", "False": "false", "None": "none"}.get(str(value), str(value))
