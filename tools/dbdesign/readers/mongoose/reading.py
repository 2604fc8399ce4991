"""From files to collections: models, the schemas that they are made of, discriminators; schemas that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.errors import InputError
from dbdesign.model.documents import Collection, DocumentField, DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.mongoose.draft import SchemaDraft
from dbdesign.readers.mongoose.paths import with_timestamps
from dbdesign.readers.mongoose.pluralisation import collection_name
from dbdesign.readers.mongoose.queries import read_queries
from dbdesign.readers.mongoose.schemas import Schemas, is_schema
from dbdesign.readers.typescript import CallNode, ClassNode, Member, ObjectValue, Program, Value

_DROPPED_OPTIONS = frozenset(
    {"collection", "timestamps", "strict", "discriminatorKey", "timeseries", "capped", "shardKey"}
)
_FACTORY = re.compile(r"\b(\w*[mM]odel\w*)\s*(?:<[^()]*>)?\(")
"""Calls of functions that make models under a name of the program's own: `getMongoModel("skill", schema)`."""
_SUFFIX = re.compile(r"_?(?:Schema|SchemaClass|Model|Entity|Document)\Z", re.IGNORECASE)


@dataclass
class Model:
    """A model: its name, the schema, what its collection is called where that is said."""

    name: str
    draft: SchemaDraft
    path: str
    line: int
    collection: str | None = None
    call: Value = None
    variants: dict[str, SchemaDraft] = field(default_factory=dict)


def read_files(files: Mapping[str, str]) -> ReadResult:
    """See `readers.mongoose.read`."""
    return _Reading(files).result()


