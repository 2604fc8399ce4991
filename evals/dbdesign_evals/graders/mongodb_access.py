"""Collections and operations of a MongoDB design do what they have to, run on a MongoDB (or an emulator of it), alone and many at once.

with: `file`: the design, a YAML mapping with `collections`: name → `{validator, indexes: [{keys: {field: 1}, unique,
partialFilterExpression, …}]}`, and `operations`: name → a database command (`{find: …, filter: …}`, `{insert: …, documents: […]}`,
`{update: …}`, `{findAndModify: …}`, `{aggregate: …}`) or a list of them; the last reply is the operation's. Texts are templates over
the parameters (see `dbdesign_evals.dynamodb`); one that is a parameter alone keeps its type. `cases`: each `because` and `steps` on
empty collections, a step being
- `call` with `params` and: `ids` (the values of `id`, `_id` by default, of the documents that come, in order, or `any_order`), `has`
  (fields of each), `changes` (documents that were written), `refused` (a validator, a unique index or a condition has to refuse it: an
  error, or nothing changed), `indexed` (its plan scans no collection), `times` and `sessions` (so often, from so many connections at
  once; `changes` is then the sum);
- `most_bytes`: of the largest document of any collection. Where there is no MongoDB the check is not run.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from pydantic import Field

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.dynamodb import filled
from dbdesign_evals.graders.base import Cases, Grader, Outcome, not_run
from dbdesign_evals.mongo_server import find_mongo, mongo
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

_turn = threading.Lock()
COMMANDS = frozenset({"find", "aggregate", "insert", "update", "delete", "findAndModify", "count", "distinct"})
"""That an answer may send."""


class Step(Data):
    """A call, or what has to hold after those before it."""

    call: str | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    id: str = "_id"
    ids: tuple[Any, ...] | None = None
    any_order: bool = False
    has: tuple[str, ...] = ()
    changes: int | None = None
    refused: bool = False
    indexed: bool = False
    times: int = Field(default=1, ge=1, le=5_000)
    sessions: int = Field(default=1, ge=1, le=16)
    most_bytes: int | None = None


class Case(Data):
    """Steps on empty collections."""

    because: str
    steps: tuple[Step, ...]


class Parameters(Data):
    """`file` and `cases`."""

    file: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Run each case in a database of its own."""
    if find_mongo() is None:
        return not_run("there is no MongoDB: install mongod, or the packages pymongo and secantusdb")
    name = parameters.file.removeprefix("answer:")
    design = structured.load(bench.text(parameters.file), name)
    collections = structured.at(design, "collections", name)
    operations = structured.at(design, "operations", name)
    if not isinstance(collections, dict) or not isinstance(operations, dict):
        raise InputError("`collections` and `operations` have to be mappings", where=name)
    cases = Cases(evidence=[f"on {find_mongo()}".rpartition("/")[2]])
    for case in parameters.cases:
        with _turn:
            client = mongo()
            database = client[f"case_{uuid4().hex[:12]}"]
            try:
                cases.add(_wrong(database, collections, operations, case))
            finally:
                client.drop_database(database.name)
    return cases.outcome()


def _wrong(database: Any, collections: dict[str, Any], operations: dict[str, Any], case: Case) -> str | None:
    from pymongo.errors import PyMongoError

    number = 0
    try:
        for name, parts in collections.items():
            _create(database, str(name), parts or {})
        for number, step in enumerate(case.steps, 1):
            if said := _step_wrong(database, operations, step):
                return f"{case.because}: step {number}: {said}"
    except (PyMongoError, InputError, TypeError, ValueError) as error:
        return f"{case.because}: step {number}: {' '.join(str(error).split())[:300]}"
    return None


def _create(database: Any, name: str, parts: dict[str, Any]) -> None:
    more = {key: parts[key] for key in ("validator", "validationLevel", "validationAction") if key in parts}
    database.command("create", name, **more)
    for index in parts.get("indexes") or []:
        keys = index.get("keys") or {}
        options = {key: value for key, value in index.items() if key != "keys"}
        database[name].create_index(list(keys.items()), **options)


