"""The command `dbdesign ask`: the designer with the toolkit, through the Anthropic API."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dbdesign.errors import InputError
from dbdesign_server.commands import FOUND, ConfigOption, JsonOption, _one_of, _write, app

if TYPE_CHECKING:
    from dbdesign_server.agent import AgentConfig, Transcript
    from dbdesign_server.agent.config import Effort

INTERRUPTED = 130
EFFORTS = ("low", "medium", "high", "xhigh", "max")


@app.command("ask")
def ask_command(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="What to ask; - for standard input.", show_default=False)
    ] = None,
    path: Annotated[str, typer.Option(metavar="FOLDER", help="The project: all that is read and written.")] = ".",
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", envvar="DBDESIGN_MODEL", help="Model; claude-opus-5-5 when left out.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(metavar="DOLLARS", help="Stop before the conversation costs more than this.")
    ] = None,
    max_turns: Annotated[int, typer.Option(metavar="N", help="Answers of the model, at most.")] = 60,
    effort: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL", help="How hard the model thinks: low, medium, high, xhigh, max.", **_one_of(EFFORTS)
        ),
    ] = None,
    transcript: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where the transcript goes; a new file of the user's when left out."),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="FILE", help="Go on with this transcript, also after it was killed.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask the designer: a model with the toolkit's tools works on a project and answers.

    Needs a key for the Anthropic API in ANTHROPIC_API_KEY. The answer goes to standard output, what is being done and what it cost
    to standard error. Exit codes: 0 answered, 1 stopped at a limit or refused, 2 bad input or an error of the API.
    """
    from dbdesign_server.agent import AgentConfig, persona, toolkit
    from dbdesign_server.config import load_config

    place = Path(transcript) if transcript else None if resume else new_transcript()
    terms = AgentConfig(
        model=model or "",
        system=persona(),
        tools=toolkit(path, config=load_config([path], config)),
        max_cost=max_cost,
        max_turns=max_turns,
        effort=cast("Effort | None", effort),
        transcript=place,
        resume=Path(resume) if resume else None,
    )
    _show(_asked(_question(question), terms, as_json), terms, as_json)


def _question(given: str | None) -> str | None:
    if given != "-":
        return given
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not text.strip():
        raise InputError("standard input is empty", remedy="Pipe a question into it")
    return text


def new_transcript() -> Path:
    """A file of its own below `$XDG_STATE_HOME/dbdesign` or `~/.local/state/dbdesign`: a transcript is the user's, not the project's."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "dbdesign" / "asked" / f"{datetime.now():%Y-%m-%dT%H-%M-%S}-{token_hex(2)}.jsonl"


def _asked(question: str | None, terms: AgentConfig, as_json: bool) -> Transcript:
    """Ask, show what happens, and say how to go on where it ends early."""
    from functools import partial

    import anyio

    from dbdesign_server.agent import AgentError, ask
    from dbdesign_server.ask_terminal import Watcher

    watcher = Watcher(streams=sys.stdout.isatty() and not as_json)
    try:
        return anyio.run(partial(ask, question, config=terms, watch=watcher))
    except KeyboardInterrupt:
        watcher.end()
        typer.echo(f"interrupted. {go_on(terms)}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except AgentError as error:
        watcher.end()
        if error.transcript is not None:
            typer.echo(go_on(terms), err=True)
        raise


def go_on(terms: AgentConfig) -> str:
    """How a conversation is resumed."""
    return f"Go on with: dbdesign ask --resume {terms.resume or terms.transcript}"


def _show(transcript: Transcript, terms: AgentConfig, as_json: bool) -> None:
    import json

    from dbdesign_server.ask_terminal import report, structured

    place = str(terms.resume or terms.transcript)
    if as_json:
        _write(json.dumps(structured(transcript, place), ensure_ascii=False, indent=2) + "\n")
    else:
        if not sys.stdout.isatty():
            _write(transcript.answer.rstrip("\n") + "\n")
        for line in report(transcript, place):
            typer.echo(line, err=True)
    if transcript.stop_reason not in {"end_turn", "stop_sequence"}:
        if not as_json:
            typer.echo(f"stopped: {transcript.stop_detail}. {go_on(terms)}", err=True)
        raise typer.Exit(FOUND)
