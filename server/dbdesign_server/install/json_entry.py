"""One entry, `<group>.<name>`, in a file of JSON with comments: put in, replaced, taken out, everything else left as it is.

What is put in can be told apart by its line breaks, so that taking it out restores the file to the byte: what we made as a whole (the file,
the group) breaks after its brace, what was there and empty does not.
"""

from __future__ import annotations

import json
import re
from typing import Any

from dbdesign.errors import InputError
from dbdesign_server.install.jsonc import Member, Value, read

_INDENT = re.compile(r"\n([ \t]+)\Z")
_COMMENT = re.compile(r"//|/\*")


def with_entry(text: str | None, group: str, name: str, entry: dict[str, Any], where: str) -> str:
    """The text with the entry; without a text, a new file.

    Raises:
        InputError: where the text is not an object with an object for the group.
    """
    if text is None:
        return json.dumps({group: {name: entry}}, indent=2, ensure_ascii=False) + "\n"
    document = read(text, where)
    holder = _group(document, group, where)
    newline = "\r\n" if "\r\n" in text else "\n"
    if holder is None:
        unit = _unit(text, document)
        value = _dump({name: entry}, unit, unit * _levels(text, document), newline)
        return _with_member(text, document, f"{json.dumps(group)}: {value}", newline, spread=True)
    there = holder.value.member(name)
    if there is not None:
        return _replaced(text, there, entry, newline)
    unit = _unit(text, document)
    if _is_spread(text, holder.value):
        value = _dump(entry, unit, _indent_of(text, holder.value.members[-1].start), newline)
    else:
        value = json.dumps(entry, ensure_ascii=False)
    return _with_member(text, holder.value, f"{json.dumps(name)}: {value}", newline)


def without_entry(text: str, group: str, name: str, where: str) -> str | None:
    """The text without the entry, and without a group or a file that were made for it; None where no file is left.

    Raises:
        InputError: where the text is not an object with an object for the group.
    """
    document = read(text, where)
    holder = _group(document, group, where)
    there = holder.value.member(name) if holder else None
    if holder is None or there is None:
        return text
    made = len(holder.value.members) == 1 and _breaks_after_brace(text, holder.value)
    if not made:
        return _without_member(text, holder.value, there)
    if (
        len(document.members) == 1
        and _breaks_after_brace(text, document)
        and not _COMMENT.search(_outside(text, document, holder))
    ):
        return None
    return _without_member(text, document, holder)


def entry_of(text: str, group: str, name: str, where: str) -> Any:
    """The entry as it stands, or None."""
    holder = _group(read(text, where), group, where)
    there = holder.value.member(name) if holder else None
    return None if there is None else there.value.plain


def _group(document: Value, group: str, where: str) -> Member | None:
    found = document.member(group)
    if found is not None and not isinstance(found.value.plain, dict):
        raise InputError(f"{group!r} is no object; nothing was changed", where=where, remedy="Mend the file first")
    return found


def _with_member(text: str, holder: Value, member: str, newline: str, *, spread: bool = False) -> str:
    """The text with one more member in an object, after the others."""
    if not holder.members:
        return text[: holder.start + 1] + member + text[holder.start + 1 :]
    last, closing = holder.members[-1], holder.end - 1
    after = last.value.end if last.comma is None else last.comma + 1
    between = text[after:closing]
    end = after + len(between.rstrip())
    lead = newline + _indent_of(text, last.start) if spread or _is_spread(text, holder) else " "
    comma, trailing = (",", "") if last.comma is None else ("", ",")
    if "\n" not in lead and _ends_in_line_comment(text[after:end]):
        lead = newline
    return f"{text[: last.value.end]}{comma}{text[last.value.end : end]}{lead}{member}{trailing}{text[end:]}"


def _ends_in_line_comment(text: str) -> bool:
    return "//" in text.rpartition("\n")[2]


def _without_member(text: str, holder: Value, member: Member) -> str:
    """The text without a member, the blanks before it, and the comma that it needs no more."""
    place = holder.members.index(member)
    start = len(text[: member.start].rstrip()) if place else member.start
    end = member.value.end if member.comma is None else member.comma + 1
    if member.comma is None and place:
        before = holder.members[place - 1]
        assert before.comma is not None  # noqa: S101 - a member follows it
        return text[: before.comma] + text[before.comma + 1 : start] + text[end:]
    if not place and holder.members[1:]:
        end = len(text) - len(text[end:].lstrip())
    return text[:start] + text[end:]


def _replaced(text: str, member: Member, entry: dict[str, Any], newline: str) -> str:
    if member.value.plain == entry:
        return text
    old = text[member.value.start : member.value.end]
    indent = _indent_of(text, member.start)
    value = _dump(entry, _unit_after(indent), indent, newline) if "\n" in old else json.dumps(entry, ensure_ascii=False)
    return text[: member.value.start] + value + text[member.value.end :]


def _dump(value: dict[str, Any], unit: str, indent: str, newline: str) -> str:
    lines = json.dumps(value, indent=unit or "  ", ensure_ascii=False).split("\n")
    return newline.join([lines[0], *(indent + line for line in lines[1:])])


def _breaks_after_brace(text: str, value: Value) -> bool:
    """Whether a line ends between the brace and the first name."""
    return bool(value.members) and "\n" in text[value.start : value.members[0].start]


def _is_spread(text: str, value: Value) -> bool:
    """Whether members stand on lines of their own."""
    return bool(value.members) and bool(_INDENT.search(text[: value.members[-1].start]) or _at_line_start(text, value))


def _at_line_start(text: str, value: Value) -> bool:
    return text[: value.members[-1].start].endswith("\n")


def _indent_of(text: str, place: int) -> str:
    """The blanks between the start of the line and this place, where there is nothing else."""
    match = _INDENT.search(text[:place])
    return match.group(1) if match else ""


def _levels(text: str, document: Value) -> int:
    """How deep a new group stands: one step where the document's members have lines of their own, or where it is empty."""
    return 1 if not document.members or _is_spread(text, document) else 0


def _unit(text: str, document: Value) -> str:
    """One step of indentation."""
    indent = _indent_of(text, document.members[0].start) if document.members else ""
    return indent or "  "


def _unit_after(indent: str) -> str:
    return "\t" if "\t" in indent else indent[: len(indent) // 2] or "  "


def _outside(text: str, document: Value, member: Member) -> str:
    """All of the text but the document's one member."""
    return text[: document.start] + text[document.start : member.start] + text[member.value.end :]
