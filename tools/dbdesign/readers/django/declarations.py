"""The models that a project's classes declare: abstract bases, mixins, multi-table inheritance, proxies, Meta.

Source: `ModelBase.__new__` and `Options` of django.db.models (Django 5.2); `MigrationAutodetector.generate_created_models` for the
order of columns in the first migration.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.readers.base import Unread
from dbdesign.readers.django.apps import Apps
from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.fields import FieldClasses, FieldState
from dbdesign.readers.django.linearise import direct_bases, linearised
from dbdesign.readers.django.project import ClassDeclaration, Project
from dbdesign.readers.django.state import ModelState
from dbdesign.readers.django.values import Called, ClassValue, Reference, Value, is_true

ROOTS = frozenset(
    {"django.db.models.Model", "django.db.models.base.Model", "django.contrib.gis.db.models.Model", "django.db.Model",
     "psqlextra.models.PostgresModel", "polymorphic.models.PolymorphicModel", "auto_prefetch.Model", "parler.models.TranslatableModel"}
)  # fmt: skip
_ADDS_TABLES = frozenset({"HistoricalRecords", "TranslatedFields", "AuditlogHistoryField"})
_META = frozenset(
    {"abstract", "db_table", "app_label", "indexes", "constraints", "unique_together", "index_together", "managed", "proxy", "swappable",
     "order_with_respect_to", "db_table_comment", "db_tablespace"}
)  # fmt: skip


Placed = tuple[tuple[int, int], FieldState]
"""A field with its turn: its class's, and its place in it."""


@dataclass
class Declared:
    """A class of a model with what is its own; `order` of a field is its class's turn and its place in it."""

    declaration: ClassDeclaration
    app: str
    is_abstract: bool
    fields: dict[str, Placed]
    direct: list[ClassDeclaration]
    meta: dict[str, Value]
    ancestors: list[ClassDeclaration]


