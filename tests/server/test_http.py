"""The server over HTTP: for who has the token, on this machine, under its own name."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from dbdesign_server.http import MAX_BODY
from server_processes import command, environment

pytestmark = pytest.mark.anyio

TOKEN = "correct horse battery staple"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def start(project: Path, *arguments: str, **extra: str) -> tuple[subprocess.Popen[str], str, list[str]]:
    """A server on a free port: process, address, and what it said first."""
    process = subprocess.Popen(
        command("serve", "--http", "--port", "0", *arguments),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=project,
        env=environment(**extra),
        text=True,
    )
    assert process.stderr is not None
    said = [process.stderr.readline().strip()]
    assert said[0].startswith("dbdesign speaks MCP on http"), said
    if not extra and "--token" not in arguments:
        said.append(process.stderr.readline().strip())
    return process, said[0].split()[-1], said


def stop(process: subprocess.Popen[str]) -> None:
    """End it as a user does."""
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a known token from the environment."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "shop.sql").write_text(
        "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;"
    )
    process, address, _ = start(folder, DBDESIGN_TOKEN=TOKEN)
    yield address
    stop(process)


def post(url: str, **headers: str) -> httpx2.Response:
    """The handshake with these headers."""
    return httpx2.post(url, json=INITIALIZE, headers={**ACCEPT, **headers}, timeout=60)


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_a_client_with_the_token_calls_a_tool(url: str, era: str) -> None:
    with anyio.fail_after(60):
        async with (
            httpx2.AsyncClient(headers=BEARER, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http), mode=era) as client,
        ):
            result = await client.call_tool("read_schema", {"source": "shop.sql", "detail": "names"})
    assert isinstance(result.structured_content, dict)
    assert result.structured_content["tables"] == [{"name": "t"}]


@pytest.mark.parametrize(
    "given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": f"bearer {TOKEN}x"}]
)
def test_without_the_token_nothing_is_served(url: str, given: dict[str, str]) -> None:
    response = post(url, **given)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_with_the_token_the_handshake_succeeds(url: str) -> None:
    assert post(url, **BEARER).status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": "localhost:1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://localhost"}, 403),
    ],
)
def test_another_host_or_origin_is_refused_even_with_the_token(url: str, given: dict[str, str], status: int) -> None:
    assert post(url, **BEARER, **given).status_code == status


def test_its_own_names_and_origin_are_accepted(url: str) -> None:
    port = url.split(":")[2].split("/")[0]
    assert post(url, **BEARER, Host=f"localhost:{port}", Origin=f"http://localhost:{port}").status_code == 200


def test_a_request_that_is_too_large_is_refused(url: str) -> None:
    headers = {**ACCEPT, **BEARER, "Content-Type": "application/json"}
    response = httpx2.post(url, content=b" " * (MAX_BODY + 1), headers=headers, timeout=60)
    assert response.status_code == 413


def test_a_token_is_made_up_and_printed_once(project: Path) -> None:
    process, address, said = start(project)
    try:
        token = said[1].removeprefix("Send with every request: Authorization: Bearer ")
        assert len(token) >= 40
        assert post(address).status_code == 401
        assert post(address, Authorization=f"Bearer {token}").status_code == 200
    finally:
        stop(process)


def test_without_a_token_on_loopback_is_served_with_a_warning(project: Path) -> None:
    process, address, said = start(project, "--no-token")
    try:
        assert said[1].startswith("WARNING")
        assert post(address).status_code == 200
        assert post(address, Host="evil.example").status_code == 421
    finally:
        stop(process)


def test_a_port_in_use_is_said_in_one_line(project: Path, url: str) -> None:
    port = url.split(":")[2].split("/")[0]
    process = subprocess.run(
        command("serve", "--http", "--port", port),
        capture_output=True,
        text=True,
        cwd=project,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert process.returncode == 2
    assert (
        process.stderr.splitlines()[-1]
        == f"dbdesign: 127.0.0.1:{port}: address already in use. Choose another --port or --host"
    )
