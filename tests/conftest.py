"""What every test may use."""

from __future__ import annotations

import pytest

from postgres_versions import hide_servers

hide_servers()


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"
