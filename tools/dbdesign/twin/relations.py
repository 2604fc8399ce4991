"""What the catalogs of a scratch database say of its relations, as far as sizes and statistics need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbdesign.model.schema import label
from dbdesign.twin.files import RelationFiles

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class Attribute:
    """A stored column of a table, or a key or included column of an index.

    Attributes:
        length: bytes, -1 for variable ones (`attlen`).
        align: 1, 2, 4 or 8.
        table_column: of an index: the column of the table; None for an expression.
        expression: of an index: what is not a column, as SQL with qualified names.
        operator_class: of an index's key.
        descending: of an index's key: whether the greatest comes first.
    """

    number: int
    name: str
    type: str
    length: int
    align: int
    nullable: bool
    table_column: str | None = None
    expression: str | None = None
    operator_class: str | None = None
    descending: bool = False


@dataclass(frozen=True)
class Relation:
    """A table, index or materialised view of the scratch database.

    Attributes:
        kind: `pg_class.relkind`: r, p, m, i, I.
        method: the access method's name.
        table: of an index: the oid of its table.
        key_count: of an index: key columns; the others are included.
        predicate: of a partial index, as SQL.
        parents: oids of the tables that it is a partition or an heir of.
        no_deduplication: of a B-tree: whether equal keys are kept apart (`deduplicate_items`).
    """

    oid: int
    namespace: str
    name: str
    kind: str
    method: str
    files: RelationFiles | None
    fillfactor: int | None
    pages_per_range: int | None
    table: int | None = None
    key_count: int = 0
    unique: bool = False
    valid: bool = True
    predicate: str | None = None
    attributes: tuple[Attribute, ...] = field(default=())
    parents: tuple[int, ...] = ()
    no_deduplication: bool = False

    @property
    def label(self) -> str:
        """As the model names it: without `public`."""
        return label(None if self.namespace == "public" else self.namespace, self.name)

    @property
    def is_index(self) -> bool:
        """Whether it is an index (also a partitioned one)."""
        return self.kind in "iI"


_ALIGNMENTS = {"c": 1, "s": 2, "i": 4, "d": 8}

_RELATIONS = """
select c.oid::bigint, n.nspname, c.relname, c.relkind::text, coalesce(a.amname, ''),
    case when c.relkind in ('r', 'm', 'i') then pg_catalog.pg_relation_filepath(c.oid) end,
    coalesce(c.reloptions, '{}'), i.indrelid::bigint, coalesce(i.indnkeyatts, 0), coalesce(i.indisunique, false),
    coalesce(i.indisvalid, true), pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    array(select inhparent::bigint from pg_catalog.pg_inherits where inhrelid = c.oid)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_am a on a.oid = c.relam
left join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.relkind in ('r', 'p', 'm', 'i', 'I') and c.oid >= 16384 and c.relpersistence <> 't'
    and n.nspname not like 'pg\\_%%' and n.nspname <> 'information_schema'
    and ({condition})
order by c.oid
"""

_ATTRIBUTES = """
select a.attrelid::bigint, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attlen, a.attalign::text,
    not a.attnotnull, t.attname,
    case when i.indkey[a.attnum - 1] = 0 then pg_catalog.pg_get_indexdef(a.attrelid, a.attnum, false) end, o.opcname,
    coalesce(a.attnum <= i.indnkeyatts and i.indoption[a.attnum - 1] & 1 = 1, false)
from pg_catalog.pg_attribute a
left join pg_catalog.pg_index i on i.indexrelid = a.attrelid
left join pg_catalog.pg_attribute t on t.attrelid = i.indrelid and t.attnum = i.indkey[a.attnum - 1] and t.attnum > 0
left join pg_catalog.pg_opclass o on o.oid = case when a.attnum <= i.indnkeyatts then i.indclass[a.attnum - 1] end
where a.attnum > 0 and not a.attisdropped and a.attrelid = any(%s::bigint[]::oid[])
order by a.attrelid, a.attnum
"""


def read_relations(
    admin: psycopg.Connection[Any], data_folder: Path, *, oids: list[int] | None = None
) -> list[Relation]:
    """The relations of the connection's database, or those of some oids, in the order in which they were made."""
    condition = "true" if oids is None else "c.oid = any(%(oids)s::bigint[]::oid[])"
    rows = admin.execute(_RELATIONS.replace("{condition}", condition).encode(), {"oids": oids or []}).fetchall()
    attributes: dict[int, list[Attribute]] = {}
    for row in admin.execute(_ATTRIBUTES.encode(), ([row[0] for row in rows],)).fetchall():
        attributes.setdefault(row[0], []).append(
            Attribute(row[1], row[2], row[3], row[4], _ALIGNMENTS[row[5]], *row[6:11])
        )
    return [_relation(row, data_folder, tuple(attributes.get(row[0], ()))) for row in rows]


def _relation(row: tuple[Any, ...], data_folder: Path, attributes: tuple[Attribute, ...]) -> Relation:
    oid, namespace, name, kind, method, path, options, table, keys, unique, valid, predicate, parents = row
    by_name = dict(option.split("=", 1) for option in options)
    return Relation(
        oid,
        namespace,
        name,
        kind,
        method,
        RelationFiles(data_folder / path) if path else None,
        _whole(by_name.get("fillfactor")),
        _whole(by_name.get("pages_per_range")),
        table,
        keys,
        unique,
        valid,
        predicate,
        attributes,
        tuple(parents),
        by_name.get("deduplicate_items", "on").lower() in {"off", "false", "no", "0"},
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
