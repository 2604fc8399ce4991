"""Documents as a source of `dbdesign review`: models, validators, scripts, pipelines, design files; reported as tables are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbdesign.api.call import Call
from dbdesign.api.document_review import OF_QUERIES
from dbdesign.api.finding_pages import finding_pages
from dbdesign.api.review_schema import review_schema
from dbdesign.api.source import load
from dbdesign.errors import DesignError
from dbdesign.nosql.mongodb.review import review_text
from dbdesign.nosql.mongodb.review.catalogue import pages
from dbdesign_server.commands import app, run

MODELS = """
import mongoose, { Schema } from 'mongoose';
const lineSchema = new Schema({ sku: String, quantity: Number });
// dbdesign: allow redundant-index the short one is for the report
const orderSchema = new Schema({
  customer: { type: Schema.Types.ObjectId, ref: 'Customer', index: true },
  roles: [{ type: String, enum: ['a', 'b'] }],
  lines: [lineSchema],
});
orderSchema.index({ customer: 1, createdAt: -1 });
export const Order = mongoose.model('Order', orderSchema);
"""
NEST = """
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
@Schema()
export class Post {
  @Prop({ type: [{ text: String }] })
  comments: { text: string }[];
}
export const PostSchema = SchemaFactory.createForClass(Post);
"""
VALIDATOR = """{
  "orders": {
    "validator": {"$jsonSchema": {"properties": {
      "lines": {"bsonType": "array", "items": {"bsonType": "object", "properties": {
        "notes": {"bsonType": "array", "items": {"bsonType": "object"}}
      }}}
    }}}
  }
}
"""
SCRIPT = """
db.orders.createIndex({ status: 1, _id: 1 });
// dbdesign: allow skip-paging the back office pages through few
db.orders.find({ status: "open" }).skip(page * 20).limit(20);
db.orders.find({ note: /gift/i });
db.orders.find({ a: ;;; });
await client.db().collection<Order>('orders').find({ $where: 'this.a > 1' }).toArray();
// db.orders.find({ $where: 'a comment' });
"""
PIPELINE = '[{"$unwind": "$lines"}, {"$match": {"status": "paid"}}]'
DESIGN = """
engine: mongodb 8.0
schema: models.ts
pipelines:
  paid: {collection: orders, rate: 40/s, pipeline: [{$lookup: {from: orders, foreignField: x, as: y}}, {$limit: 3}]}
