"""What the parts of the writer share."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.documents import DocumentSchema
from dbdesign.writers.javascript.naming import Names, pascal
from dbdesign.writers.postgresql.notes import Notes

TAKEN = frozenset(
    [
        "Schema",
        "SchemaFactory",
        "Prop",
        "Types",
        "InferSchemaType",
        "model",
        "raw",
        "mongoose",
        "MongooseSchema",
        "HydratedDocument",
        "randomUUID",
        "String",
        "Number",
        "Boolean",
        "Date",
        "Buffer",
        "Map",
        "BigInt",
        "Array",
        "Object",
        "Uint8Array",
        "Document",
        "Model",
    ]
)
"""Names that a module uses itself."""


@dataclass
class Context:
    """One writing."""

    schema: DocumentSchema
    notes: Notes = field(default_factory=Notes)
    mongoose: set[str] = field(default_factory=set)
    """What is imported from mongoose."""
    nest: set[str] = field(default_factory=set)
    crypto: set[str] = field(default_factory=set)
    models: dict[str, str] = field(default_factory=dict)
    """Collections → models."""
    names: Names = field(default_factory=lambda: Names(TAKEN))
    schema_word: str = "Schema"
    """What Mongoose's Schema is called: Nest has a decorator of that name."""

    def __post_init__(self) -> None:
        for one in self.schema.collections:
            self.models[one.name] = self.names.new(one.model or pascal(one.name), pascal(one.name))

    def types(self, name: str) -> str:
        """`Schema.Types.ObjectId`."""
        return f"{self.schema_class()}.Types.{name}"

    def schema_class(self) -> str:
        """What Mongoose's Schema is called here; it is then imported."""
        self.mongoose.add("Schema" if self.schema_word == "Schema" else f"Schema as {self.schema_word}")
        return self.schema_word
