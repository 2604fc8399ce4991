"""What a tool reads back from its file is the step's statements, character by character, for any text in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from dbdesign.engines.postgres import split_script
from dbdesign.errors import InputError
from dbdesign.migrations.writers.base import MigrationOptions, write
from dbdesign.model.migration import MigrationPlan, Phase, Step
from goose_parser import parse_goose
from migration_tools import liquibase

PIECES = [
    *"'\"`\\$;:%?{}<>&#-/*\n\r\t()[]!\x01\x0b\x85\u2028\ue000é日🐘", " ", "a", "x1", ":name", "::text", "\\:", "\\?", "%s", "%(a)s", "${", "${a}",
    "${user.name}", "$(", "{{x}}", "]]>", "<![CDATA[", "--", "-- migrate:down", "\n-- migrate:down", "\n-- +goose Down", "\n--rollback x",
    "\n--changeset a:b", "\n-- +goose StatementEnd", '"""', "'''", "\\n", "\\u0041", "*/", "/*", "\n;\n", "BEGIN", "END", "GO", "$$", "# no",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A statement of PostgreSQL that holds any text: as a string, a name, between dollar quotes, or as a comment inside."""
    text = draw(TEXT)
    kind = draw(st.sampled_from(["string", "name", "dollars", "comment"]))
    if kind == "string":
        return "COMMENT ON TABLE t IS '{}'".format(text.replace("'", "''"))
    if kind == "name":
        return 'ALTER TABLE t ADD "{}" text'.format(text.replace('"', '""') or "x")
    if kind == "dollars":
        return f"DO $quoted$\n{text.replace('$quoted', '')}\n$quoted$"
    return f"SELECT 1 -- {text.splitlines()[0] if text.splitlines() else ''}\n, 2"


def plan_of(found: list[str], *, transactional: bool, said: str = "any") -> MigrationPlan:
    """A plan of these statements; `said` stands wherever a plan has words of its own."""
    steps = tuple(
        Step(
            id=f"expand-{number}",
            title=said,
            sql=f"{one};",
            transactional=transactional,
            rollback=f"{one};",
            notes=(said,),
        )
        for number, one in enumerate(found, start=1)
    )
    phase = Phase(name="expand", deploy_condition=said, steps=steps)
    return MigrationPlan(engine="postgresql", phases=(phase,), manual=(said,), notes=(said,))


def _split(text: str) -> list[str]:
    return [one.sql for one in split_script(text).statements]


def _scripts(up: str, down: str) -> Callable[[dict[str, str]], tuple[list[str], list[str]]]:
    def read(files: dict[str, str]) -> tuple[list[str], list[str]]:
        chosen = {which: [text for path, text in files.items() if re.search(which, path)] for which in (up, down)}
        return tuple([one for text in chosen[which] for one in _split(text)] for which in (up, down))  # type: ignore[return-value]

    return read


def _dbmate(files: dict[str, str]) -> tuple[list[str], list[str]]:
    up, down = [], []
    for text in files.values():
        start = re.search(r"(?m)^--\s*migrate:up(\s*$|\s+\S+)", text)
        end = re.search(r"(?m)^--\s*migrate:down(\s*$|\s+\S+$)", text)
        assert start
        assert end
        up += _split(text[start.start() : end.start()])
        down += _split(text[end.start() :])
    return up, down


def _goose(files: dict[str, str]) -> tuple[list[str], list[str]]:
    parsed = [parse_goose(text) for text in files.values()]
    return tuple(
        [one.removesuffix(";") for file in parsed for one in some(file)] for some in (lambda f: f.up, lambda f: f.down)
    )  # type: ignore[return-value]


def _expanded(sql: str) -> str:
    """What Liquibase makes of parameters: the one that is declared, and any other that has a value, as `${user.name}` has."""
    values = {"dbdesign.dollar": "$", "user.name": "root"}
    return re.sub(r"\$\{([^{}]+)\}", lambda match: values.get(match[1], match[0]), sql)


def _xml(files: dict[str, str]) -> tuple[list[str], list[str]]:
    name = "{http://www.liquibase.org/xml/ns/dbchangelog}"
    roots = [ET.fromstring(text.encode()) for text in files.values()]
    up = [_expanded(one.text or "") for root in roots for one in root.findall(f"{name}changeSet/{name}sql")]
    down = [
        _expanded(one.text or "") for root in roots for one in root.findall(f"{name}changeSet/{name}rollback/{name}sql")
    ]
    return up, down


def _yaml(files: dict[str, str]) -> tuple[list[str], list[str]]:
    sets = [one["changeSet"] for text in files.values() for one in yaml.safe_load(text)["databaseChangeLog"]]
    return tuple(
        [_expanded(one["sql"]["sql"]) for each in sets for one in each[part]] for part in ("changes", "rollback")
    )  # type: ignore[return-value]


def _formatted(files: dict[str, str]) -> tuple[list[str], list[str]]:
    up, down = [], []
    for text in files.values():
        for part in re.split(r"(?m)^--changeset .*\n--comment: .*\n", text)[1:]:
            lines = part.split("\n")
            back = [line.removeprefix("--rollback ") for line in lines if line.startswith("--rollback")]
            up.append(_expanded("\n".join(line for line in lines if not line.startswith("--rollback")).strip("\n")))
            down.append(_expanded("\n".join(back)))
    return up, down


def _alembic(files: dict[str, str]) -> tuple[list[str], list[str]]:
    found: dict[str, list[str]] = {"upgrade": [], "downgrade": []}
    for text in files.values():
        for function in ast.parse(text).body:
            if isinstance(function, ast.FunctionDef) and function.name in found:
                for call in ast.walk(function):
                    if (
                        isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute)
                        and call.func.attr == "execute"
                    ):
                        found[function.name].append(_compiled(ast.literal_eval(call.args[0])))
    return found["upgrade"], found["downgrade"]


def _compiled(sql: str) -> str:
    """What SQLAlchemy sends: parameters would be left as placeholders, percent signs are doubled for the driver."""
    compiled = sa.text(sql).compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
    assert not compiled.params
    return str(compiled).replace("%%", "%")


def _django(files: dict[str, str]) -> tuple[list[str], list[str]]:
    found: dict[str, list[str]] = {"sql": [], "reverse_sql": []}
    for text in files.values():
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.keyword) and call.arg in found:
                found[call.arg] += ast.literal_eval(call.value)
    return found["sql"], found["reverse_sql"]


def _templates(unescape: Callable[[str], str]) -> Callable[[dict[str, str]], tuple[list[str], list[str]]]:
    def read(files: dict[str, str]) -> tuple[list[str], list[str]]:
        both: tuple[list[str], list[str]] = ([], [])
        for text in files.values():
            start = re.search(r"(?:async up\(|exports\.up)", text)
            middle = re.search(r"(?:async down\(|exports\.down)", text)
            assert start
            assert middle
            literals = list(re.finditer(r"run\(`((?:[^`\\]|\\.)*)`\)", text, re.DOTALL))
            for one in literals:
                both[one.start() > middle.start()].append(unescape(_cooked(one[1])))
        return both

    return read


def _cooked(raw: str) -> str:
    """The value of a template literal (ECMAScript, 12.9.6): escapes resolved, line ends made line feeds."""
    assert not re.search(r"(?<!\\)(?:\\\\)*\$\{", raw)
    raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(
        r"\\(?:u\{([0-9a-f]+)\}|(.))",
        lambda match: chr(int(match[1], 16)) if match[1] else match[2],
        raw,
        flags=re.DOTALL,
    )


READERS: dict[str, Callable[[dict[str, str]], tuple[list[str], list[str]]]] = {
    "flyway": _scripts(r"^V.*\.sql$", r"^U.*\.sql$"),
    "golang-migrate": _scripts(r"\.up\.sql$", r"\.down\.sql$"),
    "prisma": _scripts(r"migration\.sql$", r"down\.sql$"),
    "sql": _scripts(r"/\d\d_", r"/down\.sql$"),
    "dbmate": _dbmate,
    "goose": _goose,
    "liquibase xml": _xml,
    "liquibase yaml": _yaml,
    "liquibase sql": _formatted,
    "alembic": _alembic,
    "django": _django,
    "typeorm": _templates(str),
    "knex": _templates(lambda sql: re.sub(r"(\\*)(\?)", lambda match: "?" if len(match[1]) % 2 else "$1", sql)),
}

REFUSED = {
    "dbmate": r"(?m)^--\s*migrate:",
    "goose": r"(?m)^\s*--\s*\+goose",
    "knex": r"\\\?",
    "liquibase xml": "[\x00-\x08\x0b\x0c\x0e-\x1f]",
    "liquibase yaml": r"\$\{[^{}]*\}",
    "liquibase sql": "(?m)^\\s*--[ \t]*(?:rollback|changeset)|\r(?!\n)|[\x85\u2028\u2029]",
}
"""What a tool cannot carry, and refuses with an error."""


@pytest.mark.parametrize("tool", READERS)
@settings(deadline=None, max_examples=40)
@given(found=st.lists(statements(), min_size=1, max_size=2), transactional=st.booleans(), said=TEXT)
def test_a_tool_reads_back_the_statements_as_they_were(
    tool: str, found: list[str], transactional: bool, said: str
) -> None:
    name, _, form = tool.partition(" ")
    options = MigrationOptions(name=said, author=said, app="shop", format=form or None)  # type: ignore[arg-type]
    refused = tool in REFUSED and any(re.search(REFUSED[tool], one) for one in found)
    try:
        files = dict(write(plan_of(found, transactional=transactional, said=said), name, None, options).files)
    except InputError:
        if not refused:
            raise
        return
    up, down = READERS[tool](files)
    expected = [_lines(one) if tool == "goose" else one for one in found]
    around = re.compile(r"(?:BEGIN|COMMIT)\Z")
    assert [one for one in up if not around.match(one)] == expected
    backwards = expected[::-1] if tool == "sql" else expected
    assert [one for one in down if not around.match(one)] == backwards


def _lines(sql: str) -> str:
    """goose drops the carriage return at the end of a line, as a note says."""
    return sql.replace("\r\n", "\n")


@pytest.mark.parametrize("form", ["xml", "yaml", "sql"])
def test_liquibase_itself_would_execute_the_statements_as_they_were(form: str, tmp_path: Path) -> None:
    name = f"liquibase {form}"
    texts = [one for one in PIECES if "\r" not in one and not re.search(REFUSED[name], f"\n{one}")]
    found = [
        f"DO $quoted$ '{one}\n; \n\n {one}' $quoted$"
        for one in texts
        if "$quoted" not in one and not one.startswith("\n--")
    ]
    written = write(plan_of(found, transactional=True), "liquibase", None, MigrationOptions(name="any", format=form))  # type: ignore[arg-type]
    (path, text), *_ = written.files.items()
    (tmp_path / path).write_text(text, encoding="utf-8")
    state = tmp_path / "state.csv"
    url = f"--url=offline:postgresql?outputLiquibaseSql=none&changeLogFile={state}"
    said = liquibase(tmp_path, f"--changelog-file={path}", "--output-default-schema=false", url, "update-sql")
    parts = re.split(r"-- Changeset \S+\n-- [^\n]*\n", said)[1:]
    assert [one.rstrip("\n").removesuffix(";") for one in parts] == found
