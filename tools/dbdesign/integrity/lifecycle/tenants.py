"""Which tables belong to tenants, and the keys and indexes that keep their rows apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dbdesign.model.lifecycle import TenantIsolation
from dbdesign.model.schema import Column, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.writers.base import Note


def tenant_tables(schema: Schema, tenant: TenantIsolation) -> list[str]:
    """Labels of the tables whose rows belong to tenants: those that are named, or have the column, or hang from one that has."""
    shared = {*tenant.shared, *([one] if (one := registry(schema, tenant)) else [])}
    if tenant.tables is not None:
        wanted = set(tenant.tables) - shared
    else:
        wanted = {table.label for table in schema.tables if table.column(tenant.column)} - shared
        while more := {
            table.label
            for table in schema.tables
            if table.label not in wanted | shared and any(key.references in wanted for key in table.foreign_keys)
        }:
            wanted |= more
    return [table.label for table in schema.tables if table.label in wanted and table.partition_of is None]


def registry(schema: Schema, tenant: TenantIsolation) -> str | None:
    """Label of the table of the tenants themselves: what the column references."""
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.columns == (tenant.column,) and key.references in schema.table_by_label:
                return key.references
    return None


@dataclass
class TenantShape:
    """Adds to a schema what isolation needs beside policies."""

    schema: Schema
    tenant: TenantIsolation
    set_columns: bool
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.labels = set(tenant_tables(self.schema, self.tenant))
        self.registry = registry(self.schema, self.tenant)
        self.column = self.tenant.column
        self.referenced = {
            (key.references, frozenset(key.referenced_columns))
            for table in self.schema.tables
            for key in table.foreign_keys
        }
        self.parents = {
            (key.references, key.referenced_columns)
            for table in self.schema.tables
            if table.label in self.labels
            for key in table.foreign_keys
            if self._crosses(key)
        }

    def shaped(self) -> Schema:
        """The schema with tenant columns, and keys and indexes that begin with them."""
        tables = tuple(
            self._table(table) if table.label in self.labels else self._partition(table) for table in self.schema.tables
        )
        return self.schema.model_copy(update={"tables": tables})

    def _crosses(self, key: ForeignKey) -> bool:
        """Whether a foreign key could point to a row of another tenant."""
        return key.references in self.labels and self.column not in key.columns

    def _pattern(self) -> Column:
        return next(column for table in self.schema.tables if (column := table.column(self.column)) is not None)

    def _partition(self, table: Table) -> Table:
        """A partition has the columns of its parent."""
        parent = table.partition_of
        if parent is None or parent.label not in self.labels or table.column(self.column):
            return table
        return table.model_copy(update={"columns": (*table.columns, self._new_column())})

    def _new_column(self) -> Column:
        return Column(name=self.column, type=self._pattern().type, nullable=False)

    def _table(self, table: Table) -> Table:
        columns, foreign = table.columns, table.foreign_keys
        own = table.column(self.column)
        if own is None:
            columns = (*columns, self._new_column())
            self._note(
                table.label,
                f"had no {self.column}",
                "the column was added; fill it in rows that are there from the row's parent",
            )
            if self.registry is not None and not any(self._crosses(key) for key in foreign):
                foreign = (*foreign, self._to_registry())
        elif own.nullable:
            columns = tuple(one.model_copy(update={"nullable": False}) if one is own else one for one in columns)
            self._note(f"{table.label}.{self.column}", "could be NULL: a row of nobody", "NOT NULL")
        return table.model_copy(
            update={
                "columns": columns,
                "foreign_keys": tuple(self._foreign_key(table, key) for key in foreign),
                "unique_keys": (*(self._unique(table, key) for key in table.unique_keys), *self._targets(table)),
                "indexes": tuple(self._indexes(table)),
            }
        )

    def _to_registry(self) -> ForeignKey:
        parent = self.schema.table_by_label[self.registry or ""]
        key = parent.primary_key.columns if parent.primary_key else (self.column,)
        return ForeignKey(
            columns=(self.column,),
            referenced_namespace=parent.namespace,
            referenced_table=parent.name,
            referenced_columns=key,
        )

    def _foreign_key(self, table: Table, key: ForeignKey) -> ForeignKey:
        if not self._crosses(key):
            return key
        changes: dict[str, object] = {
            "columns": (self.column, *key.columns),
            "referenced_columns": (self.column, *key.referenced_columns),
        }
        if key.on_delete in {"set null", "set default"} and not key.set_columns:
            if self.set_columns:
                changes["set_columns"] = key.columns
            else:
                changes["on_delete"] = "no action"
                self._note(
                    f"{table.label} ({key.name or ', '.join(key.columns)})",
                    f"ON DELETE {key.on_delete.upper()} would empty {self.column} as well",
                    "NO ACTION: let the program cut the reference before it deletes the row",
                )
        return key.model_copy(update=changes)

    def _targets(self, table: Table) -> Iterator[Key]:
        """Unique keys that composite foreign keys refer to."""
        for label, columns in sorted(self.parents):
            wanted = (self.column, *columns)
            if label == table.label and not any(one.columns == wanted for one in self._keys(table)):
                yield Key(columns=wanted)

    @staticmethod
    def _keys(table: Table) -> list[Key]:
        return [*([table.primary_key] if table.primary_key else []), *table.unique_keys]

    def _is_free(self, table: Table, columns: tuple[str, ...]) -> bool:
        """Whether a unique set of columns may be made the tenant's own."""
        stays = {f"{table.label}.{name}" for name in columns} & set(self.tenant.globally_unique)
        return self.column not in columns and not stays and (table.label, frozenset(columns)) not in self.referenced

    def _unique(self, table: Table, key: Key) -> Key:
        if not self._is_free(table, key.columns) or (table.label, key.columns) in self.parents:
            return key
        self._say_unique(table, key.columns)
        keys = (IndexKey(column=self.column), *key.keys) if key.keys else ()
        return key.model_copy(update={"columns": (self.column, *key.columns), "keys": keys})

    def _say_unique(self, table: Table, columns: tuple[str, ...]) -> None:
        self._note(
            f"{table.label} ({', '.join(columns)})",
            "was unique across tenants: an insert told one tenant what another has",
            f"unique within {self.column}; name it in tenant.globally_unique where it must not repeat anywhere",
        )

    def _indexes(self, table: Table) -> Iterator[Index]:
        """B-trees begin with the tenant, since every condition does; one more where nothing else begins with it."""
        leads = False
        for index in table.indexes:
            changed = self._index(table, index)
            leads = leads or changed.columns[:1] == (self.column,)
            yield changed
        keys = [*self._keys(table), *self._targets(table)]
        leads = leads or any(key.columns[:1] == (self.column,) for key in keys)
        if not leads and not any(self._is_free(table, key.columns) for key in table.unique_keys):
            yield Index(name=f"{table.name}_{self.column}_idx"[:60], keys=(IndexKey(column=self.column),))

    def _index(self, table: Table, index: Index) -> Index:
        names = tuple(key.column for key in index.keys if key.column)
        if index.method != "btree" or self.column in names:
            return index
        if index.unique:
            if not self._is_free(table, names):
                return index
            self._say_unique(table, names or ("an expression",))
        return index.model_copy(update={"keys": (IndexKey(column=self.column), *index.keys)})

    def _note(self, target: str, lost: str, instead: str) -> None:
        self.notes.append(Note(object=target, lost=lost, instead=instead))
