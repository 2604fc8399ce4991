"""Django: a migration a unit: RunSQL with `reverse_sql` and `state_operations`, `atomic = False` where it is needed.

Backfills and waits are RunPython; retries are derived from RunSQL, so that `sqlmigrate` shows the statements.
Source: Django's documentation of migration operations and of writing migrations.
"""

from __future__ import annotations

import re

from dbdesign.migrations.writers.assembly import UnitFiles, assembled
from dbdesign.migrations.writers.base import Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.django.history import AppHistory
from dbdesign.migrations.writers.django.migration import migration_text
from dbdesign.migrations.writers.django.state import StateOperations, state_operations
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import following

_NUMBERED = re.compile(r"(\d{4,})_")


def write(job: Job) -> WrittenMigration:
    """`NNNN_name.py` for each unit, in an app's folder `migrations`."""
    app = job.options.app or _app_of(job)
    history = AppHistory.read(job.folder, app)
    leaves = history.leaves(job.options)
    state = state_operations(job.plan.operations, history, job.plan.engine)
    numbers = following(
        len(job.units),
        [match[1] for one in history.names if (match := _NUMBERED.match(one))],
        job.options,
        first="0001",
    )
    early, late = _places(job.units)
    parts: list[UnitFiles] = []
    parents = leaves
    for number, (unit, version) in enumerate(zip(job.units, numbers, strict=True)):
        name = f"{version}_{slug_of(job.options.name)}_{unit.slug}"
        said = [*(state.early if number == early else ()), *(state.late if number == late else ())]
        parts.append((unit, {f"{name}.py": migration_text(unit, app, parents, said)}))
        parents = (name,)
    last = {unit.release: next(iter(files)).removesuffix(".py") for unit, files in parts}
    return assembled(
        job,
        "django",
        parts,
        apply=[f"python manage.py migrate {app} {name}" for name in last.values()],
        revert=[f"python manage.py migrate {app} {leaves[0] if leaves else 'zero'}"],
        notes=_notes(job, state, app),
        code=True,
    )


def _app_of(job: Job) -> str:
    if job.folder.path is None:
        return "app"
    path = job.folder.path.resolve()
    return path.parent.name if path.name == "migrations" else path.name


def _places(units: tuple[Unit, ...]) -> tuple[int, int]:
    """The units that carry the state that is added and the state that is taken away.

    What is added is known at the end of the first release; what is taken away when the last one begins, whose application does not use it.
    """
    first = [number for number, unit in enumerate(units) if unit.release == units[0].release]
    last = [number for number, unit in enumerate(units) if unit.release == units[-1].release]
    return first[-1], last[0] if units[0].release != units[-1].release else last[-1]


def _notes(job: Job, state: StateOperations, app: str) -> list[str]:
    notes = list(state.notes)
    if job.options.app is None and job.folder.path is None:
        notes.append("The app's label is not known and taken for `app`: say app=… or name the folder")
    if state.early or state.late:
        notes.append(f"Change the models of {app} in the release whose migration has the state_operations")
    return notes


WRITER = MigrationWriter(
    "django", "Django", frozenset({"postgresql", "cockroachdb", "mysql", "tidb", "sqlite", "sqlserver"}), write
)
