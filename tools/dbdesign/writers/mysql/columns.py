"""Adapts columns: type, default, identity, generated value, comment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from dbdesign.dialects.mysql import MAX_COMMENT_COLUMN
from dbdesign.model.schema import Check, Column, Domain, Generated, Identity, Schema, SequenceOptions, Table
from dbdesign.model.types import INTEGERS, DataType, Kind
from dbdesign.writers.mysql.bounds import bounds
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.keyed import Types
from dbdesign.writers.mysql.types import UNKNOWN, Mapped, table, varchar
from dbdesign.writers.translate import column_kinds, translate, translate_default

NOW = re.compile(r"(?:CURRENT_TIMESTAMP|NOW|LOCALTIMESTAMP|LOCALTIME|SYSDATE)\s*(?:\(\s*\d*\s*\))?", re.IGNORECASE)
NEXTVAL = re.compile(r"\bnextval\s*\(|\bNEXT\s+VALUE\s+FOR\b", re.IGNORECASE)
BYTEA = re.compile(r"'\\x([0-9a-fA-F]*)'(?:::bytea)?")
STRING_LITERAL = re.compile(r"('(?:[^']|'')*')(?:::[\w\s.\"]+)?")
BIT_STRING = re.compile(r"\(?[bB]?'([01]+)'(?:::(?:\"bit\"|bit)|\Z)")
NO_ORDER = re.compile(r"'-?infinity'", re.IGNORECASE)
ZONED = re.compile(r"'(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(?:Z|\+00(?::?00)?)'")
_BITS = {Kind.BIT, Kind.VARBIT}

STRING = re.compile(r"'(?:[^'\\]|\\.|'')*'")
WORD = re.compile(r"[\w$]+")


def words(expression: str) -> set[str]:
    """The names and keywords in an expression; what stands in strings is neither."""
    return set(WORD.findall(STRING.sub("''", expression)))


def shown(text: str) -> str:
    """An expression as a note shows it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:77]}…"


