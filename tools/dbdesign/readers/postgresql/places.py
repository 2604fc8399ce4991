"""On which line each table, column, constraint, index and so on is declared, from the tokens of the statements in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from dbdesign.model.schema import label
from dbdesign.readers.postgresql.names import joined_columns, make_object_name
from dbdesign.readers.postgresql.tokens import Token

Lined = Sequence[tuple[Token, int]]
Name = tuple[str | None, str]

_CONSTRAINT_WORDS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE", "NOT"}
_NAMED = {
    "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "TYPE", "DOMAIN", "FUNCTION", "PROCEDURE", "AGGREGATE", "COLLATION", "STATISTICS",
    "FOREIGN TABLE",
}  # fmt: skip
_ON_TABLE = {"TRIGGER", "POLICY", "RULE"}
_INDEX_WORDS = {"CONCURRENTLY", "IF", "NOT", "EXISTS"}
_NAME_WORDS = {"IF", "NOT", "EXISTS", "ONLY"}


class Places:
    """Collects lines by table, so that renaming a table moves what belongs to it at once."""

    def __init__(self) -> None:
        self.namespace: str | None = None
        self._tables: dict[str, dict[str, int]] = {}

    def lines(self) -> dict[str, int]:
        """`label`, `label.column`, `label.constraint` → line."""
        found: dict[str, int] = {}
        for name, parts in self._tables.items():
            for part, line in parts.items():
                found[f"{name}.{part}" if part else name] = line
        return found

    def statement(self, kind: str, lined: Lined) -> None:
        """Takes note of one statement."""
        action, _, target = kind.partition(" ")
        if action in {"SET", "SELECT"}:
            self._search_path(lined)
        elif action == "CREATE":
            self._create(target, lined)
        elif kind == "ALTER TABLE":
            self._alter_table(lined)
        elif kind == "DROP TABLE":
            name = self._known_at(lined, 2)
            if name:
                self._tables.pop(label(*name), None)

    def nested_schema(self, lined: Lined) -> str | None:
        """The namespace of unqualified names in this statement: that of CREATE SCHEMA for its elements."""
        words = [token.upper for token, _ in lined[:2]]
        if words != ["CREATE", "SCHEMA"]:
            return self.namespace
        at = _skip(lined, 2, _NAME_WORDS)
        if at < len(lined) and lined[at][0].upper == "AUTHORIZATION":
            at += 1
        return plain_namespace(lined[at][0].name) if at < len(lined) and lined[at][0].is_name else self.namespace

    def name_at(self, lined: Lined, at: int, default: str | None) -> Name | None:
        """The possibly qualified name from token `at` on, after IF [NOT] EXISTS and ONLY."""
        found = _qualified(lined, _skip(lined, at, _NAME_WORDS))
        if found is None:
            return None
        parts, _ = found
        return (plain_namespace(parts[-2]) if len(parts) > 1 else default), parts[-1]

    def _known_at(self, lined: Lined, at: int) -> Name | None:
        """As `name_at`, of a table that is there: if not where new objects are made, then in the default namespace."""
        name = self.name_at(lined, at, self.namespace)
        if name is None or name[0] is None or label(*name) in self._tables or name[1] not in self._tables:
            return name
        return None, name[1]

    def _put(self, owner: str, part: str, line: int) -> None:
        self._tables.setdefault(owner, {}).setdefault(part, line)

    def _search_path(self, lined: Lined) -> None:
        at = next((i for i, (token, _) in enumerate(lined) if token.text.strip("'\"").lower() == "search_path"), None)
        if at is None:
            return
        for token, _ in lined[at + 1 :]:
            if token.kind in {"word", "quoted", "string"} and token.upper not in {"TO", "DEFAULT", "FALSE", "TRUE"}:
                text = token.text[1:-1] if token.kind == "string" else token.name
                first = next((part.strip().strip('"') for part in text.split(",")), "")
                if first not in {"$user", "pg_catalog"}:
                    self.namespace = plain_namespace(first)
                    return

    def _create(self, target: str, lined: Lined) -> None:
        at = next((i for i, (token, _) in enumerate(lined) if token.upper == target.split(" ")[-1]), 0)
        if target == "TABLE":
            self._table(lined, at + 1, self.namespace)
        elif target == "SCHEMA":
            self._schema(lined)
        elif target == "INDEX":
            self._index(lined, at + 1)
        elif target in _ON_TABLE:
            self._on_table(lined, at + 1)
        elif target in _NAMED and (name := self.name_at(lined, at + 1, self.namespace)):
            self._put(label(*name), "", lined[0][1])

    def _schema(self, lined: Lined) -> None:
        namespace = self.nested_schema(lined)
        starts = [i for i, (token, _) in enumerate(lined) if token.upper == "CREATE" and i]
        for start, end in pairwise([*starts, len(lined)]):
            part = lined[start:end]
            at = next(
                (i for i, (token, _) in enumerate(part[:4]) if token.upper in {"TABLE", "VIEW", "SEQUENCE"}), None
            )
            if at is not None and part[at][0].upper == "TABLE":
                self._table(part, at + 1, namespace)
            elif at is not None and (name := self.name_at(part, at + 1, namespace)):
                self._put(label(*name), "", part[0][1])

    def _index(self, lined: Lined, at: int) -> None:
        at = _skip(lined, at, _INDEX_WORDS)
        on = next((i for i in range(at, len(lined)) if lined[i][0].upper == "ON"), None)
        table = self._known_at(lined, on + 1) if on is not None else None
        if on is None or table is None:
            return
        own = _qualified(lined, at)[0][-1] if on > at and _qualified(lined, at) else None  # type: ignore[index]
        if own is None:
            columns = list(_first_list(lined, on))
            own = make_object_name(table[1], joined_columns(columns), "idx")
        self._put(label(*table), own, lined[0][1])

    def _on_table(self, lined: Lined, at: int) -> None:
        depth_on = [i for i, (token, _) in enumerate(lined) if token.upper in {"ON", "TO"} and i > at]
        if at >= len(lined) or not depth_on:
            return
        marks = [i for i in depth_on if lined[i][0].upper == ("TO" if _is_rule(lined) else "ON")]
        table = self._known_at(lined, marks[0] + 1) if marks else None
        if table:
            self._put(label(*table), lined[at][0].name, lined[0][1])

    def _table(self, lined: Lined, at: int, namespace: str | None) -> None:
        name = self.name_at(lined, at, namespace)
        if name is None:
            return
        owner = label(*name)
        self._put(owner, "", lined[0][1])
        columns: set[str] = set()
        for element in _elements(lined, at):
            self._element(owner, name[1], element, columns)

    def _element(self, owner: str, table: str, element: Lined, columns: set[str]) -> None:
        head, line = element[0]
        if head.upper in _CONSTRAINT_WORDS:
            self._constraints(owner, table, None, element, columns)
        elif head.is_name:
            columns.add(head.name)
            self._put(owner, head.name, line)
            self._constraints(owner, table, head.name, element[1:], columns)

    def _constraints(self, owner: str, table: str, column: str | None, element: Lined, columns: set[str]) -> None:
        """The constraints of a column (inline) or of a table, named or with the name that they will get."""
        given: str | None = None
        for i, (token, line) in _at_depth_zero(element):
            word = token.upper
            if word == "CONSTRAINT" and i + 1 < len(element):
                given = element[i + 1][0].name
                self._put(owner, given, line)
            elif word in _DEFAULT_NAMES and not (word == "FOREIGN" and column):
                if given is None:
                    self._put(owner, _DEFAULT_NAMES[word](table, column, element[i:], columns), line)
                given = None
                if column is None:
                    return

    def _alter_table(self, lined: Lined) -> None:
        at = _skip(lined, 2, _NAME_WORDS)
        found = _qualified(lined, at)
        name = self._known_at(lined, at)
        if found is None or name is None:
            return
        owner = label(*name)
        for action in _split_commas(lined[found[1] :]):
            self._action(owner, name, action)

    def _action(self, owner: str, name: Name, action: Lined) -> None:
        words = [token.upper for token, _ in action[:6]]
        if words[:1] == ["ADD"]:
            rest = action[_skip(action, 1, {"COLUMN", "IF", "NOT", "EXISTS"}) :]
            known = {part for part in self._tables.get(owner, {}) if part}
            if rest:
                self._element(owner, name[1], rest, known)
        elif words[:2] == ["RENAME", "TO"] and len(action) > 2:
            self._move(owner, label(name[0], action[2][0].name))
        elif words[:2] == ["SET", "SCHEMA"] and len(action) > 2:
            self._move(owner, label(plain_namespace(action[2][0].name), name[1]))
        elif words[:1] == ["RENAME"] and "TO" in words:
            to = words.index("TO")
            if to + 1 < len(action):
                parts = self._tables.get(owner, {})
                if (line := parts.pop(action[to - 1][0].name, None)) is not None:
                    parts[action[to + 1][0].name] = line

    def _move(self, old: str, new: str) -> None:
        parts = self._tables.pop(old, None)
        if parts is not None:
            self._tables[new] = parts


def plain_namespace(name: str) -> str | None:
    """None for PostgreSQL's default namespace, `public`, and for the empty search path."""
    return None if name in {"public", ""} else name


