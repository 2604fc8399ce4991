"""Every schema of the files: what `new Schema(…)` and classes declare, and what calls on them add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.readers.mongoose.constants import code, constant_or
from dbdesign.readers.mongoose.draft import Say, SchemaDraft
from dbdesign.readers.mongoose.indexes import declared_index
from dbdesign.readers.mongoose.nest import class_definition, is_document_class, schema_options
from dbdesign.readers.mongoose.paths import PathReader
from dbdesign.readers.typescript import (
    CallNode,
    ClassNode,
    FunctionNode,
    Member,
    ObjectValue,
    Program,
    Reference,
    Value,
    member_of,
)

METHODS = frozenset({"index", "add", "plugin", "virtual", "set", "discriminator", "path", "loadClass", "searchIndex"})
"""Calls on a schema that change what it declares, or that are worth a word."""
_CLASS_FACTORIES = frozenset({"createForClass"})


def is_schema(value: Value) -> bool:
    """Whether a value is `new Schema(…)`, also without `new`; other packages' classes of that name are not."""
    if not isinstance(value, CallNode) or value.name != "Schema":
        return False
    callee = value.callee
    if isinstance(callee, Reference):
        source = callee.source or ""
        return not source or "mongoose" in source or source.startswith((".", "@/", "~", "src/", "#"))
    return isinstance(callee, Member)


