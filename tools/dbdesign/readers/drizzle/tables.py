"""Tables: columns, then what the third argument says of several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from dbdesign.readers.drizzle.columns import ColumnReader, namespace_of, quoted, unfolded
from dbdesign.readers.drizzle.draft import ColumnDraft, Core, ForeignKeyDraft, TableDraft
from dbdesign.readers.drizzle.expressions import UnsayableError, sql_text
from dbdesign.readers.typescript import CallNode, FunctionNode, Member, ObjectValue, Program, Reference, Template, Value

CREATORS = frozenset({"pgTableCreator", "mysqlTableCreator", "sqliteTableCreator"})
TABLES: Mapping[str, Core] = {"pgTable": "pg", "mysqlTable": "mysql", "sqliteTable": "sqlite"}
CORES: Mapping[str, Core] = {
    "drizzle-orm/pg-core": "pg", "drizzle-orm/mysql-core": "mysql", "drizzle-orm/sqlite-core": "sqlite",
}  # fmt: skip
Say = Callable[[str, int, str, str], None]
"""Takes a problem: path, line, text, reason."""


def table_call(value: Value) -> tuple[CallNode, Core] | None:
    """The call that makes a table, without `.enableRLS()` and the like behind it, and its core; None where it makes none."""
    if not isinstance(value, CallNode):
        return None
    for call in value.chain:
        core = _core_of(call)
        if core is not None:
            return call, core
    return None


def _core_of(call: CallNode) -> Core | None:
    callee = call.callee
    if isinstance(callee, CallNode) and callee.name in CREATORS:
        return _CREATOR_CORES[callee.name]
    if isinstance(callee, Reference) and callee.source in CORES:
        return TABLES.get(callee.name) if not callee.path or callee.path == ("withRLS",) else None
    if isinstance(callee, Member) and callee.text == "table" and namespace_of(call) is not None:
        owner = callee.object
        return CORES.get(owner.source or "") if isinstance(owner, CallNode) else None
    return None


_CREATOR_CORES: Mapping[str, Core] = {
    "pgTableCreator": "pg",
    "mysqlTableCreator": "mysql",
    "sqliteTableCreator": "sqlite",
}


class TableReader:
    """Reads the tables of one core; all are begun before any is finished, as they refer to one another."""

    def __init__(self, program: Program, core: Core, casing: Callable[[str], str], say: Say) -> None:
        self.program = program
        self.core: Core = core
        self.casing = casing
        self._say = say
        self.drafts: dict[int, tuple[CallNode, TableDraft]] = {}

    def begin(self, call: CallNode, outer: CallNode) -> TableDraft | None:
        """A table with its columns' names, so that others can refer to them; None where its name is not known."""
        name = _table_name(call)
        if name is None:
            self._say(call.path, call.line, call.text, "a table whose name is known only when the program runs")
            return None
        draft = TableDraft(name, namespace_of(call), call.path, call.line)
        draft.namespace = None if draft.namespace == "public" and self.core == "pg" else draft.namespace
        draft.row_security = any(one.name in {"enableRLS", "withRLS"} for one in outer.chain)
        self.drafts[id(call)] = (call, draft)
        return draft

    def columns(self, call: CallNode, draft: TableDraft) -> None:
        """Read the columns of a table that was begun."""

        def say(line: int, text: str, reason: str) -> None:
            self._say(draft.path, line, text, reason)

        reader = ColumnReader(self.program, self.core, draft.label, draft.namespace, self.casing, self.name_of, say)
        declared = _columns(call, self.program)
        if declared is None:
            say(call.line, call.text, "a table whose columns are known only when the program runs")
            return
        for spread in declared.spreads:
            text = getattr(spread, "text", "") or draft.name
            say(declared.line, str(text), f"something that is not known is spread into the columns of {draft.label}")
        taken: list[tuple[str, ColumnDraft]] = []
        for key, value in declared.items():
            column = reader.read(key, value, declared.line_of(key))
            if column is not None:
                draft.keys[key] = column.name
                taken.append((key, column))
        draft.columns = [column for _, column in taken]

    def finish(self, call: CallNode, draft: TableDraft) -> None:
        """Read references and the third argument."""
        for column in draft.columns:
            for target, actions, line in column.references:
                self._reference(draft, column, target, actions, line)
        for value in self._extra(call, draft):
            self._constraint(draft, value)

    # --- names ---

    def table_of(self, value: Value) -> TableDraft | None:
        """The table that a value is."""
        found = table_call(value)
        known = self.drafts.get(id(found[0])) if found is not None else None
        return known[1] if known is not None else None

    def column_of(self, value: Value) -> tuple[TableDraft, str] | None:
        """The table and the name of the column that `table.key` is, or `table["key"]`, also behind calls of the column."""
        for _ in range(16):
            if not isinstance(value, Member):
                return None
            draft = self.table_of(value.object)
            if draft is not None:
                name = draft.keys.get(value.text)
                return (draft, name) if name is not None else None
            value = value.object
        return None

    def name_of(self, value: Value) -> str | None:
        """A column's or table's name in SQL."""
        core: Core = "pg" if self.core == "sqlite" else self.core  # SQLite's expressions have double quotes
        if isinstance(value, Member) and (found := self.column_of(value)) is not None:
            return quoted(found[1], core)
        draft = self.table_of(value)
        if draft is None:
            return None
        return ".".join(quoted(one, core) for one in (draft.namespace, draft.name) if one)

    # --- references ---

    def _reference(self, draft: TableDraft, column: ColumnDraft, target: Value, actions: Value, line: int) -> None:
        found = self.column_of(target.result) if isinstance(target, FunctionNode) else None
        if found is None:
            self._say(draft.path, line, f"{draft.label}.{column.name}", "what it references is not among the tables")
            return
        table, name = found
        options = actions if isinstance(actions, ObjectValue) else ObjectValue()
        usual = f"{draft.name}_{column.name}_{table.name}_{name}_fk"
        key = ForeignKeyDraft(
            usual, [column.name], table, [name], _action(options, "onDelete"), _action(options, "onUpdate"), line
        )
        draft.foreign_keys.append(key)
        draft.lines[usual] = line

    # --- the third argument ---

    def _extra(self, call: CallNode, draft: TableDraft) -> Iterator[Value]:
        given = call.arg(2)
        if isinstance(given, FunctionNode):
            given = given.returned((call,))
        if isinstance(given, ObjectValue):
            yield from given.values()
        elif isinstance(given, list):
            yield from given
        elif isinstance(given, CallNode | Reference | Member):
            self._say(
                draft.path,
                call.line,
                draft.label,
                "the table's constraints and indexes are known only when the program runs",
            )

    def _constraint(self, draft: TableDraft, value: Value) -> None:
        chain = unfolded(value, self.program)
        head = chain[0].name if chain else ""
        handler = self.CONSTRAINTS.get(head)
        if handler is None:
            text = getattr(value, "text", "") or draft.label
            self._say(
                draft.path,
                getattr(value, "line", draft.line),
                str(text),
                f"a constraint or index of {draft.label} that is not known",
            )
            return
        try:
            handler(self, draft, chain)
        except UnsayableError as problem:
            self._say(draft.path, chain[0].line, chain[-1].text, f"{head} of {draft.label}: {problem}")

    def _names(self, values: tuple[Value, ...] | list[Value]) -> list[str]:
        """The names of columns that are listed."""
        names = []
        for value in values:
            found = self.column_of(value)
            if found is None:
                raise UnsayableError("a column of it is not known")
            names.append(found[1])
        return names

    def _primary(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        options = chain[0].arg(0)
        if isinstance(options, ObjectValue):
            listed = options.get("columns")
            columns = self._names(listed if isinstance(listed, list) else [])
            name = options.get("name")
        else:
            columns, name = self._names(chain[0].args), None
        usual = f"{draft.name}_{'_'.join(columns)}_pk"
        draft.primary = (name if isinstance(name, str) else usual, columns)
        draft.lines[draft.primary[0]] = chain[0].line

    def _unique(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        on = _named(chain, "on")
        columns = self._names(on.args if on is not None else ())
        given = chain[0].arg(0)
        keys = [column.key for one in columns if (column := draft.column(one)) is not None]
        name = given if isinstance(given, str) else f"{draft.name}_{'_'.join(keys)}_unique"
        draft.uniques.append((name, columns, _named(chain, "nullsNotDistinct") is not None))
        draft.lines[name] = chain[0].line

    def _foreign_key(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        options = chain[0].arg(0)
        options = options.result if isinstance(options, FunctionNode) else options
        if not isinstance(options, ObjectValue):
            raise UnsayableError("it has no columns")
        columns, foreign = options.get("columns"), options.get("foreignColumns")
        targets = [self.column_of(one) for one in foreign] if isinstance(foreign, list) else []
        if not targets or targets[0] is None or any(one is None for one in targets):
            raise UnsayableError("what it references is not among the tables")
        table = targets[0][0]
        names = [one[1] for one in targets if one is not None]
        own = self._names(columns if isinstance(columns, list) else [])
        given = options.get("name")
        name = given if isinstance(given, str) else "_".join([draft.name, *own, table.name, *names]) + "_fk"
        on_delete, on_update = (_named(chain, one) for one in ("onDelete", "onUpdate"))
        key = ForeignKeyDraft(
            name,
            own,
            table,
            names,
            _text(on_delete.arg(0)) if on_delete else None,
            _text(on_update.arg(0)) if on_update else None,
            chain[0].line,
        )
        draft.foreign_keys.append(key)
        draft.lines[name] = chain[0].line

    def _check(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        name = chain[0].arg(0)
        if not isinstance(name, str):
            raise UnsayableError("its name is not known")
        draft.checks.append((name, sql_text(chain[0].arg(1), self.name_of)))
        draft.lines[name] = chain[0].line

    def _index(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        on = next(
            (one for one in chain if one.name in {"on", "onOnly", "using"} and (self.core == "pg" or one.name == "on")),
            None,
        )
        if on is None:
            raise UnsayableError("it has no columns")
        method = _text(on.arg(0)) if on.name == "using" else None
        keys = [self._index_key(one) for one in (on.args[1:] if on.name == "using" else on.args)]
        given = chain[0].arg(0)
        name = given if isinstance(given, str) else f"{draft.name}_{'_'.join(one[1] for one in keys)}_index"
        table = self.name_of(self._call_of(draft)) or ""
        text = f"{'UNIQUE ' if chain[0].name == 'uniqueIndex' else ''}INDEX {quoted(name, self.core)} ON {table}"
        text += f" USING {method or 'btree'}" if self.core == "pg" else ""
        text += f" ({', '.join(key for key, _ in keys)})"
        text += self._storage(chain) if self.core == "pg" else ""
        where = _named(chain, "where")
        text += f" WHERE {sql_text(where.arg(0), self.name_of)}" if where is not None else ""
        draft.indexes.append((name, text))
        draft.lines[name] = chain[0].line

    def _call_of(self, draft: TableDraft) -> CallNode:
        return next(call for call, one in self.drafts.values() if one is draft)

    def _storage(self, chain: tuple[CallNode, ...]) -> str:
        options = call.arg(0) if (call := _named(chain, "with")) is not None else None
        if not isinstance(options, ObjectValue) or not options:
            return ""
        return (
            " WITH ("
            + ", ".join(
                f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in options.items()
            )
            + ")"
        )

    def _index_key(self, value: Value) -> tuple[str, str]:
        """A key of an index, and the column's name for the index's usual one."""
        calls: list[CallNode] = []
        inner = self.program.expand(value)
        while (
            isinstance(inner, CallNode)
            and isinstance(inner.callee, Member)
            and inner.name in {"asc", "desc", "nullsFirst", "nullsLast", "op"}
        ):
            calls.append(inner)
            inner = inner.callee.object
        found = self.column_of(inner)
        if found is None:
            if isinstance(inner, Template | CallNode):
                return sql_text(inner, self.name_of), "undefined"
            raise UnsayableError("a column of it is not known")
        text = quoted(found[1], self.core)
        said = {one.name: one for one in calls}
        if self.core != "pg":
            return text, found[1]
        if "op" in said:
            return f"{text} {_text(said['op'].arg(0)) or ''}", found[1]
        if "desc" in said:  # drizzle-kit writes NULLS LAST for what says nothing of nulls, also behind DESC
            return f"{text} DESC NULLS {'FIRST' if 'nullsFirst' in said else 'LAST'}", found[1]
        return text + (" NULLS FIRST" if "nullsFirst" in said else ""), found[1]

    def _policy(self, draft: TableDraft, chain: tuple[CallNode, ...]) -> None:
        self.add_policy(draft, chain[0])

    def add_policy(self, draft: TableDraft, call: CallNode) -> None:
        """A policy of a table, from its list or linked to it."""
        name, options = call.arg(0), call.arg(1)
        if not isinstance(name, str):
            raise UnsayableError("its name is not known")
        options = options if isinstance(options, ObjectValue) else ObjectValue()
        roles = sorted(_roles(options.get("to")))
        text = f"AS {_word(options.get('as'), 'PERMISSIVE')} FOR {_word(options.get('for'), 'ALL')}"
        text += f" TO {', '.join(map(_role, roles)) or 'public'}"
        for key, clause in (("using", "USING"), ("withCheck", "WITH CHECK")):
            if options.get(key) is not None:
                text += f" {clause} ({sql_text(options[key], self.name_of)})"
        draft.policies.append((name, text))
        draft.row_security = True
        draft.lines[name] = call.line

    CONSTRAINTS: ClassVar = {
        "primaryKey": _primary,
        "unique": _unique,
        "foreignKey": _foreign_key,
        "check": _check,
        "index": _index,
        "uniqueIndex": _index,
        "pgPolicy": _policy,
    }


_UNQUOTED_ROLES = frozenset({"current_user", "current_role", "session_user", "public"})


def _columns(call: CallNode, program: Program) -> ObjectValue | None:
    given = call.arg(1)
    if isinstance(given, FunctionNode):
        given = given.result
    given = program.expand(given)
    return given if isinstance(given, ObjectValue) else None


def _table_name(call: CallNode) -> str | None:
    name = call.arg(0)
    if not isinstance(name, str):
        return None
    if isinstance(call.callee, CallNode):
        naming = call.callee.arg(0)
        found = naming.returned((name,)) if isinstance(naming, FunctionNode) else None
        return found if isinstance(found, str) else None
    return name


def _named(chain: tuple[CallNode, ...], name: str) -> CallNode | None:
    return next((one for one in chain[1:] if one.name == name), None)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: Value, usual: str) -> str:
    return value.upper() if isinstance(value, str) else usual


def _action(options: ObjectValue, key: str) -> str | None:
    return _text(options.get(key))


def _roles(value: Value) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one
        elif isinstance(one, CallNode) and isinstance(one.chain[0].arg(0), str):
            yield str(one.chain[0].arg(0))
        elif isinstance(one, Reference):
            yield _PROVIDED_ROLES.get(one.name, one.name)


_PROVIDED_ROLES = {
    "anonRole": "anon", "authenticatedRole": "authenticated", "serviceRole": "service_role", "postgresRole": "postgres",
    "supabaseAuthAdminRole": "supabase_auth_admin", "anonymousRole": "anonymous",
}  # fmt: skip
"""Roles that drizzle-orm/supabase and drizzle-orm/neon export."""


def _role(name: str) -> str:
    return name if name in _UNQUOTED_ROLES else quoted(name, "pg")
