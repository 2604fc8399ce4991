"""Turns a schema of another engine into one that is SQLite's, with a note on whatever that costs."""

from __future__ import annotations

import re

from dbdesign.dialects.sqlite import DIALECT
from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Schema,
    SequenceOptions,
    Table,
    Trigger,
    View,
)
from dbdesign.model.types import Kind
from dbdesign.writers.foreign import (
    free_name,
    note_columns_alike,
    note_lost_objects,
    plain_column,
    values_check,
    whole_tables,
)
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlite.printing import identifier
from dbdesign.writers.sqlite.types import APPROXIMATE, JSON_KINDS, declared_type
from dbdesign.writers.translate import Kinds, Renames, column_kinds, translate, translate_default, translate_query

NEXT_VALUE = re.compile(r"(?:nextval\s*\(\s*'|NEXT VALUE FOR )([^']+)", re.IGNORECASE)
PLAIN_METHODS = frozenset({"btree", "hash", "clustered", "columnstore"})
OTHER_METHODS = {
    "fulltext": "an FTS5 table",
    "gin": "an FTS5 table for texts, or a table of its own for the elements",
    "inverted": "an FTS5 table for texts, or a table of its own for the elements",
    "spatial": "an R*Tree table",
    "gist": "an R*Tree table for ranges and places",
    "spgist": "an R*Tree table for places",
    "brin": "none; a plain index if the column is searched",
    "hnsw": "the extension sqlite-vec",
    "ivfflat": "the extension sqlite-vec",
}


def adapt(schema: Schema, context: Context) -> Schema:
    """The schema in SQLite's terms."""
    return _Adaptation(schema, context).schema()


