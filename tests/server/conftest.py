"""Servers and clients for the tests of the server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHOP = """\
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE
);
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a schema, as the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "shop.sql").write_text(SHOP)
    monkeypatch.chdir(folder)
    for name in [
        name for name in os.environ if name.startswith("DBDESIGN_") and "CACHE" not in name and "POSTGRES" not in name
    ]:
        monkeypatch.delenv(name)
    return folder
