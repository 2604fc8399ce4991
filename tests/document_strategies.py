"""Random collections: everything that Mongoose can say, in the form in which its reader gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema

Draw = Callable[[st.SearchStrategy[Any]], Any]
RESERVED = {
    "type", "id", "constructor", "prototype", "collection", "errors", "get", "set", "init", "save", "schema", "isnew", "modelname", "on", "emit",
    "remove", "validate", "listeners", "removelistener", "db", "toobject", "tojson", "isNew", "default", "value", "values", "of",
}  # fmt: skip
NAMES: st.SearchStrategy[str] = st.from_regex(r"[a-z][A-Za-z0-9]{0,7}", fullmatch=True).filter(
    lambda name: str(name) not in RESERVED
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
SCALARS: list[BsonType] = [
    "string",
    "double",
    "int",
    "long",
    "decimal",
    "bool",
    "date",
    "objectId",
    "binData",
    "uuid",
    "mixed",
]


def _names(draw: Draw, most: int, least: int = 0) -> list[str]:
    found: list[str] = draw(st.lists(NAMES, min_size=least, max_size=most, unique_by=str.lower))
    return found


def _some(draw: Draw, of: int = 3) -> bool:
    return bool(draw(st.integers(1, of)) == 1)


def _scalar(draw: Draw, name: str, collections: list[str]) -> DocumentField:
    kind: BsonType = draw(st.sampled_from(SCALARS))
    update: dict[str, Any] = {}
    if kind == "string" and _some(draw, 2):
        update = _text_limits(draw)
    if kind in {"double", "int"} and _some(draw):
        update = {
            "minimum": draw(st.integers(-5, 5)),
            "maximum": draw(st.integers(6, 99)),
            "default": draw(st.integers(6, 6)),
        }
    if kind == "long" and _some(draw):
        update = {"default": draw(st.integers(-5, 5))}
    if kind == "double" and _some(draw):
        update = {"values": tuple(draw(st.lists(st.integers(0, 9), min_size=1, unique=True)))}
    if kind == "decimal" and _some(draw):
        update = {"default": "1.50"}
    if kind == "bool" and _some(draw, 2):
        update = {"default": draw(st.booleans())}
    if kind == "date" and _some(draw, 2):
        update = (
            {"default_expression": "Date.now"}
            if _some(draw, 2)
            else {"minimum": "2020-01-01", "default": "2021-02-03T00:00:00.000Z"}
        )
    if kind == "uuid" and _some(draw, 2):
        update = {"default_expression": "randomUUID"}
    if kind == "objectId" and _some(draw, 2):
        update = {"references": draw(st.sampled_from(collections))}
    if kind == "mixed" and _some(draw):
        update = {"default": draw(st.sampled_from([{"a": [1, "x"]}, [], {}]))}
    return DocumentField(name=name, type=kind, required=_some(draw), **update)


def _text_limits(draw: Draw) -> dict[str, Any]:
    choice = draw(st.integers(0, 3))
    if choice == 0:
        values = tuple(draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True)))
        return {"values": values, "default": values[0] if _some(draw, 2) else None}
    if choice == 1:
        return {
            "min_length": draw(st.integers(0, 3)),
            "max_length": draw(st.integers(4, 99)),
            "options": {"trim": True, "lowercase": _some(draw, 2)},
        }
    if choice == 2:
        return {"pattern": draw(st.sampled_from([r"^\d+$", r"a\/b", "/^x$/i", "[a-z]{2,}"]))}
    return {"default": draw(TEXTS)}


def _field(draw: Draw, name: str, collections: list[str], depth: int) -> DocumentField:
    choice = draw(st.integers(0, 9)) if depth < 3 else 0
    if choice < 6:
        return _scalar(draw, name, collections)
    if choice == 6:
        return DocumentField(name=name, type="object", fields=_fields(draw, collections, depth + 1, least=1))
    if choice == 7:
        return _subdocument(draw, collections, depth).model_copy(update={"name": name, "required": _some(draw)})
    if choice == 8:
        element = _subdocument(draw, collections, depth) if _some(draw, 2) else _scalar(draw, "", collections)
        element = element.model_copy(update={"name": "", "default": None, "default_expression": None})
        bounds = {"max_items": draw(st.integers(1, 9))} if _some(draw) else {}
        return DocumentField(name=name, type="array", element=element, required=_some(draw), **bounds)
    inner = _scalar(draw, "", collections).model_copy(
        update={"name": "", "default": None, "default_expression": None, "required": False}
    )
    return DocumentField(name=name, type="map", element=inner, required=_some(draw))


def _subdocument(draw: Draw, collections: list[str], depth: int) -> DocumentField:
    options: dict[str, Any] = {"subdocument": True}
    if _some(draw, 2):
        options["_id"] = False
    return DocumentField(type="object", fields=_fields(draw, collections, depth + 1, least=1), options=options)


def _fields(draw: Draw, collections: list[str], depth: int = 0, least: int = 0) -> tuple[DocumentField, ...]:
    return tuple(_field(draw, name, collections, depth) for name in _names(draw, 4 if depth else 6, least))


def _index(draw: Draw, names: list[str], number: int) -> DocumentIndex:
    keys = {
        name: draw(st.sampled_from([1, -1]))
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    }
    update: dict[str, Any] = {"name": f"index_{number}"} if _some(draw, 2) else {}
    if _some(draw):
        update["where"] = {names[0]: {"$gt": 5}}
    elif _some(draw):
        update["sparse"] = True
    if len(keys) == 1 and _some(draw, 4):
        update["expire_after_seconds"] = draw(st.integers(1, 9999))
    if _some(draw, 4):
        update["options"] = {"collation": {"locale": "en", "strength": 2}}
    return DocumentIndex(keys=keys, unique=_some(draw), **update)


@st.composite
def document_schemas(draw: Draw) -> DocumentSchema:
    """One to three collections."""
    names = _names(draw, 3, 1)
    found = []
    for number, name in enumerate(names):
        fields = _fields(draw, names)
        stamps = draw(
            st.sampled_from(
                [(None, None), (None, None), ("createdAt", "updatedAt"), ("made_at", None), (None, "changed")]
            )
        )
        own = [one.name for one in fields]
        indexes = [_index(draw, own, position) for position in range(draw(st.integers(0, 2)))] if own else []
        stamped = tuple(DocumentField(name=one, type="date", required=True) for one in stamps if one)
        variants = (
            {"First": _fields(draw, names, 2, 1), "Second kind": _fields(draw, names, 2, 1)}
            if _some(draw, 5) and own
            else {}
        )
        variants = {value: tuple(one for one in inner if one.name not in own) for value, inner in variants.items()}
        found.append(
            Collection(
                name=name,
                model=f"Model{number}",
                fields=fields + stamped,
                indexes=tuple(indexes),
                strict=not _some(draw, 5),
                timestamps=stamps,
                discriminator="kind" if variants else None,
                variants=variants,
                options={"versionKey": False} if _some(draw, 4) else {},
            )
        )
    return DocumentSchema(collections=tuple(found))
