"""The server over streamable HTTP: on loopback, for who has the token, with the Host and Origin checked against rebinding."""

from __future__ import annotations

import hmac
import secrets
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.errors import InputError
from dbdesign_server.config import Config

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a request; larger inputs are given as files."""

PATH = "/mcp"


@dataclass(frozen=True)
class Listening:
    """Where to listen and for whom.

    Attributes:
        port: 0 for any that is free.
        token: that every request must bear; empty: one is made up; None: none is asked for.
    """

    host: str
    port: int
    token: str | None


class BearerToken:
    """Lets only requests with the token through, compared in constant time."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan, which needs no token."""
        if scope["type"] != "lifespan" and not self._admits(scope):
            from starlette.responses import PlainTextResponse

            refusal = PlainTextResponse(
                "Unauthorized: send the header Authorization: Bearer <token>", 401, {"WWW-Authenticate": "Bearer"}
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        given = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
        if len(given) != 1:
            return False
        scheme, _, token = given[0].partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token, self._token)


def http_app(config: Config, host: str, port: int, token: str | None) -> ASGIApp:
    """The ASGI application."""
    from mcp.server.transport_security import TransportSecuritySettings

    from dbdesign_server.app import build_server

    names = _names_of(host)
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[f"{name}:{port}" for name in names] + (names if port == 80 else []),
        allowed_origins=[f"http://{name}:{port}" for name in names]
        + ([f"http://{name}" for name in names] if port == 80 else []),
    )
    app = build_server(config).streamable_http_app(
        streamable_http_path=PATH, max_request_body_size=MAX_BODY, transport_security=security, host=host
    )
    return app if token is None else BearerToken(app, token)


def _names_of(host: str) -> list[str]:
    """What a Host header may call this server, without the port."""
    if host in {"127.0.0.1", "localhost", "::1"}:
        return ["127.0.0.1", "localhost", "[::1]"]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - asked for with --allow-remote
        return [socket.gethostname(), socket.getfqdn(), "127.0.0.1", "localhost", *_addresses()]
    return [f"[{host}]" if ":" in host else host]


def _addresses() -> list[str]:
    found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    return sorted(
        {f"[{address[0]}]" if family == socket.AF_INET6 else str(address[0]) for family, *_, address in found}
    )


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        InputError: where the address cannot be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        raise InputError(
            (error.strerror or "cannot listen there").lower(),
            where=f"{host}:{port}",
            remedy="Choose another --port or --host",
        ) from None
    return listening


def serve_http(config: Config, where: Listening) -> None:
    """Serve until stopped. The address, and a token that was made up, are printed to standard error."""
    import uvicorn

    token = secrets.token_urlsafe(32) if where.token == "" else where.token
    listening = bound_socket(where.host, where.port)
    port = listening.getsockname()[1]
    shown = f"[{where.host}]" if ":" in where.host else where.host
    _say(f"dbdesign speaks MCP on http://{shown}:{port}{PATH}")
    if token is None:
        _say("WARNING: no token is asked for: every program and every user of this machine can call the tools.")
    elif where.token == "":
        _say(f"Send with every request: Authorization: Bearer {token}")
    app = http_app(config, where.host, port, token)
    settings = uvicorn.Config(app, log_level="warning", access_log=False, log_config=None, lifespan="on")
    uvicorn.Server(settings).run(sockets=[listening])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - standard error is where a server speaks to people
