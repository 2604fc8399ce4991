"""Domains, types and publications, as far as tables depend on them."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict.effects import Effects
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import LockMode
from dbdesign.model.types import Kind
from dbdesign.readers.postgresql import grammar_nodes as nodes


def alter_domain(node: Any, state: State, effects: Effects) -> None:
    """ALTER DOMAIN: a constraint that is to hold is looked for in every table that uses the domain, while their writers wait."""
    checked = node.subtype in {"O", "V"} or (
        node.subtype == "C" and not getattr(node, "def").constraint.skip_validation
    )
    if not checked:
        return
    parts = nodes.strings(node.type_name)
    name = state.drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], state.drafts.domains)
    for table in state.drafts.tables.values():
        if name is not None and any(_uses(column.type, name, state) for column in table.columns.values()):
            effects.lock(table.label, LockMode.SHARE)
            if table.partitioning is None:
                effects.scan(table.label)


def _uses(data_type: Any, name: tuple[str | None, str], state: State, depth: int = 0) -> bool:
    """Whether a type is the domain, or a domain over it."""
    if data_type.kind is not Kind.DOMAIN or data_type.name is None or depth > 20:
        return False
    own = (data_type.name.namespace, data_type.name.name)
    domain = state.drafts.domains.get(own)
    return own == name or (domain is not None and _uses(domain.type, name, state, depth + 1))


def publication(node: Any, state: State, effects: Effects) -> None:
    """CREATE and ALTER PUBLICATION: the tables that are named."""
    for one in node.pubobjects:
        spec = one.publication_obj_spec
        if spec.HasField("pubtable"):
            table = state.table(spec.pubtable.relation)
            for member in state.family(table) if table is not None else []:
                effects.lock(member.label, LockMode.SHARE_UPDATE_EXCLUSIVE)


RULES = {
    "alter_domain_stmt": alter_domain,
    "create_publication_stmt": publication,
    "alter_publication_stmt": publication,
}
