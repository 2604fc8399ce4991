"""Written Mongoose, in both styles: as golden files, compiled by TypeScript, formatted as Prettier does, loaded by mongoose and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.errors import UnknownNameError
from dbdesign.model.documents import Collection, DocumentField, DocumentSchema
from dbdesign.model.schema import Schema
from dbdesign.readers import mongoose, mysql, postgresql
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.documents import documents
from dbdesign.writers.mongodb import write as write_script
from dbdesign.writers.mongoose import STYLES, write
from dbdesign.writers.postgresql.notes import Notes
from drizzle_kit import compile_errors, unformatted
from mongoose_models import Case, disagreements, loaded
from real_schemas import REAL_SCHEMAS

HERE = Path(__file__).parent
SHOP = HERE.parent / "drizzle" / "shop.sql"
REAL = {
    "sakila.postgres.sql": postgresql.read,
    "northwind.postgres.sql": postgresql.read,
    "petclinic.mysql.sql": mysql.read,
}


def _shop() -> Schema:
    return postgresql.read(SHOP.read_text(), execute=False).schema


@pytest.fixture(scope="module")
def schemas() -> dict[str, DocumentSchema]:
    """The collections of the shop, of real schemas that are here, and of a document model with everything."""
    found = {"shop": documents(_shop(), Notes()), "catalogue": _catalogue()}
    for name, reader in REAL.items():
        if (REAL_SCHEMAS / name).exists():
            found[name.split(".")[0]] = documents(
                reader((REAL_SCHEMAS / name).read_text(encoding="utf-8-sig")).schema, Notes()
            )
    return found


@pytest.fixture(scope="module")
def texts(schemas: dict[str, DocumentSchema]) -> dict[str, str]:
    """Each in each style."""
    return {
        f"{name}_{style}": write(schema, WriteOptions(style=style)).text
        for name, schema in schemas.items()
        for style in STYLES
    }


def _catalogue() -> DocumentSchema:
    """Nested schemas, arrays of them, maps, discriminators, GeoJSON."""
    size = DocumentField(
        name="size",
        type="object",
        fields=(DocumentField(name="w", type="double", minimum=0), DocumentField(name="h", type="double")),
    )
    event = DocumentField(
        type="object",
        fields=(DocumentField(name="at", type="date", required=True),),
        options={"subdocument": True, "_id": False},
        discriminator="kind",
        variants={
            "Click": (DocumentField(name="x", type="int"),),
            "Key": (DocumentField(name="code", type="string", required=True),),
        },
    )
    note = DocumentField(
        name="note", type="object", fields=(DocumentField(name="text", type="string"),), options={"subdocument": True}
    )
    fields = (
        DocumentField(name="title", type="string", required=True, max_length=80, options={"trim": True}),
        size,
        DocumentField(name="events", type="array", element=event),
        note,
        DocumentField(name="extra", type="map", element=DocumentField(type="string")),
        DocumentField(name="place", type="geojson", values=("Point",)),
        DocumentField(name="raw", type="mixed"),
        DocumentField(name="tags", type="array", element=DocumentField(type="string", values=("a", "b")), max_items=5),
    )
    stamps = tuple(DocumentField(name=name, type="date", required=True) for name in ("createdAt", "updatedAt"))
    return DocumentSchema(
        collections=(
            Collection(name="things", model="Thing", fields=fields + stamps, timestamps=("createdAt", "updatedAt")),
        )
    )


@pytest.mark.parametrize("style", STYLES)
def test_the_shop_is_written_as_the_golden_file(style: str) -> None:
    assert write(_shop(), WriteOptions(style=style)).text == (HERE / f"shop.{style}.ts").read_text()


def test_the_script_of_the_shop_is_written_as_the_golden_file() -> None:
    assert write_script(_shop()).text == (HERE / "shop.mongosh.js").read_text()


def test_an_unknown_style_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="nestjs"):
        write(_shop(), WriteOptions(style="nest"))


def test_everything_compiles_under_strict(texts: dict[str, str], tmp_path: Path) -> None:
    assert compile_errors({f"{name}.ts": text for name, text in texts.items()}, tmp_path, decorators=True) == []


def test_everything_is_formatted_as_prettier_does(
    schemas: dict[str, DocumentSchema], texts: dict[str, str], tmp_path: Path
) -> None:
    scripts = {f"{name}_script.ts": write_script(schema).text for name, schema in schemas.items()}
    assert unformatted({f"{name}.ts": text for name, text in texts.items()} | scripts, tmp_path) == {}


def test_mongoose_loads_what_was_written(
    schemas: dict[str, DocumentSchema], texts: dict[str, str], tmp_path: Path
) -> None:
    cases = [_case(name, text, schemas[name.rsplit("_", 1)[0]]) for name, text in texts.items()]
    found = loaded(cases, tmp_path)
    for name in texts:
        assert "error" not in found[name], found[name]
        assert disagreements(schemas[name.rsplit("_", 1)[0]], found[name]) == []


def _case(name: str, text: str, schema: DocumentSchema) -> Case:
    if name.endswith("_schema"):
        return Case(name, {"models.ts": text})
    models = {f"{one.model}Schema": str(one.model) for one in schema.collections}
    return Case(name, {"models.ts": f'import "reflect-metadata";\n{text}'}, models)


def test_what_was_written_reads_back(schemas: dict[str, DocumentSchema], texts: dict[str, str]) -> None:
    for name, text in texts.items():
        result = mongoose.read({"models.ts": text})
        assert result.unread == ()
        assert result.documents == _without_comments(schemas[name.rsplit("_", 1)[0]])


def _without_comments(schema: DocumentSchema) -> DocumentSchema:
    """Comments stand in the source, and the server's validation does not."""
    update: dict[str, Any] = {"comment": None, "validation": "off"}
    plain = [
        one.model_copy(
            update={**update, "fields": tuple(field.model_copy(update={"comment": None}) for field in one.fields)}
        )
        for one in schema.collections
    ]
    return schema.model_copy(update={"collections": tuple(plain)})


def test_what_documents_cannot_say_is_noted() -> None:
    lost = {note.lost for note in write(_shop()).notes}
    assert {
        "that a referenced document exists: MongoDB enforces no foreign keys",
        "ON DELETE CASCADE",
        "a foreign key of several columns",
        "a generated column",
        "an index of an expression",
        "row security policies",
        "a view",
        "a sequence",
        "limits are enforced by Mongoose in the application, not by the server",
    } <= lost
