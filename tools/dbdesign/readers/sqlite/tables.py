"""CREATE TABLE, INDEX, VIEW and TRIGGER of SQLite, by their tokens: all that SQLite keeps as text alone (names, CHECKs …)."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.schema import (
    Action,
    Check,
    Column,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Table,
    Trigger,
    View,
)
from dbdesign.model.types import DataType
from dbdesign.readers.sqlite.statements import name_of, stream_of
from dbdesign.readers.sqlite.types import data_type
from dbdesign.readers.tokens import TokenStream

CONSTRAINT_WORDS = (
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    ",",
    ")",
)
TABLE_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
ACTIONS: dict[tuple[str, ...], Action] = {
    ("NO", "ACTION"): "no action",
    ("RESTRICT",): "restrict",
    ("CASCADE",): "cascade",
    ("SET", "NULL"): "set null",
    ("SET", "DEFAULT"): "set default",
}
Lines = Callable[[int], int]


_CONSTANTS = {"NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"}


def name(stream: TokenStream) -> str:
    """An identifier; SQLite takes a string for one."""
    if stream.token.kind == "string":
        return name_of(stream.next())
    return stream.name()


def qualified(stream: TokenStream) -> str:
    """`main.x` or `x`, without what stands before the point."""
    found = name(stream)
    return name(stream) if stream.accept(".") else found


class TableParser:
    """Parses one CREATE TABLE.

    Attributes:
        lines: by `table`, `table.column`, `table.constraint`.
    """

    def __init__(self, sql: str, lines_of: Lines) -> None:
        self.stream = stream_of(sql, lines_of)
        self.lines: dict[str, int] = {}
        self.columns: list[Column] = []
        self.unique_keys: list[Key] = []
        self.foreign_keys: list[ForeignKey] = []
        self.checks: list[Check] = []
        self.primary_key: Key | None = None
        self.autoincrement = False
        self.descending_alias = False
        self.options: dict[str, str] = {}

    def parse(self) -> Table:
        """The table; foreign keys without columns keep none until they are resolved."""
        stream = self.stream
        stream.expect("CREATE")
        stream.accept_any("TEMP", "TEMPORARY")
        stream.expect("TABLE")
        stream.accept("IF", "NOT", "EXISTS")
        line = stream.line
        self.name = qualified(stream)
        self.lines[self.name] = line
        self._body()
        while word := stream.accept_any("STRICT", "WITHOUT"):
            if word == "WITHOUT":
                stream.expect("ROWID")
            self.options["strict" if word == "STRICT" else "without_rowid"] = "on"
            stream.accept(",")
        if not stream.ended:
            raise stream.error("unexpected text")
        return self._build()

    def _body(self) -> None:
        stream = self.stream
        stream.expect("(")
        while True:
            if stream.at_any(*TABLE_CONSTRAINTS):
                self._table_constraint()
                while stream.at_any(*TABLE_CONSTRAINTS):
                    self._table_constraint()
            else:
                self._column()
            if not stream.accept(","):
                break
        stream.expect(")")

    def _build(self) -> Table:
        columns = self.columns
        key = self.primary_key
        if key is not None:
            columns = [self._keyed(column, key) for column in columns]
        return Table(
            name=self.name,
            columns=tuple(columns),
            primary_key=key,
            unique_keys=tuple(self.unique_keys),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            options=self.options,
        )

    def _keyed(self, column: Column, key: Key) -> Column:
        if column.name not in key.columns:
            return column
        without_rowid = "without_rowid" in self.options
        alias = key.columns == (column.name,) and column.type.native.upper() == "INTEGER" and not without_rowid
        if alias and not self.descending_alias:
            mode = "auto_increment" if self.autoincrement else "rowid"
            return column.model_copy(update={"identity": Identity(mode=mode), "nullable": False})
        return column.model_copy(update={"nullable": False}) if without_rowid else column

    def _column(self) -> None:
        stream, line = self.stream, self.stream.line
        self.column = Column(name=name(stream), type=self._type())
        self.lines[f"{self.name}.{self.column.name}"] = line
        constraint: str | None = None
        while not stream.at_any(",", ")") and not stream.ended:
            if stream.accept("CONSTRAINT"):
                constraint = name(stream)
                self.lines[f"{self.name}.{constraint}"] = stream.line
            else:
                self._column_constraint(constraint)
                constraint = None
        self.columns.append(self.column)

    def _type(self) -> DataType:
        stream = self.stream
        first = stream.index
        words = []
        while (stream.is_name() or stream.token.kind == "string") and not stream.at_any(*CONSTRAINT_WORDS):
            words.append(name(stream))
        declared = " ".join(words)
        if words and stream.at("("):
            opening = stream.index
            stream.skip_parentheses()
            declared += stream.source(opening)
        return data_type(declared if stream.index > first else "")

    def _set(self, **changes: object) -> None:
        self.column = self.column.model_copy(update=changes)

    def _column_constraint(self, constraint: str | None) -> None:
        stream, column = self.stream, self.column.name
        if stream.accept("NOT", "NULL"):
            conflict = self._conflict()
            self._set(
                nullable=False,
                options={**self.column.options, **({"not_null_on_conflict": conflict} if conflict else {})},
            )
        elif stream.accept("NULL"):
            self._conflict()
        elif stream.accept("PRIMARY", "KEY"):
            self._column_primary_key(constraint)
        elif stream.accept("UNIQUE"):
            self.unique_keys.append(Key(name=constraint, columns=(column,), on_conflict=self._conflict()))
        elif stream.accept("CHECK"):
            self._check(constraint)
        elif stream.accept("DEFAULT"):
            self._set(default=self._default())
        elif stream.accept("COLLATE"):
            self._set(collation=name(stream))
        elif stream.at("REFERENCES"):
            self._reference(constraint, (column,))
        elif stream.accept("GENERATED", "ALWAYS", "AS") or stream.accept("AS"):
            self._generated()
        else:
            raise stream.error("this part of a column is not read")

    def _column_primary_key(self, constraint: str | None) -> None:
        stream, column = self.stream, self.column.name
        descending = stream.accept_any("ASC", "DESC") == "DESC"
        self.descending_alias = descending
        keys = (IndexKey(column=column, descending=True),) if descending else ()
        self.primary_key = Key(name=constraint, columns=(column,), keys=keys, on_conflict=self._conflict())
        self.autoincrement = stream.accept("AUTOINCREMENT")

    def _check(self, constraint: str | None) -> None:
        self.checks.append(Check(name=constraint, expression=without_outer_parentheses(self.stream.parenthesised())))
        self._conflict()

    def _generated(self) -> None:
        stream = self.stream
        expression = without_outer_parentheses(stream.parenthesised())
        stored = stream.accept_any("STORED", "VIRTUAL") == "STORED"
        self._set(generated=Generated(expression=expression, stored=stored))

    def _default(self) -> str:
        stream = self.stream
        if stream.at("("):
            return without_outer_parentheses(stream.parenthesised())
        first = stream.index
        stream.accept_any("+", "-")
        token = stream.next()
        is_name = token.kind == "quoted" or (token.kind == "word" and token.upper not in _CONSTANTS)
        if is_name and stream.index == first + 1 and not stream.at("("):
            return (
                "'" + name_of(token).replace("'", "''") + "'"
            )  # a name is a string here (SQLite's parse.y, DEFAULT id)
        return stream.source(first)

    def _conflict(self) -> str | None:
        if not self.stream.accept("ON", "CONFLICT"):
            return None
        return self.stream.name().lower()

    def _table_constraint(self) -> None:
        stream, line = self.stream, self.stream.line
        constraint = None
        if stream.accept("CONSTRAINT"):
            constraint = name(stream)
            self.lines[f"{self.name}.{constraint}"] = line
        if stream.accept("PRIMARY", "KEY"):
            self.primary_key = self._key(constraint)
        elif stream.accept("UNIQUE"):
            self.unique_keys.append(self._key(constraint))
        elif stream.accept("CHECK"):
            self._check(constraint)
        elif stream.accept("FOREIGN", "KEY"):
            columns: list[str] = []
            stream.separated(lambda: columns.append(name(stream)))
            self._reference(constraint, tuple(columns))
        else:
            raise stream.error("this constraint is not read")

    def _key(self, constraint: str | None) -> Key:
        keys: list[IndexKey] = []

        def part() -> None:
            keys.append(index_key(self.stream))

        self.stream.expect("(")
        part()
        while self.stream.accept(","):
            part()
        self.autoincrement = self.stream.accept("AUTOINCREMENT") or self.autoincrement
        self.stream.expect(")")
        plain = not any(key.descending or key.collation for key in keys)
        columns = tuple(key.column or "" for key in keys)
        return Key(name=constraint, columns=columns, keys=() if plain else tuple(keys), on_conflict=self._conflict())

    def _reference(self, constraint: str | None, columns: tuple[str, ...]) -> None:
        stream = self.stream
        stream.expect("REFERENCES")
        table = name(stream)
        referenced: list[str] = []
        if stream.at("("):
            stream.separated(lambda: referenced.append(name(stream)))
        found: dict[str, object] = {}
        while self._reference_part(found):
            pass
        key = ForeignKey(name=constraint, columns=columns, referenced_table=table, referenced_columns=tuple(referenced))
        self.foreign_keys.append(key.model_copy(update=found))

    def _reference_part(self, found: dict[str, object]) -> bool:
        stream = self.stream
        if stream.accept("ON", "DELETE"):
            found["on_delete"] = self._action()
        elif stream.accept("ON", "UPDATE"):
            found["on_update"] = self._action()
        elif stream.accept("MATCH"):
            stream.name()
        elif stream.accept("NOT", "DEFERRABLE"):
            if not stream.accept("INITIALLY", "DEFERRED"):
                stream.accept("INITIALLY", "IMMEDIATE")
        elif stream.accept("DEFERRABLE"):
            found["deferrable"] = True
            found["initially_deferred"] = stream.accept("INITIALLY", "DEFERRED")
            stream.accept("INITIALLY", "IMMEDIATE")
        else:
            return False
        return True

    def _action(self) -> Action:
        for words, action in ACTIONS.items():
            if self.stream.accept(*words):
                return action
        raise self.stream.error("expected an action")


def index_key(stream: TokenStream) -> IndexKey:
    """`column | expression [COLLATE c] [ASC|DESC]`."""
    first = stream.index
    stream.skip_until(",", "COLLATE", "ASC", "DESC", "AUTOINCREMENT")
    tokens = stream.tokens[first : stream.index]
    collation = name(stream) if stream.accept("COLLATE") else None
    descending = stream.accept_any("ASC", "DESC") == "DESC"
    if len(tokens) == 1 and tokens[0].kind in {"word", "quoted", "string"}:
        return IndexKey(column=name_of(tokens[0]), descending=descending, collation=collation)
    text = without_outer_parentheses(stream.text[tokens[0].start : tokens[-1].end]) if tokens else ""
    if not text:
        raise stream.error("expected a column or an expression")
    return IndexKey(expression=text, descending=descending, collation=collation)


def parse_index(sql: str, lines_of: Lines) -> tuple[str, Index]:
    """A CREATE INDEX: the table's name and the index."""
    stream = stream_of(sql, lines_of)
    stream.expect("CREATE")
    unique = stream.accept("UNIQUE")
    stream.expect("INDEX")
    stream.accept("IF", "NOT", "EXISTS")
    index_name = qualified(stream)
    stream.expect("ON")
    table = name(stream)
    keys: list[IndexKey] = []
    stream.separated(lambda: keys.append(index_key(stream)))
    where = None
    if stream.accept("WHERE"):
        where = without_outer_parentheses(stream.source(stream.index, len(stream.tokens)))
        stream.index = len(stream.tokens)
    if not stream.ended:
        raise stream.error("unexpected text")
    return table, Index(name=index_name, keys=tuple(keys), unique=unique, where=where)


