"""Types of columns: SQLAlchemy's expression, and the type of Python's that an attribute has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dbdesign.dialects.postgresql import NOT_FUNCTION_OR_TYPE, chosen_name
from dbdesign.model.schema import Domain, Engine, EnumType, Schema
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.sqlalchemy.layout import Code, Expression, Group, Named, call, string
from dbdesign.writers.sqlalchemy.names import class_name, free, identifier
from dbdesign.writers.sqlalchemy.source import Source, escaped

POSTGRESQL = "sqlalchemy.dialects.postgresql"
MYSQL = "sqlalchemy.dialects.mysql"
MSSQL = "sqlalchemy.dialects.mssql"
_TIMES = {Kind.TIMESTAMP: False, Kind.TIMESTAMPTZ: True, Kind.TIME: False, Kind.TIMETZ: True}
_PYTHON: dict[Kind, tuple[str, str]] = {
    Kind.BOOLEAN: ("", "bool"), Kind.DECIMAL: ("decimal", "Decimal"), Kind.FLOAT32: ("", "float"), Kind.FLOAT64: ("", "float"),
    Kind.DATE: ("datetime", "date"), Kind.TIME: ("datetime", "time"), Kind.TIMETZ: ("datetime", "time"),
    Kind.TIMESTAMP: ("datetime", "datetime"),
    Kind.TIMESTAMPTZ: ("datetime", "datetime"), Kind.INTERVAL: ("datetime", "timedelta"), Kind.UUID: ("uuid", "UUID"),
    Kind.BLOB: ("", "bytes"), Kind.BINARY: ("", "bytes"), Kind.VARBINARY: ("", "bytes"), Kind.CHAR: ("", "str"), Kind.VARCHAR: ("", "str"),
    Kind.TEXT: ("", "str"), Kind.CITEXT: ("", "str"), Kind.MONEY: ("", "str"), Kind.TSVECTOR: ("", "str"), Kind.TSQUERY: ("", "str"),
    Kind.BIT: ("", "str"), Kind.VARBIT: ("", "str"), Kind.MACADDR: ("", "str"), Kind.YEAR: ("", "int"), Kind.INET: ("", "str"),
    Kind.CIDR: ("", "str"),
    Kind.XML: ("", "str"), Kind.LTREE: ("", "str"), Kind.ENUM: ("", "str"), Kind.SET: ("", "set[str]"),
}  # fmt: skip
_EXACT_POSTGRESQL: dict[str, tuple[str, str]] = {
    "smallint": ("SmallInteger", ""), "integer": ("Integer", ""), "bigint": ("BigInteger", ""), "boolean": ("Boolean", ""),
    "text": ("Text", ""),
    "real": ("REAL", ""), "double precision": ("Double", ""), "numeric": ("Numeric", ""), "uuid": ("Uuid", ""), "date": ("Date", ""),
    "time without time zone": ("Time", ""), "timestamp without time zone": ("DateTime", ""), "interval": ("Interval", ""),
    "bytea": ("LargeBinary", ""), "json": ("JSON", ""), "jsonb": ("JSONB", POSTGRESQL), "character varying": ("String", ""),
} | {name: (name.upper(), POSTGRESQL) for name in ["inet", "cidr", "macaddr", "macaddr8", "money", "oid", "regclass",
    "tsvector", "tsquery", "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "int4multirange",
    "int8multirange", "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange", "citext", "hstore"]}  # fmt: skip


@dataclass(frozen=True)
class ColumnType:
    """A type as an expression, and how an annotation says it."""

    expression: Expression
    python: str


@dataclass
class Types:
    """Types of one schema."""

    schema: Schema
    source: Source
    enums: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)

    def of(self, kind: DataType, collation: str | None = None) -> ColumnType:
        """The type of a column."""
        return ColumnType(self.expression(kind, collation), self.python(kind))

    def python(self, kind: DataType) -> str:
        """What an attribute of the type is."""
        if kind.kind is Kind.ARRAY and kind.element is not None:
            return f"list[{self.python(kind.element)}]"
        if kind.name is not None and str(kind.name) in self.enums:
            return self.enums[str(kind.name)]
        if kind.kind is Kind.DOMAIN and (domain := self.schema.domain_by_label.get(str(kind.name))):
            return self.python(domain.type)
        if kind.kind in {Kind.JSON, Kind.JSONB}:
            return f"dict[str, {self.source.use('Any', 'typing')}]"
        if kind.is_integer:
            return "int"
        if kind.kind in _PYTHON:
            module, name = _PYTHON[kind.kind]
            return self.source.use(name, module) if module else name
        return self.source.use("Any", "typing")

    def expression(self, kind: DataType, collation: str | None = None) -> Expression:
        """The type as SQLAlchemy says it."""
        if kind.kind is Kind.ARRAY and kind.element is not None and self.schema.engine is Engine.POSTGRESQL:
            return self.source.call("ARRAY", self.expression(kind.element))
        label = str(kind.name) if kind.name is not None else ""
        if kind.kind is Kind.ENUM and (enum := self.schema.enum_by_label.get(label)):
            return self.enum(enum)
        if kind.kind is Kind.DOMAIN and (domain := self.schema.domain_by_label.get(label)):
            return self._domain(domain)
        found = self._plain(kind)
        if collation is not None:
            return self._collated(kind, found, collation)
        return found

    def _collated(self, kind: DataType, found: Expression, collation: str) -> Expression:
        name = collation.strip('"`[]').replace('""', '"')
        inside = (isinstance(found, Code) and found.text in {"String", "Text"}) or found.flat().startswith(
            ("String(", "Text(", "CHAR(")
        )
        if inside and '"."' not in collation and '".' not in collation and "." not in name:
            if isinstance(found, Code):
                return call(found.text, collation=string(name))
            return call(found.function, *found.arguments, collation=string(name))  # type: ignore[union-attr]
        return self.source.native(f"{kind.native} COLLATE {collation}")

    def _plain(self, kind: DataType) -> Expression:
        if self.schema.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
            return self._postgresql(kind)
        return self._generic(kind)

    def _postgresql(self, kind: DataType) -> Expression:
        native = kind.native
        if native in _EXACT_POSTGRESQL:
            name, module = _EXACT_POSTGRESQL[native]
            return Code(self.source.use(name, module or "sqlalchemy"))
        for pattern, rule in _PATTERNS:
            match = re.fullmatch(pattern, native)
            if match:
                return rule(self.source, *match.groups())
        return self.source.native(native)

    def _generic(self, kind: DataType) -> Expression:
        """For engines other than PostgreSQL: the engine's own spelling, where SQLAlchemy's own type would not give it."""
        name = _GENERIC.get((self.schema.engine, kind.native.lower()))
        if name is not None:
            return Code(self.source.use(name))
        if self.schema.engine in {Engine.MYSQL, Engine.TIDB} and (own := _of_mysql(self.source, kind)) is not None:
            return own
        if (
            kind.kind is Kind.VARCHAR
            and kind.length is not None
            and not kind.national
            and kind.native.lower() == f"varchar({kind.length})"
        ):
            return self.source.call("String", Code(str(kind.length)))
        if (
            kind.kind is Kind.CHAR
            and kind.length is not None
            and not kind.national
            and kind.native.lower() == f"char({kind.length})"
        ):
            return self.source.call("CHAR", Code(str(kind.length)))
        if (
            kind.kind is Kind.DECIMAL
            and not kind.unsigned
            and kind.native.lower()
            in {f"decimal({kind.precision},{kind.scale})", f"numeric({kind.precision},{kind.scale})"}
        ):
            name = "Numeric" if kind.native.lower().startswith("n") or self.schema.engine is Engine.MYSQL else "DECIMAL"
            return self.source.call(name, Code(str(kind.precision)), Code(str(kind.scale)))
        if kind.kind is Kind.ENUM and kind.values:
            return self.source.call("Enum", *map(string, kind.values))
        return self.source.native(kind.native)

    def enum(self, enum: EnumType) -> Expression:
        """A named enumeration, with a class of Python's for its values."""
        if enum.label not in self.enums:
            self.enums[enum.label] = free(class_name(enum.name), self.source.taken)
            self.source.before.append(self._enum_class(self.enums[enum.label], enum))
        return self.source.call(
            "Enum",
            Code(self.enums[enum.label]),
            name=self._type_name(enum.name),
            schema=string(enum.namespace) if enum.namespace else None,
            values_callable=Code("enum_values"),
        )

    def _type_name(self, name: str) -> Expression:
        """A type's name; quoted where PostgreSQL needs that for a type (`values`) and SQLAlchemy, which knows columns' words, does not."""
        if self.schema.engine is Engine.POSTGRESQL and name in NOT_FUNCTION_OR_TYPE:
            return self.source.of("sqlalchemy.sql", "quoted_name", string(name), Code("True"))
        return string(name)

    def _enum_class(self, name: str, enum: EnumType) -> str:
        self.source.use("", "enum")
        if enum.comment:
            self.source.note(enum.label, "the comment on an enumeration", None)
        taken: set[str] = {"name", "value", "mro"}
        lines = []
        for value in enum.values:
            member = identifier(value, "value").upper().strip("_") or "VALUE"
            member = member if member.isidentifier() else f"VALUE_{member}"
            lines.append(f"    {free(member, taken)} = {string(value).flat()}\n")
        body = "".join(lines) or "    pass\n"
        return f"class {name}(enum.Enum):\n{body}"

    def _domain(self, domain: Domain) -> Expression:
        if domain.label not in self.domains:
            self.source.before.append(self.domain_definition(domain))
        return Code(self.domains[domain.label])

    def domain_definition(self, domain: Domain, *, metadata: bool = False) -> str:
        """The statement that declares a domain; with `metadata` one that no column has, which is made with the MetaData."""
        from dbdesign.writers.sqlalchemy.layout import assignment

        checks = domain.checks
        if len(checks) > 1:
            joined = " AND ".join(f"({one.expression})" for one in checks)
            self.source.note(domain.label, "the single checks of a domain", "one check says all of them")
        else:
            joined = checks[0].expression if checks else ""
        name = free(f"{identifier(domain.name.lower(), 'domain')}_domain", self.source.taken)
        self.domains[domain.label] = name
        named = checks[0].name if len(checks) == 1 else None
        if named == chosen_name(domain.name, "", "check"):
            named = None  # SQLAlchemy would give it to NOT NULL
        elif named and not domain.nullable:
            self.source.note(domain.label, "the name of a check of a domain that is NOT NULL", "the server names it")
            named = None
        if domain.comment:
            self.source.note(domain.label, "the comment on a domain", None)
        made = self.source.of(
            POSTGRESQL,
            "DOMAIN",
            string(domain.name),
            self.expression(domain.type),
            collation=string(domain.collation.strip('"')) if domain.collation else None,
            default=self.source.text(domain.default) if domain.default else None,
            constraint_name=string(named) if named else None,
            not_null=None if domain.nullable else Code("True"),
            check=self.source.text(joined) if joined else None,
            schema=string(domain.namespace) if domain.namespace else None,
            metadata=Code("metadata") if metadata else None,
        )
        return assignment(name, made)


