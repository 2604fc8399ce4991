"""Samples and the file that keeps their results: one JSON object a line, appended when a sample is done, so that a run can be resumed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dbdesign.errors import InputError
from dbdesign_evals.task import Task

SampleStatus = Literal["graded", "stopped", "crashed"]
"""stopped: by a limit, a refusal or the API, with the reason; what there was of an answer is graded."""


@dataclass(frozen=True)
class Usage:
    """What an answer took.

    Attributes:
        tokens: by kind, as the API counts them: input, output, cache_read, cache_write.
        cost: US dollars.
        seconds: from the question to the end of the answer.
        turns: answers of the model.
        tools: calls by tool.
        tool_errors: calls that ended in an error.
    """

    tokens: dict[str, int] = field(default_factory=dict)
    cost: float = 0.0
    seconds: float = 0.0
    turns: int = 0
    tools: dict[str, int] = field(default_factory=dict)
    tool_errors: int = 0


@dataclass(frozen=True)
class Sample:
    """One answer of one arm to one task.

    Attributes:
        key: what makes it the same sample again: task and its content, arm, model, epoch, name.
        name: of an offline answer; empty for a model's.
        fails: the checks that a mutant has to fail.
        grade: as `Grade.as_json`.
        reason: why it was stopped or crashed.
        unproven: claims in the answer that no tool call proved.
        transcript: the file of the conversation, relative to the results file.
    """

    key: str
    task: str
    area: str
    arm: str
    name: str = ""
    model: str | None = None
    epoch: int = 1
    status: SampleStatus = "graded"
    reason: str | None = None
    score: float = 0.0
    fails: tuple[str, ...] = ()
    grade: dict[str, Any] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    unproven: tuple[str, ...] = ()
    transcript: str | None = None
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every check that was run holds in full."""
        checks = [one for one in self.grade.get("checks", []) if one["status"] != "not run"]
        return bool(checks) and all(one["status"] == "passed" for one in checks)

    @property
    def caught(self) -> bool | None:
        """Of a mutant: whether each check that has to fail failed, and no other that was run; None where one could not be run."""
        states = {one["id"]: one["status"] for one in self.grade.get("checks", [])}
        if "not run" in states.values():
            return None
        expected = all(states.get(name) in {"failed", "partial"} for name in self.fails)
        return expected and all(state == "passed" for name, state in states.items() if name not in self.fails)

    def line(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def sample_of(value: dict[str, Any]) -> Sample:
    """The sample of a line."""
    usage = Usage(**value.get("usage", {}))
    known = {
        **value,
        "usage": usage,
        "fails": tuple(value.get("fails", ())),
        "unproven": tuple(value.get("unproven", ())),
    }
    return Sample(**known)


def fingerprint(task: Task) -> str:
    """What a task's folder holds, in twelve digits: a changed task makes new samples."""
    return _fingerprint(task.folder)


@cache
def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def key_of(task: Task, arm: str, *, name: str = "", model: str | None = None, epoch: int = 1) -> str:
    """The key of a sample."""
    return "/".join([task.id, fingerprint(task), arm, name or model or "-", str(epoch)])


class ResultsFile:
    """A results file: read when it is opened, appended to afterwards. Safe between threads.

    Raises:
        InputError: where the file holds something else than results, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            _cut_unfinished(path)
        except OSError as error:
            raise InputError((error.strerror or "cannot be written").lower(), where=str(path)) from None
        self.samples: dict[str, Sample] = {one.key: one for one in read_results(path)}

    def completed(self, key: str) -> Sample | None:
        """The sample of that key, if it was completed; one that crashed or was stopped is tried again."""
        found = self.samples.get(key)
        return found if found is not None and found.status == "graded" else None

    def add(self, sample: Sample) -> None:
        """Keep a result at once, whole or not at all."""
        data = (sample.line() + "\n").encode()
        with self._lock:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            with contextlib.ExitStack() as stack:
                stack.callback(os.close, handle)
                os.write(handle, data)
            self.samples[sample.key] = sample


def _cut_unfinished(path: Path) -> None:
    """Cut off a last line that a kill left without its end: the next one would be written behind it."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def read_results(path: Path) -> Iterator[Sample]:
    """The samples of a results file, the last of each key; a last line that was cut short by a kill is left out.

    Raises:
        InputError: for a line that is no result.
    """
    found: dict[str, Sample] = {}
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            sample = sample_of(json.loads(line))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                break
            raise InputError(f"is no result: {error}", where=f"{path}, line {number}") from None
        found.pop(sample.key, None)
        found[sample.key] = sample
    yield from found.values()


def latest(samples: Iterable[Sample]) -> list[Sample]:
    """The last sample of each task, arm, answer and epoch: those of an older content of a task are left out."""
    found: dict[tuple[str, str, str, str, int], Sample] = {}
    for one in samples:
        identity = (one.task, one.arm, one.name, one.model or "", one.epoch)
        found.pop(identity, None)
        found[identity] = one
    return list(found.values())
