"""Ask the designer: a question in, a transcript out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio

from dbdesign.errors import DesignError, InputError
from dbdesign_server.agent.config import DEFAULT_MODEL, AgentConfig
from dbdesign_server.agent.events import Watch, ignore
from dbdesign_server.agent.failures import AgentError, check_key
from dbdesign_server.agent.journal import Journal, load
from dbdesign_server.agent.retry import Sleep
from dbdesign_server.agent.run import Run
from dbdesign_server.agent.toolbox import Toolbox, open_toolbox
from dbdesign_server.agent.transcript import Message, Transcript

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic


async def ask(
    question: str | None,
    *,
    config: AgentConfig,
    client: AsyncAnthropic | None = None,
    watch: Watch = ignore,
    sleep: Sleep = anyio.sleep,
) -> Transcript:
    """Ask, let the model work with its tools until it has answered or a limit is reached, and give the transcript.

    With `config.resume` the conversation in that file goes on where it stopped, also where it was killed: calls that were made are not
    made again. A question is then said after it, and may be left out where it had not ended. A limit that was reached is in
    `Transcript.stop_reason`; it is no error.

    Args:
        client: the API's; one from the environment where None. Its own retries are not used.
        watch: told what happens, as it happens.
        sleep: waits between attempts.

    Raises:
        AgentError: no key, or the API refuses or gives up; the transcript so far is at the error and in its file.
        InputError: nothing to ask, a transcript that cannot be resumed or written, or a limit on cost that cannot be kept.
    """
    transcript = _resumed(config, question) if config.resume is not None else _begun(config, question)
    own = client is None
    client = client or _client()
    try:
        check_key(client)
        return await _run(transcript, question, config, client=client, watch=watch, sleep=sleep)
    finally:
        if own:
            await client.close()


async def _run(
    transcript: Transcript,
    question: str | None,
    config: AgentConfig,
    *,
    client: AsyncAnthropic,
    watch: Watch,
    sleep: Sleep,
) -> Transcript:
    failure: DesignError | None = None
    journal = Journal(config.resume or config.transcript, client.api_key)
    run = Run(transcript, config, client=client, journal=journal, watch=watch, sleep=sleep)
    async with open_toolbox(config.tools) as toolbox:
        try:
            _open(run, toolbox, question, config, journal)
            with anyio.move_on_after(config.max_seconds) as scope:
                await run.go(toolbox)
            if scope.cancelled_caught:
                run.stop("max_seconds", f"{config.max_seconds:g} seconds, as many as were allowed, were used up")
        except DesignError as error:
            failure = error  # raised outside, where no task group wraps it
    if isinstance(failure, AgentError):
        run.stop("failed", str(failure))
        failure.transcript = transcript
    if failure is not None:
        raise failure
    return transcript


def _open(run: Run, toolbox: Toolbox, question: str | None, config: AgentConfig, journal: Journal) -> None:
    """Begin the file, where it is new; then say the question, if there is one."""
    transcript = run.transcript
    transcript.tools = toolbox.names
    if config.resume is None:
        journal.begin(transcript)
    if question:
        message: Message = {"role": "user", "content": [{"type": "text", "text": question}]}
        run.say(message)


def _begun(config: AgentConfig, question: str | None) -> Transcript:
    if not question or not question.strip():
        raise InputError("there is nothing to ask", remedy='Ask: dbdesign ask "…"')
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Transcript(question=question, model=config.model or DEFAULT_MODEL, system=config.system, started=now)


def _resumed(config: AgentConfig, question: str | None) -> Transcript:
    """The transcript in the file, ready to go on."""
    assert config.resume is not None  # noqa: S101 - of the caller
    transcript = load(config.resume)
    if question and transcript.pending():
        what = "the conversation stopped while tools were called"
        raise InputError(what, where=str(config.resume), remedy="Resume it without a question first")
    if not question and transcript.stop_reason in {"end_turn", "stop_sequence"}:
        raise InputError("the conversation has ended", where=str(config.resume), remedy="Say what to do next")
    transcript.stop_reason, transcript.stop_detail = None, ""
    if config.model and config.model != transcript.model:
        transcript.use_model(config.model)
        Journal(config.resume).write({"type": "model", "model": config.model})
    return transcript


def _client() -> AsyncAnthropic:
    """A client with the key that the environment gives."""
    from anthropic import AnthropicError, AsyncAnthropic

    try:
        return AsyncAnthropic(max_retries=0)
    except (AnthropicError, ValueError) as error:
        raise AgentError(f"the Anthropic API's client cannot be made: {error}") from None
