"""An index that might be built."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine


@dataclass(frozen=True)
class KeyPart:
    """One key: a column, or an expression (SQL); its direction and operator class where they are not the default."""

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls: str | None = None
    opclass: str | None = None

    @property
    def text(self) -> str:
        """What the key is of."""
        return self.column or self.expression or ""

    @property
    def backwards(self) -> KeyPart:
        """The key as it is when the index is read from its end."""
        nulls = {"first": "last", "last": "first"}.get(self.nulls or "")
        return replace(self, descending=not self.descending, nulls=nulls)

    def sql(self) -> str:
        """As CREATE INDEX takes it."""
        said = quoted(self.column) if self.column else f"({self.expression})"
        said += f" {self.opclass}" if self.opclass else ""
        said += " DESC" if self.descending else ""
        return said + (f" NULLS {self.nulls.upper()}" if self.nulls else "")


@dataclass(frozen=True)
class Candidate:
    """An index that might be built, as a value: equal ones are the same index.

    Attributes:
        table: (namespace or None, name).
        keys: in order.
        include: columns that are carried for index-only scans.
        where: predicate of a partial index.
        method: `btree`, `gin`, `brin`, `hash` …

    """

    table: tuple[str | None, str]
    keys: tuple[KeyPart, ...]
    include: tuple[str, ...] = ()
    where: str | None = None
    method: str = "btree"
    unique: bool = False

    @property
    def label(self) -> str:
        """The label of the table."""
        namespace, name = self.table
        return f"{namespace}.{name}" if namespace else name

    @property
    def columns(self) -> tuple[str, ...]:
        """Key columns and expressions, then included ones."""
        return (*(key.text for key in self.keys), *self.include)

    @property
    def definition(self) -> str:
        """From ON on, with UNIQUE before it where it is, as the twin takes it."""
        keys = ", ".join(key.sql() for key in self.keys)
        said = f"{'UNIQUE ' if self.unique else ''}ON {self.relation}{'' if self.method == 'btree' else f' USING {self.method}'} ({keys})"
        said += f" INCLUDE ({', '.join(map(quoted, self.include))})" if self.include else ""
        return said + (f" WHERE {self.where}" if self.where else "")

    @property
    def relation(self) -> str:
        """The table, quoted."""
        namespace, name = self.table
        return f"{quoted(namespace)}.{quoted(name)}" if namespace else f"public.{quoted(name)}"

    @property
    def name(self) -> str:
        """A name as PostgreSQL would choose it, at most 63 bytes."""
        parts = [self.table[1], *(key.column or _called(key.expression or "") for key in self.keys)]
        stem = "_".join(parts)[:55]
        return f"{stem}{'_key' if self.unique else '_idx'}"

    def ddl(self, name: str | None = None, *, concurrently: bool = True) -> str:
        """The whole statement."""
        kind = "UNIQUE INDEX" if self.unique else "INDEX"
        how = " CONCURRENTLY" if concurrently else ""
        return f"CREATE {kind}{how} {quoted(name or self.name)} {self.definition.removeprefix('UNIQUE ')};"

    def is_prefix_of(self, other: Candidate) -> bool:
        """Whether the other serves every search that this one does."""
        same = (self.table, self.method, self.where) == (other.table, other.method, other.where)
        leading = other.keys[: len(self.keys)]
        begins = self.keys in (leading, tuple(key.backwards for key in leading) if self.method == "btree" else leading)
        return same and self != other and begins and set(self.include) <= set(other.columns)


def _called(expression: str) -> str:
    """The name of the function at an expression's top, as `FigureIndexColname` of PostgreSQL takes it, else `expr`."""
    match = _FUNCTION.match(expression)
    return match[1].lower() if match else "expr"


_FUNCTION = re.compile(r'"?([a-z_]\w*)"?\(.*\)\Z', re.IGNORECASE | re.DOTALL)


def quoted(name: str | None) -> str:
    """A name of PostgreSQL, quoted where it must be."""
    return dialect(Engine.POSTGRESQL).identifier(name or "")