class _Reading:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.program = Program(files)
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self.schemas = Schemas(self.program, self.say)
        self.models: dict[str, Model] = {}
        self.modelled: set[int] = set()
        self.paths = [
            path
            for path in self.program.paths
            if "mongoose" in files[path] or "Schema" in files[path] or "model" in files[path]
        ]

    def say(self, path: str, line: int, text: str, reason: str) -> None:
        """Note what is not understood, once."""
        one = Unread(line=max(line, 1), text=text[:200], reason=reason, path=path)
        if one not in self.unread:
            self.unread.append(one)

    def result(self) -> ReadResult:
        declared = list(self._declared())
        self._models()
        self._features()
        self._discriminators()
        self._rest(declared)
        if not self.models:
            raise InputError(
                "nothing of Mongoose is declared here: no schema, model or class with @Schema()",
                remedy="Give the folder of the models",
            )
        names = {one.name: self._collection_name(one) for one in self.models.values()}
        by_collection: dict[str, Collection] = {}
        lines: dict[str, int] = {}
        places: dict[str, str] = {}
        for model in self.models.values():
            collection = self._collection(model, names)
            if collection.name in by_collection:
                self.say(model.path, model.line, model.name, f"a second model of the collection {collection.name}")
                continue
            by_collection[collection.name] = collection
            own = {
                collection.name: model.draft.line,
                **{f"{collection.name}.{name}": line for name, line in model.draft.lines.items()},
            }
            lines |= own
            places |= dict.fromkeys(own, model.draft.path)
        queries = read_queries(self.program, names)
        self.notes += _undecided(queries.computed)
        for path, problem in self.program.problems():
            self.say(path, problem.line, problem.text, "it does not parse")
        return ReadResult(
            schema=Schema(engine=Engine.POSTGRESQL),
            documents=DocumentSchema(collections=tuple(by_collection.values()), pipelines=tuple(queries.pipelines)),
            unread=tuple(self.unread),
            skipped=tuple(self._skipped()),
            lines=lines,
            files=places,
            notes=tuple(self.notes),
            proof=Proof(level="parsed", by="tree-sitter (TypeScript)"),
        )

    def _skipped(self) -> Iterator[Skipped]:
        for kind, found, reason in (
            ("plugin", self.schemas.plugins, "code of another package, which may add paths"),
            ("virtual", self.schemas.virtuals, "computed by the library, not stored"),
        ):
            if found:
                names = ", ".join(dict.fromkeys(name for _, _, name in found))
                yield Skipped(
                    kind=kind,
                    count=len(found),
                    lines=tuple(line for _, line, _ in found),
                    reason=f"{reason}: {names[:200]}",
                )

    # --- schemas and models ---

    def _declared(self) -> Iterator[tuple[str, Value]]:
        """The schemas and classes that files declare, with their names."""
        for path in self.paths:
            scope = self.program.scope(path)
            for name, declaration in scope.declarations.items():
                if declaration.kind in {"const", "class"}:
                    value = self.program.expand(scope.declared(name))
                    if self.schemas.key_of(value) is not None:
                        yield name, value
            whole = self.program.exported(path, "default") if "default" in scope.module.exports else None
            if scope.module.whole is not None:
                whole = self.program.whole(path)
            if is_schema(whole):
                yield path.rsplit("/", 1)[-1].split(".")[0], whole

    def _models(self) -> None:
        for path in self.paths:
            for call in self.program.calls(path, {"model", *_FACTORY.findall(self.program.files[path])}):
                schema = self.schemas.local(self.program.expand(call.arg(1)))
                if isinstance(schema, CallNode) and schema.name == "clone" and isinstance(schema.callee, Member):
                    schema = schema.callee.object
                if self.schemas.key_of(schema) is None:
                    if self._looks_like_model(call):
                        self.say(call.path, call.line, call.text, "a model whose schema is not known")
                    continue
                name = call.arg(0)
                if not isinstance(name, str):
                    self.say(call.path, call.line, call.text, "a model whose name is known only when the program runs")
                    continue
                collection = call.arg(2)
                self._add(name, schema, call, collection if isinstance(collection, str) else None)

    def _looks_like_model(self, call: CallNode) -> bool:
        return call.source == "mongoose" and len(call.args) > 1

    def _add(self, name: str, schema: Value, call: CallNode, collection: str | None) -> None:
        draft = self.schemas.draft(schema)
        key = self.schemas.key_of(schema)
        if draft is None or key is None:
            return
        self.modelled.add(key)
        known = self.models.get(name)
        if known is not None:
            if known.draft is not draft:
                self.say(call.path, call.line, call.text, f"a second model {name}")
            return
        self.models[name] = Model(name, draft, call.path, call.line, collection, call)

    def _features(self) -> None:
        """`MongooseModule.forFeature([{ name: User.name, schema: UserSchema, discriminators: […] }])`."""
        for path in self.program.paths:
            for call in self.program.calls(path, {"forFeature"}):
                listed = call.arg(0)
                for one in listed if isinstance(listed, list) else []:
                    if isinstance(one, ObjectValue):
                        self._feature(one, call)

    def _feature(self, feature: ObjectValue, call: CallNode) -> None:
        name, schema, collection = (
            feature.get("name"),
            self.schemas.local(self.program.expand(feature.get("schema"))),
            feature.get("collection"),
        )
        if not isinstance(name, str) or self.schemas.key_of(schema) is None:
            return
        self._add(name, schema, call, collection if isinstance(collection, str) else None)
        listed = feature.get("discriminators")
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, ObjectValue) and isinstance(one.get("name"), str):
                value = one.get("value")
                self._variant(
                    self.models.get(name),
                    str(value if isinstance(value, str) else one["name"]),
                    one.get("schema"),
                    call,
                )

    def _discriminators(self) -> None:
        """`Base.discriminator("Name", schema, value)`."""
        by_call = {id(one.call): one for one in self.models.values() if one.call is not None}
        for path in self.paths:
            for call in self.program.calls(path, {"discriminator"}):
                owner = call.callee.object if isinstance(call.callee, Member) else None
                base = self._model_of(owner, by_call)
                if base is None:
                    continue
                tag = call.arg(2)
                tag = tag.get("value") if isinstance(tag, ObjectValue) else tag
                name = tag if isinstance(tag, str) else call.arg(0)
                self._variant(base, str(name), call.arg(1), call)

    def _model_of(self, value: Value, by_call: Mapping[int, Model]) -> Model | None:
        value = self.program.expand(value)
        if isinstance(value, CallNode) and value.name == "model" and isinstance(value.arg(0), str):
            return by_call.get(id(value)) or self.models.get(str(value.arg(0)))
        return None

    def _variant(self, base: Model | None, name: str, schema: Value, call: CallNode) -> None:
        schema = self.program.expand(schema)
        draft = self.schemas.draft(schema)
        key = self.schemas.key_of(schema)
        if base is None or draft is None or key is None:
            self.say(call.path, call.line, call.text, "a discriminator whose schema is not known")
            return
        self.modelled.add(key)
        base.variants[name] = draft

    def _rest(self, declared: list[tuple[str, Value]]) -> None:
        """Schemas of which no model is made here, and which no other schema contains."""
        for _, value in declared:
            self.schemas.draft(value)
        for name, value in sorted(declared, key=lambda one: isinstance(one[1], ClassNode)):
            key = self.schemas.key_of(value)
            draft = self.schemas.draft(value)
            if (
                key is None
                or draft is None
                or key in self.modelled
                or key in self.schemas.used
                or self._is_base(value, declared)
            ):
                continue
            made = isinstance(value, CallNode) and value.name == "createForClass"
            if (not draft.fields and not made) or (draft.is_class and not draft.has_id):
                continue
            self.modelled.add(key)
            own = value.arg(0) if isinstance(value, CallNode) and isinstance(value.arg(0), ClassNode) else value
            model = own.name if isinstance(own, ClassNode) else _capital(_SUFFIX.sub("", name) or name)
            if model not in self.models:
                self.models[model] = Model(model, draft, draft.path, draft.line)
                self.notes.append(
                    f"{draft.path}: no model is made of {name} in these files; it is taken for {model}, by its name"
                )

    def _is_base(self, value: Value, declared: list[tuple[str, Value]]) -> bool:
        """Whether a class is there to be extended: another extends it, and nothing makes a schema of it."""
        if not isinstance(value, ClassNode):
            return False
        made = any(isinstance(one, CallNode) and one.arg(0) is value for _, one in declared)
        return not made and any(
            isinstance(one, ClassNode) and one is not value and value in one.lineage() for _, one in declared
        )

    # --- collections ---

    def _collection_name(self, model: Model) -> str:
        said = model.collection or model.draft.options.get("collection")
        return said if isinstance(said, str) else collection_name(model.name)

    def _collection(self, model: Model, names: Mapping[str, str]) -> Collection:
        draft = model.draft
        options = {key: value for key, value in draft.options.items() if key not in _DROPPED_OPTIONS}
        variants = {
            value: tuple(_resolved(one, names) for one in with_timestamps(variant) if one.name not in draft.fields)
            for value, variant in model.variants.items()
        }
        indexes = [*draft.indexes, *(index for variant in model.variants.values() for index in variant.indexes)]
        discriminator = draft.options.get("discriminatorKey", "__t" if variants else None)
        return Collection(
            name=names[model.name],
            model=model.name,
            fields=tuple(_resolved(one, names) for one in with_timestamps(draft)),
            indexes=tuple(indexes),
            strict=draft.options.get("strict", True) is not False,
            discriminator=discriminator,
            variants=variants,
            timestamps=draft.timestamps(),
            time_series={key: str(value) for key, value in _object(draft.options.get("timeseries")).items()},
            capped=_capped(draft.options.get("capped")),
            shard_key={
                key: value
                for key, value in _object(draft.options.get("shardKey")).items()
                if isinstance(value, str | int)
            },
            options=options,
        )


