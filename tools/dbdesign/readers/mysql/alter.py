"""Applies ALTER TABLE, CREATE INDEX, DROP and RENAME to what was read so far."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.errors import SqlError
from dbdesign.model.schema import Column
from dbdesign.readers.mysql.columns import parse_column, parse_default
from dbdesign.readers.mysql.draft import SchemaDraft, TableDraft
from dbdesign.readers.mysql.keys import add_index, at_key, parse_key, parse_using
from dbdesign.readers.mysql.tables import parse_option, parse_partitioning
from dbdesign.readers.mysql.types import parse_charset
from dbdesign.readers.tokens import TokenStream

NO_EFFECT = {
    "DISABLE",
    "ENABLE",
    "FORCE",
    "ALGORITHM",
    "LOCK",
    "ORDER",
    "VALIDATION",
    "NOWAIT",
    "WAIT",
    "ANALYZE",
    "CHECK",
    "OPTIMIZE",
    "REBUILD",
    "REPAIR",
    "DISCARD",
    "IMPORT",
}
"""First words of clauses that do not change the schema."""

PARTITION_WORDS = {"COALESCE", "REORGANIZE", "EXCHANGE", "TRUNCATE"}


def alter_table(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows ALTER TABLE. Raises `SqlError` if the table is not known; clauses not understood are reported one by one."""
    stream.accept("IF", "EXISTS")
    parts = stream.dotted()
    table = draft.table(parts)
    if table is None:
        if stream.at_any("DISABLE", "ENABLE"):
            draft.skip("ALTER TABLE … KEYS", "a setting while data is loaded", line)
            return
        raise SqlError(f"ALTER TABLE of {'.'.join(parts)}, which is not declared above", line=line)
    alteration = _Alteration(stream, table, draft)
    while not stream.ended:
        alteration.clause()
        if not stream.accept(","):
            break


