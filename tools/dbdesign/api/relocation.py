"""Statements that are to run in one new schema of somebody's database: what leads out of it is refused, `public.` is taken off.

The session that runs them looks names up in the new schema and pg_catalog alone, so that an unqualified name cannot mean anything
else. A qualified one could: of a table, of a function that the statement calls, or of a sequence in a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbdesign.benchmark.placeholders import numbered
from dbdesign.errors import InputError
from dbdesign.readers.postgresql.libpg_query import ParseError, deparse, parse, pb, postgast

if TYPE_CHECKING:
    from dbdesign.benchmark.place import Place
    from dbdesign.model.design import Design

_MAKES = frozenset(
    {
        "create_stmt",
        "create_enum_stmt",
        "create_domain_stmt",
        "composite_type_stmt",
        "create_range_stmt",
        "create_seq_stmt",
        "alter_seq_stmt",
        "alter_table_stmt",
        "index_stmt",
        "create_stats_stmt",
        "variable_set_stmt",
    }
)
"""Statements of a schema's script that are executed: what tables are made of. Functions, triggers, views and extensions are not: they
could do more than hold rows."""

_ASKS = frozenset({"select_stmt", "insert_stmt", "update_stmt", "delete_stmt", "merge_stmt"})
_SEQUENCE_CALLS = frozenset({"nextval", "setval", "currval"})


def relocated(
    design: Design, ddl: str, indexes: Sequence[str], place: Place
) -> tuple[Design, str, tuple[str, ...], tuple[str, ...]]:
    """A design with its workload, its DDL and indexes as they run in a new schema, and what to know, a sentence each.

    Raises:
        InputError: where one leads out of it.
    """
    elsewhere = sorted({one.namespace for one in design.schema_.tables if one.namespace})
    if elsewhere:
        raise InputError(
            f"the design has tables in schemas of their own: {', '.join(elsewhere[:5])}",
            where=f"--into {place.database.name}",
            remedy="Benchmark it on a server of its own, without --into",
        )
    moving = Relocation()
    script = moving.script(ddl)
    queries = tuple(
        one.model_copy(update={"sql": moving.query(numbered(one.sql.strip().rstrip(";")).sql, one.name)})
        for one in design.workload.queries
    )
    workload = design.workload.model_copy(update={"queries": queries})
    end = "kept" if place.keep else "dropped at the end"
    notes = [f"It ran in the new schema {place.schema} of database {place.database.name!r}, which was {end}."]
    if moving.left_out:
        kinds = ", ".join(f"{number} × {kind}" for kind, number in sorted(moving.left_out.items()))
        notes.append(f"Of the design's script only what tables are made of was executed there; left out: {kinds}.")
    return (
        design.model_copy(update={"workload": workload}),
        script,
        tuple(moving.index(one) for one in indexes),
        tuple(notes),
    )


@dataclass
class Relocation:
    """Moves statements; `left_out` are those of the script that are not executed, by kind."""

    left_out: dict[str, int] = field(default_factory=dict)

    def script(self, text: str) -> str:
        """The statements of a schema's script that make tables and what belongs to them."""
        return "".join(f"{statement};\n" for statement in self._kept(text))

    def _kept(self, text: str) -> Iterator[str]:
        for raw in _parsed(text, "the schema").stmts:
            kind = raw.stmt.WhichOneof("node")
            if kind in _MAKES:
                yield _moved(raw, "the schema")
            else:
                said = kind.removesuffix("_stmt").replace("_", " ")
                self.left_out[said] = self.left_out.get(said, 0) + 1

    @staticmethod
    def index(ddl: str) -> str:
        """One CREATE INDEX or DROP INDEX."""
        raw = _single(ddl, "indexes")
        kind = raw.stmt.WhichOneof("node")
        if kind == "drop_stmt" and raw.stmt.drop_stmt.remove_type == pb.OBJECT_INDEX:
            for one in raw.stmt.drop_stmt.objects:
                _take_off(one.list.items, "indexes")
            return _text_of(raw)
        if kind != "index_stmt":
            raise InputError(f"{ddl[:60]!r} does not create or drop an index", where="indexes")
        return _moved(raw, "indexes")

    @staticmethod
    def query(sql: str, name: str) -> str:
        """A query of the workload, its parameters as `$n`; unchanged where nothing had to be taken off."""
        where = f"query {name}"
        raw = _single(sql, where)
        if raw.stmt.WhichOneof("node") not in _ASKS:
            raise InputError("is not a SELECT, INSERT, UPDATE, DELETE or MERGE", where=where, remedy="Leave it out")
        if any(one.HasField("rel") for one in postgast.find_nodes(raw, pb.IntoClause)):
            raise InputError("makes a table (SELECT INTO)", where=where, remedy="Leave it out")
        before = raw.SerializeToString()
        moved = _moved(raw, where)
        return sql if raw.SerializeToString() == before else moved


def _parsed(text: str, where: str) -> Any:
    try:
        return parse(text)
    except ParseError as error:
        raise InputError(f"cannot be parsed: {error}", where=where) from None


def _single(text: str, where: str) -> Any:
    found = _parsed(text, where).stmts
    if len(found) != 1:
        raise InputError(f"holds {len(found)} statements", where=where, remedy="Give one statement")
    return found[0]


def _moved(raw: Any, where: str) -> str:
    """The statement's text, without `public.`.

    Raises:
        InputError: where it names another schema.
    """
    for table in postgast.find_nodes(raw, pb.RangeVar):
        if table.catalogname or table.schemaname not in {"", "public", "pg_temp"} or table.schemaname == "pg_temp":
            raise _leads_out(f"{table.schemaname}.{table.relname}", where)
        table.schemaname = ""
    for called in postgast.find_nodes(raw, pb.FuncCall):
        _check_call(called, where)
    for named in postgast.find_nodes(raw, pb.TypeName):
        _take_off(named.names, where, built_in=True)
    return _text_of(raw)


def _check_call(called: Any, where: str) -> None:
    parts = [one.string.sval for one in called.funcname]
    if len(parts) > 1 and parts[0] != "pg_catalog":
        raise _leads_out(".".join(parts), where)
    if parts[-1] not in _SEQUENCE_CALLS:
        return
    for constant in postgast.find_nodes(called, pb.A_Const):
        namespace, dot, rest = constant.sval.sval.rpartition(".")
        if dot and namespace.strip('"') != "public":
            raise _leads_out(constant.sval.sval, where)
        constant.sval.sval = rest


def _take_off(names: Any, where: str, *, built_in: bool = False) -> None:
    """Leave the last of a list of names; the one before it must be `public`, or pg_catalog where what is built in may be named."""
    parts = [one.string.sval for one in names]
    if len(parts) < 2 or (built_in and parts[0] == "pg_catalog"):
        return
    if parts[:-1] != ["public"]:
        raise _leads_out(".".join(parts), where)
    del names[0]


def _leads_out(name: str, where: str) -> InputError:
    return InputError(
        f"{name} is not in the schema that the benchmark makes",
        where=where,
        remedy="Name tables of the design, without a schema",
    )


def _text_of(raw: Any) -> str:
    whole = pb.ParseResult(stmts=[raw])
    return deparse(whole)
