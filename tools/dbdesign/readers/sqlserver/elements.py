"""What tables are made of beside columns: keys, references, checks, defaults, names and storage clauses."""

from __future__ import annotations

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.schema import Action, Check, ForeignKey, IndexKey, Key
from dbdesign.readers.sqlserver.drafts import Name
from dbdesign.readers.tokens import TokenStream

ACTIONS: dict[tuple[str, ...], Action] = {
    ("NO", "ACTION"): "no action",
    ("CASCADE",): "cascade",
    ("SET", "NULL"): "set null",
    ("SET", "DEFAULT"): "set default",
}
OPERATORS = ("+", "-", "*", "/", "%", "&", "|", "^", "||")


def object_name(stream: TokenStream) -> Name:
    """`[db].[schema].[name]` as (schema or None for dbo, name)."""
    parts = stream.dotted()
    if len(parts) == 1 and stream.at(".", "."):
        stream.index += 2
        return None, stream.name()
    *qualifiers, name = parts
    namespace = qualifiers[-1] if qualifiers else None
    return (None if namespace is None or namespace.lower() == "dbo" else namespace), name


def bare(text: str) -> str:
    """An expression without the parentheses around all of it."""
    return without_outer_parentheses(text, quotes="'\"[")


def default_expression(stream: TokenStream) -> str:
    """What follows DEFAULT: a parenthesised expression, a literal, a call, and operators between them."""
    first = stream.index
    _operand(stream)
    while stream.at_any(*OPERATORS):
        stream.next()
        _operand(stream)
    return bare(stream.source(first))


def _operand(stream: TokenStream) -> None:
    while stream.accept_any("+", "-", "~"):
        pass
    if stream.at("("):
        stream.skip_parentheses()
    elif stream.accept("NEXT", "VALUE", "FOR"):
        stream.dotted()
    elif stream.token.kind in {"string", "number"}:
        stream.next()
    else:
        stream.dotted()
        if stream.at("("):
            stream.skip_parentheses()


def key_columns(stream: TokenStream) -> tuple[IndexKey, ...]:
    """`(a ASC, b DESC)`."""
    keys: list[IndexKey] = []

    def part() -> None:
        name = stream.name()
        direction = stream.accept_any("ASC", "DESC")
        keys.append(IndexKey(column=name, descending=direction == "DESC"))

    stream.separated(part)
    return tuple(keys)


def names(stream: TokenStream) -> tuple[str, ...]:
    """`(a, b)`."""
    found: list[str] = []
    stream.separated(lambda: found.append(stream.name()))
    return tuple(found)


DEFAULT_OPTIONS = {
    "pad_index": "off",
    "statistics_norecompute": "off",
    "statistics_incremental": "off",
    "ignore_dup_key": "off",
    "allow_row_locks": "on",
    "allow_page_locks": "on",
    "optimize_for_sequential_key": "off",
    "data_compression": "none",
    "xml_compression": "off",
    "fillfactor": "0",
}
"""What CREATE INDEX takes as said where nothing is said."""
HOW_TO_BUILD = frozenset(
    {
        "sort_in_tempdb",
        "drop_existing",
        "online",
        "maxdop",
        "resumable",
        "max_duration",
        "system_versioning_consistency",
    }
)
"""Options of the statement, not of the index."""


OLD_OPTIONS = frozenset(
    {"FILLFACTOR", "PAD_INDEX", "IGNORE_DUP_KEY", "DROP_EXISTING", "SORT_IN_TEMPDB", "STATISTICS_NORECOMPUTE"}
)
"""What may follow WITH without parentheses, for backward compatibility (CREATE INDEX)."""


def with_options(stream: TokenStream) -> dict[str, str]:
    """`WITH (A = b, …)` or the old `WITH FILLFACTOR = n`, without what is the default anyway."""
    if not stream.at("WITH"):
        return {}
    if not stream.at("WITH", "("):
        return _old_options(stream) if stream.peek().upper in OLD_OPTIONS else {}
    stream.next()
    options: dict[str, str] = {}
    stream.separated(lambda: option(stream, options))
    return {
        name: value
        for name, value in options.items()
        if DEFAULT_OPTIONS.get(name) != value and name not in HOW_TO_BUILD
    }


