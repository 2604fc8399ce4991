"""Text that knows where it may break: the document algebra that Prettier and its ancestors print with (Wadler, "A prettier printer").

A document is a string, a sequence of documents, or one of the nodes below. A group is printed on one line where it fits, broken at its own
lines where it does not; a hard line breaks every group around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 80
"""Prettier's default `printWidth`."""


@dataclass(frozen=True)
class Line:
    """A possible break: `flat` when not taken. `hard` is always taken."""

    flat: str = " "
    hard: bool = False


@dataclass(frozen=True)
class Indent:
    """Lines inside are two columns further in."""

    body: Doc


@dataclass(frozen=True)
class Group:
    """Breaks as a whole or not at all."""

    body: Doc


@dataclass(frozen=True)
class Choice:
    """The first alternative that fits; the last where none does. The first must fit flat."""

    options: tuple[Doc, ...]


@dataclass(frozen=True)
class IfBroken:
    """A text that stands only where the group around it is broken (a trailing comma)."""

    text: str


@dataclass(frozen=True)
class Fluid:
    """What stands behind `=` or `:`: on the same line where it fits up to its own first break, else indented on the next."""

    body: Doc


Doc = str | Line | Indent | Group | Choice | IfBroken | Fluid | tuple["Doc", ...]

LINE, SOFT, HARD = Line(), Line(""), Line(hard=True)


def joined(separator: Doc, parts: Iterable[Doc]) -> Doc:
    """The parts with the separator between them."""
    found: list[Doc] = []
    for part in parts:
        if found:
            found.append(separator)
        found.append(part)
    return tuple(found)


def will_break(doc: Doc) -> bool:
    """Whether a hard line (or a line break in a text) is in it, in its first alternative where there are several."""
    match doc:
        case str():
            return "\n" in doc
        case Line():
            return doc.hard
        case Indent() | Group() | Fluid():
            return will_break(doc.body)
        case Choice():
            return will_break(doc.options[0])
        case IfBroken():
            return False
        case _:
            return any(will_break(one) for one in doc)


Command = tuple[int, bool, Doc]
"""Columns of indentation, whether the group around is broken, and what to print."""


def fits(  # noqa: C901 - one branch a kind of document
    command: Command, rest: Sequence[Command], room: int
) -> bool:
    """Whether the text up to the next break that will be taken fits into the room."""
    stack = [command]
    following = len(rest)
    while room >= 0:
        if not stack and following == 0:
            return True
        if not stack:
            following -= 1
            stack.append(rest[following])
        indent, broken, doc = stack.pop()
        match doc:
            case str():
                room -= len(doc.split("\n", 1)[0])
                if "\n" in doc:
                    return room >= 0
            case Line() if doc.hard or broken:
                return True
            case Line():
                room -= len(doc.flat)
            case Indent():
                stack.append((indent, broken, doc.body))
            case Fluid() if broken:
                return True
            case Fluid():
                stack += [(indent, False, doc.body), (indent, False, " ")]
            case IfBroken():
                room -= len(doc.text) if broken else 0
            case Group() | Choice():
                stack.append(_opened(doc, indent, broken=broken))
            case _:
                stack.extend((indent, broken, one) for one in reversed(doc))
    return False


def _opened(doc: Group | Choice, indent: int, *, broken: bool) -> Command:
    """A group, or the alternative that would be printed, while room is measured."""
    first = doc.body if isinstance(doc, Group) else doc.options[0]
    opened = broken or will_break(first)
    return (indent, opened, doc.options[-1] if opened and isinstance(doc, Choice) else first)


def render(doc: Doc, *, width: int = WIDTH) -> str:
    """The text of a document."""
    out: list[str] = []
    column = 0
    stack: list[Command] = [(0, True, doc)]
    while stack:
        indent, broken, one = stack.pop()
        match one:
            case str():
                out.append(one)
                column = len(one) - one.rindex("\n") - 1 if "\n" in one else column + len(one)
            case Line():
                if broken or one.hard:
                    out.append("\n" + " " * indent)
                    column = indent
                else:
                    out.append(one.flat)
                    column += len(one.flat)
            case Indent():
                stack.append((indent + 2, broken, one.body))
            case Group():
                flat = not will_break(one.body) and fits((indent, False, one.body), stack, width - column)
                stack.append((indent, not flat, one.body))
            case Fluid():
                stays = not broken or fits((indent, False, " "), [*stack, (indent, True, one.body)], width - column)
                stack.append((indent if stays else indent + 2, broken, one.body))
                stack.append((indent + 2, not stays, LINE))
            case Choice():
                stack.append(_chosen(one, indent, stack, width - column))
            case IfBroken():
                if broken:
                    out.append(one.text)
                    column += len(one.text)
            case _:
                stack.extend((indent, broken, part) for part in reversed(one))
    return _without_trailing_blanks("".join(out))


def _chosen(choice: Choice, indent: int, rest: Sequence[Command], room: int) -> Command:
    first = choice.options[0]
    if fits((indent, False, first), rest, room):
        return (indent, False, first)
    for option in choice.options[1:-1]:
        if fits((indent, True, option), rest, room):
            return (indent, True, option)
    return (indent, True, choice.options[-1])


def _without_trailing_blanks(text: str) -> str:
    """Lines that hold nothing but indentation are empty; texts of several lines (template literals) keep theirs."""
    return "\n".join("" if line.isspace() else line for line in text.split("\n"))
