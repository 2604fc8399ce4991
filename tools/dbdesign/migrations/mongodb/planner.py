"""Plans for MongoDB: validators, documents, indexes. By rule, not executed: no MongoDB is at hand.

Sources: MongoDB manual, "Schema Validation" (specify validation level, handle invalid documents), collMod, "Index builds on populated
collections" (4.2: locks at the beginning and the end alone), hideIndex (4.4), TTL indexes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbdesign.errors import UnknownNameError
from dbdesign.migrations.mongodb.collections import Collection, MongoIndex, properties
from dbdesign.migrations.mongodb.schema_changes import SchemaChange, bson_types, schema_changes
from dbdesign.migrations.phasing import PHASES
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import MigrationPlan, Phase, PhaseName, Question, Step

CONDITIONS: dict[PhaseName, str] = {
    "expand": "The version that runs now keeps running: documents of the old and of the new shape are accepted.",
    "backfill": "The version that runs now keeps running. Deploy the version that writes the new shape first, so that nothing is missed.",
    "validate": "Only versions that write the new shape run; documents of another are still accepted, and logged.",
    "switch": "Only versions that write the new shape run: documents of another are refused from here on.",
    "contract": "Only once no version that reads the old fields or needs the old indexes runs any more.",
}

BUILDING = (
    "reads and writes go on; the collection is locked at the beginning and the end alone (4.2 on)",
    "a replica set builds it on all members at once; commitQuorum says how many must be ready",
)


def plan(
    before: Sequence[Collection], after: Sequence[Collection], settings: PlanSettings | None = None
) -> MigrationPlan:
    """A plan from one set of collections to another; the steps' `sql` is for mongosh.

    `settings.renames` has fields (`users.nm:name`), `settings.fills` values as JSON for fields that become required
    (`{"users.kind": "'old'"}` or an aggregation expression), `settings.casts` aggregation expressions for fields of another type.

    Raises:
        ConsentError: documents or fields would be lost and `allow_destructive` is False.
        UnknownNameError: a rename is of a field that no collection has.
    """
    made = _Plan(before, after, settings or PlanSettings())
    return made.plan()


@dataclass
class _Plan:
    before: Sequence[Collection]
    after: Sequence[Collection]
    settings: PlanSettings
    steps: dict[PhaseName, list[Step]] = field(default_factory=lambda: {name: [] for name in PHASES})
    questions: list[Question] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    manual: list[str] = field(default_factory=list)

    def plan(self) -> MigrationPlan:
        old = {one.name: one for one in self.before}
        new = {one.name: one for one in self.after}
        self._check_renames(old)
        for name, collection in new.items():
            if name in old:
                self._changed(old[name], collection)
            else:
                self._added(collection)
        for name in old.keys() - new.keys():
            self.lost.append(f"the collection {name}")
            self._step(
                "contract", f"Drop the collection {name}", f"db.getCollection({_js(name)}).drop()", reversible=False
            )
        if self.lost and not self.settings.allow_destructive:
            raise ConsentError(
                f"data would be lost: {'; '.join(self.lost)}",
                remedy="Agree with allow_destructive, or keep it in the target",
            )
        phases = tuple(
            Phase(
                name=name,
                deploy_condition=CONDITIONS[name],
                steps=tuple(self.steps[name]),
                point_of_no_return=any(not one.reversible for one in self.steps[name]),
            )
            for name in PHASES
            if self.steps[name]
        )
        return MigrationPlan(
            engine="mongodb",
            version=self.settings.version,
            phases=phases,
            questions=tuple(self.questions),
            manual=tuple(self.manual),
            notes=("by rule, not executed: no MongoDB is at hand",),
        )

    def _step(
        self,
        phase: PhaseName,
        title: str,
        sql: str,
        rollback: str | None = None,
        *,
        reversible: bool = True,
        precondition: str | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        listed = self.steps[phase]
        listed.append(
            Step(
                id=f"{phase}-{len(listed) + 1}",
                title=title,
                sql=f"{sql};",
                transactional=False,
                rollback=f"{rollback};" if rollback else None,
                rollback_transactional=False,
                reversible=reversible,
                precondition=precondition,
                notes=tuple(notes),
            )
        )

    def _check_renames(self, old: Mapping[str, Collection]) -> None:
        known = {f"{one.name}.{path}" for one in old.values() for path, _ in properties(one.schema_)}
        for rename in self.settings.renames:
            name = rename.split(":", 1)[0]
            if name not in known:
                raise UnknownNameError.among("field", name, known, where="rename")

    def _added(self, collection: Collection) -> None:
        options = (
            {"validator": {"$jsonSchema": collection.schema_}, "validationAction": "error"}
            if collection.schema_
            else {}
        )
        there = f"db.getCollection({_js(collection.name)})"
        create = (
            f"db.createCollection({_js(collection.name)}, {_js(options)})"
            if options
            else f"db.createCollection({_js(collection.name)})"
        )
        self._step("expand", f"Create the collection {collection.name}", create, f"{there}.drop()")
        for index in collection.indexes:
            self._index("expand", collection.name, index)

    # --- documents and validators

    def _changed(self, old: Collection, new: Collection) -> None:
        renames = self._renames(old.name)
        changes = [one for one in schema_changes(old.schema_, new.schema_) if not self._is_rename(one, renames)]
        if old.schema_ != new.schema_:
            self._validated(old, new, changes, renames)
        self._indexes(old, new)

    def _renames(self, collection: str) -> dict[str, str]:
        pairs = (one.split(":", 1) for one in self.settings.renames)
        mark = f"{collection}."
        return {name[len(mark) :]: new.removeprefix(mark) for name, new in pairs if name.startswith(mark)}

    def _is_rename(self, change: SchemaChange, renames: Mapping[str, str]) -> bool:
        gone = change.kind in {"field removed", "optional"} and change.path in renames
        return gone or (change.kind in {"field added", "required"} and change.path in renames.values())

    def _validated(
        self, old: Collection, new: Collection, changes: list[SchemaChange], renames: Mapping[str, str]
    ) -> None:
        tightening = any(one.tightens for one in changes)
        back = _validator(old.name, old.schema_, "error")
        if not tightening and not renames:
            self._step(
                "expand",
                f"Accept more in {new.name}",
                _validator(new.name, new.schema_, "error"),
                back,
                notes=_said(changes),
            )
            return
        both = (
            {"$or": [{"$jsonSchema": old.schema_}, {"$jsonSchema": new.schema_}]}
            if old.schema_
            else {"$jsonSchema": new.schema_}
        )
        action = "error" if old.schema_ else "warn"
        self._step(
            "expand",
            f"Accept the old and the new shape in {new.name}"
            if old.schema_
            else f"Log what is of another shape in {new.name}",
            _collmod(new.name, both, action),
            back,
            notes=_said(changes),
        )
        if not self._backfilled(old, new, changes, renames):
            return
        wrong = (
            f"db.getCollection({_js(new.name)}).countDocuments({_js({'$nor': [{'$jsonSchema': new.schema_}]})}) === 0"
        )
        logged = _validator(new.name, new.schema_, "warn")
        self._step(
            "validate",
            f"Log what is of another shape in {new.name}",
            logged,
            _collmod(new.name, both, action),
            precondition=wrong,
            notes=["the log has a line for each write that is not of the new shape (id 20294): wait until none comes"],
        )
        refused = _validator(new.name, new.schema_, "error")
        self._step("switch", f"Refuse what is of another shape in {new.name}", refused, logged, precondition=wrong)
        self._unset(new, changes, renames)

    def _backfilled(
        self, old: Collection, new: Collection, changes: list[SchemaChange], renames: Mapping[str, str]
    ) -> bool:
        """Puts the documents into the new shape; False where a value is missing, which is asked for."""
        asked = len(self.questions)
        for name, to in renames.items():
            query = {name: {"$exists": True}, to: {"$exists": False}}
            self._batches(old.name, f"Copy {name} to {to} in {old.name}", query, [{"$set": {to: f"${name}"}}])
        for one in changes:
            label = f"{new.name}.{one.path}"
            if "[]" in one.path and one.tightens:
                self.manual.append(
                    f"{label}: {one.said}. By hand: update the members of the array in the documents that do not fit"
                )
            elif one.kind == "required":
                self._fill(new, one.path, label)
            elif one.kind == "type" and one.tightens and one.path:
                self._cast(new, one.path, label)
        return len(self.questions) == asked

    def _fill(self, new: Collection, path: str, label: str) -> None:
        value = self.settings.fills.get(label)
        if value is None:
            self.questions.append(
                Question(
                    about=label,
                    text=f"{label} becomes required: which value do the documents get that lack it?",
                    answers={f"fill={label}:<JSON or aggregation expression>": "is put into documents that lack it"},
                )
            )
            return
        self._batches(new.name, f"Fill {label}", {path: {"$exists": False}}, [{"$set": {path: _json(value)}}])

    def _cast(self, new: Collection, path: str, label: str) -> None:
        cast = self.settings.casts.get(label)
        types = sorted(bson_types(_at(new.schema_, path)) or ())
        if cast is None:
            self.questions.append(
                Question(
                    about=label,
                    text=f"{label} becomes {' or '.join(types)}: how do values of other types become that?",
                    answers={
                        f"cast={label}:<aggregation expression>": f'makes the new value, such as {{"$toInt": "${path}"}}'
                    },
                )
            )
            return
        query = {path: {"$exists": True, "$not": {"$type": types}}}
        self._batches(new.name, f"Convert {label}", query, [{"$set": {path: _json(cast)}}], reversible=False)

    def _batches(
        self, collection: str, title: str, query: Mapping[str, Any], update: list[Any], *, reversible: bool = True
    ) -> None:
        pace, there = self.settings.pace, f"db.getCollection({_js(collection)})"
        found = f"{there}.find({_js(query)}, {{_id: 1}}).limit({pace.rows}).toArray().map(d => d._id)"
        change = f"{there}.updateMany({{_id: {{$in: ids}}}}, {_js(update)}, {{writeConcern: {{w: 'majority'}}}})"
        loop = f"for (let ids; (ids = {found}).length; sleep({int(pace.pause * 1000)})) {change}"
        self._step("backfill", title, loop, reversible=reversible, notes=["w: majority makes it wait for the replicas"])

    def _unset(self, new: Collection, changes: list[SchemaChange], renames: Mapping[str, str]) -> None:
        gone = [one.path for one in changes if one.kind == "field removed" and one.tightens and "[]" not in one.path]
        self.lost += [f"the field {new.name}.{path}" for path in gone]
        for path in (*renames, *gone):
            query, unset = {path: {"$exists": True}}, [{"$unset": path}]
            there = f"db.getCollection({_js(new.name)})"
            self._step(
                "contract",
                f"Take {path} out of {new.name}",
                f"{there}.updateMany({_js(query)}, {_js(unset)})",
                reversible=False,
            )

    # --- indexes

    def _indexes(self, old: Collection, new: Collection) -> None:
        before, after = ({one.name: one for one in side.indexes} for side in (old, new))
        for name, index in after.items():
            if name not in before:
                self._index("expand", new.name, index)
            elif before[name] != index:
                self._altered_index(new.name, before[name], index)
        for name in before.keys() - after.keys():
            self._hidden(new.name, before[name])

    def _index(self, phase: PhaseName, collection: str, index: MongoIndex) -> None:
        there = f"db.getCollection({_js(collection)})"
        create = f"{there}.createIndex({_js(index.keys)}, {_js({'name': index.name, **index.options})})"
        self._step(
            phase,
            f"Build the index {index.name} on {collection}",
            create,
            f"{there}.dropIndex({_js(index.name)})",
            precondition=_no_duplicates(there, index) if index.options.get("unique") else None,
            notes=BUILDING,
        )

    def _altered_index(self, collection: str, before: MongoIndex, after: MongoIndex) -> None:
        old, new = before.options.get("expireAfterSeconds"), after.options.get("expireAfterSeconds")
        rest = [
            {key: value for key, value in one.options.items() if key != "expireAfterSeconds"} for one in (before, after)
        ]
        if before.keys == after.keys and rest[0] == rest[1] and old is not None and new is not None:
            modify = [
                f"db.runCommand({_js({'collMod': collection, 'index': {'name': after.name, 'expireAfterSeconds': value}})})"
                for value in (new, old)
            ]
            if new < old and not self.settings.allow_destructive:
                self.lost.append(f"documents of {collection} that are older than {new} s")
            self._step(
                "contract" if new < old else "expand",
                f"Expire {collection} after {new} s",
                modify[0],
                modify[1],
                reversible=new >= old,
            )
            return
        interim = after.model_copy(update={"name": f"{after.name}_new"})
        self._index("expand", collection, interim)
        self._hidden(collection, before)

    def _hidden(self, collection: str, index: MongoIndex) -> None:
        there = f"db.getCollection({_js(collection)})"
        create = f"{there}.createIndex({_js(index.keys)}, {_js({'name': index.name, **index.options})})"
        hide, show = (f"{there}.{verb}Index({_js(index.name)})" for verb in ("hide", "unhide"))
        title = f"Hide the index {index.name}, to see whether anything misses it"
        self._step("switch", title, hide, show, notes=["hidden, it is kept up and holds its uniqueness (4.4 on)"])
        self._step(
            "contract", f"Drop the index {index.name} of {collection}", f"{there}.dropIndex({_js(index.name)})", create
        )


def _validator(collection: str, schema: Mapping[str, Any], action: str) -> str:
    return _collmod(collection, {"$jsonSchema": schema} if schema else {}, action)


def _collmod(collection: str, validator: Mapping[str, Any], action: str) -> str:
    command = {"collMod": collection, "validator": validator, "validationLevel": "strict", "validationAction": action}
    return f"db.runCommand({_js(command)})"


def _no_duplicates(there: str, index: MongoIndex) -> str:
    group = {"$group": {"_id": {name.replace(".", "_"): f"${name}" for name in index.keys}, "n": {"$sum": 1}}}
    return f"{there}.aggregate({_js([group, {'$match': {'n': {'$gt': 1}}}, {'$limit': 1}])}).toArray().length === 0"


def _said(changes: Iterable[SchemaChange]) -> list[str]:
    return [one.said for one in changes]


def _at(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    return dict(properties(schema)).get(path, {})


def _json(text: str) -> Any:
    """A value as JSON; with single quotes, as SQL writes a string, a string; anything else as it is."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _js(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=dict)
