"""Parses what stands beside columns in CREATE TABLE and ALTER TABLE ADD: keys, indexes, foreign keys, checks."""

from __future__ import annotations

from typing import Literal, cast

from dbdesign.model.schema import Action, Check, ForeignKey, Index, IndexKey, Key
from dbdesign.readers.mysql.draft import SchemaDraft, TableDraft
from dbdesign.readers.mysql.types import string_value
from dbdesign.readers.tokens import TokenStream

BEGINNINGS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"}
"""Reserved words, so that no column is named so without quotation marks."""

ACTIONS = {
    ("RESTRICT",): "restrict",
    ("CASCADE",): "cascade",
    ("SET", "NULL"): "set null",
    ("NO", "ACTION"): "no action",
    ("SET", "DEFAULT"): "set default",
}
FLAGS = {
    "CLUSTERED": ("clustered", "true"),
    "NONCLUSTERED": ("clustered", "false"),
    "INVISIBLE": ("invisible", "true"),
    "IGNORED": ("ignored", "true"),
}
"""Options of a key that are a word alone."""
VALUED = {
    "KEY_BLOCK_SIZE",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "CLUSTERING",
    "M",
    "DISTANCE",
    "ADD_COLUMNAR_REPLICA_ON_DEMAND",
}
"""Options of a key with a value; carried as written."""


def at_key(stream: TokenStream) -> bool:
    """Whether a key or constraint, not a column, comes next."""
    token = stream.token
    if token.upper in {"VECTOR", "COLUMNAR"}:
        return stream.peek().upper in {"INDEX", "KEY"}
    return token.upper in BEGINNINGS or stream.at("PERIOD", "FOR")


