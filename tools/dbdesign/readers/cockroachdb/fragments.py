"""Statements as tokens with in-place edits, so that what is taken out leaves every line where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbdesign.readers.postgresql.tokens import Token, tokens

_CALLED_WITHOUT_PARENTHESES = {
    "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME", "CURRENT_USER", "SESSION_USER", "CURRENT_ROLE",
    "CURRENT_SCHEMA", "CURRENT_CATALOG",
}  # fmt: skip
_SAID_BY_CONSTANTS = {
    "STRING",
    "INT",
    "INT2",
    "INT4",
    "INT8",
    "DECIMAL",
    "FLOAT",
    "FLOAT4",
    "FLOAT8",
    "BOOL",
    "TIMESTAMP",
    "TIMESTAMPTZ",
}


@dataclass
class Fragment:
    """A stretch of SQL: its tokens without comments, and the edits that will be made to it."""

    text: str
    words: list[Token] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Fragment:
        """The fragment of a text."""
        return cls(text, [token for token in tokens(text) if token.kind != "comment"])

    def word(self, at: int) -> Token:
        """The token at a position; an empty one beyond the end, for statements that are cut short."""
        return self.words[at] if 0 <= at < len(self.words) else Token("symbol", "", len(self.text))

    def upper(self, at: int) -> str:
        """The word or symbol at a position, in upper case; empty beyond the end."""
        return self.word(at).upper

    def follows(self, at: int, *wanted: str) -> bool:
        """Whether these words stand at a position."""
        return all(self.upper(at + offset) == word for offset, word in enumerate(wanted))

    def end_of(self, at: int) -> int:
        """The offset after the token at a position."""
        token = self.word(at)
        return token.start + len(token.text)

    def slice(self, first: int, after: int) -> str:
        """The text from one token up to (not including) another."""
        if first >= after:
            return ""
        return self.text[self.word(first).start : self.end_of(after - 1)]

    def replace(self, first: int, after: int, new: str) -> None:
        """Puts `new` in the place of tokens; the line breaks among them stay."""
        if first < after:
            start, end = self.word(first).start, self.end_of(after - 1)
            self.edits.append((start, end, new + "\n" * self.text.count("\n", start, end)))

    def blank(self, first: int, after: int) -> None:
        """Takes tokens out."""
        self.replace(first, after, "")

    def insert(self, at: int, new: str) -> None:
        """Puts text before a token."""
        start = self.word(at).start
        self.edits.append((start, start, new))

    def edited(self) -> str:
        """The text with all edits made; insertions come before replacements, and an edit inside another is lost with it."""
        parts: list[str] = []
        done = 0
        for start, end, new in sorted(self.edits, key=lambda edit: (edit[0], edit[1] > edit[0], -edit[1])):
            if start >= done:
                parts += [self.text[done:start], new]
                done = end
        return "".join(parts) + self.text[done:]

    def closing(self, opening: int) -> int:
        """The position of the parenthesis that closes the one at `opening`; the last position where none does."""
        depth = 0
        for at in range(opening, len(self.words)):
            depth += {"(": 1, ")": -1}.get(self.words[at].text, 0)
            if depth == 0:
                return at
        return max(opening, len(self.words) - 1)

    def split(self, first: int, after: int) -> Iterator[tuple[int, int]]:
        """The stretches between commas outside parentheses and brackets."""
        depth, start = 0, first
        for at in range(first, min(after, len(self.words))):
            text = self.words[at].text
            if text in {"(", "["}:
                depth += 1
            elif text in {")", "]"}:
                depth -= 1
            elif text == "," and depth == 0:
                yield start, at
                start = at + 1
        if start < after:
            yield start, after

    def until(self, first: int, after: int, stops: Sequence[str] | set[str]) -> int:
        """The position of the first of some words outside parentheses, or `after`."""
        at = first
        after = min(after, len(self.words))
        while at < after:
            if self.words[at].text == "(":
                at = self.closing(at)
            elif self.upper(at) in stops and at > first:
                return at
            at += 1
        return after

    def name(self, at: int) -> tuple[str | None, str, int]:
        """Namespace, name and the position after a name of up to three parts (`database.schema.table`)."""
        parts = [self.word(at).name]
        at += 1
        while self.upper(at) == "." and at + 1 < len(self.words) and self.words[at + 1].is_name:
            parts.append(self.words[at + 1].name)
            at += 2
        namespace = parts[-2] if len(parts) > 1 else None
        return namespace, parts[-1], at


def postgresql_spelling(text: str) -> str:
    """The text with what CockroachDB spells otherwise in expressions: `:::` annotations, `current_timestamp()`, `table@index`."""
    if ":::" not in text and "@" not in text and "()" not in text and "( )" not in text:
        return text
    fragment = Fragment.of(text)
    for at in range(len(fragment.words)):
        if fragment.upper(at) == "::" and fragment.upper(at + 1) == ":":
            _annotation(fragment, at)
        elif fragment.upper(at) in _CALLED_WITHOUT_PARENTHESES and fragment.follows(at + 1, "(", ")"):
            fragment.blank(at + 1, at + 3)
        elif fragment.upper(at) == "@" and _is_index_hint(fragment, at):
            fragment.blank(at, at + 2)
    return fragment.edited()


def _annotation(fragment: Fragment, at: int) -> None:
    """`:::` says a constant's type: left out where the constant says it, a cast where it does not."""
    before = fragment.words[at - 1] if at else None
    end = at + 3
    while fragment.upper(end) == "." and end + 1 < len(fragment.words):
        end += 2
    plain = fragment.upper(end - 1) in _SAID_BY_CONSTANTS and fragment.upper(end) not in {"(", "["}
    if before is not None and plain and (before.kind in {"string", "number"} or before.text == ")"):
        fragment.blank(at, end)
    else:
        fragment.blank(at + 1, at + 2)


def _is_index_hint(fragment: Fragment, at: int) -> bool:
    if not at or at + 1 >= len(fragment.words):
        return False
    before, after = fragment.words[at - 1], fragment.words[at + 1]
    touching = (
        before.start + len(before.text) == fragment.words[at].start and fragment.words[at].start + 1 == after.start
    )
    return touching and before.is_name and after.is_name
