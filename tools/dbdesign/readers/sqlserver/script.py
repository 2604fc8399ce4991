"""A whole script: which statement each one is, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.errors import InputError, LimitError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Carried, Index, label
from dbdesign.readers.base import ReadResult
from dbdesign.readers.sqlserver import elements, indexes, objects
from dbdesign.readers.sqlserver.batches import LEXER, Script, declared_tables, is_module, split
from dbdesign.readers.sqlserver.drafts import Catalog, Name, fold
from dbdesign.readers.sqlserver.tables import TableParser
from dbdesign.readers.tokens import TokenStream

STARTS = frozenset(
    [
        "ALTER",
        "BACKUP",
        "BEGIN",
        "CLOSE",
        "COMMIT",
        "CREATE",
        "DBCC",
        "DEALLOCATE",
        "DECLARE",
        "DELETE",
        "DENY",
        "DISABLE",
        "DROP",
        "ELSE",
        "ENABLE",
        "END",
        "EXEC",
        "EXECUTE",
        "FETCH",
        "GRANT",
        "IF",
        "INSERT",
        "MERGE",
        "OPEN",
        "PRINT",
        "RAISERROR",
        "RESTORE",
        "RETURN",
        "REVOKE",
        "ROLLBACK",
        "SAVE",
        "SELECT",
        "SET",
        "THROW",
        "TRUNCATE",
        "UPDATE",
        "USE",
        "WAITFOR",
        "WHILE",
        "WITH",
    ]
)
"""Words that a statement begins with; T-SQL hardly ever ends one with a semicolon."""

LEFT_OUT: dict[str, str] = {
    "INSERT": "data", "UPDATE": "data", "DELETE": "data", "MERGE": "data", "TRUNCATE": "data", "SELECT": "a query",
    "SET": "a setting of the session", "USE": "names the database", "PRINT": "a message", "RAISERROR": "a message",
    "THROW": "a message", "DECLARE": "a variable", "RETURN": "control of flow", "WAITFOR": "control of flow",
    "WHILE": "control of flow", "ELSE": "control of flow", "IF": "a condition; what it guards is read",
    "COMMIT": "a transaction", "ROLLBACK": "a transaction", "SAVE": "a transaction", "BEGIN": "a block or transaction",
    "END": "a block", "DENY": "concerns principals", "REVOKE": "concerns principals", "BACKUP": "administration",
    "RESTORE": "administration", "DBCC": "administration", "OPEN": "a cursor", "CLOSE": "a cursor", "FETCH": "a cursor",
    "DEALLOCATE": "a cursor", "WITH": "a query",
}  # fmt: skip
"""Statements that say nothing of the schema, with the reason."""

LEFT_OUT_CREATES = frozenset(
    {"DATABASE", "LOGIN", "USER", "ROLE", "CERTIFICATE", "CREDENTIAL", "ENDPOINT", "MASTER", "SYMMETRIC", "ASYMMETRIC", "AVAILABILITY",
     "RESOURCE", "WORKLOAD", "EVENT", "SERVER", "APPLICATION", "CRYPTOGRAPHIC", "COLUMN"}
)  # fmt: skip
"""CREATE and ALTER of principals, of the server and of keys."""

CARRIED_CREATES: dict[str, tuple[str, bool]] = {
    "SYNONYM": ("synonym", False), "PARTITION": ("partition", True), "RULE": ("rule", True), "DEFAULT": ("default", True),
    "STATISTICS": ("statistics", False), "ASSEMBLY": ("assembly", True), "XML": ("XML schema collection", True),
    "FULLTEXT": ("full-text catalog", True), "AGGREGATE": ("aggregate", False), "SECURITY": ("security policy", False),
    "MESSAGE": ("message type", False), "QUEUE": ("queue", False), "SERVICE": ("service", False), "CONTRACT": ("contract", False),
    "ROUTE": ("route", False), "BROKER": ("broker priority", False), "EXTERNAL": ("external object", False),
    "SEARCH": ("search property list", True),
}  # fmt: skip
"""CREATE of what dbdesign does not look into, and whether tables may need it."""

EXECUTORS = frozenset({"sp_executesql"})
MAX_CHARACTERS = 24_000_000
"""Of a script: every token of it is kept in memory, about 60 bytes a character."""
MAX_DEPTH = 4
"""Of SQL in strings of SQL."""


def read_script(text: str) -> ReadResult:
    """The schema that a script makes."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(text):,} characters, more than {MAX_CHARACTERS:,}",
            remedy="Script the schema without the data",
        )
    text = text.replace("\ufeff", " ")
    script = split(text)
    if not script.batches:
        raise InputError("there is no statement in the text", remedy="Give a T-SQL script with CREATE TABLE statements")
    catalog = Catalog()
    for line, directive in script.directives:
        catalog.skip(directive.split()[0], line, "a command of sqlcmd")
    for batch in script.batches:
        Batch(batch, catalog).read()
    schema = catalog.schema()
    return ReadResult(
        schema=schema,
        unread=tuple(catalog.unread),
        skipped=catalog.skips(),
        declared_tables=_declared(script, catalog),
        lines=catalog.lines,
        comments=script.comments,
        notes=tuple(catalog.notes),
        proof=Proof(level="parsed", by="dbdesign's T-SQL parser"),
    )


