"""Constraints and columns as the clauses of CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from dbdesign.dialects.postgresql import SERIAL_BY_INTEGER, chosen_name, joined_columns
from dbdesign.model.schema import Check, Column, Exclusion, ForeignKey, Identity, Index, Key, SequenceOptions, Table
from dbdesign.writers.postgresql.spelling import (
    INDENT,
    default,
    identifier,
    identifiers,
    index_key,
    literal,
    qualified,
    sequence_clauses,
    statement,
    storage,
)

WIDE = 120
"""Characters that a line may have before it is broken."""

STORAGE_KEYWORDS = {"storage", "compression", "statistics"}
_KEY_OPTIONS_LEFT_OUT = {"tablespace", "statistics"}


def named(name: str | None, clause: str, usual: str | None = None) -> str:
    """`CONSTRAINT name clause`; the name is left out where it is the one that the server gives."""
    return clause if name is None or name == usual else f"CONSTRAINT {identifier(name)} {clause}"


def usual_key_name(table: Table, key: Key) -> str:
    """The name that the server gives to a primary or unique key."""
    if key is table.primary_key:
        return chosen_name(table.name, "", "pkey")
    return chosen_name(table.name, joined_columns((*key.columns, *key.include)), "key")


def usual_foreign_key_name(table: Table, key: ForeignKey) -> str:
    """The name that the server gives to a foreign key."""
    return chosen_name(table.name, joined_columns(key.columns), "fkey")


def _index_parameters(include: tuple[str, ...], options: dict[str, str]) -> str:
    included = f"INCLUDE ({identifiers(include)})" if include else ""
    kept = {name: value for name, value in options.items() if name not in _KEY_OPTIONS_LEFT_OUT}
    tablespace = f"USING INDEX TABLESPACE {identifier(options['tablespace'])}" if "tablespace" in options else ""
    return statement(included, storage(kept).strip(), tablespace)


def _deferral(deferrable: bool, initially_deferred: bool) -> str:
    if not deferrable:
        return ""
    return "DEFERRABLE INITIALLY DEFERRED" if initially_deferred else "DEFERRABLE"


def is_plain_key(key: Key) -> bool:
    """Whether it can stand beside its column: one column, nothing carried, no options."""
    return len(key.columns) == 1 and not key.include and not key.options and not key.without_overlaps


def key_clause(table: Table, key: Key, *, inline: bool = False) -> str:
    """A primary or unique key, as a table constraint or (`inline`) beside its column."""
    word = "PRIMARY KEY" if key is table.primary_key else "UNIQUE"
    period = " WITHOUT OVERLAPS" if key.without_overlaps else ""
    text = statement(
        word,
        "NULLS NOT DISTINCT" if key.nulls_not_distinct else "",
        "" if inline else f"({identifiers(key.columns)}{period})",
        _index_parameters(key.include, dict(key.options)),
        _deferral(key.deferrable, key.initially_deferred),
    )
    return named(key.name, text, usual_key_name(table, key))


def reference_clause(key: ForeignKey) -> str:
    """From REFERENCES on."""
    columns = list(key.referenced_columns)
    period = [f"PERIOD {identifier(columns.pop())}"] if key.period else []
    names = ", ".join([identifier(name) for name in columns] + period)
    text = f"REFERENCES {qualified(key.referenced_namespace, key.referenced_table)} ({names})"
    if key.match != "simple":
        text += f" MATCH {key.match.upper()}"
    if key.on_update != "no action":
        text += f" ON UPDATE {key.on_update.upper()}"
    if key.on_delete != "no action":
        text += f" ON DELETE {key.on_delete.upper()}"
    if key.set_columns:
        text += f" ({identifiers(key.set_columns)})"
    return statement(text, _deferral(key.deferrable, key.initially_deferred), "" if key.enforced else "NOT ENFORCED")


def foreign_key_clause(table: Table, key: ForeignKey, *, explicit: bool = False) -> str:
    """A foreign key as a table constraint; `explicit` keeps a name that the server would give anyway."""
    columns = list(key.columns)
    period = [f"PERIOD {identifier(columns.pop())}"] if key.period else []
    names = ", ".join([identifier(name) for name in columns] + period)
    usual = None if explicit else usual_foreign_key_name(table, key)
    return named(key.name, f"FOREIGN KEY ({names}) {reference_clause(key)}", usual)


def check_clause(check: Check) -> str:
    """A check, as a table constraint."""
    inherit = "NO INHERIT" if check.no_inherit else ""
    enforced = "" if check.enforced else "NOT ENFORCED"
    return named(check.name, statement(f"CHECK ({check.expression})", inherit, enforced))


def exclusion_clause(exclusion: Exclusion) -> str:
    """An exclusion constraint."""
    keys = ", ".join(f"{index_key(key)} WITH {key.operator}" for key in exclusion.keys)
    text = statement(
        f"EXCLUDE USING {identifier(exclusion.method)} ({keys})",
        _index_parameters(exclusion.include, dict(exclusion.options)),
        f"WHERE ({exclusion.where})" if exclusion.where else "",
        _deferral(exclusion.deferrable, exclusion.initially_deferred),
    )
    return named(exclusion.name, text)


def sequence_name(table: Table, column: Column, identity: Identity) -> str:
    """The bare name of the sequence behind a column."""
    return identity.sequence_name or chosen_name(table.name, column.name, "seq")


def is_short_serial(column: Column) -> bool:
    """Whether `serial` says everything of the column's sequence."""
    identity = column.identity
    return (
        identity is not None
        and identity.mode == "serial"
        and identity.options == SequenceOptions()
        and identity.sequence_name is None
        and column.type.native in SERIAL_BY_INTEGER
    )


