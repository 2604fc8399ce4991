"""Columns, keys and indexes as Active Record writes them for PostgreSQL, with the names that it chooses.

Sources: Active Record's `schema_statements.rb`, `schema_definitions.rb`, `postgresql_adapter.rb` and `migration/compatibility.rb`
(https://github.com/rails/rails/tree/main/activerecord/lib/active_record).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dbdesign.migrations.files.ruby import CallNode
from dbdesign.migrations.files.ruby_tokens import Unknown

Version = tuple[int, int]

TYPES = {
    "string": "character varying", "text": "text", "integer": "integer", "bigint": "bigint", "float": "double precision",
    "decimal": "decimal", "numeric": "numeric", "time": "time", "date": "date", "binary": "bytea", "blob": "bytea", "boolean": "boolean",
    "json": "json", "jsonb": "jsonb", "uuid": "uuid", "inet": "inet", "cidr": "cidr", "macaddr": "macaddr", "hstore": "hstore",
    "citext": "citext", "xml": "xml", "tsvector": "tsvector", "tsquery": "tsquery", "ltree": "ltree", "point": "point", "line": "line",
    "lseg": "lseg", "box": "box", "path": "path", "polygon": "polygon", "circle": "circle", "bit": "bit", "bit_varying": "bit varying",
    "money": "money", "interval": "interval", "oid": "oid", "int4range": "int4range", "int8range": "int8range", "numrange": "numrange",
    "tsrange": "tsrange", "tstzrange": "tstzrange", "daterange": "daterange", "serial": "serial", "bigserial": "bigserial",
    "primary_key": "bigserial primary key", "timestamptz": "timestamptz", "smallint": "smallint",
}  # fmt: skip
ACTIONS = {"cascade": "CASCADE", "nullify": "SET NULL", "restrict": "RESTRICT"}


class UnreadableError(Exception):
    """Something that only Ruby can tell; its text says what."""


def text(value: Any) -> str:
    """A symbol, string or number. Raises `UnreadableError` for anything else."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, CallNode) and value.name in {
        "squish",
        "strip",
        "strip_heredoc",
        "freeze",
        "to_s",
        "to_sym",
        "chomp",
    }:
        return text(value.receiver)
    raise UnreadableError("a value that only Ruby can tell")


def names(value: Any) -> list[str]:
    """A name, or a list of them."""
    return [text(one) for one in value] if isinstance(value, list) else [text(value)]