def _is_rule(lined: Lined) -> bool:
    return any(token.upper == "RULE" for token, _ in lined[:4])


def _skip(lined: Lined, at: int, words: set[str]) -> int:
    while at < len(lined) and lined[at][0].upper in words:
        at += 1
    return at


def _qualified(lined: Lined, at: int) -> tuple[list[str], int] | None:
    """The parts of a dotted name and the index after it."""
    parts: list[str] = []
    while at < len(lined) and lined[at][0].is_name:
        parts.append(lined[at][0].name)
        at += 1
        if at >= len(lined) or lined[at][0].text != ".":
            break
        at += 1
    return (parts, at) if parts else None


def _elements(lined: Lined, at: int) -> Iterator[Lined]:
    """The comma-separated elements of the first parenthesis after `at`; nothing if AS, USING or FOR VALUES comes first."""
    opening = at
    while opening < len(lined) and lined[opening][0].text != "(":
        if lined[opening][0].upper in {"AS", "DEFAULT", "VALUES"}:
            return
        opening += 1
    depth, closing = 0, opening
    for closing in range(opening, len(lined)):
        depth += {"(": 1, ")": -1}.get(lined[closing][0].text, 0)
        if depth == 0:
            break
    yield from _split_commas(lined[opening + 1 : closing])


