"""What a design for MongoDB says beside its decisions: files, errors, questions, review; and laws that hold for any model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbdesign.api.call import Call
from dbdesign.api.design_nosql import design_nosql
from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation, SortKey, Spread
from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.mongodb import DESIGNER
from dbdesign.nosql.mongodb.review.source import read

SCENARIOS = Path(__file__).parent.parent / "scenarios"


def parent_and_child(**changes: object) -> AccessModel:
    """An order with its lines, read together; `changes` are those of the relation."""
    relation = {
        "parent": "order",
        "child": "line",
        "by": ("order_id",),
        "children": Spread(average=4, p99=20, maximum=60),
    }
    return AccessModel(
        entities=(
            Entity(name="order", key=("order_id",), count=1e6, attributes=(Attribute(name="order_id", type="uuid"),)),
            Entity(
                name="line", key=("order_id", "no"), count=4e6,
                attributes=(Attribute(name="no", type="number"), Attribute(name="sku"), Attribute(name="note", type="json")),
            ),
        ),
        relations=(Relation.model_validate(relation | changes),),
        patterns=(
            AccessPattern(name="order", entity="order", equal=("order_id",), together=("line",), rate=100),
            AccessPattern(name="add", operation="inserts", entity="line", rate=5),
        ),
    )  # fmt: skip


def designed(model: AccessModel, **settings: str) -> StoreDesign:
    return DESIGNER.design(model, DesignOptions(settings=settings))


@pytest.mark.parametrize(
    ("children", "decision"),
    [
        (Spread(average=4, p99=100, maximum=1000), "embed"),
        (Spread(average=4, p99=101, maximum=1000), "reference"),
        (Spread(average=4, p99=100, maximum=1001), "reference"),
        (Spread(average=4, p99=100), "reference"),
        (Spread(average=1, p99=1, maximum=1), "embed one"),
    ],
)
def test_the_number_of_children_decides(children: Spread, decision: str) -> None:
    assert designed(parent_and_child(children=children)).design["placements"][0]["decision"] == decision


def test_a_maximum_that_is_not_said_is_asked_for_with_what_it_flips() -> None:
    (question,) = designed(parent_and_child(children=Spread(average=4, p99=20))).questions
    assert "at most" in question.question
    assert "1,000" in question.flips


def test_an_optional_parent_keeps_children_apart() -> None:
    assert designed(parent_and_child(optional=True)).design["placements"][0]["decision"] == "reference"


def test_both_ways_are_priced_and_the_chosen_one_says_when_it_no_longer_holds() -> None:
    embed, reference = designed(parent_and_child()).alternatives
    assert (embed.chosen, reference.chosen) == (True, False)
    assert embed.cost["documents_read_per_second"] == 100
    assert reference.cost["documents_read_per_second"] == 500
    assert reference.break_even is not None
    assert "400 writes of children a second" in reference.break_even


def test_the_array_is_limited_to_the_maximum_or_to_twice_the_p99_with_an_overflow() -> None:
    def limit(children: Spread) -> tuple[int, int]:
        design = designed(parent_and_child(children=children))
        items = design.design["validators"]["order"]["$jsonSchema"]["properties"]["lines"]["maxItems"]
        return items, len(design.design["documents"]["collections"])

    assert limit(Spread(average=4, p99=20, maximum=60)) == (60, 1)
    assert limit(Spread(average=4, p99=20, maximum=600)) == (40, 2)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            AccessModel(
                entities=(Entity(name="a", key=("k",), attributes=(Attribute(name="k"), Attribute(name="b", type="binary", size=Spread(average=1, maximum=2e7)))),),
                patterns=(AccessPattern(name="p", entity="a", equal=("k",), rate=1),),
            ),
            "16,777,216",
        ),
        (
            AccessModel(
                entities=(Entity(name="a", key=("k",), attributes=(Attribute(name="k"), *(Attribute(name=f"b{n}", size=Spread(average=1, maximum=9e6)) for n in range(2)))),),
                patterns=(AccessPattern(name="p", entity="a", equal=("k",), rate=1),),
            ),
            "a document has up to",
        ),
        (AccessModel(entities=(Entity(name="a", attributes=(Attribute(name="k"),)),)), "no key"),
        (AccessModel(entities=(Entity(name="a", key=("a.b",), attributes=(Attribute(name="a.b"),)),)), "cannot be a field"),
        (AccessModel(entities=(Entity(name="a$b", key=("k",), attributes=(Attribute(name="k"),)),)), "cannot be a collection"),
    ],
)  # fmt: skip
def test_what_mongodb_cannot_hold_is_an_error_and_no_half_design(model: AccessModel, said: str) -> None:
    with pytest.raises(InputError, match=said):
        designed(model)


def test_an_unknown_version_is_an_error() -> None:
    with pytest.raises(InputError, match=r"'4\.4' is not a version"):
        DESIGNER.design(parent_and_child(), DesignOptions(version="4.4"))


def test_the_version_that_a_design_file_says_is_the_one_that_is_designed_for() -> None:
    text = (SCENARIOS / "saas.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"'4\.4' is not a version"):
        design_nosql(f"engine: mongodb 4.4\n{text}", engine="mongodb", call=Call())
    assert design_nosql(f"engine: mongodb 4.4\n{text}", engine="mongodb", engine_version="8.0", call=Call()).coverage
    assert design_nosql(f"engine: mongodb 4.4\n{text}", engine="redis", call=Call()).engine == "redis"


def test_a_range_that_leaves_little_stands_before_the_sort() -> None:
    def keys(share: float) -> list[str]:
        entity = Entity(
            name="e", key=("id",), count=1e6,
            attributes=(*(Attribute(name=one, type="uuid") for one in ("id", "a")), Attribute(name="r", type="number"), Attribute(name="s", type="number")),
        )  # fmt: skip
        entity = entity.model_copy(update={"attributes": (*entity.attributes, Attribute(name="g", distinct=100))})
        pattern = AccessPattern(
            name="p",
            entity="e",
            equal=("g",),
            range="r",
            order=(SortKey(attribute="s"),),
            page=10,
            rate=1,
            filter={"r": share},
        )
        (index,) = designed(AccessModel(entities=(entity,), patterns=(pattern,))).design["indexes"]
        return list(index["keys"])

    assert keys(0.5) == ["g", "s", "r"]
    assert keys(0.005) == ["g", "r", "s"]


def test_the_tool_writes_every_file_and_reviews_a_script_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.js").write_text("db.orders.find({ note: /gift/ }).skip(page);\n")
    Path("ecommerce.yaml").write_text((SCENARIOS / "ecommerce.yaml").read_text())
    answer = design_nosql("ecommerce.yaml", engine="mongodb", settings=["review=old.js"], write_to="out", call=Call())
    assert sorted(one.name for one in Path("out").iterdir()) == [
        "archive.js", "collections.json", "models.py", "models.ts", "repair.js", "requests.js", "requests.json", "setup.js", "violations.js",
    ]  # fmt: skip
    first, second = (one.model_dump()["message"] for one in answer.concerns[:2])
    assert first.startswith("unanchored-regex")
    assert second.startswith("skip-paging")
    assert "maxItems" in Path("out/setup.js").read_text()
    assert set(json.loads(Path("out/requests.json").read_text())) == {one.pattern for one in answer.coverage}


def test_the_script_that_sets_up_is_read_by_the_review_as_it_was_meant() -> None:
    from dbdesign.api.access_source import access_of
    from dbdesign.model.documents import DocumentSchema

    for path in sorted(SCENARIOS.glob("*.yaml")):
        design = designed(access_of(str(path), Call())[0])
        schema = DocumentSchema.model_validate(design.design["documents"])
        found = read(design.files["setup.js"])
        assert list(found.collections) == [one.name for one in schema.collections]
        for one in schema.collections:
            there = found.collections[one.name]
            assert [dict(index.keys) for index in there.indexes] == [dict(index.keys) for index in one.indexes]
            if not one.time_series:
                assert [field.name for field in there.fields] == [field.name for field in one.fields]


def test_a_pattern_that_reads_everything_is_not_served() -> None:
    entity = Entity(
        name="e", key=("id",), count=1e7, attributes=(Attribute(name="id"), Attribute(name="x", type="json"))
    )
    design = designed(AccessModel(entities=(entity,), patterns=(AccessPattern(name="all", entity="e", rate=1),)))
    assert [(one.pattern, one.reason) for one in design.cannot_serve] == [
        ("all", "no condition that an index takes: all 10,000,000 documents are read")
    ]
