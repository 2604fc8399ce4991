"""A whole script: what is executed, what is read of it, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from dbdesign.engines.sqlite import Sqlite
from dbdesign.errors import InputError, LimitError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Carried, Engine, ForeignKey, Index, Schema, Table, Trigger, View
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.sqlite import tables
from dbdesign.readers.sqlite.execution import differences, objects
from dbdesign.readers.sqlite.statements import LEXER, Script, Statement, split
from dbdesign.readers.tokens import TokenStream

MAX_CHARACTERS = 64_000_000
"""Of a script; a database of that size is mostly data, which is left out anyway."""
MAX_DEFINITION = 1_000_000
"""Characters of one definition."""
UNREADABLE = re.compile("already exists|unknown database|prohibited|not authorized|reserved for internal use")
"""What SQLite says where a definition is none of this database; anything else may be of a later version, and is read by its tokens."""
NAME_TOKENS = 12
"""Of a definition: its name is among them."""
LEFT_OUT = {
    "INSERT": "data", "UPDATE": "data", "DELETE": "data", "REPLACE": "data", "SELECT": "a query", "WITH": "a query", "VALUES": "a query",
    "PRAGMA": "a setting", "BEGIN": "a transaction", "COMMIT": "a transaction", "END": "a transaction", "ROLLBACK": "a transaction",
    "SAVEPOINT": "a transaction", "RELEASE": "a transaction", "ANALYZE": "statistics", "VACUUM": "administration",
    "REINDEX": "administration", "EXPLAIN": "a query", "ATTACH": "another file; nothing else is opened", "DETACH": "another file",
}  # fmt: skip
"""Statements that say nothing of the schema, with the reason."""


def read_script(text: str, *, execute: bool = True) -> ReadResult:
    """The schema that a script makes."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(text):,} characters, more than {MAX_CHARACTERS:,}",
            remedy="Leave the data out: .schema prints the schema alone",
        )
    script = split(text.replace("\ufeff", " "))
    if not script.statements:
        raise InputError(
            "there is no statement in the text", remedy="Give an SQLite script with CREATE TABLE statements"
        )
    return _Reading(script, execute=execute).result()


