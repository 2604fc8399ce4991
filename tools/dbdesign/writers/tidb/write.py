"""Writes TiDB DDL: adapt to MySQL's terms, then to TiDB's, print with TiDB's executable comments."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.dialects.base import dialect
from dbdesign.dialects.tidb import SHARD_BITS
from dbdesign.model.schema import Column, Engine, Key, Schema, Table
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.printing import Printer
from dbdesign.writers.mysql.write import finish

FEATURE = {
    "shard_row_id_bits": "",
    "pre_split_regions": "",
    "auto_id_cache": "[auto_id_cache] ",
    "auto_random_base": "[auto_rand_base] ",
    "placement_policy": "[placement] ",
    "ttl": "[ttl] ",
    "ttl_enable": "[ttl] ",
    "ttl_job_interval": "[ttl] ",
    "affinity": "[affinity] ",
}
"""TiDB's table options and the feature that their executable comment names (comment-syntax)."""


class TidbPrinter(Printer):
    """Prints what only TiDB knows in executable comments, as SHOW CREATE TABLE does: MySQL reads the script too."""

    def key(self, words: str, key: Key) -> str:
        """PRIMARY KEY with CLUSTERED or NONCLUSTERED."""
        text = super().key(words, key)
        if words != "PRIMARY KEY" or key.clustered is None:
            return text
        return f"{text} /*T![clustered_index] {'CLUSTERED' if key.clustered else 'NONCLUSTERED'} */"

    def identity(self, column: Column) -> str:
        """AUTO_RANDOM or AUTO_INCREMENT."""
        if column.identity is None or column.identity.mode != "auto_random":
            return "AUTO_INCREMENT"
        bits = column.identity.shard_bits or SHARD_BITS
        reach = f", {column.options['auto_random_range']}" if "auto_random_range" in column.options else ""
        return f"/*T![auto_rand] AUTO_RANDOM({bits}{reach}) */"

    def start_word(self, table: Table) -> str:
        """AUTO_RANDOM_BASE for AUTO_RANDOM."""
        random = any(column.identity and column.identity.mode == "auto_random" for column in table.columns)
        return "AUTO_RANDOM_BASE" if random else "AUTO_INCREMENT"

    def table_option(self, word: str, value: str) -> Iterator[str]:
        """TiDB's options in executable comments."""
        if word not in FEATURE:
            yield from super().table_option(word, value)
            return
        yield f"/*T!{FEATURE[word] or ' '}{word.upper().replace('PLACEMENT_POLICY', 'PLACEMENT POLICY')}={value} */"


def write_tidb(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema as TiDB DDL."""
    version = dialect(Engine.TIDB).check_version(options.version)
    context = Context(Engine.TIDB, version, options)
    if schema.engine is not Engine.TIDB:
        from dbdesign.writers.tidb.adapt import adapt_to_tidb

        schema = adapt_to_tidb(schema, context)
    return finish(schema, context, TidbPrinter(context.dialect, options))