def _split_commas(lined: Lined) -> Iterator[Lined]:
    depth, start = 0, 0
    for i, (token, _) in enumerate(lined):
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        elif token.text == "," and depth == 0:
            if i > start:
                yield lined[start:i]
            start = i + 1
    if start < len(lined):
        yield lined[start:]


def _at_depth_zero(lined: Lined) -> Iterator[tuple[int, tuple[Token, int]]]:
    depth = 0
    for i, pair in enumerate(lined):
        depth += {"(": 1, ")": -1}.get(pair[0].text, 0)
        if depth == 0:
            yield i, pair


def _first_list(lined: Lined, at: int) -> Iterator[str]:
    """The first word of each element of the first parenthesis after `at`: column names, or `expr` for expressions."""
    for element in _elements(lined, at):
        yield element[0][0].name if element[0][0].is_name else "expr"


def _key_name(table: str, column: str | None, rest: Lined, _: set[str]) -> str:
    return make_object_name(table, joined_columns([column] if column else _first_list(rest, 0)), "key")


def _foreign_name(table: str, column: str | None, rest: Lined, _: set[str]) -> str:
    return make_object_name(table, joined_columns([column] if column else _first_list(rest, 0)), "fkey")


def _exclusion_name(table: str, _column: str | None, rest: Lined, _: set[str]) -> str:
    return make_object_name(table, joined_columns(_first_list(rest, 0)), "excl")


def _check_name(table: str, _column: str | None, rest: Lined, columns: set[str]) -> str:
    element = next(_elements_all(rest), [])
    used = {token.name for token, _ in element if token.is_name and token.name in columns}
    only = used.pop() if len(used) == 1 else None
    return make_object_name(table, only, "check")


def _elements_all(lined: Lined) -> Iterator[Lined]:
    depth, start = 0, 0
    for i, (token, _) in enumerate(lined):
        if token.text == "(":
            depth += 1
            start = i + 1 if depth == 1 else start
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                yield lined[start:i]


_DEFAULT_NAMES: dict[str, Callable[[str, str | None, Lined, set[str]], str]] = {
    "PRIMARY": lambda table, _column, _rest, _columns: make_object_name(table, None, "pkey"),
    "UNIQUE": _key_name,
    "REFERENCES": _foreign_name,
    "FOREIGN": _foreign_name,
    "EXCLUDE": _exclusion_name,
    "CHECK": _check_name,
}
