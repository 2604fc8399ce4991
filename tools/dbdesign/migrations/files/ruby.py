"""As much of Ruby as migrations are written in, read and never executed: calls with literal arguments, blocks, classes and methods.

What is something else (interpolated strings, operators, loops) becomes `Unknown`, with its line, and whoever reads it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dbdesign.migrations.files.ruby_tokens import RubyError, Token, Unknown, tokens

DEEPEST = 100
"""Blocks and brackets within each other; a migration has five."""

_OPENERS = {"class", "module", "def", "if", "unless", "case", "while", "until", "begin", "for", "do"}
_BODY = {"class", "module", "def", "begin"}
_ENDS = {"end", "else", "elsif", "rescue", "ensure", "when", "in"}
_CLOSERS = ("}", ")", "]")


@dataclass
class Block:
    """`do |t| … end` or `{ |t| … }`."""

    parameters: list[str]
    body: list[Any]


@dataclass
class CallNode:
    """A call: `receiver` is another value, or None. Keyword arguments are in `options`."""

    name: str
    line: int
    receiver: Any = None
    args: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    block: Block | None = None


@dataclass
class Group:
    """`class`, `def`, `if` … with its head as text, and what is in it."""

    keyword: str
    head: str
    line: int
    body: list[Any]
    others: list[Any] = field(default_factory=list)


class Parser:
    """Takes tokens for statements."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self.stray: list[int] = []
        """Lines of an `end` without a beginning: what is before it may belong elsewhere."""

    def program(self) -> list[Any]:
        """Everything."""
        found: list[Any] = []
        while self._at < len(self._tokens):
            found += self._body(set())
            if self._at < len(self._tokens):
                self.stray.append(self._take().line)
        return found

    # -- tokens ------------------------------------------------------------------------------------------------------------

    def _peek(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else Token("end of text", "", 0)

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        token = self._peek()
        return token.kind in {"operator", "name"} and token.text in texts

    def _accept(self, text: str) -> bool:
        if self._is(text):
            self._at += 1
            return True
        return False

    def _skip_newlines(self) -> None:
        while self._peek().kind == "newline":
            self._at += 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RubyError(f"more than {DEEPEST} blocks within each other", where=f"line {self._peek().line}")

    # -- statements --------------------------------------------------------------------------------------------------------

    def _body(self, ends: set[str]) -> list[Any]:
        """Statements up to one of `ends`, which is left, or any keyword that ends a body."""
        self._deeper()
        found: list[Any] = []
        while True:
            self._skip_newlines()
            token = self._peek()
            if token.kind == "end of text" or (token.kind == "name" and token.text in _ENDS) or token.text in ends:
                break
            begun = self._at
            found.append(self._statement())
            if self._at == begun:
                self._at += 1
        self._depth -= 1
        return found

    def _statement(self) -> Any:
        token = self._peek()
        if token.kind == "name" and token.text in _OPENERS and token.text != "do":
            return self._group(self._take())
        value = self._value()
        while self._is("if", "unless", "while", "until", "rescue"):
            word = self._take()
            value = Group(word.text, self._rest_of_line(), word.line, [value])
        if self._peek().kind not in {"newline", "end of text"} and not self._is("}", *_ENDS):
            rest = self._rest_of_line()
            return Unknown(f"{_text_of(value)} {rest}".strip(), token.line)
        return value

    def _group(self, opener: Token) -> Group:
        head = self._rest_of_line(stop={"then"})
        self._accept("then")
        group = Group(opener.text, head, opener.line, self._body(set()))
        group.others += self._others()
        self._accept("end")
        return group

    def _others(self) -> list[Group]:
        """`else`, `rescue`, `when` … up to the end of what they belong to."""
        found = []
        while self._is("else", "elsif", "rescue", "ensure", "when", "in"):
            word = self._take()
            head = "" if word.text in {"else", "ensure"} else self._rest_of_line(stop={"then"})
            self._accept("then")
            found.append(Group(word.text, head, word.line, self._body(set())))
        return found

    def _rest_of_line(self, stop: set[str] | frozenset[str] = frozenset()) -> str:
        """Text up to the end of the line, brackets and blocks in it whole."""
        words: list[str] = []
        depth = 0
        while (token := self._peek()).kind != "end of text":
            if depth == 0 and (token.kind == "newline" or token.text in stop or token.text == "}"):
                break
            if token.kind in {"operator", "name"}:
                valued = token.text in {"if", "unless", "while"} and words[-1:] in (["="], ["("], ["=>"])
                depth += valued or token.text in {"(", "[", "{", "do", "begin", "case"}
                depth -= token.text in {")", "]", "}"} or (token.text == "end" and depth > 0)
            words.append(token.text)
            self._at += 1
        return " ".join(words)

    # -- values ------------------------------------------------------------------------------------------------------------

    def _value(self) -> Any:
        value = self._primary()
        while True:
            token = self._peek()
            if token.text in {".", "&."} and token.kind == "operator":
                self._at += 1
                self._skip_newlines()
                value = self._call(self._take(), value)
            elif token.kind == "newline" and self._peek(1).text in {".", "&."} and self._peek(1).kind == "operator":
                self._at += 1
            elif token.text == "::":
                self._at += 1
                value = self._call(self._take(), value)
            elif token.text == "[" and not token.spaced:
                self._at += 1
                value = CallNode("[]", token.line, value, self._list("]"))
            else:
                return value

    def _primary(self) -> Any:
        token = self._take()
        if token.kind in {"string", "value"}:
            value = token.value
            while self._peek().kind == "string" and self._peek().text[:1] in "\"'" and isinstance(value, str):
                more = self._take().value
                value = value + more if isinstance(more, str) else more
            return value
        if token.kind == "label":
            self._at -= 1
            return self._pairs({"newline"})
        if token.kind == "name":
            return self._named(token)
        if token.text == "[":
            return self._list("]")
        if token.text == "{":
            pairs = self._pairs({"}"})
            self._accept("}")
            return pairs
        if token.text == "->":
            return self._lambda(token)
        if token.text == "-" and self._peek().kind == "value":
            return -self._take().value
        if token.text == "(":
            return self._bracketed(token)
        return Unknown(token.text, token.line)

    def _named(self, token: Token) -> Any:
        constants: dict[str, Any] = {"true": True, "false": False, "nil": None}
        if token.text in constants:
            return constants[token.text]
        return self._call(token, None)

    def _bracketed(self, token: Token) -> Any:
        self._deeper()
        self._skip_newlines()
        value = self._value()
        self._skip_newlines()
        self._depth -= 1
        if not self._accept(")"):
            self._until(")")
            return Unknown("(…)", token.line)
        return value

    def _lambda(self, token: Token) -> Any:
        if self._accept("("):
            self._until(")")
        block = self._block()
        if block is not None and len(block.body) == 1:
            return CallNode("lambda", token.line, block=block)
        return Unknown("-> …", token.line)

    def _until(self, closer: str) -> None:
        depth = 0
        while (token := self._take()).kind != "end of text":
            if token.text == closer and depth == 0:
                return
            depth += token.text in {"(", "[", "{"}
            depth -= token.text in {")", "]", "}"}

    def _list(self, closer: str) -> list[Any]:
        """Values up to a bracket."""
        self._deeper()
        found: list[Any] = []
        while self._peek().kind != "end of text":
            self._skip_newlines()
            if self._accept(closer):
                break
            begun = self._at
            found.append(self._argument({closer}))
            self._skip_newlines()
            if not self._accept(",") and self._at == begun:
                self._at += 1
        self._depth -= 1
        return found

    def _argument(self, closers: set[str]) -> Any:
        """A value with whatever operators follow it, which make it unknown."""
        token = self._peek()
        value = self._value()
        while self._peek().kind not in {"newline", "end of text"} and not self._is(",", "do", "=>", *_CLOSERS):
            if self._is("if", "unless") and not closers - {"newline"}:
                break
            value = Unknown(f"{_text_of(value)} {self._take().text}", token.line)
        return value

    def _pairs(self, closers: set[str]) -> dict[str, Any]:
        """`key: value, :key => value` up to a closer, which is left."""
        self._deeper()
        found: dict[str, Any] = {}
        while self._peek().kind != "end of text":
            if "}" in closers or ")" in closers:
                self._skip_newlines()
            if self._is(*closers) or (self._peek().kind == "newline" and "newline" in closers):
                break
            begun = self._at
            key = self._take().value if self._peek().kind == "label" else self._key(closers)
            self._skip_newlines()
            found[str(key)] = self._argument(closers)
            if self._peek().kind == "newline" and closers != {"newline"}:
                self._skip_newlines()
            if self._accept(","):
                self._skip_newlines()
            elif self._at == begun or not self._is(*closers):
                break
        self._depth -= 1
        return found

    def _key(self, closers: set[str]) -> Any:
        key = self._argument(closers)
        return key if self._accept("=>") else Unknown(_text_of(key), self._peek().line)

    # -- calls -------------------------------------------------------------------------------------------------------------

    def _call(self, token: Token, receiver: Any) -> CallNode:
        call = CallNode(token.text.rstrip(":"), token.line, receiver)
        if self._peek().text == "(" and not self._peek().spaced and self._peek().kind == "operator":
            self._at += 1
            self._arguments(call, {")"})
            self._skip_newlines()
            self._accept(")")
        elif self._begins_argument(token):
            self._arguments(call, {"newline"})
        call.block = self._block()
        return call

    def _begins_argument(self, before: Token) -> bool:
        token = self._peek()
        if not token.spaced or (before.text[:1].isupper() and token.kind != "string"):
            return False
        if token.kind in {"string", "value", "label"} or token.text == "->":
            return True
        if token.kind == "name":
            return token.text not in _OPENERS | _ENDS | {"and", "or", "then"}
        return token.text == "[" or (token.text == "-" and not self._peek(1).spaced)

    def _arguments(self, call: CallNode, closers: set[str]) -> None:
        self._deeper()
        while self._peek().kind != "end of text":
            if ")" in closers:
                self._skip_newlines()
            if self._is("do", *_CLOSERS) or self._peek().kind == "newline":
                break
            begun = self._at
            self._one_argument(call, closers)
            if ")" in closers:
                self._skip_newlines()
            if self._accept(","):
                self._skip_newlines()
            else:
                if self._at == begun or ")" not in closers or self._is(")"):
                    break
                self._until(")")
                self._at -= 1
                call.args.append(Unknown("…", call.line))
                break
        self._depth -= 1

    def _one_argument(self, call: CallNode, closers: set[str]) -> None:
        if self._peek().kind == "label":
            key = self._take().value
            self._skip_newlines()
            call.options[str(key)] = self._argument(closers)
            return
        value = self._argument(closers)
        if self._accept("=>"):
            self._skip_newlines()
            call.options[str(value)] = self._argument(closers)
        else:
            call.args.append(value)

    def _block(self) -> Block | None:
        if self._accept("do"):
            closer = "end"
        elif self._is("{"):
            self._at += 1
            closer = "}"
        else:
            return None
        parameters: list[str] = []
        self._skip_newlines()
        if self._accept("|"):
            while self._peek().kind != "end of text" and not self._accept("|"):
                token = self._take()
                parameters += [token.text] if token.kind == "name" else []
        body = self._body({"}"} if closer == "}" else set())
        body += self._others() if closer == "end" else []
        self._accept(closer)
        return Block(parameters, body)


def _text_of(value: Any) -> str:
    if isinstance(value, CallNode):
        return f"{_text_of(value.receiver)}.{value.name}" if value.receiver is not None else value.name
    return value.text if isinstance(value, Unknown) else repr(value)


def groups(nodes: list[Any], keyword: str) -> Iterator[Group]:
    """The classes, methods … among some statements, and in those around them."""
    for node in nodes:
        if isinstance(node, Group):
            if node.keyword == keyword:
                yield node
            else:
                yield from groups(node.body, keyword)
