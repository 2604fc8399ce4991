"""Reads a whole script: takes each statement apart, lets PostgreSQL's grammar read its part, lays CockroachDB's over the result."""

from __future__ import annotations

import re

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Carried, Column, Engine, Identity, Index, IndexKey, Key, Partitioning
from dbdesign.readers.base import ReadResult, Skipped
from dbdesign.readers.cockroachdb.clauses import PRIMARY, IndexSpec, TableExtras
from dbdesign.readers.cockroachdb.fragments import Fragment, postgresql_spelling
from dbdesign.readers.cockroachdb.statements import Rewritten, alter_table, create_index, create_table
from dbdesign.readers.cockroachdb.types import cockroach_type
from dbdesign.readers.postgresql.grammar import GrammarRun
from dbdesign.readers.postgresql.grammar_constraints import distinct
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.kinds import Role
from dbdesign.readers.postgresql.libpg_query import VERSION
from dbdesign.readers.postgresql.names import choose_name, joined_columns
from dbdesign.readers.postgresql.places import Places
from dbdesign.readers.postgresql.positions import Positions, Statement, lined_tokens, positions
from dbdesign.readers.postgresql.tokens import Token

_SHARD = re.compile(r"crdb_internal_.*_shard_\d+\Z")
_AT_INDEX = re.compile(r'((?:"(?:[^"]|"")+"|[\w.])+)@((?:"(?:[^"]|"")+"|\w+))')
_TYPE_IF_NOT_EXISTS = re.compile(r"\A(CREATE\s+TYPE\s+)IF\s+NOT\s+EXISTS\s+", re.IGNORECASE)
_NODE_CACHE = re.compile(r"\bPER\s+NODE\s+CACHE\b", re.IGNORECASE)
_VIRTUAL = re.compile(r"\bVIRTUAL\b", re.IGNORECASE)
_CONFIGURE = re.compile(r"\bCONFIGURE\s+ZONE\b", re.IGNORECASE)
_CLUSTER_SETTING = re.compile(r"SET\s+CLUSTER\s+SETTING\b", re.IGNORECASE)
_STRATEGY = re.compile(r"PARTITION\s+(?:ALL\s+)?BY\s+(LIST|RANGE|NOTHING)\s*(?:\(([^()]*)\))?", re.IGNORECASE)
_CLUSTER = {
    "UPSERT": "rows, not schema",
    "IMPORT": "rows, not schema",
    "BACKUP": "maintenance",
    "RESTORE": "maintenance",
    "USE": "a setting of the session",
    "EXPORT": "rows, not schema",
    "PAUSE": "maintenance",
    "RESUME": "maintenance",
    "CANCEL": "maintenance",
    "CREATE DATABASE": "databases and regions belong to the cluster",
    "ALTER DATABASE": "databases and regions belong to the cluster",
    "CREATE CHANGEFEED": "what leaves the database is no part of its schema",
    "CREATE SCHEDULE": "maintenance",
    "CREATE STATISTICS": "statistics of the optimiser, collected anew",
    "ALTER RANGE": "where data lies belongs to the cluster",
}


def read_script(text: str) -> ReadResult:
    """See `readers.cockroachdb.read`."""
    if not text.strip():
        raise InputError("the text is empty", remedy="Give a script with CREATE TABLE statements")
    reading = _Reading(text)
    reading.apply_all()
    return reading.result()


