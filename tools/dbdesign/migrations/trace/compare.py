"""From what was seen before and after a statement to its trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dbdesign.migrations.trace.observe import INDEXES, TABLES, VIEWS, Relation, Relations, View, strongest
from dbdesign.model.finding import Proof
from dbdesign.model.migration import Trace


@dataclass(frozen=True)
class Before:
    """What stood before: the relations before the transaction, and the view before the statement."""

    known: Relations
    view: View


def trace_of(before: Before, after: View, proof: Proof) -> Trace:
    """The trace of the statement between two views. Relations that the transaction itself made are left out."""
    held = after.held
    named = {oid: before.view.relations.get(oid, old) for oid, old in before.known.items()}
    taken = held - before.view.held
    return Trace(
        locks=strongest(taken, named, TABLES | VIEWS),
        index_locks=strongest(taken, named, INDEXES),
        held=strongest(held, named, TABLES | VIEWS),
        rewrites=_labels(_rewritten(named, before.view.relations, after.relations, TABLES)),
        index_rebuilds=_labels(_rewritten(named, before.view.relations, after.relations, INDEXES)),
        new_indexes=_labels(_new_indexes(before, after)),
        dropped=_labels(
            one for oid, one in named.items() if oid in before.view.relations and oid not in after.relations
        ),
        scans=_scans(named, before.view, after),
        proof=proof,
    )


def _labels(relations: Iterable[Relation]) -> tuple[str, ...]:
    return tuple(sorted(one.label for one in relations))


def _rewritten(named: Relations, old: Relations, new: Relations, kinds: frozenset[str]) -> Iterable[Relation]:
    for oid, relation in named.items():
        if relation.kind in kinds and oid in new and oid in old and new[oid].file != old[oid].file:
            yield relation


def _new_indexes(before: Before, after: View) -> Iterable[Relation]:
    """Indexes with a file of their own on tables that stood before the transaction."""
    for oid, relation in after.relations.items():
        if relation.kind == "i" and oid not in before.view.relations and relation.table in before.known:
            yield relation


def _scans(named: Relations, old: View, new: View) -> dict[str, int]:
    """Scans of tables by label.

    A foreign key's check reads both tables, which its plan may do by an index, or not at all where the tables are empty.
    """
    counts = {oid: count - old.scans.get(oid, 0) for oid, count in new.scans.items()}
    touched = {new.relations[oid].table or oid for oid, count in counts.items() if count > 0 and oid in new.relations}
    for table, referenced in set(new.foreign_keys) - set(old.foreign_keys):
        if table in touched:
            for oid in (table, referenced):
                counts[oid] = max(counts.get(oid, 0), 1)
    return {
        relation.label: counts[oid]
        for oid, relation in sorted(named.items(), key=lambda item: item[1].label)
        if relation.kind in TABLES and counts.get(oid, 0) > 0
    }
