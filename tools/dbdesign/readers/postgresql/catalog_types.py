"""From catalogue rows to data types, enums, domains and composite types."""

from __future__ import annotations

from dbdesign.dialects.postgresql import KIND_BY_NAME
from dbdesign.model.schema import Carried, Check, Column, CompositeType, Domain, EnumType
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.postgresql.catalog_expressions import faithful
from dbdesign.readers.postgresql.catalog_rows import Row, Rows

DEFAULT = "public"
_KIND_BY_TYPTYPE = {"e": Kind.ENUM, "d": Kind.DOMAIN, "c": Kind.COMPOSITE, "r": Kind.RANGE, "m": Kind.MULTIRANGE}
_TIMES = {"time", "timetz", "timestamp", "timestamptz"}
_LENGTHS = {"varchar": 4, "bpchar": 4, "bit": 0, "varbit": 0, "vector": 0, "halfvec": 0, "sparsevec": 0}
NOT_GIVEN = -1


def namespace_of(name: str) -> str | None:
    """The namespace as the model says it: None for `public`."""
    return None if name == DEFAULT else name


class Types:
    """The data types by type oid and modifier, each built once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._built: dict[tuple[int, int], DataType] = {}

    def __call__(self, oid: int, typmod: int) -> DataType:
        """The type; the same object for the same arguments."""
        key = (oid, typmod)
        if key not in self._built:
            self._built[key] = self._build(self._rows.type_rows[key])
        return self._built[key]

    def _build(self, row: Row) -> DataType:
        if row.element:
            element = self._element(row)
            return DataType(kind=Kind.ARRAY, native=row.native, element=element)
        kind = _KIND_BY_TYPTYPE.get(row.kind) or KIND_BY_NAME.get(row.name, Kind.OTHER)
        built_in = row.namespace == "pg_catalog"
        known = built_in or (row.of_extension and kind is not Kind.OTHER) or row.kind != "b"
        name = None if built_in else TypeName(namespace=namespace_of(row.namespace), name=row.name)
        if not known:
            return DataType(kind=Kind.OTHER, native=row.native, name=name)
        sizes = _modifiers(row.name, row.typmod)
        return DataType(
            kind=kind,
            native=row.native,
            name=name,
            length=sizes.get("length"),
            precision=sizes.get("precision"),
            scale=sizes.get("scale"),
        )

    def _element(self, row: Row) -> DataType:
        """The element's type; an array's modifier is its element's."""
        base = self._rows.type_rows[row.element, NOT_GIVEN]
        if row.typmod == NOT_GIVEN:
            return self(row.element, NOT_GIVEN)
        native = row.native.removesuffix("[]")
        return self._build(base).model_copy(update={"native": native, **_modifiers(base.name, row.typmod)})


def _modifiers(name: str, typmod: int) -> dict[str, int]:
    """Length, precision and scale from `atttypmod`, as the types' typmod output functions decode it."""
    if name == "char":
        return {"length": 1}
    if typmod < 0:
        return {}
    if name == "numeric":
        packed = typmod - 4
        scale = packed & 0x7FF
        return {"precision": (packed >> 16) & 0xFFFF, "scale": scale - 0x800 if scale >= 0x400 else scale}
    if name in _TIMES:
        return {"precision": typmod}
    if name == "interval":
        precision = typmod & 0xFFFF
        return {} if precision == 0xFFFF else {"precision": precision}
    if name in _LENGTHS:
        return {"length": typmod - _LENGTHS[name]}
    return {}


def enums(rows: Rows) -> tuple[EnumType, ...]:
    """The enumerations."""
    return tuple(
        EnumType(
            namespace=namespace_of(row.namespace),
            name=row.name,
            values=tuple(row.labels or ()),
            comment=rows.comment("pg_type", row.oid),
            grants=rows.grants("pg_type", row.oid),
            owner=rows.owner(row),
        )
        for row in rows["named_types"]
        if row.kind == "e"
    )


def domains(rows: Rows, types: Types) -> tuple[Domain, ...]:
    """The domains."""
    return tuple(_domain(row, rows, types) for row in rows["named_types"] if row.kind == "d")


def _domain(row: Row, rows: Rows, types: Types) -> Domain:
    constraints = rows.constraints_of_domain.get(row.oid, [])
    return Domain(
        namespace=namespace_of(row.namespace),
        name=row.name,
        type=types(row.base, row.typmod),
        nullable=not row.not_null,
        default=row.expression,
        collation=row.collation,
        checks=tuple(check(one, rows) for one in constraints if one.kind == "c"),
        comment=rows.comment("pg_type", row.oid),
        grants=rows.grants("pg_type", row.oid),
        owner=rows.owner(row),
    )


def check(row: Row, rows: Rows) -> Check:
    """A check constraint of a table or a domain."""
    return Check(
        name=row.name,
        expression=faithful(row.expression, row.plain_expression) or "",
        valid=row.valid or not row.enforced,
        enforced=row.enforced,
        no_inherit=row.no_inherit and not row.domain,
        comment=rows.comment("pg_constraint", row.oid),
    )


def composites(rows: Rows, types: Types) -> tuple[CompositeType, ...]:
    """The composite types that stand for themselves, not for a table's rows."""
    return tuple(
        CompositeType(
            namespace=namespace_of(row.namespace),
            name=row.name,
            fields=tuple(
                Column(
                    name=column.name,
                    type=types(column.type, column.typmod),
                    collation=column.collation,
                    comment=rows.comment("pg_class", row.oid, column.number),
                )
                for column in rows.columns_of.get(row.oid, ())
            ),
            comment=rows.comment("pg_type", row.type_oid),
            grants=rows.grants("pg_type", row.type_oid),
            owner=rows.owner(row),
        )
        for row in rows["relations"]
        if row.kind == "c"
    )


def ranges(rows: Rows) -> tuple[Carried, ...]:
    """Range types, written out."""
    return tuple(_range(row) for row in rows["named_types"] if row.kind == "r")


def _range(row: Row) -> Carried:
    options = {
        "subtype": row.subtype,
        "subtype_opclass": row.subtype_opclass,
        "collation": row.range_collation,
        "canonical": row.canonical,
        "subtype_diff": row.subtype_diff,
        "multirange_type_name": row.multirange,
    }
    body = ", ".join(f"{name} = {value}" for name, value in options.items() if value)
    sql = f"CREATE TYPE {row.sql_name} AS RANGE ({body})"
    return Carried(kind="range type", namespace=namespace_of(row.namespace), name=row.name, sql=sql, before_tables=True)