class _Reading:
    def __init__(self, script: Script, *, execute: bool) -> None:
        self.script = script
        self.execute = execute
        self.tables: dict[str, Table] = {}
        self.views: dict[str, View] = {}
        self.carried: list[Carried] = []
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self.lines: dict[str, int] = {}
        self.skipped: dict[str, tuple[str, list[int]]] = {}
        self.declared = self.refused = 0
        self.begun: dict[tuple[str, str], Statement] = {}

    def result(self) -> ReadResult:
        for line, command in self.script.shell:
            self._skip(command.split()[0], line, "a command of the shell")
        with Sqlite() as database:
            for statement in self.script.statements:
                self._statement(statement, database)
            for kind, name, _, sql in objects(database):
                self._made(database, kind, name, sql)
        schema = Schema(
            engine=Engine.SQLITE,
            version=Sqlite.version.split()[1] if self.execute else None,
            tables=tuple(self._resolved(table) for table in self.tables.values()),
            views=tuple(self.views.values()),
            carried=tuple(self.carried),
        )
        if self.declared != len(self.tables):
            self.notes.append(
                f"{self.declared} CREATE TABLE statements were counted and {len(self.tables)} tables read; "
                "see what is unread, skipped or dropped"
            )
        refused = f"{self.refused} definitions that it refused were read by their tokens" if self.refused else None
        executed = Proof(level="executed", by=Sqlite.version, detail=refused)
        return ReadResult(
            schema=schema,
            unread=tuple(self.unread),
            skipped=tuple(
                Skipped(kind=kind, count=len(lines), lines=tuple(lines[:20]), reason=reason)
                for kind, (reason, lines) in sorted(self.skipped.items())
            ),
            declared_tables=self.declared,
            lines=self.lines,
            comments=self.script.comments,
            notes=tuple(self.notes),
            proof=executed if self.execute else Proof(level="parsed", by="dbdesign's SQLite parser"),
        )

    def _line(self, statement: Statement) -> int:
        return self.script.lines(statement.start)

    def _skip(self, kind: str, line: int, reason: str) -> None:
        self.skipped.setdefault(kind, (reason, []))[1].append(line)

    def _missed(self, statement: Statement, reason: str) -> None:
        text = " ".join(statement.text[:400].split())[:200]
        self.unread.append(Unread(line=self._line(statement), text=text, reason=reason))

    def _statement(self, statement: Statement, database: Sqlite) -> None:
        words = statement.words
        first = words[0] if words else ""
        if first in LEFT_OUT:
            self._skip(first, self._line(statement), LEFT_OUT[first])
        elif first not in {"CREATE", "ALTER", "DROP"}:
            self._missed(statement, "no statement of SQLite begins so")
        elif len(statement.text) > MAX_DEFINITION:
            self._missed(statement, f"a definition of more than {MAX_DEFINITION:,} characters")
        elif first == "CREATE":
            self._create(statement, database)
        elif self.execute:
            self._run(statement, database)
        else:
            self._missed(statement, f"{first} is only followed by executing it")

    def _create(self, statement: Statement, database: Sqlite) -> None:
        words = statement.words
        is_temporary = words[1:2] in (("TEMP",), ("TEMPORARY",))
        self.declared += words[1:2] == ("TABLE",)
        if is_temporary:
            self._skip("temporary object", self._line(statement), "lives for a connection")
        elif words[1:2] == ("VIRTUAL",):
            match = re.search(r"TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\S+)", statement.text, re.IGNORECASE)
            name = match[1].strip('"`[]') if match else ""
            self.carried.append(Carried(kind="virtual table", name=name, sql=statement.text))
        elif self.execute:
            self._run(statement, database)
        else:
            self._parse(statement)

    def _run(self, statement: Statement, database: Sqlite) -> None:
        before = {(kind, name) for kind, name, _, _ in objects(database)} if statement.words[0] != "CREATE" else set()
        problem = database.run(statement.text)
        if problem is None:
            self._remember(statement)
            self._gone(statement, before, database)
        elif statement.words[0] == "CREATE" and not UNREADABLE.search(problem) and self._parse(statement, problem):
            self.refused += 1
            self.notes.append(
                f"line {self._line(statement)}: {Sqlite.version} refused it ({problem}); read by its tokens instead"
            )
        else:
            self._missed(statement, problem)

    def _gone(self, statement: Statement, before: set[tuple[str, str]], database: Sqlite) -> None:
        if statement.words[0] == "DROP":
            after = {(kind, name) for kind, name, _, _ in objects(database)}
            what = ", ".join(sorted(f"{kind} {name}" for kind, name in before - after))
            reason = "of what the script made" if what else "of what was there before"
            self._skip(f"DROP {statement.words[1]}", self._line(statement), reason)
            if what:
                self.notes.append(f"line {self._line(statement)}: DROP takes away {what}")

    def _remember(self, statement: Statement) -> None:
        """Where an object was declared: SQLite's own text begins at another line."""
        if statement.words[0] != "CREATE":
            return
        kind = next((word for word in statement.words if word in {"TABLE", "INDEX", "VIEW", "TRIGGER"}), "")
        stream = TokenStream(statement.text, islice(LEXER.tokens(statement.text), NAME_TOKENS), lambda _: 1)
        while not stream.ended and stream.next().upper != kind:
            pass
        stream.accept("IF", "NOT", "EXISTS")
        self.begun[kind.lower(), tables.qualified(stream).lower()] = statement

    def _lines_of(self, kind: str, name: str, sql: str) -> Callable[[int], int]:
        """Lines of the script for offsets in SQLite's own text of an object, which differs only before the name."""
        statement = self.begun.get((kind, name.lower()))
        if statement is None:
            return lambda _: 1
        shift = statement.start + len(statement.text) - len(sql)
        first = self._line(statement)
        return lambda offset: max(first, self.script.lines(max(statement.start, offset + shift)))

    def _made(self, database: Sqlite, kind: str, name: str, sql: str) -> None:
        """One object of SQLite's catalog."""
        try:
            found = self._object(kind, sql, self._lines_of(kind, name, sql))
        except SqlError as error:
            line = self._lines_of(kind, name, sql)(0)
            self.unread.append(Unread(line=line, text=" ".join(sql.split())[:200], reason=error.what))
            return
        if found is not None:
            for difference in differences(database, found):
                self.notes.append(f"table {name}: {difference}, and its text was read otherwise")

    def _parse(self, statement: Statement, problem: str | None = None) -> bool:
        """Read a CREATE by its tokens alone; whether that went well."""
        kind = next((word for word in statement.words if word in {"TABLE", "INDEX", "VIEW", "TRIGGER"}), "")
        try:
            self._object(kind.lower(), statement.text, lambda offset: self.script.lines(statement.start + offset))
        except SqlError as error:
            if problem is None:
                self._missed(statement, error.what)
            return False
        return True

    def _object(self, kind: str, sql: str, lines_of: Callable[[int], int]) -> Table | None:
        if kind == "table":
            parser = tables.TableParser(sql, lines_of)
            table = parser.parse()
            if table.name.lower() in self.tables:
                raise SqlError(f"table {table.name} was created before", line=lines_of(0))
            self.tables[table.name.lower()] = table
            self.lines.update(parser.lines)
            return table
        if kind == "index":
            owner, index = tables.parse_index(sql, lines_of)
            self._attach(owner, index, "indexes", lines_of(0))
        elif kind == "view":
            view = tables.parse_view(sql, lines_of)
            self.views[view.name.lower()] = view
            self.lines[view.name] = lines_of(0)
        elif kind == "trigger":
            owner, trigger = tables.parse_trigger(sql, lines_of)
            self._attach(owner, trigger, "triggers", lines_of(0))
        else:
            raise SqlError("this CREATE is not read", line=lines_of(0))
        return None

    def _attach(self, owner: str, part: Index | Trigger, attribute: str, line: int) -> None:
        for store in (self.tables, self.views):
            found = store.get(owner.lower())
            if found is not None:
                parts = (*getattr(found, attribute), part)
                store[owner.lower()] = found.model_copy(update={attribute: parts})  # type: ignore[assignment]
                self.lines[f"{found.name}.{part.name}"] = line
                return
        raise SqlError(f"{owner} is not created in this script", line=line)

    def _resolved(self, table: Table) -> Table:
        """The table with its references' columns filled in and names spelt as they were declared."""
        names = {column.name.lower(): column.name for column in table.columns}

        def spelt(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names.get(one.lower(), one) for one in columns)

        def key(found: ForeignKey) -> ForeignKey:
            return self._resolved_key(found).model_copy(update={"columns": spelt(found.columns)})

        return table.model_copy(
            update={
                "foreign_keys": tuple(key(one) for one in table.foreign_keys),
                "unique_keys": tuple(
                    one.model_copy(update={"columns": spelt(one.columns)}) for one in table.unique_keys
                ),
            }
        )

    def _resolved_key(self, key: ForeignKey) -> ForeignKey:
        parent = self.tables.get(key.referenced_table.lower())
        if parent is None:
            return key.model_copy(update={"referenced_columns": key.referenced_columns or key.columns})
        names = {column.name.lower(): column.name for column in parent.columns}
        own = parent.primary_key.columns if parent.primary_key else ()
        if not key.referenced_columns and len(own) != len(key.columns):
            self.notes.append(
                f"a foreign key ({', '.join(key.columns)}) does not match the primary key of {parent.name}"
            )
            own = key.columns
        columns = tuple(names.get(one.lower(), one) for one in key.referenced_columns or own)
        return key.model_copy(update={"referenced_table": parent.name, "referenced_columns": columns})