class Schemas:
    """The schemas of a program; each is read once, when it is first asked for."""

    def __init__(self, program: Program, say: Say) -> None:
        self.program = program
        self.say = say
        self.used: set[int] = set()
        """Schemas and classes that stand inside of others."""
        self.plugins: list[tuple[str, int, str]] = []
        self.virtuals: list[tuple[str, int, str]] = []
        self._drafts: dict[int, SchemaDraft | None] = {}
        self._alive: list[Value] = []
        self._calls: dict[int, list[CallNode]] | None = None
        self.embedded: dict[int, list[tuple[str, CallNode]]] = {}

    def of_value(self, value: Value, depth: int = 1) -> SchemaDraft | None:
        """The schema that a value is, as part of another; None where it is none."""
        value = self.local(self.program.expand(value))
        if isinstance(value, Member) and value.text == "schema":  # of a model: Model.schema
            model = value.object
            value = (
                self.program.expand(model.arg(1)) if isinstance(model, CallNode) and model.name == "model" else value
            )
        if isinstance(value, CallNode) and value.name == "clone" and isinstance(value.callee, Member):
            value = value.callee.object
        key = self.key_of(value)
        if key is None:
            return None
        self.used.add(key)
        return self.draft(value, depth)

    def local(self, value: Value) -> Value:
        """What a name of a file stands for whose path does not lead there, where one file alone has that name: files may come without their
        folders."""
        if (
            not isinstance(value, Reference)
            or value.source is None
            or "/" not in value.source
            or value.source.startswith("@nestjs/")
        ):
            return value
        stem = value.source.rsplit("/", 1)[-1]
        found = [
            path
            for path in self.program.paths
            if path.rsplit(".", 1)[0].removesuffix("/index").rsplit("/", 1)[-1] == stem
        ]
        if len(found) != 1:
            return value
        other = self.program.exported(found[0], value.name)
        for name in value.path:
            other = member_of(other, name)
        return value if isinstance(other, Reference) and other.source is None else other

    def key_of(self, value: Value) -> int | None:
        """What a schema or class is known by: of `createForClass(User)` the class."""
        if isinstance(value, CallNode) and value.name in _CLASS_FACTORIES and isinstance(value.arg(0), ClassNode):
            return self._class_key(value.arg(0))
        if isinstance(value, ClassNode) and is_document_class(value):
            return self._class_key(value)
        return id(value) if is_schema(value) else None

    def _class_key(self, value: Value) -> int:
        return hash((value.path, value.name, value.line)) if isinstance(value, ClassNode) else id(value)

    def draft(self, value: Value, depth: int = 0) -> SchemaDraft | None:
        """A schema's draft; None for one that is being read (it contains itself)."""
        key = self.key_of(value)
        if key is None:
            return None
        if key in self._drafts:
            return self._drafts[key]
        self._drafts[key] = None
        self._alive.append(value)
        found = self._read(value, depth)
        self._drafts[key] = found
        return found

    def _read(self, value: Value, depth: int) -> SchemaDraft:
        owner = value.arg(0) if isinstance(value, CallNode) and value.name in _CLASS_FACTORIES else value
        if isinstance(owner, ClassNode):
            return self._read_class(owner, depth)
        if not isinstance(value, CallNode):
            raise TypeError(type(value).__name__)
        draft = SchemaDraft(value.path, value.line, raw_options=value.arg(1))
        self._options(draft, value.arg(1))
        definition = self.program.expand(value.arg(0))
        if isinstance(definition, ObjectValue):
            self.fill(draft, definition, depth)
        elif (other := self.of_value(definition)) is not None:
            draft.fields.update(other.fields)
        elif value.args:
            self.say(value.path, value.line, value.text, "a schema whose paths are known only when the program runs")
        self._apply_calls(draft, value, depth)
        return draft

    def _read_class(self, owner: ClassNode, depth: int) -> SchemaDraft:
        options = schema_options(owner)
        draft = SchemaDraft(owner.path, owner.line, raw_options=options, is_class=True)
        self._options(draft, options)
        self.fill(draft, class_definition(owner, self.program, self.say), depth)
        for call in self._created_from(owner):
            self._apply_calls(draft, call, depth)
        return draft

    def _created_from(self, owner: ClassNode) -> Iterator[Value]:
        """The `createForClass(Owner)` whose methods are called."""
        self._gather()
        for one in self._alive_calls:
            if (
                isinstance(one, CallNode)
                and one.name in _CLASS_FACTORIES
                and self._class_key(one.arg(0)) == self._class_key(owner)
            ):
                yield one

    def fill(self, draft: SchemaDraft, definition: ObjectValue, depth: int) -> None:
        """Add the paths of a definition."""
        PathReader(self, draft, depth).add(definition)

    def _options(self, draft: SchemaDraft, options: Value) -> None:
        options = self.program.expand(options)
        if not isinstance(options, ObjectValue):
            return
        for key, value in options.items():
            plain = _constant_part(value)
            if plain is not None:
                draft.options[key] = plain
        if draft.options.get("_id") is False:
            draft.has_id = False

    # --- calls on schemas ---

    def _gather(self) -> None:
        if self._calls is not None:
            return
        self._calls = {}
        self._alive_calls: list[Value] = []
        for path in self.program.paths:
            for call in self.program.calls(path, METHODS):
                owner = call.callee.object if isinstance(call.callee, Member) else None
                if isinstance(owner, CallNode) and owner.name == "path" and isinstance(owner.callee, Member):
                    owner = owner.callee.object
                if isinstance(owner, CallNode):
                    chain = owner.chain[0]  # schema.plugin(…).index(…)
                    if is_schema(chain) or chain.name in _CLASS_FACTORIES:
                        self._calls.setdefault(id(chain), []).append(call)
                        if all(one is not chain for one in self._alive_calls):
                            self._alive_calls.append(chain)

    def _apply_calls(self, draft: SchemaDraft, value: Value, depth: int) -> None:
        self._gather()
        for call in (self._calls or {}).get(id(value), []):
            self._apply(draft, call, depth)

    def _apply(self, draft: SchemaDraft, call: CallNode, depth: int) -> None:
        owner = call.callee.object if isinstance(call.callee, Member) else None
        inner = owner if isinstance(owner, CallNode) and owner.name == "path" else None
        if inner is not None:
            if call.name == "discriminator":
                self._embedded(draft, inner, call, depth)
            return
        if call.name == "index":
            self._index(draft, call)
        elif call.name == "add":
            self._add(draft, self.program.expand(call.arg(0)), depth)
        elif call.name in {"path", "set"} and isinstance(call.arg(0), str) and len(call.args) > 1:
            self._set(draft, call, depth)
        elif call.name == "plugin":
            self.plugins.append((call.path, call.line, code(call.arg(0))))
        elif call.name == "virtual":
            self.virtuals.append((call.path, call.line, str(call.arg(0))))

    def _index(self, draft: SchemaDraft, call: CallNode) -> None:
        index = declared_index(call.arg(0), call.arg(1))
        if index is None:
            self.say(call.path, call.line, call.text, "an index whose keys are known only when the program runs")
        else:
            draft.own_indexes.append(index)

    def _add(self, draft: SchemaDraft, added: Value, depth: int) -> None:
        if isinstance(added, ObjectValue):
            self.fill(draft, added, depth)
        elif (other := self.of_value(added)) is not None:
            draft.fields.update(other.fields)
            draft.path_indexes += other.path_indexes
            draft.own_indexes += other.own_indexes

    def _set(self, draft: SchemaDraft, call: CallNode, depth: int) -> None:
        """`schema.path("b", Number)`, `schema.set("timestamps", true)`."""
        name, value = str(call.arg(0)), call.arg(1)
        if call.name == "path":
            definition = ObjectValue(call.line)
            definition[name] = value
            self.fill(draft, definition, depth)
        elif (plain := _constant_part(value)) is not None:
            draft.options[name] = plain

    def _embedded(self, draft: SchemaDraft, path: CallNode, call: CallNode, depth: int) -> None:
        """`schema.path("events").discriminator("Click", new Schema({ … }))`."""
        place, value = path.arg(0), call.arg(0)
        tag = call.arg(2)
        tag = tag.get("value") if isinstance(tag, ObjectValue) else tag
        name = tag if isinstance(tag, str) else value
        inner = self.of_value(call.arg(1), depth + 1)
        if not isinstance(place, str) or not isinstance(name, str) or inner is None:
            self.say(call.path, call.line, call.text, "a discriminator that is known only when the program runs")
            return
        names = place.split(".")
        field = draft.fields.get(names[0])
        if field is None:
            self.say(call.path, call.line, call.text, "a discriminator of a path that the schema does not have")
            return
        draft.fields[names[0]] = _with_variant(field, names[1:], name, tuple(inner.fields.values()))

    def model_of(self, value: Value) -> str | None:
        """The name of a model that a `ref` names: a text, a model, a class, or a function that gives one."""
        value = self.program.expand(value)
        if isinstance(value, FunctionNode):
            value = value.result
        if isinstance(value, str):
            return value
        if isinstance(value, ClassNode):
            return value.name
        if isinstance(value, CallNode) and value.name == "model" and isinstance(value.arg(0), str):
            return str(value.arg(0))
        if isinstance(value, Reference) and value.path[-1:] == ("name",):
            return value.path[-2] if len(value.path) > 1 else value.name
        return value.last if isinstance(value, Reference) and value.source is not None else None


def _with_variant(field: Any, rest: list[str], value: str, fields: tuple[Any, ...]) -> Any:
    """The field with a variant at a dotted place inside of it."""
    if field.type == "array" and field.element is not None:
        return field.model_copy(update={"element": _with_variant(field.element, rest, value, fields)})
    if not rest:
        key = field.discriminator or "__t"
        return field.model_copy(update={"discriminator": key, "variants": {**field.variants, value: fields}})
    inner = tuple(_with_variant(one, rest[1:], value, fields) if one.name == rest[0] else one for one in field.fields)
    return field.model_copy(update={"fields": inner})


def _constant_part(value: Value) -> Any:
    """A constant, or of an object what is constant in it; None where nothing is."""
    found = constant_or(value, None)
    if found is None and isinstance(value, ObjectValue):
        return {key: plain for key, one in value.items() if (plain := constant_or(one, None)) is not None} or None
    return found
