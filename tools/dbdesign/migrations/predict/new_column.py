"""What ADD COLUMN has to do, by the definition of the column."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict import types
from dbdesign.migrations.predict.state import State
from dbdesign.migrations.predict.volatility import is_volatile
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import pb


class NewColumn:
    """What a column that is added needs, by its definition.

    Attributes:
        filled: whether rows that are there get a value from a default or a sequence.
        volatile: whether the default differs from row to row.
        domain: whether its type is a domain with constraints, which are checked for every row.
        rewrites: whether the rows have to be written.
    """

    def __init__(self, node: Any, state: State) -> None:
        self.constraints = [one.constraint for one in node.constraints]
        self.kinds = {one.contype for one in self.constraints}
        names = nodes.strings(node.type_name.names)
        self.serial = len(names) == 1 and names[0] in nodes.SERIALS
        self.identity = pb.CONSTR_IDENTITY in self.kinds
        default = next((one.raw_expr for one in self.constraints if one.contype == pb.CONSTR_DEFAULT), None)
        given = default is not None and not (nodes.kind_of(default) == "a_const" and default.a_const.isnull)
        self.filled = given or self.serial or self.identity
        self.volatile = default is not None and is_volatile(default, state)
        generated = next((one for one in self.constraints if one.contype == pb.CONSTR_GENERATED), None)
        self.virtual = generated is not None and generated.generated_kind == "v"
        self.stored = generated is not None and not self.virtual
        self.domain = not self.serial and types.domain_is_constrained(state.drafts.data_type(node.type_name), state)
        self.required = bool({pb.CONSTR_NOTNULL, pb.CONSTR_PRIMARY} & self.kinds)

    @property
    def rewrites(self) -> bool:
        """Whether the rows have to be written."""
        return self.serial or self.identity or self.stored or self.volatile or self.domain
