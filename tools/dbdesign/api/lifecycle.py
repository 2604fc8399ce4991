"""The lifecycle of a design file, written with its schema for an engine and tried on the embedded server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from dbdesign.api.paging import Item
from dbdesign.api.recent import Recent
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.api.source import Loaded
    from dbdesign.integrity.lifecycle.base import Statement, Step
    from dbdesign.model.lifecycle import Lifecycle
    from dbdesign.model.schema import Schema
    from dbdesign.writers.base import WriteOptions, Writer, WriteResult


class StatementOut(BaseModel):
    """A statement that the program, a job or a person sends, with `:name` placeholders."""

    concern: str
    name: str
    sql: str = Field(default="", description="not there when written to files")
    when: str = Field(default="", description="at which moment, by whom, and what its result means")


class StepOut(BaseModel):
    """Something that was tried on the embedded PostgreSQL."""

    concern: str
    claim: str
    executed: str
    seen: str
    holds: bool


@dataclass(frozen=True)
class Living:
    """A lifecycle that was written and tried.

    Attributes:
        result: the schema with everything that the lifecycle adds to it.
        server: on which the steps were run.
    """

    result: WriteResult
    statements: tuple[Statement, ...]
    steps: tuple[Step, ...]
    server: str

    @property
    def script(self) -> str:
        """The statements as a file, each below what is to be known of it."""
        return "\n\n".join(f"-- {one.name}\n-- {one.when}\n{one.sql};" for one in self.statements) + "\n"


_proven: Recent[tuple[tuple[Step, ...], str]] = Recent(3)
_living: Recent[Living] = Recent(2)


def living(loaded: Loaded, target: Writer, options: WriteOptions, call: Call) -> Living | None:
    """The lifecycle written for a target; None where the design has none, or the target is no engine's DDL.

    Raises:
        InputError: what is asked for cannot be.
    """
    from dbdesign.integrity.lifecycle.compose import ENGINES

    lifecycle = loaded.design.lifecycle
    if lifecycle is None or target.name not in ENGINES:
        return None
    key = (
        f"{loaded.key} {lifecycle.model_dump_json()} {target.name} {options.model_dump_json()}" if loaded.key else None
    )
    found = _living.get(key) if key else None
    if found is None:
        found = _written(loaded.design.schema, lifecycle, target, options, call)
        if key:
            _living.put(key, found)
    return found


def _written(schema: Schema, lifecycle: Lifecycle, target: Writer, options: WriteOptions, call: Call) -> Living:
    from dbdesign.dialects.base import dialect
    from dbdesign.integrity.lifecycle.compose import compose
    from dbdesign.integrity.lifecycle.shape import shaped
    from dbdesign.model.schema import Engine
    from dbdesign.writers.base import Note

    engine = Engine(target.name)
    version = dialect(engine).version_tuple(options.version or (schema.version if schema.engine is engine else None))
    shape, changed = shaped(schema, lifecycle, engine, version)
    result = target.write(shape, options)
    written = _as_written(shape, engine, result)
    scripts = compose(written, lifecycle.renamed(_names_in(written, shape)), engine, version)
    call.step(0.75, "trying the lifecycle")
    steps, server = proven(schema, lifecycle)
    notes = (*result.notes, *changed, *scripts.notes)
    if engine is not Engine.POSTGRESQL:
        notes = (
            *notes,
            Note(
                object="lifecycle",
                lost=f"the steps were run on {server}, not on {dialect(engine).title}; what is said of the text is the schema's proof",
                instead=None,
            ),
        )
    whole = result.model_copy(update={"text": f"{result.text.rstrip()}\n\n{scripts.text}", "notes": notes})
    return Living(whole, scripts.statements, steps, server)


def _names_in(written: Schema, shape: Schema) -> Callable[[str], str]:
    """What a table is called where it was written: engines without schemas in a database put the schema's name before the table's."""

    def name(label: str) -> str:
        table = shape.table_by_label.get(label)
        flat = f"{table.namespace}_{table.name}" if table is not None and table.namespace else label
        found = next((one for one in (label, flat) if one in written.table_by_label), None)
        if found is None:
            raise InputError(
                f"{label} has another name in {written.engine.value}, which is not known here",
                where="lifecycle",
                remedy="Give the table a shorter name that no other has",
            )
        return found

    return name


def _as_written(schema: Schema, engine: object, result: WriteResult) -> Schema:
    """The schema in the target engine's own terms: read back from what was written for it."""
    from dbdesign.readers.base import reader

    return schema if schema.engine is engine else reader(str(engine)).read(result.text).schema


def proven(schema: Schema, lifecycle: Lifecycle) -> tuple[tuple[Step, ...], str]:
    """The steps that were run on the embedded server, and on which; the same ones are not run again."""
    from dbdesign.integrity.lifecycle.proof.prove import prove
    from dbdesign.integrity.lifecycle.shape import shaped
    from dbdesign.model.schema import Engine
    from dbdesign.writers.base import WriteOptions, writer

    key = f"{schema.model_dump_json()} {lifecycle.model_dump_json()}"
    found = _proven.get(key)
    if found is None:
        shape, _ = shaped(schema, lifecycle, Engine.POSTGRESQL, (18,))
        written = writer("postgresql").write(shape, WriteOptions(prove=False))
        found = prove(_as_written(shape, Engine.POSTGRESQL, written), lifecycle)
        _proven.put(key, found)
    return found


def lifecycle_items(found: Living, *, in_a_file: bool) -> list[Item]:
    """Steps that do not hold first, then the statements, by name alone where a file has them, then what holds."""
    broken = [one for one in found.steps if not one.holds]
    statements = [_statement_item(one, named=in_a_file) for one in found.statements]
    return [*map(_step_item, broken), *statements, *(_step_item(one) for one in found.steps if one.holds)]


def _statement_item(one: Statement, *, named: bool) -> Item:
    said = f"{one.concern}: {one.name}"
    if named:
        return Item("statements", {"concern": one.concern, "name": one.name}, said)
    return Item("statements", one.model_dump(), f"{said}\n  {one.when}\n  " + one.sql.replace("\n", "\n  "))


def _step_item(one: Step) -> Item:
    holds = "holds" if one.holds else "DOES NOT HOLD"
    return Item("proof_steps", one.model_dump(), f"{one.concern}: {one.claim}: {holds} ({one.executed}: {one.seen})")


def lifecycle_summary(found: Living) -> str:
    """A sentence on what was written and tried."""
    held = sum(one.holds for one in found.steps)
    concerns = ", ".join(dict.fromkeys(one.concern.replace("_", " ") for one in found.steps))
    said = f"Lifecycle ({concerns}): {held} of {len(found.steps)} steps hold, as run on {found.server};"
    said += f" {len(found.statements)} statements for the program and jobs."
    broken = [one.claim for one in found.steps if not one.holds]
    return f"{said} Not: {'; '.join(broken[:3])}." if broken else said
