"""MySQL's fixes run on MariaDB, on the rules' own examples and cases and on real schemas."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from dbdesign.model.schema import Engine
from dbdesign.rules.base import Rule, rules
from dbdesign.rules.review import review
from mariadb_servers import for_mariadb, server
from real_schemas import read_real, real_sql
from rule_examples import cases, engine_of, example, example_and_fix, read_sql

MYSQL_RULES = [pytest.param(rule, id=name) for name, rule in rules().items() if engine_of(rule) is Engine.MYSQL]
MYSQL_CASES = [name for name, (_, case) in cases().items() if case.get("engine") == "mysql" and case.get("reports")]
NUMBERS = count()


def run(script: str) -> None:
    """Runs a script in a database of its own; zero dates, which are one of the defects, are let in."""
    running = server()
    with running.database(f"fix_{next(NUMBERS)}") as name:
        running.run(f"SET SESSION sql_mode = '';\n{for_mariadb(script)}", name)


@pytest.mark.parametrize("rule", MYSQL_RULES)
def test_a_mysql_rules_fix_runs(rule: Rule) -> None:
    fixes = [one.fix for one in review(example(rule, "Example"), only=[rule.name]).findings if one.fix]
    run(example_and_fix(rule, "\n".join(fixes)))


@pytest.mark.parametrize("name", MYSQL_CASES)
def test_a_mysql_cases_fix_runs(name: str) -> None:
    rule, case = cases()[name]
    fixes = [one.fix for one in review(read_sql(case["sql"], "mysql"), only=[rule]).findings if one.fix]
    assert fixes
    run("\n".join((case["sql"], *fixes)))


@pytest.mark.parametrize("entry", real_sql("mysql"))
def test_every_fix_runs_on_the_real_mysql_schema_that_it_is_for(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    findings = review(read_sql(text, "mysql")).findings
    assert findings
    for finding in findings:
        if finding.fix:
            run(f"{text}\n{finding.fix}")
