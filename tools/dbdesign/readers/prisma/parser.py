"""Parses Prisma schemas. A line that cannot be understood is set aside with its number, and the next one is read."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.readers.base import Unread
from dbdesign.readers.prisma.lexer import Token, text_value, tokens
from dbdesign.readers.prisma.syntax import Argument, Attribute, Block, Document, Expression, FieldSyntax

DEPTH = 64
"""How deep expressions may nest."""
CONFIGURATION = frozenset({"datasource", "generator"})
DECLARATION = frozenset({"model", "view", "type", "enum"})


class _MisreadError(Exception):
    """A line that does not parse; says why."""


def parse(files: Mapping[str, str]) -> Document:
    """Everything that the files declare, in the order of their paths."""
    document = Document()
    for path in sorted(files):
        _File(path, files[path], document).read()
    return document


class _File:
    def __init__(self, path: str, source: str, document: Document) -> None:
        self.path = path
        self.source = source
        self.document = document
        self.tokens = tokens(source)
        self.at = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def accept(self, text: str) -> bool:
        if self.token.kind == "mark" and self.token.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise _MisreadError(f"`{text}` is missing before {self._shown()}")

    def word(self, what: str) -> str:
        if self.token.kind not in {"word", "number"}:
            raise _MisreadError(f"{what} is missing before {self._shown()}")
        return self.next().text

    def _shown(self) -> str:
        token = self.token
        if token.kind in {"newline", "end"}:
            return "the end of the line"
        return "a quotation that does not end" if token.text == '"' else f"`{token.text[:40]}`"

    def newlines(self) -> None:
        while self.token.kind in {"newline", "document"}:
            self.at += 1

    # Recovery

    def set_aside(self, start: int, reason: str) -> None:
        """Note the line that begins at a token, and go on behind it."""
        first = self.tokens[start]
        begin = self.source.rfind("\n", 0, first.start) + 1
        end = self.source.find("\n", first.start)
        text = self.source[begin : len(self.source) if end < 0 else end].strip()[:200]
        self.document.unread.append(Unread(line=first.line, text=text, reason=reason, path=self.path))
        self.at = start
        while self.token.kind not in {"newline", "end"}:
            self.at += 1

    # Blocks

    def read(self) -> None:
        """Read the file to its end."""
        while self.token.kind != "end":
            comment = self.comment()
            start = self.at
            try:
                self.block(comment)
            except _MisreadError as misread:
                self.set_aside(start, str(misread))
                self.skip_block()

    def skip_block(self) -> None:
        """Past the lines of a block whose beginning was not understood."""
        if self.tokens[self.at - 1].text != "{":
            return
        while self.token.kind != "end":
            closes = self.token.text == "}" and self.tokens[self.at - 1].kind == "newline"
            self.at += 1
            if closes:
                return

    def comment(self) -> str | None:
        """The documentation before a declaration; empty lines cut it off from what came before."""
        lines: list[str] = []
        while self.token.kind in {"newline", "document"}:
            token = self.next()
            if token.kind == "document":
                lines.append(token.text[3:].strip())
                if self.token.kind == "newline":
                    self.at += 1
            else:
                lines.clear()
        return "\n".join(lines).strip() or None

    def block(self, comment: str | None) -> None:
        if self.token.kind == "end":
            return
        line = self.token.line
        kind = self.word("a declaration")
        if kind not in CONFIGURATION | DECLARATION:
            raise _MisreadError(f"`{kind[:40]}` is no declaration of Prisma's")
        name = self.word("a name")
        if kind == "type" and self.token.text == "=":
            raise _MisreadError("type aliases were never released: name the type in the field")
        self.expect("{")
        self.rest_of_line()
        if kind in CONFIGURATION:
            self.document.blocks.append(Block(kind, name, self.path, line, settings=self.settings(), comment=comment))
            return
        fields, attributes = self.members(kind)
        self.document.blocks.append(Block(kind, name, self.path, line, fields, attributes, comment=comment))

    def rest_of_line(self) -> None:
        """Only a comment may follow an opening brace, or the whole block on one line."""
        if self.token.kind == "document":
            self.at += 1

    def settings(self) -> dict[str, Expression]:
        found: dict[str, Expression] = {}
        while not self.closed():
            start = self.at
            try:
                name = self.word("a setting")
                self.expect("=")
                found[name] = self.expression()
                self.ends()
            except _MisreadError as misread:
                self.set_aside(start, str(misread))
        return found

    def members(self, kind: str) -> tuple[tuple[FieldSyntax, ...], tuple[Attribute, ...]]:
        fields: list[FieldSyntax] = []
        attributes: list[Attribute] = []
        while True:
            comment = self.comment()
            if self.closed():
                return tuple(fields), tuple(attributes)
            start = self.at
            try:
                if self.accept("@@"):
                    attributes.append(self.attribute())
                    self.ends()
                else:
                    fields.append(self.field(comment, is_value=kind == "enum"))
            except _MisreadError as misread:
                self.set_aside(start, str(misread))

    def closed(self) -> bool:
        """Whether the block ends here: by its brace, or, where that is missing, before the next declaration or the end."""
        self.newlines()
        if self.accept("}"):
            return True
        token = self.token
        if token.kind != "end" and not self.declares():
            return False
        reason = "a block is not closed before this"
        self.document.unread.append(Unread(line=token.line, text=token.text, reason=reason, path=self.path))
        return True

    def declares(self) -> bool:
        """Whether a declaration begins here, at the beginning of a line."""
        if self.token.text not in CONFIGURATION | DECLARATION or self.at + 2 >= len(self.tokens):
            return False
        return self.tokens[self.at + 1].kind == "word" and self.tokens[self.at + 2].text == "{"

    def ends(self) -> str | None:
        """The end of a member, with the documentation that may stand there."""
        said = self.next().text[3:].strip() if self.token.kind == "document" else None
        if self.token.kind not in {"newline", "end"} and self.token.text != "}":
            raise _MisreadError(f"{self._shown()} is not understood here")
        return said

    # Members

    def field(self, comment: str | None, *, is_value: bool) -> FieldSyntax:
        line = self.token.line
        name = self.word("the name of a field")
        type_name, arity, unsupported = ("", "", None) if is_value else self.type()
        attributes: list[Attribute] = []
        while self.accept("@"):
            attributes.append(self.attribute())
        said = "\n".join(one for one in (comment, self.ends()) if one) or None
        return FieldSyntax(name, line, type_name, arity, unsupported, tuple(attributes), said)  # type: ignore[arg-type]

    def type(self) -> tuple[str, str, str | None]:
        self.accept(":")
        legacy_list = self.accept("[")
        name = self.word("a type")
        unsupported = None
        if name == "Unsupported":
            self.expect("(")
            if self.token.kind != "text":
                raise _MisreadError("what is unsupported is missing")
            unsupported = self.text()
            self.expect(")")
        if legacy_list:
            self.expect("]")
            return name, "[]", unsupported
        if self.accept("[]"):
            self.accept("?")
            return name, "[]", unsupported
        if self.accept("?"):
            return name, "?", unsupported
        self.accept("!")
        return name, "", unsupported

    def attribute(self) -> Attribute:
        line = self.token.line
        name = self.word("the name of an attribute")
        return Attribute(name, self.arguments("(", ")", 0) if self.token.text == "(" else (), line)

    # Expressions

    def arguments(self, opening: str, closing: str, depth: int) -> tuple[Argument, ...]:
        self.expect(opening)
        found: list[Argument] = []
        self.newlines()
        while not self.accept(closing):
            found.append(self.argument(depth))
            self.newlines()
            if not self.accept(","):
                self.expect(closing)
                break
            self.newlines()
        return tuple(found)

    def argument(self, depth: int) -> Argument:
        following = self.tokens[self.at + 1] if self.token.kind == "word" else None
        if following is None or following.text != ":":
            return Argument(self.expression(depth))
        name = self.next().text
        self.at += 1
        return Argument(self.expression(depth), name)

    def text(self) -> str:
        value = text_value(self.next().text)
        if "\x00" in value or any("\ud800" <= one <= "\udfff" for one in value):
            raise _MisreadError("a text with characters that no database stores")
        return value

    def expression(self, depth: int = 0) -> Expression:
        if depth > DEPTH:
            raise _MisreadError("expressions are nested too deeply")
        token = self.token
        if token.text == "[]" and token.kind == "mark":
            self.at += 1
            return Expression("list")
        if token.text == "[" and token.kind == "mark":
            return Expression("list", arguments=self.arguments("[", "]", depth + 1))
        if token.text == "{" and token.kind == "mark":
            return Expression("object", arguments=self.arguments("{", "}", depth + 1))
        if token.kind == "text":
            return Expression("text", self.text())
        if token.kind == "number":
            return Expression("number", self.next().text)
        name = self.word("a value")
        if self.token.text == "(" and self.token.kind == "mark":
            return Expression("call", name, self.arguments("(", ")", depth + 1))
        return Expression("name", name)
