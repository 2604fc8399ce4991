"""A shop with every kind of statistics, on the process's embedded PostgreSQL, and psql beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.twin.snapshot import SNAPSHOT_SQL

SHOP = (Path(__file__).parent / "shop.sql").read_text()
Export = Callable[..., str]


@pytest.fixture(scope="module")
def shop() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as database:
        outcome = database.run_script(SHOP)
        assert [failure.message for failure in outcome.failures] == []
        yield database


@pytest.fixture
def db() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as database:
        yield database


def configured(database: ScratchDatabase) -> ConfiguredDatabase:
    return ConfiguredDatabase("shop", database.user_uri)


def export(database: ScratchDatabase, *options: str, uri: str | None = None) -> str:
    """What psql prints of the snapshot script, as the owner."""
    done = subprocess.run(
        [str(database.server.installation.bin / "psql"), "-XAtq", *options, "-f", "-", uri or database.user_uri],
        input=SNAPSHOT_SQL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout
