"""Each case read statically is what mongoose itself makes of the same modules: paths, their keywords, indexes, discriminators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from case_files import SourceCase, source_cases
from dbdesign.readers.mongoose import read
from mongoose_models import Case, disagreements, loaded

CASES = source_cases(Path(__file__).parent / "cases.txt")
NOTED = {
    "nest: nested classes and references": (
        "Nest makes Mixed of it: the type is Schema.Types.ObjectId, not Types.ObjectId",
    )
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What mongoose makes of every case."""
    return loaded([Case(case.slug, case.files, _schemas(case)) for case in CASES], tmp_path_factory.mktemp("models"))


def _schemas(case: SourceCase) -> dict[str, str]:
    """`CatSchema=Cat, …`: what the exported schemas of classes are models of."""
    return dict(one.strip().split("=", 1) for one in case.settings.get("schemas", "").split(",") if one)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_module_is_read_as_mongoose_loads_it(case: SourceCase, found: dict[str, Any]) -> None:
    result = read(case.files)
    assert tuple(one.reason for one in result.unread) == NOTED.get(case.name, ())
    assert "error" not in found[case.slug], found[case.slug]
    assert result.documents is not None
    assert disagreements(result.documents, found[case.slug]) == []
