"""MySQL, MariaDB and TiDB: rows as literals in multi-row INSERTs, which every server of the family takes without further rights.

Sources: MySQL 8.4 manual, "Hexadecimal Literals", "Bit-Value Literals", "EXPLAIN Statement" (EXPLAIN ANALYZE), "CRC32()"; MariaDB
Knowledge Base, "ANALYZE FORMAT=JSON"; docs.pingcap.com, "EXPLAIN ANALYZE".
"""

from __future__ import annotations

from dbdesign.benchmark.servers.base import Canonical, Pair, Server
from dbdesign.model.schema import Engine

BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
NUMERIC = frozenset({
    "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year",
})  # fmt: skip
TEXTUAL = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json", "uuid"})
DOCUMENTS = frozenset({"json", "jsonb", "hstore"})
STRUCTURED = frozenset({"A", "C"})
"""Categories of arrays and composite types, which are JSON there."""
INSTANT = "YYYY-MM-DD HH24:MI:SS.US"


def quote(name: str) -> str:
    """A name in backticks."""
    return "`" + name.replace("`", "``") + "`"


def quoted(text: str) -> str:
    """An expression for the literal of a text expression; the backslash escapes in MySQL."""
    return f"'''' || replace(replace({text}, '\\', '\\\\'), '''', '''''') || ''''"


def literal(pair: Pair) -> str:
    """The literal of a value; NULL where the value is."""
    written = _written(pair)
    return f"coalesce({written}, 'NULL')"


def _written(pair: Pair) -> str:
    value, kind, target = pair.source.sql, pair.source.type, pair.target.type
    if kind in {"bit", "varbit"}:
        return f"'b''' || {value}::text || ''''"
    if target in BINARY:
        return f"'x''' || {_hexadecimal(value, kind)} || ''''"
    if target in NUMERIC:
        return _number(value, kind)
    if target == "geometry" and kind == "point":
        return f"'ST_GeomFromText(''POINT(' || {value}[0] || ' ' || {value}[1] || ')'')'"
    return quoted(plain(pair))


def _hexadecimal(value: str, kind: str) -> str:
    if kind == "uuid":
        return f"replace({value}::text, '-', '')"
    return f"encode({value if kind == 'bytea' else f'convert_to({value}::text, $$UTF8$$)'}, 'hex')"


def _number(value: str, kind: str) -> str:
    if kind == "bool":
        return f"{value}::int::text"
    return f"{value}::numeric::text" if kind == "money" else f"{value}::text"


def plain(pair: Pair) -> str:
    """The text of a value as the server is to hold it."""
    value, kind = pair.source.sql, pair.source.type
    if kind == "timestamptz":
        return f"to_char({value} AT TIME ZONE 'UTC', '{INSTANT}')"
    if kind == "timestamp":
        return f"to_char({value}, '{INSTANT}')"
    if kind == "inet":
        return f"abbrev({value})"  # whose text, unlike what is shown, has /32 behind a host
    if kind == "timetz":
        return f"({value} AT TIME ZONE 'UTC')::time::text"
    if pair.target.type == "set" and pair.source.category == "A":
        return f"array_to_string({value}, ',')"
    if pair.source.category in STRUCTURED or kind == "hstore" or kind.endswith("multirange"):
        return f"to_jsonb({value})::text"
    return f"{value}::text"


def canonical(pair: Pair) -> Canonical:
    """How a column is compared.

    A json column is not: MySQL and TiDB write documents in an order of their own.
    """
    value, kind, target, here = pair.source.sql, pair.source.type, pair.target.type, quote(pair.target.name)
    if kind in {"float4", "float8"}:
        return Canonical("sum", value, here)
    if target == "bit":
        return Canonical("hash", f"regexp_replace({value}::text, '^0+(?=.)', '')", f"BIN({here} + 0)")
    if target in {"json", "geometry", "point", "set"} or kind in {"bit", "varbit"}:
        return Canonical("none")
    if target in BINARY:
        return Canonical("hash", _hexadecimal(value, kind), f"LOWER(HEX({here}))")
    if target == "decimal":
        return Canonical("hash", f"round({value}::numeric, {pair.target.scale or 0})::text", f"CAST({here} AS CHAR)")
    if target in NUMERIC:
        return Canonical("hash", _number(value, kind), f"CAST({here} AS CHAR)")
    if target in {"datetime", "timestamp"}:
        return Canonical("hash", plain(pair), f"DATE_FORMAT({here}, '%Y-%m-%d %H:%i:%s.%f')")
    if target == "date":
        return Canonical("hash", f"to_char({value}, 'YYYY-MM-DD')", f"DATE_FORMAT({here}, '%Y-%m-%d')")
    if target == "time":
        return Canonical(
            "hash", f"to_char({plain(pair)}::time, 'HH24:MI:SS.US')", f"TIME_FORMAT({here}, '%H:%i:%s.%f')"
        )
    return Canonical("hash", plain(pair), f"CONVERT({here} USING utf8mb4)")


COLUMNS = (
    "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, NUMERIC_SCALE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '{0}' "
    "AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY TABLE_NAME, ORDINAL_POSITION"
)
HASHES = ("sum(crc32(convert_to({0}, 'UTF8')))", "SUM(CRC32({0}))")


READING = "SET SESSION TRANSACTION READ ONLY"
BEGINS = ("START TRANSACTION READ ONLY", "START TRANSACTION READ WRITE")


def _server(name: str, title: str, engine: Engine, explain: tuple[str, ...], limit: str) -> Server:
    tidb = engine is Engine.TIDB  # which refuses READ ONLY as something that it does not enforce
    return Server(
        name,
        title,
        engine,
        "mysql",
        quote,
        COLUMNS,
        literal,
        canonical,
        HASHES,
        explain,
        "ANALYZE TABLE {0}",
        limit,
        "" if tidb else READING,
        ("BEGIN", "BEGIN") if tidb else BEGINS,
    )


MILLISECONDS = "SET SESSION max_execution_time = {ms}"
SERVERS = (
    _server("mysql", "MySQL", Engine.MYSQL, ("EXPLAIN ANALYZE", "EXPLAIN FORMAT=JSON"), MILLISECONDS),
    _server(
        "mariadb",
        "MariaDB",
        Engine.MYSQL,
        ("ANALYZE FORMAT=JSON", "EXPLAIN FORMAT=JSON"),
        "SET SESSION max_statement_time = {s}",
    ),
    _server("tidb", "TiDB", Engine.TIDB, ("EXPLAIN ANALYZE", "EXPLAIN"), MILLISECONDS),
)