class _Alteration:
    """The clauses of one ALTER TABLE."""

    def __init__(self, stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> None:
        self.stream = stream
        self.table = table
        self.draft = draft

    def clause(self) -> None:
        """One clause; reported and skipped if it is not understood."""
        stream, first = self.stream, self.stream.index
        try:
            understood = self._clause()
            reason = "a clause of ALTER TABLE that is not understood"
        except SqlError as error:
            understood, reason = False, error.what
        if understood and (stream.ended or stream.at(",")):
            return
        if not understood:
            stream.index = first
        else:
            first = stream.index
        stream.skip_until(",")
        self.draft.not_understood(stream, first, f"table {self.table.name}: {reason}")

    def _clause(self) -> bool:
        stream, word = self.stream, self.stream.token.upper
        handlers: dict[str, Callable[[], bool]] = {
            "ADD": self._add,
            "MODIFY": self._modify,
            "CHANGE": self._change,
            "DROP": self._drop,
            "ALTER": self._alter,
            "RENAME": self._rename,
            "CONVERT": self._convert,
            "REMOVE": self._remove,
            "SET": self._set,
        }
        if handler := handlers.get(word):
            stream.next()
            return handler()
        if stream.at("PARTITION", "BY"):
            parse_partitioning(stream, self.table)
            return True
        if word in NO_EFFECT:
            self.draft.skip(f"ALTER TABLE … {word}", "does not change the schema", stream.line)
            stream.skip_until(",")
            return True
        if word in PARTITION_WORDS:
            return False
        while parse_option(stream, self.table):
            if stream.ended or stream.at(","):
                return True
        return False

    def _add(self) -> bool:
        stream, table = self.stream, self.table
        if stream.at("PARTITION"):
            return False
        if at_key(stream):
            parse_key(stream, table, self.draft)
            return True
        if stream.accept("SYSTEM", "VERSIONING"):
            table.options["system_versioned"] = "true"
            return True
        stream.accept("COLUMN")
        exists = stream.accept("IF", "NOT", "EXISTS")
        if stream.accept("("):
            while True:
                table.columns.append(parse_column(stream, table, self.draft))
                if not stream.accept(","):
                    break
            stream.expect(")")
            return True
        column = parse_column(stream, table, self.draft)
        first, after = self._position()
        if not (exists and table.column(column.name)):
            table.place(column, after, first=first)
        return True

    def _position(self) -> tuple[bool, str | None]:
        if self.stream.accept("FIRST"):
            return True, None
        return False, self.stream.name() if self.stream.accept("AFTER") else None

    def _modify(self) -> bool:
        self.stream.accept("COLUMN")
        self.stream.accept("IF", "EXISTS")
        self._redefine(None)
        return True

    def _change(self) -> bool:
        self.stream.accept("COLUMN")
        self.stream.accept("IF", "EXISTS")
        self._redefine(self.stream.name())
        return True

    def _redefine(self, old: str | None) -> None:
        table = self.table
        new = parse_column(self.stream, table, self.draft)
        before = table.column(old or new.name)
        if before is None:
            raise SqlError(f"column {old or new.name} is not declared", line=self.stream.line)
        if before.identity and new.identity and before.identity.mode == new.identity.mode:
            new = new.model_copy(update={"identity": before.identity})
        if table.primary_key and before.name in table.primary_key.columns:
            new = new.model_copy(update={"nullable": False})
        first, after = self._position()
        table.replace_column(before.name, new)
        if first or after:
            table.columns.remove(new)
            table.place(new, after, first=first)
        start = table.options.pop("auto_increment", None)
        if start is not None:
            table.number(int(start))

    def _drop(self) -> bool:
        stream, table = self.stream, self.table
        if stream.accept("PRIMARY", "KEY"):
            table.primary_key = None
            return True
        if stream.accept("PARTITION"):
            return False
        if stream.accept("SYSTEM", "VERSIONING"):
            table.options.pop("system_versioned", None)
            return True
        if stream.accept("FOREIGN", "KEY") or stream.accept_any("KEY", "INDEX", "CONSTRAINT", "CHECK"):
            lax = stream.accept("IF", "EXISTS")
            name = stream.name()
            return self._drop_named(name) or lax
        stream.accept("COLUMN")
        lax = stream.accept("IF", "EXISTS")
        name = stream.name()
        stream.accept_any("RESTRICT", "CASCADE")
        known = table.column(name) is not None
        table.drop_column(name)
        return known or lax

    def _drop_named(self, name: str) -> bool:
        if name.upper() == "PRIMARY":
            self.table.primary_key = None
            return True
        return self.table.drop_named(name)

    def _alter(self) -> bool:
        stream, table = self.stream, self.table
        if stream.accept_any("INDEX", "KEY"):
            return self._alter_index(stream.name())
        if stream.accept_any("CHECK", "CONSTRAINT"):
            name = stream.name()
            enforced = not stream.accept("NOT")
            stream.expect("ENFORCED")
            table.checks = [c.model_copy(update={"enforced": enforced}) if c.name == name else c for c in table.checks]
            return True
        stream.accept("COLUMN")
        name = stream.name()
        if stream.accept("SET", "DEFAULT"):
            return table.update_column(name, default=parse_default(stream))
        if stream.accept("DROP", "DEFAULT"):
            return table.update_column(name, default=None)
        return False

    def _alter_index(self, name: str) -> bool:
        word = self.stream.accept_any("VISIBLE", "INVISIBLE", "IGNORED", "NOT")
        if word == "NOT":
            self.stream.expect("IGNORED")
        visible = word in {"VISIBLE", "NOT"}
        table = self.table
        known = any(index.name == name for index in table.indexes)
        table.indexes = [i.model_copy(update={"visible": visible}) if i.name == name else i for i in table.indexes]
        return known and word is not None

    def _rename(self) -> bool:
        stream, table = self.stream, self.table
        if stream.accept("COLUMN"):
            old = stream.name()
            stream.expect("TO")
            column = table.column(old)
            if column is None:
                return False
            table.replace_column(old, column.model_copy(update={"name": stream.name()}))
            return True
        if stream.accept_any("INDEX", "KEY"):
            old = stream.name()
            stream.expect("TO")
            table.rename_index(old, stream.name())
            return True
        stream.accept_any("TO", "AS", "=")
        self.draft.rename_table((table.database, table.name), self.draft.qualify(stream.dotted()))
        return True

    def _convert(self) -> bool:
        stream, table = self.stream, self.table
        stream.expect("TO")
        charset = parse_charset(stream)
        table.options.pop("collation", None)
        if charset:
            table.options["charset"] = charset
        if stream.accept("COLLATE"):
            stream.accept("=")
            table.options["collation"] = stream.name().lower()

        def plain(column: Column) -> Column:
            return column.model_copy(update={"charset": None, "collation": None})

        table.columns = [plain(column) if column.type.is_text else column for column in table.columns]
        return charset is not None

    def _remove(self) -> bool:
        if self.stream.accept("PARTITIONING"):
            self.table.partitioning = None
            return True
        return self.stream.accept("TTL") and self.table.options.pop("ttl", None) is not None

    def _set(self) -> bool:
        if self.stream.accept("TIFLASH", "REPLICA"):
            self.table.options["tiflash_replica"] = self.stream.next().text
            return True
        return False


def create_index(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows CREATE, from UNIQUE, FULLTEXT, SPATIAL or INDEX on."""
    unique = stream.accept("UNIQUE")
    kind = stream.accept_any("FULLTEXT", "SPATIAL", "VECTOR", "COLUMNAR")
    stream.expect("INDEX")
    stream.accept("IF", "NOT", "EXISTS")
    name = stream.name()
    method = parse_using(stream)
    stream.expect("ON")
    parts = stream.dotted()
    table = draft.table(parts)
    if table is None:
        raise SqlError(f"index {name} is on {'.'.join(parts)}, which is not declared above", line=line)
    add_index(stream, table, name, unique=unique, kind=kind, method=method)
    table.lines[name] = line
    while stream.accept_any("ALGORITHM", "LOCK", "WAIT", "NOWAIT"):
        stream.accept("=")
        if not stream.ended:
            stream.next()
    if not stream.ended:
        first = stream.index
        stream.index = len(stream.tokens)
        draft.not_understood(stream, first, f"index {name}: not understood as an index option")


def rename_tables(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows RENAME TABLE."""
    while True:
        stream.accept("IF", "EXISTS")
        parts = stream.dotted()
        stream.expect("TO")
        new = draft.qualify(stream.dotted())
        table = draft.table(parts)
        if table is None:
            raise SqlError(f"RENAME TABLE of {'.'.join(parts)}, which is not declared above", line=line)
        draft.rename_table((table.database, table.name), new)
        if not stream.accept(","):
            return


def drop(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows DROP: the object goes if it is there."""
    stream.accept("TEMPORARY")
    kind = stream.next().upper
    if kind in {"PREPARE", "USER", "ROLE", "SERVER", "TABLESPACE", "UNDO", "RESOURCE"}:
        draft.skip(f"DROP {kind}", "not part of a schema", line)
        return
    stream.accept("IF", "EXISTS")
    names = [stream.dotted()]
    while stream.accept(","):
        names.append(stream.dotted())
    if kind == "INDEX":
        stream.expect("ON")
        table = draft.table(stream.dotted())
        if table is None or not table.drop_named(names[0][-1]):
            raise SqlError(f"DROP INDEX {names[0][-1]}: there is no such index", line=line)
        return
    gone = [name for parts in names if (name := _drop_object(draft, kind, parts))]
    draft.skip(f"DROP {kind}", "before the object is created again" if not gone else "the object is gone again", line)
    if kind == "TABLE":
        draft.notes += [f"line {line}: DROP TABLE removes {name}, declared above" for name in gone]


def _drop_object(draft: SchemaDraft, kind: str, parts: tuple[str, ...]) -> str | None:
    """Removes an object; its name if it was there."""
    name = draft.qualify(parts)
    places: dict[str, dict[tuple[str | None, str], object]] = {
        "TABLE": draft.tables,  # type: ignore[dict-item]
        "VIEW": draft.views,  # type: ignore[dict-item]
        "SEQUENCE": draft.sequences,  # type: ignore[dict-item]
    }
    if kind in places:
        return name[1] if places[kind].pop(name, None) is not None else None
    if kind in {"FUNCTION", "PROCEDURE"}:
        return name[1] if draft.routines.pop((kind.lower(), *name), None) is not None else None
    if kind == "TRIGGER":
        for table in draft.tables.values():
            rest = [trigger for trigger in table.triggers if trigger.name != name[1]]
            if len(rest) < len(table.triggers):
                table.triggers = rest
                return name[1]
    return None
