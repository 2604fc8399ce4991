"""From a schema of any engine to proven PostgreSQL DDL: adapt, write, execute."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Engine, Namespace, Routine, Schema, Sequence, Table, View
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.adapt import adapt
from dbdesign.writers.postgresql.names import fitted
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.proof import BY_RULE, beginning, prove
from dbdesign.writers.postgresql.script import script
from dbdesign.writers.postgresql.versions import for_version


def generate(schema: Schema, options: WriteOptions) -> WriteResult:
    """See `writers.postgresql.write`."""
    version = DIALECT.check_version(options.version)
    notes = Notes()
    own = schema if schema.engine is Engine.POSTGRESQL else fitted(adapt(schema, notes), notes)
    own = for_version(own, version, notes)
    _say_owners(schema, notes)
    text = script(own, options, int(version))
    if not options.prove:
        return WriteResult(text=text, notes=notes.all(), proof=BY_RULE)
    proof, said, refused = prove(text, version)
    heads = {_head(one): one.label for one in own.views}
    views = {
        heads[head]: message
        for head, message in refused.items()
        if head in heads and _is_cause(message, refused, heads)
    }
    if views and schema.engine is not Engine.POSTGRESQL:  # a translation that parses, and that the engine yet refuses
        for label, message in views.items():
            notes.add(label, f"a view whose query PostgreSQL refuses ({message})", "rewrite it")
        own = own.model_copy(update={"views": tuple(one for one in own.views if one.label not in views)})
        text = script(own, options, int(version))
        proof, said, _ = prove(text, version)
    return WriteResult(text=text, notes=(*notes.all(), *said), proof=proof)


def _is_cause(message: str, refused: Mapping[str, str], heads: Mapping[str, str]) -> bool:
    """Whether a view was refused for itself, and not for a table that is missing because the server lacks an extension of it."""
    return set(refused) <= set(heads) or "does not exist" not in message


def _head(view: View) -> str:
    """The first line of a view's statement."""
    return beginning(next(iter(objects.view(view))))


def _say_owners(schema: Schema, notes: Notes) -> None:
    owned: tuple[Namespace | Table | View | Routine | Sequence, ...]
    owned = (*schema.namespaces, *schema.tables, *schema.views, *schema.routines, *schema.sequences)
    owners = sorted({one.owner for one in owned if one.owner})
    if len(owners) > 1:
        notes.add("schema", f"the owners {', '.join(owners)}", "whoever runs the script owns everything")