def identity_clause(table: Table, identity: Identity) -> str:
    """GENERATED … AS IDENTITY."""
    clauses = sequence_clauses(identity.options)
    if identity.sequence_name:
        clauses.insert(0, f"SEQUENCE NAME {qualified(table.namespace, identity.sequence_name)}")
    mode = "ALWAYS" if identity.mode == "always" else "BY DEFAULT"
    return f"GENERATED {mode} AS IDENTITY" + (f" ({' '.join(clauses)})" if clauses else "")


def serial_default(table: Table, column: Column, identity: Identity) -> str:
    """What a serial column's default reads."""
    name = qualified(table.namespace, sequence_name(table, column, identity))
    return f"nextval({literal(name)}::regclass)"


def value_clause(table: Table, column: Column) -> str:
    """DEFAULT, identity or generation expression; nothing for none."""
    if column.identity and column.identity.mode == "serial":
        short = is_short_serial(column)
        return "" if short else f"DEFAULT {serial_default(table, column, column.identity)}"
    if column.identity:
        return identity_clause(table, column.identity)
    if column.generated:
        return (
            f"GENERATED ALWAYS AS ({column.generated.expression}) {'STORED' if column.generated.stored else 'VIRTUAL'}"
        )
    return f"DEFAULT {default(column.default)}" if column.default is not None else ""


def type_clause(column: Column) -> str:
    """The type with its collation; `serial` where that says all."""
    native = SERIAL_BY_INTEGER[column.type.native] if is_short_serial(column) else column.type.native
    return f"{native} COLLATE {column.collation}" if column.collation else native


def not_null_clause(column: Column, *, implied: bool) -> str:
    """NOT NULL, unless a primary key, identity or serial implies it and it has no name of its own."""
    if column.nullable or not column.not_null_valid:
        return ""
    numbered = column.identity is not None and (column.identity.mode != "serial" or is_short_serial(column))
    if column.not_null_name is None and (implied or numbered) and not column.not_null_no_inherit:
        return ""
    return named(column.not_null_name, statement("NOT NULL", "NO INHERIT" if column.not_null_no_inherit else ""))


def index_statement(table: str, index: Index) -> str:
    """CREATE INDEX; `table` is the name as SQL."""
    options = dict(index.options)
    options.pop("statistics", None)
    tablespace = options.pop("tablespace", None)
    head = statement(
        "CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX",
        identifier(index.name) if index.name else "",
        f"ON {'ONLY ' if index.only else ''}{table}",
        f"USING {identifier(index.method)}" if index.method != "btree" else "",
        f"({', '.join(index_key(key) for key in index.keys)})",
    )
    rest = [
        f"INCLUDE ({identifiers(index.include)})" if index.include else "",
        "NULLS NOT DISTINCT" if index.nulls_not_distinct else "",
        storage(options).strip(),
        f"TABLESPACE {identifier(tablespace)}" if tablespace else "",
        f"WHERE {index.where}" if index.where else "",
    ]
    line = statement(head, *rest)
    return line if len(line) <= WIDE else f"\n{INDENT}".join(one for one in (head, *rest) if one)
