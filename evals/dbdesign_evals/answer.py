"""An answer: the files that a task asks for, taken from a folder or from the fenced blocks of a text.

Whatever cannot be taken is said: a block without a name, a block that does not end, a file that is missing or too large.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dbdesign.errors import InputError
from dbdesign_evals.task import Deliverable, Mutant

MAX_FILE = 400_000
"""Characters of one file: the largest reference has a tenth of it."""

MAX_TEXT = 4_000_000
"""Characters of an answer that are looked through for blocks."""

MAX_BLOCKS = 5_000
MAX_LABEL = 300
"""Characters of a line that may hold a file's name."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_LANGUAGES = {
    "sql": {"sql", "postgresql", "postgres", "pgsql", "plpgsql", "psql", "mysql", "sqlite", "ddl"},
    "yaml": {"yaml", "yml"},
    "json": {"json", "jsonc", "json5"},
    "javascript": {"javascript", "js"},
    "python": {"python", "py"},
    "text": {"text", "txt", "", "plain", "markdown", "md"},
}


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: the first word behind the fence, in lower case.
        label: what stands behind the fence and on the line before it: where a file's name may be.
        first: its first line.
        closed: whether the fence that ends it was found.
    """

    language: str
    label: str
    first: str
    text: str
    closed: bool = True


class MissingFileError(InputError):
    """A check needs a file that the answer does not have."""


@dataclass(frozen=True)
class Answer:
    """The files by name, and what was noticed while taking them."""

    files: dict[str, str]
    notes: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def file(self, name: str) -> str:
        """The text of a file.

        Raises:
            MissingFileError: where the answer has none.
        """
        try:
            return self.files[name]
        except KeyError:
            said = next((note for note in self.notes if note.startswith(f"{name}:")), f"{name}: not in the answer")
            raise MissingFileError(said) from None


def from_folder(folder: Path, deliverables: Sequence[Deliverable]) -> Answer:
    """The files of a folder; others than the deliverables are named in a note."""
    files: dict[str, str] = {}
    notes: list[str] = []
    for one in deliverables:
        path = folder / one.file
        if not path.is_file():
            notes += [] if one.optional else [f"{one.file}: there is no such file"]
        elif path.stat().st_size > 4 * MAX_FILE:
            notes.append(f"{one.file}: is larger than {MAX_FILE} characters, not read")
        else:
            _keep(one.file, path.read_text(encoding="utf-8", errors="replace"), files, notes)
    known = {one.file for one in deliverables}
    others = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in known)
    if others:
        notes.append(f"not asked for: {', '.join(others[:10])}")
    return Answer(files, tuple(notes))


def _keep(name: str, text: str, files: dict[str, str], notes: list[str]) -> None:
    text = text.replace("\r\n", "\n").replace("\0", "")
    if len(text) > MAX_FILE:
        notes.append(f"{name}: has {len(text)} characters, more than {MAX_FILE}; not graded")
    elif not text.strip():
        notes.append(f"{name}: is empty")
    else:
        files[name] = text if text.endswith("\n") else f"{text}\n"


def from_text(text: str, deliverables: Sequence[Deliverable]) -> Answer:
    """The files of an answer in Markdown: each in a fenced block that is named by the file.

    The name may stand behind the fence, on the line before it or on the block's first line. Where a file is missing, the longest block
    of its language that has no name is taken for it; where a name comes twice, the later block is.
    """
    files: dict[str, str] = {}
    notes: list[str] = []
    if len(text) > MAX_TEXT:
        notes.append(f"the answer has {len(text)} characters; the first {MAX_TEXT} were looked through")
    found = blocks(text[:MAX_TEXT])[-MAX_BLOCKS:]
    unnamed: list[Block] = []
    for block in found:
        name = _name_of(block, deliverables)
        if name is None:
            unnamed.append(block)
            continue
        if name in files:
            notes.append(f"{name}: given more than once; the last one is graded")
        if not block.closed:
            notes.append(f"{name}: its block does not end; the answer was probably cut short")
        _keep(name, block.text, files, notes)
    _take_unnamed(unnamed, deliverables, files, notes)
    for one in deliverables:
        if one.file not in files and not one.optional and not any(note.startswith(f"{one.file}:") for note in notes):
            notes.append(f"{one.file}: could not be extracted: {_why(found, one)}")
    return Answer(files, tuple(notes), text[:MAX_TEXT])


def _why(found: Sequence[Block], wanted: Deliverable) -> str:
    if not found:
        return "the answer has no fenced block"
    return f"none of its {len(found)} fenced blocks is named {wanted.file} or is an unnamed one of {wanted.language}"


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a text in Markdown (CommonMark 0.31, section 4.5), the last one also where it does not end."""
    found: list[Block] = []
    lines = text.splitlines()
    before, number = "", 0
    while number < len(lines):
        opening = _FENCE.match(lines[number]) if len(lines[number]) <= MAX_LABEL else None
        number += 1
        if opening is None:
            before = lines[number - 1] if lines[number - 1].strip() else before
            continue
        begin = number
        while number < len(lines) and not _closes(lines[number], opening[1]):
            number += 1
        inner = lines[begin:number]
        info = opening[2].strip()
        language = info.split()[0].lower().strip("{}.") if info else ""
        first = inner[0] if inner else ""
        closed = number < len(lines)
        found.append(
            Block(language, f"{info}\n{before[:MAX_LABEL]}", first[:MAX_LABEL], "\n".join(inner) + "\n", closed)
        )
        before, number = "", number + 1
    return found


