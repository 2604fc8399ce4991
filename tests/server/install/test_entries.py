"""Entries are put into files and taken out again, and the rest of a file stays as it was, to the byte."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.errors import InputError
from dbdesign_server.install.json_entry import entry_of, with_entry, without_entry
from dbdesign_server.install.jsonc import MAX_DEPTH, read
from dbdesign_server.install.toml_entry import with_table, without_table

ENTRY = {"command": "dbdesign", "args": ["serve"]}
SPREAD = '{\n  "servers": {\n    "dbdesign": {\n      "command": "dbdesign",\n      "args": [\n        "serve"\n      ]\n    }\n  }\n}\n'
LINE = '"dbdesign": {"command": "dbdesign", "args": ["serve"]}'


def put(text: str | None) -> str:
    """The text with the entry."""
    return with_entry(text, "servers", "dbdesign", ENTRY, "mcp.json")


def take(text: str) -> str | None:
    """The text without it."""
    return without_entry(text, "servers", "dbdesign", "mcp.json")


def test_a_file_that_is_not_there_is_made_and_goes_again() -> None:
    assert put(None) == SPREAD
    assert take(SPREAD) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{}",
            '{"servers": {\n    "dbdesign": {\n      "command": "dbdesign",\n      "args": [\n        "serve"\n      ]\n    }\n  }}',
        ),
        ('{"servers": {}}\n', f'{{"servers": {{{LINE}}}}}\n'),
        ('{"servers": { /* none yet */ }}', f'{{"servers": {{{LINE} /* none yet */ }}}}'),
        ('{"servers": {"a": {}}}', f'{{"servers": {{"a": {{}}, {LINE}}}}}'),
        ('{"servers": {"a": {}, // one\n}}', f'{{"servers": {{"a": {{}}, // one\n{LINE},\n}}}}'),
        (
            '{\n\t"servers": {\n\t\t"a": {} // the first\n\t}\n}\n',
            (
                '{\n\t"servers": {\n\t\t"a": {}, // the first\n\t\t"dbdesign": {\n\t\t\t"command": "dbdesign",\n\t\t\t"args": [\n'
                '\t\t\t\t"serve"\n\t\t\t]\n\t\t}\n\t}\n}\n'
            ),
        ),
        (
            '{\r\n    "inputs": []\r\n}\r\n',
            (
                '{\r\n    "inputs": [],\r\n    "servers": {\r\n        "dbdesign": {\r\n            "command": "dbdesign",\r\n'
                '            "args": [\r\n                "serve"\r\n            ]\r\n        }\r\n    }\r\n}\r\n'
            ),
        ),
    ],
)
def test_an_entry_is_put_in_the_way_the_file_is_written(before: str, after: str) -> None:
    assert put(before) == after
    assert put(after) == after
    assert take(after) == before


def test_an_entry_that_differs_is_replaced_where_it_stands() -> None:
    old = '{\n  "servers": {\n    "dbdesign": {"command": "old"}, // mine\n    "z": {}\n  }\n}\n'
    assert put(old) == old.replace('{"command": "old"}', json.dumps(ENTRY))


def test_what_others_put_after_it_stays() -> None:
    later = SPREAD.replace("\n    }\n  }\n}", '\n    },\n    "z": {} // later\n  }\n}')
    assert take(later) == '{\n  "servers": {\n    "z": {} // later\n  }\n}\n'


blanks = st.sampled_from(
    ["", " ", "\n", "\n  ", "\n\t", "\r\n    ", " // why\n", "/* here */", "\n  // a, b: {\n  ", " /* } */ "]
)
names = st.sampled_from(["a", "b", "c", 'd"e', "é", "//", "servers2"])
scalars = st.one_of(st.integers(-5, 5), st.booleans(), st.none(), st.sampled_from(["x", "// no", '"', "\\", "é\n"]))


@st.composite
def objects(draw: st.DrawFn, value: st.SearchStrategy[str], first: str | None = None) -> str:
    """The text of an object, written anyhow, with a member of the name `first` somewhere if there is one."""
    keys = draw(st.lists(names, unique=True, max_size=3))
    if first is not None:
        keys.insert(draw(st.integers(0, len(keys))), first)
    parts = []
    for index, key in enumerate(keys):
        made = draw(objects(value)) if key == first else draw(value)
        comma = "," if index < len(keys) - 1 or draw(st.booleans()) else ""
        parts.append(f"{draw(blanks)}{json.dumps(key)}{draw(blanks)}:{draw(blanks)}{made}{draw(blanks)}{comma}")
    return "{" + "".join(parts) + draw(blanks) + "}"


values = st.one_of(scalars.map(json.dumps), st.lists(scalars, max_size=2).map(json.dumps))
documents = st.builds(
    lambda before, text, after: f"{before}{text}{after}",
    blanks,
    st.sampled_from([None, "servers"]).flatmap(lambda f: objects(values, f)),
    blanks,
)


@settings(max_examples=400, deadline=None)
@given(documents)
def test_putting_in_and_taking_out_restores_any_file(text: str) -> None:
    before = read(text, "mcp.json").plain
    changed = put(text)
    expected = {**before, "servers": {**before.get("servers", {}), "dbdesign": ENTRY}}
    assert read(changed, "mcp.json").plain == expected
    assert list(read(changed, "mcp.json").plain) == list(expected)
    assert entry_of(changed, "servers", "dbdesign", "mcp.json") == ENTRY
    assert put(changed) == changed
    assert take(changed) == text
    assert take(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the text ends too early; nothing was changed"),
        ("{\n  'a': 1}", "line 2: a name in quotes is expected"),
        ('{"a": 1 "b": 2}', "a comma or } is expected"),
        ('{"a": 01}', "a comma or } is expected"),
        ('{"a": [1 2]}', "a comma or ] is expected"),
        ('{"a"}', ": is expected"),
        ('{"a": 1}}', "something follows the document"),
        ('{"a": 1, "a": 2}', "'a' stands twice in one object"),
        ('{"a": tru}', "'t' begins no value"),
        ('{"a": "\n"}', "begins no value"),
        ('{"a": /* never', "begins no value"),
        ("[]", "is no JSON object"),
        ('{"servers": []}', "'servers' is no object"),
        ('{"servers": null}', "'servers' is no object"),
        ("{,}", "a name in quotes is expected"),
        ('{"a":' * (MAX_DEPTH + 1), f"is nested deeper than {MAX_DEPTH} levels"),
        ('{"a":' + "[" * 100_000, f"is nested deeper than {MAX_DEPTH} levels"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        put(text)
    assert said in str(caught.value)


def put_table(text: str | None) -> str:
    """The TOML with the table."""
    return with_table(text, "mcp_servers", "dbdesign", ENTRY, "config.toml")


def take_table(text: str) -> str | None:
    """The TOML without it."""
    return without_table(text, "mcp_servers", "dbdesign", "config.toml")


BLOCK = '[mcp_servers.dbdesign]\ncommand = "dbdesign"\nargs = ["serve"]\n'


@pytest.mark.parametrize(
    "before",
    [
        None,
        "",
        "\n",
        "# nothing\n",
        'model = "o9"  # mine\n',
        'model = "o9"',
        '[mcp_servers.other]\ncommand = "x"\n\n\n',
        '[a]\ntext = """\n[mcp_servers.x]\n"""\n',
        "[mcp_servers]\n",
        'a = 1\r\n[b]\r\nc = "d"\r\n',
    ],
)
def test_a_table_is_put_at_the_end_and_taken_out_to_the_byte(before: str | None) -> None:
    changed = put_table(before)
    assert tomllib.loads(changed)["mcp_servers"]["dbdesign"] == ENTRY
    assert changed.replace("\r\n", "\n").endswith(BLOCK)
    assert put_table(changed) == changed
    assert take_table(changed) == before
    assert before is None or take_table(before) == before


def test_what_others_put_after_the_table_stays() -> None:
    after = f"a = 1\n\n{BLOCK}\n# of b\n[b]\nc = 2\n"
    assert take_table(after) == "a = 1\n\n# of b\n[b]\nc = 2\n"


def test_a_table_that_differs_is_replaced_with_what_belongs_to_it() -> None:
    old = 'a = 1\n\n[ mcp_servers . "dbdesign" ] # ours\ncommand = "old"\n[mcp_servers.dbdesign.env]\nX = "1"\n\n[b]\nc = 2\n'
    assert put_table(old) == f"a = 1\n\n[b]\nc = 2\n\n{BLOCK}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "is not TOML"),
        ("a = 1\na = 2\n", "is not TOML"),
        ("[" * 50_000, "is not TOML"),
        ('mcp_servers = {dbdesign = {command = "x"}}\n', "in a form that cannot be changed safely"),
        ("mcp_servers = {}\n", "in a form that cannot be changed safely"),
        ("mcp_servers = 3\n", "in a form that cannot be changed safely"),
        ('mcp_servers.dbdesign.command = "x"\n', "in a form that cannot be changed safely"),
        (
            '[x]\nt = """\n[mcp_servers.dbdesign]\nc = 1\n"""\n[mcp_servers.dbdesign]\nc = 2\n',
            "in a form that cannot be changed safely",
        ),
    ],
)
def test_toml_that_cannot_be_changed_safely_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        put_table(text)


table_names = st.sampled_from(["a", "b.c", "mcp_servers.x", '"mcp_servers.dbdesign"', "mcp_servers"])
table_lines = st.sampled_from(
    ["k = 1\n", "# note\n", "\n", 'k = """\n[z]\n"""\n', "k = [\n  [1],\n]\n", "k = {x = 1}\n"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(table_names, unique=True, max_size=4), st.lists(table_lines, max_size=4), st.booleans())
def test_any_toml_is_restored(tables: list[str], lines: list[str], ends: bool) -> None:
    text = "".join(f"[{name}]\n{lines[index % len(lines)] if lines else ''}" for index, name in enumerate(tables))
    text = text if ends else text.rstrip("\n")
    try:
        before: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    changed = put_table(text)
    servers = before.get("mcp_servers", {})
    assert tomllib.loads(changed) == {**before, "mcp_servers": {**servers, "dbdesign": ENTRY}}
    assert take_table(changed) == text
