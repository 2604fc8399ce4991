"""When two values of the model are the same to the engine: spelling, names that the engine chose, and order aside.

Sound rather than complete: what is called equal here is equal to the engine. What only the engine can tell (a check that it rewrites, a
view whose `*` it expands) is left different; `executed.py` asks the server then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from dbdesign.dialects.base import PLAIN_LOWER, dialect
from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.base import Model
from dbdesign.model.schema import Column, Engine, Identity
from dbdesign.model.types import NUMBERS, DataType, Kind

EXPRESSIONS: frozenset[tuple[str, str]] = frozenset(
    {
        ("Column", "default"),
        ("Column", "on_update"),
        ("Generated", "expression"),
        ("Domain", "default"),
        ("Check", "expression"),
        ("Exclusion", "where"),
        ("Index", "where"),
        ("IndexKey", "expression"),
        ("Policy", "using"),
        ("Policy", "check"),
        ("View", "definition"),
        ("Trigger", "definition"),
        ("Routine", "definition"),
        ("Carried", "sql"),
        ("PartitionOf", "bound"),
        ("Partitioning", "text"),
    }
)
"""The fields that hold SQL, by model and name."""

SETS: frozenset[tuple[str, str]] = frozenset(
    {
        ("Key", "include"),
        ("Index", "include"),
        ("Exclusion", "include"),
        ("Policy", "roles"),
        ("Trigger", "events"),
        ("Table", "inherits"),
        ("ForeignKey", "set_columns"),
        ("Grant", "privileges"),
        ("Grant", "columns"),
        ("View", "depends_on"),
        ("Routine", "depends_on"),
    }
)
"""The tuples whose order means nothing."""

DERIVED: frozenset[tuple[str, str]] = frozenset(
    {
        ("View", "depends_on"),
        ("View", "column_types"),
        ("Routine", "depends_on"),
        ("Trigger", "timing"),
        ("Trigger", "events"),
        ("Trigger", "function"),
        ("Routine", "returns"),
        ("DataType", "kind"),
    }
)
"""What a reader derives from the definition, or leaves out: no difference by itself."""

_LEXIS = r"""
      (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<string>{string})
    | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]'"\d:][^\]]*\])
    | (?P<word>[^\W\d][\w$]*|@{1,2}\w+)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<symbol>::|<>|!=|<=|>=|\|\||->>|->|.)
    """
_STRING = r"[eE]'(?:[^'\\]|''|\\.)*'|[nNbBxX]?'(?:[^']|'')*'"
_STRING_WITH_BACKSLASHES = r"""[nNbBxX]?'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*\""""
_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "bpchar": "character",
    "char": "character",
    "decimal": "numeric",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
}
"""Names of PostgreSQL's types that say the same (manual, chapter 8, table 8.1)."""

_NOW = {
    Engine.POSTGRESQL: ("now()", "transaction_timestamp()", "current_timestamp()"),
    Engine.COCKROACHDB: ("now()", "transaction_timestamp()", "current_timestamp()"),
    Engine.MYSQL: ("now()", "current_timestamp()", "localtime()", "localtimestamp()", "localtime", "localtimestamp"),
    Engine.TIDB: ("now()", "current_timestamp()", "localtime()", "localtimestamp()", "localtime", "localtimestamp"),
    Engine.SQLSERVER: ("getdate()",),
    Engine.SQLITE: (),
}
"""What an engine calls the transaction's (statement's) time beside CURRENT_TIMESTAMP."""

_CHOSEN: Mapping[Engine, re.Pattern[str]] = {
    Engine.SQLSERVER: re.compile(r"(?:PK|UQ|FK|CK|DF)__.*__[0-9A-F]{8,16}\Z"),
    Engine.MYSQL: re.compile(r".*_(?:ibfk|chk)_\d+\Z|CONSTRAINT_\d+\Z"),
    Engine.TIDB: re.compile(r"fk_\d+\Z|.*_(?:ibfk|chk)_\d+\Z"),
    Engine.SQLITE: re.compile(r"sqlite_autoindex_.*\Z"),
}
"""Names that the engine makes up and numbers, so that they say nothing (SQL Server: hashes; InnoDB: `t_ibfk_1`)."""


