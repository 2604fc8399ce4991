"""Detects what a repository uses. Files are read; nothing in them is executed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dbdesign.detect.collect import collect
from dbdesign.detect.locks import lock
from dbdesign.detect.schemas import schema_locations
from dbdesign.detect.walk import walk
from dbdesign.detect.weigh import weigh
from dbdesign.model.detection import Detection


def detect(
    root: Path,
    *,
    readable: frozenset[str] = frozenset(),
    step: Callable[[float, str], None] = lambda _done, _what: None,
) -> Detection:
    """Every technology of a repository, with its evidence.

    Args:
        root: a folder.
        readable: formats that the schema readers take.
        step: told the share done and what comes next.

    Raises:
        InputError: not a folder.
        LimitError: too many files.
    """
    step(0.05, "listing files")
    tree = walk(root)
    step(0.2, f"reading {len(tree.sizes):,} files")
    collected = collect(tree)
    step(0.85, "weighing the evidence")
    lock(tree, collected, {signal.technology for signal in collected.signals})
    technologies = weigh(collected)
    names = {one.name for one in technologies}
    return Detection(
        technologies=technologies,
        schemas=schema_locations(tree, collected, names, readable),
        skipped=tuple(tree.skipped),
        files=len(tree.sizes),
    )
