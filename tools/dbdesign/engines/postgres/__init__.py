"""The embedded PostgreSQL: a real server that belongs to this process, and scratch databases for other people's SQL.

>>> with embedded().scratch() as db:  # doctest: +SKIP
...     outcome = db.run_script("create table t (id int primary key)")
...     db.admin.execute("select oid from pg_class where relname = 't'").fetchall()
"""

from __future__ import annotations

from dbdesign.engines.postgres.cluster import EmbeddedPostgres, dedicated, embedded, embedded_for, stop_embedded
from dbdesign.engines.postgres.sandbox import Limits
from dbdesign.engines.postgres.script import ScriptOutcome, StatementFailure, StatementNotice
from dbdesign.engines.postgres.splitter import Script, Skipped, Statement, split_script

__all__ = [
    "EmbeddedPostgres",
    "Limits",
    "Script",
    "ScriptOutcome",
    "Skipped",
    "Statement",
    "StatementFailure",
    "StatementNotice",
    "dedicated",
    "embedded",
    "embedded_for",
    "split_script",
    "stop_embedded",
]