def _undecided(places: list[tuple[str, int]]) -> Iterator[str]:
    """What is not known of the queries."""
    if places:
        shown = ", ".join(f"{path}:{line}" for path, line in places[:5]) + (" …" if len(places) > 5 else "")
        many = len(places) > 1
        what = f"the filters of {len(places)} queries are" if many else "the filter of one query is"
        yield f"{what} known only when the program runs; {'they are' if many else 'it is'} not judged: {shown}"


def _object(value: object) -> dict[str, object]:
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else {}


def _capped(value: object) -> dict[str, int]:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"size": value}
    return {key: one for key, one in _object(value).items() if isinstance(one, int) and not isinstance(one, bool)}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _resolved(one: DocumentField, names: Mapping[str, str]) -> DocumentField:
    """The field with the collections in place of the models that it references."""
    update: dict[str, object] = {}
    if one.references is not None:
        update["references"] = names.get(one.references) or collection_name(one.references)
    if one.fields:
        update["fields"] = tuple(_resolved(inner, names) for inner in one.fields)
    if one.element is not None:
        update["element"] = _resolved(one.element, names)
    if one.variants:
        update["variants"] = {
            key: tuple(_resolved(inner, names) for inner in fields) for key, fields in one.variants.items()
        }
    return one.model_copy(update=update) if update else one
