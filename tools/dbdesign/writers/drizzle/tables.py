"""Tables of Drizzle: columns with what belongs to one of them, and the list of what belongs to several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Check, Column, ForeignKey, Index, IndexKey, Key, Policy, Table
from dbdesign.writers.drizzle import columns_mysql, columns_pg, columns_sqlite
from dbdesign.writers.drizzle.context import Context
from dbdesign.writers.javascript.syntax import Arr, Arrow, Call, Node, Obj, Raw, Str

COLUMNS: Mapping[str, ModuleType] = {"pg": columns_pg, "mysql": columns_mysql, "sqlite": columns_sqlite}
ANY_COLUMN = {"pg": "AnyPgColumn", "mysql": "AnyMySqlColumn", "sqlite": "AnySQLiteColumn"}
EXTRA_TYPES = {
    "pg": "PgTableExtraConfigValue",
    "mysql": "MySqlTableExtraConfigValue",
    "sqlite": "SQLiteTableExtraConfigValue",
}
TABLE_FUNCTIONS = {"pg": "pgTable", "mysql": "mysqlTable", "sqlite": "sqliteTable"}


class TableWriter:
    """Writes one table."""

    def __init__(self, table: Table, context: Context) -> None:
        self.table = table
        self.context = context
        self.core = context.core
        self._inline_primary = self._stands_inline(table.primary_key)
        self._inline_unique = {
            key.columns[0]: key for key in reversed(table.unique_keys) if self._is_inline_unique(key)
        }
        self._inline_references = {
            key.columns[0]: key for key in reversed(table.foreign_keys) if self._is_inline_reference(key)
        }

    def write(self) -> Node:
        """`pgTable("name", { columns }, (table) => [ … ])`."""
        columns = Obj(
            [(self.context.key(self.table, one.name), self._column(one)) for one in self.table.columns], expanded=True
        )
        args: list[Node] = [Str(self.table.name), columns]
        extra = list(self._extra())
        if extra:
            args.append(Arrow(self._extra_parameters(), Arr(extra)))
        head = self._function()
        call = Call(head, args)
        if self.table.row_security != "off" and not self.table.policies:
            call = call.then("enableRLS")
        return call

    def _extra_parameters(self) -> str:
        circular = any(self._is_circular(key) and not self._is_inline(key) for key in self.table.foreign_keys)
        if not circular:
            return "(table)"
        self.context.imports.add(f"type {EXTRA_TYPES[self.core]}")
        return f"(table): {EXTRA_TYPES[self.core]}[]"

    def _is_inline(self, key: ForeignKey) -> bool:
        return self._inline_references.get(key.columns[0]) is key

    def _function(self) -> str:
        if self.table.namespace:
            return f"{self.context.namespaces[self.table.namespace]}.table"
        return self.context.use(TABLE_FUNCTIONS[self.core])

    # columns

    def _column(self, one: Column) -> Node:
        module = COLUMNS[self.core]
        builder: Call = module.column(one, self.table, self.context)
        if one.name == self._inline_primary:
            builder = self._primary(builder, one)
        elif not one.nullable and not (one.identity and one.identity.mode in {"always", "by_default"}):
            builder = builder.then("notNull")
        builder = module.with_default(builder, one, self.table, self.context)
        if key := self._inline_unique.get(one.name):
            builder = builder.then("unique", *self._unique_arguments(key))
        if reference := self._inline_references.get(one.name):
            builder = builder.then("references", *self._reference_arguments(reference))
        return builder

    def _primary(self, builder: Call, one: Column) -> Call:
        if self.core == "sqlite" and one.identity is not None and one.identity.mode == "auto_increment":
            return builder.then("primaryKey", Obj([("autoIncrement", Raw("true"))]))
        return builder.then("primaryKey")

    def _stands_inline(self, key: Key | None) -> str | None:
        """The column of a primary key that needs no name of its own."""
        if key is None or len(key.columns) != 1:
            return None
        is_named = self.core == "pg" and key.name not in {None, f"{self.table.name}_pkey"}
        return None if is_named else key.columns[0]

    def _is_inline_unique(self, key: Key) -> bool:
        return len(key.columns) == 1 and not key.keys and self.table.column(key.columns[0]) is not None

    def _unique_arguments(self, key: Key) -> list[Node]:
        name = key.name or f"{self.table.name}_{key.columns[0]}_unique"
        if key.nulls_not_distinct and self.core == "pg":
            return [Str(name), Obj([("nulls", Str("not distinct"))])]
        return [] if name == f"{self.table.name}_{key.columns[0]}_unique" else [Str(name)]

    def _is_inline_reference(self, key: ForeignKey) -> bool:
        usual = self._usual_name(key)
        return (
            len(key.columns) == 1
            and (key.name in {None, usual} or self.core == "sqlite")
            and key.references in self.context.tables
        )

    def _usual_name(self, key: ForeignKey) -> str:
        return "_".join([self.table.name, *key.columns, key.referenced_table, *key.referenced_columns]) + "_fk"

    def _reference_arguments(self, key: ForeignKey) -> list[Node]:
        target = self.context.schema.table_by_label[key.references]
        member = self.context.member(target, key.referenced_columns[0], self.context.tables[key.references])
        annotation = f"(): {self._any_column()}" if self._is_circular(key) else "()"
        entries = self._actions(key)
        return [Arrow(annotation, member), *([Obj(entries)] if entries else [])]

    def _any_column(self) -> str:
        self.context.imports.add(f"type {ANY_COLUMN[self.core]}")
        return ANY_COLUMN[self.core]

    def _is_circular(self, key: ForeignKey) -> bool:
        """Whether the table referred to refers back, itself or through others: TypeScript cannot infer types in a circle."""
        return key.references in self.context.circles.get(self.table.label, frozenset())

    def _actions(self, key: ForeignKey) -> list[tuple[str, Node]]:
        actions = {"onDelete": key.on_delete, "onUpdate": key.on_update}
        return [(name, Str(action)) for name, action in actions.items() if action != "no action"]

    # what belongs to several columns

    def _extra(self) -> Iterator[Node]:
        table = self.table
        if table.primary_key is not None and self._inline_primary is None:
            yield self._composite_primary(table.primary_key)
        for key in table.unique_keys:
            if self._inline_unique.get(key.columns[0]) is not key:
                yield self._composite_unique(key)
        for reference in table.foreign_keys:
            if self._inline_references.get(reference.columns[0]) is not reference and (
                written := self._foreign_key(reference)
            ):
                yield written
        for index in table.indexes:
            if written_index := self._index(index):
                yield written_index
        for number, check in enumerate(table.checks):
            yield self._check(check, number)
        for policy in table.policies:
            yield self._policy(policy)

    def _members(self, columns: tuple[str, ...]) -> list[Node]:
        return [self.context.member(self.table, name) for name in columns]

    def _composite_primary(self, key: Key) -> Node:
        usual = f"{self.table.name}_{'_'.join(key.columns)}_pk"
        name = [("name", Str(key.name))] if key.name and key.name != usual and self.core == "pg" else []
        return Call(self.context.use("primaryKey"), [Obj([*name, ("columns", Arr(self._members(key.columns)))])])

    def _composite_unique(self, key: Key) -> Node:
        if any(one.length or one.expression or one.descending for one in key.keys):
            return self._index(
                Index(name=key.name or f"{self.table.name}_{'_'.join(key.columns)}_unique", keys=key.keys, unique=True)
            ) or Raw("")
        usual = f"{self.table.name}_{'_'.join(key.columns)}_unique"
        name: list[Node] = [Str(key.name)] if key.name and key.name != usual else []
        call = Call(self.context.use("unique"), name).then("on", *self._members(key.columns))
        return call.then("nullsNotDistinct") if key.nulls_not_distinct and self.core == "pg" else call

    def _foreign_key(self, key: ForeignKey) -> Node | None:
        constant = self.context.tables.get(key.references)
        if constant is None:
            return None
        target = self.context.schema.table_by_label[key.references]
        of = "table" if target is self.table else constant
        entries: list[tuple[str, Node]] = (
            [("name", Str(key.name))] if key.name and key.name != self._usual_name(key) else []
        )
        entries.append(("columns", Arr(self._members(key.columns))))
        entries.append(
            ("foreignColumns", Arr([self.context.member(target, name, of) for name in key.referenced_columns]))
        )
        call = Call(self.context.use("foreignKey"), [Obj(entries, expanded=True)])
        for name, action in self._actions(key):
            call = call.then(name, action)
        return call

    def _index(self, index: Index) -> Node | None:
        name = index.name or f"{self.table.name}_{'_'.join(one.column or 'expression' for one in index.keys)}_index"
        function = self.context.use("uniqueIndex" if index.unique else "index")
        call = Call(function, [Str(name)])
        if self.core != "pg" and index.method not in {"btree", "hash"}:
            return None
        if self.core == "mysql" and any(key.name == index.name for key in self.table.foreign_keys if key.name):
            return None  # MySQL makes an index of this name for the foreign key by itself, and drizzle-kit refuses a second
        keys = [self._index_key(key, index) for key in index.keys]
        by_method = self.core == "pg" and index.method != "btree"
        call = call.then("using", Str(index.method), *keys) if by_method else call.then("on", *keys)
        if self.core == "pg" and index.options:
            call = call.then(
                "with", Obj([(name, _storage(value)) for name, value in index.options.items() if name != "tablespace"])
            )
        if index.where is not None and self.core != "mysql":
            call = call.then("where", self.context.sql(index.where))
        return call

    def _index_key(self, key: IndexKey, index: Index) -> Node:
        if self.core == "pg":
            return self._pg_index_key(key, index)
        if key.column is not None and not key.descending and key.length is None and not key.collation:
            return self.context.member(self.table, key.column)
        quote = dialect(self.context.schema.engine).identifier
        text = quote(key.column) if key.column is not None else key.expression or ""
        if self.core == "mysql" and key.column is None and not text.startswith("("):
            text = f"({text})"
        text += f"({key.length})" if key.length else ""
        text += f" COLLATE {key.collation}" if key.collation and self.core == "sqlite" else ""
        return self.context.sql(text + (" DESC" if key.descending else ""))

    def _pg_index_key(self, key: IndexKey, index: Index) -> Node:
        if key.column is None or key.collation or (key.opclass and (key.descending or key.nulls)):
            return self.context.sql(_pg_expression(key))
        member = Call(self.context.member(self.table, key.column).text, None)
        if index.method == "btree" and key.descending:
            member = member.then("desc").then("nullsLast" if key.nulls == "last" else "nullsFirst")
        elif index.method == "btree" and key.nulls == "first":
            member = member.then("nullsFirst")
        if key.opclass:
            member = member.then("op", Str(key.opclass))
        return member if member.calls else Raw(member.head)

    def _check(self, check: Check, number: int) -> Node:
        name = check.name or f"{self.table.name}_check{number + 1 if number else ''}"
        return Call(self.context.use("check"), [Str(name), self.context.sql(check.expression)])

    def _policy(self, policy: Policy) -> Node:
        entries: list[tuple[str, Node]] = []
        if not policy.permissive:
            entries.append(("as", Str("restrictive")))
        if policy.command != "all":
            entries.append(("for", Str(policy.command)))
        if policy.roles != ("public",):
            roles = [Str(role) for role in policy.roles]
            entries.append(("to", roles[0] if len(roles) == 1 else Arr(roles)))
        if policy.using is not None:
            entries.append(("using", self.context.sql(policy.using)))
        if policy.check is not None:
            entries.append(("withCheck", self.context.sql(policy.check)))
        args: list[Node] = [Str(policy.name), *([Obj(entries, expanded=True)] if entries else [])]
        return Call(self.context.use("pgPolicy"), args)


def _pg_expression(key: IndexKey) -> str:
    """A key of an index as SQL; drizzle-kit adds nothing to expressions but NULLS LAST, which is the default."""
    quote = dialect("postgresql").identifier
    text = quote(key.column) if key.column is not None else f"({key.expression})"
    text += f" COLLATE {key.collation}" if key.collation else ""
    return (
        text
        + (f" {key.opclass}" if key.opclass else "")
        + (" DESC" if key.descending else "")
        + (f" NULLS {key.nulls.upper()}" if key.nulls else "")
    )


def _storage(value: str) -> Node:
    return Raw(value) if value.replace(".", "", 1).isdigit() or value in {"true", "false"} else Str(value)