_MYSQL_INTEGER = re.compile(r"(tiny|small|medium|big)?int(?:\((\d+)\))?( unsigned)?( zerofill)?")
_MYSQL_TIME = re.compile(r"(timestamp|datetime|time)(?:\((\d)\))?")
_MYSQL_PLAIN = frozenset(["year", "tinytext", "mediumtext", "longtext", "tinyblob", "mediumblob", "longblob"])


def _of_mysql(source: Source, kind: DataType) -> Expression | None:
    """MySQL's own types; an integer must be one to SQLAlchemy too, or it would not be numbered."""
    native = kind.native.lower()
    if match := _MYSQL_INTEGER.fullmatch(native):
        size, width, unsigned, zerofill = match.groups()
        name = f"{size.upper()}INT" if size else "INTEGER"
        return source.of(
            MYSQL,
            name,
            display_width=Code(width) if width else None,
            unsigned=Code("True") if unsigned else None,
            zerofill=Code("True") if zerofill else None,
        )
    if match := _MYSQL_TIME.fullmatch(native):
        return source.of(MYSQL, match[1].upper(), fsp=Code(match[2]) if match[2] else None)
    if native in _MYSQL_PLAIN:
        return source.of(MYSQL, native.upper())
    if kind.kind is Kind.SET and kind.values:
        return source.of(MYSQL, "SET", *map(string, kind.values))
    return None


