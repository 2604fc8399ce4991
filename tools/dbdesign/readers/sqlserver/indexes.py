"""Indexes of T-SQL: rowstore, columnstore, XML, spatial and full-text, on their own or within a table."""

from __future__ import annotations

from dbdesign.model.schema import Index, IndexKey
from dbdesign.readers.sqlserver import elements
from dbdesign.readers.sqlserver.drafts import Name
from dbdesign.readers.tokens import TokenStream

WHERE_ENDS = ("WITH", "ON", ";", ",", "FILESTREAM_ON", "INDEX", "CONSTRAINT")


def inline_index(stream: TokenStream, column: str | None = None) -> Index:
    """`INDEX name [UNIQUE] [CLUSTERED] (…)` within a table, or beside a column, which is then its key."""
    stream.expect("INDEX")
    name = stream.name()
    unique = stream.accept("UNIQUE")
    clustered = elements.clustering(stream)
    options: dict[str, str] = {}
    method = "columnstore" if stream.accept("COLUMNSTORE") else "btree"
    if stream.accept("HASH"):
        method = "hash"
    keys = (IndexKey(column=column),) if column and not stream.at("(") else _keys(stream, method)
    return _rest(
        stream,
        Index(name=name, keys=keys, unique=unique, method=method, clustered=bool(clustered), options=options),
    )


def create_index(stream: TokenStream) -> tuple[Name, Index]:
    """`[UNIQUE] [CLUSTERED|NONCLUSTERED] [COLUMNSTORE] INDEX name ON table (…) …`, after CREATE: the table and the index."""
    unique = stream.accept("UNIQUE")
    clustered = elements.clustering(stream)
    method = "columnstore" if stream.accept("COLUMNSTORE") else "btree"
    stream.expect("INDEX")
    name = stream.name()
    stream.expect("ON")
    table = elements.object_name(stream)
    keys = _keys(stream, method)
    index = Index(name=name, keys=keys, unique=unique, method=method, clustered=bool(clustered))
    return table, _rest(stream, index)


def _keys(stream: TokenStream, method: str) -> tuple[IndexKey, ...]:
    if method == "columnstore":
        if not stream.at("("):
            return ()
        return tuple(IndexKey(column=name) for name in elements.names(stream))
    return elements.key_columns(stream)


def _rest(stream: TokenStream, index: Index) -> Index:
    """INCLUDE, ORDER, WHERE, WITH and ON, in that order."""
    changes: dict[str, object] = {}
    options = dict(index.options)
    if stream.accept("INCLUDE"):
        changes["include"] = elements.names(stream)
    if stream.accept("ORDER"):
        options["order"] = ", ".join(elements.names(stream))
    if stream.accept("WHERE"):
        first = stream.index
        stream.skip_until(*WHERE_ENDS)
        changes["where"] = elements.bare(stream.source(first))
    options |= elements.with_options(stream)
    options |= elements.placement(stream)
    changes["options"] = options
    return index.model_copy(update=changes)


def create_xml_index(stream: TokenStream) -> tuple[Name, Index]:
    """`[PRIMARY] XML INDEX name ON table (column) [USING XML INDEX primary FOR VALUE]`."""
    options = {"xml": "primary" if stream.accept("PRIMARY") else "secondary"}
    stream.expect("XML", "INDEX")
    name = stream.name()
    stream.expect("ON")
    table = elements.object_name(stream)
    keys = elements.key_columns(stream)
    if stream.accept("USING", "XML", "INDEX"):
        options["using"] = stream.name()
        if stream.accept("FOR"):
            options["for"] = stream.name().lower()
    elif stream.at("FOR"):
        stream.next()
        options |= {"xml": "selective", "for": stream.parenthesised()}
    options |= elements.with_options(stream)
    return table, Index(name=name, keys=keys, method="xml", options=options)


def create_spatial_index(stream: TokenStream) -> tuple[Name, Index]:
    """`SPATIAL INDEX name ON table (column) [USING tessellation] [WITH (…)]`."""
    stream.expect("SPATIAL", "INDEX")
    name = stream.name()
    stream.expect("ON")
    table = elements.object_name(stream)
    keys = elements.key_columns(stream)
    options: dict[str, str] = {}
    if stream.accept("USING"):
        options["using"] = stream.name().lower()
    options |= elements.with_options(stream) | elements.placement(stream)
    return table, Index(name=name, keys=keys, method="spatial", options=options)


def create_fulltext_index(stream: TokenStream) -> tuple[Name, Index]:
    """`FULLTEXT INDEX ON table (column [TYPE COLUMN c] [LANGUAGE n] …) KEY INDEX key [ON catalog] [WITH …]`."""
    stream.expect("FULLTEXT", "INDEX", "ON")
    table = elements.object_name(stream)
    keys: list[IndexKey] = []
    options: dict[str, str] = {}

    def part() -> None:
        column = stream.name()
        keys.append(IndexKey(column=column))
        if stream.accept("TYPE", "COLUMN"):
            options[f"type_column {column}"] = stream.name()
        if stream.accept("LANGUAGE"):
            options[f"language {column}"] = stream.next().text
        if stream.accept("STATISTICAL_SEMANTICS"):
            options[f"statistical_semantics {column}"] = "on"

    stream.separated(part)
    stream.expect("KEY", "INDEX")
    options["key_index"] = stream.name()
    if stream.accept("ON"):
        options["catalog"] = stream.parenthesised().strip() if stream.at("(") else stream.name()
    if stream.accept("WITH"):
        first = stream.index
        stream.skip_until(";")
        options["with"] = stream.source(first)
    return table, Index(keys=tuple(keys), method="fulltext", options=options)
