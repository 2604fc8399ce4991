"""Parses CREATE TABLE: its body, its options and its partitions."""

from __future__ import annotations

from dbdesign.errors import SqlError
from dbdesign.model.schema import IndexKey, Partitioning
from dbdesign.readers.mysql.columns import parse_column
from dbdesign.readers.mysql.draft import SchemaDraft, TableDraft
from dbdesign.readers.mysql.keys import at_key, parse_key
from dbdesign.readers.mysql.types import parse_charset, string_value
from dbdesign.readers.tokens import TokenStream, unquoted

QUERY = {"SELECT", "AS", "IGNORE", "REPLACE", "WITH", "VALUES", "TABLE"}
"""Words that begin the query of CREATE TABLE … SELECT."""

TWO_WORDS = {("DATA", "DIRECTORY"), ("INDEX", "DIRECTORY"), ("PLACEMENT", "POLICY"), ("START", "TRANSACTION")}
"""Table options of two words."""

WITHOUT_SIGN = frozenset(
    """
    auto_increment auto_id_cache auto_random_base avg_row_length checksum collate comment compression connection data_directory
    delay_key_write encryption engine engine_attribute index_directory insert_method key_block_size max_rows min_rows pack_keys
    page_checksum password placement_policy pre_split_regions row_format secondary_engine secondary_engine_attribute
    shard_row_id_bits stats_auto_recalc stats_persistent stats_sample_pages tablespace transactional ttl ttl_enable type union
    """.split()  # noqa: SIM905 - a list of a word a line would hide the rest
)
"""Table options that may be written without an equals sign (create-table); others are taken with one."""


def create_table(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows CREATE [OR REPLACE] TABLE. Raises `SqlError` where nothing of the table can be kept."""
    keep = stream.accept("IF", "NOT", "EXISTS")
    database, name = draft.qualify(stream.dotted())
    table = TableDraft(database, name, line)
    if stream.at("LIKE") or (stream.at("(") and stream.peek().upper == "LIKE"):
        stream.accept("(")
        stream.expect("LIKE")
        _copy(draft.table(stream.dotted()), table, stream)
    else:
        if stream.at("(") and stream.peek().upper != "SELECT":
            _body(stream, table, draft)
        _rest(stream, table, draft)
    draft.add_table(table, keep=keep)


def _copy(source: TableDraft | None, table: TableDraft, stream: TokenStream) -> None:
    if source is None:
        raise SqlError("LIKE names a table that is not declared above", line=stream.lines(stream.tokens[0].start))
    for attribute in ("columns", "unique_keys", "checks", "indexes"):
        setattr(table, attribute, list(getattr(source, attribute)))
    table.primary_key, table.partitioning, table.comment = source.primary_key, source.partitioning, source.comment
    table.options = dict(source.options)


def _body(stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> None:
    stream.expect("(")
    while True:
        _element(stream, table, draft)
        if stream.accept(")"):
            return
        if not stream.accept(","):
            raise stream.error(f"expected , or ) in table {table.name}")
        if stream.accept(")"):  # a trailing comma: the server refuses it, nothing is lost by reading on
            return


def _element(stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> None:
    """A column or a key. What cannot be parsed is reported and left out, up to the next comma, so that the rest is kept."""
    first = stream.index
    try:
        if at_key(stream):
            parse_key(stream, table, draft)
        else:
            table.columns.append(parse_column(stream, table, draft))
        reason = "not understood after a definition"
        first = stream.index
    except SqlError as error:
        stream.index = first
        reason = error.what
    if not stream.at_any(",", ")"):
        stream.skip_until(",")
        if stream.index == first or stream.ended:
            raise stream.error(f"expected , or ) in table {table.name}")
        draft.not_understood(stream, first, f"table {table.name}: {reason}")


def _rest(stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> None:
    first = stream.index
    while not stream.ended and not stream.at("PARTITION", "BY"):
        if stream.token.upper in QUERY and not stream.at("WITH", "SYSTEM"):
            break
        if not parse_option(stream, table):
            break
    if stream.at("PARTITION", "BY"):
        parse_partitioning(stream, table)
    if stream.ended:
        return
    first = stream.index
    query = stream.token.upper in QUERY or stream.at("(")
    stream.index = len(stream.tokens)
    reason = "columns and rows that a query gives" if query else "not understood as a table option"
    draft.not_understood(stream, first, f"table {table.name}: {reason}")


def parse_option(stream: TokenStream, table: TableDraft) -> bool:
    """Parses one table option into `table`; whether there was one."""
    stream.accept(",")
    stream.accept("DEFAULT")
    if charset := parse_charset(stream):
        table.options["charset"] = charset
        return True
    if stream.token.kind != "word":
        return False
    if stream.accept("WITH", "SYSTEM", "VERSIONING"):
        table.options["system_versioned"] = "true"
        return True
    start = stream.index
    word = stream.next().upper.lower()
    if (word.upper(), stream.token.upper) in TWO_WORDS:
        word = f"{word}_{stream.next().upper.lower()}"
    if word == "start_transaction":
        table.options[word] = "true"
        return True
    if (not stream.accept("=") and word not in WITHOUT_SIGN) or stream.ended:
        stream.index = start
        return False
    _set_option(stream, table, word)
    return True


def _set_option(stream: TokenStream, table: TableDraft, word: str) -> None:
    if word == "union":
        table.options[word] = f"({stream.parenthesised()})"
        return
    if word == "ttl":
        first = stream.index
        stream.next()
        if stream.accept("+") and stream.accept("INTERVAL"):
            stream.next()
            stream.next()
        table.options[word] = stream.source(first)
        return
    token = stream.next()
    value = string_value(token.text) if token.kind == "string" else unquoted(token)
    if word == "comment":
        table.comment = value or None
    elif word == "collate":
        table.options["collation"] = value.lower()
    elif word in {"engine", "type"}:
        table.options["engine"] = value
    elif word == "row_format":
        table.options[word] = value.lower()
    elif word == "auto_increment":
        table.number(int(value))
    else:
        table.options[word] = token.text


def parse_partitioning(stream: TokenStream, table: TableDraft) -> None:
    """Parses PARTITION BY … to the end of the statement (or a query); the clause is kept as written."""
    first = stream.index
    stream.expect("PARTITION", "BY")
    linear = stream.accept("LINEAR")
    strategy = stream.next().upper.lower()
    if stream.accept("ALGORITHM"):
        stream.accept("=")
        stream.next()
    columns = stream.accept("COLUMNS")
    keys: tuple[IndexKey, ...] = ()
    if stream.at("("):
        opening = stream.index
        inside = stream.parenthesised()
        tokens = stream.tokens[opening + 1 : stream.index - 1]
        names_only = columns or strategy == "key" or len(tokens) == 1
        names = [unquoted(token) for token in tokens if token.kind in {"word", "quoted"}]
        keys = tuple(IndexKey(column=name) for name in names) if names_only else (IndexKey(expression=inside),)
    while not stream.ended and not stream.at_any("SELECT", "AS"):
        stream.next()
    table.partitioning = Partitioning(
        strategy=f"linear {strategy}" if linear else strategy, keys=keys, text=stream.source(first)
    )
