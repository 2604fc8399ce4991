"""What mongoose itself makes of modules, in the shape of the document model; visible skips where it is not installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbdesign.model.documents import Collection, DocumentField, DocumentSchema
from dbdesign.readers.mongoose.draft import timestamp_names
from drizzle_kit import workplace
from migration_tools import MODULES, needs_package

HERE = Path(__file__).resolve().parent
INSTANCES = {
    "String": "string", "Number": "double", "Double": "double", "Int32": "int", "BigInt": "long", "Date": "date", "Boolean": "bool", "Buffer": "binData",
    "ObjectId": "objectId", "Mixed": "mixed", "Decimal128": "decimal", "Map": "map", "UUID": "uuid", "Array": "array", "Embedded": "object",
    "Union": "mixed",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Files of which the first is loaded; `schemas` are exported schemas (of classes) and the models to make of them."""

    name: str
    files: Mapping[str, str]
    schemas: Mapping[str, str] = field(default_factory=dict)


def loaded(cases: Iterable[Case], folder: Path) -> dict[str, Any]:
    """What mongoose makes of each, in one run of Node; TypeScript is compiled by TypeScript first, with the metadata of decorators."""
    for package in ("mongoose", "esbuild", "typescript"):
        needs_package(package)
    workplace(folder)
    listed = []
    sources = []
    for case in cases:
        for path, text in case.files.items():
            target = folder / case.name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            if path.endswith(".ts"):
                sources.append(str(target))
        first = next(iter(case.files))
        entry = f"out/{case.name}/{first.removesuffix('.ts')}.js" if first.endswith(".ts") else f"{case.name}/{first}"
        listed.append({"name": case.name, "entry": entry, "schemas": case.schemas})
    if sources:
        _compile(sources, folder)
    (folder / "cases.json").write_text(json.dumps(listed))
    done = subprocess.run(
        ["node", str(HERE / "mongoose_models.mjs"), str(folder / "cases.json")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _compile(sources: list[str], folder: Path) -> None:
    options = {
        "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "experimentalDecorators": True, "emitDecoratorMetadata": True,
        "useDefineForClassFields": False, "skipLibCheck": True, "types": [], "rootDir": ".", "outDir": "out", "noCheck": True, "allowJs": False,
        "esModuleInterop": True,
    }  # fmt: skip
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": sources}))
    done = subprocess.run(
        [str(MODULES / ".bin" / "tsc"), "-p", str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    assert (folder / "out").is_dir(), done.stdout


# --- the document model in the same shape ---


def outline(schema: DocumentSchema) -> dict[str, Any]:
    """Collections as `loaded` gives them: flat paths with what mongoose says of each."""
    return {one.name: _collection(one, schema) for one in schema.collections}


def _collection(one: Collection, schema: DocumentSchema) -> dict[str, Any]:
    models = {other.name: other.model for other in schema.collections}
    found: dict[str, Any] = {"paths": dict(_paths(one.fields, "", models))}
    for stamp in one.timestamps:  # mongoose sets them, and does not require them
        if stamp in found["paths"]:
            found["paths"][stamp] = {name: value for name, value in found["paths"][stamp].items() if name != "required"}
    if one.variants:
        found["paths"].setdefault(one.discriminator or "__t", {"type": "string"})
        found["variants"] = {value: dict(_paths(fields, "", models)) for value, fields in one.variants.items()}
    indexes = []
    for index in one.indexes:
        options: dict[str, Any] = dict(index.options)
        options |= {"unique": True} if index.unique else {}
        options |= {"sparse": True} if index.sparse else {}
        options |= {"name": index.name} if index.name else {}
        options |= {"partialFilterExpression": dict(index.where)} if index.where else {}
        options |= {"expireAfterSeconds": index.expire_after_seconds} if index.expire_after_seconds is not None else {}
        indexes.append([dict(index.keys), options])
    return found | {"model": one.model, "indexes": indexes}


def _paths(fields: Iterable[DocumentField], before: str, models: Mapping[str, str | None]) -> Iterable[tuple[str, Any]]:
    for one in fields:
        if one.type == "object" and not one.options.get("subdocument"):
            yield from _paths(one.fields, f"{before}{one.name}.", models)
        else:
            yield f"{before}{one.name}", _path(one, models)


def _path(one: DocumentField, models: Mapping[str, str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": one.type}
    if one.type == "geojson":
        kinds = (
            {"type": "string", "required": True, "values": sorted(one.values)}
            if one.values
            else {"type": "string", "required": True}
        )
        return {
            "type": "object",
            "paths": {"type": kinds, "coordinates": {"type": "mixed", "required": True}},
            **_required(one),
        }
    if one.type == "object":
        found["paths"] = dict(_paths(one.fields, "", models))
        for stamp in timestamp_names(one.options.get("timestamps")):
            if stamp in found["paths"]:
                found["paths"][stamp] = {
                    name: value for name, value in found["paths"][stamp].items() if name != "required"
                }
        if one.variants:
            found["paths"].setdefault(one.discriminator or "__t", {"type": "string"})
            found["variants"] = {value: dict(_paths(fields, "", models)) for value, fields in one.variants.items()}
    if one.type == "vector":
        found |= {"type": "array", "element": {"type": "double"}}
    if one.element is not None:
        inner = _path(one.element, models)
        found["element"] = inner
    found |= _required(one)
    if one.values:
        found["values"] = sorted(one.values, key=repr)
    for name in ("minimum", "maximum", "min_length", "max_length", "pattern", "alias"):
        if getattr(one, name) is not None:
            found[name] = getattr(one, name)
    if one.references is not None:
        found["ref"] = models.get(one.references) or one.references
    if one.references_path is not None:
        found["refPath"] = one.references_path
    if one.default is not None:
        found["default"] = one.default
    return found


def _required(one: DocumentField) -> dict[str, Any]:
    return {"required": True} if one.required else {}


def seen(found: Mapping[str, Any]) -> dict[str, Any]:
    """What mongoose said, without the paths that it adds itself, in the shape of `outline`."""
    return {name: _seen_collection(one) for name, one in found.items()}


def _seen_collection(one: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"paths": _seen_paths(one["paths"], version=one["versionKey"])}
    if "variants" in one:
        own = {*one["paths"], "__t"}
        found["variants"] = {
            value: {
                name: path
                for name, path in _seen_paths(inner["paths"], version=one["versionKey"]).items()
                if name not in own
            }
            for value, inner in one["variants"].items()
        }
    return found | {"model": one["model"], "indexes": one["indexes"]}


def _seen_paths(paths: Mapping[str, Any], *, version: Any = None) -> dict[str, Any]:
    return {
        name: _seen_path(one)
        for name, one in paths.items()
        if not (name == "_id" and one["type"] == "ObjectId" and not one.get("required")) and name != version
    }


def _seen_path(one: Mapping[str, Any]) -> dict[str, Any]:
    kind = INSTANCES[one["type"]]
    found: dict[str, Any] = {"type": kind}
    found |= {name: value for name, value in one.items() if name not in {"type", "schema", "element", "default"}}
    if "values" in one:
        found["values"] = sorted(one["values"], key=repr)
    if one.get("default") is not None:
        found["default"] = one["default"]
    if "schema" in one:
        inner: dict[str, Any] = {"type": "object", "paths": _seen_paths(one["schema"]["paths"])}
        if "variants" in one["schema"]:
            own = set(inner["paths"])
            inner["variants"] = {
                value: {name: path for name, path in _seen_paths(variant["paths"]).items() if name not in own}
                for value, variant in one["schema"]["variants"].items()
            }
        if kind == "array":
            found["element"] = inner
        else:
            found = inner | {name: value for name, value in found.items() if name != "type"}
    elif "element" in one and one["element"]["type"] == "Mixed" and kind == "map":
        pass
    elif "element" in one:
        found["element"] = _seen_path(one["element"])
    elif kind == "array":
        found["element"] = {"type": "mixed"}
    return found


def disagreements(schema: DocumentSchema, found: Mapping[str, Any]) -> list[str]:
    """Where a document model and what mongoose made differ; defaults that are functions there are left out on both sides."""
    return list(_disagreements("", outline(schema), seen(found)))


def _disagreements(place: str, ours: Any, theirs: Any) -> Iterable[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        is_function = theirs.get("default") == "function"
        for key in sorted(ours.keys() | theirs.keys()):
            if key == "default" and is_function:
                continue
            yield from _disagreements(f"{place}.{key}", ours.get(key), theirs.get(key))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _disagreements(f"{place}[{number}]", one, other)
    elif ours != theirs:
        yield f"{place}: read {ours!r}, mongoose has {theirs!r}"
