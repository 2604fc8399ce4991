"""What the configuration file says of databases, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.errors import InputError
from dbdesign_server.config import load_config


def configured(tmp_path: Path, text: str, **environment: str) -> dict[str, bool]:
    """Whether each database may be written to."""
    file = tmp_path / "dbdesign.toml"
    file.write_text(text)
    found = load_config([str(tmp_path)], str(file), environment).access.databases
    return {name: one.writable for name, one in found.items()}


def test_a_database_is_written_to_only_where_the_file_says_so(tmp_path: Path) -> None:
    text = (
        '[databases]\nshop = "postgresql://a@h/shop"\ntrial = {url = "postgresql://a@h/trial", writable = true}\n'
        'other = {url = "postgresql://a@h/other"}\nno = {url = "postgresql://a@h/no", writable = false}\n'
    )
    assert configured(tmp_path, text) == {"shop": False, "trial": True, "other": False, "no": False}
    assert configured(tmp_path, text, DBDESIGN_DATABASE_TRIAL="postgresql://b@h/elsewhere")["trial"] is False


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ("{writable = true}", "described wrongly"),
        ('{url = "x", writeable = true}', "described wrongly"),
        ('{url = "postgresql://a@h/x", writable = "yes"}', "neither true nor false"),
    ],
)
def test_a_database_that_is_described_wrongly_is_refused(tmp_path: Path, described: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        configured(tmp_path, f"[databases]\ntrial = {described}\n")
