"""Python expressions as values, laid out as the formatters black and ruff do: on one line where that fits, else broken at the brackets."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH = 88
"""Characters of a line: the default of both formatters."""

INDENT = "    "


@dataclass(frozen=True)
class Code:
    """A piece of source that is never broken."""

    text: str

    def flat(self) -> str:
        """On one line."""
        return self.text


@dataclass(frozen=True)
class Named:
    """A keyword argument, or an entry of a dictionary with `: ` between."""

    name: str
    value: Expression
    joint: str = "="

    def flat(self) -> str:
        """On one line."""
        return f"{self.name}{self.joint}{self.value.flat()}"


@dataclass(frozen=True)
class Call:
    """A call."""

    function: str
    arguments: tuple[Expression, ...] = field(default=())

    def flat(self) -> str:
        """On one line."""
        return f"{self.function}({', '.join(one.flat() for one in self.arguments)})"


@dataclass(frozen=True)
class Group:
    """A tuple, list or dictionary, by its opening and closing bracket."""

    brackets: str
    elements: tuple[Expression, ...]

    def flat(self) -> str:
        """On one line."""
        comma = "," if self.brackets == "()" and len(self.elements) == 1 else ""
        return f"{self.brackets[0]}{', '.join(one.flat() for one in self.elements)}{comma}{self.brackets[1]}"


Expression = Code | Named | Call | Group


def call(function: str, /, *arguments: Expression | None, **named: Expression | None) -> Call:
    """A call; arguments that are None are left out."""
    keywords = [Named(name, value) for name, value in named.items() if value is not None]
    return Call(function, (*(one for one in arguments if one is not None), *keywords))


def string(text: str) -> Code:
    """A text as a literal, in double quotes unless that needs more backslashes."""
    plain = repr(text)
    body = plain[1:-1]
    if plain[0] == "'":
        body = body.replace("\\'", "'") if '"' not in text else body
        if '"' not in text:
            return Code(f'"{body}"')
        return Code(f"'{body}'") if "'" not in text else Code(_double(text))
    return Code(f'"{body}"')


def _double(text: str) -> str:
    """A text with both quotes, as the formatters prefer it."""
    body = repr(text)[1:-1]
    inner = body.replace("\\'", "'") if repr(text)[0] == "'" else body
    doubles, singles = text.count('"'), text.count("'")
    if doubles > singles:
        return "'" + inner.replace("'", "\\'") + "'"
    return '"' + inner.replace('"', '\\"') + '"'


def laid_out(expression: Expression, indent: int, before: int, after: int = 0) -> str:
    """An expression in source.

    Args:
        indent: of the line that it begins in.
        before: characters in front of it in that line.
        after: characters that follow its end in the line.
    """
    flat = expression.flat()
    if before + len(flat) + after <= WIDTH and "\n" not in flat:
        return flat
    if isinstance(expression, Named):
        start = f"{expression.name}{expression.joint}"
        return start + laid_out(expression.value, indent, before + len(start), after)
    if isinstance(expression, Call) and expression.arguments:
        return _broken(f"{expression.function}(", expression.arguments, ")", indent, together=True)
    if isinstance(expression, Group) and expression.elements:
        return _broken(expression.brackets[0], expression.elements, expression.brackets[1], indent, together=False)
    return flat


def _broken(opening: str, elements: tuple[Expression, ...], closing: str, indent: int, *, together: bool) -> str:
    inner = indent + 4
    line = ", ".join(one.flat() for one in elements)
    if together and inner + len(line) <= WIDTH:
        return f"{opening}\n{' ' * inner}{line}\n{' ' * indent}{closing}"
    lines = "".join(f"{' ' * inner}{laid_out(one, inner, inner, 1)},\n" for one in elements)
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def assignment(target: str, value: Expression, indent: int = 0) -> str:
    """A statement `target = value`."""
    start = f"{' ' * indent}{target} = "
    return start + laid_out(value, indent, len(start)) + "\n"
