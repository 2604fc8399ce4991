"""The rules on real schemas: what they say there is bounded, and every fix that they propose runs on the schema it is for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import yaml

from dbdesign.engines.postgres import embedded
from dbdesign.model.design import Design
from dbdesign.readers.base import reader
from dbdesign.rules.review import Review, review
from real_schemas import ROOT, read_real, real_sql

if TYPE_CHECKING:
    from dbdesign.model.finding import Finding

MARKETPLACE = ROOT / "examples" / "marketplace" / "schema.sql"

EXPECTED = yaml.safe_load((Path(__file__).parent / "real_schemas.yaml").read_text())


def review_text(text: str, engine: str) -> tuple[Design, Review]:
    result = reader(engine).read(text)
    design = Design(schema=result.schema_, lines=result.lines, comments=result.comments)
    return design, review(design)


def in_a_line(finding: Finding) -> str:
    more = f" and {len(finding.objects) - 1} more" if len(finding.objects) > 1 else ""
    return f"{finding.severity.value} {finding.rule} {finding.object}{more}"


def failures(text: str, findings: tuple[Finding, ...]) -> list[str]:
    """What PostgreSQL says of the fixes that do not run, each tried on the schema as it was."""
    said = []
    with embedded().scratch() as database:
        database.run_script(text)
        for finding in findings:
            if finding.fix is None:
                continue
            try:
                with database.user.transaction(force_rollback=True):
                    database.user.execute(finding.fix.encode())
            except psycopg.Error as error:
                said.append(f"{finding.rule}: {error}")
    return said


@pytest.mark.parametrize("entry", real_sql())
def test_what_the_rules_say_of_a_real_schema_is_as_it_was_judged(entry: dict[str, Any]) -> None:
    design, found = review_text(read_real(entry), entry["dialect"])
    assert found.problems == ()
    assert [in_a_line(finding) for finding in found.findings] == EXPECTED[entry["file"]]
    assert all(finding.line is not None for finding in found.findings)
    assert review(design) == found


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_every_fix_runs_on_the_real_schema_that_it_is_for(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    _, found = review_text(text, "postgresql")
    assert failures(text, found.findings) == []


def test_every_fix_runs_on_the_marketplace() -> None:
    text = MARKETPLACE.read_text()
    _, found = review_text(text, "postgresql")
    assert len(found.findings) > 20
    assert failures(text, found.findings) == []