def parse_key(stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> None:
    """Parses one key or constraint into `table`. Raises `SqlError` where it is none."""
    line = stream.line
    name = None
    if stream.accept("CONSTRAINT") and stream.is_name() and (stream.token.kind == "quoted" or not at_key(stream)):
        name = stream.name()
    if stream.accept("PRIMARY", "KEY"):
        _primary(stream, table, name)
    elif stream.accept("FOREIGN", "KEY"):
        name = _foreign(stream, table, draft, name)
    elif stream.accept("CHECK"):
        table.checks.append(parse_check(stream, name))
    elif stream.accept("PERIOD", "FOR"):
        period = stream.name().lower()
        table.options[f"period_{period}"] = stream.parenthesised()
    else:
        name = _index(stream, table, name)
    if name:
        table.lines[name] = line


def parse_check(stream: TokenStream, name: str | None) -> Check:
    """What follows CHECK."""
    expression = stream.parenthesised()
    enforced = not stream.accept("NOT", "ENFORCED")
    stream.accept("ENFORCED")
    return Check(name=name, expression=expression, enforced=enforced)


def parse_reference(stream: TokenStream, draft: SchemaDraft, name: str | None, columns: tuple[str, ...]) -> ForeignKey:
    """What follows REFERENCES. The referenced columns are empty where none are said (MariaDB)."""
    database, table = draft.qualify(stream.dotted())
    referenced = _names(stream) if stream.at("(") else ()
    match = "simple"
    actions: dict[str, Action] = {}
    while True:
        if stream.accept("MATCH"):
            match = stream.next().upper.lower()
        elif stream.at("ON", "DELETE") or stream.at("ON", "UPDATE"):
            stream.next()
            event = f"on_{stream.next().upper.lower()}"
            actions[event] = _action(stream)
        else:
            break
    return ForeignKey(
        name=name,
        columns=columns,
        referenced_namespace=database,
        referenced_table=table,
        referenced_columns=referenced,
        match=cast(Literal["simple", "full", "partial"], match),
        on_delete=actions.get("on_delete", "no action"),
        on_update=actions.get("on_update", "no action"),
    )


def _action(stream: TokenStream) -> Action:
    for words, action in ACTIONS.items():
        if stream.accept(*words):
            return cast(Action, action)
    raise stream.error("expected RESTRICT, CASCADE, SET NULL, NO ACTION or SET DEFAULT")


def _names(stream: TokenStream) -> tuple[str, ...]:
    names: list[str] = []
    stream.separated(lambda: names.append(stream.name()))
    return tuple(names)


def _primary(stream: TokenStream, table: TableDraft, name: str | None) -> None:
    method = parse_using(stream)
    if stream.is_name() and not stream.at("("):
        stream.name()  # a name is permitted and ignored: the key is always PRIMARY
    method = method or parse_using(stream)
    keys = parse_parts(stream)
    options = _Options(stream, method)
    table.primary_key = options.key(None, keys)
    names = {key.column for key in keys}
    table.columns = [c.model_copy(update={"nullable": False}) if c.name in names else c for c in table.columns]
    table.lines.setdefault(name or "PRIMARY", stream.lines(stream.tokens[0].start))


def _foreign(stream: TokenStream, table: TableDraft, draft: SchemaDraft, name: str | None) -> str | None:
    stream.accept("IF", "NOT", "EXISTS")
    index_name = stream.name() if stream.is_name() else None
    columns = _names(stream)
    stream.expect("REFERENCES")
    table.foreign_keys.append(parse_reference(stream, draft, name or index_name, columns))
    return name or index_name


def _index(stream: TokenStream, table: TableDraft, name: str | None) -> str | None:
    unique = stream.accept("UNIQUE")
    kind = stream.accept_any("FULLTEXT", "SPATIAL", "VECTOR", "COLUMNAR")
    if not stream.accept_any("KEY", "INDEX") and not unique and not kind:
        raise stream.error("expected a key or constraint")
    stream.accept("IF", "NOT", "EXISTS")
    method = parse_using(stream)
    if stream.is_name() and not stream.at_any("USING", "TYPE"):
        name = stream.name()
    method = method or parse_using(stream)
    add_index(stream, table, name, unique=unique, kind=kind, method=method)
    return name


def add_index(
    stream: TokenStream, table: TableDraft, name: str | None, *, unique: bool, kind: str | None, method: str | None
) -> None:
    """Parses the key parts and options of an index, and adds it: a unique key where it is over columns alone."""
    keys = parse_parts(stream)
    options = _Options(stream, method)
    if unique and all(key.column for key in keys):
        table.unique_keys.append(options.key(name, keys))
    else:
        table.indexes.append(options.index(name, keys, unique=unique, kind=kind))


def parse_using(stream: TokenStream) -> str | None:
    """The method after USING or TYPE, if it comes next."""
    if stream.at("USING") or (stream.at("TYPE") and stream.peek().upper in {"BTREE", "HASH", "RTREE"}):
        stream.next()
        return stream.next().upper.lower()
    return None


def parse_parts(stream: TokenStream) -> tuple[IndexKey, ...]:
    """Key parts: `(a, b(10) DESC, (lower(c)))`."""
    parts: list[IndexKey] = []
    stream.separated(lambda: parts.append(_part(stream)))
    return tuple(parts)


def _part(stream: TokenStream) -> IndexKey:
    if stream.at("("):
        expression = stream.parenthesised()
        return IndexKey(expression=expression, descending=_direction(stream))
    if stream.peek().upper == "(" and stream.peek(2).kind != "number":
        first = stream.index
        stream.next()
        stream.skip_parentheses()
        return IndexKey(expression=stream.source(first), descending=_direction(stream))
    column = stream.name()
    length = int(stream.parenthesised()) if stream.at("(") else None
    return IndexKey(column=column, length=length, descending=_direction(stream))


def _direction(stream: TokenStream) -> bool:
    return stream.accept_any("ASC", "DESC") == "DESC"


class _Options:
    """Index options after the key parts."""

    def __init__(self, stream: TokenStream, method: str | None) -> None:
        self.method = method
        self.comment: str | None = None
        self.values: dict[str, str] = {}
        while self._one(stream):
            pass

    def _one(self, stream: TokenStream) -> bool:
        word = stream.token.upper
        if method := parse_using(stream):
            self.method = method
        elif word == "COMMENT":
            stream.next()
            stream.accept("=")
            self.comment = string_value(stream.next().text)
        elif stream.accept("WITH", "PARSER"):
            self.values["parser"] = stream.name()
        elif word in {"VISIBLE", "GLOBAL", "LOCAL"}:
            self.values.update({"global": "true"} if word == "GLOBAL" else {})
            stream.next()
        elif stream.accept("NOT", "IGNORED"):
            pass
        elif word in FLAGS:
            self.values.update([FLAGS[word]])
            stream.next()
        elif word in VALUED:
            stream.next()
            stream.accept("=")
            self.values[word.lower()] = stream.next().text
        elif word == "WHERE":
            first = stream.index + 1
            stream.skip_until(",")
            self.values["where"] = stream.source(first)
        else:
            return False
        return True

    def _clustered(self) -> bool | None:
        said = self.values.pop("clustered", None)
        return None if said is None else said == "true"

    def key(self, name: str | None, keys: tuple[IndexKey, ...]) -> Key:
        """A primary or unique key."""
        plain = all(key.length is None and not key.descending for key in keys)
        if any(key.column is None for key in keys):
            keys = tuple(key for key in keys if key.column)
        return Key(
            name=name,
            columns=tuple(key.column for key in keys if key.column),
            keys=() if plain else keys,
            method=self.method,
            comment=self.comment,
            clustered=self._clustered(),
            options=self.values,
        )

    def index(self, name: str | None, keys: tuple[IndexKey, ...], *, unique: bool, kind: str | None) -> Index:
        """An index; INVISIBLE (MySQL) and IGNORED (MariaDB) mean not visible."""
        self._clustered()
        hidden = self.values.pop("invisible", None) or self.values.get("ignored")
        method = {"FULLTEXT": "fulltext", "SPATIAL": "spatial", "VECTOR": "vector", "COLUMNAR": "columnstore"}.get(
            kind or "", self.method or "btree"
        )
        options = dict(self.values)
        if self.method == "btree" and kind is None:
            options["using"] = "btree"
        if kind in {"VECTOR", "COLUMNAR"} and self.method:
            options["using"] = self.method
        where = options.pop("where", None)
        return Index(
            name=name,
            keys=keys,
            unique=unique,
            method=method,
            visible=not hidden,
            comment=self.comment,
            where=where,
            options=options,
        )
