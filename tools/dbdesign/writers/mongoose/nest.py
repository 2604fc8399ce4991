"""A collection as a class of @nestjs/mongoose: `@Schema()` on the class, `@Prop()` on its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbdesign.model.documents import Collection, DocumentField
from dbdesign.writers.javascript.layout import HARD, Doc, Indent, render
from dbdesign.writers.javascript.naming import pascal, singular
from dbdesign.writers.javascript.program import comment, constant, statement, type_alias
from dbdesign.writers.javascript.syntax import Arr, Call, Node, Obj, Raw, Str, document, key, literal
from dbdesign.writers.mongoose.collections import embedded_discriminators, index_call, own_fields, schema_options
from dbdesign.writers.mongoose.context import Context
from dbdesign.writers.mongoose.fields import Entries, definition, node, stamped

_TYPES = {
    "string": "string",
    "double": "number",
    "int": "number",
    "long": "bigint",
    "decimal": "Types.Decimal128",
    "bool": "boolean",
    "date": "Date",
    "objectId": "Types.ObjectId",
    "binData": "Buffer",
    "uuid": "Types.UUID",
}
"""Of TypeScript; whatever is not listed is `unknown`."""


def classes(collection: Collection, context: Context) -> Iterator[str]:
    """The classes of nested schemas, the class itself, its schema, indexes and discriminators."""
    context.nest |= {"Schema", "SchemaFactory"}
    context.mongoose |= {"type HydratedDocument"}
    work = _Classes(context)
    name = context.models[collection.name]
    decorator = Call("Schema", [Obj(schema_options(collection, context))])
    text = work.class_text(
        name, decorator, own_fields(collection), collection.name, collection.comment, _stamps(collection)
    )
    yield from work.nested
    schema = f"{name}Schema"
    yield text
    yield type_alias(f"{name}Document", "HydratedDocument", name)
    yield constant(schema, Call("SchemaFactory.createForClass", [Raw(name)]))
    declared = [statement(document(index_call(schema, index))) for index in collection.indexes]
    if declared:
        yield "\n".join(declared)
    yield from embedded_discriminators(collection, schema, context)
    for value, fields in collection.variants.items():
        yield from _variant(name, value, fields, collection, context)


def _stamps(collection: Collection) -> list[str]:
    return [name for name in collection.timestamps if name]


def _variant(
    parent: str, value: str, fields: Sequence[DocumentField], collection: Collection, context: Context
) -> Iterator[str]:
    """A class that extends the collection's; it is registered with the parent's `discriminators` in `forFeature`."""
    work = _Classes(context)
    name = context.names.new(pascal(value), f"{parent}{pascal(value)}")
    if collection.discriminator and name != value:
        context.notes.add(
            f"{collection.name} ({value})",
            "the value of a discriminator in a class",
            f"{{ name: {name}.name, schema, value }} in forFeature",
        )
    text = work.class_text(name, Call("Schema", []), fields, f"{collection.name}({value})", None, [], extends=parent)
    yield from work.nested
    yield text
    yield constant(f"{name}Schema", Call("SchemaFactory.createForClass", [Raw(name)]))


class _Classes:
    """Writes classes; those of nested schemas are gathered in `nested`, inner before outer."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.nested: list[str] = []
        self._known: dict[int, str] = {}

    def class_text(
        self,
        name: str,
        decorator: Node,
        fields: Sequence[DocumentField],
        where: str,
        said: str | None,
        stamps: Sequence[str],
        *,
        extends: str | None = None,
    ) -> str:
        """A class with its decorator."""
        members: list[Doc] = [self._member(one, name, where) for one in fields]
        members += [f"{stamp}!: Date;" for stamp in stamps]
        body: list[Doc] = []
        for number, member in enumerate(members):
            body += [HARD, HARD, member] if number and not str(member).endswith(": Date;") else [HARD, member]
        head = f"export class {name}{f' extends {extends}' if extends else ''} "
        inner: Doc = (head, "{", Indent(tuple(body)), HARD, "}") if members else (head, "{}")
        text = render(("@", document(decorator), HARD, inner))
        return f"{comment(said)}\n{text}" if said else text

    def _member(self, field: DocumentField, owner: str, where: str) -> Doc:
        self.context.nest.add("Prop")
        mark = "!" if field.required else "?"
        place = f"{where}.{field.name}"
        typescript = self._typescript(field, owner, place)
        decorator = Call("Prop", self._arguments(field, owner, place))
        lines: list[Doc] = []
        if field.comment:
            for line in comment(field.comment).splitlines():
                lines += [line, HARD]
        return (*lines, "@", document(decorator), HARD, f"{key(field.name)}{mark}: {typescript};")

    def _arguments(self, field: DocumentField, owner: str, where: str) -> list[Node]:
        if field.type == "object" and not field.options.get("subdocument") and field.fields:
            self.context.nest.add("raw")
            return [Call("raw", [definition(field.fields, self.context, where)])]
        written = node(field, self.context, where)
        entries = (
            list(written.entries)
            if isinstance(written, Obj) and written.entries[:1] and written.entries[0][0] == "type"
            else []
        )
        rest = [one for one in entries if one[0] != "type"]
        if self._is_plain(field):
            return [Obj(rest)] if rest else []
        return [Obj([("type", self._type_node(field, owner, where, written)), *rest])]

    def _is_plain(self, field: DocumentField) -> bool:
        """Whether Nest infers Mongoose's type from TypeScript's (reflect-metadata): not for unions, arrays and types without a class."""
        return field.type in {"string", "double", "bool", "date"}

    def _type_node(self, field: DocumentField, owner: str, where: str, written: Node) -> Node:
        if field.type == "object" and field.options.get("subdocument"):
            return Raw(f"{self._class_of(field, owner, where)}Schema")
        element = field.element
        if (
            field.type == "array"
            and element is not None
            and element.type == "object"
            and element.options.get("subdocument")
        ):
            return Arr([Raw(f"{self._class_of(element, owner, where)}Schema")])
        if isinstance(written, Obj) and written.entries and written.entries[0][0] == "type":
            return written.entries[0][1]
        return written

    def _class_of(self, field: DocumentField, owner: str, where: str) -> str:
        """The class of a nested schema, written when it is first asked for."""
        known = self._known.get(id(field))
        if known is not None:
            return known
        last = where.rsplit(".", 1)[-1].replace("[]", "")
        name = self.context.names.new(pascal(singular(last)), f"{owner}{pascal(singular(last))}")
        self._known[id(field)] = name
        options: Entries = [] if field.options.get("_id", True) is not False else [("_id", Raw("false"))]
        if field.discriminator and field.discriminator != "__t":
            options.append(("discriminatorKey", Str(field.discriminator)))
        added = stamped(field.options.get("timestamps"))
        if added:
            options.append(("timestamps", literal(field.options["timestamps"])))
        own = [one for one in field.fields if one.name != field.discriminator and one.name not in added]
        decorator = Call("Schema", [Obj(options)] if options else [])
        text = self.class_text(name, decorator, own, where, field.comment, [])
        self.nested.append(text)
        self.nested.append(constant(f"{name}Schema", Call("SchemaFactory.createForClass", [Raw(name)])))
        return name

    def _typescript(self, field: DocumentField, owner: str, where: str) -> str:
        if field.type == "array" and field.element is not None:
            inner = self._typescript(field.element, owner, where)
            return f"{inner}[]" if inner.replace(".", "").isidentifier() else f"({inner})[]"
        if field.type == "vector":
            return "number[]"
        if field.type == "map":
            inner = self._typescript(field.element, owner, f"{where}.*") if field.element is not None else "unknown"
            return f"Map<string, {inner}>"
        if field.type == "object" and field.options.get("subdocument"):
            return self._class_of(field, owner, where)
        if field.type == "object" and field.fields:
            return "Record<string, unknown>"
        found = _TYPES.get(field.type, "unknown")
        if found.startswith("Types."):
            self.context.mongoose.add("Types")
        return found
