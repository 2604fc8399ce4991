"""PostgreSQL's operators and constants that sqlglot does not know, or reads as something else: made neutral before it parses.

`a <@ b` and `a OPERATOR(<@) b` are the same to PostgreSQL, precedence included (gram.y: `qual_Op` is `Op` or `OPERATOR(any_operator)`), and
sqlglot reads the second for every operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import zip_longest
from typing import Any

postgast: Any = import_module("postgast")  # by name, since its stubs do not type-check
_TOKEN: Any = import_module("postgast.pg_query_pb2").Token

COMMUTED = {
    "@>": "<@",
    "<@": "@>",
    "<<": ">>",
    ">>": "<<",
    "<<=": ">>=",
    ">>=": "<<=",
    "<%": "%>",
    "%>": "<%",
    "<<%": "%>>",
    "%>>": "<<%",
    "<<|": "|>>",
    "|>>": "<<|",
    **{name: name for name in ("&&", "-|-", "%", "~=", "<->", "<=>", "<#>", "<+>")},
}
"""What an operator is with its sides changed (`pg_operator.oprcom`, and the manuals of pg_trgm and pgvector); `@@` is its own for texts."""

KINDS = {
    **dict.fromkeys(("@>", "<@", "?", "?|", "?&", "@?"), "document"),
    **dict.fromkeys(("@@", "@@@"), "text search"),
    **dict.fromkeys(("<<=", ">>="), "network"),
    **dict.fromkeys(("%", "<%", "%>", "<<%", "%>>"), "similarity"),
    **dict.fromkeys(("-|-", "<<", ">>", "&<", "&>"), "range"),
    **dict.fromkeys(("~=", "<<|", "|>>", "&<|", "|&>"), "geometry"),
    "&&": "array",
}
"""What each operator asks for, whichever type it is of, where only an inverted or a search tree serves it."""

DISTANCES = frozenset({"<->", "<=>", "<#>", "<+>", "<~>", "<%>", "<<->", "<->>", "<<<->", "<->>>"})
"""Operators that an ORDER BY … LIMIT may walk an index by: PostgreSQL's geometry, pg_trgm, btree_gist, PostGIS, pgvector."""

_NEUTRAL = (KINDS.keys() | DISTANCES | {"@@@"}) - {"?", "?|", "?&", "%"}
"""Those that are rewritten: `?` may be a placeholder, and sqlglot reads it; `%` is a token of its own."""

_OPERATOR, _NAME, _CONSTANT = (_TOKEN.Value(one) for one in ("Op", "IDENT", "SCONST"))
_COMMENTS = frozenset({_TOKEN.Value("SQL_COMMENT"), _TOKEN.Value("C_COMMENT")})
_OPENERS = frozenset({b"(", b"[", b",", b"=", b"."})
"""After these an operator stands before its only operand, or is being named."""


def neutral(sql: str) -> str:
    """The statement with `OPERATOR(…)` around operators that sqlglot reads otherwise, and `'…'::box` for `box '…'`.

    As it is where PostgreSQL cannot scan it.
    """
    text = sql.encode()
    try:
        tokens = [one for one in postgast.scan(sql).tokens if one.token not in _COMMENTS]
    except (postgast.PgQueryError, ValueError):
        return sql
    changes = list(_changes(text, tokens))
    parts, place = [], 0
    for start, end, said in changes:
        parts += [text[place:start], said]
        place = end
    return b"".join([*parts, text[place:]]).decode()


def _changes(text: bytes, tokens: Sequence[Any]) -> Iterator[tuple[int, int, bytes]]:
    """What is to be written instead of which bytes, in their order."""
    before = b"("
    for one, after in zip_longest(tokens, tokens[1:]):
        said = text[one.start : one.end]
        if one.token == _OPERATOR and said.decode() in _NEUTRAL and before not in _OPENERS:
            yield one.start, one.end, b" OPERATOR(" + said + b") "
        elif one.token == _NAME and after is not None and after.token == _CONSTANT and before != b".":
            yield one.start, after.end, text[after.start : after.end] + b"::" + said
        before = said