class Declarations:
    """Finds the models of a project."""

    def __init__(self, project: Project, evaluator: Evaluator, apps: Apps) -> None:
        self.project = project
        self.evaluator = evaluator
        self.apps = apps
        self.field_classes = FieldClasses(evaluator)
        self.unread: list[Unread] = []
        self.skipped_tables: list[tuple[str, int]] = []
        self._declared: dict[int, Declared | None] = {}
        self._fields: dict[int, dict[str, Placed]] = {}
        self._keys: dict[int, tuple[str, str]] = {}

    def classes(self, *, known: bool) -> Iterator[ClassDeclaration]:
        """The top-level classes of all modules of the project, or of the known ones."""
        for module in self.project.modules:
            if module.known == known:
                yield from module.classes

    def state(self, declaration: ClassDeclaration) -> ModelState | None:
        """The model that a class declares; None for an abstract one and for a class that is no model."""
        own = self.declared(declaration)
        if own is None or own.is_abstract:
            return None
        place = (declaration.module.path, declaration.node.lineno)
        state = ModelState(own.app, declaration.name, {}, self._options(own), [], place)
        parents = [one for one in own.ancestors if (base := self.declared(one)) is not None and not base.is_abstract]
        if state.options.get("proxy") is True:
            state.bases = [self.key(one) for one in parents[:1]]
            return state
        fields = self._collected(own)
        direct = self._direct(parents)
        state.bases = [self.key(one) for one in direct]
        self._link(state, fields, direct)
        ordered = sorted(fields.items(), key=lambda one: one[1][0])
        state.fields = {name: one for name, (_, one) in ordered}
        if not declaration.module.known:
            state.fields = _as_first_migration(state.fields)
        return state

    def key(self, declaration: ClassDeclaration) -> tuple[str, str]:
        """How the registry knows the model of a class."""
        own = self.declared(declaration)
        return (own.app if own else self.apps.label(declaration.module)), declaration.name.lower()

    def _direct(self, parents: list[ClassDeclaration]) -> list[ClassDeclaration]:
        """The concrete models that a model derives from without another in between; a proxy stands for its own model."""
        found: list[ClassDeclaration] = []
        for one in parents:
            own = self.declared(one)
            if own is not None and own.meta.get("proxy") is True:
                continue
            if not any(other is not one and one in self._ancestors(other) for other in parents) or all(
                self._is_proxy(other) for other in parents if other is not one and one in self._ancestors(other)
            ):
                found.append(one)
        return found

    def _is_proxy(self, declaration: ClassDeclaration) -> bool:
        own = self.declared(declaration)
        return own is not None and own.meta.get("proxy") is True

    def _ancestors(self, declaration: ClassDeclaration) -> list[ClassDeclaration]:
        own = self.declared(declaration)
        return own.ancestors if own else []

    def _collected(self, own: Declared) -> dict[str, Placed]:
        """A model's own fields and those of its abstract bases, as Django copies them: from its direct bases, nearest first."""
        found = dict(own.fields)
        hidden = set(own.declaration.names)
        for ancestor in own.ancestors:
            base = self.declared(ancestor)
            if base is None or ancestor not in own.direct:
                hidden |= set(ancestor.names)
                continue
            inherited = self._inherited(ancestor, base)
            if base.is_abstract:
                for name, one in inherited.items():
                    if name not in found and name not in hidden:
                        found[name] = (one[0], self._rebased(one[1], own))
            hidden |= set(inherited)
        return found

    def _inherited(self, ancestor: ClassDeclaration, base: Declared) -> dict[str, Placed]:
        if id(ancestor) not in self._fields:
            self._fields[id(ancestor)] = {}  # while it is collected: a circle adds nothing
            self._fields[id(ancestor)] = self._collected(base)
        return self._fields[id(ancestor)]

    def _rebased(self, one: FieldState, own: Declared) -> FieldState:
        """An inherited relation to a model of the inheriting class's own app, or to itself."""
        to = one.get("to")
        if isinstance(to, str) and to.startswith(".") and to != ".":
            return one.with_arguments(to=f"{own.app}{to}")
        return one

    def _link(self, state: ModelState, fields: dict[str, Placed], parents: list[ClassDeclaration]) -> None:
        """Add the link to each parent's table that is not declared."""
        for parent in parents:
            app, name = self.key(parent)
            target = f"{app}.{name}"
            mine = [
                one
                for _, one in fields.values()
                if one.kind == "OneToOneField" and self._points_to(one, app, name, state.app)
            ]
            linked = next((one for one in mine if one.flag("parent_link")), None)
            if linked is not None:
                if not linked.flag("primary_key") and not any(one.flag("primary_key") for _, one in fields.values()):
                    order = fields[linked.name][0]
                    fields[linked.name] = (order, linked.with_arguments(primary_key=True))
                continue
            link = FieldState(
                f"{name}_ptr",
                "OneToOneField",
                {"to": target, "unique": True, "db_index": True, "parent_link": True},
                None,
                state.place,
            )
            has_key = any(one.flag("primary_key") for _, one in fields.values())
            if parent is parents[0] and not has_key:
                link = link.with_arguments(primary_key=True)
            fields[link.name] = ((-1, 0), link)

    @staticmethod
    def _points_to(one: FieldState, app: str, name: str, own_app: str) -> bool:
        to = one.get("to")
        if not isinstance(to, str):
            return False
        label, _, model = to.rpartition(".")
        return model.lower() == name and (label or own_app).lower() == app.lower()

    def _options(self, own: Declared) -> dict[str, Value]:
        """A model's Meta: its own, or that of the nearest abstract base; a Meta that derives from another adds to it."""
        if "" in own.meta:
            return {name: value for name, value in own.meta.items() if name not in {"", "abstract"}}
        for ancestor in own.ancestors:
            base = self.declared(ancestor)
            if base is not None and base.is_abstract and "" in base.meta:
                return {name: value for name, value in base.meta.items() if name not in {"", "abstract", "proxy"}}
        return {}

    def declared(self, declaration: ClassDeclaration) -> Declared | None:
        """What a class declares as a model; None where it is none."""
        found = self._declared.get(id(declaration), ...)
        if found is not ...:
            return found
        self._declared[id(declaration)] = None  # while it is looked at: a class that derives from itself is none
        ancestors, roots = linearised(declaration, self.evaluator)
        if not self._is_model(declaration, roots):
            return None
        meta = self._meta(declaration)
        app = meta.get("app_label")
        own = Declared(
            declaration,
            app if isinstance(app, str) else self.apps.label(declaration.module),
            is_true(meta.get("abstract")),
            {},
            direct_bases(declaration, self.evaluator),
            meta,
            ancestors,
        )
        self._declared[id(declaration)] = own
        self._read_fields(own)
        return own

    def _is_model(self, declaration: ClassDeclaration, roots: list[Reference]) -> bool:
        if any(one.path in ROOTS for one in roots):
            return True
        if declaration.module.known:
            return False
        outside = [one for one in roots if "." in one.path]
        strangers = [one for one in outside if one.last.endswith(("Model", "Mixin", "Base", "Page"))]
        if not strangers or not self._has_fields(declaration):
            strangers = [one for one in outside if not one.path.startswith(("django.", "rest_framework."))]
            if not strangers or not self._has_fields(declaration, ("Field", ".ForeignKey")):
                return False
        self.unread.append(
            Unread(
                path=declaration.module.path,
                line=declaration.node.lineno,
                text=f"class {declaration.name}({', '.join(one.path for one in roots)})"[:200],
                reason=f"{strangers[0].path} is not in the sources: fields that it adds are not known",
            )
        )
        return True

    def _has_fields(self, declaration: ClassDeclaration, endings: tuple[str, ...] = ("",)) -> bool:
        """Whether a class binds names to calls of what Django has under `models`, of these endings; `output_field` is an expression's."""
        scope = Scope(declaration.module, declaration)
        named = declaration.names.items()
        calls = [one for name, one in named if isinstance(one, ast.Call) and name != "output_field"]
        values = [self.evaluator.value(one.func, scope) for one in calls]
        return any(
            isinstance(one, Reference)
            and one.path.startswith(("django.db.models.", "django.contrib."))
            and one.path.endswith(endings)
            for one in values
        )

    def _meta(self, declaration: ClassDeclaration, depth: int = 0) -> dict[str, Value]:
        """The values of a class Meta, its bases' first; the empty name marks that there is one."""
        inner = declaration.names.get("Meta")
        if not isinstance(inner, ClassDeclaration) or depth > 30:
            return {}
        found = self._meta_values(inner, depth)
        return {"": True, **found}

    def _meta_values(self, meta: ClassDeclaration, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if depth > 30:
            return found
        for node in reversed(meta.node.bases):
            base = self.evaluator.value(node, Scope(meta.module, meta.outer))
            if isinstance(base, ClassValue):
                inherited = self._meta_values(base.declaration, depth + 1)
                found |= {name: value for name, value in inherited.items() if name != "abstract"}
            elif isinstance(base, Reference) and base.path.endswith(".Meta"):
                found |= self._meta_of_path(base.path, depth)
        for name, definition in meta.names.items():
            if name in _META:
                value = self.evaluator.definition(definition, Scope(meta.module, meta))
                found[name] = (
                    [self.with_fields(one) for one in value]
                    if isinstance(value, list | tuple) and name in {"indexes", "constraints"}
                    else value
                )
        return found

    def _meta_of_path(self, path: str, depth: int) -> dict[str, Value]:
        """`class Meta(Base.Meta)` where Base does not say one itself: that of the nearest base that does."""
        for declaration in self.classes(known=False):
            if path == f"{declaration.path}.Meta":
                for ancestor in linearised(declaration, self.evaluator)[0]:
                    inner = ancestor.names.get("Meta")
                    if isinstance(inner, ClassDeclaration):
                        return {
                            name: value
                            for name, value in self._meta_values(inner, depth + 1).items()
                            if name != "abstract"
                        }
        return {}

    def _read_fields(self, own: Declared) -> None:
        declaration = own.declaration
        scope = Scope(declaration.module, declaration)
        for number, (name, definition) in enumerate(declaration.names.items()):
            if not isinstance(definition, ast.Call):
                continue
            place = (declaration.module.path, declaration.lines.get(name, declaration.node.lineno))
            one = self.made_field(name, self.evaluator.value(definition, scope), place, own)
            if one is not None:
                own.fields[name] = ((declaration.order, number), one)

    def made_field(self, name: str, call: Value, place: tuple[str, int], own: Declared) -> FieldState | None:
        """The field that a call in a class, or in a migration, makes; one of an unknown class is noted."""
        if not isinstance(call, Called):
            return None
        one = self.field_classes.field(name, call, place)
        if one is None:
            self._note_unknown(name, call, place, own)
            return None
        one = self._with_inner_fields(one)
        for argument in ("to", "through"):
            if argument in one.arguments:
                one = one.with_arguments(**{argument: self._model_text(one.get(argument), own)})
        return one

    def _note_unknown(self, name: str, call: Called, place: tuple[str, int], own: Declared) -> None:
        text = f"{own.declaration.name}.{name} = {call.path}(…)"
        if call.last in _ADDS_TABLES:
            self.unread.append(
                Unread(
                    path=place[0],
                    line=place[1],
                    text=text,
                    reason=f"the tables or columns that {call.last} adds are not known",
                )
            )
        elif (
            call.receiver is None
            and call.last.endswith(("Field", "ForeignKey", "Key", "RelatedField"))
            and not call.last.startswith("get_")
        ):
            self.unread.append(
                Unread(path=place[0], line=place[1], text=text, reason=f"{call.path} is no field that is known")
            )

    def _with_inner_fields(self, one: FieldState) -> FieldState:
        arguments = {
            name: self.with_fields(value)
            for name, value in one.arguments.items()
            if name in {"base_field", "output_field", "expression", "db_default"}
        }
        return one.with_arguments(**arguments) if arguments else one

    def with_fields(self, value: Value, depth: int = 0) -> Value:
        """The value with every call that makes a field replaced by that field."""
        if depth > 60:
            return value
        if isinstance(value, Called):
            if value.receiver is None and (value.last.endswith("Field") or value.declaration is not None):
                inner = self.field_classes.field("", value, ("", value.line))
                if inner is not None:
                    return self._with_inner_fields(inner)
            return Called(
                value.path,
                tuple(self.with_fields(one, depth + 1) for one in value.args),
                {name: self.with_fields(one, depth + 1) for name, one in value.kwargs.items()},
                self.with_fields(value.receiver, depth + 1) if value.receiver is not None else None,
                value.declaration,
                value.line,
            )
        if isinstance(value, tuple | list):
            return type(value)(self.with_fields(one, depth + 1) for one in value)
        return value

    def _model_text(self, value: Value, own: Declared) -> Value:
        """`app.Model` for a class; texts stay as they are, a text without an app means the inheriting model's own."""
        if isinstance(value, ClassValue):
            app, _ = self.key_of_class(value.declaration)
            return f"{app}.{value.declaration.name}"
        if isinstance(value, Reference):
            if value.last == "AUTH_USER_MODEL":
                return "settings.AUTH_USER_MODEL"
            parts = value.path.split(".")
            return f"{self.apps.label_of_path(parts)}.{parts[-1]}" if len(parts) > 1 else value.path
        if isinstance(value, Called) and value.last in {"get_user_model", "get_user_model_lazy"}:
            return "settings.AUTH_USER_MODEL"
        if isinstance(value, Called) and value.last in {"get_model", "get_model_name"} and value.args:
            return ".".join(str(one) for one in value.args)
        if isinstance(value, str) and "." not in value and value != "self" and not own.is_abstract:
            return f"{own.app}.{value}"
        return value if isinstance(value, str) else None

    def key_of_class(self, declaration: ClassDeclaration) -> tuple[str, str]:
        """As `key`, without reading the class's fields: two models may refer to each other."""
        meta = declaration.names.get("Meta")
        if isinstance(meta, ClassDeclaration) and "app_label" in meta.names:
            said = self.evaluator.definition(meta.names["app_label"], Scope(meta.module, meta))
            if isinstance(said, str):
                return said, declaration.name.lower()
        return self.apps.label(declaration.module), declaration.name.lower()


def _as_first_migration(fields: dict[str, FieldState]) -> dict[str, FieldState]:
    """The order in which the first migration adds the columns: relations last, by name, but those that are keys or links."""
    late = {
        name: one
        for name, one in fields.items()
        if one.is_relation and not one.flag("primary_key") and not one.flag("parent_link")
    }
    first = {name: one for name, one in fields.items() if name not in late}
    return {**first, **dict(sorted(late.items()))}
