"""Repositories that are broken, huge, or built to harm: the rest is still detected, and what was skipped is said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.detect.detect import detect
from dbdesign.detect.documents import UnreadableError, json_document, toml_document, xml_document, yaml_documents
from dbdesign.detect.ignore import ignored, patterns
from dbdesign.detect.lines import Lines, hidden
from dbdesign.detect.manifests import manifests
from dbdesign.errors import InputError

GOOD = '{"dependencies": {"pg": "8", "drizzle-orm": "0.36"}}'


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a/package.json", b'{"dependencies": {', "broken JSON at line 1"),
        ("a/package.json", b"[" * 100_000, "nested too deep"),
        ("a/pyproject.toml", b"[project\n", "broken TOML at line 1"),
        ("a/pom.xml", b"<project><dependencies>", "broken XML at line 1"),
        ("a/pom.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><project>&b;</project>', "XML that declares entities"),
        ("a/setup.py", b"def f(:", "Python that does not parse"),
        ("a/environment.yml", b"a: [b", "broken YAML at line "),
        ("a/setup.cfg", b"[options\nx", "broken INI"),
        ("a/composer.json", b"[]", "composer.json is not an object"),
    ],
)
def test_a_broken_manifest_is_skipped_with_its_reason_and_the_rest_is_detected(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    broken = tmp_path / name
    broken.parent.mkdir()
    broken.write_bytes(content)
    found = detect(tmp_path)
    assert [one.path for one in found.skipped] == [name]
    assert found.skipped[0].reason.startswith(reason)
    assert {one.name for one in found.technologies} >= {"postgresql", "drizzle"}


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    with pytest.raises(UnreadableError, match="expand without end"):
        yaml_documents(bomb)


def test_a_bomb_of_merges_does_not_grow() -> None:
    base = "a0: &a0 {" + ", ".join(f"k{n}: {n}" for n in range(50)) + "}\n"
    bomb = base + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 20)}]}}\n" for n in range(1, 30))
    (document,) = yaml_documents(bomb)
    assert len(document["a29"]) == 50


def test_links_that_go_round_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    assert detect(tmp_path).files == 1


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    secret = tmp_path / "requirements.txt"
    secret.write_text("django")
    secret.chmod(0)
    assert [(one.path, one.reason) for one in detect(tmp_path).skipped] == [("requirements.txt", "permission denied")]


def test_a_huge_file_is_skipped_and_said(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    with (tmp_path / "dump.sql").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert [(one.path, one.reason) for one in detect(tmp_path).skipped] == [("dump.sql", "200 MB, more than 4 MB")]


def test_other_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "App.csproj").write_bytes(
        '<Project><ItemGroup><PackageReference Include="Npgsql" Version="9" /></ItemGroup></Project>'.encode("utf-16")
    )
    (tmp_path / "requirements.txt").write_bytes("# caf\xe9\ndjango\n".encode("latin-1"))
    assert {one.name for one in detect(tmp_path).technologies} == {"postgresql", "django-orm"}


def test_binary_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"import psycopg2\0\0\0" * 100)
    assert detect(tmp_path).technologies == ()


def test_what_is_not_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        detect(tmp_path / "nothing")


def test_ignored_files_are_not_looked_at_but_kept_ones_are(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("generated/\n!generated/keep/\n*.local\n/only-here\n")
    for name in ("generated/package.json", "sub/x.local", "only-here", "sub/only-here"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(GOOD)
    assert detect(tmp_path).files == 2


PATHS = st.lists(st.sampled_from(["a", "b", "build", "x.log", "src", "a b", "éé"]), min_size=1, max_size=4).map(
    "/".join
)
GLOBS = st.sampled_from(
    [
        "a",
        "/a",
        "a/",
        "*.log",
        "!x.log",
        "build/",
        "**/b",
        "src/**",
        "a/**/b",
        "src/*.log",
        "[ab]",
        "[!a]",
        "?",
        "a\\ b",
        "#a",
        "*",
        "!src/",
        "x.*",
        "/src/b",
        "b/x.log",
        "é*",
    ]
)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(GLOBS, min_size=1, max_size=4), paths=st.lists(PATHS, min_size=1, max_size=6, unique=True))
def test_a_gitignore_means_what_git_says(
    lines: list[str], paths: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / ".gitignore").write_text("\n".join(lines) + "\n")
    asked = subprocess.run(
        ["git", "-C", str(root), "-c", "core.quotepath=off", "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(paths).encode() + b"\0",
        capture_output=True,
        check=False,
    )
    ours = {path for path in paths if _ignored(path, patterns("\n".join(lines)))}
    assert ours == {path for path in asked.stdout.decode().split("\0") if path}


def _ignored(path: str, held: tuple[object, ...]) -> bool:
    """As a walk would find it: a folder that is ignored hides what is in it."""
    parts = path.split("/")
    chain = [("", held)]
    return any(
        ignored("/".join(parts[:length]), folder=length < len(parts), chain=chain)  # type: ignore[arg-type]
        for length in range(1, len(parts) + 1)
    )


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), which=st.integers(0, 100))
def test_no_manifest_reader_is_brought_down_by_any_text(text: str, which: int) -> None:
    manifest = manifests()[which % len(manifests())]
    try:
        for dependency in manifest.read("x", Lines(text)):
            assert 0 <= dependency.position <= len(text)
    except UnreadableError:
        pass


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("url: postgresql://app:s3cret@db/x", "url: postgresql://app:***@db/x"),
        ("PASSWORD=hunter2", "PASSWORD=***"),
        ('"password": "p,w"', '"password": "***"'),
        ("password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"),
        ("jdbc:postgresql://h/d?user=a&password=b", "jdbc:postgresql://h/d?user=a&password=***"),
        ("Server=h;Password=x y;", "Server=h;Password=***;"),
        ("api_key = abcdef", "api_key = ***"),
        ("image: postgres:16", "image: postgres:16"),
    ],
)
def test_secrets_are_hidden(line: str, shown: str) -> None:
    assert hidden(line) == shown


def test_json_with_comments_and_trailing_commas_is_read() -> None:
    assert json_document('{"a": 1, // x\n "b": [1, 2,], /* y */ "c": "//",}') == {"a": 1, "b": [1, 2], "c": "//"}


def test_documents_are_read_whole() -> None:
    assert toml_document("a = 1") == {"a": 1}
    assert xml_document('<?xml version="1.0" encoding="ISO-8859-1"?><a xmlns="u"><b/></a>')[0].tag == "b"
    assert yaml_documents("a: !Ref b\n---\nc: 1") == [{"a": "b"}, {"c": 1}]


LONG = 200_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("docker-compose.yml", "[" * LONG),
        ("docker-compose.yml", "image: " + "a" * LONG),
        ("docker-compose.yml", " " * LONG + "x"),
        ("environment.yml", "".join(" " * depth + "a:\n" for depth in range(500))),
        ("pyproject.toml", "a = " + "[" * LONG),
        ("Cargo.toml", "a = " + "{a=" * LONG),
        ("pom.xml", "<project>" + "<a>" * LONG + "</a>" * LONG + "</project>"),
        ("package-lock.json", '{"a":' * LONG),
        ("composer.lock", "[" * LONG),
        ("drizzle/meta/_journal.json", '{"dialect":"x","a":' + "[" * LONG),
        ("setup.py", "x=" + "(" * 5_000 + ")" * 5_000),
        ("setup.py", "x=" + "-" * LONG + "1"),
        ("build.gradle", "implementation" + " " * LONG),
        ("build.gradle", "implementation " * 20_000),
        ("Gemfile", 'gem "pgx" ' * 20_000),
        ("Gemfile", "group :a do\n" * 20_000),
        ("go.mod", "replace (\n" * 20_000),
        ("mix.exs", "{:ecto_x, " * 20_000),
        ("a.csproj", "<PackageReference " * 20_000),
        ("requirements.txt", "x" + "[" * LONG),
        ("requirements.txt", "x \\\n" * 20_000),
        (".env", "://" * LONG),
        (".env", "DB_" * LONG),
        ("a.sh", "docker run " + "\\\n" * LONG),
        ("a.cs", "server=a;" * 20_000),
        ("a.py", "host=a " * 20_000 + "dbname"),
        ("a.tf", "engine = " * 20_000),
        ("a.prisma", "provider = " * 20_000),
        (".gitignore", "*a*b*c*d*e*f*g*h\n" * 300),
        (".gitignore", "**/" * 200 + "x\n" + "a*" * 100 + "b\n"),
    ],
    ids=lambda value: value if len(value) < 40 else repr(value[:16]),
)
def test_what_is_nested_or_repeated_without_end_neither_stops_nor_slows(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    (tmp_path / ("abcdefg" * 30)).write_text("")
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert {one.name for one in detect(tmp_path).technologies} >= {"postgresql", "drizzle"}


@pytest.mark.parametrize("content", ["psycopg2 \\\n" * 3_000, "psycopg2\n" * 3_000])
def test_a_package_declared_thousands_of_times_is_found_once_with_a_few_lines(tmp_path: Path, content: str) -> None:
    (tmp_path / "requirements.txt").write_text(content)
    (found,) = detect(tmp_path).technologies
    assert (found.name, len(found.evidence) <= 8) == ("postgresql", True)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("package-lock.json", "40 MB"),
        ("go.sum", "40 MB"),
        ("requirements.txt", "4 MB"),
        ("src/a.py", "4 MB"),
        (".gitignore", "4 MB"),
    ],
)
def test_a_huge_file_of_any_kind_is_skipped_and_said(tmp_path: Path, name: str, limit: str) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    with (tmp_path / name).open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    found = detect(tmp_path)
    assert [(one.path, one.reason) for one in found.skipped] == [(name, f"200 MB, more than {limit}")]
    assert {one.name for one in found.technologies} == {"postgresql", "drizzle"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xfe\xff" + "django\npsycopg2\n".encode("utf-16-be"), {"django-orm", "postgresql"}),
        (b"\xff\xfe" + "django\npsycopg2\n".encode("utf-16-le"), {"django-orm", "postgresql"}),
        (b"\xef\xbb\xbfpsycopg2\n", {"postgresql"}),
        (b"psycopg2\n\xff\xfe\x80\ndjango\n", {"django-orm", "postgresql"}),
        (b"\xff\xfep", set()),
        ("psycopg2".encode("utf-32"), set()),
        (b"", set()),
    ],
    ids=["utf-16-be", "utf-16-le", "utf-8 with a mark", "no encoding", "half a character", "utf-32", "empty"],
)
def test_encodings_that_are_broken_or_rare_do_no_harm(tmp_path: Path, content: bytes, found: set[str]) -> None:
    (tmp_path / "requirements.txt").write_bytes(content)
    assert {one.name for one in detect(tmp_path).technologies} == found


def test_names_that_cannot_be_shown_are_skipped_and_the_answer_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("psycopg2")
    for name in (b"caf\xe9.py", b"a\nb.py", b"\xff\xfe.env"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("import psycopg2")
    found = detect(tmp_path)
    assert found.model_dump_json()
    assert {one.path for one in found.skipped} == {"\\udcff\\udcfe.env", "a\\nb.py", "caf\\udce9.py"}
    assert found.files == 1


def test_folders_without_end_and_pipes_are_skipped_and_said(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(GOOD)
    os.mkfifo(tmp_path / "requirements.txt")
    (tmp_path / "/".join(["d"] * 80)).mkdir(parents=True)
    skipped = {one.reason for one in detect(tmp_path).skipped}
    assert skipped == {"not a regular file", "more than 60 folders deep"}


def test_a_secret_in_a_line_without_end_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(
        '{"password": "hunter2", ' + '"a": 1, ' * 3_000 + '"url": "postgres://app:s3cret@db/app", "token": "abcdef"}'
    )
    (tmp_path / "requirements.txt").write_text("psycopg2")
    told = detect(tmp_path).model_dump_json()
    assert "postgres://app:***@db/app" in told
    assert not [secret for secret in ("hunter2", "s3cret", "abcdef") if secret in told]
