"""Files are reached beneath the allowed roots and nowhere else; what is written is whole and replaces nothing unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbdesign.api.access import MAX_BYTES, Access
from dbdesign.errors import AccessError, DesignError, InputError, LimitError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with a file, a folder, and links that lead inside and outside."""
    root = tmp_path / "root"
    (root / "db").mkdir(parents=True)
    (root / "db" / "schema.sql").write_text("create table t (id int);")
    (tmp_path / "secret.sql").write_text("create table secret (id int);")
    (tmp_path / "outside").mkdir()
    (root / "inside.sql").symlink_to(root / "db" / "schema.sql")
    (root / "out.sql").symlink_to(tmp_path / "secret.sql")
    (root / "away").symlink_to(tmp_path / "outside")
    (root / "circle").symlink_to(root / "circle")
    os.mkfifo(root / "pipe.sql")
    return root


def test_a_file_is_named_from_the_root_or_by_its_whole_path(root: Path) -> None:
    access = Access.beneath(root)
    assert access.read_bytes("db/schema.sql") == access.read_bytes(str(root / "db" / "schema.sql"))
    assert access.read_bytes("db/schema.sql").startswith(b"create table t")


def test_a_link_that_stays_inside_is_followed(root: Path) -> None:
    assert Access.beneath(root).read_bytes("inside.sql").startswith(b"create table t")


def test_a_second_root_is_searched_after_the_first(root: Path, tmp_path: Path) -> None:
    access = Access.beneath(tmp_path / "outside", root)
    assert access.read_bytes("db/schema.sql").startswith(b"create table t")


REFUSED = {
    "../secret.sql": (AccessError, "`..` is not allowed"),
    "db/../db/schema.sql": (AccessError, "`..` is not allowed"),
    "out.sql": (AccessError, "outside the allowed folders"),
    "/etc/passwd": (AccessError, "outside the allowed folders"),
    "/no/such/file": (AccessError, "outside the allowed folders"),
    "circle": (DesignError, "circle"),
    "pipe.sql": (AccessError, "named pipe"),
    "db": (InputError, "is a folder. Name one file in it: schema.sql"),
    ".": (InputError, "is a folder"),
    "db/schem.sql": (InputError, "Did you mean db/schema.sql?"),
    "db/schema.sql/x": (DesignError, "db/schema.sql/x"),
    "a\0b": (InputError, "NUL"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_read_is_refused_with_the_place(root: Path, name: str) -> None:
    kind, text = REFUSED[name]
    with pytest.raises(kind) as refused:
        Access.beneath(root).read_bytes(name)
    assert text in str(refused.value)
    assert "secret" not in str(refused.value).replace(name, "")


def test_a_device_is_refused_even_to_the_user() -> None:
    with pytest.raises(AccessError, match="is a device"):
        Access().read_bytes("/dev/zero")


def test_a_file_that_is_too_large_is_refused_with_the_remedy(root: Path) -> None:
    with (root / "huge.sql").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(LimitError, match=r"huge\.sql: is larger than 64 MB\. Dump the schema alone"):
        Access.beneath(root).read_bytes("huge.sql")


def test_without_any_folder_no_file_is_reached(root: Path) -> None:
    with pytest.raises(AccessError, match="--root"):
        Access(files=False).read_bytes(str(root / "db" / "schema.sql"))


def test_a_root_that_is_missing_or_no_folder_is_refused(root: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Access.beneath(root / "nowhere")
    with pytest.raises(InputError, match="must be a folder"):
        Access.beneath(root / "db" / "schema.sql")


def test_a_written_file_is_whole_and_its_folders_are_made(root: Path) -> None:
    assert Access.beneath(root).write_text("new/deep/größe.sql", "select 'ä';\n") == "new/deep/größe.sql"
    assert (root / "new" / "deep" / "größe.sql").read_text(encoding="utf-8") == "select 'ä';\n"
    assert [one.name for one in (root / "new" / "deep").iterdir()] == ["größe.sql"]


def test_an_existing_file_is_replaced_only_when_told(root: Path) -> None:
    access = Access.beneath(root)
    with pytest.raises(AccessError, match=r"exists already.*overwrite=true"):
        access.write_text("db/schema.sql", "new")
    assert (root / "db" / "schema.sql").read_text() == "create table t (id int);"
    access.write_text("db/schema.sql", "new", overwrite=True)
    assert (root / "db" / "schema.sql").read_text() == "new"


@pytest.mark.parametrize(
    "name", ["../x.sql", "away/x.sql", "/tmp/x.sql", ".git/hooks/pre-commit", "db/.hidden", "db/schema.sql/x", "db/"]
)
def test_nothing_is_written_outside_or_hidden(root: Path, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DesignError):
        Access.beneath(root).write_text(name, "x", overwrite=True)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("/proc/x.sarif", "no file can be made in the folder /proc"),
        ("/proc/x/y.sarif", "no folder can be made there"),
        ("{}/db", "is a folder"),
        ("{}/pipe.sql", "exists and is not a regular file"),
        ("{}/db/schema.sql/x.sarif", "a part of the path is a file, not a folder"),
        ("{}/db/%s" % ("x" * 300), "file name too long"),
    ],
)  # fmt: skip
def test_a_place_that_takes_no_file_is_refused_with_the_cause_and_the_remedy(root: Path, name: str, cause: str) -> None:
    if name.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    name = name.format(root)
    before = sorted(root.rglob("*"))
    with pytest.raises(AccessError) as refused:
        Access().write_text(name, "x", overwrite=True)
    assert str(refused.value).startswith(f"{name}: {cause}. Choose another path")
    assert sorted(root.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_named(root: Path) -> None:
    (root / "db").chmod(0o500)
    with pytest.raises(AccessError, match=f"this user may not write into the folder {root}/db"):
        Access().write_text(f"{root}/db/x.sarif", "x")


def test_a_link_is_never_written_through(root: Path, tmp_path: Path) -> None:
    with pytest.raises(DesignError):
        Access.beneath(root).write_text("out.sql", "x", overwrite=True)
    assert (tmp_path / "secret.sql").read_text() == "create table secret (id int);"


def test_a_link_put_in_the_way_after_the_check_is_not_followed(root: Path, tmp_path: Path) -> None:
    class Raced(Access):
        """Swaps the folder for a link between the check and the opening."""

        def _resolved(self, name: str, *, strict: bool = True) -> Path:
            path = super()._resolved(name, strict=strict)
            (root / "db").rename(root / "db.old")
            (root / "db").symlink_to(tmp_path)
            return path

    (tmp_path / "schema.sql").write_text("outside")
    with pytest.raises(DesignError):
        Raced(roots=(root.resolve(),)).read_bytes("db/schema.sql")