def _sized(name: str, module: str = "sqlalchemy") -> Callable[..., Expression]:
    return lambda source, *sizes: source.of(module, name, *(Code(one) for one in sizes if one))


def _timed(name: str) -> Callable[..., Expression]:
    def make(source: Source, precision: str | None, zone: str) -> Expression:
        timezone = Code("True") if zone == "with" else None
        if precision is None:
            return source.call("DateTime" if name == "TIMESTAMP" else "Time", timezone=timezone)
        return source.of(POSTGRESQL, name, timezone=timezone, precision=Code(precision))

    return make


def _interval(source: Source, fields: str | None, precision: str | None) -> Expression:
    return source.of(
        POSTGRESQL,
        "INTERVAL",
        fields=string(fields.strip().upper()) if fields else None,
        precision=Code(precision) if precision else None,
    )


def _numeric(source: Source, precision: str, scale: str | None) -> Expression:
    return source.call("Numeric", Code(precision), Code(scale) if scale else None)


def _vector(source: Source, size: str | None) -> Expression:
    return source.native(f"vector({size})" if size else "vector")


_PATTERNS: tuple[tuple[str, Callable[..., Expression]], ...] = (
    (r"character varying\((\d+)\)", _sized("String")),
    (r"character\((\d+)\)", _sized("CHAR")),
    (r"numeric\((\d+)(?:,(-?\d+))?\)", _numeric),
    (r"timestamp(?:\((\d)\))? (with|without) time zone", _timed("TIMESTAMP")),
    (r"time(?:\((\d)\))? (with|without) time zone", _timed("TIME")),
    (r"interval( [a-z ]+)?(?:\((\d)\))?", _interval),
    (r"bit\((\d+)\)", _sized("BIT", POSTGRESQL)),
    (
        r"bit varying(?:\((\d+)\))?",
        lambda source, size: source.of(POSTGRESQL, "BIT", Code(size) if size else None, varying=Code("True")),
    ),
)
_GENERIC: dict[tuple[Engine, str], str] = {
    (Engine.MYSQL, "int"): "Integer", (Engine.MYSQL, "bigint"): "BigInteger", (Engine.MYSQL, "smallint"): "SmallInteger",
    (Engine.MYSQL, "text"): "Text", (Engine.MYSQL, "date"): "Date", (Engine.MYSQL, "datetime"): "DateTime", (Engine.MYSQL, "time"): "Time",
    (Engine.MYSQL, "json"): "JSON", (Engine.MYSQL, "blob"): "LargeBinary", (Engine.MYSQL, "float"): "Float", (Engine.MYSQL,
    "double"): "Double",
    (Engine.MYSQL, "tinyint(1)"): "Boolean",
    (Engine.TIDB, "int"): "Integer", (Engine.TIDB, "bigint"): "BigInteger", (Engine.TIDB, "text"): "Text", (Engine.TIDB,
    "datetime"): "DateTime",
    (Engine.SQLITE, "integer"): "Integer", (Engine.SQLITE, "text"): "Text", (Engine.SQLITE, "bigint"): "BigInteger",
    (Engine.SQLITE, "boolean"): "Boolean", (Engine.SQLITE, "date"): "Date", (Engine.SQLITE, "datetime"): "DateTime",
    (Engine.SQLITE, "blob"): "BLOB",
    (Engine.SQLITE, "real"): "REAL", (Engine.SQLITE, "float"): "Float", (Engine.SQLITE, "numeric"): "Numeric", (Engine.SQLITE,
    "json"): "JSON",
    (Engine.SQLSERVER, "int"): "Integer", (Engine.SQLSERVER, "bigint"): "BigInteger", (Engine.SQLSERVER, "smallint"): "SmallInteger",
    (Engine.SQLSERVER, "bit"): "Boolean", (Engine.SQLSERVER, "date"): "Date", (Engine.SQLSERVER, "datetime"): "DateTime",
    (Engine.SQLSERVER, "nvarchar(max)"): "UnicodeText", (Engine.SQLSERVER, "uniqueidentifier"): "Uuid",
}  # fmt: skip

__all__ = ["ColumnType", "Group", "Named", "Types", "escaped"]
