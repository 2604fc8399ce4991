"""Schemas of other projects: read where they are, and skipped, visibly, where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.model.documents import DocumentSchema
from dbdesign.readers.base import ReadResult
from dbdesign.readers.mongoose import read
from real_schemas import REAL_SCHEMAS


def _read(*names: str) -> ReadResult:
    paths = [path for name in names for path in _files(REAL_SCHEMAS / name)]
    if not paths:
        pytest.skip("the real schemas are not beside this checkout")
    return read({str(path.relative_to(REAL_SCHEMAS)): path.read_text() for path in paths})


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.ts")) if path.is_dir() else [path] if path.exists() else []


def _documents(result: ReadResult) -> DocumentSchema:
    assert result.documents is not None
    return result.documents


def test_the_models_of_an_express_boilerplate() -> None:
    result = _read("node_express_boilerplate.user.mongoose.js", "node_express_boilerplate.token.mongoose.js")
    users, tokens = (_documents(result).collection(name) for name in ("users", "tokens"))
    assert users is not None
    assert tokens is not None
    assert [one.name for one in users.fields] == [
        "name",
        "email",
        "password",
        "role",
        "isEmailVerified",
        "createdAt",
        "updatedAt",
    ]
    assert [(dict(one.keys), one.unique) for one in users.indexes] == [({"email": 1}, True)]
    assert next(one for one in tokens.fields if one.name == "user").references == "users"
    assert {one.reason.split(" known")[0] for one in result.unread} == {
        "the values are",
        "some of the values are",
    }  # of files not given


def test_the_classes_of_a_nest_boilerplate() -> None:
    result = _read("brocoders_mongoose")
    names = [one.name for one in _documents(result).collections]
    assert names == ["sessionschemaclasses", "userschemaclasses"]
    user = _documents(result).collection("userschemaclasses")
    assert user is not None
    photo = next(one for one in user.fields if one.name == "photo")
    assert [one.name for one in photo.fields] == ["path"]
    assert {one.reason for one in result.unread} == {"the class that it extends is in a file that is not here"}
