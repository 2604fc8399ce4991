"""The script for mongosh is run against a server that speaks MongoDB's protocol: its validators take good documents and refuse bad ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbdesign.readers import postgresql
from dbdesign.writers.mongodb import write
from mongodb_server import running

HERE = Path(__file__).parent
SHOP = HERE.parent / "drizzle" / "shop.sql"


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """What the script of the shop asks of a server."""
    if shutil.which("node") is None:
        pytest.skip("node is not here")
    script = tmp_path_factory.mktemp("script") / "shop.js"
    script.write_text(write(postgresql.read(SHOP.read_text(), execute=False).schema).text)
    done = subprocess.run(
        ["node", str(HERE / "collect_commands.mjs"), str(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[list[Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def database(commands: list[list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A database in which the script was run; a visible skip where SecantusDB and pymongo are not installed."""
    with running(tmp_path_factory.mktemp("data")) as client:
        _run(client["shop"], commands)
        yield client["shop"]


def _run(database: Any, commands: list[list[Any]]) -> None:
    for kind, name, *rest in commands:
        if kind == "create":
            database.create_collection(name, **rest[0])
        else:
            keys, options = rest
            database[name].create_index([(key, way) for key, way in keys], **options)


def test_the_script_makes_every_collection_with_a_validator(commands: list[list[Any]]) -> None:
    made = {name: options for kind, name, options, *_ in commands if kind == "create"}
    assert list(made) == ["customers", "orders", "order_lines", "changes"]
    assert all(one["validationLevel"] == "strict" and "$jsonSchema" in one["validator"] for one in made.values())


def test_a_good_document_is_taken_and_bad_ones_are_refused(database: Any) -> None:
    from bson import ObjectId
    from pymongo.errors import DuplicateKeyError, WriteError

    good = {"email": "a@b", "fullName": "A", "settings": {}, "tags": ["x"], "createdAt": _now(), "referredBy": None}
    database.customers.insert_one(dict(good))
    with pytest.raises(DuplicateKeyError):
        database.customers.insert_one(dict(good))
    for bad in ({"email": "no at"}, {"fullName": "x" * 121}, {"tags": [1]}, {"referredBy": "text"}, {"more": 1}):
        with pytest.raises(WriteError):
            database.customers.insert_one({**good, "email": "c@d", **bad})
    line = {"orderId": ObjectId(), "position": 1, "quantity": 0}
    with pytest.raises(WriteError):
        database.order_lines.insert_one(line)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(time.time()), UTC)
