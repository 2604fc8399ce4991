"""The file of a transcript: a line of JSON for each thing that happened, written as it happens, so that a run that was killed can be
gone on with. Nothing in it is a secret of ours: keys are cut out of every line.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dbdesign.errors import InputError
from dbdesign_server.agent.transcript import ToolCall, Transcript, Turn

VERSION = 1
_KEY = re.compile(r"sk-ant-[A-Za-z0-9_-]{6,}")


class Journal:
    """Writes what happens to a file, if there is one."""

    def __init__(self, path: Path | None, secret: str | None = None) -> None:
        self.path = path
        self._secret = secret

    def write(self, *records: dict[str, Any]) -> None:
        """Append these records, in one step.

        Raises:
            InputError: where the file cannot be written, or not any more.
        """
        if self.path is None:
            return
        lines = "".join(f"{self._clean(json.dumps(one, ensure_ascii=False))}\n" for one in records)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(lines.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise self._unwritten(error) from None

    def begin(self, transcript: Transcript) -> None:
        """Start the file.

        Raises:
            InputError: where it exists, or cannot be written.
        """
        if self.path is None:
            return
        if self.path.exists():
            raise InputError("the transcript exists already", where=str(self.path), remedy="Resume it, or name another")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritten(error) from None
        head = transcript.model_dump(include={"question", "model", "system", "tools", "started"})
        self.write({"type": "start", "version": VERSION, **head})

    def _unwritten(self, error: OSError) -> InputError:
        reason = (error.strerror or "cannot be written").lower()
        return InputError(reason, where=str(self.path), remedy="Name another file for the transcript")

    def _clean(self, line: str) -> str:
        if self._secret:
            line = line.replace(self._secret, "[key]")
        return _KEY.sub("[key]", line)


def load(path: Path) -> Transcript:
    """The transcript in a file. A last line that was not written to its end is cut off the file.

    Raises:
        InputError: where the file is none, or a line of it is broken.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError((error.strerror or "cannot be read").lower(), where=str(path)) from None
    whole, newline, rest = content.rpartition(b"\n")
    if rest:
        os.truncate(path, len(whole) + len(newline))
    return _replayed(path, whole.split(b"\n") if whole else [])


def _replayed(path: Path, lines: list[bytes]) -> Transcript:
    transcript: Transcript | None = None
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            if transcript is None:
                transcript = _started(record)
            else:
                _APPLY[record["type"]](transcript, record)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            said = "is not a record of a transcript" if not isinstance(error, ValidationError) else "lacks a field"
            where, remedy = f"{path}, line {number}", "Name a file that `dbdesign ask` wrote"
            raise InputError(said, where=where, remedy=remedy) from None
    if transcript is None:
        raise InputError("is empty", where=str(path), remedy="Name a file that `dbdesign ask` wrote")
    return transcript


def _started(record: dict[str, Any]) -> Transcript:
    if not isinstance(record, dict) or record.get("type") != "start" or record.get("version") != VERSION:
        raise ValueError("not the start of a transcript")
    return Transcript.model_validate({key: value for key, value in record.items() if key not in {"type", "version"}})


def _message(transcript: Transcript, record: dict[str, Any]) -> None:
    message = record["message"]
    if message["role"] not in {"user", "assistant"} or not isinstance(message["content"], (str, list)):
        raise ValueError("no message")
    transcript.messages.append(message)
    transcript.stop_reason, transcript.stop_detail = None, ""


def _turn(transcript: Transcript, record: dict[str, Any]) -> None:
    turn = Turn.model_validate(record["turn"])
    transcript.turns.append(turn)
    transcript.seconds = max(transcript.seconds, turn.elapsed)


def _tool_call(transcript: Transcript, record: dict[str, Any]) -> None:
    transcript.tool_calls.append(ToolCall.model_validate(record["tool_call"]))


def _end(transcript: Transcript, record: dict[str, Any]) -> None:
    transcript.stop_reason, transcript.stop_detail = record["stop_reason"], str(record["stop_detail"])
    transcript.seconds = max(transcript.seconds, float(record["seconds"]))


def _model(transcript: Transcript, record: dict[str, Any]) -> None:
    transcript.use_model(str(record["model"]))


_APPLY: dict[str, Callable[[Transcript, dict[str, Any]], None]] = {
    "message": _message,
    "turn": _turn,
    "tool_call": _tool_call,
    "end": _end,
    "model": _model,
}
