"""goose's rules for taking a file apart, written again for the tests: by lines, as its documentation and its parser say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class GooseFile:
    """The statements of both directions, and whether they run in a transaction."""

    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    in_transaction: bool = True


def parse_goose(text: str) -> GooseFile:
    """Take a file apart; ValueError where goose would refuse it."""
    found = GooseFile()
    into: list[str] | None = None
    block = False
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        command = line.removeprefix("--").strip() if line.startswith("--") else ""
        if command.startswith("+goose"):
            word = command.removeprefix("+goose").strip()
            if word in {"Up", "Down"}:
                if block or "".join(lines).strip():
                    raise ValueError(f"a statement does not end before {word}")
                into, lines = (found.up if word == "Up" else found.down), []
            elif word == "StatementBegin":
                block = True
            elif word == "StatementEnd":
                assert into is not None
                into.append("\n".join(lines).strip())
                block, lines = False, []
            elif word == "NO TRANSACTION":
                found.in_transaction = False
            else:
                raise ValueError(f"unknown annotation {word}")
            continue
        if not lines and (line.strip().startswith("--") or line == ""):
            continue
        lines.append(line)
        if not block and _ends(line):
            assert into is not None
            into.append("\n".join(lines).strip())
            lines = []
    if block or "".join(lines).strip():
        raise ValueError(f"a statement does not end: {lines}")
    return found


def _ends(line: str) -> bool:
    last = ""
    for word in line.split():
        if word.startswith("--"):
            break
        last = word
    return last.endswith(";")
