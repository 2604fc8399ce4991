"""The server as an assistant starts it: a process that speaks the protocol on standard output and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from server_processes import command, environment

pytestmark = pytest.mark.anyio

HANDSHAKE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def talk(
    messages: list[dict[str, Any]], *, expect: int, cwd: Path, **extra: str
) -> tuple[list[dict[str, Any]], str, int]:
    """Send messages, read so many lines of standard output, close; the answers, standard error, the exit code."""
    process = subprocess.Popen(
        command("serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment(**extra),
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for message in messages:
        process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(expect)]
    rest, errors = process.communicate(timeout=30)
    return [json.loads(line) for line in (*lines, *rest.splitlines())], errors, process.returncode


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_a_real_client_reads_a_schema(project: Path, era: Literal["auto", "legacy"]) -> None:
    arguments = command("serve")
    server = StdioServerParameters(command=arguments[0], args=arguments[1:], cwd=project, env=environment())
    with anyio.fail_after(60):
        async with Client(stdio_client(server), mode=era) as client:
            result = await client.call_tool("read_schema", {"source": "shop.sql", "detail": "names"})
    assert isinstance(result.structured_content, dict)
    assert result.structured_content["tables"] == [{"name": "customers"}, {"name": "orders"}]


def test_standard_output_is_the_protocol_alone_even_if_a_library_prints(project: Path) -> None:
    (project / "sitecustomize.py").write_text(
        "import builtins, os\n"
        "import dbdesign.api.read_schema as target\n"
        "original = target._summary\n"
        "def noisy(*a, **k):\n"
        "    print('noise from python')\n"
        "    os.system('echo noise from a child')\n"
        "    return original(*a, **k)\n"
        "target._summary = noisy\n"
    )
    paths = f"{project}:{environment()['PYTHONPATH']}"
    answers, errors, code = talk(
        [
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HANDSHAKE},
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {
                "jsonrpc": "2.0",
                "id": 2,
                "method": "tools/call",
                "params": {"name": "read_schema", "arguments": {"source": "shop.sql"}},
            },
        ],
        expect=2,
        cwd=project,
        PYTHONPATH=paths,
    )
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["tables"]
    assert "noise from python" in errors
    assert "noise from a child" in errors
    assert code == 0


def test_garbage_on_standard_input_does_not_end_the_server(project: Path) -> None:
    process = subprocess.run(
        command("serve"),
        input=b"this is no JSON\n\xff\xfe\n"
        + json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HANDSHAKE}).encode()
        + b"\n",
        capture_output=True,
        cwd=project,
        env=environment(),
        timeout=60,
        check=False,
    )
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    assert answers[-1]["id"] == 1
    assert answers[-1]["result"]["serverInfo"]["name"] == "dbdesign"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, None], ids=["SIGINT", "SIGTERM", "end of input"])
def test_the_server_ends_at_once_even_with_a_call_under_way(project: Path, ending: signal.Signals | None) -> None:
    process = subprocess.Popen(
        command("serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=project,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    slow = {"source": "create table t (id int);\nselect pg_sleep(25);\n", "format": "postgresql"}
    for message in (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HANDSHAKE},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "read_schema", "arguments": slow, "_meta": {"progressToken": 1}},
        },
    ):
        process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()
    while b"notifications/progress" not in process.stdout.readline():
        pass
    if ending is None:
        process.stdin.close()
    else:
        process.send_signal(ending)
    assert process.wait(timeout=20) == (0 if ending is None else -ending)


def test_a_client_that_is_gone_when_the_answer_comes_leaves_no_traceback(project: Path) -> None:
    process = subprocess.Popen(
        command("serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=project,
        env=environment(),
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HANDSHAKE}) + "\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ):
        process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--root", "nowhere"], "nowhere: the allowed folder does not exist"),
        (["--config", "missing.toml"], "missing.toml: no such file or directory"),
        (["--http", "--host", "192.0.2.1"], "can be reached by other machines. Add --allow-remote"),
        (["--http", "--no-token", "--token", "x"], "contradicts --token"),
        (["--http", "--host", "192.0.2.1", "--allow-remote", "--no-token"], "only allowed on loopback"),
        (["--frobnicate"], "unrecognized arguments"),
    ],
)
def test_a_mistake_in_the_options_ends_with_one_line_and_2(project: Path, arguments: list[str], said: str) -> None:
    process = subprocess.run(
        command("serve", *arguments),
        capture_output=True,
        text=True,
        cwd=project,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert process.returncode == 2
    assert said in process.stderr.splitlines()[-1]
    assert process.stdout == ""


def test_nothing_heavy_is_imported_before_a_tool_is_called(project: Path) -> None:
    code = "import sys, dbdesign_server.app as app; app.build_server(); print(*sys.modules)"
    run = ["-c", code]
    process = subprocess.run(
        [command()[0], *run], capture_output=True, text=True, cwd=project, env=environment(), timeout=60, check=True
    )
    loaded = set(process.stdout.split())
    heavy = {
        "typer",
        "sqlglot",
        "sqlalchemy",
        "psycopg",
        "postgast",
        "pydbml",
        "yaml",
        "dbdesign.model.schema",
    }
    assert loaded & heavy == set()