def _declared(script: Script, catalog: Catalog) -> int:
    declared = declared_tables(script)
    if declared != len(catalog.tables):
        catalog.notes.append(
            f"{declared} CREATE TABLE statements were counted and {len(catalog.tables)} tables read; "
            "see what is unread or dropped"
        )
    return declared


class Batch:
    """One batch; statements follow one another with or without a semicolon."""

    def __init__(self, stream: TokenStream, catalog: Catalog, depth: int = 0, line: int | None = None) -> None:
        self.stream = stream
        self.catalog = catalog
        self.depth = depth
        self.fixed_line = line

    @property
    def line(self) -> int:
        """The line of the position, also within SQL that stands in a string."""
        return self.fixed_line if self.fixed_line is not None else self.stream.line

    def read(self) -> None:
        """Read every statement; one that is not understood is reported, and the next one begins at the next line that starts one."""
        stream = self.stream
        if is_module(stream):
            self._tolerant(lambda: objects.create_module(stream, self.catalog))
            return
        while not stream.ended:
            if not stream.accept(";"):
                self._tolerant(self._statement)

    def _tolerant(self, read: Callable[[], None]) -> None:
        stream = self.stream
        first, line = stream.index, self.line
        try:
            read()
        except (SqlError, ValueError, KeyError) as error:
            what = error.what if isinstance(error, SqlError) else f"not understood: {error}"
            stream.index = first + 1
            self._skip_statement()
            self.catalog.missed(line, stream.source(first), what)
        if stream.index == first and not stream.ended:
            stream.next()

    def _skip_statement(self) -> None:
        """To the next semicolon, or to a word that begins a statement, outside parentheses."""
        stream = self.stream
        depth = 0
        while not stream.ended:
            token = stream.token
            if token.upper == "(":
                depth += 1
            elif token.upper == ")":
                depth -= 1
            elif depth <= 0 and (token.upper == ";" or (token.upper in STARTS and self._begins_statement())):
                return
            stream.index += 1

    def _begins_statement(self) -> bool:
        """Whether the word begins a line, or a definition on the same line as what goes before (but not `GRANT CREATE TABLE`)."""
        stream = self.stream
        if stream.at("CREATE", "TABLE") or stream.at("ALTER", "TABLE") or stream.at("CREATE", "INDEX"):
            return stream.peek(-1).upper not in {"GRANT", "DENY", "REVOKE", ","}
        before = stream.text.rfind("\n", 0, stream.token.start)
        return not stream.text[before + 1 : stream.token.start].strip()

    def _statement(self) -> None:
        stream = self.stream
        word = stream.token.upper
        if word == "CREATE":
            self._create()
        elif word == "ALTER":
            self._alter()
        elif word == "DROP":
            self._drop()
        elif word in {"EXEC", "EXECUTE"}:
            self._execute()
        elif word == "GRANT":
            first = stream.index
            stream.next()
            objects.grant(stream, self.catalog, first)
        elif word in {"ENABLE", "DISABLE"} and stream.peek().upper == "TRIGGER":
            self._switch_trigger()
        elif word == "SELECT":
            self._select()
        elif word in LEFT_OUT and not (word == "WITH" and stream.peek(2).upper not in {"AS", "("}):
            self._leave_out(word)
        else:
            raise stream.error("no statement begins so")

    def _select(self) -> None:
        """A query; SELECT … INTO makes a table of it, with columns that only the server knows."""
        stream, first, line = self.stream, self.stream.index, self.line
        stream.next()
        self._skip_statement()
        into = next((at for at in range(first, stream.index) if stream.tokens[at].upper == "INTO"), None)
        target = stream.tokens[into + 1].text if into is not None else "#"
        if target.startswith(("#", "[#", "@")):
            self.catalog.skip("SELECT", line, LEFT_OUT["SELECT"])
        else:
            self.catalog.missed(line, stream.source(first), "makes a table whose columns only the server knows")

    def _leave_out(self, word: str) -> None:
        stream = self.stream
        self.catalog.skip(word, self.line, LEFT_OUT[word])
        stream.next()
        if word == "IF" or word == "WHILE":
            self._skip_condition()
        elif word == "BEGIN":
            stream.accept_any("TRANSACTION", "TRAN", "TRY", "CATCH")
        elif word == "END":
            stream.accept_any("TRY", "CATCH")
        elif word == "UPDATE":
            self._skip_statement()
            if stream.at("SET"):
                stream.next()
                self._skip_statement()
        elif word == "INSERT":
            self._skip_insert()
        elif word != "ELSE":
            self._skip_statement()

    def _skip_insert(self) -> None:
        """INSERT … VALUES, SELECT or EXEC; the latter two begin lines of their own."""
        stream = self.stream
        self._skip_statement()
        if stream.at_any("SELECT", "EXEC", "EXECUTE", "WITH"):
            stream.next()
            self._skip_statement()

    def _skip_condition(self) -> None:
        stream = self.stream
        while not stream.ended and stream.token.upper not in STARTS:
            if stream.at("("):
                stream.skip_parentheses()
            else:
                stream.next()

    def _create(self) -> None:
        stream, catalog = self.stream, self.catalog
        first, line = stream.index, self.line
        stream.next()
        stream.accept("OR", "ALTER")
        if stream.accept("TABLE"):
            TableParser(stream, catalog).create()
        elif stream.at("PRIMARY", "XML") or stream.at("XML", "INDEX"):
            self._index(*indexes.create_xml_index(stream), line)
        elif stream.at("SPATIAL", "INDEX"):
            self._index(*indexes.create_spatial_index(stream), line)
        elif stream.at("FULLTEXT", "INDEX"):
            self._index(*indexes.create_fulltext_index(stream), line)
        elif stream.at_any("UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "INDEX"):
            self._index(*indexes.create_index(stream), line)
        elif stream.accept("SCHEMA"):
            objects.create_schema(stream, catalog)
        elif stream.accept("TYPE"):
            objects.create_type(stream, catalog, line)
        elif stream.accept("SEQUENCE"):
            objects.create_sequence(stream, catalog, line)
        else:
            self._create_other(first)

    def _create_other(self, first: int) -> None:
        stream, catalog = self.stream, self.catalog
        word = stream.token.upper
        if word in {"VIEW", "PROC", "PROCEDURE", "FUNCTION", "TRIGGER"}:
            rest = TokenStream(stream.text, stream.tokens[first:], stream.lines)
            stream.index = len(stream.tokens)
            objects.create_module(rest, catalog)
        elif word in LEFT_OUT_CREATES:
            catalog.skip(f"CREATE {word}", self.line, "concerns the server, principals or keys")
            self._skip_statement()
            if word == "DATABASE" and stream.at(
                "WITH"
            ):  # its options, which Management Studio writes on a line of their own
                stream.next()
                self._skip_statement()
        elif word in CARRIED_CREATES:
            kind, before = CARRIED_CREATES[word]
            stream.next()
            if word == "PARTITION":
                kind = f"partition {stream.next().text.lower()}"
            for _ in range(2):
                stream.accept_any(
                    "CATALOG", "STOPLIST", "SCHEMA", "POLICY", "TYPE", "PRIORITY", "PROPERTY", "COLLECTION"
                )
            name = (stream.dotted() if stream.is_name() else ("",))[-1]
            self._skip_statement()
            catalog.carried.append(Carried(kind=kind, name=name, sql=stream.source(first), before_tables=before))
        else:
            raise stream.error("this CREATE is not read")

    def _index(self, table: Name, index: Index, line: int) -> None:
        catalog = self.catalog
        draft, view = catalog.table(table), catalog.views.get(fold(table))
        if draft is not None:
            draft.indexes.append(index)
        elif view is not None:
            catalog.views[fold(table)] = view.model_copy(update={"indexes": (*view.indexes, index)})
        elif table[1].startswith("#"):
            catalog.skip("temporary table", line, "lives for a session")
        else:
            raise SqlError(f"{label(*table)} is not created in this script", line=line)
        catalog.lines[f"{label(*table)}.{index.name}"] = line

    def _alter(self) -> None:
        stream, catalog = self.stream, self.catalog
        word = stream.peek().upper
        if word == "TABLE":
            stream.index += 2
            TableParser(stream, catalog).alter()
        elif word == "INDEX":
            self._alter_index()
        elif word in {"VIEW", "PROC", "PROCEDURE", "FUNCTION", "TRIGGER"}:
            rest = TokenStream(stream.text, stream.tokens[stream.index :], stream.lines)
            stream.index = len(stream.tokens)
            objects.create_module(rest, catalog)
        elif word in LEFT_OUT_CREATES | {"AUTHORIZATION"}:
            catalog.skip(f"ALTER {word}", self.line, "concerns the server, principals or keys")
            stream.next()
            self._skip_statement()
        else:
            raise stream.error("this ALTER is not read")

    def _alter_index(self) -> None:
        stream = self.stream
        stream.index += 2
        name = stream.name().lower()
        stream.expect("ON")
        draft = self.catalog.table(elements.object_name(stream))
        if stream.accept("DISABLE") and draft is not None:
            draft.indexes = [
                one.model_copy(update={"visible": False}) if name in {"all", (one.name or "").lower()} else one
                for one in draft.indexes
            ]
            return
        self.catalog.skip("ALTER INDEX", self.line, "concerns storage alone")
        self._skip_statement()

    def _drop(self) -> None:
        """DROP of what the script made before takes it away; of anything else it says nothing."""
        stream, catalog = self.stream, self.catalog
        line = self.line
        stream.next()
        word = stream.next().upper
        stream.accept("IF", "EXISTS")
        found = False
        stores = {
            "TABLE": catalog.tables,
            "VIEW": catalog.views,
            "SEQUENCE": catalog.sequences,
            "TYPE": catalog.domains,
        }
        routines = {"PROC": catalog.routines, "PROCEDURE": catalog.routines, "FUNCTION": catalog.routines}
        store = (stores | routines).get(word)
        if store is not None and stream.is_name():
            while True:
                found = store.pop(fold(elements.object_name(stream)), None) is not None or found  # type: ignore[attr-defined]
                if not stream.accept(","):
                    break
        elif word == "INDEX" and stream.is_name():
            found = self._drop_indexes()
        self._skip_statement()
        if found:
            catalog.notes.append(f"line {line}: DROP {word} takes away what the script made before")
        catalog.skip(f"DROP {word}", line, "of what was there before" if not found else "of what the script made")

    def _drop_indexes(self) -> bool:
        """`i ON t, …` and the older `t.i, …`; whether the script had made one of them."""
        stream, found = self.stream, False
        while True:
            namespace, name = elements.object_name(stream)
            table = elements.object_name(stream) if stream.accept("ON") else (None, namespace or "")
            draft = self.catalog.table(table)
            if draft is not None:
                kept = [one for one in draft.indexes if (one.name or "").lower() != name.lower()]
                found = found or len(kept) < len(draft.indexes)
                draft.indexes = kept
            if not stream.accept(","):
                return found

    def _switch_trigger(self) -> None:
        stream = self.stream
        state = "enabled" if stream.next().upper == "ENABLE" else "disabled"
        stream.next()
        name = elements.object_name(stream)[1].lower()
        stream.expect("ON")
        draft = self.catalog.table(elements.object_name(stream))
        if draft is None:
            raise stream.error("a trigger of a table that this script does not create")
        draft.triggers = [
            one.model_copy(update={"enabled": state}) if name in {"all", one.name.lower()} else one
            for one in draft.triggers
        ]

    def _execute(self) -> None:
        stream = self.stream
        first, line = stream.index, self.line
        stream.next()
        if stream.at("(") and stream.peek().kind == "string" and stream.peek(2).upper == ")":
            self._nested(objects.string_value(stream.peek()), line)
            stream.skip_parentheses()
            return
        name = stream.dotted()[-1].lower() if stream.is_name() else ""
        if name in {"sp_addextendedproperty", "sp_updateextendedproperty"}:
            objects.extended_property(stream, self.catalog, first, line)
        elif name == "sp_rename":
            objects.rename(stream, self.catalog, line)
        elif name in EXECUTORS:
            positional, named = objects.arguments(stream)
            token = named.get("@statement") or named.get("@stmt") or (positional[0] if positional else None)
            if token is None or token.kind != "string":
                raise stream.error("sp_executesql of what is not a literal")
            self._nested(objects.string_value(token), line)
        else:
            self.catalog.skip(f"EXEC {name}".strip(), line, "what the procedure does is not known")
            self._skip_statement()

    def _nested(self, sql: str, line: int) -> None:
        """SQL in a string, as generated scripts guard CREATE VIEW and CREATE SCHEMA."""
        if self.depth >= MAX_DEPTH:
            raise SqlError("SQL in strings is nested too deeply", line=line)
        tokens = list(LEXER.tokens(sql))
        if tokens:
            inner = TokenStream(sql, tokens, lambda _: line)
            Batch(inner, self.catalog, self.depth + 1, line).read()
