"""The access model that follows from a schema with its volumes and its workload of SQL, with what the design says of itself laid over it.

A table is an entity, a foreign key a relation, a query with a rate a pattern. What the design file says of an entity, a relation or a
pattern of the same name wins, part by part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError
from dbdesign.model.design import Design
from dbdesign.model.patterns import (
    AccessModel,
    AccessPattern,
    Attribute,
    AttributeType,
    Entity,
    Operation,
    Relation,
    SortKey,
    Spread,
)
from dbdesign.model.profile import ColumnProfile, Profile
from dbdesign.model.schema import Column, ForeignKey, Table
from dbdesign.model.types import INTEGERS, TEXTS, Kind
from dbdesign.model.workload import Query
from dbdesign.patterns.conditions import absent_columns, unsaid_conditions
from dbdesign.queries.analysis import analyse
from dbdesign.queries.placeholders import spaced
from dbdesign.queries.uses import StatementUse, TableUse
from dbdesign.twin.distribution import zipf_sum
from dbdesign.twin.profiles import resolve

TYPES: dict[Kind, AttributeType] = {
    **dict.fromkeys(INTEGERS | {Kind.FLOAT32, Kind.FLOAT64, Kind.YEAR}, "number"),
    **dict.fromkeys((Kind.DECIMAL, Kind.MONEY), "decimal"),
    **dict.fromkeys((Kind.TIMESTAMP, Kind.TIMESTAMPTZ), "timestamp"),
    **dict.fromkeys((Kind.BINARY, Kind.VARBINARY, Kind.BLOB), "binary"),
    **dict.fromkeys((Kind.JSON, Kind.JSONB, Kind.HSTORE, Kind.COMPOSITE, Kind.VECTOR), "json"),
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.UUID: "uuid",
    Kind.ARRAY: "list",
}
"""Attribute types by kind of column; whatever is not here is a string."""

LISTED = 20
"""Commonest values of an attribute that are passed on."""
VARLENA_HEADER = 1.0
"""Bytes that a short variable-length value has before it in PostgreSQL, which are no part of the value (postgres.h)."""
OPERATIONS: dict[str, Operation] = {"insert": "inserts", "update": "updates", "delete": "deletes", "merge": "updates"}
TAIL = 0.01
"""Share of the parents that have more children than the 99th percentile."""


def access_model(design: Design, *, months: float = 0.0) -> AccessModel:
    """What a design stores and how it is read and written.

    Args:
        months: from today, to which entities grow as their volumes say.

    Raises:
        InputError: where volumes cannot be, or a query cannot be parsed.
    """
    profile = resolve(design, months=months)
    entities = [_entity(table, design, profile) for table in design.schema.tables if table.partition_of is None]
    relations = [one for table in design.schema.tables for one in _relations(table, profile)]
    assumptions: list[str] = []
    patterns = []
    for query in design.workload.queries:
        found = _pattern(query, design, profile)
        if isinstance(found, str):
            assumptions.append(found)
            continue
        near = tuple(name for name in found.together if _joined(found.entity, name, relations))
        if far := [name for name in found.together if name not in near]:
            assumptions.append(
                f"query {found.name!r} reads {', '.join(far)} as well, which no foreign key joins to {found.entity}"
            )
        if unsaid := unsaid_conditions(query.sql, found, design.schema):
            assumptions.append(
                f"query {found.name!r} asks for {' and '.join(unsaid)} as well, which its pattern does not say: nothing here keeps to it"
            )
        patterns.append(found.model_copy(update={"together": near}))
    wanted = {one.entity for one in patterns} | {name for one in patterns for name in one.together}
    wanted |= {one.name for one in design.access.entities} | {one.entity for one in design.access.patterns}
    for one in [one for one in entities if not one.key and one.name not in wanted]:
        assumptions.append(f"{one.name} has no key and no pattern reads it: it is left out")
        entities.remove(one)
    kept = {one.name for one in entities}
    relations = [one for one in relations if {one.parent, one.child} <= kept]
    derived = AccessModel(
        entities=tuple(entities),
        relations=tuple(relations),
        patterns=tuple(patterns),
        assumptions=(*assumptions, *profile.assumptions),
    )
    return laid_over(derived, design.access)


def _joined(one: str, other: str, relations: list[Relation]) -> bool:
    return any({each.parent, each.child} == {one, other} for each in relations)


def laid_over(derived: AccessModel, said: AccessModel) -> AccessModel:
    """The derived model with what was said in its place: entities and patterns by name, relations by their ends and attributes."""
    entities = {one.name: one for one in derived.entities}
    for one in said.entities:
        entities[one.name] = _merged(entities[one.name], one) if one.name in entities else one
    relations = {(one.parent, one.child, one.by): one for one in derived.relations}
    for relation in said.relations:
        place = (relation.parent, relation.child, relation.by)
        same = [key for key in relations if key[:2] == place[:2] and (not relation.by or key[2] == relation.by)]
        by = relation.by or (same[0][2] if same else ())
        relations[same[0] if same else place] = relation.model_copy(update={"by": by})
    patterns = {one.name: one for one in derived.patterns} | {one.name: one for one in said.patterns}
    return AccessModel(
        entities=tuple(entities.values()),
        relations=tuple(relations.values()),
        patterns=tuple(patterns.values()),
        regions=said.regions,
        assumptions=derived.assumptions,
    )


def _merged(derived: Entity, said: Entity) -> Entity:
    attributes = {**derived.attribute_by_name, **said.attribute_by_name}
    update = {
        name: getattr(said, name) for name in said.model_fields_set - {"attributes", "name"} if getattr(said, name)
    }
    return derived.model_copy(update={**update, "attributes": tuple(attributes.values())})


def _entity(table: Table, design: Design, profile: Profile) -> Entity:
    of_table = profile.tables[table.label]
    volume = design.workload.volumes.get(table.label)
    key = table.primary_key.columns if table.primary_key else tuple(sorted(next(iter(table.candidate_keys), ())))
    strict = [columns for columns, lax in table.unique_column_sets if not lax]
    lax = [columns for columns, lax in table.unique_column_sets if lax]
    named = {column.name: position for position, column in enumerate(table.columns)}
    unique = dict.fromkeys(tuple(sorted(one, key=lambda name: named.get(name, 0))) for one in (*strict, *lax))
    return Entity(
        name=table.label,
        attributes=tuple(_attribute(column, table, of_table.columns[column.name]) for column in table.columns),
        key=key,
        unique=tuple(one for one in unique if one != key),
        count=of_table.rows,
        growth=volume.growth if volume else None,
        retention_days=volume.retention_days if volume else None,
        table=table.label,
    )


def _attribute(column: Column, table: Table, profile: ColumnProfile) -> Attribute:
    kind = column.type.kind
    header = VARLENA_HEADER if kind in TEXTS or TYPES.get(kind) in {"binary", "json", "list"} else 0.0
    return Attribute(
        name=column.name,
        type=TYPES.get(kind, "string"),
        size=Spread(average=max(profile.width - header, 0.0), maximum=_longest(column, profile)),
        present=1 - profile.nulls,
        distinct=profile.distinct,
        values=dict(profile.common[:LISTED]),
        monotonic=_monotonic(column, table),
    )


def _longest(column: Column, profile: ColumnProfile) -> float | None:
    """Bytes at most, where the type says: four for a character."""
    length = column.type.length
    if column.type.kind in TEXTS and length is not None:
        return max(4.0 * length, profile.width)
    return None


def _monotonic(column: Column, table: Table) -> bool:
    """Whether new rows have greater values: numbered by the engine, or stamped with the time."""
    if column.identity is not None and column.identity.mode != "auto_random":
        return True
    stamped = column.type.is_time and (column.default or "").lower().startswith(
        ("now(", "current_timestamp", "getdate", "sysdatetime")
    )
    return stamped and not column.on_update and table.column(column.name) is not None


def _relations(table: Table, profile: Profile) -> Iterator[Relation]:
    for key in table.foreign_keys:
        parent = profile.tables.get(key.references)
        if parent is None or table.partition_of is not None:
            continue
        columns = [profile.tables[table.label].columns[name] for name in key.columns if table.column(name)]
        if not columns:
            continue
        yield Relation(
            parent=key.references,
            child=table.label,
            by=key.columns,
            children=_children(table, key, columns, profile),
            optional=any(one.nullable for name in key.columns if (one := table.column(name))),
        )


def _children(table: Table, key: ForeignKey, columns: list[ColumnProfile], profile: Profile) -> Spread:
    """How many rows a parent has: on average over all parents, at the 99th percentile, and the most."""
    rows, parents = profile.tables[table.label].rows, max(profile.tables[key.references].rows, 1.0)
    if table.is_unique(key.columns):
        return Spread(average=min(1.0, rows / parents), p99=1, maximum=1)
    most_selective = max(columns, key=lambda one: one.distinct)
    filled = rows * (1 - most_selective.nulls)
    average = filled / parents
    shares = [share for _, share in most_selective.common]
    rest = max(most_selective.distinct - len(shares), 0.0)
    left = max(1 - most_selective.nulls - sum(shares), 0.0)
    total = zipf_sum(round(rest), most_selective.skew) if rest >= 1 else 0.0

    def of_rank(rank: float) -> float:
        if rank <= len(shares):
            return shares[max(int(rank) - 1, 0)] * rows
        return left * rows * (rank - len(shares)) ** -most_selective.skew / total if total else 0.0

    p99 = max(of_rank(max(parents * TAIL, 1.0)), average)
    return Spread(average=average, p99=p99, maximum=max(of_rank(1.0), p99))


def _pattern(query: Query, design: Design, profile: Profile) -> AccessPattern | str:
    """The pattern of a query, or why there is none."""
    try:
        use = analyse(query.sql, design.schema, dialect(design.schema.engine).sqlglot)
    except InputError as error:
        raise InputError(f"query {query.name!r}: {error}", where=f"line {query.line or 1}") from None
    if query.rate is None and query.peak is None:
        return f"query {query.name!r} has no rate and is left out of the access patterns"
    rate = query.rate if query.rate is not None else query.peak or 0.0
    written = use.writes[0] if use.writes else None
    entity = written.table if written else _driving(use)
    if entity is None:
        return f"query {query.name!r} reads no table of the schema and is left out of the access patterns"
    own = next((one for one in use.uses if one.table.label == entity.label), None)
    label = _whole(entity, design)
    others = dict.fromkeys(_whole(one.table, design) for one in use.uses if one.table.label != entity.label)
    if (
        written is not None and OPERATIONS.get(written.kind, "updates") == "updates"
    ):  # beside an update stands what it inserts
        inserted = {_whole(one.table, design) for one in use.writes if one.kind == "insert"}
        others = {name: None for name in others if name in inserted}
    absent = own.equal & absent_columns(query.sql, design.schema) if own else set[str]()
    equal = tuple(sorted(own.equal - absent, key=_position(entity))) if own else ()
    return AccessPattern(
        name=query.name,
        operation=OPERATIONS.get(written.kind, "updates") if written else "reads",
        entity=label,
        equal=equal,
        range=next(iter(sorted((own.ranges - own.equal) if own else ())), None),
        order=tuple(SortKey(attribute=one.column, descending=one.descending) for one in own.ordered) if own else (),
        filter={
            name: profile.tables[entity.label].columns[name].nulls for name in sorted(absent, key=_position(entity))
        },
        project=() if own is None or own.all_columns or written else tuple(sorted(own.used, key=_position(entity))),
        page=_limit(query.sql, design),
        rate=rate,
        peak=query.peak,
        hottest=_hottest(equal, entity, profile),
        consistency="strong" if written else "eventual",
        together=tuple(name for name in others if name != label),
        changes=tuple(sorted(written.columns, key=_position(entity))) if written else (),
        increments=written is not None and written.kind == "update" and _increments(query.sql, written.columns, design),
        target=query.target,
        query=query.name,
        line=query.line,
    )


def _whole(table: Table, design: Design) -> str:
    """The entity of a table: of a partition that of its table."""
    of = table.partition_of
    while of is not None and (parent := design.schema.table(of.label)) is not None:
        table, of = parent, parent.partition_of
    return table.label


def _driving(use: StatementUse) -> Table | None:
    """The table that a statement starts from: the one with most conditions, the first of equals."""

    def weight(one: TableUse) -> tuple[int, int, int]:
        return len(one.equal), len(one.ranges), len(one.ordered)

    return max(use.uses, key=weight).table if use.uses else None


def _position(table: Table) -> Callable[[str], int]:
    """A column's place, to sort names by."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    return lambda name: places.get(name, len(places))


