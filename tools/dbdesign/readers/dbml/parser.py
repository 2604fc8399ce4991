"""Parses DBML by recursive descent. What it does not understand costs one line or one block, never the rest of the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dbdesign.errors import InputError, SqlError
from dbdesign.readers.base import Unread
from dbdesign.readers.dbml.lexer import Token, Tokens, tokenize
from dbdesign.readers.dbml.settings import Setting, column_setting, index_setting, ref_setting, text_of
from dbdesign.readers.dbml.syntax import (
    ColumnSyntax,
    DocumentSyntax,
    Endpoint,
    EnumSyntax,
    IndexSyntax,
    Name,
    Ref,
    TableSyntax,
)

BLOCKS = frozenset(
    {"table", "tablepartial", "enum", "ref", "project", "tablegroup", "note", "records"}
    | {"dep", "diagramview", "function", "policy", "reuse", "trigger", "use"}
)
_NOT_TAKEN = {
    "function": "functions are not taken from DBML",
    "policy": "policies are not taken from DBML",
    "reuse": "other files are not followed; give one whole document",
    "trigger": "triggers are not taken from DBML",
    "use": "other files are not followed; give one whole document",
}
_LEGACY = frozenset({"pk", "unique", "primary", "not", "null"})


class _Problem(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, token: Token, reason: str) -> None:
        super().__init__(reason)
        self.token = token
        self.reason = reason


class _TypeSyntax(NamedTuple):
    text: str
    name: Name | None


def parse(text: str) -> DocumentSyntax:
    """What a DBML text says. Raises `InputError` for an empty one and `SqlError` for one without a single thing that DBML knows."""
    if not text.strip():
        raise InputError("the text is empty", where="DBML", remedy="Give a document with at least one Table")
    tokens = tokenize(text)
    document = _Parser(tokens).document()
    document.comments = tokens.comments
    known = (
        document.tables,
        document.partials,
        document.enums,
        document.refs,
        document.skipped,
        document.database_type,
    )
    if document.unread and not any(known):
        first = document.unread[0]
        raise SqlError(
            f"nothing here is DBML: {first.reason}",
            line=first.line,
            where="DBML",
            remedy="Declare tables as: Table name { … }",
        )
    return document


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.text = tokens.text
        self.tokens = tokens.items
        self.at = 0
        self.found = DocumentSyntax()
        self.found.declared_tables = self._declared()

    def _declared(self) -> int:
        """`Table` at the beginning of a line outside any braces, counted by tokens alone."""
        count = depth = 0
        for token in self.tokens:
            depth += {"{": 1, "}": -1}.get(token.fold, 0)
            count += depth == 0 and token.first and token.fold == "table"
        return count

    # Tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def next(self) -> Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def accept(self, *folds: str) -> bool:
        if self.token.fold in folds:
            self.next()
            return True
        return False

    def expect(self, fold: str) -> Token:
        if self.token.fold != fold:
            raise _Problem(self.token, f"expected {fold!r}, found {self._shown()}")
        return self.next()

    def _shown(self) -> str:
        token = self.token
        return "the end" if token.kind == "end" else repr(self.text[token.start : token.end][:40])

    def identifier(self) -> str:
        if self.token.kind not in {"word", "name"}:
            raise _Problem(self.token, f"expected a name, found {self._shown()}")
        return self.next().value

    def qualified(self) -> Name:
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return ".".join(parts[:-1]) or None, parts[-1]

    # What cannot be read

    def _unread(self, start: int, reason: str) -> None:
        begin, end = self.tokens[start], self.tokens[max(start, self.at - 1)]
        shown = " ".join(self.text[begin.start : max(end.end, begin.end)].split())
        self.found.unread.append(Unread(line=begin.line, text=shown[:200], reason=reason))

    def _tolerant(self, read: Callable[[], None], skip: Callable[[], None]) -> None:
        """Reads one piece, or skips it and reports it."""
        start = self.at
        try:
            read()
            self._require_progress(start)
        except _Problem as problem:
            self.at = max(start, self.at)
            line = problem.token.line
            if self.at == start:
                self.next()
            skip()
            self._unread(start, problem.reason if line == self.tokens[start].line else f"line {line}: {problem.reason}")

    def _require_progress(self, start: int) -> None:
        if self.at == start:
            raise _Problem(self.token, f"unexpected {self._shown()}")

    def _skip_statement(self) -> None:
        if self.tokens[self.at - 1].fold in {"use", "reuse"}:
            self._skip_line()
            return
        depth = 0
        while self.token.kind != "end":
            if depth <= 0 and self.token.first and self.token.fold in BLOCKS:
                return
            depth += {"{": 1, "}": -1}.get(self.token.fold, 0)
            closed = depth <= 0 and self.token.fold == "}"
            self.next()
            if closed:
                return

    def _skip_line(self) -> None:
        """To the next line outside brackets opened meanwhile, or to the brace that closes the block."""
        depth = 0
        while self.token.kind != "end":
            if depth <= 0 and (self.token.first or self.token.fold == "}"):
                return
            depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(self.token.fold, 0)
            self.next()

    def _skip_braces(self) -> None:
        self.expect("{")
        depth = 1
        while depth and self.token.kind != "end":
            depth += {"{": 1, "}": -1}.get(self.next().fold, 0)
        if depth:
            raise _Problem(self.token, "a block is opened and never closed")

    # Statements

    def document(self) -> DocumentSyntax:
        while self.token.kind != "end":
            self._tolerant(self._statement, self._skip_statement)
        return self.found

    def _statement(self) -> None:
        token = self.token
        readers: dict[str, Callable[[], None]] = {
            "table": self._table,
            "tablepartial": self._table,
            "enum": self._enum,
            "ref": self._ref_statement,
            "project": self._project,
        }
        if token.fold in readers:
            self.next()
            readers[token.fold]()
        elif token.fold in {"tablegroup", "note", "records"}:
            self._skip_block(token)
        else:
            raise _Problem(
                token, _NOT_TAKEN.get(token.fold, f"{self._shown()} does not begin anything that DBML knows")
            )

    def _skip_block(self, token: Token) -> None:
        names = {"tablegroup": "TableGroup", "note": "Note", "records": "records"}
        while self.token.fold != "{" and self.token.kind != "end" and (self.token is token or not self.token.first):
            self.next()
        self._skip_braces()
        self.found.skipped[names[token.fold]].append(token.line)

    def _body(self, element: Callable[[], None]) -> None:
        """`{ … }` of elements, each of which may fail alone."""
        opening = self.expect("{")
        while not self.accept("}"):
            if self.token.kind == "end":
                raise _Problem(opening, "a block is opened and never closed")
            self._tolerant(element, self._skip_line)

    def _settings(self) -> list[Setting]:
        """`[key: value, …]`, if it stands here."""
        found: list[Setting] = []
        if not self.accept("["):
            return found
        while not self.accept("]"):
            line, keys = self.token.line, list[str]()
            while self.token.kind == "word":
                keys.append(self.next().fold)
            value = self._value() if self.accept(":") else []
            if not keys:
                raise _Problem(self.token, f"expected a setting, found {self._shown()}")
            found.append(Setting(" ".join(keys), value, line))
            if self.token.fold != "]":
                self.expect(",")
        return found

    def _value(self) -> list[Token]:
        found: list[Token] = []
        depth = 0
        while self.token.kind != "end" and (depth or self.token.fold not in {",", "]"}):
            depth += {"(": 1, ")": -1}.get(self.token.fold, 0)
            found.append(self.next())
        return found

    def _apply(self, setting: Setting, problem: str | None) -> None:
        if problem:
            text = f"{setting.key}: {text_of(setting.value, self.text)}" if setting.value else setting.key
            self.found.unread.append(Unread(line=setting.line, text=text[:200], reason=problem))

    def _project(self) -> None:
        if self.token.fold != "{":
            self.identifier()
        self._body(self._project_element)

    def _project_element(self) -> None:
        key = self.token
        if key.fold in BLOCKS - {"note", "project"} and self.following.fold != ":":
            self._statement()
        elif key.fold == "note":
            self.found.note = self._note()
        else:
            self.identifier()
            self.expect(":")
            value = self.next().value
            if key.fold == "database_type":
                self.found.database_type = value
            else:
                self.found.skipped["property of the project"].append(key.line)

    def _note(self) -> str:
        """After `Note`: `: 'text'` or `{ 'text' }`."""
        self.next()
        braces = not self.accept(":")
        if braces:
            self.expect("{")
        if self.token.kind not in {"string", "name"}:
            raise _Problem(self.token, f"expected a text, found {self._shown()}")
        text = self.next().value
        if braces:
            self.expect("}")
        return text

    def _enum(self) -> None:
        line = self.token.line
        enum = EnumSyntax(self.qualified(), [], line)

        def value() -> None:
            if self.token.kind not in {"word", "name", "string"}:
                raise _Problem(self.token, f"expected a value, found {self._shown()}")
            enum.values.append(self.next().value)
            for setting in self._settings():
                kind = "note of an enum value" if setting.key == "note" else "setting of an enum value"
                self.found.skipped[kind].append(setting.line)

        self._body(value)
        self.found.enums.append(enum)

    # Tables

    def _table(self) -> None:
        keyword = self.tokens[self.at - 1]
        table = TableSyntax(self.qualified(), keyword.line, partial=keyword.fold == "tablepartial")
        if self.accept("as"):
            table.alias = self.identifier()
        for setting in self._settings():
            if setting.key == "note":
                table.note = text_of(setting.value, self.text)
            elif setting.key in {"headercolor", "color"}:
                table.color = text_of(setting.value, self.text).lower()
            else:
                self._apply(setting, "not a setting of a table")
        try:
            self._body(lambda: self._element(table))
        finally:
            if table.columns or table.injected:
                (self.found.partials if table.partial else self.found.tables).append(table)
        if not table.columns and not table.injected:
            raise _Problem(keyword, "a table without columns")

    def _element(self, table: TableSyntax) -> None:
        token, after = self.token, self.following.fold
        word = token.fold
        if word == "~":
            self.next()
            table.injected.append((self.identifier(), len(table.columns), token.line))
        elif word == "note" and after in {":", "{"}:
            table.note = self._note()
        elif word == "indexes" and after == "{":
            self.next()
            self._body(lambda: self._index(table))
        elif word == "checks" and after == "{":
            self.next()
            self._body(lambda: self._check(table))
        elif word == "records" and after in {"{", "("}:
            self._skip_block(token)
        elif after == ":" and token.kind in {"word", "name"}:
            self.next()
            self.next()
            self._skip_line()
            self.found.skipped["property of a table"].append(token.line)
        else:
            self._column(table)

    def _column(self, table: TableSyntax) -> None:
        line, column_name = self.token.line, self.identifier()
        spelt = self._type()
        column = ColumnSyntax(column_name, spelt.text, spelt.name, line)
        while self.token.fold in _LEGACY and not self.token.first:
            self._apply_legacy(column)
        for setting in self._settings():
            if setting.key == "ref":
                self._inline_ref(table, column, setting)
            else:
                self._apply(setting, column_setting(column, setting, self.text))
        table.columns.append(column)
        if not self.token.first and self.token.fold != "}":
            raise _Problem(self.token, f"expected a new line, found {self._shown()}")

    def _apply_legacy(self, column: ColumnSyntax) -> None:
        words = [self.next().fold]
        if words[0] in {"primary", "not"}:
            words.append(self.next().fold)
        setting = Setting(" ".join(words), [], column.line)
        self._apply(setting, column_setting(column, setting, self.text))

    def _type(self) -> _TypeSyntax:
        if self.token.first:
            raise _Problem(self.tokens[self.at - 1], "a column without a type")
        quoted = self.token.kind == "name"
        namespace, bare = self.qualified()
        text = f"{namespace}.{bare}" if namespace else bare
        simple = True
        while not self.token.first and (self.token.fold == "(" or self._is_array() or self._is_type_word(quoted)):
            start = self.token
            simple = False
            if start.fold == "(":
                text += self._parentheses()
            elif start.fold == "[":
                self.next()
                self.next()
                text += "[]"
            else:
                text += f" {self.next().value}"
        return _TypeSyntax(text, (namespace, bare) if simple else None)

    def _is_array(self) -> bool:
        return self.token.fold == "[" and self.following.fold == "]"

    def _is_type_word(self, quoted: bool) -> bool:
        """`double precision` without quotes is no DBML, and clear all the same."""
        return self.token.kind == "word" and self.token.fold not in _LEGACY and not quoted

    def _parentheses(self) -> str:
        start, depth = self.token.start, 0
        while self.token.kind != "end":
            depth += {"(": 1, ")": -1}.get(self.token.fold, 0)
            end = self.next().end
            if not depth:
                return self.text[start:end]
        raise _Problem(self.token, "a parenthesis is opened and never closed")

    def _index(self, table: TableSyntax) -> None:
        index = IndexSyntax([], self.token.line)
        if self.accept("("):
            while not self.accept(")"):
                index.keys.append(self._index_key())
                if self.token.fold != ")":
                    self.expect(",")
        else:
            index.keys.append(self._index_key())
        for setting in self._settings():
            self._apply(setting, index_setting(index, setting, self.text))
        table.indexes.append(index)

    def _index_key(self) -> tuple[str | None, str | None]:
        return (None, self.next().value) if self.token.kind == "expression" else (self.identifier(), None)

    def _check(self, table: TableSyntax) -> None:
        if self.token.kind != "expression":
            raise _Problem(self.token, f"expected an expression in backticks, found {self._shown()}")
        token, name = self.next(), None
        for setting in self._settings():
            if setting.key == "name":
                name = text_of(setting.value, self.text)
            else:
                self._apply(setting, "not a setting of a check")
        table.checks.append((token.value, name, token.line))

    # References

    def _ref_statement(self) -> None:
        line = self.tokens[self.at - 1].line
        name = None if self.token.fold in {":", "{"} else self.qualified()[1]
        self._settings()
        if self.accept(":"):
            self.found.refs.append(self._ref(name, line))
        else:
            self._body(lambda: self.found.refs.append(self._ref(name, self.token.line)))

    def _ref(self, name: str | None, line: int) -> Ref:
        left = self._endpoint()
        operator = self._operator()
        ref = Ref(left, operator, self._endpoint(), line, name)
        for setting in self._settings():
            changed = ref_setting(ref, setting, self.text)
            ref = changed if isinstance(changed, Ref) else ref
            self._apply(setting, None if isinstance(changed, Ref) else changed)
        return ref

    def _operator(self) -> str:
        self.accept("?")
        if self.token.fold not in {"<", ">", "-", "<>"}:
            raise _Problem(self.token, f"expected one of < > - <>, found {self._shown()}")
        operator = self.next().fold
        self.accept("?")
        return operator

    def _endpoint(self) -> Endpoint:
        parts = [self.identifier()]
        while self.accept("."):
            if self.accept("("):
                columns = [self.identifier()]
                while self.accept(","):
                    columns.append(self.identifier())
                self.expect(")")
                return Endpoint((".".join(parts[:-1]) or None, parts[-1]), tuple(columns))
            parts.append(self.identifier())
        if len(parts) < 2:
            raise _Problem(self.token, "expected table.column")
        return Endpoint((".".join(parts[:-2]) or None, parts[-2]), (parts[-1],))

    def _inline_ref(self, table: TableSyntax, column: ColumnSyntax, setting: Setting) -> None:
        """`ref: > other.id` among a column's settings, whose tokens were set aside."""
        inner = _Parser(Tokens(self.text, [*setting.value, self.tokens[-1]]))
        try:
            operator = inner._operator()
            right = inner._endpoint()
        except _Problem as problem:
            self._apply(setting, problem.reason)
        else:
            table.refs.append(Ref(Endpoint(table.name, (column.name,)), operator, right, setting.line))