class ColumnAdapter:
    """Adapts the columns of a schema."""

    def __init__(self, schema: Schema, context: Context) -> None:
        self.schema = schema
        self.context = context
        self.map = table(context.target, vectors=context.has("vector"))
        uses = Counter(name for one in schema.tables for column in one.columns if (name := sequence_of(column)))
        keys = {
            (one.label, one.primary_key.columns[0])
            for one in schema.tables
            if one.primary_key and len(one.primary_key.columns) == 1
        }
        self.private = {
            name
            for one in schema.tables
            for column in one.columns
            if (name := sequence_of(column))
            and uses[name] == 1
            and (one.label, column.name) in keys
            and not context.has("sequence")
        }
        """Bare names of the sequences that number one table's primary key and nothing else: AUTO_INCREMENT does what they do."""

    def types(self) -> Types:
        """The mapped type of every column, before keys have their say."""
        found: Types = {}
        for one in self.schema.tables:
            limits = bounds(one)
            for column in one.columns:
                mapped = self.mapped(column, f"{one.label}.{column.name}")
                if mapped.type.native == "longtext" and column.name in limits and not mapped.lost:
                    mapped = replace(mapped, type=varchar(limits[column.name]))
                found[one.label, column.name] = mapped
        return found

    def mapped(self, column: Column, where: str) -> Mapped:
        """The type of one column; notes what is lost."""
        resolved = self.schema.resolve_type(column.type)
        build = self.map.get(resolved.kind)
        mapped = build(resolved) if build else UNKNOWN
        if mapped.lost:
            self.context.note(where, mapped.lost, mapped.instead)
        if column.collation and not mapped.collation:
            return self._collated(column.collation, mapped, where)
        return mapped

    def _collated(self, collation: str, mapped: Mapped, where: str) -> Mapped:
        if collation.lower() in {"default", "pg_catalog.default"} or not mapped.type.is_text:
            return mapped
        if collation.strip('"').upper() in {"C", "POSIX", "UCS_BASIC", "BINARY", "C.UTF-8"}:
            return Mapped(mapped.type, mapped.charset, "utf8mb4_bin")
        if collation.upper() == "NOCASE" or "_CI_" in collation.upper():
            return Mapped(
                mapped.type,
                mapped.charset,
                "utf8mb4_general_ci" if self.context.target == "tidb" else "utf8mb4_0900_as_ci",
            )
        self.context.note(where, f"collation {collation} has no equal", "the table's collation")
        return mapped

    def domain(self, column: Column) -> Domain | None:
        """The domain of a column, if its type is one."""
        name = column.type.name
        return self.schema.domain_by_label.get(str(name)) if name else None

    def adapt(self, owner: Table, column: Column, mapped: Mapped) -> Column:
        """The column in MySQL's terms."""
        where = f"{owner.label}.{column.name}"
        domain = self.domain(column)
        source_default = column.default if column.default is not None or domain is None else domain.default
        generated = self._generated(owner, column, where)
        identity = self._identity(owner, column, mapped, where)
        default = None
        if source_default is not None and not generated and not identity:
            default = self._default(source_default, column, mapped, where)
        return Column(
            name=column.name,
            type=mapped.type,
            nullable=column.nullable and (domain is None or domain.nullable) and not identity,
            default=default,
            identity=identity,
            generated=generated,
            on_update=self._on_update(column, mapped, where),
            charset=mapped.charset,
            collation=mapped.collation,
            comment=self._comment(column.comment, where),
        )

    def _comment(self, comment: str | None, where: str) -> str | None:
        if comment and len(comment) > MAX_COMMENT_COLUMN:
            self.context.note(where, f"a comment has at most {MAX_COMMENT_COLUMN} characters", "its beginning")
            return comment[: MAX_COMMENT_COLUMN - 1] + "…"
        return comment

    def _on_update(self, column: Column, mapped: Mapped, where: str) -> str | None:
        if column.on_update is None:
            return None
        said = translate_default(column.on_update, self.schema.engine, self.context.target, column.type.kind)
        if said and NOW.fullmatch(said) and mapped.type.kind is Kind.TIMESTAMP:
            return now(mapped.type)
        self.context.note(where, f"ON UPDATE {shown(column.on_update)}: MySQL knows CURRENT_TIMESTAMP alone", None)
        return None

    def _identity(self, owner: Table, column: Column, mapped: Mapped, where: str) -> Identity | None:
        if column.identity is None:
            sequence = sequence_of(column)
            if sequence is None or owner.primary_key is None:
                return None
            if owner.primary_key.columns != (column.name,) or mapped.type.kind not in INTEGERS:
                return None
            if sequence in self.private:
                return self._counting(self._options_of(sequence), where)
            if self.context.has("sequence"):
                return None
            self.context.note(
                where, "there are no sequences to share between tables", "AUTO_INCREMENT, numbered by this table alone"
            )
            return Identity(mode="auto_increment")
        if mapped.type.kind not in INTEGERS:
            self.context.note(where, f"AUTO_INCREMENT needs an integer, not {mapped.type.native}", None)
            return None
        if column.identity.mode == "always":
            self.context.note(where, "GENERATED ALWAYS: AUTO_INCREMENT accepts values that are given", None)
        return self._counting(column.identity.options, where)

    def _options_of(self, sequence: str) -> SequenceOptions:
        return next((one.options for one in self.schema.sequences if one.name == sequence), SequenceOptions())

    def _counting(self, options: SequenceOptions, where: str) -> Identity:
        """AUTO_INCREMENT, which counts by 1 from where the sequence starts."""
        if options.increment not in {None, 1}:
            self.context.note(
                where,
                f"the step of {options.increment} is a setting of the server (auto_increment_increment)",
                "steps of 1",
            )
        first = options.start or options.minimum
        start = first if first and first > 1 else None
        return Identity(mode="auto_increment", options=SequenceOptions(start=start))

    def _generated(self, owner: Table, column: Column, where: str) -> Generated | None:
        if column.generated is None:
            return None
        expression = column.generated.expression
        said = translate(
            expression,
            self.schema.engine,
            self.context.target,
            predicate=False,
            immutable=True,
            kinds=column_kinds(owner.columns, self.schema),
            kind=column.type.kind,
        )
        numbered = {one.name for one in owner.columns if one.identity}
        if said is None or numbered & words(said):
            self.context.note(
                where,
                f"generated as {shown(expression)}, which cannot be said",
                "an ordinary column: let the application or a trigger fill it",
            )
            return None
        return Generated(expression=said, stored=column.generated.stored)

    def _default(self, text: str, column: Column, mapped: Mapped, where: str) -> str | None:
        kind = self.schema.resolve_type(column.type).kind
        if NEXTVAL.search(text):
            return self._next_value(text, where)
        if NO_ORDER.search(text) and mapped.type.is_time:
            self.context.note(where, f"DEFAULT {shown(text)}: there is no infinity", None)
            return None
        said = self._literal(text, kind) or translate_default(text, self.schema.engine, self.context.target, kind)
        if said is None:
            self.context.note(where, f"DEFAULT {shown(text)} cannot be said", "no default")
            return None
        if said.upper() == "NULL":
            return None
        return fitted(said, kind, mapped.type)

    def _next_value(self, text: str, where: str) -> str | None:
        name = sequence_name(text)
        if self.context.has("sequence") and name:
            return f"NEXTVAL({self.context.dialect.identifier(name)})"
        self.context.note(where, f"DEFAULT {shown(text)}: there are no sequences", "no default")
        return None

    def _literal(self, text: str, kind: Kind) -> str | None:
        """Literals of types that MySQL spells otherwise."""
        if kind in {Kind.BLOB, Kind.VARBINARY, Kind.BINARY} and (match := BYTEA.fullmatch(text)):
            return f"x'{match[1]}'"
        if kind in _BITS and (match := BIT_STRING.match(text)):
            return f"b'{match[1]}'"
        if kind in {Kind.INTERVAL, Kind.RANGE, Kind.INET, Kind.CIDR, Kind.MACADDR, Kind.LTREE} and (
            match := STRING_LITERAL.fullmatch(text)
        ):
            return match[1]
        return None

    def domain_checks(self, column: Column) -> list[Check]:
        """The checks of the column's domain, on the column. Their expressions stay the source's."""
        domain = self.domain(column)
        if domain is None:
            return []
        name = f'"{column.name}"' if self.schema.engine in {"postgresql", "cockroachdb"} else column.name
        return [
            Check(name=None, expression=re.sub(r"\bVALUE\b", lambda _: name, check.expression), valid=check.valid)
            for check in domain.checks
        ]


