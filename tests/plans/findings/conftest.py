"""The servers on which findings are shown, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plan_cases import PostgresCases, postgres_cases


@pytest.fixture(scope="session")
def on_postgresql() -> Iterator[PostgresCases]:
    """The embedded server with the tables of the cases."""
    with postgres_cases() as found:
        yield found
