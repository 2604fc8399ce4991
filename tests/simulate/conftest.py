"""What the tests of the simulation may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase


@pytest.fixture
def db() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as database:
        yield database