"""


def found(source: str) -> set[tuple[str, str, str | None, int | None]]:
    answer = review_schema(source, call=Call())
    assert answer.engine == "mongodb"
    return {(one.rule, one.object, one.path, one.line) for one in answer.findings}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {"models.ts": MODELS, "validators.json": VALIDATOR, "queries.js": SCRIPT, "pipeline.json": PIPELINE}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def answer_of(*arguments: str) -> dict:
    return json.loads(CliRunner().invoke(app, ["review", *arguments, "--json"]).stdout)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MODELS, {("unbounded-array", "orders.lines", None, 8)}),
        (NEST, {("unbounded-array", "posts.comments", None, 6)}),
        (
            VALIDATOR,
            {("unbounded-array", "orders.lines", None, 4), ("unbounded-array", "orders.lines[].notes", None, 5)},
        ),
        (
            SCRIPT,
            {
                ("case-insensitive-regex", "orders.find 2", None, 5),
                ("javascript-in-query", "orders.find 3", None, 7),
            },
        ),
        (PIPELINE, {("late-match", "pipeline", None, None)}),
    ],
    ids=["Mongoose", "NestJS", "validators", "script", "pipeline"],
)
def test_a_source_of_documents_is_reviewed_with_its_lines(text, expected):
    assert found(text) == expected


def test_what_is_allowed_is_not_reported_and_what_is_not_understood_is_said():
    answer = review_schema(SCRIPT, call=Call())
    assert [(one.rule, one.reason) for one in answer.suppressed] == [
        ("skip-paging", "the back office pages through few")
    ]
    assert [one.line for one in answer.unread] == [6]
    assert [one.rule for one in review_schema(MODELS, call=Call()).suppressed] == ["redundant-index"]


def test_files_and_a_design_file_are_reviewed_on_the_command_line(project):
    (project / "design.yaml").write_text(DESIGN)
    (project / "scripted.yaml").write_text("engine: mongodb\nschema: models.ts\npipelines: queries2.js\n")
    (project / "queries2.js").write_text("db.orders.createIndex({ lines: 1 });\ndb.orders.find({ x: 1 });\n")
    assert {one["rule"] for one in answer_of("design.yaml")["findings"]} == {
        "unbounded-array",
        "lookup-without-index",
        "late-limit",
    }
    scripted = {(one["rule"], one.get("path"), one.get("line")) for one in answer_of("scripted.yaml")["findings"]}
    assert scripted == {("unbounded-array", "models.ts", 8), ("collection-scan", "queries2.js", 2)}
    assert {one["rule"] for one in answer_of("pipeline.json")["findings"]} == {"late-match"}
    assert answer_of("queries.js", "--only", "javascript-in-query")["rules_run"] == 1
    assert answer_of("queries.js", "--ignore", "documents")["findings"] == []


def test_the_exit_code_and_sarif_are_those_of_any_review(project):
    assert run(["review", "validators.json", "--sarif", "out.sarif", "--fail-on", "medium"]) == 1
    assert run(["review", "validators.json", "--fail-on", "high"]) == 0
    ran = json.loads((project / "out.sarif").read_text())["runs"][0]
    (rule,) = ran["tool"]["driver"]["rules"]
    assert rule["id"] == "unbounded-array"
    assert rule["help"]["markdown"] == pages()["unbounded-array"]
    assert rule["properties"]["tags"] == ["database", "documents"]
    place = ran["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "validators.json"}, "region": {"startLine": 4}}


def test_the_configuration_holds_and_does_not_trouble_a_review_of_tables(project):
    (project / "dbdesign.toml").write_text(
        '[review]\nignore = ["collection-scan"]\n[review.severity]\ncase-insensitive-regex = "low"\n'
        '[[review.allow]]\nrule = "javascript-in-query"\nobject = "orders.*"\nreason = "one job a night"\n'
    )
    (project / "tables.sql").write_text("CREATE TABLE `t` (`id` int NOT NULL PRIMARY KEY) ENGINE=InnoDB;\n")
    answer = answer_of("queries.js")
    assert [(one["rule"], one["severity"]) for one in answer["findings"]] == [("case-insensitive-regex", "low")]
    assert answer_of("tables.sql")["problems"] == []


def test_a_design_computed_from_patterns_is_reviewed_with_its_own_commands():
    for path in sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))[::3]:
        loaded = load("engine: mongodb 8.0\n" + path.read_text(), Call(), documents=True)
        assert loaded.result.documents is not None
        assert loaded.result.documents.pipelines, path.stem
        rules = {one.rule for one in review_schema("engine: mongodb\n" + path.read_text(), call=Call()).findings}
        assert not rules & {"collection-scan", "lookup-without-index", "unwind-explosion", "redundant-index"}, path.stem


@pytest.mark.parametrize("name", sorted(set(pages()) - {"too-many-collections"}))
def test_the_example_of_a_page_is_found_and_what_to_use_instead_is_not(name):
    bad, good = re.findall(r"```js\n(.*?)```", pages()[name], re.DOTALL)
    assert name in {one.rule for one in review_text(bad)}
    if "db." in good:
        assert name not in {one.rule for one in review_text(good)}


def test_every_anti_pattern_has_a_page_with_every_heading():
    assert set(pages()) >= OF_QUERIES
    for name, page in pages().items():
        headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
        assert headings == [
            "What it does",
            "Why is this bad?",
            "Example",
            "Use instead",
            "References",
            "How to allow it",
        ]
        assert page.startswith(f"# {name}\n")
    assert set(pages()) < set(finding_pages())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("engine: mongodb\npipelines: {}\n", "no `schema`"),
        ("engine: mongodb\nregions: [a]\n", "access patterns"),
        ("engine: mongodb\nschema: {orders: {indexes: [{key: 3}]}}\n", "index"),
        ("engine: mongodb\nschema: 'create table t (id int);'\n", "one of tables"),
        ("engine: mongodb\nschema: {a: {indexes: []}}\nworkload: []\n", "no entry 'workload'"),
        ("engine: mongodb\nschema: {a: {indexes: []}}\npipelines: {x: 3}\n", "no `pipeline`"),
        ("engine: mongodb\nschema: {a: {indexes: []}}\npipelines: [1]\n", "neither a path nor pipelines"),
        ("engine: redis\nschema: {a: {indexes: []}}\n", "must be a text"),
        ("engine: redis 8.0\nschema: x.sql\n", "which has no tables"),
        ('[{"$match": ]', "value"),
        ("db.a.find({}).sort();\n" + "db.a.find({{{);\n" * 300, "name is missing"),
    ],
)
def test_what_cannot_be_reviewed_is_refused_with_the_reason(text, said):
    with pytest.raises(DesignError, match=re.escape(said)):
        review_schema(text, call=Call())
