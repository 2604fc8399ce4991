"""`relations()` of Drizzle's first relational API: `one` for a foreign key of the table, `many` (or `one`) for those that refer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.model.schema import ForeignKey, Table
from dbdesign.writers.drizzle.context import Context
from dbdesign.writers.javascript.naming import Names, camel, singular
from dbdesign.writers.javascript.program import constant
from dbdesign.writers.javascript.syntax import Arr, Arrow, Call, Node, Obj, Raw, Str

_ID = re.compile(r"(?:_?id|_?uuid|_?key)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class _Relation:
    owner: Table
    target: Table
    key: ForeignKey
    name: str | None
    """That tells several relations between the same two tables apart."""


def relations(context: Context) -> Iterator[str]:
    """One constant a table that refers or is referred to."""
    found = list(_relations(context))
    outgoing: dict[str, list[_Relation]] = {}
    incoming: dict[str, list[_Relation]] = {}
    for one in found:
        outgoing.setdefault(one.owner.label, []).append(one)
        incoming.setdefault(one.target.label, []).append(one)
    for table in context.schema.tables:
        own, others = outgoing.get(table.label, []), incoming.get(table.label, [])
        if own or others:
            yield _table_relations(table, own, others, context)


def _relations(context: Context) -> Iterator[_Relation]:
    schema = context.schema
    pairs: dict[frozenset[str], int] = {}
    for table in schema.tables:
        for key in table.foreign_keys:
            pairs[frozenset((table.label, key.references))] = pairs.get(frozenset((table.label, key.references)), 0) + 1
    for table in schema.tables:
        for key in table.foreign_keys:
            target = schema.table_by_label.get(key.references)
            if target is None:
                continue
            several = pairs[frozenset((table.label, key.references))] > 1 or target is table
            name = (
                f"{context.tables[table.label]}_{'_'.join(context.key(table, one) for one in key.columns)}"
                if several
                else None
            )
            yield _Relation(table, target, key, name)


def _table_relations(table: Table, own: list[_Relation], others: list[_Relation], context: Context) -> str:
    names = Names(context.columns[table.label].values())
    entries = [_one(relation, names, context) for relation in own]
    entries += [_many(relation, names, context) for relation in others]
    words = [
        word for word in ("one", "many") if any(isinstance(node, Call) and node.head == word for _, node in entries)
    ]
    context.orm_imports.add("relations")
    constant_name = context.tables[table.label]
    arrow = Arrow(f"({{ {', '.join(words)} }})", Obj(entries, expanded=True))
    return constant(context.names.new(f"{constant_name}Relations"), Call("relations", [Raw(constant_name), arrow]))


def _one(relation: _Relation, names: Names, context: Context) -> tuple[str, Node]:
    target = context.tables[relation.target.label]
    entries: list[tuple[str, Node]] = [
        (
            "fields",
            Arr(
                [
                    context.member(relation.owner, one, context.tables[relation.owner.label])
                    for one in relation.key.columns
                ]
            ),
        ),
        ("references", Arr([context.member(relation.target, one, target) for one in relation.key.referenced_columns])),
    ]
    if relation.name:
        entries.append(("relationName", Str(relation.name)))
    return names.new(*_wishes(relation)), Call("one", [Raw(target), Obj(entries, expanded=True)])


def _wishes(relation: _Relation) -> list[str]:
    """What the column says (`author_id` → `author`), else the table's name in the singular."""
    target = camel(singular(relation.target.name))
    if len(relation.key.columns) != 1:
        return [target, f"{target}Relation"]
    said = camel(_ID.sub("", relation.key.columns[0]) or relation.target.name)
    return [said, target, f"{target}By{said[0].upper()}{said[1:]}", f"{said}Relation"]


def _many(relation: _Relation, names: Names, context: Context) -> tuple[str, Node]:
    owner = context.tables[relation.owner.label]
    is_single = relation.owner.is_unique(relation.key.columns)
    plain = camel(singular(relation.owner.name)) if is_single else owner
    by = "_".join(relation.key.columns)
    name = (
        names.new(plain, f"{plain}By{camel(by)[0].upper()}{camel(by)[1:]}")
        if not relation.name
        else names.new(
            f"{plain}By{camel(_ID.sub('', by) or by)[0].upper()}{camel(_ID.sub('', by) or by)[1:]}", f"{plain}Relation"
        )
    )
    if not relation.name:
        return name, Call("one" if is_single else "many", [Raw(owner)])
    if is_single:  # only a relation with its fields may share its pair of tables with others
        return name, Call("one", [Raw(owner), Obj(_turned(relation, context), expanded=True)])
    return name, Call("many", [Raw(owner), Obj([("relationName", Str(relation.name))])])


def _turned(relation: _Relation, context: Context) -> list[tuple[str, Node]]:
    owner, target = context.tables[relation.owner.label], context.tables[relation.target.label]
    return [
        ("fields", Arr([context.member(relation.target, one, target) for one in relation.key.referenced_columns])),
        ("references", Arr([context.member(relation.owner, one, owner) for one in relation.key.columns])),
    ]