class _Reading:
    def __init__(self, text: str) -> None:
        self.found: Positions = positions(text)
        self.run = GrammarRun(self.found, Engine.COCKROACHDB)
        self.run.drafts.index_names_of_table = True
        self.skipped: dict[str, list[int]] = {}
        self.index_lines: dict[str, int] = {}
        self.places = Places()

    def apply_all(self) -> None:
        """Every statement in order."""
        for statement in self.found.statements:
            self._statement(statement)

    def _statement(self, statement: Statement) -> None:
        word = statement.text.split(maxsplit=1)[0].upper() if statement.text.strip() else ""
        skipped = word if word in _CLUSTER else statement.kind
        if _CONFIGURE.search(statement.text) and word == "ALTER":
            self._carry("zone configuration", statement)
        elif skipped in _CLUSTER and statement.role is Role.OTHER:
            pass  # it is among what the positions leave out
        elif word == "SET" and _CLUSTER_SETTING.match(statement.text):
            pass
        elif skipped in _CLUSTER:
            self.skipped.setdefault(skipped, []).append(statement.line)
        elif statement.role is Role.OTHER:
            self.run.apply_other(statement)
        else:
            self._schema(statement)

    def _carry(self, kind: str, statement: Statement) -> None:
        name = statement.text.split()[2] if len(statement.text.split()) > 2 else ""
        self.run.drafts.carried.append(Carried(kind=kind, name=name, sql=statement.text))

    def _schema(self, statement: Statement) -> None:
        self._mean_index(statement)
        sql = postgresql_spelling(_small_changes(statement.kind, statement.text))
        if statement.kind == "CREATE TABLE":
            self._apply(create_table(sql, statement.line), statement)
        elif statement.kind == "ALTER TABLE":
            self._apply(alter_table(sql, statement.line), statement)
        elif statement.kind in {"CREATE INDEX", "CREATE INVERTED", "CREATE VECTOR"}:
            self._apply(create_index(sql), statement)
        else:
            self._apply(Rewritten(sql), statement)

    def _mean_index(self, statement: Statement) -> None:
        """`table@index` means the index of that table, of several that share a name."""
        match = _AT_INDEX.search(statement.text) if statement.kind in {"ALTER INDEX", "DROP INDEX", "COMMENT"} else None
        if match is None:
            return
        fragment = Fragment.of(match.group())
        namespace, name, at = fragment.name(0)
        found = self.run.drafts.find(namespace, name, self.run.drafts.tables)
        if found is not None:
            self.run.drafts.indexes[found[0], fragment.word(at + 1).name] = found

    def _apply(self, done: Rewritten, statement: Statement) -> None:
        if done.sql is not None:
            self.places.statement(statement.kind, _lined(done.sql, statement.line))
            self.run.apply(done.sql, statement.line)
        if done.placement:
            self.skipped.setdefault("placement of ranges", []).append(statement.line)
        if done.carried:
            self._carry(done.carried, statement)
        table = self._table(done)
        if table is not None:
            self._lay_over(table, done)
        elif done.table is not None and done.sql is None:
            self.run.put_aside(
                statement.line, statement.text, f'"{done.table[1]}" is not declared before this statement'
            )

    def _table(self, done: Rewritten) -> TableDraft | None:
        if done.table is None:
            return None
        found = self.run.drafts.find(*done.table, self.run.drafts.tables)
        return self.run.drafts.tables[found] if found is not None else None

    def _lay_over(self, table: TableDraft, done: Rewritten) -> None:
        extras = done.extras
        _columns(table, done)
        if done.index is not None and table.indexes:
            self._index(table, done.index)
        for spec, line in extras.indexes:
            self._inline_index(table, spec, line)
        _keys(table, extras)
        if done.primary_key is not None:
            _new_primary_key(table, *done.primary_key)
        _families(table, extras)
        table.options |= extras.options
        if extras.partition is not None:
            table.partitioning = _partitioning(extras.partition)

    def _inline_index(self, table: TableDraft, spec: IndexSpec, line: int) -> None:
        before = len(table.indexes)
        self.run.apply(spec.statement(DIALECT.qualified(*table.name) if table.name[0] else _public(table)), line)
        if len(table.indexes) > before:
            index = self._index(table, spec)
            self.index_lines[f"{table.label}.{index.name}"] = line

    def _index(self, table: TableDraft, spec: IndexSpec) -> Index:
        """Lays the rest of an index over the last one that was made."""
        index = table.indexes[-1]
        changes: dict[str, object] = {
            "options": {**index.options, **spec.options},
            "visible": spec.visible,
            "include": tuple(spec.include),
            "method": "inverted" if index.method == "gin" else index.method,
        }
        if spec.name is None:
            changes["name"] = self._chosen_name(table, index)
        table.indexes[-1] = index.model_copy(update=changes)
        return table.indexes[-1]

    def _chosen_name(self, table: TableDraft, index: Index) -> str:
        """`t_a_expr_idx`, and `_key` for a unique index: as CockroachDB names what has no name."""
        drafts, namespace = self.run.drafts, table.name[0]
        drafts.relations.discard((namespace, index.name or ""))
        drafts.indexes.pop((namespace, index.name or ""), None)
        columns = joined_columns(distinct(key.column or "expr" for key in index.keys))
        suffix = "key" if index.unique else "idx"
        name = choose_name(table.name[1], columns, suffix, drafts.relation_taken(namespace))
        drafts.relations.add((namespace, name))
        drafts.indexes[namespace, name] = table.name
        return name

    def result(self) -> ReadResult:
        """The schema, with CockroachDB's types."""
        for draft in self.run.drafts.tables.values():
            draft.columns = {name: _column(column) for name, column in draft.columns.items() if not _SHARD.match(name)}
            for sequence in self.run.drafts.sequences.values():
                if sequence.owner and sequence.owner[0] == draft.name and sequence.owner[1] in draft.columns:
                    sequence.data_type = draft.columns[sequence.owner[1]].type.native
            draft.checks[:] = [check for check in draft.checks if "crdb_internal" not in check.expression]
        for name, composite in self.run.drafts.composites.items():
            fields = tuple(one.model_copy(update={"type": cockroach_type(one.type)}) for one in composite.fields)
            self.run.drafts.composites[name] = composite.model_copy(update={"fields": fields})
        result = self.run.result()
        skipped = [
            *result.skipped,
            *(
                Skipped(
                    kind=kind, count=len(lines), lines=tuple(lines[:5]), reason=_CLUSTER.get(kind, "where data lies")
                )
                for kind, lines in self.skipped.items()
            ),
        ]
        proof = Proof(level="parsed", by=VERSION, detail="CockroachDB's own clauses read apart")
        lines = {**self.places.lines(), **self.index_lines}
        return result.model_copy(update={"skipped": tuple(skipped), "proof": proof, "lines": lines})


