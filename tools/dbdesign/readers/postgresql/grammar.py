"""Reads PostgreSQL DDL by PostgreSQL's own grammar (libpg_query 18), for scripts that no server at hand can execute.

Statements are applied in their order to a schema in the making. What the grammar refuses, or what does not fit what came before, goes
into `unread` with its line, and reading goes on with the next statement. What only a server knows is in the notes: how it spells
expressions, the columns of CREATE TABLE AS, what a DO block or a function that is called does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import (
    Carried,
    Column,
    Engine,
    ForeignKey,
    Identity,
    Namespace,
    Schema,
    Sequence,
    Table,
)
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_changes import CHANGE
from dbdesign.readers.postgresql.grammar_drafts import TEMPORARY, Drafts, Name, Refused, SequenceDraft, TableDraft
from dbdesign.readers.postgresql.grammar_lookup import Handler
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_objects import CREATE
from dbdesign.readers.postgresql.kinds import Role
from dbdesign.readers.postgresql.libpg_query import VERSION, ParseError, parse
from dbdesign.readers.postgresql.names import make_object_name, note_of_cut_names
from dbdesign.readers.postgresql.positions import Positions, Statement, positions
from dbdesign.readers.postgresql.split import statements as split_statements

_GUARDED = re.compile(r"\A\s*BEGIN\b(.*?)\bEXCEPTION\s+WHEN\b.*\bEND\s*;?\s*\Z", re.IGNORECASE | re.DOTALL)
_NEXT_STATEMENT = re.compile(r"\n(?=(?:CREATE|ALTER|COMMENT\s+ON|DROP|GRANT|INSERT)\s)", re.IGNORECASE)
_IGNORED = {
    "alter_owner_stmt", "alter_extension_stmt", "alter_extension_contents_stmt", "alter_collation_stmt", "create_role_stmt",
    "alter_role_stmt", "alter_role_set_stmt", "drop_role_stmt", "grant_role_stmt", "createdb_stmt", "dropdb_stmt", "alter_database_stmt",
    "alter_database_set_stmt", "sec_label_stmt", "reassign_owned_stmt", "alter_object_depends_stmt", "alter_event_trig_stmt",
    "create_table_space_stmt", "drop_table_space_stmt", "alter_system_stmt", "load_stmt", "alter_stats_stmt",
}  # fmt: skip
_HANDLERS: dict[str, Handler] = CREATE | CHANGE


def read_by_grammar(text: str, *, engine: Engine = Engine.POSTGRESQL) -> ReadResult:
    """The schema of a script, without a server.

    Raises `SqlError` for a quote or comment that never ends, `InputError` for an empty text. `engine` is what the schema is said to be
    for: the reader of CockroachDB passes its own, with what the grammar does not know taken out before.
    """
    if not text.strip():
        raise InputError("the text is empty", remedy="Give a script with CREATE TABLE statements")
    found = positions(text)
    run = GrammarRun(found, engine)
    run.apply_all()
    return run.result()


class GrammarRun:
    """One reading."""

    def __init__(self, found: Positions, engine: Engine) -> None:
        self.positions = found
        self.engine = engine
        self.drafts = Drafts()
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self.ignored = 0

    def apply_all(self) -> None:
        """Every statement in order."""
        for statement in self.positions.statements:
            if statement.role is Role.OTHER:
                self.apply_other(statement)
            else:
                self.apply(statement.text, statement.line)

    def apply(self, sql: str, line: int, *, recover: bool = True) -> None:
        """One statement; what fails is put aside."""
        self.drafts.line = line
        try:
            tree = parse(sql)
        except ParseError as error:
            if not (recover and self._split_again(sql, line)):
                self.put_aside(
                    line + _lines_before(sql, getattr(error, "cursorpos", 0)),
                    sql,
                    getattr(error, "message", str(error)),
                )
            return
        for raw in tree.stmts:
            try:
                self._apply_node(raw.stmt, sql)
            except Refused as error:
                self.put_aside(line, sql, str(error))

    def _apply_node(self, node: Node, sql: str) -> None:
        which = nodes.kind_of(node)
        handler = _HANDLERS.get(which)
        if handler is not None:
            handler(nodes.unwrap(node), self.drafts, sql)
        elif which == "variable_set_stmt":
            self._set(node.variable_set_stmt)
        elif which == "select_stmt":
            self._set_config(node.select_stmt)
        elif which in _IGNORED:
            self.ignored += 1
        else:
            raise Refused(f"the grammar reader does not apply {which.removesuffix('_stmt').replace('_', ' ').upper()}")

    def _set(self, node: Node) -> None:
        if node.name == "search_path":
            names = [nodes.constant(one) for one in node.args]
            self._search_path(names or ["public"])

    def _set_config(self, select: Node) -> None:
        for target in select.target_list:
            call = target.res_target.val.func_call
            if call.funcname and call.funcname[-1].string.sval == "set_config" and len(call.args) > 1:
                name, value = nodes.constant(call.args[0]), nodes.constant(call.args[1])
                if name == "search_path":
                    self._search_path([part.strip().strip('"') for part in value.split(",") if part.strip()])

    def _search_path(self, names: list[str]) -> None:
        self.drafts.search_path = [nodes.plain(name) for name in names if name not in {"$user", "pg_catalog"}]

    def apply_other(self, statement: Statement) -> None:
        """A program: the common guard `DO $$ BEGIN … EXCEPTION WHEN duplicate_object …` is looked into, nothing else is."""
        if statement.kind == "DO":
            inner = list(self._guarded(statement))
            for sql, line in inner:
                self.apply(sql, line)
            if inner:
                return
            self.put_aside(statement.line, statement.text, "a DO block: what it does is known only by executing it")
        elif statement.kind != "SELECT":
            self.put_aside(
                statement.line, statement.text, "not a statement of PostgreSQL's grammar that a schema is made of"
            )

    def _guarded(self, statement: Statement) -> Iterator[tuple[str, int]]:
        try:
            tree = parse(statement.text)
        except ParseError:
            return
        bodies = [
            one.def_elem.arg.string.sval for one in tree.stmts[0].stmt.do_stmt.args if one.def_elem.defname == "as"
        ]
        match = _GUARDED.match(bodies[0]) if bodies else None
        if match is None:
            return
        offset = statement.text.find(match.group(1))
        line = statement.line + statement.text.count("\n", 0, max(offset, 0))
        for piece in split_statements(match.group(1)):
            if piece.text.split(maxsplit=1)[0].upper() not in {"CREATE", "ALTER", "DROP", "COMMENT"}:
                return
            yield piece.sql, line + piece.line - 1

    def _split_again(self, sql: str, line: int) -> bool:
        """Whether a semicolon was missing: the statement falls into parts, at lines that begin one, that the grammar takes."""
        parts = _NEXT_STATEMENT.split(sql)
        if len(parts) < 2:
            return False
        for part in parts:
            self.apply(part, line, recover=False)
            line += part.count("\n") + 1
        self.notes.append(
            f"line {line - parts[-1].count(chr(10)) - 1}: a semicolon is missing before this line; read as if it were there"
        )
        return True

    def put_aside(self, line: int, sql: str, reason: str) -> None:
        """Names a statement as not understood."""
        self.unread.append(Unread(line=line, text=" ".join(sql.split())[:200], reason=reason))

    def result(self) -> ReadResult:
        """The schema and what belongs to it."""
        schema = Finisher(self.drafts, self.engine, self.notes).schema()
        notes = [*self.notes, *self.drafts.notes, *note_of_cut_names(self.positions.long_names)]
        if self.positions.temporary_tables:
            listed = ", ".join(self.positions.temporary_tables[:5])
            notes.append(f"temporary tables belong to no schema and are left out: {listed}")
        return ReadResult(
            schema=schema,
            unread=tuple(self.unread),
            skipped=self.positions.skipped,
            declared_tables=self.positions.declared_tables,
            lines=self.positions.lines,
            comments=self.positions.comments,
            notes=tuple(dict.fromkeys(notes)),
            proof=Proof(level="parsed", by=VERSION),
        )


def _lines_before(sql: str, cursor: int) -> int:
    """Line breaks before a byte position (from 1) of libpg_query."""
    return sql.encode()[: max(cursor - 1, 0)].count(b"\n") if cursor else 0


class Finisher:
    """From drafts to the schema: serial and identity columns absorb their sequences, bare REFERENCES find the primary key."""

    def __init__(self, drafts: Drafts, engine: Engine, notes: list[str]) -> None:
        self._drafts = drafts
        self._engine = engine
        self._notes = notes
        self._absorbed: set[Name] = set()
        self._by_owner = {one.owner: one for one in drafts.sequences.values() if one.owner}

    def schema(self) -> Schema:
        """The schema as a value."""
        drafts = self._drafts
        tables = tuple(self._table(one) for one in drafts.tables.values() if one.name[0] != TEMPORARY)
        rights = drafts.privileges
        return Schema(
            engine=self._engine,
            namespaces=tuple(
                self._namespace(one) for one in sorted(drafts.namespaces.values(), key=lambda one: one.name)
            ),
            extensions=tuple(drafts.extensions.values()),
            enums=tuple(
                one.model_copy(update={"grants": rights.grants("type", key)}) for key, one in drafts.enums.items()
            ),
            domains=tuple(
                one.model_copy(update={"grants": rights.grants("type", key)}) for key, one in drafts.domains.items()
            ),
            composites=tuple(
                one.model_copy(update={"grants": rights.grants("type", key)}) for key, one in drafts.composites.items()
            ),
            sequences=tuple(
                self._sequence(one)
                for key, one in drafts.sequences.items()
                if key not in self._absorbed and key[0] != TEMPORARY
            ),
            tables=tables,
            views=tuple(
                one.model_copy(update={"grants": rights.grants("table", key, one.columns)})
                for key, one in drafts.views.items()
                if key[0] != TEMPORARY
            ),
            routines=tuple(
                one.model_copy(update={"grants": rights.grants("routine", key)}) for key, one in drafts.routines.items()
            ),
            carried=(*drafts.carried, *self._default_grants()),
        )

    def _default_grants(self) -> Iterator[Carried]:
        """What is granted on `public`, which is no namespace of the model's."""
        for one in self._drafts.privileges.grants("default schema", "public"):
            holder = "PUBLIC" if one.grantee == "public" else DIALECT.identifier(one.grantee)
            verb, joint = ("REVOKE", "FROM") if one.revoked else ("GRANT", "TO")
            option = " WITH GRANT OPTION" if one.grantable and not one.revoked else ""
            sql = f"{verb} {', '.join(one.privileges)} ON SCHEMA public {joint} {holder}{option}"
            yield Carried(kind="grant", name="public", sql=sql)

    def _namespace(self, one: Namespace) -> Namespace:
        return one.model_copy(update={"grants": self._drafts.privileges.grants("schema", one.name)})

    def _table(self, draft: TableDraft) -> Table:
        columns = tuple(self._column(draft, column) for column in draft.columns.values())
        draft.foreign_keys[:] = [self._resolved(draft, key) for key in draft.foreign_keys]
        return draft.finished(columns, self._drafts.privileges.grants("table", draft.name, draft.columns))

    def _column(self, draft: TableDraft, column: Column) -> Column:
        sequence = self._by_owner.get((draft.name, column.name))
        if sequence is None:
            return column
        if column.identity is not None:
            return column.model_copy(
                update={"identity": self._numbered(column.identity.mode, draft, column, sequence), "default": None}
            )
        serial = (
            self._drafts.sequence_of(column.default) == sequence.name
            and column.type.is_integer
            and not column.nullable
            and sequence.name[0] == draft.name[0]
        )
        if not serial:
            return column
        return column.model_copy(
            update={"identity": self._numbered("serial", draft, column, sequence), "default": None}
        )

    def _numbered(self, mode: Any, draft: TableDraft, column: Column, sequence: SequenceDraft) -> Identity:
        self._absorbed.add(sequence.name)
        usual = make_object_name(draft.name[1], column.name, "seq")
        options = nodes.plain_options(sequence.numbers, sequence.data_type, cycle=sequence.cycle)
        if sequence.data_type != column.type.native:
            options = options.model_copy(update={"data_type": sequence.data_type})
        return Identity(
            mode=mode,
            options=options,
            sequence_name=None if sequence.name[1] == usual else sequence.name[1],
            grants=self._drafts.privileges.grants("sequence", sequence.name),
            comment=sequence.comment,
        )

    def _sequence(self, draft: SequenceDraft) -> Sequence:
        kinds = {"smallint": Kind.INT16, "integer": Kind.INT32}
        table = self._drafts.tables.get(draft.owner[0]) if draft.owner else None
        return Sequence(
            namespace=draft.name[0],
            name=draft.name[1],
            type=None if draft.data_type == "bigint" else DataType(kind=kinds[draft.data_type], native=draft.data_type),
            options=nodes.plain_options(draft.numbers, draft.data_type, cycle=draft.cycle),
            owned_by=f"{table.label}.{draft.owner[1]}" if table and draft.owner else None,
            comment=draft.comment,
            grants=self._drafts.privileges.grants("sequence", draft.name),
            unlogged=draft.unlogged,
        )

    def _resolved(self, draft: TableDraft, key: ForeignKey) -> ForeignKey:
        if key.referenced_columns:
            return key
        parent = self._drafts.tables.get((key.referenced_namespace, key.referenced_table))
        if parent is not None and parent.primary_key is not None:
            return key.model_copy(update={"referenced_columns": parent.primary_key.columns})
        why = "is not in the text" if parent is None else "has no primary key"
        self._notes.append(
            f"{draft.label}: the foreign key {key.name} names no columns and {key.references} {why}; columns of the same names are assumed"
        )
        return key.model_copy(update={"referenced_columns": key.columns})
