"""One table, `[<group>.<name>]`, in a TOML file: put at the end, replaced, taken out, everything else left as it is.

The text is edited by lines and read again: where the result says anything else than it should, nothing is changed.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from dbdesign.errors import InputError

_HEADER = re.compile(r"[ \t]*\[")


def with_table(text: str | None, group: str, name: str, entry: dict[str, Any], where: str) -> str:
    """The text with the table; without a text, a new file.

    Raises:
        InputError: where the text is not TOML, or holds the entry in a form that cannot be changed safely.
    """
    block = f"[{group}.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
    if text is None:
        return block
    data, newline = _read(text, where), "\r\n" if "\r\n" in text else "\n"
    if (there := data.get(group, {}).get(name) if isinstance(data.get(group, {}), dict) else None) == entry:
        return text
    base = text if there is None else _cut(text, group, name, data, where)[0]
    changed = f"{base}{newline}{block.replace(chr(10), newline)}"
    wanted = {**data, group: {**data.get(group, {}), name: entry}} if isinstance(data.get(group, {}), dict) else {}
    return _checked(changed, wanted, where)


def without_table(text: str, group: str, name: str, where: str) -> str | None:
    """The text without the table; None where no file is left.

    Raises:
        InputError: where the text is not TOML, or holds the entry in a form that cannot be changed safely.
    """
    data = _read(text, where)
    if name not in (data.get(group) or {}):
        return text
    changed, whole = _cut(text, group, name, data, where)
    return None if whole else changed


def _cut(text: str, group: str, name: str, data: dict[str, Any], where: str) -> tuple[str, bool]:
    """The text without the table and the line break before it, and whether the table was all of the file."""
    lines = text.splitlines(keepends=True)
    ours = re.compile(
        rf"[ \t]*\[[ \t]*{_key(group)}[ \t]*\.[ \t]*{_key(name)}[ \t]*(?:\.[^\]]*)?\][ \t]*(?:#.*)?\r?\n?\Z"
    )
    wanted = {**data, group: {key: value for key, value in data[group].items() if key != name}}
    if not wanted[group]:
        del wanted[group]
    kept, inside, blanks = list[str](), False, list[str]()
    for line in lines:
        if _HEADER.match(line):
            inside = bool(ours.match(line))
        if not inside:
            kept += [*blanks, line]
            blanks = []
        elif not line.strip() or line.lstrip().startswith("#"):
            blanks.append(line)  # belongs to what follows, if anything does
        else:
            blanks = []
    before = "".join(kept)
    if not before and not blanks:
        return "", True
    first = next((index for index, line in enumerate(lines) if ours.match(line)), 0)
    head = "".join(lines[:first])
    if before.startswith(head) and head.endswith("\n"):
        before = re.sub(r"\r?\n\Z", "", head) + before[len(head) :]
    return _checked(before, wanted, where, group), False


def _key(name: str) -> str:
    return rf"(?:{re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')"


def _read(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            f"is not TOML: {error}; nothing was changed", where=where, remedy="Mend the file first"
        ) from None


def _checked(text: str, wanted: dict[str, Any], where: str, emptied: str | None = None) -> str:
    """The text, if it says what it should."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        said = None
    if said is not None and emptied is not None and said.get(emptied) == {}:
        del said[emptied]
    if said != wanted:
        what = "holds the entry in a form that cannot be changed safely; nothing was changed"
        raise InputError(what, where=where, remedy="Change it by hand")
    return text
