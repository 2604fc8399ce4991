"""The Beanie models: they parse, and Beanie itself takes them, makes their indexes, stores documents and reads them."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.model.documents import DocumentSchema
from dbdesign.nosql.mongodb.layout import layout
from dbdesign.nosql.mongodb.traffic import Traffic
from mongodb_server import running
from nosql.mongodb.rows import Generator
from nosql.mongodb.store import create, documents
from nosql.mongodb.test_decisions import SCENARIOS, designed

PROGRAM = """
import asyncio, importlib.util, pathlib, sys
from beanie import init_beanie
from pymongo import AsyncMongoClient

def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module

async def main(port, folder):
    client = AsyncMongoClient("127.0.0.1", int(port), uuidRepresentation="standard", directConnection=True)
    for path in sorted(pathlib.Path(folder).glob("models_*.py")):
        name = path.stem.removeprefix("models_")
        module = load(path)
        await init_beanie(database=client[name], document_models=module.DOCUMENT_MODELS, skip_indexes=True)
        for model in module.DOCUMENT_MODELS:
            there = await model.find_all().limit(3).to_list()
            assert there or not await client[name][model.Settings.name].count_documents({}), model
            for one in there:
                if not hasattr(model.Settings, "timeseries"):
                    await one.replace()
            print(name, model.Settings.name, len(there))
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_the_models_parse_with_a_class_for_each_collection(path: Path) -> None:
    design = designed(path)
    tree = ast.parse(design.files["models.py"])
    names = {
        one.value.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == "name"
        and isinstance(one.value, ast.Constant)
    }  # fmt: skip
    assert names == {one["name"] for one in design.design["documents"]["collections"]}


def test_beanie_reads_and_replaces_the_documents_of_every_scenario(tmp_path: Path) -> None:
    if importlib.util.find_spec("beanie") is None:
        pytest.skip("beanie is not installed (pip install 'dbdesign[mongodb-tests]')")
    with running(tmp_path) as client:
        expected = 0
        for path in SCENARIOS:
            design = designed(path)
            model, _ = access_of(str(path), Call())
            placed = layout(Traffic(model))
            if any(one.many_to_many for one in model.relations):
                continue
            database = client[path.stem]
            create(database, DocumentSchema.model_validate(design.design["documents"]))
            for name, found in documents(Generator(model, placed.traffic.entities, {}).all(), placed).items():
                database[name].insert_many(found)
            (tmp_path / f"models_{path.stem}.py").write_text(design.files["models.py"])
            expected += len(design.design["documents"]["collections"])
        port = client.address[1]
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        done = subprocess.run(
            [sys.executable, str(program), str(port), str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert len(done.stdout.splitlines()) == expected
