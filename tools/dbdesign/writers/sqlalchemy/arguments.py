"""Arguments of a table beside its columns: keys, foreign keys, checks, exclusions, indexes, and the table's own settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbdesign.dialects.postgresql import DIALECT, chosen_name, joined_columns
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Check, Engine, Exclusion, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.writers.postgresql.spelling import index_key
from dbdesign.writers.sqlalchemy.layout import Code, Expression, Group, Named, call, string
from dbdesign.writers.sqlalchemy.source import Source, escaped

POSTGRESQL = "sqlalchemy.dialects.postgresql"
_STORAGE = frozenset(
    [
        "fillfactor",
        "autovacuum_enabled",
        "m",
        "ef_construction",
        "lists",
        "fastupdate",
        "pages_per_range",
        "autosummarize",
        "deduplicate_items",
        "buffering",
    ]
)


class Arguments:
    """Writes what stands in `__table_args__`."""

    def __init__(self, source: Source, schema: Schema) -> None:
        engine = schema.engine
        self._source = source
        self._circles = {label: group for group in Relations(schema).cycles for label in group}
        self._postgresql = engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}
        self._prefix = {
            Engine.MYSQL: "mysql",
            Engine.TIDB: "mysql",
            Engine.SQLITE: "sqlite",
            Engine.SQLSERVER: "mssql",
        }.get(engine, "postgresql")

    def of(self, table: Table) -> list[Expression]:
        """All of them, the settings last."""
        found = [*self._keys(table), *self._references(table), *(self.check(table, one) for one in table.checks)]
        found += [self.exclusion(table, one) for one in table.exclusions]
        found += [self.index(table, one) for one in table.indexes if not self.stands_at_column(table, one)]
        settings = list(self._settings(table))
        return [*found, Group("{}", tuple(settings))] if settings else found

    # -- what stands at a column -------------------------------------------------------------------------------------------

    def stands_at_column(self, table: Table, one: Index) -> bool:
        """Whether `index=True` says all of an index."""
        keys = one.keys
        plain = Index(name=one.name, keys=(IndexKey(column=keys[0].column),), unique=one.unique)
        return (
            len(keys) == 1
            and keys[0].column is not None
            and one == plain
            and one.name == f"ix_{table.name}_{keys[0].column}"
        )

    def unique_at_column(self, table: Table, key: Key) -> bool:
        """Whether `unique=True` says all of a key."""
        return (
            len(key.columns) == 1
            and key == Key(name=key.name, columns=key.columns)
            and self._usual(table, key, "key")
            and not (self._postgresql and _is_merged(table, key))
        )

    def reference_at_column(self, table: Table, key: ForeignKey) -> bool:
        """Whether a foreign key may be said with its column."""
        return (
            len(key.columns) == 1
            and not key.period
            and sum(one.columns == key.columns for one in table.foreign_keys) == 1
        )

    def _usual(self, table: Table, key: Key | ForeignKey, suffix: str) -> bool:
        if key.name is None:
            return True
        columns = (*key.columns, *key.include) if isinstance(key, Key) else key.columns
        return self._postgresql and key.name == chosen_name(table.name, joined_columns(columns), suffix)

    # -- keys --------------------------------------------------------------------------------------------------------------

    def _keys(self, table: Table) -> Iterator[Expression]:
        primary = table.primary_key
        if primary is not None and self.primary_is_explicit(table):
            yield self._key(table, primary, "PrimaryKeyConstraint", named=True)
        for key in table.unique_keys:
            if self._postgresql and _is_merged(table, key):
                lost = "a unique key that says what another key says: PostgreSQL makes one of both in CREATE TABLE"
                self._source.note(f"{table.label} ({key.name})", lost, "say it in a migration")
            elif not self.unique_at_column(table, key):
                yield self._key(table, key, "UniqueConstraint", named=not self._usual(table, key, "key"))

    def primary_is_explicit(self, table: Table) -> bool:
        """Whether `primary_key=True` at the columns does not say all of the primary key."""
        key = table.primary_key
        if key is None:
            return False
        usual = key.name is None or (self._postgresql and key.name == chosen_name(table.name, "", "pkey"))
        order = tuple(one.name for one in table.columns if one.name in key.columns)
        return not usual or order != key.columns or key != Key(name=key.name, columns=key.columns)

    def _key(self, table: Table, key: Key, kind: str, *, named: bool) -> Expression:
        target = f"{table.label} ({key.name})"
        if key.without_overlaps:
            self._source.note(target, "WITHOUT OVERLAPS of a key")
        clustered = key.clustered is not None and key.clustered is not (kind == "PrimaryKeyConstraint")
        if key.options or (key.keys and self._postgresql) or key.on_conflict or (clustered and self._prefix != "mssql"):
            self._source.note(target, "storage settings, order or conflict clause of a key")
        return self._source.call(
            kind,
            *map(string, key.columns),
            name=string(key.name) if (named or key.comment) and key.name else None,
            deferrable=Code("True") if key.deferrable else None,
            initially=string("DEFERRED") if key.initially_deferred else None,
            comment=self._comment(target, "a key", key.name, key.comment),
            mssql_clustered=Code(str(key.clustered)) if clustered and self._prefix == "mssql" else None,
            postgresql_include=_strings(key.include) if key.include else None,
            postgresql_nulls_not_distinct=Code("True") if key.nulls_not_distinct else None,
        )

    # -- foreign keys ------------------------------------------------------------------------------------------------------

    def _references(self, table: Table) -> Iterator[Expression]:
        for key in table.foreign_keys:
            if not self.reference_at_column(table, key) and not has_dot(key):
                targets = tuple(self.target(key, one) for one in key.referenced_columns)
                yield self._source.call(
                    "ForeignKeyConstraint",
                    _strings(key.columns),
                    _strings(targets),
                    **self.reference_options(table, key),
                )

    def target(self, key: ForeignKey, column: str) -> str:
        """What a foreign key names: `schema.table.column`."""
        return ".".join(one for one in (key.referenced_namespace, key.referenced_table, column) if one)

    def reference_options(self, table: Table, key: ForeignKey) -> dict[str, Expression | None]:
        """The keywords of a foreign key."""
        target = f"{table.label} ({key.name})"
        for lost, said in (
            ("NOT VALID or NOT ENFORCED", not key.valid or not key.enforced),
            ("PERIOD of a foreign key", key.period),
        ):
            if said:
                self._source.note(target, lost)
        action = key.on_delete.upper() if key.on_delete != "no action" else None
        if action and key.set_columns:
            action += f" ({', '.join(map(DIALECT.identifier, key.set_columns))})"
        usual = self._usual(table, key, "fkey") and not key.comment
        return {
            "name": None if usual or not key.name else string(key.name),
            "ondelete": string(action) if action else None,
            "onupdate": string(key.on_update.upper()) if key.on_update != "no action" else None,
            "deferrable": Code("True") if key.deferrable else None,
            "initially": string("DEFERRED") if key.initially_deferred else None,
            "match": string(key.match.upper()) if key.match != "simple" else None,
            "comment": self._comment_on_reference(table, key),
        }

    def _comment_on_reference(self, table: Table, key: ForeignKey) -> Expression | None:
        """SQLAlchemy comments on a table's foreign keys before it adds those that close a circle of tables."""
        target, lost = f"{table.label} ({key.name})", "a foreign key"
        if key.references != table.label and key.references in self._circles.get(table.label, ()):
            return self._comment(target, f"{lost} in a circle of tables", None, key.comment)
        return self._comment(target, lost, key.name, key.comment)

    def _comment(self, target: str, what: str, name: str | None, comment: str | None) -> Expression | None:
        """The comment on a constraint, which SQLAlchemy makes for PostgreSQL and for one with a name."""
        if comment and not (self._postgresql and name):
            self._source.note(target, f"the comment on {what}", "say it in a migration")
            return None
        return string(comment) if comment else None

    # -- checks, exclusions, indexes ---------------------------------------------------------------------------------------

    def check(self, table: Table, one: Check) -> Expression:
        """A check."""
        target = f"{table.label} ({one.name})"
        if one.no_inherit or not one.valid or not one.enforced:
            self._source.note(target, "NO INHERIT, NOT VALID or NOT ENFORCED of a check")
        return self._source.call(
            "CheckConstraint",
            string(escaped(one.expression)),
            name=string(one.name) if one.name else None,
            comment=self._comment(target, "a check", one.name, one.comment),
        )

    def exclusion(self, table: Table, one: Exclusion) -> Expression:
        """An exclusion constraint."""
        target = f"{table.label} ({one.name})"
        if one.include or one.options:
            self._source.note(target, "INCLUDE or storage settings of an exclusion constraint")
        self._comment(target, "an exclusion constraint", None, one.comment)
        keys = []
        for key in one.keys:
            spelt = index_key(key)
            name = (
                string(key.column)
                if key.column and spelt in {key.column, f'"{key.column}"'}
                else self._source.text(spelt)
            )
            keys.append(Group("()", (name, string(key.operator or "="))))
        return self._source.of(
            POSTGRESQL,
            "ExcludeConstraint",
            *keys,
            name=string(one.name) if one.name else None,
            using=string(one.method) if one.method != "gist" else None,
            where=self._source.text(one.where) if one.where else None,
            deferrable=Code("True") if one.deferrable else None,
            initially=string("DEFERRED") if one.initially_deferred else None,
        )

    def index(self, table: Table, one: Index) -> Expression:
        """An index."""
        target = f"{table.label} ({one.name})"
        options = dict(one.options)
        tablespace = options.pop("tablespace", None)
        self._comment(target, "an index", None, one.comment)
        if one.only or not one.valid or "statistics" in options:
            self._source.note(target, "ONLY, statistics or invalidity of an index")
            options.pop("statistics", None)
        operators = {one.column: one.opclass for one in one.keys if one.column and one.opclass and self._is_simple(one)}
        return self._source.call(
            "Index",
            string(one.name) if one.name else Code("None"),
            *(self._key_of_index(key) for key in one.keys),
            unique=Code("True") if one.unique else None,
            **self._index_options(one, operators, options, tablespace),
        )

    def _is_simple(self, key: IndexKey) -> bool:
        return key.column is not None and not (
            key.descending or key.nulls or key.collation or "(" in (key.opclass or "")
        )

    def _key_of_index(self, key: IndexKey) -> Expression:
        if key.column is not None and self._is_simple(key):
            return string(key.column)
        if self._postgresql:
            return self._source.text(index_key(key))
        if key.column is not None:
            return self._source.call("desc", string(key.column)) if key.descending else string(key.column)
        return self._source.text(f"({key.expression})" + (" DESC" if key.descending else ""))

    def _index_options(
        self, one: Index, operators: Mapping[str, str], options: Mapping[str, str], tablespace: str | None
    ) -> dict[str, Expression | None]:
        prefix = self._prefix
        lengths = {key.column: key.length for key in one.keys if key.column and key.length}
        method = one.method if one.method not in {"btree", "clustered"} else None
        found: dict[str, Expression | None] = {}
        if method and prefix == "mysql" and method in {"fulltext", "spatial"}:
            found["mysql_prefix"] = string(method.upper())
        elif method and prefix in {"postgresql", "mysql"}:
            found[f"{prefix}_using"] = string(method)
        if lengths:
            found["mysql_length"] = Group(
                "{}", tuple(Named(string(name).text, Code(str(size)), ": ") for name, size in lengths.items())
            )
        if one.include:
            found[f"{prefix}_include"] = _strings(one.include)
        if operators:
            found["postgresql_ops"] = _dictionary(operators)
        if one.where:
            found[f"{prefix}_where"] = self._source.text(one.where)
        if one.clustered and prefix == "mssql":
            found["mssql_clustered"] = Code("True")
        if one.nulls_not_distinct:
            found["postgresql_nulls_not_distinct"] = Code("True")
        if options and self._postgresql:
            found["postgresql_with"] = _dictionary(options)
        if tablespace:
            found["postgresql_tablespace"] = string(tablespace)
        return found

    # -- settings ----------------------------------------------------------------------------------------------------------

    def _settings(self, table: Table) -> Iterator[Expression]:
        if table.namespace:
            yield _entry("schema", string(table.namespace))
        if table.comment:
            yield _entry("comment", string(table.comment))
        options = dict(table.options)
        if self._postgresql:
            yield from _of_postgresql(table, options)
        else:
            yield from _of_others(self._prefix, options)
        if options:
            lost = f"settings of a table: {', '.join(sorted(options))}"
            self._source.note(table.label, lost, "say them in DDL events or a migration")


