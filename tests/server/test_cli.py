"""The command line: what scripts rely on, what people see, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from typer.testing import CliRunner

from dbdesign_server import commands
from dbdesign_server.app import build_server
from dbdesign_server.commands import app, run
from server_processes import command, environment

COSTLY = (
    "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, `price` double NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n"
)


def dbdesign(*arguments: str, text: str | bytes | None = None, **extra: str) -> subprocess.CompletedProcess[bytes]:
    """The command line as a subprocess, its input from a pipe."""
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run(
        command(*arguments), input=data, capture_output=True, env=environment(**extra), timeout=120, check=False
    )


@pytest.fixture(autouse=True)
def costly(project: Path) -> None:
    """A schema with a finding of severity high, read without a server."""
    (project / "costly.sql").write_text(COSTLY)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("arguments", "tool", "given"),
    [
        (["read", "shop.sql"], "read_schema", {}),
        (["read", "shop.sql", "--detail", "summary"], "read_schema", {"detail": "summary"}),
        (["review", "shop.sql", "--minimum", "low"], "review_schema", {"minimum": "low"}),
        (["generate", "shop.sql", "--to", "postgresql"], "generate_schema", {"to": "postgresql"}),
        (["erd", "shop.sql", "--keys-only", "--focus", "orders"], "draw_erd", {"keys_only": True, "focus": ["orders"]}),
    ],
)
async def test_json_is_exactly_the_structured_content_of_the_tool(
    project: Path, arguments: list[str], tool: str, given: dict[str, Any]
) -> None:
    printed = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    async with Client(build_server()) as client:
        result = await client.call_tool(tool, {"source": "shop.sql", **given})
    assert printed == result.structured_content
    assert list(printed) == list(result.structured_content or ())


def test_generate_prints_the_text_alone_and_notes_on_standard_error(project: Path) -> None:
    done = dbdesign("generate", "shop.sql", "--to", "postgresql")
    assert done.returncode == 0
    assert "CREATE TABLE orders" in done.stdout.decode()
    assert b"written for postgresql" not in done.stdout
    assert b"written for postgresql" in done.stderr
    printed = json.loads(CliRunner().invoke(app, ["generate", "shop.sql", "--to", "postgresql", "--json"]).stdout)
    assert printed["text"].rstrip("\n") == done.stdout.decode().rstrip("\n")


def test_standard_input_is_read(project: Path) -> None:
    done = dbdesign("read", "-", "--json", text=COSTLY)
    assert [table["name"] for table in json.loads(done.stdout)["tables"]] == ["t"]
    assert dbdesign("review", "-", text=COSTLY).stdout.count(b"\x1b") == 0


EXITS: list[tuple[list[str], int]] = [
    (["review", "costly.sql"], 0),
    (["review", "costly.sql", "--fail-on", "high"], 1),
    (["review", "costly.sql", "--fail-on", "info", "--json"], 1),
    (["review", "costly.sql", "--only", "foreign-key-without-index", "--fail-on", "info"], 0),
    (["read", "nowhere.sql"], 2),
    (["read"], 2),
    (["frobnicate"], 2),
    (["read", "costly.sql", "--frobnicate"], 2),
    (["review", "costly.sql", "--fail-on", "awful"], 2),
    (["generate", "costly.sql", "--to", "cobol"], 2),
    (["rules", "no-such-rule"], 2),
    (["rules", "foreign-key-without-index"], 0),
    (["--version"], 0),
    (["read", "--help"], 0),
]


@pytest.mark.parametrize(("arguments", "code"), EXITS, ids=[" ".join(arguments) for arguments, _ in EXITS])
def test_exit_codes(project: Path, arguments: list[str], code: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == code
    errors = capfd.readouterr().err
    if code == 2:
        assert errors.startswith("dbdesign: ")
        assert errors.count("\n") == 1


def test_the_exit_code_reaches_the_shell(project: Path) -> None:
    assert dbdesign("review", "costly.sql", "--fail-on", "high").returncode == 1
    done = dbdesign("read", "shp.sql")
    assert done.returncode == 2
    assert done.stderr.decode() == ("dbdesign: shp.sql: there is no such file. Did you mean shop.sql?\n")


BAD = {
    "empty": (b"", "is empty"),
    "binary": (bytes(range(256)) * 10, "NUL byte"),
    "archive": (b"PGDMP\x01\x0f\x00", "pg_restore"),
    "unterminated": (b"create table t (id int);\ncreate table u (a text default 'x);\n", "line 2"),
    "prose": (b"lorem ipsum\n" * 4_000, "no format recognises"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_with_the_place_and_2(
    project: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    content, said = BAD[name]
    (project / "bad.sql").write_bytes(content)
    assert run(["read", "bad.sql"]) == 2
    errors = capfd.readouterr().err
    assert errors.count("\n") == 1
    assert said in errors


def test_root_narrows_what_the_user_may_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other.sql").write_text(COSTLY)
    assert run(["read", "../other.sql"]) == 0
    assert run(["read", "../other.sql", "--root", "."]) == 2
    assert run(["read", "shop.sql", "--root", "."]) == 0


def test_files_are_written_and_not_over_others(project: Path) -> None:
    assert run(["erd", "costly.sql", "-o", "out/"]) == 0
    assert (project / "out" / "costly.mmd").exists()
    assert run(["erd", "costly.sql", "-o", "out/"]) == 2
    assert run(["erd", "costly.sql", "-o", "out/", "--overwrite"]) == 0


def test_sarif_is_written_with_the_file_and_line(project: Path) -> None:
    assert run(["review", "costly.sql", "--sarif", "out.sarif"]) == 0
    result = json.loads((project / "out.sarif").read_text())["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "costly.sql"


def test_there_are_no_colours_in_a_pipe_and_none_where_the_user_wants_none(project: Path) -> None:
    assert b"\x1b[1" in in_terminal("review", "costly.sql", width=100)
    assert b"\x1b[3" not in in_terminal("review", "costly.sql", width=100, NO_COLOR="1")


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_terminal(project: Path, width: int) -> None:
    shown = in_terminal("read", "shop.sql", width=width, NO_COLOR="1", TERM="dumb").decode()
    assert "customer_id" in shown
    assert max(len(line.rstrip("\r")) for line in shown.split("\n")) <= width


def in_terminal(*arguments: str, width: int, **extra: str) -> bytes:
    """What the command line prints to a terminal so many columns wide."""
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=inner,
        stderr=subprocess.DEVNULL,
        env={"TERM": "xterm-256color"} | environment(COLUMNS=str(width), **extra),
    )
    os.close(inner)
    shown = b""
    while True:
        try:
            chunk = os.read(outer, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(outer)
    process.wait(timeout=60)
    return shown


def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    process = subprocess.Popen(command("rules"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) in {0, commands.BROKEN_PIPE}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dbdesign generate x.sql --to my", "mysql"),
        ("dbdesign review x.sql --only foreign-key-without", "foreign-key-without-index"),
        ("dbdesign review x.sql --fail-on h", "high"),
        ("dbdesign read x.sql --format post", "postgresql"),
        ("dbdesign rules foreign-key-without", "foreign-key-without-index"),
    ],
)
def test_the_shell_completes_values(
    project: Path, words: str, expected: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_DBDESIGN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with pytest.raises(SystemExit):
        run([])
    assert expected in capfd.readouterr().out.split()


def test_rules_are_listed_and_explained(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rules"]) == 0
    assert "foreign-key-without-index" in capfd.readouterr().out
    assert run(["rules", "foreign-key-without-index"]) == 0
    assert capfd.readouterr().out.startswith("# foreign-key-without-index")


def test_a_review_of_what_was_not_understood_does_not_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "cut.sql").write_text("CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT,\n")
    assert run(["review", "cut.sql", "--format", "mysql", "--fail-on", "info"]) == 2
    assert capsys.readouterr().err.startswith("dbdesign: cut.sql, line 1: ")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", None),
        ("FROBNICATE a;\n", "1 statement was not understood and not reviewed"),
        ("FROBNICATE a;\n" * 30, "30 statements were not understood and not reviewed"),
    ],
)
@pytest.mark.parametrize("paging", [[], ["--page", "1"]])
def test_a_review_counts_the_statements_that_it_did_not_see(
    project: Path, capsys: pytest.CaptureFixture[str], more: str, said: str | None, paging: list[str]
) -> None:
    (project / "partly.sql").write_text(f"CREATE TABLE `t` (`id` int NOT NULL, PRIMARY KEY (`id`));\n{more}")
    assert run(["review", "partly.sql", "--format", "mysql", "--fail-on", "info", *paging]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == said if said else "not reviewed" not in last


@pytest.mark.parametrize(
    "arguments", [["serve", "--bogus"], ["serve", "--http", "--port", "many"], ["read", "--bogus"]]
)
def test_a_mistake_in_the_options_is_one_line_with_the_remedy(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    from dbdesign_server.serve import serve

    assert (serve(arguments[1:]) if arguments[0] == "serve" else run(arguments)) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.endswith(f"Try 'dbdesign {arguments[0]} --help'\n")