def _step_wrong(database: Any, operations: dict[str, Any], step: Step) -> str | None:
    if step.call is None:
        return _too_large(database, step)
    if step.sessions > 1 or step.times > 1:
        with ThreadPoolExecutor(step.sessions) as pool:
            replies = list(pool.map(lambda n: _reply(database, operations, step, n), range(step.times)))
        return _changed(step, sum(reply["changes"] for reply in replies))
    reply = _reply(database, operations, step, 0)
    if step.refused:
        return None if reply["error"] or not reply["changes"] else f"{step.call} was taken"
    if reply["error"]:
        return f"{step.call}: {reply['error']}"
    return _changed(step, reply["changes"]) or _documents_wrong(step, reply) or _scans(database, operations, step)


def _changed(step: Step, changes: int) -> str | None:
    wrong = step.changes is not None and changes != step.changes
    return f"{step.call} changes {changes} documents instead of {step.changes}" if wrong else None


def _documents_wrong(step: Step, reply: dict[str, Any]) -> str | None:
    if step.ids is None:
        return None
    found, wanted = [str(one.get(step.id)) for one in reply["documents"]], [str(one) for one in step.ids]
    if step.any_order:
        found, wanted = sorted(found), sorted(wanted)
    if found != wanted:
        return f"{step.call} gives [{', '.join(found[:8])}] instead of [{', '.join(wanted[:8])}]"
    lacking = sorted({name for name in step.has for one in reply["documents"] if name not in one})
    return f"{step.call}: documents lack {', '.join(lacking)}" if lacking else None


def _commands(operations: dict[str, Any], step: Step, number: int) -> list[dict[str, Any]]:
    if step.call not in operations:
        raise InputError(f"there is no operation {step.call!r}")
    value = operations[step.call]
    commands = [filled(one, {**step.params, "n": number}) for one in (value if isinstance(value, list) else [value])]
    for command in commands:
        if not isinstance(command, dict) or not command or next(iter(command)) not in COMMANDS:
            raise InputError(f"{step.call}: {str(command)[:60]} is no command for an application")
    return commands


def _reply(database: Any, operations: dict[str, Any], step: Step, number: int) -> dict[str, Any]:
    """Documents, number of documents written, and the server's refusal, of the operation's last command (the first that is refused)."""
    from pymongo.errors import OperationFailure

    found: dict[str, Any] = {"documents": [], "changes": 0, "error": None}
    for command in _commands(operations, step, number):
        kind = next(iter(command))
        if kind == "aggregate":
            command.setdefault("cursor", {})
        try:
            reply = database.command(command)
        except OperationFailure as error:
            return found | {"error": str(error)[:200], "changes": 0}
        if errors := reply.get("writeErrors"):
            return found | {"error": str(errors[0].get("errmsg"))[:200], "changes": 0}
        found = {"documents": _documents(reply), "changes": _written(kind, reply), "error": None}
    return found


def _documents(reply: dict[str, Any]) -> list[dict[str, Any]]:
    if "cursor" in reply:
        return list(reply["cursor"].get("firstBatch", []))
    value = reply.get("value")
    return [value] if isinstance(value, dict) else []


def _written(kind: str, reply: dict[str, Any]) -> int:
    if kind == "findAndModify":
        return int((reply.get("lastErrorObject") or {}).get("n", 0))
    if kind == "update":
        return int(reply.get("nModified", 0)) + len(reply.get("upserted", []))
    return int(reply.get("n", 0)) if kind in {"insert", "delete"} else 0


def _scans(database: Any, operations: dict[str, Any], step: Step) -> str | None:
    if not step.indexed:
        return None
    for command in _commands(operations, step, 0):
        if next(iter(command)) == "aggregate":
            command.setdefault("cursor", {})
        if "COLLSCAN" in str(database.command("explain", command, verbosity="queryPlanner")):
            return f"{step.call} scans the collection"
    return None


def _too_large(database: Any, step: Step) -> str | None:
    import bson

    for name in database.list_collection_names():
        largest = max((len(bson.encode(one)) for one in database[name].find()), default=0)
        if step.most_bytes is not None and largest > step.most_bytes:
            return f"a document of {name} has {largest:,} bytes, more than {step.most_bytes:,}"
    return None


GRADER = Grader("mongodb_access", Parameters, grade)