class _Adaptation:
    def __init__(self, schema: Schema, context: Context) -> None:
        self.source = schema
        self.context = context
        self.engine = schema.engine
        self.tables = whole_tables(schema, context)
        self.names = self._flat_names()

    def schema(self) -> Schema:
        source, context = self.source, self.context
        note_lost_objects(source, context, DIALECT.title)
        note_columns_alike(self.tables, context, DIALECT.title)
        self.index_names = self._index_names()
        self.numbering: set[str] = set()
        tables = tuple(self._table(table) for table in self.tables)
        for sequence in source.sequences:
            if sequence.name not in self.numbering:
                context.note(sequence.label, "a sequence", "number rows by INTEGER PRIMARY KEY, or in the application")
        views = tuple(view for one in source.views if (view := self._view(one)) is not None)
        return Schema(engine=Engine.SQLITE, version=context.version, tables=tables, views=views)

    def _flat_names(self) -> dict[str, str]:
        """New names by label: SQLite has one namespace for tables, views and indexes."""
        taken: dict[str, str] = {}
        found: dict[str, str] = {}
        objects: list[Table | View] = [*self.tables, *self.source.views]
        for one in sorted(objects, key=lambda each: each.namespace is not None):
            name = f"{one.namespace}_{one.name}" if one.namespace else one.name
            if name.lower().startswith("sqlite_"):
                name = f"_{name}"
            holder = taken.get(name.lower())
            while name.lower() in taken:
                name += "_"
            taken[name.lower()] = one.label
            found[one.label] = name
            if holder is not None:
                lost = (
                    f"the name that {holder} has too, but for its case or namespace, which SQLite does not tell apart"
                )
                self.context.note(one.label, lost, f"written as {name}")
            if one.namespace:
                self.context.note(one.label, "a namespace of its own", "its name before the table's")
        return found

    def _index_names(self) -> dict[str, str]:
        """New names by `table#position`: an index has a name of its own in the whole database."""
        taken = {name.lower() for name in self.names.values()}
        found: dict[str, str] = {}
        for table in self.tables:
            owner = self.names[table.label]
            for number, index in enumerate(table.indexes):
                wanted = index.name or self._invented(table, index)
                found[f"{owner}#{number}"] = new = free_name(owner, wanted, taken)
                if new != wanted:
                    self.context.note(
                        f"{owner} ({wanted})",
                        "an index name that another table's index has too",
                        "the table's name before it",
                    )
        return found

    def _invented(self, table: Table, index: Index) -> str:
        return f"{self.names[table.label]}_{'_'.join(index.columns or ('expression',))}_idx"

    def _table(self, table: Table) -> Table:
        name = self.names[table.label]
        plain = [plain_column(column, self.source) for column in table.columns]
        kinds = column_kinds(column for column, _ in plain)
        checks: list[Check] = []
        columns: list[Column] = []
        for column, own in plain:
            columns.append(self._column(table, column, kinds))
            checks += self._column_checks(table, column, own, kinds)
        checks = [*self._checks(table, kinds), *checks]
        self._note_options(table)
        return Table(
            name=name,
            columns=tuple(columns),
            primary_key=self._key(table, table.primary_key) if table.primary_key else None,
            unique_keys=tuple(self._key(table, key) for key in table.unique_keys),
            foreign_keys=tuple(self._foreign_key(table, key) for key in table.foreign_keys),
            checks=tuple(checks),
            indexes=tuple(self._indexes(table, name, kinds)),
            triggers=tuple(self._update_triggers(table, name)),
            comment=table.comment,
        )

    def _note_options(self, table: Table) -> None:
        if table.options:
            self.context.note(table.label, f"storage options ({', '.join(sorted(table.options))})")

    def _column(self, table: Table, column: Column, kinds: Kinds) -> Column:
        where = f"{table.label}.{column.name}"
        kind = declared_type(column.type)
        if column.type.kind in APPROXIMATE:
            _, lost, instead = APPROXIMATE[column.type.kind]
            self.context.note(where, f"{lost} ({column.type.native or 'unknown'})", instead)
        if column.type.kind is Kind.DECIMAL:
            self.context.note(
                where,
                "exact decimals",
                "DECIMAL, which SQLite keeps as a float where it has a fraction; store whole cents to be exact",
            )
        if column.type.length and column.type.kind in {Kind.VARCHAR, Kind.CHAR}:
            self.context.note(
                where,
                "the length of a text is not enforced",
                "its declared type; CHECK (length(x) <= n) would enforce it",
            )
        identity = self._identity(table, column, where)
        if identity is not None:
            kind = kind.model_copy(update={"native": "INTEGER", "kind": Kind.INT64})
        elif kind.native == "INTEGER" and table.primary_key and table.primary_key.columns == (column.name,):
            kind = kind.model_copy(update={"native": "INT"})  # INTEGER would be the rowid, whose default SQLite ignores
        generated = self._generated(column, kinds, where)
        default = None if column.identity or identity or generated else self._default(column, where)
        return Column(
            name=column.name,
            type=kind,
            nullable=column.nullable and identity is None,
            default=default,
            identity=identity,
            generated=generated,
            collation=self._collation(column, where),
            comment=column.comment,
        )

    def _identity(self, table: Table, column: Column, where: str) -> Identity | None:
        if column.identity is None:
            return self._identity_of_key(table, column)
        if table.primary_key is None or table.primary_key.columns != (column.name,):
            self.context.note(
                where,
                "numbers itself without being the primary key alone",
                "a plain column; number it in the application",
            )
            return None
        self._note_counting(column.identity.options, where)
        return Identity(mode="rowid")

    def _note_counting(self, options: SequenceOptions, where: str) -> None:
        start = options.start or options.minimum or 1
        if start != 1 or (options.increment or 1) != 1:
            self.context.note(
                where,
                f"starts at {start} and counts by {options.increment or 1}",
                "INTEGER PRIMARY KEY, from 1 by 1",
            )

    def _identity_of_key(self, table: Table, column: Column) -> Identity | None:
        """A primary key that is declared INTEGER, alone, is the rowid in SQLite, and numbers itself whether it was to or not."""
        alone = table.primary_key is not None and table.primary_key.columns == (column.name,)
        if not alone or declared_type(column.type).native != "INTEGER" or column.generated:
            return None
        if column.default is None:
            return Identity(mode="rowid")
        match = NEXT_VALUE.search(column.default)
        if match is None:
            return None
        name = match[1].rpartition(".")[2].replace('"', "")
        self.numbering.add(name)
        for sequence in self.source.sequences:
            if sequence.name == name:
                self._note_counting(sequence.options, f"{table.label}.{column.name}")
        return Identity(mode="rowid")

    def _generated(self, column: Column, kinds: Kinds, where: str) -> Generated | None:
        if column.generated is None:
            return None
        text = self._translated(column.generated.expression, kinds, predicate=False)
        if text is None:
            self.context.note(
                where, f"is computed as {column.generated.expression}", "a plain column; compute it in the application"
            )
            return None
        return Generated(expression=text, stored=column.generated.stored)

    def _default(self, column: Column, where: str) -> str | None:
        if column.default is None:
            return None
        text = translate_default(column.default, self.engine, Engine.SQLITE, column.type.kind)
        if text is None:
            self.context.note(where, f"the default {column.default}", "no default; set it in the application")
        return text

    def _collation(self, column: Column, where: str) -> str | None:
        if column.type.kind is Kind.CITEXT:
            return "NOCASE"
        if column.collation is None:
            return None
        folded = column.collation.lower()
        if "_ci" in folded or folded == "nocase":
            return "NOCASE"
        if folded not in {"c", "posix", "binary", "utf8mb4_bin", "default"} and "_bin" not in folded:
            self.context.note(where, f"the collation {column.collation}", "the order of code points")
        return None

    def _translated(self, expression: str, kinds: Kinds, *, predicate: bool) -> str | None:
        return translate(expression, self.engine, Engine.SQLITE, predicate=predicate, immutable=True, kinds=kinds)

    def _column_checks(self, table: Table, column: Column, own: tuple[Check, ...], kinds: Kinds) -> list[Check]:
        name = identifier(column.name)
        found = [check for one in own if (check := self._check(table, one, kinds)) is not None]
        if values := values_check(column, name):
            found.append(values)
        if column.type.kind is Kind.BOOLEAN and column.generated is None:
            found.append(Check(expression=f"{name} IN (0, 1)"))
        if column.type.kind in JSON_KINDS and not any(
            "json_valid" in check.expression.lower() for check in table.checks
        ):
            # json_valid(NULL) is 0 before SQLite 3.45.
            valid = f"json_valid({name})"
            found.append(Check(expression=f"{name} IS NULL OR {valid}" if column.nullable else valid))
        references = {one for key in table.foreign_keys for one in key.columns}
        if column.type.unsigned and column.identity is None and column.name not in references:
            found.append(Check(expression=f"{name} >= 0"))
        return found

    def _checks(self, table: Table, kinds: Kinds) -> list[Check]:
        return [found for check in table.checks if (found := self._check(table, check, kinds)) is not None]

    def _check(self, table: Table, check: Check, kinds: Kinds) -> Check | None:
        where = f"{table.label} ({check.name})" if check.name else table.label
        text = self._translated(check.expression, kinds, predicate=True)
        if text is None:
            self.context.note(
                where, f"the check {' '.join(check.expression.split())}", "none; check it in the application"
            )
            return None
        if not check.enforced:
            self.context.note(where, "a check that is not enforced", "none")
            return None
        return Check(name=check.name, expression=text)

    def _key(self, table: Table, key: Key) -> Key:
        where = f"{table.label} ({key.name})" if key.name else table.label
        if key.nulls_not_distinct and any(c is None or c.nullable for c in map(table.column, key.columns)):
            self.context.note(where, "NULLs are equal in this unique key", "a unique key that takes many NULLs")
        if key.deferrable:
            self.context.note(where, "a deferrable key", "one that is checked at once")
        if key.include:
            self.context.note(where, f"carries {', '.join(key.include)} in its index")
        if key.without_overlaps:
            self.context.note(where, "periods that must not overlap", "a plain key; check it in the application")
        keys = tuple(IndexKey(column=one.column, descending=one.descending) for one in key.keys)
        plain = not any(one.descending for one in keys)
        return Key(name=key.name, columns=key.columns, keys=() if plain else keys)

    def _foreign_key(self, table: Table, key: ForeignKey) -> ForeignKey:
        where = f"{table.label} ({key.name})" if key.name else table.label
        if key.match != "simple":
            self.context.note(where, f"MATCH {key.match.upper()}", "MATCH SIMPLE")
        if key.set_columns:
            self.context.note(where, "sets some of its columns alone", "sets all of them")
        if not key.valid or not key.enforced:
            self.context.note(
                where, "a foreign key that is not validated or not enforced", "one that holds for new rows"
            )
        if key.period:
            self.context.note(where, "a reference to a period", "one to equal values")
        referenced = self.names.get(key.references, key.referenced_table)
        return key.model_copy(
            update={
                "referenced_namespace": None,
                "referenced_table": referenced,
                "match": "simple",
                "set_columns": (),
                "valid": True,
                "enforced": True,
                "period": False,
                "comment": None,
            }
        )

    def _indexes(self, table: Table, name: str, kinds: Kinds) -> list[Index]:
        found = []
        for number, index in enumerate(table.indexes):
            adapted = self._index(table, index, kinds)
            if adapted is not None:
                found.append(adapted.model_copy(update={"name": self.index_names[f"{name}#{number}"]}))
        return found

    def _index(self, table: Table, index: Index, kinds: Kinds) -> Index | None:
        where = f"{table.label} ({index.name or ', '.join(index.columns)})"
        if index.method not in PLAIN_METHODS or index.method == "columnstore":
            self.context.note(where, f"an index of the kind {index.method}", OTHER_METHODS.get(index.method, "none"))
            return None
        keys = [self._index_key(key, kinds) for key in index.keys]
        predicate = self._translated(index.where, kinds, predicate=True) if index.where else None
        if any(key is None for key in keys):
            self.context.note(
                where, "an expression that SQLite does not know", "none; index the column, or a generated one"
            )
            return None
        if index.where and predicate is None:
            if index.unique:
                self.context.note(where, f"uniqueness where {index.where}", "none; check it in the application")
                return None
            self.context.note(where, f"an index where {index.where}", "an index of all rows")
        keys += self._included(index, where)
        if index.nulls_not_distinct:
            self.context.note(where, "NULLs are equal in this unique index", "a unique index that takes many NULLs")
        self._note_index_keys(index, where)
        return Index(keys=tuple(key for key in keys if key is not None), unique=index.unique, where=predicate)

    def _included(self, index: Index, where: str) -> list[IndexKey | None]:
        if not index.include:
            return []
        if index.unique:
            self.context.note(where, f"carries {', '.join(index.include)}")
            return []
        self.context.note(where, "columns that the index only carries", "further columns of its key")
        return [IndexKey(column=one) for one in index.include]

    def _note_index_keys(self, index: Index, where: str) -> None:
        if any(key.length for key in index.keys):
            self.context.note(where, "indexes a prefix of a column", "the whole column")
        if any(key.nulls for key in index.keys):
            self.context.note(where, "the place of NULLs in the index", "NULLs first, ascending")
        if any(key.opclass for key in index.keys):
            self.context.note(where, "an operator class", "the order of SQLite")

    def _index_key(self, key: IndexKey, kinds: Kinds) -> IndexKey | None:
        if key.column is not None:
            return IndexKey(column=key.column, descending=key.descending)
        text = self._translated(key.expression or "", kinds, predicate=False)
        return IndexKey(expression=text, descending=key.descending) if text else None

    def _update_triggers(self, table: Table, name: str) -> list[Trigger]:
        """ON UPDATE CURRENT_TIMESTAMP as a trigger, which does not fire for its own change."""
        found = []
        for column in table.columns:
            if column.on_update is None:
                continue
            value = translate_default(column.on_update, self.engine, Engine.SQLITE, column.type.kind)
            if value is None:
                self.context.note(
                    f"{table.label}.{column.name}",
                    f"is set to {column.on_update} on every change",
                    "set it in the application",
                )
                continue
            found.append(_touch(name, column.name, value))
        return found

    def _view(self, view: View) -> View | None:
        renames: Renames = frozenset((label, new) for label, new in self.names.items() if label != new)
        body = translate_query(view.definition, self.engine, Engine.SQLITE, renames=renames)
        if body is None:
            self.context.note(
                view.label, "a view whose query SQLite does not know as it is", "none; write it again by hand"
            )
            return None
        if "check_option" in view.options:
            self.context.note(view.label, "WITH CHECK OPTION", "a view that cannot be written through")
        columns = view.columns if not _names_its_columns(view) else ()
        return View(name=self.names[view.label], definition=body, columns=columns, comment=view.comment)


def _names_its_columns(view: View) -> bool:
    """Whether the reader took the columns' names from the query itself (it then knows their types too)."""
    return bool(view.column_types) or not view.columns


def _touch(table: str, column: str, value: str) -> Trigger:
    quoted, name = identifier(column), f"{table}_{column}_on_update"
    definition = (
        f"CREATE TRIGGER {identifier(name)} AFTER UPDATE ON {identifier(table)}\n"
        f"FOR EACH ROW WHEN NEW.{quoted} IS OLD.{quoted}\nBEGIN\n"
        f"  UPDATE {identifier(table)} SET {quoted} = {value} WHERE rowid = NEW.rowid;\nEND"
    )
    return Trigger(name=name, definition=definition, timing="after", events=("update",))
