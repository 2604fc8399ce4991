"""Checks that written diagrams are legal: by strict little grammars of the subsets that we write, and, where they are installed, by
the languages' own parsers (npm packages `mermaid` and `@dbml/core`, found through DBDESIGN_NODE_MODULES or ./node_modules)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, writer

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "writers" / "golden"
_MODULES = Path(os.environ.get("DBDESIGN_NODE_MODULES", HERE.parent / "node_modules"))


def written(target: str, schema: Schema, **options: object) -> str:
    return writer(target).write(schema, WriteOptions(**options)).text  # type: ignore[arg-type]


def assert_golden(name: str, text: str) -> None:
    """The text equals the reviewed file; DBDESIGN_REWRITE_GOLDEN=1 writes it anew, to be reviewed as code."""
    path = GOLDEN / name
    if os.environ.get("DBDESIGN_REWRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def assert_parsed_by_node(language: str, package: str, texts: list[str]) -> None:
    """Every text is accepted by the language's own parser; a visible skip without node or the package."""
    node = shutil.which("node")
    if node is None or not (_MODULES / package).is_dir():
        pytest.skip(f"node with the npm package {package} is not here (DBDESIGN_NODE_MODULES)")
    run = subprocess.run(
        [node, str(HERE / "writers" / "parse_diagrams.mjs"), str(_MODULES), language],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    refused = [(answer, text) for text, answer in zip(texts, json.loads(run.stdout), strict=True) if answer]
    assert not refused, refused[0]


_ID = r'(?:(?!(?:end|style|class|classdef|direction|one|only|zero|many|to|u|o|title|subgraph)\b)[A-Za-z_]\w*|"[^"%\\\r\n\t\v\f~{}<>`*&]+")'
_STRING = r'"[^"\r\n~%\\{}<>`*]*"'
_WORD = r"(?!(?:pk|fk|uk)\b)[A-Za-z_][A-Za-z0-9_\-\[\]()]*"
_MARKS = r"(?:PK|FK|UK)(?:, (?:PK|FK|UK))*"
_LINES = re.compile(
    r"  %% (?!\{)[^\n{]*"
    rf"|  (?P<entity>{_ID})(?:\[{_STRING}\])?(?P<open> \{{)?"
    r"|  (?P<close>\})"
    rf"|    (?P<attribute>{_WORD} {_WORD}(?: {_MARKS})?(?: {_STRING})?)"
    rf"|  (?P<parent>{_ID}) (?:\|\||\|o)(?:--|\.\.)(?:o\{{|o\|) (?P<child>{_ID}) : {_STRING}",
    re.IGNORECASE | re.ASCII,
)
_HEADER = re.compile(r'(?:---\ntitle: (?:"(?:[^"\\\n]|\\.)*"|domains)\n---\n)?erDiagram\n')


def check_mermaid(text: str) -> tuple[list[str], int]:
    """The entities declared and the number of relations; fails where a line is not of the subset that Mermaid 11 and 12 parse."""
    header = _HEADER.match(text)
    assert header, text[:200]
    assert not re.search(r"direction\s+(TB|BT|LR|RL)", text, re.IGNORECASE)
    assert "%%{" not in text
    entities: list[str] = []
    ends: set[str] = set()
    links = 0
    inside = False
    for line in text[header.end() :].splitlines():
        match = _LINES.fullmatch(line)
        assert match, line
        if match["entity"]:
            assert not inside, line
            entities.append(match["entity"])
            inside = bool(match["open"])
        elif match["attribute"]:
            assert inside, line
        elif match["close"]:
            assert inside, line
            inside = False
        elif match["parent"]:
            ends |= {match["parent"], match["child"]}
            links += 1
    assert not inside
    assert len(entities) == len(set(entities))
    assert ends <= set(entities)
    return entities, links
