"""What every tool's answer has: a summary first, what was not understood, the notes, the proof, and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from dbdesign.api.paging import Item
from dbdesign.api.text import without_secrets

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded

SHOWN = 25
"""Entries of a long list that come before the main part of an answer; the others come after it."""

_SHOWN_LINES = 12


class Answer(BaseModel):
    """The part that all answers share. Fields that were not set are left out of the JSON."""

    model_config = ConfigDict(extra="forbid")

    summary: str = Field(description="what was found, in one paragraph; read this first")
    page: int = Field(default=1, description="the page of this answer, from 1")
    pages: int = Field(default=1, description="how many pages there are; ask for the next with the argument `page`")

    _readable: str = PrivateAttr(default="")

    @property
    def readable(self) -> str:
        """The same facts as compact text."""
        return self._readable

    def with_text(self, readable: str) -> Self:
        """This answer with its readable form."""
        self._readable = readable
        return self

    def structured(self) -> dict[str, Any]:
        """The answer as JSON: what the tool's structured content is, and what `--json` prints."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class UnreadOut(BaseModel):
    """A piece of the input that was not understood."""

    line: int
    text: str
    reason: str
    path: str | None = Field(default=None, description="of the file, where the source has several")


class SkippedOut(BaseModel):
    """Pieces that were understood and left out on purpose."""

    kind: str
    count: int
    reason: str
    lines: list[int] = Field(default_factory=list, description="where, at most the first dozen")


def plural(count: int, noun: str) -> str:
    """`1 table`, `1,204 tables`, `2 indexes`, `3 policies`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        noun = f"{noun[:-1]}ie"
    return f"{count:,} {noun}{'es' if noun.endswith(('x', 'ss', 'ch')) else 's'}"


def unread_items(loaded: Loaded) -> tuple[list[Item], list[Item]]:
    """What was not understood: the first entries, and the others, which come after the main part."""
    items = [
        Item(
            "unread",
            {
                "line": one.line,
                "text": without_secrets(one.text)[:200],
                "reason": one.reason[:400],
                **({"path": one.path} if one.path else {}),
            },
            f"{place_of(one.path, one.line)}: {one.reason[:400]}: {' '.join(without_secrets(one.text)[:200].split())}",
        )
        for one in loaded.result.unread
    ]
    return items[:SHOWN], items[SHOWN:]


def place_of(path: str | None, line: int) -> str:
    """`models/order.py:12`, or `line 12` of the only file."""
    return f"{path}:{line}" if path else f"line {line}"


def skipped_items(loaded: Loaded) -> list[Item]:
    """What was left out on purpose, grouped."""
    return [
        Item(
            "skipped",
            {
                "kind": one.kind,
                "count": one.count,
                "reason": one.reason,
                **({"lines": list(one.lines[:_SHOWN_LINES])} if one.lines else {}),
            },
            f"{one.count} × {one.kind}: {one.reason}",
        )
        for one in loaded.result.skipped
    ]


def note_items(notes: Iterable[str]) -> list[Item]:
    """Notes of a reader, long ones cut."""
    texts = [note if len(note) <= 1500 else f"{note[:1500]}… [{len(note) - 1500} more characters]" for note in notes]
    return [Item("notes", text, text) for text in texts]


def section(items: Sequence[Item], name: str) -> list[Any]:
    """The structured entries of one section."""
    return [item.value for item in items if item.section == name]


def accounted(loaded: Loaded) -> str:
    """Sentences on what was and what was not read: nothing of it is ever left out of a summary."""
    result = loaded.result
    said = []
    declared, read = result.declared_tables, len(result.schema_.tables)
    if declared is not None and declared != read:
        short = f"{declared - read} fewer" if declared > read else f"{read - declared} more"
        said.append(
            f"The text has {plural(declared, 'CREATE TABLE statement')}, but {read:,} tables were read: {short}."
        )
    if dangling := loaded.design.relations.dangling:
        names = ", ".join(dict.fromkeys(key.references for _, key in dangling[:4]))
        said.append(f"{plural(len(dangling), 'foreign key')} to tables that are not there ({names}).")
    if result.unread:
        said.append(f"{plural(len(result.unread), 'statement')} not understood (see unread).")
    if result.skipped:
        kinds = ", ".join(f"{one.count} {one.kind}" for one in result.skipped[:6])
        more = f" and {len(result.skipped) - 6} other kinds" if len(result.skipped) > 6 else ""
        said.append(f"Left out on purpose: {kinds}{more}.")
    return " ".join(said)


def paged(summary: str, page: int, pages: int) -> str:
    """The summary, with how to go on where there are more pages."""
    if pages <= 1:
        return summary
    onward = f"call again with page={page + 1} for the next" if page < pages else "this is the last"
    return f"{summary} Page {page} of {pages}: {onward}."


def text_of(summary: str, items: Sequence[Item], titles: dict[str, str]) -> str:
    """The readable form: the summary, then each section under its title."""
    parts = [summary]
    current = ""
    for item in items:
        if item.section != current:
            current = item.section
            if title := titles.get(current, current.replace("_", " ").capitalize()):
                parts.append(f"\n{title}:")
        parts.append(item.text)
    return "\n".join(parts)


def readable_size(size: float) -> str:
    """Bytes for people: `12.7 GB`."""
    for unit, factor in (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size / 1024:,.0f} kB"