class Equality:
    """Compares values of the model as one engine sees them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        backslashes = engine in {Engine.MYSQL, Engine.TIDB}
        string = _STRING_WITH_BACKSLASHES if backslashes else _STRING
        self._token = re.compile(_LEXIS.replace("{string}", string), re.VERBOSE | re.DOTALL)
        self._canonical: Callable[[str], tuple[str, ...]] = lru_cache(maxsize=65536)(self._tokens)
        self._type: Callable[[str, bool], str] = lru_cache(maxsize=4096)(self._plain_type)

    def names(self, before: str | None, after: str | None) -> bool:
        """Whether two names of constraints or indexes are no difference: equal, or left to the engine on either side."""
        return before == after or before is None or after is None or (self.chosen(before) and self.chosen(after))

    def chosen(self, name: str | None) -> bool:
        """Whether the engine made the name up."""
        pattern = _CHOSEN.get(self.engine)
        return name is None or (pattern is not None and pattern.match(name) is not None)

    def expressions(self, before: str | None, after: str | None) -> bool:
        """Whether two expressions or definitions differ in spelling at most."""
        if before is None or after is None or before == after:
            return before == after
        return self._canonical(before) == self._canonical(after)

    def defaults(self, before: str | None, after: str | None, data_type: DataType) -> bool:
        """Whether two defaults of a column of this type give the same value."""
        one, other = self._default(before, data_type), self._default(after, data_type)
        return one == other

    def equal(self, before: Any, after: Any) -> bool:
        """Whether two values of the same model are the same to the engine, names of constraints aside."""
        if isinstance(before, Model) and isinstance(after, Model):
            return type(before) is type(after) and not any(self.differing(before, after))
        if isinstance(before, tuple) and isinstance(after, tuple):
            pairs = zip(before, after, strict=False)
            return len(before) == len(after) and all(self.equal(one, other) for one, other in pairs)
        return bool(before == after)

    def differing(self, before: Model, after: Model, *, leaving_out: frozenset[str] = frozenset()) -> Iterator[str]:
        """The names of the fields in which two values of one model differ."""
        if before == after:
            return
        kind = type(before).__name__
        for field in type(before).model_fields:
            one, other = getattr(before, field), getattr(after, field)
            if field in leaving_out or (kind, field) in DERIVED or one == other:
                continue
            if not self._same_field(before, kind, field, one, other):
                yield field

    def _same_field(self, owner: Model, kind: str, field: str, one: Any, other: Any) -> bool:
        if (kind, field) == ("Column", "default"):
            return isinstance(owner, Column) and self.defaults(one, other, owner.type)
        if (kind, field) in EXPRESSIONS:
            return self.expressions(one, other)
        if (kind, field) in SETS:
            return sorted(one) == sorted(other)
        if field in {"default_name", "sequence_name"}:
            return self.names(one, other)
        if isinstance(one, DataType) and isinstance(other, DataType):
            return self.types(one, other)
        if (kind, field) == ("Identity", "options"):
            if isinstance(owner, Identity) and owner.mode in {"auto_increment", "auto_random"}:
                return True  # what a dump says of it is how far the counter has come
            return _options(one) == _options(other)
        return self.equal(one, other)

    def types(self, before: DataType, after: DataType) -> bool:
        """Whether two types are one: by the engine's own spelling."""
        return before == after or (
            self._native(before) == self._native(after) and before.values == after.values and before.name == after.name
        )

    def _native(self, data_type: DataType) -> str:
        return self._type(data_type.native, data_type.is_integer)

    def _plain_type(self, native: str, is_integer: bool) -> str:
        text = re.sub(r"\s*([(),])\s*", r"\1", " ".join(native.lower().split()))
        if self.engine in {Engine.MYSQL, Engine.TIDB} and is_integer and text != "tinyint(1)":
            return re.sub(r"\(\d+\)", "", text)  # a display width is no part of the type, and not shown since 8.0.19
        if self.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
            base, bracket, rest = text.partition("(")
            return _ALIASES.get(base, base) + bracket + rest
        return text

    def _tokens(self, text: str) -> tuple[str, ...]:
        kept = without_outer_parentheses(text.strip().rstrip(";"))
        found = [self._word(match) for match in self._token.finditer(kept) if match.lastgroup != "space"]
        tokens = tuple(self._one_now(found))
        return tuple(_as_text(tokens)) if self.engine is Engine.POSTGRESQL and "::" in tokens else tokens

    def _word(self, match: re.Match[str]) -> str:
        text = match.group()
        match match.lastgroup:
            case "word":
                return text.lower()
            case "quoted":
                return self._unquoted(text)
            case "symbol":
                return "<>" if text == "!=" else text
            case _:
                return text

    def _unquoted(self, text: str) -> str:
        name = text[1:-1].replace(text[-1] * 2, text[-1])
        if self.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
            plain = PLAIN_LOWER.match(name) and name not in dialect(self.engine).reserved
            return name if plain else text
        return name.lower() if re.fullmatch(r"\w+", name) else text

    def _one_now(self, tokens: list[str]) -> Iterator[str]:
        """The tokens, every way to say the current time and every alias of a type behind `::` as one."""
        calls = {tuple(re.findall(r"\w+|[()]", one)) for one in _NOW[self.engine]}
        position = 0
        while position < len(tokens):
            for size in (3, 1):
                if tuple(tokens[position : position + size]) in calls:
                    yield "current_timestamp"
                    position += size
                    break
            else:
                cast = position > 0 and tokens[position - 1] == "::"
                yield from (
                    _ALIASES.get(tokens[position], tokens[position]).split(" ")
                    if cast
                    else tokens[position : position + 1]
                )
                position += 1

    def _default(self, text: str | None, data_type: DataType) -> tuple[str, ...] | None:
        if text is None:
            return None
        tokens = self._canonical(text)
        if "::" in tokens and _is_literal(tokens[: tokens.index("::")]):
            cast = tokens.index("::")
            if self._is_own_type(tokens[cast + 1 :], data_type):
                tokens = tokens[:cast]
        if tokens == ("null",):
            return None
        return tuple(_plain_value(tokens, data_type))

    def _is_own_type(self, tokens: tuple[str, ...], data_type: DataType) -> bool:
        """Whether a cast is to the column's type, lengths aside: the value is cast to that type anyway."""
        said = re.sub(r"\(.*?\)", "", "".join(f"{one} " if one.isalpha() else one for one in tokens)).strip()
        own = re.sub(r"\(.*?\)", "", self._native(data_type))
        return " ".join(said.split()) == " ".join(own.split()) or (not data_type.name and _ALIASES.get(said) == own)


