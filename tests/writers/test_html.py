"""The HTML page: everything in one file, nothing of the schema as markup or script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import Engine, Schema
from diagram_checks import written
from diagram_schemas import HOSTILE_NAMES, many_tables, named_after, names, shop


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text inside each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1] += data


def data(text: str) -> dict[str, Any]:
    return json.loads(Page(text).scripts[0])  # type: ignore[no-any-return]


def test_the_data_says_what_the_diagram_shows() -> None:
    found = data(written("html", shop()))
    assert found["title"] == "PostgreSQL schema: 7 tables, 7 references"
    assert [table["title"] for table in found["tables"]][-1] == "events (1 partition)"
    assert found["stubs"] == [{"name": "billing.providers", "where": "not in the schema"}]
    assert found["tables"][0]["columns"][1] == {
        "name": "email",
        "type": "varchar(320)",
        "marks": ["UK"],
        "required": True,
        "comment": 'Lower case, e.g. "ann@example.com"',
    }
    assert found["links"][0] == {
        "child": "profiles",
        "parent": "customers",
        "from": "customer_id",
        "to": "id",
        "role": "customer_id",
        "optional": False,
        "unique": True,
        "identifying": True,
        "actions": "on delete cascade, on update no action",
    }


def test_comments_can_be_left_out() -> None:
    assert "ann@example.com" not in written("html", shop(), comments=False)


@given(st.lists(names, min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_no_name_becomes_markup_or_script(odd: list[str]) -> None:
    schema = named_after(tuple(odd))
    text = written("html", schema)
    page, plain = Page(text), Page(written("html", shop()))
    assert page.elements == plain.elements
    assert page.scripts[1] == plain.scripts[1]
    assert [table["name"] for table in json.loads(page.scripts[0])["tables"]] == [
        table.label for table in schema.tables
    ]


def test_the_page_allows_its_own_script_alone_and_loads_nothing() -> None:
    text = written("html", shop())
    page = Page(text)
    policy = next(attributes["content"] or "" for tag, attributes in page.elements if "http-equiv" in attributes)
    digest = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not [tag for tag, attributes in page.elements if {"src", "href"} & set(attributes)]
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\(", page.scripts[1]
    )


@pytest.mark.parametrize(
    ("schema", "tables", "links"),
    [
        (shop(), 8, 7),
        (named_after(HOSTILE_NAMES), len(set(HOSTILE_NAMES)), len(set(HOSTILE_NAMES)) - 1),
        (many_tables(), 400, 797),
        (Schema(engine=Engine.SQLITE), 0, 0),
    ],
    ids=["shop", "hostile names", "400 tables", "nothing"],
)
def test_a_browser_draws_every_table_and_line(schema: Schema, tables: int, links: int, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    path = tmp_path / "page.html"
    path.write_text(written("html", schema), encoding="utf-8")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=5000",
    ]
    run = subprocess.run(
        [browser, *options, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert len(re.findall(r'<g class="table[ "]', run.stdout)) == tables
    assert len(re.findall(r'<g class="link[ "]', run.stdout)) == links