def _hottest(equal: tuple[str, ...], table: Table, profile: Profile) -> float | None:
    """Share of the executions that go to the commonest value, if they follow the data: of the column that spreads them most."""
    columns = [profile.tables[table.label].columns[name] for name in equal]
    if not columns:
        return None
    return min(max((share for _, share in one.common), default=_first(one)) for one in columns)


def _first(one: ColumnProfile) -> float:
    """The share of the first rank where no value is named."""
    return (1 - one.nulls) / max(zipf_sum(max(round(one.distinct), 1), one.skew), 1.0)


def _limit(sql: str, design: Design) -> int | None:
    """The rows that a LIMIT, FETCH or TOP allows, where it is a number."""
    tree = parse_one(spaced(sql), dialect=dialect(design.schema.engine).sqlglot)
    limit = tree.args.get("limit")
    said = None if limit is None else limit.args.get("count") or limit.args.get("expression")
    return int(said.this) if isinstance(said, exp.Literal) and not said.is_string and str(said.this).isdigit() else None


def _increments(sql: str, columns: frozenset[str], design: Design) -> bool:
    """Whether an UPDATE computes a column's new value from its old one."""
    try:
        tree = parse_one(spaced(sql), dialect=dialect(design.schema.engine).sqlglot)
    except (SqlglotError, RecursionError):
        return False
    return any(
        one.this.name in columns and any(column.name == one.this.name for column in one.expression.find_all(exp.Column))
        for one in tree.args.get("expressions", ())
        if isinstance(one, exp.EQ)
    )
