"""An answer's files are found in a text as models write it, and what cannot be found is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign_evals.answer import MAX_FILE, Answer, MissingFileError, from_folder, from_text
from dbdesign_evals.claims import claims
from dbdesign_evals.task import Deliverable

SQL = Deliverable(file="schema.sql", language="sql", what="the schema")
YAML = Deliverable(file="report.yaml", language="yaml", what="the report")

NAMED = {
    "behind the language": "```sql schema.sql\nselect 1;\n```",
    "as an attribute": '```sql title="schema.sql"\nselect 1;\n```',
    "with a colon": "```sql:schema.sql\nselect 1;\n```",
    "in a heading before": "### `schema.sql`\n\n```sql\nselect 1;\n```",
    "in bold before": "**schema.sql**:\n```sql\nselect 1;\n```",
    "in a comment": "```sql\n-- schema.sql\nselect 1;\n```",
    "with a path": "```sql\n-- file: db/schema.sql\nselect 1;\n```",
    "not at all": "Here it is:\n\n```sql\nselect 1;\n```",
    "in another case of the language": "```PostgreSQL\nselect 1;\n```",
    "in a block with tildes": "~~~sql schema.sql\nselect 1;\n~~~",
    "in an indented block": "1. This:\n\n   ```sql schema.sql\nselect 1;\n   ```",
}


@pytest.mark.parametrize("text", NAMED.values(), ids=list(NAMED))
def test_a_file_is_found_by_the_name_of_its_block(text: str) -> None:
    assert "select 1;" in from_text(text, [SQL]).file("schema.sql")


def test_names_are_whole_words() -> None:
    answer = from_text("```sql my-schema.sql\nselect 1;\n```\n```sql schema.sql\nselect 2;\n```", [SQL])
    assert answer.files == {"schema.sql": "select 2;\n"}


def test_several_files_go_each_to_its_own() -> None:
    answer = from_text("```sql\nselect 1;\n```\n\n```yaml\na: 1\n```\n", [SQL, YAML])
    assert answer.files == {"schema.sql": "select 1;\n", "report.yaml": "a: 1\n"}


def test_a_block_in_a_block_belongs_to_the_outer_one() -> None:
    answer = from_text("````sql schema.sql\n-- ```\nselect 1;\n````", [SQL])
    assert answer.files == {"schema.sql": "-- ```\nselect 1;\n"}


def test_of_unnamed_blocks_the_longest_is_taken_and_that_is_said() -> None:
    answer = from_text("```sql\nselect 1;\n```\n```sql\nselect 1;\nselect 2;\n```", [SQL])
    assert answer.files == {"schema.sql": "select 1;\nselect 2;\n"}
    assert answer.notes == ("schema.sql: taken from a block without a name, the longest of 2",)


def test_of_two_blocks_with_the_name_the_later_one_counts() -> None:
    answer = from_text("```sql schema.sql\nselect 1;\n```\n```sql schema.sql\nselect 2;\n```", [SQL])
    assert answer.files == {"schema.sql": "select 2;\n"}
    assert answer.notes == ("schema.sql: given more than once; the last one is graded",)


def test_a_block_that_does_not_end_is_taken_and_that_is_said() -> None:
    answer = from_text("```sql schema.sql\nselect 1;", [SQL])
    assert answer.files == {"schema.sql": "select 1;\n"}
    assert "probably cut short" in answer.notes[0]


HUGE = {
    "many blocks": "```sql\nx\n```\n" * 100_000,
    "a fence without end": "`" * 1_000_000,
    "fences alone": "```\n" * 200_000,
    "one line": "a" * 1_000_000,
    "claims": "I tested it. " * 80_000,
    "one file": "```sql schema.sql\n" + "select 1;\n" * 120_000 + "```\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=list(HUGE))
def test_an_answer_of_a_megabyte_is_looked_through(text: str) -> None:
    answer = from_text(text, [SQL, YAML])
    assert any(note.startswith("report.yaml: could not be extracted") for note in answer.notes)
    assert len(claims(text)) <= 40_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I would make two tables.", "could not be extracted: the answer has no fenced block"),
        ("```python\nprint()\n```", "none of its 1 fenced blocks is named schema.sql"),
        ("```sql schema.sql\n\n```", "is empty"),
        (f"```sql schema.sql\n{'x' * (MAX_FILE + 1)}\n```", f"more than {MAX_FILE}; not graded"),
    ],
    ids=["prose only", "another language", "an empty block", "a block that is too large"],
)
def test_a_file_that_cannot_be_taken_says_so(text: str, said: str) -> None:
    answer = from_text(text, [SQL])
    with pytest.raises(MissingFileError, match=r"schema\.sql:") as error:
        answer.file("schema.sql")
    assert said in str(error.value)


def test_an_optional_file_may_be_left_out_without_a_word() -> None:
    optional = Deliverable(file="extra.yaml", language="yaml", what="more", optional=True)
    assert from_text("```sql\nselect 1;\n```", [SQL, optional]).notes == (
        "schema.sql: taken from a block without a name",
    )


def test_a_folder_is_read_by_the_files_that_were_asked_for(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("select 1;\r\nselect '\0';")
    (tmp_path / "notes.md").write_text("hello")
    assert from_folder(tmp_path, [SQL, YAML]) == Answer(
        {"schema.sql": "select 1;\nselect '';\n"}, ("report.yaml: there is no such file", "not asked for: notes.md")
    )
