"""Filters of Prisma's client as conditions of SQL (its reference, "Filter conditions and operators", "Relation filters")."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.dialects.prisma import relation_table
from dbdesign.model.schema import Engine
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.relations import field_names_of, relation_name
from dbdesign.readers.prisma.syntax import FieldSyntax
from dbdesign.readers.typescript import UNDEFINED, ObjectValue, Value

_COMPARED = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_LIKE = {"contains": "'%x%'", "startsWith": "'x%'", "endsWith": "'%x'"}
"""A pattern stands for the value: where its wildcards are decides about the index."""
_SILENT = frozenset({"mode"})
_POSTGRES = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})


class NotKnownError(Exception):
    """A part of a filter or an order is known only when the program runs, or has no form here."""


class Conditions:
    """Writes the conditions of one statement; its parameters are counted through."""

    def __init__(self, found: Declarations) -> None:
        self.found = found
        self.engine = found.settings.engine
        self._parameters = 0
        self._aliases = 0

    # --- pieces ---

    def name(self, name: str) -> str:
        """An identifier, quoted where it must be; always where another planner stands in for the engine's, which folds names."""
        said = dialect(self.engine)
        opening, closing = said.quote
        return (
            said.identifier(name)
            if self.engine in _POSTGRES
            else f"{opening}{name.replace(closing, closing * 2)}{closing}"
        )

    def table(self, model: Model) -> str:
        """A model's table with its schema."""
        return ".".join(map(self.name, (*([model.namespace] if model.namespace else []), model.table)))

    def parameter(self) -> str:
        """The next parameter."""
        self._parameters += 1
        return f"${self._parameters}"

    def among(self) -> str:
        """`= ANY($1)`, or a list of three where the engine has no arrays: how many values there are is not known."""
        if self.engine in _POSTGRES:
            return f"= ANY({self.parameter()})"
        return f"IN ({self.parameter()}, {self.parameter()}, {self.parameter()})"

    def limit(self, take: Value, skip: Value) -> str:
        """LIMIT and OFFSET; numbers as they are, what is computed as parameters."""
        found = ""
        for word, value in ((" LIMIT ", take), (" OFFSET ", skip)):
            if value is not UNDEFINED and value is not None and value != 0:
                plain = isinstance(value, int) and not isinstance(value, bool)
                found += f"{word}{abs(value) if plain else self.parameter()}"  # type: ignore[arg-type]
        return found

    # --- conditions ---

    def where(self, model: Model, said: ObjectValue, alias: str) -> str:
        """The conditions, joined by AND; empty for none."""
        if said.spreads and not said:
            raise NotKnownError
        return " AND ".join(one for key, value in said.items() if (one := self._condition(model, key, value, alias)))

    def _condition(self, model: Model, key: str, value: Value, alias: str) -> str:
        if value is UNDEFINED:
            return ""
        if key in {"AND", "OR", "NOT"}:
            return self._logical(model, key, value, alias)
        if key in model.columns:
            return self._of_column(f"{alias}.{self.name(model.columns[key].mapped)}", value)
        if key in model.relations:
            return self._of_relation(model, key, value, alias)
        if isinstance(value, ObjectValue) and value and set(value) <= set(model.columns):
            return self.where(model, value, alias)  # a unique key of several fields
        raise NotKnownError

    def _logical(self, model: Model, key: str, value: Value, alias: str) -> str:
        listed = value if isinstance(value, list) else [value]
        if any(not isinstance(one, ObjectValue) for one in listed):
            raise NotKnownError
        parts = [one for each in listed if isinstance(each, ObjectValue) and (one := self.where(model, each, alias))]
        joined = parts[0] if len(parts) == 1 else (" OR " if key == "OR" else " AND ").join(f"({one})" for one in parts)
        return "" if not parts else f"NOT ({joined})" if key == "NOT" else f"({joined})"

    def _of_column(self, column: str, value: Value) -> str:
        if value is None:
            return f"{column} IS NULL"
        if not isinstance(value, ObjectValue):
            return f"{column} = {self.parameter()}"
        if value.spreads:
            raise NotKnownError
        like = "ILIKE" if value.get("mode") == "insensitive" and self.engine in _POSTGRES else "LIKE"
        parts = [self._operator(column, name, one, like) for name, one in value.items() if name not in _SILENT]
        return " AND ".join(one for one in parts if one)

    def _operator(self, column: str, name: str, value: Value, like: str) -> str:
        if value is UNDEFINED:
            return ""
        if name in _COMPARED:
            return f"{column} {_COMPARED[name]} {self.parameter()}"
        if name in _LIKE:
            return f"{column} {like} {_LIKE[name]}"
        if name == "equals":
            return self._of_column(column, value)
        if name == "in":
            return f"{column} {self.among()}"
        if name == "notIn":
            return f"NOT ({column} {self.among()})"
        if name == "not":
            if value is None:
                return f"{column} IS NOT NULL"
            return (
                f"NOT ({self._of_column(column, value)})"
                if isinstance(value, ObjectValue)
                else f"{column} <> {self.parameter()}"
            )
        if name == "has" and self.engine in _POSTGRES:
            return f"{column} @> ARRAY[{self.parameter()}]"
        if name in {"hasSome", "hasEvery"} and self.engine in _POSTGRES:
            return f"{column} {'&&' if name == 'hasSome' else '@>'} {self.parameter()}"
        raise NotKnownError

    # --- relations ---

    def _of_relation(self, model: Model, key: str, value: Value, alias: str) -> str:
        other = self.found.models[model.relations[key].type]
        if value is None:
            held = self._own(model, model.relations[key])
            if held is None:
                raise NotKnownError
            return " AND ".join(f"{alias}.{self.name(one)} IS NULL" for one, _ in held)
        if not isinstance(value, ObjectValue):
            raise NotKnownError
        if not set(value) & {"some", "none", "every", "is", "isNot"}:
            return self._exists(model, key, other, value, alias)
        parts = [self._quantified(model, key, other, name, one, alias) for name, one in value.items()]
        return " AND ".join(parts)

    def _quantified(self, model: Model, key: str, other: Model, name: str, value: Value, alias: str) -> str:
        if name not in {"some", "none", "every", "is", "isNot"} or not (
            isinstance(value, ObjectValue) or value is None
        ):
            raise NotKnownError
        inner = value if isinstance(value, ObjectValue) else ObjectValue()
        if name in {"some", "is"}:
            found = self._exists(model, key, other, inner, alias)
            return f"NOT {found}" if value is None else found
        if name == "every":
            return f"NOT {self._exists(model, key, other, inner, alias, negated=True)}"
        return (
            self._exists(model, key, other, inner, alias)
            if value is None
            else f"NOT {self._exists(model, key, other, inner, alias)}"
        )

    def _exists(
        self, model: Model, key: str, other: Model, inner: ObjectValue, alias: str, *, negated: bool = False
    ) -> str:
        self._aliases += 1
        there = f"t{self._aliases}"
        joined = self._joined(model, key, alias, there)
        condition = self.where(other, inner, there)
        condition = f"NOT ({condition})" if condition and negated else condition
        rest = f" AND {condition}" if condition else ""
        return f"EXISTS (SELECT 1 FROM {self.table(other)} AS {there}{joined}{rest})"

    def _joined(self, model: Model, key: str, alias: str, there: str) -> str:
        """The WHERE that ties a row of the other model to one of this; a table between them is joined."""
        field = model.relations[key]
        own = self._own(model, field)
        if own is not None:
            pairs = [f"{there}.{self.name(theirs)} = {alias}.{self.name(ours)}" for ours, theirs in own]
            return f" WHERE {' AND '.join(pairs)}"
        held = self.held_by(model, key)
        if held is not None:
            pairs = [f"{there}.{self.name(theirs)} = {alias}.{self.name(ours)}" for theirs, ours in held]
            return f" WHERE {' AND '.join(pairs)}"
        return self._through(model, field, alias, there)

    def _through(self, model: Model, field: FieldSyntax, alias: str, there: str) -> str:
        """An implicit many-to-many relation: its table holds A and B, the keys of the models in the order of their names."""
        other = self.found.models[field.type]
        first, second = sorted((model.name, other.name))
        keys = [one.identifier for one in (model, other)]
        if field.arity != "[]" or first == second or any(len(one) != 1 for one in keys):
            raise NotKnownError
        between = f"{there}b"
        table = self.name(relation_table(self.engine, relation_name(field) or f"{first}To{second}"))
        ours, theirs = ("A", "B") if model.name == first else ("B", "A")
        mine, its = model.columns[keys[0][0]].mapped, other.columns[keys[1][0]].mapped
        return (
            f" JOIN {table} AS {between} ON {between}.{self.name(theirs)} = {there}.{self.name(its)}"
            f" WHERE {between}.{self.name(ours)} = {alias}.{self.name(mine)}"
        )

    def _own(self, model: Model, field: FieldSyntax) -> list[tuple[str, str]] | None:
        """Own columns with those of the other model, where this model holds the key."""
        said = field.attribute("relation")
        if said is None or said.argument("fields") is None:
            return None
        ours = model.column_names(field_names_of(said, "fields"))
        theirs = self.found.models[field.type].column_names(field_names_of(said, "references"))
        return list(zip(ours, theirs, strict=True)) if ours and theirs and len(ours) == len(theirs) else None

    def held_by(self, model: Model, key: str) -> list[tuple[str, str]] | None:
        """Columns of the other model with own ones, where the other model holds the key."""
        field = model.relations[key]
        other = self.found.models[field.type]
        name = relation_name(field)
        for one in other.relations.values():
            if one.type == model.name and relation_name(one) == name and one is not field:
                found = self._own(other, one)
                if found is not None:
                    return found
        return None

    # --- order ---

    def order(self, model: Model, said: Value, alias: str) -> str:
        """ORDER BY; empty for none.

        Raises:
            NotKnownError: by something that is computed, or of a relation.
        """
        if said is UNDEFINED or said is None:
            return ""
        listed = said if isinstance(said, list) else [said]
        keys = [key for one in listed for key in self._keys(model, one, alias)]
        return f" ORDER BY {', '.join(keys)}" if keys else ""

    def _keys(self, model: Model, said: Value, alias: str) -> list[str]:
        if not isinstance(said, ObjectValue) or said.spreads:
            raise NotKnownError
        found = []
        for key, way in said.items():
            way = way.get("sort") if isinstance(way, ObjectValue) else way
            if key not in model.columns or way not in {"asc", "desc"}:
                raise NotKnownError
            found.append(f"{alias}.{self.name(model.columns[key].mapped)}{' DESC' if way == 'desc' else ''}")
        return found
