"""Django's own apps: their models and their migrations, both read statically, agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.compare_schemas import compare_schemas

contrib = pytest.importorskip("django.contrib", reason="Django is not installed")
APPS = Path(contrib.__path__[0])


@pytest.mark.parametrize("app", ["admin", "auth", "flatpages", "redirects", "sessions", "sites"])
def test_models_and_migrations_agree(app: str) -> None:
    answer = compare_schemas(app, f"{app}/migrations", call=Call(access=Access.beneath(APPS)))
    assert (answer.left.format, answer.right.format) == ("django", "django-migrations")
    assert answer.left.tables > 0
    assert answer.differences == []
    assert answer.unread == []
