"""PostgreSQL's data types as CockroachDB's; domains become the type under them, with their checks beside the column."""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import DIALECT, NATIVE_BY_KIND
from dbdesign.model.schema import Domain, Schema
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.postgresql.notes import Notes

# Kind → what is lost, what stands in its place, and the type that does.
_INSTEAD: dict[Kind, tuple[str, str, DataType]] = {
    Kind.MONEY: (
        "the type money",
        "DECIMAL(19,2)",
        DataType(kind=Kind.DECIMAL, native="DECIMAL(19,2)", precision=19, scale=2),
    ),
    Kind.XML: ("the type xml and its functions", "STRING", DataType(kind=Kind.TEXT, native="STRING")),
    Kind.MACADDR: ("the type macaddr", "STRING", DataType(kind=Kind.TEXT, native="STRING")),
    Kind.CIDR: ("the type cidr", "INET, which also takes host addresses", DataType(kind=Kind.INET, native="INET")),
    Kind.HSTORE: ("the type hstore", "JSONB, with other operators", DataType(kind=Kind.JSONB, native="JSONB")),
    Kind.RANGE: (
        "range types",
        "STRING of the same text; two columns and a CHECK on their order serve queries",
        DataType(kind=Kind.TEXT, native="STRING"),
    ),
    Kind.MULTIRANGE: (
        "multirange types",
        "STRING of the same text; a table of the ranges' bounds serves queries",
        DataType(kind=Kind.TEXT, native="STRING"),
    ),
    Kind.JSON: (
        "json, which keeps the text as it was written",
        "JSONB, the only JSON type: key order and repeated keys are not kept",
        DataType(kind=Kind.JSONB, native="JSONB"),
    ),
}
_CAST_NAMES = {
    Kind.MONEY: ("money",),
    Kind.XML: ("xml",),
    Kind.MACADDR: ("macaddr", "macaddr8"),
    Kind.CIDR: ("cidr",),
    Kind.HSTORE: ("hstore",),
    Kind.RANGE: ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"),
}
_SIZED = {Kind.CHAR, Kind.VARCHAR, Kind.BIT, Kind.VARBIT, Kind.VECTOR}
_TIMES = {Kind.TIME, Kind.TIMETZ, Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.INTERVAL}
_AS_THEY_ARE = {
    "oid",
    "regclass",
    "regtype",
    "regproc",
    "regprocedure",
    "regnamespace",
    "regrole",
    "pg_lsn",
    "name",
    "jsonpath",
}


class TypeMapper:
    """Maps the types of one schema."""

    def __init__(self, schema: Schema, version: str, notes: Notes) -> None:
        self._schema = schema
        self._version = version
        self._notes = notes

    def casts(self) -> dict[str, str]:
        """Types that expressions may cast to and that CockroachDB has not, with what stands in their place."""
        found = {name: target.native for kind, (_, _, target) in _INSTEAD.items() for name in _CAST_NAMES.get(kind, ())}
        for carried in self._schema.carried:
            if carried.kind == "range type":
                found[DIALECT.qualified(carried.namespace, carried.name)] = "STRING"
        for kind in (Kind.CITEXT, Kind.LTREE):
            if not DIALECT.has(kind.value, self._version):
                found[kind.value] = "STRING"
        silent = TypeMapper(self._schema, self._version, Notes())
        for domain in self._schema.domains:
            found[DIALECT.qualified(domain.namespace, domain.name)] = silent.map(domain.type, domain.label).native
        return found

    def domain_of(self, data_type: DataType) -> Domain | None:
        """The domain that a column's type is, if it is one of the schema's."""
        return self._schema.domain_by_label.get(str(data_type.name)) if data_type.name else None

    def map(self, data_type: DataType, target: str) -> DataType:
        """The type in CockroachDB; `target` is whose it is, for the notes."""
        domain = self.domain_of(data_type)
        if domain is not None:
            return self.map(domain.type, target)
        if data_type.kind is Kind.ARRAY and data_type.element is not None:
            return self._array(data_type.element, target)
        if data_type.kind in {Kind.ENUM, Kind.COMPOSITE} and data_type.name:
            return data_type.model_copy(
                update={"native": DIALECT.qualified(data_type.name.namespace, data_type.name.name)}
            )
        if data_type.kind in _INSTEAD:
            lost, instead, found = _INSTEAD[data_type.kind]
            self._notes.add(target, lost, instead)
            return found
        return self._scalar(data_type, target)

    def _array(self, element: DataType, target: str) -> DataType:
        inner = self.map(element, target)
        if inner.kind in {Kind.JSONB, Kind.ARRAY, Kind.TSVECTOR, Kind.TSQUERY, Kind.VECTOR}:
            self._notes.add(target, f"arrays of {inner.native}", "one JSONB value that holds an array")
            return DataType(kind=Kind.JSONB, native="JSONB")
        return DataType(kind=Kind.ARRAY, native=f"{inner.native}[]", element=inner)

    def _scalar(self, data_type: DataType, target: str) -> DataType:
        kind = data_type.kind
        if kind is Kind.CITEXT and not DIALECT.has("citext", self._version):
            self._notes.add(
                target, "citext, which is there from 25.3 on", "STRING; a unique index on lower() ignores case"
            )
            return DataType(kind=Kind.TEXT, native="STRING")
        if kind is Kind.LTREE and not DIALECT.has("ltree", self._version):
            self._notes.add(target, "ltree, which is there from 25.4 on", "STRING")
            return DataType(kind=Kind.TEXT, native="STRING")
        if kind in {Kind.GEOMETRY, Kind.GEOGRAPHY}:
            return DataType(kind=kind, native=data_type.native.rpartition(".")[2].upper(), name=data_type.name)
        if kind is Kind.OTHER and data_type.native in _AS_THEY_ARE:
            return data_type.model_copy(update={"native": data_type.native})
        stem = NATIVE_BY_KIND.get(kind)
        if stem is None:
            self._notes.add(target, f"the type {data_type.native}", "STRING")
            return DataType(kind=Kind.TEXT, native="STRING")
        return self._spelt(data_type, stem)

    def _spelt(self, data_type: DataType, stem: str) -> DataType:
        kind = data_type.kind
        if data_type.native == "name":
            return DataType(kind=Kind.VARCHAR, native="VARCHAR(63)", length=63)
        native = stem
        if kind is Kind.DECIMAL and data_type.precision is not None:
            native += f"({data_type.precision},{data_type.scale})" if data_type.scale else f"({data_type.precision})"
        elif kind in _TIMES and data_type.precision is not None:
            native += f"({data_type.precision})"
        elif kind in {Kind.CHAR, Kind.BIT} and data_type.length == 1:
            pass
        elif kind in _SIZED and data_type.length:
            native += f"({data_type.length})"
        elif kind is Kind.CHAR:  # bpchar without a length: any
            return DataType(kind=Kind.TEXT, native="STRING")
        own = data_type.name if kind in {Kind.CITEXT, Kind.LTREE, Kind.VECTOR} else None
        return DataType(
            kind=kind,
            native=native,
            name=own,
            length=data_type.length,
            precision=data_type.precision,
            scale=data_type.scale,
        )
