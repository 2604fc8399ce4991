"""From catalogue rows to views, functions, procedures and aggregates, with what each needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from dbdesign.model.schema import Routine, View, label
from dbdesign.readers.postgresql.catalog_expressions import faithful
from dbdesign.readers.postgresql.catalog_keys import Keys
from dbdesign.readers.postgresql.catalog_rows import Row, Rows
from dbdesign.readers.postgresql.catalog_tables import storage_options, triggers
from dbdesign.readers.postgresql.catalog_types import Types, namespace_of

PARALLEL = {"s": "safe", "r": "restricted", "u": None}
MODIFY = {"r": "read_only", "s": "shareable", "w": "read_write"}


class Needs:
    """Labels of what each view and routine needs, by its oid."""

    def __init__(self, rows: Rows) -> None:
        self._labels = _labels(rows)
        self._of: dict[int, set[str]] = defaultdict(set)
        for row in rows["dependencies"]:
            needed = self._labels.get((row.catalog, row.needed))
            if needed is not None:
                self._of[row.dependent].add(needed)

    def __call__(self, oid: int) -> tuple[str, ...]:
        """The labels, sorted."""
        return tuple(sorted(self._of.get(oid, ())))


def _labels(rows: Rows) -> Mapping[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for row in rows["relations"]:
        found["pg_class", row.oid] = found["pg_type", row.type_oid] = label(namespace_of(row.namespace), row.name)
    for row in rows["sequences"]:
        found["pg_class", row.oid] = label(namespace_of(row.namespace), row.name)
    for row in rows["named_types"]:
        found["pg_type", row.oid] = label(namespace_of(row.namespace), row.name)
    for row in (*rows["routines"], *rows["aggregates"]):
        found["pg_proc", row.oid] = label(namespace_of(row.namespace), row.name)
    return found


def views(rows: Rows, types: Types, needs: Needs) -> tuple[View, ...]:
    """The views and materialised views."""
    return tuple(_view(row, rows, types, needs) for row in rows["relations"] if row.kind in "vm")


def _view(row: Row, rows: Rows, types: Types, needs: Needs) -> View:
    columns = rows.columns_of.get(row.oid, [])
    comments = {one.name: rows.comment("pg_class", row.oid, one.number) for one in columns}
    definition = faithful(row.pretty_view, row.plain_view) or ""
    return View(
        namespace=namespace_of(row.namespace),
        name=row.name,
        definition=definition.strip().removesuffix(";"),
        materialized=row.kind == "m",
        columns=tuple(one.name for one in columns),
        column_types=tuple(types(one.type, one.typmod) for one in columns),
        column_comments={name: text for name, text in comments.items() if text is not None},
        indexes=Keys(rows, row).indexes(),
        triggers=triggers(row.oid, rows),
        depends_on=needs(row.oid),
        grants=rows.grants("pg_class", row.oid),
        owner=rows.owner(row),
        comment=rows.comment("pg_class", row.oid),
        options=_view_options(row, rows),
    )


def _view_options(row: Row, rows: Rows) -> dict[str, str]:
    options = storage_options(row, rows)
    if row.kind == "m" and not row.populated:
        options["with_no_data"] = "true"
    for column in rows.columns_of.get(row.oid, ()):
        if column.expression is not None:
            options[f"default {column.name}"] = column.expression
    return options


def routines(rows: Rows, needs: Needs) -> tuple[Routine, ...]:
    """Functions and procedures, then aggregates, which are made of functions."""
    plain = [
        Routine(
            namespace=namespace_of(row.namespace),
            name=row.name,
            kind="procedure" if row.kind == "p" else "function",
            signature=row.signature,
            definition=row.definition.strip(),
            language=row.language,
            returns=row.returns,
            depends_on=needs(row.oid),
            grants=rows.grants("pg_proc", row.oid),
            owner=rows.owner(row),
            comment=rows.comment("pg_proc", row.oid),
        )
        for row in rows["routines"]
    ]
    return (*plain, *(_aggregate(row, rows, needs) for row in rows["aggregates"]))


def _aggregate(row: Row, rows: Rows, needs: Needs) -> Routine:
    qualified = f"{_quoted(row.namespace)}.{_quoted(row.name)}" if row.namespace != "public" else _quoted(row.name)
    arguments = row.arguments or "*"
    body = ",\n".join(f"    {part}" for part in _aggregate_parts(row))
    return Routine(
        namespace=namespace_of(row.namespace),
        name=row.name,
        kind="aggregate",
        signature=f"{_quoted(row.name)}({arguments})",
        definition=f"CREATE AGGREGATE {qualified}({arguments}) (\n{body}\n)",
        returns=row.returns,
        depends_on=needs(row.oid),
        grants=rows.grants("pg_proc", row.oid),
        owner=rows.owner(row),
        comment=rows.comment("pg_proc", row.oid),
    )


def _aggregate_parts(row: Row) -> list[str]:
    """The clauses of CREATE AGGREGATE that differ from what it does by itself."""
    usual = "w" if row.kind in "oh" else "r"
    clauses = {
        "SFUNC": row.transition,
        "STYPE": row.state,
        "SSPACE": row.space or None,
        "FINALFUNC": row.final,
        "FINALFUNC_EXTRA": row.final_extra,
        "FINALFUNC_MODIFY": MODIFY[row.final_modify] if row.final_modify != usual else None,
        "COMBINEFUNC": row.combine,
        "SERIALFUNC": row.serialise,
        "DESERIALFUNC": row.deserialise,
        "INITCOND": _literal(row.initial),
        "MSFUNC": row.moving,
        "MINVFUNC": row.inverse,
        "MSTYPE": row.moving_state if row.moving else None,
        "MSSPACE": row.moving_space or None,
        "MFINALFUNC": row.moving_final,
        "MFINALFUNC_EXTRA": row.moving_final_extra,
        "MFINALFUNC_MODIFY": MODIFY[row.moving_final_modify] if row.moving_final_modify != usual else None,
        "MINITCOND": _literal(row.moving_initial),
        "SORTOP": row.sort_operator,
        "PARALLEL": PARALLEL[row.parallel],
        "HYPOTHETICAL": row.kind == "h",
    }
    given = ((name, value) for name, value in clauses.items() if value is not None and value is not False)
    return [name if value is True else f"{name} = {value}" for name, value in given]


def _literal(text: str | None) -> str | None:
    return None if text is None else "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    from dbdesign.dialects.postgresql import DIALECT, NOT_FUNCTION_OR_TYPE

    return f'"{name}"' if name in NOT_FUNCTION_OR_TYPE else DIALECT.identifier(name)
