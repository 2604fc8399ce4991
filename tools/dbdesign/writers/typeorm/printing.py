"""TypeScript values as Prettier lays them out: on one line where they fit in 80 columns, else with the last object or array opened.

Source: Prettier's rationale (https://prettier.io/docs/rationale): double quotes unless there are more of them inside, trailing commas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 80
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*\Z", re.ASCII)


@dataclass(frozen=True)
class Code:
    """Source as it stands."""

    text: str


Printed = Code | str | int | float | bool | None | Sequence["Printed"] | Mapping[str, "Printed"]


def string(text: str) -> str:
    """A string literal: a template where it has several lines."""
    if "\n" in text:
        escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
        return f"`{escaped}`"
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')
    body = body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return quote + body.replace(quote, f"\\{quote}") + quote


def key(name: str) -> str:
    """A property's name, quoted where it must be."""
    return name if _IDENTIFIER.match(name) else string(name)


def flat(value: Printed) -> str:
    """A value on one line."""
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return string(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key(name)}: {flat(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return f"[{', '.join(flat(one) for one in value)}]"


def broken(value: Printed, indent: int) -> str:
    """A value with its members on lines of their own; others as they are."""
    pad = " " * (indent + 2)
    if isinstance(value, Mapping) and value:
        lines = [f"{pad}{_member(name, one, indent + 2)}," for name, one in value.items()]
        return "{\n" + "\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        lines = [f"{pad}{laid_out(one, indent + 2, indent + 2, 1)}," for one in value]
        return "[\n" + "\n".join(lines) + "\n" + " " * indent + "]"
    return flat(value)


def _member(name: str, value: Printed, indent: int) -> str:
    head = f"{key(name)}:"
    text = laid_out(value, indent, indent + len(head) + 1, 1)
    over = indent + len(head) + 1 + len(text.split("\n", 1)[0]) + 1 > WIDTH
    if over and isinstance(value, str) and "\n" not in text:
        return f"{head}\n{' ' * (indent + 2)}{text}"
    if over and isinstance(value, Code) and value.text.startswith("() => "):
        return f"{head} () =>\n{' ' * (indent + 2)}{value.text.removeprefix('() => ')}"
    return f"{head} {text}"


def laid_out(value: Printed, indent: int, column: int, behind: int) -> str:
    """A value at a column, with as many characters behind it."""
    text = flat(value)
    return text if "\n" not in text and column + len(text) + behind <= WIDTH else broken(value, indent)


def call(name: str, args: Sequence[Printed], indent: int) -> str:
    """A call: on a line, with its last object or array opened, or an argument a line."""
    line = f"{name}({', '.join(flat(one) for one in args)})"
    if indent + len(line) <= WIDTH and "\n" not in line:
        return line
    head = f"{name}({''.join(f'{flat(one)}, ' for one in args[:-1])}"
    if _opens(args[-1]) and indent + len(head) + 1 <= WIDTH and not any(map(_opens, args[:-1])):
        return f"{head}{broken(args[-1], indent)})"
    if _hugs(args) and indent + len(head) + 1 <= WIDTH:
        return f"{head}{broken(args[-1], indent)})"
    if len(args) == 1 and isinstance(args[0], str) and "\n" in args[0]:
        return line
    pad = " " * (indent + 2)
    lines = [f"{pad}{laid_out(one, indent + 2, indent + 2, 1)}," for one in args]
    return f"{name}(\n" + "\n".join(lines) + "\n" + " " * indent + ")"


def _opens(value: Printed) -> bool:
    return isinstance(value, (Mapping, Sequence)) and not isinstance(value, str) and bool(value)


def _hugs(args: Sequence[Printed]) -> bool:
    """An object behind an array is opened, an array behind one is not."""
    return isinstance(args[-1], Mapping) and bool(args[-1])


def imports(names: Sequence[str], source: str) -> str:
    """An import of names."""
    line = f"import {{ {', '.join(names)} }} from {string(source)};"
    if len(line) <= WIDTH or len(names) == 1:
        return line
    return "import {\n" + "".join(f"  {name},\n" for name in names) + f"}} from {string(source)};"


__all__ = ["WIDTH", "Code", "Printed", "broken", "call", "flat", "imports", "key", "laid_out", "string"]
