"""Errors of the API as a person reads them: what was refused, and what to do."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

from dbdesign.errors import DesignError
from dbdesign_server.agent.prices import prices

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

    from dbdesign_server.agent.transcript import Transcript

NO_KEY = "no key for the Anthropic API is configured"
KEY_REMEDY = (
    "Set ANTHROPIC_API_KEY (a key from https://platform.claude.com/settings/keys). Every other command, and the MCP server in an "
    "assistant, work without it"
)

TRANSIENT_TYPES = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})
"""Types of errors that a stream may end with and that pass (https://platform.claude.com/docs/en/api/errors)."""

_REMEDIES = {
    400: "The request is at fault, or a limit of the account; see the message",
    401: "Check ANTHROPIC_API_KEY: it may be mistyped, expired or of another account",
    402: "Add credit to the account, or raise its limit",
    403: "The key may not use this model or feature; use another key, or another --model",
    413: "Ask for less at once: let tools write to files, or start anew with a summary",
}


class AgentError(DesignError):
    """The designer could not be asked, or the API gave up.

    Attributes:
        status: HTTP status of the API's answer, where there was one.
        transcript: what there is so far; its file can be resumed.
    """

    status: int | None = None
    transcript: Transcript | None = None

    def with_status(self, status: int | None) -> Self:
        """This error, with the status of the API's answer."""
        self.status = status
        return self


def check_key(client: AsyncAnthropic) -> None:
    """Raises an `AgentError` where the client has nothing to identify itself with."""
    if not client.api_key and not client.auth_token and client.credentials is None:
        raise AgentError(NO_KEY, remedy=KEY_REMEDY)


def is_transient(error: Exception) -> bool:
    """Whether the same request may succeed later: overload, rate limits, the server's own errors, broken connections."""
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        said = error.response.headers.get("x-should-retry")
        if said in {"true", "false"} and error.status_code >= 400:
            return said == "true"
        return error.status_code in {408, 409, 429} or error.status_code >= 500 or error.type in TRANSIENT_TYPES
    return isinstance(error, (anthropic.APIConnectionError, httpx2.TransportError, BrokenStreamError))


class BrokenStreamError(Exception):
    """A stream ended before its message did."""


def reason(error: Exception) -> str:
    """What went wrong, in a few words, without anything of the request."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        kind = (error.type or "error").removesuffix("_error").replace("_", " ")
        return f"{kind} ({error.status_code})" if error.status_code >= 400 else kind
    if isinstance(error, anthropic.APITimeoutError):
        return "the request timed out"
    if isinstance(error, BrokenStreamError):
        return "the stream broke off"
    return "the connection failed"


def described(error: Exception, model: str, *, attempts: int) -> AgentError:
    """The error as it is raised, after so many attempts."""
    import anthropic

    if not isinstance(error, anthropic.APIStatusError):
        said = str(error.__cause__ or error).strip()
        what = f"the Anthropic API cannot be reached ({said})" if said else "the Anthropic API cannot be reached"
        return AgentError(f"{what}, after {attempts} attempts", remedy="Check the network and ANTHROPIC_BASE_URL")
    status = error.status_code if error.status_code >= 400 else None
    said = error.api_message or error.message
    if status == 404 or error.type == "not_found_error":
        return _unknown_model(model, said).with_status(status)
    if is_transient(error):
        what = f"the Anthropic API gave up: {reason(error)}, after {attempts} attempts"
        return AgentError(what, remedy="Try again later, with --resume").with_status(status)
    what = f"the Anthropic API refused the request: {said}"
    return AgentError(what, remedy=_REMEDIES.get(status or 0, "See the message")).with_status(status)


def _unknown_model(model: str, said: str) -> AgentError:
    known = list(prices().models)
    near = get_close_matches(model, known, n=2) or known[:6]
    return AgentError(
        f"the Anthropic API knows no model {model!r}: {said}", remedy=f"Give another --model, such as {', '.join(near)}"
    )
