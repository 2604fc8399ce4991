"""Splits a script into batches at GO, as sqlcmd and Management Studio do, on tokens: GO in a comment or string is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.readers.tokens import Lexer, Lexis, Lines, Token, TokenStream

TSQL = Lexis(
    identifier_quotes=(("[", "]"), ('"', '"')),
    string_prefix="[Nn]",
    nested_comments=True,
    word=r"(?:[@#]{0,2}|\$)[\w$#@]+",
)
LEXER = Lexer(TSQL)
SQLCMD = re.compile(r"^[ \t]*(:[a-zA-Z][^\n]*|GO[ \t]*\d*[ \t]*(?:--[^\n]*)?)\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A script's batches, without GO, and its comments by line; `directives` are sqlcmd's `:setvar`, `:r` … by line."""

    batches: tuple[TokenStream, ...]
    comments: dict[int, str]
    directives: tuple[tuple[int, str], ...]


def split(text: str) -> Script:
    """The batches of a script.

    Raises:
        SqlError: where a string, name or comment is never closed.
    """
    lines, comments = Lines(text), {}

    def on_comment(offset: int, comment: str) -> None:
        comments[lines(offset)] = comment

    tokens = list(LEXER.tokens(text, on_comment=on_comment))
    commands = {match.start(1): match for match in SQLCMD.finditer(text)}
    directives: list[tuple[int, str]] = []
    batches = [TokenStream(text, batch, lines) for batch in _batches(tokens, commands, directives, lines) if batch]
    return Script(tuple(batches), comments, tuple(directives))


def _batches(
    tokens: list[Token], commands: dict[int, re.Match[str]], directives: list[tuple[int, str]], lines: Lines
) -> Iterator[list[Token]]:
    batch: list[Token] = []
    skip_to = -1
    for token in tokens:
        if token.start < skip_to:
            continue
        command = commands.get(token.start)
        if command is None:
            batch.append(token)
            continue
        skip_to = command.end(1)
        if command[1].startswith(":"):
            directives.append((lines(token.start), command[1].strip()))
        else:
            yield batch
            batch = []
    yield batch


def declared_tables(script: Script) -> int:
    """CREATE TABLE statements by their tokens, but for temporary tables and the bodies of routines."""
    return sum(_declared(batch) for batch in script.batches if not is_module(batch))


def _declared(batch: TokenStream) -> int:
    count, tokens = 0, batch.tokens
    for index in range(len(tokens) - 2):
        if tokens[index].upper == "CREATE" and tokens[index + 1].upper == "TABLE":
            names = tokens[index + 2 : index + 7]
            count += not any(token.text.strip("[").startswith("#") for token in names[:1] + names[2:3] + names[4:5])
    return count


MODULES = frozenset({"VIEW", "PROC", "PROCEDURE", "FUNCTION", "TRIGGER"})


def is_module(batch: TokenStream) -> bool:
    """Whether the batch is one CREATE (or ALTER) VIEW, PROCEDURE, FUNCTION or TRIGGER: those go to the end of their batch."""
    words = [token.upper for token in batch.tokens[:4]]
    if words[:1] not in (["CREATE"], ["ALTER"]):
        return False
    kind = words[3:4] if words[1:3] == ["OR", "ALTER"] else words[1:2]
    return bool(kind) and kind[0] in MODULES
