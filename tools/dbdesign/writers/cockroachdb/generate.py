"""From a schema of any engine to CockroachDB's DDL: adapt, write, read back."""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.cockroachdb.adapt import adapt
from dbdesign.writers.cockroachdb.proof import prove
from dbdesign.writers.cockroachdb.script import script
from dbdesign.writers.postgresql.notes import Notes


def generate(schema: Schema, options: WriteOptions) -> WriteResult:
    """See `writers.cockroachdb.write`."""
    version = DIALECT.check_version(options.version)
    notes = Notes()
    own = adapt(schema, version, notes)
    text = script(own, options)
    if not options.prove:
        return WriteResult(text=text, notes=notes.all(), proof=Proof(level="by rule"))
    proof, said = prove(own, text, options)
    return WriteResult(text=text, notes=(*notes.all(), *said), proof=proof)