def _lined(sql: str, line: int) -> list[tuple[Token, int]]:
    return [pair for pair in lined_tokens(sql, 0, len(sql), line) if pair[0].kind != "comment"]


def _public(table: TableDraft) -> str:
    from dbdesign.dialects.postgresql import DIALECT

    return f"public.{DIALECT.identifier(table.name[1])}"


def _small_changes(kind: str, sql: str) -> str:
    """Spellings of PostgreSQL's in statements that are otherwise the same."""
    sql = _TYPE_IF_NOT_EXISTS.sub(r"\1", sql)
    if kind in {"CREATE SEQUENCE", "ALTER SEQUENCE"}:
        return _VIRTUAL.sub("", _NODE_CACHE.sub("CACHE", sql))
    if kind in {"ALTER INDEX", "DROP INDEX", "COMMENT"}:
        return _AT_INDEX.sub(_index_alone, sql)
    return sql


def _index_alone(match: re.Match[str]) -> str:
    """`namespace.table@index` → `namespace.index`."""
    namespace, dot, _ = match.group(1).rpartition(".")
    return f"{namespace}{dot}{match.group(2)}"


def _column(column: Column) -> Column:
    changes: dict[str, object] = {"type": cockroach_type(column.type)}
    if column.default == "unique_rowid()":
        changes |= {"default": None, "identity": Identity(mode="unique_rowid")}
    return column.model_copy(update=changes)


def _columns(table: TableDraft, done: Rewritten) -> None:
    for name, extra in done.extras.columns.items():
        if name not in table.columns:
            continue
        column = table.columns[name]
        options = {**column.options, **({"invisible": "true"} if extra.invisible else {})}
        changes: dict[str, object] = {"options": options}
        if extra.on_update is not None:
            changes["on_update"] = extra.on_update
        table.columns[name] = column.model_copy(update=changes)
        if extra.family is not None:
            before = table.options.get(f"family {extra.family}")
            table.options[f"family {extra.family}"] = f"{before}, {name}" if before else name
    for name, visible in done.visibility.items():
        if name in table.columns:
            options = {key: value for key, value in table.columns[name].options.items() if key != "invisible"}
            options |= {} if visible else {"invisible": "true"}
            table.columns[name] = table.columns[name].model_copy(update={"options": options})
    for name in done.dropped_updates:
        if name in table.columns:
            table.columns[name] = table.columns[name].model_copy(update={"on_update": None})


def _keys(table: TableDraft, extras: TableExtras) -> None:
    if table.primary_key is not None:
        table.primary_key = _key(table.primary_key, extras, PRIMARY)
    table.unique_keys[:] = [_key(key, extras, ",".join(key.columns)) for key in table.unique_keys]


def _key(key: Key, extras: TableExtras, place: str | None) -> Key:
    changes: dict[str, object] = {}
    if place in extras.key_options:
        changes["options"] = {**key.options, **extras.key_options[place]}
    if place in extras.include:
        changes["include"] = tuple(extras.include[place])
    if place in extras.descending:
        down = extras.descending[place]
        changes["keys"] = tuple(IndexKey(column=name, descending=name in down) for name in key.columns)
    return key.model_copy(update=changes) if changes else key


def _new_primary_key(table: TableDraft, columns: list[str], options: dict[str, str]) -> None:
    """ALTER PRIMARY KEY: the old key stays as a unique index, unless it was the hidden row number (documentation, alter-table)."""
    before = table.primary_key
    if before is not None and before.columns not in {("rowid",), tuple(columns)}:
        name = f"{table.name[1]}_{'_'.join(before.columns)}_key"
        table.unique_keys.append(before.model_copy(update={"name": name, "options": {}}))
    kept = before.name if before is not None else f"{table.name[1]}_pkey"
    table.primary_key = Key(name=kept, columns=tuple(columns), options=options)
    for column in columns:
        if column in table.columns:
            table.columns[column] = table.columns[column].model_copy(update={"nullable": False})


def _families(table: TableDraft, extras: TableExtras) -> None:
    for name, listed in extras.families:
        table.options[f"family {name}"] = listed


def _partitioning(text: str) -> Partitioning | None:
    match = _STRATEGY.match(text)
    if match is None or match.group(1).upper() == "NOTHING":
        return None
    columns = [part.strip().strip('"') for part in (match.group(2) or "").split(",") if part.strip()]
    keys = tuple(IndexKey(column=name) for name in columns)
    return Partitioning(strategy=match.group(1).lower(), keys=keys, text=text)
