"""A design's lifecycle: what is written is tried on the embedded server, mistakes in it are found there, and gaps of schemas are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.api.call import Call
from dbdesign.api.generate_schema import GenerateSchemaAnswer, generate_schema
from dbdesign.api.review_schema import ReviewSchemaAnswer, review_schema
from dbdesign.errors import InputError, LimitError
from dbdesign.integrity.lifecycle.base import Statement, Step
from dbdesign.integrity.lifecycle.compose import Scripts, compose
from dbdesign.integrity.lifecycle.person import Person
from dbdesign.integrity.lifecycle.proof import prove as proving
from dbdesign.integrity.lifecycle.shape import shaped
from dbdesign.integrity.pages import LIFECYCLE, pages
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.design import DesignFileError, read_design
from dbdesign.readers.postgresql import READER

HERE = Path(__file__).parent
SHOP = (HERE / "lifecycle_shop.yaml").read_text()
MUTANTS: dict[str, Any] = yaml.safe_load((HERE / "lifecycle_mutants.yaml").read_text())
CONCERNS = [name for name in MUTANTS if name != "schema"]


def designed(schema: str, lifecycle: dict[str, Any]) -> tuple[Schema, Lifecycle]:
    """The shaped schema and the lifecycle of a design."""
    text = yaml.safe_dump({"engine": "postgresql 18", "schema": schema, "lifecycle": lifecycle}, sort_keys=False)
    design, _ = read_design(text, lambda source, _format: READER.read(source))
    assert design.lifecycle is not None
    return shaped(design.schema, design.lifecycle, Engine.POSTGRESQL, (18,))[0], design.lifecycle


def tried(schema: str, lifecycle: dict[str, Any]) -> tuple[Step, ...]:
    """The steps of a design."""
    return proving.prove(*designed(schema, lifecycle))[0]


@pytest.fixture(scope="module")
def shop() -> GenerateSchemaAnswer:
    """A shop with everything."""
    return generate_schema(SHOP, to="postgresql", call=Call())


def test_every_step_of_a_whole_design_holds(shop: GenerateSchemaAnswer) -> None:
    assert [f"{one.claim}: {one.seen}" for one in shop.proof_steps if not one.holds] == []
    assert {one.concern for one in shop.proof_steps} == {
        "tenant", "audit", "soft_delete", "erasure", "idempotency", "outbox", "sagas", "retention",
    }  # fmt: skip
    assert f"{len(shop.proof_steps)} of {len(shop.proof_steps)} steps hold, as run on PostgreSQL" in shop.summary


def test_what_is_written_leaves_no_gap_that_a_review_finds(shop: GenerateSchemaAnswer) -> None:
    design = yaml.safe_load(SHOP)
    reviewed = review_schema(
        yaml.safe_dump({**design, "schema": shop.text}, sort_keys=False), only=["lifecycle"], call=Call()
    )
    assert {one.rule for one in reviewed.findings} == {"erasure-needs-an-order", "retention-blocked"}


def test_statements_say_when_they_are_sent_and_have_named_parameters(shop: GenerateSchemaAnswer) -> None:
    found = {(one.concern, one.name): one for one in shop.statements}
    claim = found["idempotency", "claim a key"]
    assert ":request_hash" in claim.sql
    assert claim.when.startswith("First in the transaction that does the work")
    assert found["tenant", "say for whom a transaction works"].sql.endswith(
        "SELECT set_config('app.tenant_id', :tenant, true);"
    )
    assert all(one.when for one in shop.statements)


@pytest.fixture(scope="module", params=CONCERNS)
def concern(request: pytest.FixtureRequest) -> str:
    """A concern by itself."""
    return str(request.param)


def test_each_concern_stands_by_itself_and_its_mistakes_are_found(
    concern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = MUTANTS[concern]
    for mutant in case["mutants"]:
        monkeypatch.setattr(proving, "compose", lambda *given, mutant=mutant: mistaken(compose(*given), mutant))
        steps = tried(MUTANTS["schema"], case["wanted"])
        failing = [one for one in steps if not one.holds]
        assert any(one.claim.startswith(mutant["fails"]) for one in failing), (mutant, failing)
    monkeypatch.undo()
    assert [one for one in tried(MUTANTS["schema"], case["wanted"]) if not one.holds] == []


def mistaken(scripts: Scripts, mutant: dict[str, str]) -> Scripts:
    """Scripts with a mistake, in the DDL or in what is sent."""

    def changed(text: str) -> str:
        of = mutant.get("of")
        if of is None:
            return text.replace(mutant["was"], mutant["is"])
        return "\n".join(
            line.replace(mutant["was"], mutant["is"])
            if f" ON {of}" in "\n".join(text.splitlines()[max(0, number - 2) : number + 1])
            else line
            for number, line in enumerate(text.splitlines())
        )

    parts = tuple(
        part.model_copy(
            update={
                "sql": changed(part.sql),
                "statements": tuple(
                    Statement(**{**one.model_dump(), "sql": changed(one.sql)}) for one in part.statements
                ),
            }
        )
        for part in scripts.parts
    )
    assert parts != scripts.parts, mutant
    return scripts.model_copy(update={"parts": parts})


def reviewed(schema: str, lifecycle: dict[str, Any], engine: str = "postgresql 18") -> ReviewSchemaAnswer:
    design = {"engine": engine, "schema": schema, "lifecycle": lifecycle}
    return review_schema(yaml.safe_dump(design, sort_keys=False), only=["lifecycle"], call=Call())


SHOWN = {
    "tenant-rows-visible", "tenant-reference-crosses", "audit-trigger-missing", "deleted-row-keeps-value", "refers-to-deleted-row",
    "erasure-needs-an-order",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(pages(LIFECYCLE)))
def test_the_example_of_a_page_shows_its_gap(name: str) -> None:
    design = yaml.safe_load(pages()[name].partition("## Example\n\n```yaml\n")[2].partition("\n```")[0])
    found = [one for one in reviewed(design["schema"], design["lifecycle"]).findings if one.rule == name]
    assert found
    seen = [key for one in found for key in one.evidence if key.startswith("as run on PostgreSQL")]
    assert bool(seen) == (name in SHOWN)


def test_a_gap_of_another_engine_is_reported_without_having_been_run() -> None:
    answer = reviewed(
        "CREATE TABLE a (id bigint PRIMARY KEY, t bigint NOT NULL);", {"tenant": {"column": "t"}}, "mysql 8.4"
    )
    assert [one.rule for one in answer.findings] == ["tenant-index-missing"]
    assert "by rule, not executed" in " ".join(answer.notes)


def test_partitions_are_detached_when_they_are_over_and_rows_without_a_key_are_deleted_in_batches() -> None:
    schema = """
        CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE events_2019 PARTITION OF events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
        CREATE TABLE events_2035 PARTITION OF events FOR VALUES FROM ('2035-01-01') TO ('2036-01-01');
        CREATE TABLE readings (sensor text, taken_on date NOT NULL);
        CREATE TABLE calls (id uuid PRIMARY KEY, ended timestamp NOT NULL);
    """
    retention = {
        "events": {"after": "13mo", "by": "at", "how": "detach"},
        "readings": {"after": "30 days", "by": "taken_on"},
        "calls": {"after": "2 years", "by": "ended", "how": "archive"},
    }
    steps = tried(schema, {"retention": retention})
    assert [one.seen for one in steps if not one.holds] == []
    (parts,) = [one.seen for one in steps if "partitions" in one.claim]
    assert parts.startswith("2 partitions, over events_2019; detached events_2019")
    assert any("in the archive" in one.seen for one in steps)


def test_where_no_partition_is_over_yet_one_is_made_that_is() -> None:
    schema = """
        CREATE TABLE events (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE events_2035 PARTITION OF events FOR VALUES FROM ('2035-01-01') TO ('2036-01-01');
        CREATE TABLE events_else PARTITION OF events DEFAULT;
    """
    (step,) = tried(schema, {"retention": {"events": {"after": "24mo", "by": "at", "how": "detach"}}})
    assert step.seen.startswith("3 partitions, over events_of_1970; detached events_of_1970")
    assert step.holds


def test_typed_versions_are_kept_where_that_is_asked_for() -> None:
    steps = tried(
        MUTANTS["schema"], {"audit": {"tables": ["users", "orders"], "how": "history"}, "erasure": {"subject": "users"}}
    )
    assert [f"{one.claim}: {one.seen}" for one in steps if not one.holds] == []


def test_tenants_and_composite_keys_and_names_that_must_be_quoted() -> None:
    schema = """
        CREATE SCHEMA sales;
        CREATE TABLE sales."Account" (tenant uuid NOT NULL, "No" int NOT NULL, "E-mail" text NOT NULL UNIQUE, PRIMARY KEY (tenant, "No"));
        CREATE TABLE sales."order" (
            "Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant uuid NOT NULL, "Account No" int NOT NULL, "when" timestamptz NOT NULL,
            FOREIGN KEY (tenant, "Account No") REFERENCES sales."Account"
        );
        CREATE TABLE sales."line item" ("Order" bigint NOT NULL REFERENCES sales."order" ON DELETE CASCADE, "No" int, PRIMARY KEY ("Order", "No"));
    """
    wanted = {
        "tenant": {"column": "tenant", "setting": "app.tenant"},
        "audit": {"tables": "all", "keep": "24mo"},
        "soft_delete": {"tables": ["sales.Account", "sales.order", "sales.line item"], "column": "Deleted at"},
        "retention": {"sales.order": {"after": "2 years", "by": "when"}},
        "erasure": {"subject": "sales.Account"},
    }
    steps = tried(schema, wanted)
    assert [f"{one.claim}: {one.seen}" for one in steps if not one.holds] == []


def test_crypto_shredding_destroys_the_key_alone() -> None:
    steps = tried(MUTANTS["schema"], {"erasure": {"subject": "users", "how": "crypto-shredding"}})
    assert [one.holds for one in steps] == [True]


def test_a_reference_that_cannot_be_cut_is_refused_with_what_to_do() -> None:
    schema = (
        "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, assignee int NOT NULL REFERENCES u);"
    )
    with pytest.raises(InputError, match=r"t \(assignee\) cannot be emptied: it is NOT NULL"):
        tried(schema, {"erasure": {"subject": "u", "unlink": ["t.assignee"]}})


def test_a_graph_with_more_ways_than_can_be_followed_ends_in_an_error() -> None:
    layers = "\n".join(
        f"CREATE TABLE t{layer}_{place} (id int PRIMARY KEY, "
        + ", ".join(f"p{parent} int REFERENCES t{layer - 1}_{parent}" for parent in range(4))
        + ");"
        for layer in range(1, 9)
        for place in range(4)
    )
    first = "".join(f"CREATE TABLE t0_{place} (id int PRIMARY KEY, u int REFERENCES u);\n" for place in range(4))
    with pytest.raises(LimitError, match="more ways than can be followed"):
        tried(f"CREATE TABLE u (id int PRIMARY KEY);\n{first}{layers}", {"erasure": {"subject": "u"}})


def test_what_hangs_from_rows_that_stay_stays_with_them() -> None:
    schema, lifecycle = designed(
        """CREATE TABLE u (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE invoice (id int PRIMARY KEY, u int NOT NULL REFERENCES u, address text NOT NULL);
        CREATE TABLE line (id int PRIMARY KEY, invoice int NOT NULL REFERENCES invoice);""",
        {"erasure": {"subject": "u", "keep": {"invoice": ["address"]}}},
    )
    from dbdesign.integrity.lifecycle.base import Target

    assert lifecycle.erasure is not None
    person = Person(Target(Engine.POSTGRESQL, (18,), schema, lifecycle), lifecycle.erasure, {"id": "$1"})
    assert [(one.table.label, one.does, dict(one.sets)) for one in person.actions] == [
        ("invoice", "overwrite", {"address": "'erased'"}),
        ("u", "overwrite", {"name": "'erased'"}),
    ]


def test_names_that_the_schema_does_not_have_are_refused_with_their_line() -> None:
    text = "engine: postgresql 18\nschema: CREATE TABLE users (id int PRIMARY KEY);\nlifecycle:\n  audit: {tables: [user]}\n"
    with pytest.raises(DesignFileError, match=r"line 4: lifecycle.audit: no table 'user'; did you mean users\?"):
        generate_schema(text, to="postgresql", call=Call())
