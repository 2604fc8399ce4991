"""Servers with the shop's data: the shared one, and one that has parallel workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.cluster import EmbeddedPostgres, dedicated
from plan_corpus import SHOP

WITH_WORKERS = {"max_worker_processes": "8", "max_parallel_workers": "8"}


def _filled(server: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    with server.scratch() as database:
        outcome = database.run_script(SHOP)
        assert [failure.message for failure in outcome.failures] == []
        database.user.execute("VACUUM ANALYZE")
        yield database.user


@pytest.fixture(scope="session")
def shop() -> Iterator[psycopg.Connection[Any]]:
    yield from _filled(embedded())


@pytest.fixture(scope="session")
def shop_with_workers() -> Iterator[psycopg.Connection[Any]]:
    with dedicated(WITH_WORKERS) as server:
        yield from _filled(server)