def sequence_of(column: Column) -> str | None:
    """The bare name of the sequence that a column's default reads."""
    default = column.default
    if default is None or (
        "ext" not in default and "EXT" not in default
    ):  # most columns: without the regular expression
        return None
    return sequence_name(default) if NEXTVAL.search(default) else None


def sequence_name(default: str) -> str | None:
    """The bare name of the sequence in `nextval('sales.orders_id_seq'::regclass)` or `NEXT VALUE FOR …`."""
    match = re.search(r"'([^']+)'|FOR\s+(\S+)", default)
    return (match[1] or match[2]).replace('"', "").split(".")[-1] if match else None


def now(data_type: DataType) -> str:
    """CURRENT_TIMESTAMP with the column's own precision, as MySQL demands (timestamp-initialization)."""
    return f"CURRENT_TIMESTAMP({data_type.precision})" if data_type.precision else "CURRENT_TIMESTAMP"


def fitted(said: str, kind: Kind, data_type: DataType) -> str:
    """A translated default in the form that the column's MySQL type takes."""
    if NOW.fullmatch(said):
        words = {Kind.DATE: "CURRENT_DATE", Kind.TIME: "CURRENT_TIME", Kind.TIMESTAMP: now(data_type)}
        return words.get(data_type.kind, said)
    if kind is Kind.UUID:
        given = re.fullmatch(r"'([0-9a-fA-F-]{36})'", said)
        return f"x'{given[1].replace('-', '')}'" if given else f"UUID_TO_BIN({said})"
    if data_type.kind is Kind.TIMESTAMP and (match := ZONED.fullmatch(said)):
        return f"'{match[1]}'"
    return said
