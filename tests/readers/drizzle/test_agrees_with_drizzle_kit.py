"""Each case read statically is what the statements of drizzle-kit for the same modules are read as."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from case_files import SourceCase, source_cases
from dbdesign.model.schema import Schema
from dbdesign.readers import mysql, postgresql, sqlite
from dbdesign.readers.drizzle import read
from drizzle_kit import Module, kit_statements
from postgresql_comparison import differences

CASES = source_cases(Path(__file__).parent / "cases.txt")
SQL_READERS = {"pg": postgresql.read, "mysql": mysql.read, "sqlite": sqlite.read}
EXPRESSIONS = re.compile(r"CHECK|WHERE|INDEX|GENERATED|VIEW")
MYSQL_VIEW = re.compile(r"ALGORITHM = undefined\nSQL SECURITY definer\nVIEW (`\w+`) AS \((.*)\);")


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What drizzle-kit would execute for every case."""
    modules = [Module(case.slug, case.settings["core"], case.files, case.settings.get("casing")) for case in CASES]
    return kit_statements(modules, tmp_path_factory.mktemp("kit"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_module_is_read_as_what_drizzle_kit_would_create(case: SourceCase, statements: dict[str, list[str]]) -> None:
    result = read(_with_configuration(case))
    assert result.unread == ()
    assert differences(result.schema, _created(case, statements[case.slug], result.schema)) == []


def test_every_table_and_column_has_its_line_and_file() -> None:
    case = next(one for one in CASES if one.name == "pg: several files")
    result = read(case.files)
    assert (result.files["posts"], result.lines["posts"], result.lines["posts.author"]) == ("posts.ts", 3, 3)
    assert result.files["users.name"] == "users.ts"


def _with_configuration(case: SourceCase) -> dict[str, str]:
    casing = case.settings.get("casing")
    if casing is None:
        return case.files
    return {**case.files, "drizzle.config.ts": f'export default {{ dialect: "postgresql", casing: "{casing}" }};'}


def _created(case: SourceCase, written: list[str], ours: Schema) -> Schema:
    """The schema of drizzle-kit's statements; columns in expressions without their tables, as the engines keep them."""
    assert not written[:1] or not written[0].startswith("error: "), written[0]
    text = "\n".join(one if one.rstrip().endswith(";") else f"{one};" for one in written)
    text = MYSQL_VIEW.sub(r"VIEW \1 AS \2;", text)  # what MySQL does when nothing is said
    lines = [_bare(line, ours) if EXPRESSIONS.search(line) else line for line in text.split("\n")]
    result = SQL_READERS[case.settings["core"]]("\n".join(lines), execute=False)
    assert result.unread == ()
    return result.schema


def _bare(line: str, schema: Schema) -> str:
    for table in schema.tables:
        line = re.sub(rf'(?:"\w+"\.)?"{re.escape(table.name)}"\."(\w+)"(?!\s*\()', r'"\1"', line)
        line = re.sub(rf"`{re.escape(table.name)}`\.`(\w+)`", r"`\1`", line)
    return line
