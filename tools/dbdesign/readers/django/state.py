"""A project's models as Django's migrations know them, and what follows from all of them together: tables, columns, targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dbdesign.model.schema import Engine
from dbdesign.readers.django.fields import AUTO, FieldState
from dbdesign.readers.django.naming import NameRules
from dbdesign.readers.django.values import Value, as_list

if TYPE_CHECKING:
    from dbdesign.readers.django.evaluate import Evaluator

Key = tuple[str, str]
"""An app's label and a model's name in lower case."""


class UnsayableError(Exception):
    """A part of a declaration that cannot be known statically; the message says why."""


@dataclass
class ModelState:
    """A model: `fields` by name in the order of its columns, `options` of its Meta, `bases` that have tables of their own."""

    app: str
    name: str
    fields: dict[str, FieldState] = field(default_factory=dict)
    options: dict[str, Value] = field(default_factory=dict)
    bases: list[Key] = field(default_factory=list)
    place: tuple[str, int] = ("", 0)
    auto_created: bool = False

    @property
    def key(self) -> Key:
        """How the registry knows it."""
        return self.app, self.name.lower()

    @property
    def is_managed(self) -> bool:
        """Whether Django makes its table."""
        return self.options.get("managed", True) is not False and self.options.get("proxy") is not True

    def copied(self) -> ModelState:
        """A copy whose fields and options may be changed."""
        return replace(self, fields=dict(self.fields), options=dict(self.options), bases=list(self.bases))


@dataclass
class Settings:
    """What the settings say. None where they are not in the sources."""

    engine: Engine | None = None
    gis: bool = False
    auto_field: str | None = None
    auto_field_by_app: dict[str, str] = field(default_factory=dict)
    user_model: str | None = None
    time_zone: str = "UTC"
    installed: list[str] = field(default_factory=list)


class Registry:
    """All models of a project."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self.names = NameRules.of(engine)
        self.models: dict[Key, ModelState] = {}
        self.evaluator: Evaluator | None = None

    def copied(self) -> Registry:
        """A registry of its own that has the same states."""
        other = Registry(self.engine, self.settings)
        other.models = dict(self.models)
        other.evaluator = self.evaluator
        return other

    def add(self, state: ModelState) -> None:
        """Take in a model; one of the same name is replaced."""
        self.models[state.key] = state

    def find(self, key: Key) -> ModelState | None:
        """A model; a proxy stands for the model behind it."""
        state = self.models.get(key)
        for _ in range(30):
            if state is None or state.options.get("proxy") is not True or not state.bases:
                return state
            state = self.models.get(state.bases[0])
        return state

    def table(self, state: ModelState) -> str:
        """The name of its table."""
        said = state.options.get("db_table")
        if isinstance(said, str) and said:
            return said
        return self.names.shortened(f"{state.app}_{state.name.lower()}")

    def auto_field(self, state: ModelState) -> str:
        """The class of the key that Django adds by itself. Tables of many-to-many fields do not heed an app's own setting in migrations."""
        own = None if state.auto_created else self.settings.auto_field_by_app.get(state.app)
        said = own or self.settings.auto_field or "BigAutoField"
        return said if said in AUTO else "BigAutoField"

    def fields(self, state: ModelState) -> list[FieldState]:
        """The fields that are columns, the key that Django adds included, in order."""
        own = [one for one in state.fields.values() if one.has_column]
        if self.composite_key(state) or any(one.flag("primary_key") for one in own) or (not own and state.bases):
            found = own
        else:
            identifier = FieldState("id", self.auto_field(state), {"primary_key": True}, None, state.place)
            found = [identifier, *own]
        if state.options.get("order_with_respect_to"):
            found = [*found, FieldState("_order", "IntegerField", {}, None, state.place)]
        return found

    def composite_key(self, state: ModelState) -> list[str] | None:
        """The names of the fields of a CompositePrimaryKey."""
        for one in state.fields.values():
            if one.kind == "CompositePrimaryKey":
                return [name for name in one.get("columns") or [] if isinstance(name, str)]
        return None

    def primary(self, state: ModelState) -> FieldState | None:
        """The field that is the key; None for a composite one."""
        return next((one for one in self.fields(state) if one.flag("primary_key")), None)

    def field(self, state: ModelState, name: str) -> FieldState:
        """A field by its name, `pk`, or its column's attribute (`customer_id`). Raises `UnsayableError` where there is none."""
        if name == "pk" and (primary := self.primary(state)) is not None:
            return primary
        fields = self.fields(state)
        for one in fields:
            if one.name == name:
                return one
        for one in fields:
            if one.is_relation and f"{one.name}_id" == name:
                return one
        raise UnsayableError(f"{state.name} has no column for the field {name!r}")

    def column(self, one: FieldState) -> str:
        """The name of a field's column."""
        said = one.get("db_column")
        if isinstance(said, str) and said:
            return said
        return f"{one.name}_id" if one.is_relation else one.name

    def related(self, state: ModelState, one: FieldState) -> ModelState | None:
        """The model that a relation points to, a proxy's own model instead of it; None where the sources do not have it."""
        key = self.related_key(state, one.get("to"))
        return self.find(key) if key else None

    def related_key(self, state: ModelState, to: Value) -> Key | None:
        """The app's label and name that `to` means, as a text."""
        if not isinstance(to, str):
            return None
        if to.lower() == "self":
            return state.key
        if to.startswith("settings."):
            to = self.settings.user_model or "auth.User"
        app, _, name = to.rpartition(".")
        return (app or state.app).rpartition(".")[2], name.lower()

    def is_stranger(self, state: ModelState, one: FieldState) -> bool:
        """Whether a relation is to a model that the sources do not have, or that is not known."""
        return self.related(state, one) is None

    def target(self, state: ModelState, one: FieldState) -> tuple[ModelState, FieldState]:
        """The table and the column that a foreign key references. Raises `UnsayableError` where it is not known."""
        other = self.related(state, one)
        if other is None:
            raise UnsayableError(f"{one.get('to')!r} is not in the sources")
        name = one.get("to_field")
        found = self.field(other, name) if isinstance(name, str) and name else self.primary(other)
        if found is None:
            raise UnsayableError(f"{other.name} has no primary key of one column")
        return other, found

    def through(self, state: ModelState, one: FieldState) -> ModelState | None:
        """The model of the table that Django makes for a many-to-many field; None where the project declares one, or for an unmanaged one.

        Raises:
            UnsayableError: where the other model is not known.
        """
        if one.get("through"):
            return None
        key = self.related_key(state, one.get("to"))
        if key is None:
            raise UnsayableError("the other model is known only when the program runs")
        to, mine = key[1], state.name.lower()
        if to == mine:
            to, mine = f"to_{to}", f"from_{mine}"
        said = one.get("db_table")
        table = said if isinstance(said, str) and said else self.names.shortened(f"{self.table(state)}_{one.name}")
        common = {"on_delete": None, "db_index": True, "db_constraint": one.get("db_constraint", True)}
        keys = {
            mine: FieldState(mine, "ForeignKey", {**common, "to": f"{state.app}.{state.name}"}, None, one.place),
            to: FieldState(to, "ForeignKey", {**common, "to": f"{key[0]}.{key[1]}"}, None, one.place),
        }
        options: dict[str, Value] = {"db_table": table, "unique_together": [[mine, to]]}
        return ModelState(state.app, f"{state.name}_{one.name}", keys, options, [], one.place, auto_created=True)

    def many_to_many(self, state: ModelState) -> Iterator[FieldState]:
        """The many-to-many fields of a model itself."""
        yield from (one for one in state.fields.values() if one.kind == "ManyToManyField")


def together(value: Value) -> list[list[str]]:
    """`unique_together` and `index_together` in the long form: a list of lists of field names."""
    entries = as_list(value) or []
    if entries and all(isinstance(one, str) for one in entries):
        return [entries]
    return [[name for name in inner if isinstance(name, str)] for one in entries if (inner := as_list(one))]
