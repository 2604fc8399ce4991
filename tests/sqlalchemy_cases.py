"""Programs as data for tests of the SQLAlchemy reader, and what the real SQLAlchemy makes of them.

A file of cases holds programs between lines `=== what it shows`; `--- path` begins a file of a program that has several.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRIVER = """
import importlib.util, os, sys
import sqlalchemy, sqlalchemy.orm, sqlalchemy.dialects.postgresql, sqlalchemy.dialects.mysql, sqlalchemy.dialects.sqlite
spec = importlib.util.spec_from_file_location("dump_metadata", sys.argv[1])
dump = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dump)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        dump.main(line.rstrip("\\n").split("\\t"))
        os._exit(0)
    os.waitpid(child, 0)
"""


@dataclass(frozen=True)
class Case:
    """A program: what it shows, and its files."""

    name: str
    files: dict[str, str]

    def __repr__(self) -> str:
        return self.name


def cases_of(file: Path) -> Iterator[Case]:
    """The programs of a file."""
    _, *parts = re.split(r"(?m)^=== (.*)\n", file.read_text(encoding="utf-8"))
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        first, *rest = re.split(r"(?m)^--- (.*)\n", text)
        files = dict(zip(rest[::2], rest[1::2], strict=True)) if rest else {"models.py": first}
        yield Case(name, files)


def written_by_sqlalchemy(cases: list[Case], folder: Path, dialect: str = "postgresql") -> dict[str, list[str]]:
    """What `create_all` sends, by case: each is imported in a process of its own, forked from one that has SQLAlchemy loaded."""
    lines = []
    for number, case in enumerate(cases):
        home = folder / f"case{number}"
        for path, text in case.files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text, encoding="utf-8")
        modules = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in case.files]
        lines.append("\t".join([str(folder / f"{number}.json"), dialect, str(home), *modules]))
    script = HERE.parent / "tools" / "dbdesign" / "readers" / "sqlalchemy" / "dump_metadata.py"
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", DRIVER, script],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = {}
    for number, case in enumerate(cases):
        answer = json.loads((folder / f"{number}.json").read_text(encoding="utf-8"))
        assert not answer["errors"], (case.name, answer["errors"])
        assert not answer["refused"], (case.name, answer["refused"])
        found[case.name] = answer["statements"]
    return found
