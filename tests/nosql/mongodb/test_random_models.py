"""Random models on a server: whatever the decisions are, reads give what brute force gives, and writes change what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mongodb_server import running
from nosql.mongodb.random_models import Maker
from nosql.mongodb.test_on_server import _changed, _inserted, check_read, load

SEEDS = (15, 24, 33, 38, 47, 58, 169, 176)
"""Models that found defects once: copies of optional parents, projections, joins of elements, keys of several attributes, stamps in both."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("mongodb")) as found:
        yield found


@pytest.mark.parametrize("seed", [*SEEDS, *range(300, 308)])
def test_a_random_model_reads_and_writes_as_brute_force_does(seed: int, client: Any) -> None:
    model = Maker(seed).model()
    loaded = load(model, client[f"random_{seed}"])
    for pattern in loaded.model.patterns:
        if pattern.operation == "reads":
            check_read(pattern, loaded, seeds=(0, 3))
        elif pattern.operation == "inserts":
            _inserted(pattern, loaded)
        else:
            _changed(pattern, loaded)
