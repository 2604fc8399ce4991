"""A model that says what a test tells it to, at the level of the API's stream, so that all of the client runs.

`Script(reply(say("Hello"))).client()` is an `AsyncAnthropic` whose answers are those replies in order; `Script.requests` holds what was sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import respx
from anthropic import AsyncAnthropic

Block = dict[str, Any]
Usage = dict[str, Any]

KEY = "sk-ant-test-0123456789abcdef"
MODEL = "claude-opus-5-5"
USAGE: Usage = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 50,
}


def say(text: str) -> Block:
    """A block of text."""
    return {"type": "text", "text": text}


def think(text: str, signature: str = "c2lnbmF0dXJl") -> Block:
    """A thought; without a signature where it was cut."""
    return {"type": "thinking", "thinking": text, "signature": signature}


def call(name: str, /, id: str = "", **arguments: Any) -> Block:  # noqa: A002 - the API's name
    """A call of a tool; its id is made of its name and arguments where none is given."""
    made = f"toolu_{name}_{abs(hash(json.dumps(arguments, sort_keys=True))) % 10**8}"
    return {"type": "tool_use", "id": id or made, "name": name, "json": json.dumps(arguments)}


def raw_call(name: str, text: str, id: str = "toolu_raw") -> Block:  # noqa: A002
    """A call whose arguments are this text, JSON or not."""
    return {"type": "tool_use", "id": id, "name": name, "json": text}


@dataclass(frozen=True)
class Reply:
    """An HTTP answer: a stream of events, or an error."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def all_headers(self) -> dict[str, str]:
        """Headers with the kind of content."""
        kind = "text/event-stream" if self.status == 200 else "application/json"
        return {"content-type": kind, **self.headers}


def reply(
    *blocks: Block,
    stop_reason: str = "",
    usage: Usage | None = None,
    model: str = MODEL,
    stop_details: dict[str, Any] | None = None,
) -> Reply:
    """A complete answer of these blocks; it ends with `tool_use` where one of them is a call."""
    calls = any(block["type"] == "tool_use" for block in blocks)
    reason = stop_reason or ("tool_use" if calls else "end_turn")
    return Reply(sse(events(blocks, reason, {**USAGE, **(usage or {})}, model, stop_details)))


def broken(*blocks: Block, error: str | None = None) -> Reply:
    """An answer that breaks off before its end: silently, or with an error of this type in the stream."""
    found = events(blocks, "end_turn", USAGE, MODEL, None)[:-2]
    if error:
        found.append({"type": "error", "error": {"type": error, "message": "it broke"}})
    return Reply(sse(found))


def failure(status: int, kind: str, message: str = "no", **headers: str) -> Reply:
    """An error of the API's."""
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Reply(json.dumps(body).encode(), status, {name.replace("_", "-"): value for name, value in headers.items()})


def events(
    blocks: Sequence[Block], reason: str, usage: Usage, model: str, details: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The events of an answer, texts in pieces as the API sends them."""
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
    }
    found: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "usage": {**usage, "output_tokens": 1}}}
    ]
    for index, block in enumerate(blocks):
        found += _block_events(index, block)
    delta = {"stop_reason": reason, "stop_sequence": None, "stop_details": details}
    found.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage["output_tokens"]}})
    found.append({"type": "message_stop"})
    return found


def _block_events(index: int, block: Block) -> Iterable[dict[str, Any]]:
    empty: dict[str, Any] = {
        "text": {"type": "text", "text": ""},
        "thinking": {"type": "thinking", "thinking": "", "signature": ""},
        "tool_use": {"type": "tool_use", "id": block.get("id"), "name": block.get("name"), "input": {}},
    }[block["type"]]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for kind, name in (("text_delta", "text"), ("thinking_delta", "thinking"), ("input_json_delta", "json")):
        if name in block:
            text, size = block[name], max(len(block[name]) // 3, 1)
            for start in range(0, len(text), size):
                piece = {"type": kind, "partial_json" if name == "json" else name: text[start : start + size]}
                yield {"type": "content_block_delta", "index": index, "delta": piece}
    if block.get("signature"):
        delta = {"type": "signature_delta", "signature": block["signature"]}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def sse(found: Iterable[dict[str, Any]]) -> bytes:
    """Events as server-sent events."""
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in found).encode()


Next = Reply | Exception | Callable[[dict[str, Any]], Reply]


class Script:
    """Replies in order. One may be an exception, which the connection raises, or a function of the request's body."""

    def __init__(self, *replies: Next, forever: Next | None = None) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._replies = list(replies)
        self._forever = forever

    def client(self, key: str | None = KEY) -> AsyncAnthropic:
        """A client that this script answers."""
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer))
        return AsyncAnthropic(api_key=key, base_url="https://api.test", http_client=http)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The next reply, for a transport."""
        said = self.next(request.content, dict(request.headers))
        return httpx2.Response(said.status, headers=said.all_headers, content=said.body, request=request)

    def route(self, router: respx.Router, url: str = "https://api.anthropic.com/v1/messages") -> None:
        """Answer what is sent to this address."""

        def answer(request: Any) -> respx.MockResponse:
            said = self.next(request.content, dict(request.headers))
            return respx.MockResponse(said.status, headers=said.all_headers, content=said.body)

        router.post(url).mock(side_effect=answer)

    def next(self, content: bytes, headers: dict[str, str]) -> Reply:
        """The next reply to a request."""
        body = json.loads(content)
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in headers.items()})
        if not self._replies and self._forever is None:
            raise AssertionError(f"nothing is scripted for request {len(self.requests)}")
        following = self._replies.pop(0) if self._replies else self._forever
        if isinstance(following, Exception):
            raise following
        assert following is not None
        return following if isinstance(following, Reply) else following(body)

    @property
    def left(self) -> int:
        """Replies that were not asked for."""
        return len(self._replies)


def results(request: dict[str, Any]) -> list[tuple[str, bool]]:
    """Texts and error flags of the tool results in the last message of a request."""
    blocks = request["messages"][-1]["content"]
    return [(block["content"][0]["text"], block["is_error"]) for block in blocks if block["type"] == "tool_result"]


@contextmanager
def served(script: Script) -> Iterator[str]:
    """A server on this machine that gives the script's replies; its address, for ANTHROPIC_BASE_URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            said = script.next(content, dict(self.headers))
            self.send_response(said.status)
            for name, value in {**said.all_headers, "content-length": str(len(said.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