def _of_postgresql(table: Table, options: dict[str, str]) -> Iterator[Expression]:
    """PostgreSQL's settings, which are taken out of `options`."""
    if options.pop("unlogged", None):
        yield _entry("prefixes", Group("[]", (string("UNLOGGED"),)))
    if tablespace := options.pop("tablespace", None):
        yield _entry("postgresql_tablespace", string(tablespace))
    if table.partitioning is not None:
        keys = ", ".join(index_key(one) for one in table.partitioning.keys)
        yield _entry("postgresql_partition_by", string(f"{table.partitioning.strategy.upper()} ({keys})"))
    names = [one for one in options if one in _STORAGE or one.startswith(("autovacuum_", "toast."))]
    if names:
        yield _entry("postgresql_with", _dictionary({name: options.pop(name) for name in names}))


_KEYWORDS = {
    "mysql": {"engine": "engine", "charset": "default_charset", "collation": "collate", "row_format": "row_format"},
    "sqlite": {"strict": "strict", "without_rowid": "with_rowid"},
}


def _of_others(prefix: str, options: dict[str, str]) -> Iterator[Expression]:
    """MySQL's and SQLite's settings, which are taken out of `options`."""
    for name, keyword in _KEYWORDS.get(prefix, {}).items():
        value = options.pop(name, None)
        if value is not None:
            flag = {"strict": "True", "without_rowid": "False"}.get(name)
            yield _entry(f"{prefix}_{keyword}", Code(flag) if flag else string(value))


def _is_merged(table: Table, key: Key) -> bool:
    """Whether PostgreSQL leaves a unique key out of CREATE TABLE, as one before it differs in its name alone."""
    before = [one for one in (table.primary_key, *table.unique_keys[: table.unique_keys.index(key)]) if one]
    return any(key.model_copy(update={"name": one.name, "comment": one.comment}) == one for one in before)


def has_dot(key: ForeignKey) -> bool:
    """Whether a name that a foreign key leads to has a dot, which SQLAlchemy's path cannot say."""
    return any("." in one for one in (key.referenced_namespace or "", key.referenced_table, *key.referenced_columns))


def _entry(name: str, value: Expression) -> Named:
    return Named(f'"{name}"', value, ": ")


def _strings(names: tuple[str, ...]) -> Group:
    return Group("[]", tuple(map(string, names)))


def _dictionary(values: Mapping[str, str]) -> Group:
    return Group("{}", tuple(Named(string(name).text, string(str(value)), ": ") for name, value in values.items()))


__all__ = ["Arguments", "call"]
