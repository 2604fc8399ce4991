"""A review as a whole: selection, order, groups, lines, suppression, configuration, SARIF."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.model.design import Design
from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine
from dbdesign.model.workload import Query
from dbdesign.readers.base import reader
from dbdesign.rules.base import Rule, families, rule, rules
from dbdesign.rules.grouping import group, join_alters
from dbdesign.rules.pages import index, page, scope
from dbdesign.rules.queries import parse_queries
from dbdesign.rules.review import review
from dbdesign.rules.sarif import fingerprint, sarif
from dbdesign.rules.suppression import ReviewConfig, comment_suppressions, read_config
from rule_examples import read_sql

SHOP = """\
-- The shop.
CREATE TABLE product (
    id INTEGER PRIMARY KEY,
    price REAL NOT NULL, -- dbdesign: allow money-in-floating-point shown only
    -- dbdesign: allow money-in-floating-point: shown only
    cost REAL NOT NULL,
    fee REAL NOT NULL
);
-- Two lines before the table,
-- dbdesign: allow table-without-primary-key, nullable-primary-key a scratch pad
CREATE TABLE pad (
    note TEXT
);
CREATE TABLE slate (
    note TEXT
);
"""


@pytest.fixture(scope="module")
def shop() -> Design:
    return read_sql(SHOP, Engine.SQLITE)


def names(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.object) for finding in findings]


def test_a_comment_allows_a_rule_on_its_line_on_the_next_one_and_in_a_whole_table(shop: Design) -> None:
    found = review(shop)
    assert names(found.findings) == [
        ("table-without-primary-key", "slate"),
        ("money-in-floating-point", "product.fee"),
    ]
    assert [(one.finding.object, one.by.line, one.by.reason) for one in found.suppressed] == [
        ("product.price", 4, "shown only"),
        ("product.cost", 5, "shown only"),
        ("pad", 10, "a scratch pad"),
    ]
    assert found.suppressed_by_rule == {"money-in-floating-point": 2, "table-without-primary-key": 1}
    assert [str(one) for one in found.unused] == ["line 10: allow nullable-primary-key"]


def test_a_comment_for_the_file_allows_a_rule_everywhere() -> None:
    design = read_sql("/* dbdesign: allow-file table-without-primary-key */\n" + SHOP, Engine.SQLITE)
    assert names(review(design).findings) == [("money-in-floating-point", "product.fee")]


def test_a_suppression_of_an_unknown_rule_is_said_with_the_nearest_name() -> None:
    design = read_sql(
        "-- dbdesign: allow money-in-floating-points\nCREATE TABLE t (id INTEGER PRIMARY KEY);", Engine.SQLITE
    )
    assert review(design).problems == (
        "line 1: allow money-in-floating-points: no such rule; did you mean money-in-floating-point?",
    )


@pytest.mark.parametrize("comment", ["-- dbdesign: allow", "-- dbdesign: alow nullable-flag", "/* dbdesign: */"])
def test_a_directive_that_cannot_be_understood_is_said(comment: str) -> None:
    assert comment_suppressions({3: comment}) == (
        [],
        ["line 3: write `dbdesign: allow <rule>` or `dbdesign: allow-file <rule>`"],
    )


def test_several_directives_in_a_block_comment_are_each_on_their_line() -> None:
    text = "/* dbdesign: allow nullable-flag, wide-table old\n   dbdesign: allow-file duplicate-index */"
    found, problems = comment_suppressions({7: text})
    assert [(one.rule, one.line, one.whole_file, one.reason) for one in found] == [
        ("nullable-flag", 7, False, "old"),
        ("wide-table", 7, False, "old"),
        ("duplicate-index", 8, True, ""),
    ]
    assert problems == []


CONFIG = """
[tool.other]
x = 1
[tool.dbdesign.review]
ignore = ["money-in-floating-point"]
[tool.dbdesign.review.severity]
table-without-primary-key = "high"
[[tool.dbdesign.review.allow]]
rule = "table-without-primary-key"
object = "pa*"
reason = "scratch"
[[tool.dbdesign.review.allow]]
rule = "table-without-primary-kay"
"""


def test_the_configuration_ignores_grades_and_allows(shop: Design) -> None:
    bare = shop.model_copy(update={"comments": {}})
    found = review(bare, config=read_config(CONFIG, where="pyproject.toml"))
    assert [(one.rule, one.object, one.severity) for one in found.findings] == [
        ("table-without-primary-key", "slate", Severity.HIGH)
    ]
    assert [(one.finding.object, one.by.kind, one.by.reason) for one in found.suppressed] == [
        ("pad", "configuration", "scratch")
    ]
    assert found.skipped["money-in-floating-point"] == "ignored"
    assert found.problems == (
        "configuration: allow table-without-primary-kay on *: no such rule; did you mean table-without-primary-key?",
    )


def test_a_file_of_its_own_has_the_same_tables_without_the_prefix() -> None:
    assert read_config('[review]\nignore = ["wide-table"]\nminimum = "low"', where="dbdesign.toml") == ReviewConfig(
        ignore=("wide-table",), minimum=Severity.LOW
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[review", "dbdesign.toml: not TOML: Expected ']' at the end of a table declaration (at end of document)"),
        (
            "[review]\nignored = []",
            "review.ignored: Extra inputs are not permitted. The keys are ignore, severity, minimum, allow",
        ),
        ('[review]\nminimum = "bad"', "review.minimum"),
        ('[review]\nignore = "x"', "review.ignore"),
        ("review = 3", "review: "),
    ],
)
def test_a_configuration_that_does_not_hold_names_the_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_config(text, where="dbdesign.toml")
    assert said in str(caught.value)


def test_unknown_names_in_the_configuration_do_not_stop_a_review(shop: Design) -> None:
    config = ReviewConfig(ignore=("no-such-rule",), severity={"nullable-flagg": Severity.LOW})
    assert review(shop, config=config).problems == (
        "configuration: no rule named 'no-such-rule'. Known: "
        + ", ".join(sorted([*rules(), *families()])[:20])
        + ", …",
        "configuration: no rule named 'nullable-flagg'. Did you mean nullable-flag?",
    )


def test_rules_and_families_can_be_chosen_and_left_out(shop: Design) -> None:
    bare = shop.model_copy(update={"comments": {}})
    assert {one.rule for one in review(bare, only=["keys"]).findings} == {"table-without-primary-key"}
    assert {one.rule for one in review(bare, only=["types"]).findings} == {"money-in-floating-point"}
    assert review(bare, ignore=["keys", "money-in-floating-point"]).findings == ()
    with pytest.raises(UnknownNameError, match="Did you mean nullable-flag"):
        review(bare, only=["nullable-flags"])


def test_the_callers_severities_win_and_the_minimum_is_counted(shop: Design) -> None:
    bare = shop.model_copy(update={"comments": {}})
    config = ReviewConfig(severity={"table-without-primary-key": Severity.INFO})
    found = review(bare, severities={"types": Severity.HIGH}, minimum=Severity.MEDIUM, config=config)
    assert [(one.rule, one.severity, one.objects) for one in found.findings] == [
        ("money-in-floating-point", Severity.HIGH, ("product.price", "product.cost", "product.fee"))
    ]
    assert found.below_minimum == {"table-without-primary-key": 2}
    assert found.counts == {Severity.HIGH: 1}
    assert found.worst() is Severity.HIGH


def test_a_rule_for_another_engine_or_without_a_workload_is_skipped_with_the_reason(shop: Design) -> None:
    skipped = review(shop).skipped
    assert skipped["serial-instead-of-identity"] == "not for SQLite"
    assert skipped["query-without-index"] == "the design has no workload"


def test_a_review_of_an_equal_design_is_equal(shop: Design) -> None:
    assert review(shop) == review(Design.model_validate(shop.model_dump(by_alias=True)))


def test_repeats_become_one_finding_with_common_facts_and_a_joint_fix() -> None:
    one = rule("timestamp-without-time-zone")
    findings = [
        one.finding(
            f"t.c{number}",
            "m",
            fix=f"ALTER TABLE t ALTER COLUMN c{number} TYPE x;",
            evidence={"type": "ts", "n": number},
        )
        for number in range(12)
    ]
    (joined,) = group([(one, finding) for finding in findings], Engine.POSTGRESQL)
    assert joined.object == "t.c0"
    assert len(joined.objects) == 12
    assert joined.message.startswith("12 columns hold points in time")
    assert joined.evidence == {"count": 12, "type": "ts", "n": [*map(str, range(8)), "and 4 more"]}
    assert joined.fix is not None
    assert joined.fix.count("ALTER TABLE") == 1


def test_repeats_of_other_severity_stay_apart_and_so_do_causes_of_their_own() -> None:
    repeated, single = rule("timestamp-without-time-zone"), rule("duplicate-index")
    pairs: list[tuple[Rule, Finding]] = [
        (repeated, repeated.finding("a.x", "m")),
        (repeated, repeated.finding("a.y", "m", severity=Severity.LOW)),
        (single, single.finding("a (i)", "m")),
        (single, single.finding("a (j)", "m")),
    ]
    assert [one.objects for one in group(pairs, Engine.POSTGRESQL)] == [("a.x",), ("a.y",), ("a (i)",), ("a (j)",)]


def test_statements_that_alter_one_table_are_joined_only_where_the_engine_can() -> None:
    fixes = [
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
        "CREATE INDEX i ON t (a);",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);",
    ]
    assert join_alters(fixes, Engine.POSTGRESQL) == [
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL,\n    ADD CONSTRAINT c CHECK (a > 0);",
        "CREATE INDEX i ON t (a);",
    ]
    assert join_alters(fixes, Engine.SQLSERVER) == fixes
    assert join_alters(["ALTER TABLE t RENAME COLUMN a TO b;"] * 2, Engine.POSTGRESQL) == [
        "ALTER TABLE t RENAME COLUMN a TO b;"
    ]


def test_sarif_has_rules_results_suppressions_and_stable_fingerprints(shop: Design) -> None:
    found = review(shop)
    log = sarif(found, uri="db/schema.sql", version="0.1.0")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    descriptors = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in descriptors] == ["money-in-floating-point", "table-without-primary-key"]
    assert all(one["help"]["markdown"].startswith(f"# {one['id']}\n") for one in descriptors)
    results = run["results"]
    assert all(descriptors[one["ruleIndex"]]["id"] == one["ruleId"] for one in results)
    assert [one["level"] for one in results] == ["warning", "note", "note", "note", "warning"]
    assert [one.get("suppressions") for one in results[:3]] == [
        None,
        None,
        [{"kind": "inSource", "status": "accepted", "justification": "shown only"}],
    ]
    location = results[1]["locations"][0]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "db/schema.sql"}, "region": {"startLine": 7}}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "product.fee", "kind": "object"}]
    moved = read_sql("\n\n" + SHOP, Engine.SQLITE)
    again = sarif(review(moved), uri="db/schema.sql", version="0.2.0")["runs"][0]["results"]
    assert [one["partialFingerprints"] for one in again] == [one["partialFingerprints"] for one in results]
    assert len({fingerprint(one) for one in found.findings}) == len(found.findings)


def test_sarif_tells_what_is_wrong_with_suppressions() -> None:
    design = read_sql("-- dbdesign: allow nothing-at-all\nCREATE TABLE t (id INTEGER PRIMARY KEY);", Engine.SQLITE)
    (run,) = sarif(review(design), uri="a.sql", version="0.1.0")["runs"]
    (invocation,) = run["invocations"]
    assert invocation["toolConfigurationNotifications"][0]["message"]["text"].startswith("line 1: allow nothing-at-all")


def test_the_index_lists_every_rule_by_family_and_a_page_says_how_to_allow_it() -> None:
    text = index()
    assert all(f"[{name}]({name}.md)" in text for name in rules())
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {family.replace('_', ' ')}" for family in families()
    ]
    assert "`-- dbdesign: allow nullable-flag <reason>`" in page(rule("nullable-flag"))
    assert scope(rule("query-without-index")) == "every engine; needs a workload"


def test_a_query_that_is_nested_too_deeply_is_not_understood_and_the_others_are() -> None:
    schema = reader("postgresql").read("create table t (id int primary key, a int)").schema_
    deep = Query(name="deep", sql=f"select id from t where {'(' * 300}a = 1{')' * 300}")
    parsed, failed = parse_queries([deep, Query(name="plain", sql="select a from t")], schema, "postgres")
    assert ([one.query.name for one in parsed], failed) == (["plain"], ["deep"])
