"""The stacks for the CDK, type-checked and synthesized by the CDK itself: the same tables as in the CloudFormation template.

What the Python stack says is recorded by classes that stand for `aws_cdk`'s, and given to the CDK's own classes in Node: names differ
only in their case. Where `aws_cdk` is installed the module itself is synthesized too.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from tests.nosql.dynamodb_engines import MODULES, SCENARIOS, access_model

from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.dynamodb.design import design

HERE = Path(__file__).parent
DESIGNS = [
    *(one for one in SCENARIOS if one.stem in {"audit_log", "delivery", "ledger", "ticketing"}),
    HERE / "designs" / "forum.yaml",
]
"""Together they have all that a stack can say: regions, local and global indexes, keys of several attributes, TTL, streams, projections."""
CONFIGURATION = {
    "compilerOptions": {
        "module": "commonjs", "target": "es2022", "strict": True, "noUnusedLocals": True, "skipLibCheck": True, "types": [], "rootDir": ".",
        "outDir": ".",
    }
}  # fmt: skip


class Recorder:
    """A module of the CDK whose members, calls and structures are kept as JSON."""

    def __init__(self, *path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Recorder:
        return Recorder(*self.path, name)

    def __call__(self, **arguments: Any) -> Any:
        if self.path[-1][0].islower():
            return {"$call": [camel(one) for one in self.path]}
        return {camel(name): plain(one) for name, one in arguments.items()}


def plain(value: Any) -> Any:
    if isinstance(value, Recorder):
        return {"$member": list(value.path)}
    return [plain(one) for one in value] if isinstance(value, list) else value


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def said_in_python(text: str) -> list[dict[str, Any]]:
    """The tables of a Python stack."""
    tables: list[dict[str, Any]] = []

    class Dynamodb(Recorder):
        def TableV2(self, _scope: Any, name: str, **props: Any) -> None:  # noqa: N802 - the CDK's own name
            tables.append({"id": name, "props": Recorder("TableV2Props")(**props)})

    class Stack:
        def __init__(self, *_given: Any) -> None: ...

    found: dict[str, Any] = {}
    there = {
        "aws_cdk": SimpleNamespace(Stack=Stack, aws_dynamodb=Dynamodb()),
        "constructs": SimpleNamespace(Construct=object),
    }
    kept = {name: sys.modules.get(name) for name in there}
    sys.modules.update(there)  # type: ignore[arg-type]
    try:
        exec(compile(text, "tables_stack.py", "exec"), found)
        found["TablesStack"](None, "Stack")
    finally:
        for name, one in kept.items():
            if one is None:
                del sys.modules[name]
            else:
                sys.modules[name] = one
    return tables


@pytest.fixture(scope="module")
def designs() -> dict[str, StoreDesign]:
    return {one.stem: design(access_model(one), DesignOptions()) for one in DESIGNS}


@pytest.fixture(scope="module")
def templates(designs: dict[str, StoreDesign], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of each design the templates of both stacks."""
    node = shutil.which("node")
    if node is None or not all((MODULES / one).is_dir() for one in ("aws-cdk-lib", "typescript")):
        pytest.skip("node with the npm packages aws-cdk-lib and typescript is not here (DBDESIGN_NODE_MODULES)")
    folder = tmp_path_factory.mktemp("cdk")
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "tsconfig.json").write_text(json.dumps({**CONFIGURATION, "files": [f"{name}.ts" for name in designs]}))
    for name, one in designs.items():
        (folder / f"{name}.ts").write_text(one.files["cdk/tables-stack.ts"])
    compiled = subprocess.run(
        [node, str(MODULES / "typescript" / "bin" / "tsc"), "-p", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stdout
    given = [
        {"name": name, "region": one.design["regions"][0], "tables": said_in_python(one.files["cdk/tables_stack.py"])}
        for name, one in designs.items()
    ]
    ran = subprocess.run(
        [node, str(HERE / "synthesize.mjs"), str(MODULES), str(folder), json.dumps(given)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def tables_of(template: dict[str, Any]) -> dict[str, Any]:
    """What a template says of each table, in one form: a global table of one region is a table."""
    found = {}
    for resource in template["Resources"].values():
        said = dict(resource["Properties"])
        replicas = (
            said.pop("Replicas") if "Replicas" in said else [{one: said.pop(one) for one in (PROTECTION, RECOVERY)}]
        )
        settings = {json.dumps({key: one[key] for key in (PROTECTION, RECOVERY)}, sort_keys=True) for one in replicas}
        said["AttributeDefinitions"] = sorted(said["AttributeDefinitions"], key=lambda one: one["AttributeName"])
        regions = {one["Region"] for one in replicas if "Region" in one}
        kept = [resource["DeletionPolicy"], resource["UpdateReplacePolicy"]]
        found[said["TableName"]] = said | {
            "regions": regions if len(regions) > 1 else set(),
            "each": settings,
            "kept": kept,
        }
    return found


PROTECTION, RECOVERY = "DeletionProtectionEnabled", "PointInTimeRecoverySpecification"


@pytest.mark.parametrize("name", [one.stem for one in DESIGNS])
@pytest.mark.parametrize("language", ["TypeScript", "Python"])
def test_the_cdk_makes_of_a_stack_the_tables_of_the_template(
    name: str, language: str, designs: dict[str, StoreDesign], templates: dict[str, Any]
) -> None:
    assert tables_of(templates[name][language]) == tables_of(yaml.safe_load(designs[name].files["cloudformation.yaml"]))


def test_these_designs_have_all_that_a_stack_can_say(designs: dict[str, StoreDesign]) -> None:
    texts = [one.files["cdk/tables-stack.ts"] for one in designs.values()]
    for word in (
        "replicas:", "globalSecondaryIndexes:", "localSecondaryIndexes:", "partitionKeys:", "sortKeys:", "timeToLiveAttribute:",
        "dynamoStream:", "nonKeyAttributes:", "ProjectionType.KEYS_ONLY", "ProjectionType.ALL",
    ):  # fmt: skip
        assert any(word in text for text in texts), word


def test_the_python_stack_is_synthesized_by_the_cdk_for_python(
    designs: dict[str, StoreDesign], templates: dict[str, Any], tmp_path: Path
) -> None:
    cdk = pytest.importorskip("aws_cdk", reason="aws-cdk-lib is not installed (460 MB)")
    for name, one in designs.items():
        path = tmp_path / f"{name}.py"
        path.write_text(one.files["cdk/tables_stack.py"])
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module: ModuleType = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        app = cdk.App(outdir=str(tmp_path / f"{name}.out"), analytics_reporting=False)
        environment = cdk.Environment(region=one.design["regions"][0], account="123456789012")
        module.TablesStack(app, "Python", env=environment)
        assert tables_of(app.synth().stacks[0].template) == tables_of(templates[name]["Python"])