def parse_view(sql: str, lines_of: Lines) -> View:
    """A CREATE VIEW."""
    stream = stream_of(sql, lines_of)
    stream.expect("CREATE")
    stream.accept_any("TEMP", "TEMPORARY")
    stream.expect("VIEW")
    stream.accept("IF", "NOT", "EXISTS")
    view = qualified(stream)
    columns: list[str] = []
    if stream.at("("):
        stream.separated(lambda: columns.append(name(stream)))
    stream.expect("AS")
    if stream.ended:
        raise stream.error("expected a query")
    body = stream.text[stream.token.start : stream.tokens[-1].end]
    return View(name=view, definition=body, columns=tuple(columns))


def parse_trigger(sql: str, lines_of: Lines) -> tuple[str, Trigger]:
    """A CREATE TRIGGER: the name of its table or view, and the trigger, whose text is kept as it is."""
    stream = stream_of(sql, lines_of)
    stream.expect("CREATE")
    stream.accept_any("TEMP", "TEMPORARY")
    stream.expect("TRIGGER")
    stream.accept("IF", "NOT", "EXISTS")
    trigger = qualified(stream)
    timing = "before"
    if stream.accept("INSTEAD", "OF"):
        timing = "instead of"
    elif word := stream.accept_any("BEFORE", "AFTER"):
        timing = word.lower()
    event = stream.name().lower()
    stream.skip_until("ON")
    stream.expect("ON")
    table = name(stream)
    text = stream.text[stream.tokens[0].start : stream.tokens[-1].end]
    return table, Trigger(name=trigger, definition=text, timing=timing, events=(event,))
