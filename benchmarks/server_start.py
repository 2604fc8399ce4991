"""How long an assistant waits: from exec to the answer to `tools/list`, beside an MCPServer with one empty tool, interleaved."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BARE = """
from mcp.server import MCPServer
server = MCPServer("bare")

@server.tool()
def nothing() -> str:
    "Nothing."
    return ""

server.run("stdio")
"""
DBDESIGN = "import sys; sys.argv = ['dbdesign', 'serve']; from dbdesign_server.cli import main; main()"
TIMES = 7

HANDSHAKE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}


def seconds_to_tools(code: str) -> float:
    """Seconds from exec to the answer to `tools/list` of a server given as Python code."""
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        _ask(server, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HANDSHAKE})
        _tell(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        answer = _ask(server, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        taken = time.perf_counter() - began
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(timeout=30)
    assert answer["result"]["tools"]
    return taken


def _tell(server: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    assert server.stdin is not None
    server.stdin.write(json.dumps(message).encode() + b"\n")
    server.stdin.flush()


def _ask(server: subprocess.Popen[bytes], message: dict[str, Any]) -> dict[str, Any]:
    _tell(server, message)
    assert server.stdout is not None
    answer: dict[str, Any] = json.loads(server.stdout.readline())
    return answer


def measure(times: int = TIMES) -> tuple[float, float]:
    """Medians of dbdesign and of the bare server, measured in turn so that a busy moment hits both."""
    ours, bare = [], []
    for _ in range(times):
        bare.append(seconds_to_tools(BARE))
        ours.append(seconds_to_tools(DBDESIGN))
    return statistics.median(ours), statistics.median(bare)


def rows() -> list[tuple[str, str, str, str]]:
    """The line of the benchmark table: what, measured, baseline, target."""
    ours, bare = measure()
    return [
        (
            "server: exec to answer to tools/list",
            f"{ours:.2f} s ({ours / bare:.2f} ×)",
            f"MCPServer with one empty tool {bare:.2f} s",
            "≤ 1.3 ×",
        )
    ]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    for row in rows():
        print(" | ".join(row))
