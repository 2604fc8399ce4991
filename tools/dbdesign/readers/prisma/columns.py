"""From fields to columns, as the schema engine writes them in CREATE TABLE."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.dialects.prisma import ENUMS, LISTS, NATIVE_TYPES, USUAL, constraint_name
from dbdesign.model.schema import Engine
from dbdesign.readers.prisma.defaults import CLIENT_MADE, Misfit, constant, literal, now, sequence
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.soundness import is_default, is_type
from dbdesign.readers.prisma.syntax import Attribute, Block, Expression, FieldSyntax

SERIALS = {"SMALLINT": "SMALLSERIAL", "INTEGER": "SERIAL", "BIGINT": "BIGSERIAL"}


def quoted(engine: Engine, name: str) -> str:
    """A name in the engine's quotation marks."""
    opening, closing = dialect(engine).quote
    return opening + name.replace(closing, closing * 2) + closing


def qualified(engine: Engine, namespace: str | None, name: str) -> str:
    """A name with its schema's before it, where that is not the default one."""
    return f"{quoted(engine, namespace)}.{quoted(engine, name)}" if namespace else quoted(engine, name)


class Columns:
    """Writes the columns of models."""

    def __init__(self, found: Declarations) -> None:
        self.found = found
        self.engine = found.settings.engine
        self.types: dict[tuple[str, str], str | None] = {}

    def column(self, model: Model, field: FieldSyntax) -> str | None:
        """The column's definition; None (and a complaint) where the engine cannot have it."""
        type_text = self.type(model, field)
        if type_text is None:
            return None
        default = field.attribute("default")
        value = default.argument("value", 0) if default else None
        calls = value.text if value is not None and value.kind == "call" else ""
        identity = self.identity(model, field, calls, type_text)
        if identity is not None:
            return f"{quoted(self.engine, field.mapped)} {identity}"
        parts = [quoted(self.engine, field.mapped), type_text, self.nullability(field)]
        if default is not None and value is not None:
            parts.append(self.default(model, field, default, value, type_text))
        return " ".join(part for part in parts if part)

    def nullability(self, field: FieldSyntax) -> str:
        """Lists may be NULL to the database, whatever the client makes of that."""
        return "NOT NULL" if field.arity == "" else "NULL" if self.engine is Engine.MYSQL else ""

    # Types

    def type(self, model: Model, field: FieldSyntax) -> str | None:
        """The column's type in SQL; what is wrong with it is said once."""
        place = model.name, field.name
        if place not in self.types:
            self.types[place] = self.new_type(model, field)
        return self.types[place]

    def new_type(self, model: Model, field: FieldSyntax) -> str | None:
        """The type of a column that is met for the first time."""
        base = self.base_type(model, field)
        if field.arity != "[]" or base is None:
            return base
        if self.engine in LISTS:
            return f"{base}[]"
        self.complain(model, field, f"{self.found.settings.provider} has no lists of scalars")
        return None

    def base_type(self, model: Model, field: FieldSyntax) -> str | None:
        """The type of one value."""
        if field.unsupported is not None:
            if is_type(self.engine, field.unsupported):
                return field.unsupported
            self.complain(model, field, f"{field.unsupported!r} is no type of {self.found.settings.provider}")
            return None
        enum = self.found.enums.get(field.type)
        if enum is not None:
            return self.enum_type(model, field, enum)
        scalar = "Json" if field.type in self.found.types else field.type
        name, arguments = USUAL[self.engine][scalar]
        native = next((one for one in field.attributes if "." in one.name), None)
        if native is not None and self.engine is not Engine.SQLITE:
            said = native.name.rpartition(".")[2]
            if said in NATIVE_TYPES[self.engine]:
                name, arguments = said, self.arguments(model, field, native)
            else:
                self.complain(
                    model, field, f"{self.found.settings.provider} has no native type {said}; the usual one was taken"
                )
        if self.engine is Engine.MYSQL and scalar == "Boolean" and name == "TinyInt":
            return "BOOLEAN"
        return NATIVE_TYPES[self.engine][name].spelt(arguments)

    def arguments(self, model: Model, field: FieldSyntax, native: Attribute) -> tuple[str, ...]:
        """What a native type has in parentheses."""
        said = [one.value.text for one in native.arguments]
        sound = tuple(one.lower() for one in said if one.isdecimal() or one.lower() == "max")
        if len(sound) != len(said):
            self.complain(model, field, f"the arguments of @{native.name} are no numbers")
            return ()
        return sound

    def enum_type(self, model: Model, field: FieldSyntax, enum: Block) -> str | None:
        """The type of an enumeration: its own, MySQL's in line, or a text."""
        if self.engine in LISTS:
            return qualified(self.engine, self.found.namespace(enum), enum.mapped)
        if self.engine is Engine.MYSQL:
            return f"ENUM({', '.join(literal(one.mapped) for one in enum.fields)})" if enum.fields else None
        if self.engine not in ENUMS:
            self.complain(model, field, "SQL Server has no enumerations; read as a text")
        name, arguments = USUAL[self.engine]["String"]
        return NATIVE_TYPES[self.engine][name].spelt(arguments)

    # Numbering and defaults

    def identity(self, model: Model, field: FieldSyntax, calls: str, type_text: str) -> str | None:
        """Type and all of a column that the database numbers."""
        if self.engine is Engine.SQLITE:
            return self.row_number(model, field)
        if calls == "sequence" and self.engine is Engine.COCKROACHDB:
            default = field.attribute("default")
            value = default.argument("value", 0) if default else None
            if value is not None and value.argument("virtual") is not None:
                self.complain(model, field, "a virtual sequence is read as a common one")
            return f"{type_text} NOT NULL {sequence(value)}" if value else None
        if calls != "autoincrement":
            return None
        return {
            Engine.POSTGRESQL: f"{SERIALS.get(type_text, type_text)} {self.nullability(field)}".rstrip(),
            Engine.COCKROACHDB: f"{type_text} NOT NULL DEFAULT unique_rowid()",
            Engine.MYSQL: f"{type_text} NOT NULL AUTO_INCREMENT",
            Engine.SQLSERVER: f"{type_text} NOT NULL IDENTITY(1,1)",
        }.get(self.engine)

    def row_number(self, model: Model, field: FieldSyntax) -> str | None:
        """SQLite's: every Int that is the whole primary key, whatever its default."""
        if field.type != "Int" or field.arity or model.identifier != [field.name]:
            return None
        said = field.attribute("default")
        value = said.argument("value", 0) if said else None
        default = self.default(model, field, said, value, "INTEGER") if said and value else ""
        return f"INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT {default}".rstrip()

    def default(self, model: Model, field: FieldSyntax, said: Attribute, value: Expression, type_text: str) -> str:
        """The DEFAULT clause; empty where the value is the client's to make, or makes no sense."""
        try:
            expression = self.expression(field, value, type_text)
        except Misfit as misfit:
            self.complain(model, field, f"{misfit}; the default was left out")
            return ""
        if expression is None:
            return ""
        if self.engine is not Engine.SQLSERVER:
            return f"DEFAULT {expression}"
        name = said.text("map") or constraint_name(self.engine, model.table, [field.mapped], "df")
        return f"CONSTRAINT {quoted(self.engine, name)} DEFAULT {expression}"

    def expression(self, field: FieldSyntax, value: Expression, type_text: str) -> str | None:
        """A default in SQL.

        Raises:
            Misfit: where it is none.
        """
        enum = self.found.enums.get(field.type)
        if value.kind == "call":
            return self.call(field, value)
        if value.kind == "list":
            items = [constant(one, field, enum, self.found) for one in value.items]
            if field.arity != "[]":
                raise Misfit("a list is no default of a single value")
            return f"ARRAY[{', '.join(one for one in items if one is not None)}]::{type_text}"
        if field.unsupported is not None:
            raise Misfit("an unsupported type has no default but dbgenerated()")
        return constant(value, field, enum, self.found)

    def call(self, field: FieldSyntax, value: Expression) -> str | None:
        """What a function of the language becomes."""
        if value.text == "now":
            return now(field, self.engine)
        if value.text in CLIENT_MADE or (value.text == "autoincrement" and self.engine is Engine.SQLITE):
            return None
        if value.text != "dbgenerated":
            raise Misfit(f"Prisma has no function {value.text}() for defaults here")
        said = value.argument("value", 0)
        if said is None or not said.text.strip():
            return None
        if not is_default(self.engine, said.text):
            raise Misfit(f"dbgenerated({said.text[:60]!r}) is no expression that a default can be")
        return said.text

    def complain(self, model: Model, field: FieldSyntax, reason: str) -> None:
        """Note a field that could not be read as it stands."""
        self.found.complain(model.block, field.line, f"{model.name}.{field.name}", reason)