def _old_options(stream: TokenStream) -> dict[str, str]:
    found = {}
    stream.next()
    while stream.at_any(*OLD_OPTIONS):
        name = stream.next().text.lower()
        value = stream.next().text.lower() if stream.accept("=") else "on"
        if name not in HOW_TO_BUILD:
            found[name] = value
        stream.accept(",")
    return found


def option(stream: TokenStream, options: dict[str, str]) -> None:
    """One `NAME = value` into `options`, in lower case where it is but words."""
    name = stream.next().text.lower()
    if not stream.accept("="):
        options[name] = "on"
        return
    first = stream.index
    while not stream.ended and not stream.at_any(",", ")"):
        if stream.at("("):
            stream.skip_parentheses()
        else:
            stream.next()
    value = stream.source(first)
    options[name] = value.lower() if value.replace(" ", "").replace("_", "").isalnum() else value


def placement(stream: TokenStream) -> dict[str, str]:
    """`ON filegroup`, `ON scheme(column)`, TEXTIMAGE_ON, FILESTREAM_ON; [PRIMARY] and "default" say nothing."""
    found: dict[str, str] = {}
    while True:
        word = stream.accept_any("TEXTIMAGE_ON", "FILESTREAM_ON")
        if word is None and not (stream.at("ON") and stream.is_name(1)):
            return found
        if word is None:
            stream.next()
        name = stream.name()
        if stream.at("("):
            found["partition_scheme"] = name
            found["partition_column"] = ", ".join(names(stream))
        elif name.lower() not in {"primary", "default"}:
            found[word.lower() if word else "filegroup"] = name


def clustering(stream: TokenStream) -> bool | None:
    """CLUSTERED, NONCLUSTERED or nothing."""
    word = stream.accept_any("CLUSTERED", "NONCLUSTERED")
    return None if word is None else word == "CLUSTERED"


def key(stream: TokenStream, name: str | None, column: str | None = None) -> Key:
    """What follows PRIMARY KEY or UNIQUE."""
    clustered = clustering(stream)
    options = {"hash": "on"} if stream.accept("HASH") else {}
    keys = key_columns(stream) if stream.at("(") else (IndexKey(column=column),)
    options |= with_options(stream) | placement(stream)
    if stream.accept("NOT", "ENFORCED"):
        options["not_enforced"] = "on"
    columns = tuple(one.column or "" for one in keys)
    plain = not any(one.descending for one in keys)
    return Key(name=name, columns=columns, keys=() if plain else keys, clustered=clustered, options=options)


def references(stream: TokenStream, name: str | None, columns: tuple[str, ...]) -> ForeignKey:
    """What follows REFERENCES."""
    namespace, table = object_name(stream)
    referenced = names(stream) if stream.at("(") else ()
    actions: dict[str, Action] = {}
    while True:
        if stream.accept("ON", "DELETE"):
            actions["on_delete"] = _action(stream)
        elif stream.accept("ON", "UPDATE"):
            actions["on_update"] = _action(stream)
        elif not stream.accept("NOT", "FOR", "REPLICATION"):
            break
    return ForeignKey(
        name=name,
        columns=columns,
        referenced_namespace=namespace,
        referenced_table=table,
        referenced_columns=referenced,
        on_delete=actions.get("on_delete", "no action"),
        on_update=actions.get("on_update", "no action"),
    )


def _action(stream: TokenStream) -> Action:
    for words, action in ACTIONS.items():
        if stream.accept(*words):
            return action
    raise stream.error("expected NO ACTION, CASCADE, SET NULL or SET DEFAULT")


def check(stream: TokenStream, name: str | None) -> Check:
    """What follows CHECK."""
    stream.accept("NOT", "FOR", "REPLICATION")
    return Check(name=name, expression=bare(stream.parenthesised()))
