"""Puts a task to a model, and takes its answer: bare, with the persona, or with the persona and the toolkit in a folder of the inputs."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from dbdesign_evals.answer import MAX_FILE, Answer, from_text
from dbdesign_evals.claims import unproven
from dbdesign_evals.samples import Usage, fingerprint
from dbdesign_server.agent import AgentConfig, AgentError, Transcript, ask, load, persona, toolkit

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

    from dbdesign_evals.task import Task

MOST_INPUT = 400_000
"""Characters of inputs that are put into a prompt; what is beyond is cut, with a word about it."""

MOST_SECONDS = 45 * 60.0
MOST_TURNS = 80
FATAL = frozenset({401, 402, 403, 404})
"""Answers of the API that every further sample would get too."""

DONE = frozenset({"end_turn", "stop_sequence"})

FORMAT = """
## Your answer

Give each of these files in full, in a fenced block of its own with the file's name behind the fence's language (```sql schema.sql):

{files}
"""
FOLDER = """
## Files

The inputs are in the project's folder: {inputs}. You may also write the files of your answer there instead of giving them in fenced blocks;
a fenced block wins over a file.
"""


class FatalError(AgentError):
    """No sample will get an answer: no key, a wrong key, an unknown model."""


@dataclass(frozen=True)
class Asked:
    """What a model gave.

    Attributes:
        stopped: why it ended before it had answered; None where it answered.
    """

    answer: Answer
    usage: Usage = field(default_factory=Usage)
    stopped: str | None = None
    unproven: tuple[str, ...] = ()
    transcript: str | None = None


@dataclass(frozen=True)
class Asker:
    """Puts tasks to one model.

    Attributes:
        client: makes a client; None for one from the environment.
        transcripts: folder that the conversations are kept in; one that was cut off by a kill is gone on with.
    """

    model: str
    transcripts: Path
    client: Callable[[], AsyncAnthropic] | None = None
    max_turns: int = MOST_TURNS
    max_seconds: float = MOST_SECONDS

    def __call__(self, task: Task, arm: str, epoch: int, max_cost: float | None) -> Asked:
        """Ask, take the answer, say what it took.

        Raises:
            FatalError: where no other sample would fare better.
        """
        with tempfile.TemporaryDirectory(prefix="dbdesign-eval-") as name:
            folder = Path(name).resolve()
            for relative, path in task.inputs.items():
                (folder / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / relative)
            file = self.transcripts / f"{task.id}-{arm}-{self._mark(task, arm, epoch)}.jsonl"
            transcript, stopped = anyio.run(self._asked, task, arm, folder, file, max_cost)
            return _taken(task, transcript, folder, stopped, file.name)

    def _mark(self, task: Task, arm: str, epoch: int) -> str:
        return sha256(f"{fingerprint(task)}/{arm}/{self.model}/{epoch}".encode()).hexdigest()[:10]

    async def _asked(
        self, task: Task, arm: str, folder: Path, file: Path, max_cost: float | None
    ) -> tuple[Transcript, str | None]:
        kept = _unfinished(file)
        config = AgentConfig(
            model=self.model if kept is None else "",
            system="" if arm == "bare" else persona() if arm == "tools" else _persona_alone(),
            tools=toolkit(folder) if arm == "tools" else (),
            max_cost=max_cost,
            max_turns=self.max_turns,
            max_seconds=self.max_seconds,
            transcript=None if kept else file,
            resume=file if kept else None,
        )
        try:
            transcript = await ask(
                None if kept else question(task, arm), config=config, client=self.client() if self.client else None
            )
        except AgentError as error:
            if error.transcript is None or error.status in FATAL:
                raise FatalError(str(error)).with_status(error.status) from None
            return error.transcript, str(error)
        reason = None if transcript.stop_reason in DONE else f"{transcript.stop_reason}: {transcript.stop_detail}"
        return transcript, reason


def _persona_alone() -> str:
    from dbdesign_server.resources import persona as text

    return text()


def _unfinished(file: Path) -> Transcript | None:
    """The conversation in a file, if it was cut off; one that ended otherwise is put away, and asked anew."""
    if not file.exists():
        return None
    found = load(file) if file.stat().st_size else None
    if found is not None and found.stop_reason is None and found.messages:
        return found
    number = 1
    while (old := file.with_suffix(f".{number}.old")).exists():
        number += 1
    file.rename(old)
    return None


def question(task: Task, arm: str) -> str:
    """The brief, the inputs and the form of the answer, as a model gets them."""
    lines = [
        f"- `{one.file}` ({one.language}{', optional' if one.optional else ''}): {one.what}"
        for one in task.deliverables
    ]
    text = task.brief.rstrip() + "\n" + FORMAT.format(files="\n".join(lines))
    if arm == "tools":
        return text + (FOLDER.format(inputs=", ".join(f"`{name}`" for name in task.inputs)) if task.inputs else "")
    shown = {name: path for name, path in task.inputs.items() if task.shown is None or name in task.shown}
    return text + "".join(_quoted(name, path) for name, path in shown.items())


def _quoted(name: str, path: Path) -> str:
    content = path.read_text(encoding="utf-8", errors="replace")
    cut = "" if len(content) <= MOST_INPUT else f"\n[cut after {MOST_INPUT} of {len(content)} characters]"
    fence = "`" * (max((len(run) for run in _runs(content)), default=2) + 1 if "```" in content else 3)
    return f"\n## Input: {name}\n\n{fence}\n{content[:MOST_INPUT].rstrip()}{cut}\n{fence}\n"


def _runs(text: str) -> list[str]:
    return re.findall(r"`+", text)


def _taken(task: Task, transcript: Transcript, folder: Path, stopped: str | None, file: str) -> Asked:
    answer = from_text(transcript.answer, task.deliverables)
    files, notes = dict(answer.files), list(answer.notes)
    for one in task.deliverables:
        written = folder / one.file
        if one.file not in files and _is_readable(written):
            files[one.file] = written.read_text(encoding="utf-8", errors="replace")[:MAX_FILE]
            notes = [note for note in notes if not note.startswith(f"{one.file}:")]
            notes.append(f"{one.file}: taken from the file that was written")
    usage = _usage(transcript)
    return Asked(Answer(files, tuple(notes), answer.text), usage, stopped, unproven(transcript), f"transcripts/{file}")


def _is_readable(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= 4 * MAX_FILE


def _usage(transcript: Transcript) -> Usage:
    used = transcript.usage
    tools: dict[str, int] = {}
    for call in transcript.tool_calls:
        tools[call.name] = tools.get(call.name, 0) + 1
    return Usage(
        tokens={
            "input": used.input_tokens,
            "output": used.output_tokens,
            "cache_read": used.cache_read_tokens,
            "cache_write": used.cache_write_5m_tokens + used.cache_write_1h_tokens,
        },
        cost=round(transcript.cost or 0.0, 6),
        seconds=round(transcript.seconds, 3),
        turns=len(transcript.turns),
        tools=dict(sorted(tools.items())),
        tool_errors=sum(call.is_error for call in transcript.tool_calls),
    )