def quoted(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def path(name: str) -> str:
    """A quoted name with its schema before it."""
    return ".".join(quoted(one) for one in name.split("."))


def string(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def literal(value: Any) -> str:
    """A default as SQL; a lambda's string is SQL itself. Raises `UnreadableError`."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return string(
            "{" + ",".join('"' + text(one) + '"' if isinstance(one, str) else literal(one) for one in value) + "}"
        )
    if isinstance(value, dict) and not value:
        return "'{}'"
    if isinstance(value, CallNode) and value.name == "lambda" and value.block is not None:
        return text(value.block.body[0])
    return string(text(value))


def native_type(kind: str, options: Mapping[str, Any], version: Version) -> str:
    """The type of a column. Raises `UnreadableError` for one that is not known."""
    limit, precision, scale = options.get("limit"), options.get("precision", ()), options.get("scale")
    for one in (limit, scale):
        if isinstance(one, (Unknown, CallNode)):
            raise UnreadableError("a column whose size only Ruby can tell")
    found = _sized(kind, limit, precision, scale, version)
    if kind == "enum":
        found = path(text(options.get("enum_type")))
    return f"{found}[]" if options.get("array") is True else found


def _sized(kind: str, limit: Any, precision: Any, scale: Any, version: Version) -> str:
    if kind in {"datetime", "timestamp", "timestamptz"}:
        usual = 6 if version >= (7, 0) else None
        digits = usual if precision == () else precision
        name = "timestamptz" if kind == "timestamptz" else "timestamp"
        return f"{name}({digits})" if digits is not None else name
    if kind == "integer" and limit is not None:
        return "smallint" if limit <= 2 else "integer" if limit <= 4 else "bigint"
    if kind in {"string", "bit", "bit_varying"} and limit is not None:
        return f"{TYPES[kind]}({limit})"
    if kind in {"decimal", "numeric"} and precision not in ((), None):
        return f"{TYPES[kind]}({precision}{f',{scale}' if scale is not None else ''})"
    if kind == "enum":
        return ""
    return TYPES.get(kind) or kind  # `t.column :x, "ltree"` gives the type as SQL


def column(name: str, kind: str, options: Mapping[str, Any], version: Version) -> str:
    """A column's definition."""
    said = f"{quoted(name)} {native_type(kind, options, version)}"
    if "collation" in options:
        said += f" COLLATE {quoted(text(options['collation']))}"
    if "as" in options:
        return f"{said} GENERATED ALWAYS AS ({text(options['as'])}) STORED"
    if options.get("default") is not None:
        said += f" DEFAULT {literal(options['default'])}"
    return f"{said} NOT NULL" if options.get("null") is False else said


def index_name(table: str, columns: Sequence[str]) -> str:
    """`index_orders_on_customer_id_and_at`, from the whole name of the table; longer than 62 bytes hashed as from 7.1 on."""
    name = f"index_{table.replace('.', '_')}_on_{'_and_'.join(columns)}"
    if len(name.encode()) <= 62:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f"idx_on_{'_'.join(columns)}"[: 62 - 11] + f"_{mark}"


def create_index(table: str, columns: Any, options: Mapping[str, Any]) -> str:
    """CREATE INDEX. Raises `UnreadableError`."""
    expression = isinstance(columns, str) and not columns.replace("_", "").isalnum()
    keys = [columns] if expression else names(columns)
    own = "expression" if expression else None
    name = text(options["name"]) if options.get("name") is not None else index_name(table, [own] if own else keys)
    listed = keys[0] if expression else ", ".join(_key(one, options) for one in keys)
    words = ["CREATE", "UNIQUE INDEX" if options.get("unique") is True else "INDEX"]
    words += ["CONCURRENTLY"] if options.get("algorithm") == "concurrently" else []
    words += ["IF NOT EXISTS"] if options.get("if_not_exists") is True else []
    words += [quoted(name), "ON", path(table)]
    words += [f"USING {text(options['using'])}"] if options.get("using") is not None else []
    words += [f"({listed})"]
    words += [f"INCLUDE ({', '.join(map(quoted, names(options['include'])))})"] if "include" in options else []
    words += ["NULLS NOT DISTINCT"] if options.get("nulls_not_distinct") is True else []
    words += [f"WHERE {text(options['where'])}"] if options.get("where") is not None else []
    return " ".join(words)


def _key(name: str, options: Mapping[str, Any]) -> str:
    said = quoted(name)
    for option in ("opclass", "order"):
        value = options.get(option)
        value = value.get(name) if isinstance(value, dict) else value
        if value is not None:
            said += f" {text(value).upper() if option == 'order' else text(value)}"
    return said


def foreign_key_name(table: str, columns: Sequence[str]) -> str:
    """`fk_rails_` and a hash of table and columns."""
    return "fk_rails_" + hashlib.sha256(f"{table}_{'_'.join(columns)}_fk".encode()).hexdigest()[:10]


def check_name(table: str, expression: str) -> str:
    """`chk_rails_` and a hash of table and expression."""
    return "chk_rails_" + hashlib.sha256(f"{table}_{expression}_chk".encode()).hexdigest()[:10]


def foreign_key(table: str, target: str, options: Mapping[str, Any]) -> str:
    """`CONSTRAINT … FOREIGN KEY …` of a table."""
    columns = names(options["column"]) if options.get("column") is not None else [f"{singular(target)}_id"]
    keys = names(options["primary_key"]) if options.get("primary_key") is not None else ["id"]
    name = text(options["name"]) if options.get("name") is not None else foreign_key_name(table, columns)
    said = f"CONSTRAINT {quoted(name)} FOREIGN KEY ({', '.join(map(quoted, columns))}) "
    said += f"REFERENCES {path(target)} ({', '.join(map(quoted, keys))})"
    for option, word in (("on_delete", "DELETE"), ("on_update", "UPDATE")):
        if options.get(option) is not None:
            said += f" ON {word} {ACTIONS[text(options[option])]}"
    if options.get("deferrable") not in {None, False}:
        said += f" DEFERRABLE INITIALLY {'DEFERRED' if options['deferrable'] == 'deferred' else 'IMMEDIATE'}"
    return f"{said} NOT VALID" if options.get("validate") is False else said


_SINGULAR = (
    ("ies", "y"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("uses", "us"),
    ("ss", "ss"),
    ("s", ""),
)
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "mice": "mouse", "data": "datum", "media": "medium",
    "statuses": "status", "aliases": "alias", "analyses": "analysis", "news": "news", "series": "series", "species": "species",
    "movies": "movie", "addresses": "address"}  # fmt: skip


def singular(table: str) -> str:
    """A table's name in the singular, by the commonest of Active Support's rules (`inflections.rb`)."""
    head, mark, last = table.rpartition(".")[2].rpartition("_")
    if last in _IRREGULAR:
        return head + mark + _IRREGULAR[last]
    for end, other in _SINGULAR:
        if last.endswith(end):
            return head + mark + last.removesuffix(end) + other
    return head + mark + last


def plural(name: str) -> str:
    """A name in the plural, by the same rules."""
    head, mark, last = name.rpartition("_")
    for plain, one in _IRREGULAR.items():
        if one == last:
            return head + mark + plain
    if last.endswith(("s", "x", "sh", "ch")):
        return f"{head}{mark}{last}es"
    if last.endswith("y") and last[-2:-1] not in set("aeiou"):
        return f"{head}{mark}{last[:-1]}ies"
    return f"{head}{mark}{last}s"
