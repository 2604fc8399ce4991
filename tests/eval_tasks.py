"""Small tasks for tests of the eval suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dbdesign_evals.answer import Answer
from dbdesign_evals.graders.base import Outcome, grader
from dbdesign_evals.task import Task, load_task
from dbdesign_evals.workbench import Shelf, Workbench

ROOMS = """create table room (id int primary key, name text not null unique);
create table booking (id int primary key, room_id int not null references room, day date not null, unique (room_id, day));
"""


def make_task(folder: Path, *, name: str = "rooms", files: dict[str, str] | None = None, **parts: Any) -> Task:
    """A task in a folder: `parts` go into task.yaml over a small schema task, `files` into the folder."""
    base = folder / name
    value: dict[str, Any] = {
        "id": name,
        "title": "Rooms",
        "area": "schema-design",
        "engine": "postgresql 18",
        "needs": ["craft"],
        "why_hard": "It is not.",
        "traps": ["None."],
        "deliverables": [{"file": "schema.sql", "language": "sql", "what": "the schema"}],
        "states": {"empty": ["answer:schema.sql"]},
        "checks": [{"id": "loads", "grader": "ddl_loads", "claim": "It loads.", "with": {"state": "empty"}}],
    } | parts
    written = {
        "brief.md": "# Rooms\n\nDesign rooms and bookings.\n",
        "reference/schema.sql": ROOMS,
        "naive/schema.sql": "create table room (id int);\n",
    } | (files or {})
    for path, text in written.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text)
    (base / "task.yaml").write_text(yaml.safe_dump(value, sort_keys=False))
    return load_task(base)


def outcome(task: Task, name: str, parameters: dict[str, Any], **files: str) -> Outcome:
    """What a grader says of an answer's files; `schema_sql=…` is the file `schema.sql`."""
    answer = Answer({key.replace("_sql", ".sql").replace("_yaml", ".yaml"): text for key, text in files.items()})
    chosen = grader(name)
    shelf = Shelf()
    try:
        with Workbench(task, answer, shelf) as bench:
            return chosen.grade(chosen.parameters.model_validate(parameters), bench)
    finally:
        shelf.close()
