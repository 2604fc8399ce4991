"""What the tests of the twin may use: a scratch database, and a shop with every kind of statistics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase

SHOP = (Path(__file__).parent / "shop.sql").read_text()


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