_TEXT_CASTS = re.compile(r"(?<= :: )character varying(?= (?!\())")
_TEXT_ARRAY = re.compile(r"(\( )?(array \[ (?:'(?:[^' ]|'')*' :: text (?:, )?)+\] )(?(1)\) ):: text \[ \] ")


def _as_text(tokens: Iterable[str]) -> Iterator[str]:
    """The tokens without what tells varchar from text: a cast between them changes no value (pg_cast: binary coercible).

    `s IN ('a')` and `s = ANY (ARRAY['a'])` differ in nothing else where s is a varchar.
    """
    joined = "".join(one.replace(" ", "\0") + " " for one in tokens)
    plain = _TEXT_ARRAY.sub(r"\2", _TEXT_CASTS.sub("text", joined))
    return (one.replace("\0", " ") for one in plain.strip(" ").split(" "))


def _is_literal(tokens: tuple[str, ...]) -> bool:
    return len(tokens) == 1 and (
        tokens[0][-1:] == "'" or tokens[0][:1].isdigit() or tokens[0] in {"null", "true", "false"}
    )


def _plain_value(tokens: tuple[str, ...], data_type: DataType) -> Iterator[str]:
    """The value of a single literal as the type holds it: `'0'` is 0 of a number, `'t'` is true of a boolean."""
    if len(tokens) != 1:
        yield from tokens
        return
    value = tokens[0]
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
    if data_type.kind in NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?", inner):
        yield inner.rstrip("0").rstrip(".") if "." in inner else inner
    elif data_type.kind in NUMBERS and inner in {"true", "false"} and inner == value:
        yield "1" if inner == "true" else "0"
    elif data_type.kind is Kind.BOOLEAN and inner.lower() in {"t", "true", "f", "false", "1", "0"}:
        yield "true" if inner.lower() in {"t", "true", "1"} else "false"
    else:
        yield value


def _options(options: Any) -> dict[str, Any]:
    """A numbering's options without those that say the engine's default: from 1 by 1, no cycle, a cache of 1."""
    said = options.model_dump(exclude_defaults=True)
    usual = {"start": 1, "increment": 1, "minimum": 1, "cache": 1}
    return {name: value for name, value in said.items() if usual.get(name) != value}
