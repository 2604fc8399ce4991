"""How far a run is, on standard error: a bar on a terminal, a line a sample elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from dbdesign_evals.samples import Sample


class Progress:
    """Shows samples as they are done."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, sample: Sample, done: int, total: int) -> None:
        """A sample is done."""
        said = f"{sample.task} {sample.arm} {sample.name or sample.model or ''} {sample.score:.2f}"
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, description=said)
        elif not self._quiet and sample.arm != "mutants":
            sys.stderr.write(f"[{done}/{total}] {said} ({sample.seconds:.1f} s)\n")