def prose(text: str) -> str:
    """A text without its fenced blocks."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        opening = None if fence or len(line) > MAX_LABEL else _FENCE.match(line)
        if opening is not None:
            fence = opening[1]
        elif not fence:
            kept.append(line)
        elif _closes(line, fence):
            fence = ""
    return "\n".join(kept)


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]} and len(line) - len(line.lstrip(" ")) <= 3


def _name_of(block: Block, deliverables: Sequence[Deliverable]) -> str | None:
    """The deliverable that a block is named by; the fence's own words count before the line above it."""
    first = block.first if block.first.lstrip()[:2] in {"--", "# ", "//", "/*"} or block.first[:1] == "#" else ""
    for place in (*block.label.split("\n", 1), first):
        for one in deliverables:
            if re.search(rf"(?<![\w.-]){re.escape(one.file)}(?![\w-]|\.\w)", place):
                return one.file
    return None


def _take_unnamed(
    unnamed: Sequence[Block], deliverables: Sequence[Deliverable], files: dict[str, str], notes: list[str]
) -> None:
    rest = list(unnamed)
    for one in deliverables:
        if one.file in files or one.optional:
            continue
        fitting = [block for block in rest if block.language in _LANGUAGES.get(one.language, {one.language})]
        if fitting:
            best = max(fitting, key=lambda block: len(block.text))
            rest.remove(best)
            more = f", the longest of {len(fitting)}" if len(fitting) > 1 else ""
            notes.append(f"{one.file}: taken from a block without a name{more}")
            _keep(one.file, best.text, files, notes)


def mutated(reference: Answer, mutant: Mutant, name: str) -> Answer:
    """The reference with a mutant's edits.

    Raises:
        InputError: where an edit does not fit the reference (any more).
    """
    files = dict(reference.files)
    for edit in mutant.edits:
        text = files.get(edit.file, "")
        pattern = _spaced(edit.find)
        if (count := len(pattern.findall(text))) != edit.times:
            raise InputError(
                f"{edit.find[:60]!r} stands {count} times in {edit.file}, not {edit.times}",
                where=f"mutant {name}",
                remedy="Fit the edit to the reference",
            )
        made = edit.replace.rstrip("\n")
        files[edit.file] = pattern.sub(lambda _match, made=made: made, text)  # type: ignore[misc]
    return Answer(files, reference.notes)


def _spaced(find: str) -> re.Pattern[str]:
    """A text to look for, its white space as wide as may be: YAML takes the indentation of a block away."""
    return re.compile(r"\s+".join(map(re.escape, find.split())))
