"""What is read statically is what SQLAlchemy makes of the same programs when they are imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError, InputError, LimitError
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.readers.base import reader, source_readers
from dbdesign.readers.sqlalchemy import declares, read
from dbdesign.readers.sqlalchemy.imported import read_imported
from dbdesign.readers.sqlalchemy.result import ddl_of
from sqlalchemy_cases import Case, cases_of, written_by_sqlalchemy

HERE = Path(__file__).resolve().parent
CASES = [case for file in sorted((HERE / "cases").glob("*.txt")) for case in cases_of(file)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What SQLAlchemy writes for every case."""
    return written_by_sqlalchemy(CASES, tmp_path_factory.mktemp("cases"))


def plain(statements: list[str]) -> list[str]:
    """Statements without differences in white space; extensions are ours, for SQLAlchemy takes them for granted."""
    texts = (" ".join(one.split()).rstrip(";") for one in statements)
    return sorted(one for one in texts if not one.startswith("CREATE EXTENSION"))


def in_order(schema: Schema) -> dict[str, Table]:
    """The tables by label; SQLAlchemy creates indexes in any order."""
    return {
        one.label: one.model_copy(update={"indexes": tuple(sorted(one.indexes, key=lambda index: str(index.name)))})
        for one in schema.tables
    }


def test_there_are_at_least_sixty_cases() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_a_program_is_read_as_sqlalchemy_creates_it(case: Case, written: dict[str, list[str]]) -> None:
    assert plain(ddl_of(case.files, Engine.POSTGRESQL).split(";\n")[:-1]) == plain(written[case.name])


@pytest.mark.parametrize(
    "case", [case for case in CASES if "naming conventions" in case.name or "relative imports" in case.name], ids=repr
)
def test_the_schema_is_what_the_server_makes_of_it(case: Case, written: dict[str, list[str]]) -> None:
    found = read(case.files)
    expected = reader("postgresql").read(";\n".join(written[case.name]) + ";\n")
    assert in_order(found.schema) == in_order(expected.schema)
    assert found.schema.enums == expected.schema.enums
    assert found.unread == ()
    assert found.proof.level == "executed"


@pytest.mark.parametrize("engine", [Engine.MYSQL, Engine.SQLITE, Engine.SQLSERVER])
def test_other_engines_get_the_ddl_of_their_dialect(engine: Engine, tmp_path: Path) -> None:
    names = {
        "joined inheritance",
        "names of tables by a regular expression",
        "foreign keys of objects of columns",
        "abstract bases on top of one another",
    }
    cases = [case for case in CASES if case.name in names]
    dialect = {Engine.MYSQL: "mysql", Engine.SQLITE: "sqlite", Engine.SQLSERVER: "mssql"}[engine]
    sized = [
        Case(
            one.name,
            {
                path: text.replace("String)", "String(9))").replace("Mapped[str]", "Mapped[int]")
                for path, text in one.files.items()
            },
        )
        for one in cases
    ]
    sized = [
        Case(
            one.name,
            {path: text.replace("Mapped[str | None]", "Mapped[int | None]") for path, text in one.files.items()},
        )
        for one in sized
    ]
    written = written_by_sqlalchemy(sized, tmp_path, dialect)
    for case in sized:
        assert plain(ddl_of(case.files, engine).split(";\n")[:-1]) == plain(written[case.name]), case.name
        assert read(case.files, engine=engine).schema.engine is engine


def test_places_are_lines_of_the_files_that_declare() -> None:
    case = next(case for case in CASES if "relative imports" in case.name)
    found = read(case.files)
    assert (found.files["users"], found.lines["users"]) == ("app/models/user.py", 11)
    assert (found.files["users.created_at"], found.lines["users.created_at"]) == ("app/db/mixins.py", 9)
    assert (found.files["posts.posts_author_id_fkey"], found.lines["posts.posts_author_id_fkey"]) == (
        "app/models/post.py",
        12,
    )


def test_the_engine_is_the_one_that_the_files_name() -> None:
    models = "from sqlalchemy import Column, Integer, Table, MetaData\nt = Table('t', MetaData(), Column('id', Integer, primary_key=True))\n"
    assert read({"m.py": models}).schema.engine is Engine.POSTGRESQL
    assert "the files name no engine" in read({"m.py": models}).notes[0]
    assert read({"m.py": models, "s.py": "URL = 'sqlite:///x.db'"}).schema.engine is Engine.SQLITE
    assert read({"m.py": models, "s.py": "URL = 'mysql+pymysql://h/x'"}).schema.engine is Engine.MYSQL


UNREAD = """from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table
from sqlalchemy.orm import declarative_base
from elsewhere import Kind, make

Base = declarative_base()


class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    kind = Column(Kind)
    made = make(Column(Integer))
    name = Column(String(LENGTH))
    other_id = Column(Integer, ForeignKey("nowhere.id"))
    __table_args__ = (Index("ix_nothing", "not_there"), CheckConstraint("id > 0", name="ck_id"))


reflected = Table("reflected", Base.metadata, autoload_with=object())
"""


def test_what_is_not_known_is_said_and_the_rest_is_read() -> None:
    found = read({"m.py": UNREAD, "broken.py": "class A(:\n    pass\n"})
    table = found.schema.table_by_label["t"]
    assert [one.name for one in table.columns] == ["id", "other_id"]
    assert [one.name for one in table.checks] == ["ck_id"]
    said = {(one.path, one.line): one.reason for one in found.unread}
    assert "elsewhere.Kind is of a package that is not read" in said["m.py", 11]
    assert "LENGTH is not defined" in said["m.py", 13]
    assert "nowhere" in said["m.py", 14]
    assert "not_there" in said["m.py", 15]
    assert "reflected table" in said["m.py", 18]
    assert "no Python" in said["broken.py", 1]


FOREIGN = """
from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column
from framework import Model, Stamped, key_type, size

metadata = Model.metadata
links = Table("links", metadata, Column("post_id", ForeignKey("posts.id")))

class Named(Stamped):
    name = Column(String(9))

class Post(Model):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(key_type(), primary_key=True)
    title: Mapped[str | None] = mapped_column(String(size()))

class Tag(Named):
    __tablename__ = "tags"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("posts.id"))

class Form(Model):
    name = "no table"
"""


def test_bases_and_types_of_packages_that_are_not_read_cost_no_table() -> None:
    found = read({"m.py": FOREIGN})
    columns = {table.label: [f"{one.name} {one.type.native}" for one in table.columns] for table in found.schema.tables}
    assert columns == {
        "links": ["post_id integer"],
        "posts": ["id integer", "title character varying"],
        "tags": ["id integer", "post_id integer", "name character varying(9)"],
    }
    assert [key.references for table in found.schema.tables for key in table.foreign_keys] == ["posts", "posts"]
    assert {one.reason for one in found.unread} == {
        "framework.key_type is of a package that is not read: the column has the type of its annotation",
        "framework.size is of a package that is not read: the column has the type of its annotation",
    }
    assert [one for one in found.notes if "declarative base" in one] == [
        "framework.Model is of a package that is not read: it is taken for a declarative base; columns that it may bring are missing",
        "framework.Stamped is of a package that is not read: it is taken for a declarative base; columns that it may bring are missing",
    ]


MODELS_ALONE = """
from sqlalchemy.orm import Mapped, mapped_column
from sqlmodel import Field
from app.db.base import Base, Stamped

class User(Base):
    __tablename__ = "users"
    id: Mapped[int]
    name: Mapped[str]

class Named(Base):
    name: Mapped[str]

class City(Named):
    __tablename__ = "cities"
    id: Mapped[int] = mapped_column(primary_key=True)

class Audit(Base):
    id: Mapped[int] = mapped_column(primary_key=True)

class Abstract(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)

class Hero(Stamped, table=True):
    id: int = Field(primary_key=True)
"""


def test_models_whose_base_lies_elsewhere_are_read_where_they_are_certainly_tables_and_else_said() -> None:
    found = read({"models.py": MODELS_ALONE})
    assert {one.label: [column.name for column in one.columns] for one in found.schema.tables} == {
        "users": ["id", "name"],
        "cities": ["id", "name"],
        "hero": ["id"],
    }
    assert [(one.line, one.text, one.reason) for one in found.unread] == [
        (
            18,
            "class Audit",
            "has columns, and app.db.base.Base is of a package that is not read: whether it is a model is not known, and no table is read for it",
        )
    ]


def test_a_class_whose_table_has_a_name_that_is_computed_elsewhere_is_said_and_the_others_are_read() -> None:
    head = "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\nimport kit\n"
    unknown = "class A(Base):\n    __tablename__ = kit.name()\n    id = Column(Integer, primary_key=True)\n"
    known = 'class B(Base):\n    __tablename__ = "b"\n    id = Column(Integer, primary_key=True)\n'
    found = read({"models.py": f"{head}Base = declarative_base()\n{unknown}{known}"})
    assert [one.label for one in found.schema.tables] == ["b"]
    assert [(one.line, one.text, one.reason) for one in found.unread] == [
        (5, "class A", "the table's name is not known: kit.name is of a package that is not read")
    ]


def test_nothing_of_a_program_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    program = f"""
import os, sys, subprocess
from sqlalchemy import Column, Integer, String, Table, MetaData, Enum, text
open({str(trap)!r}, "w").write("x")
__import__("os").system("touch {trap}")
eval("open({str(trap)!r}, 'w')")
metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("a", Enum("x", name="n", values_callable=lambda e: open({str(trap)!r}, "w"))))
u = Table("u", metadata, Column("id", Integer, primary_key=True, default=lambda: os.system("touch {trap}")))
getattr(Column, "__init__").__globals__["__builtins__"]["open"]({str(trap)!r}, "w")
"{{0.__class__.__init__.__globals__}}".format(t)
(lambda: Column.__init__.__globals__)()
type("X", (object,), {{}})
Base = type.mro(int)
"""
    found = read({"m.py": program})
    assert not trap.exists()
    assert set(found.schema.table_by_label) == {"t", "u"}


HOSTILE = {
    "circular inheritance": "class A(B): pass\nclass B(A): pass\n",
    "a function that calls itself": "def f(): return f()\nx = f()\n",
    "a text that fills the memory": "x = 'a' * 10 ** 12\ny = f'{1:1000000000}'\nz = '%1000000000d' % 3\nq = 10 ** 10 ** 10\n",
    "a list that fills the memory": "x = [0] * 10 ** 12\ny = list(range(10 ** 12))\nfor i in range(10 ** 9): pass\n",
    "an expression that never ends": "import re\nx = re.sub('(a+)+$', '', 'a' * 150 + 'b')\n",
    "deep brackets": f"x = {'(' * 3000}1{')' * 3000}\n",
    "a long sum": "x = " + " + ".join(["1"] * 5000) + "\n",
    "deep attributes": "x = a" + ".b" * 5000 + "\n",
    "names that nothing may reach": "x = ().__class__.__bases__[0].__subclasses__()\n",
}
TABLE = "\nfrom sqlalchemy import Column, Integer, MetaData, Table\nkept = Table('kept', MetaData(), Column('id', Integer, primary_key=True))\n"


@pytest.mark.parametrize("program", HOSTILE.values(), ids=HOSTILE)
def test_hostile_programs_end_and_the_rest_is_read(program: str) -> None:
    found = read(
        {"hostile.py": program, "m.py": TABLE, "again.py": program + TABLE.replace("kept", "too")}, execute=False
    )
    assert "kept" in found.schema.table_by_label


def test_modules_that_import_one_another_in_a_circle_are_read() -> None:
    files = {
        f"p/m{number}.py": f"from p.m{(number + 1) % 30} import T{(number + 1) % 30}\n{TABLE.replace('kept', f'T{number}')}"
        for number in range(30)
    }
    assert len(read(files, execute=False).schema.tables) == 30


def test_a_hundred_thousand_lines_are_read() -> None:
    head = "from sqlalchemy import Column, Integer, MetaData, String, Table\nmetadata = MetaData()\n"
    table = (
        "t{0} = Table(\n    't{0}',\n    metadata,\n    Column('id', Integer, primary_key=True),\n"
        + "    # nothing\n" * 194
        + ")\n"
    )
    text = head + "".join(table.format(number) for number in range(505))
    assert text.count("\n") > 100_000
    assert len(read({"m.py": text}, execute=False).schema.tables) == 505


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CASES), st.data())
def test_mutated_programs_end_in_a_result_or_an_error(case: Case, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(case.files)))
    text = case.files[path]
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(
        st.sampled_from(
            ["", "(", ")", "[", ",", "None", "1", "'", "\n", "Column", "*", ".", "=", "lambda: ", "cls", "{}", "not "]
        )
    )
    cut = data.draw(st.integers(0, 8))
    try:
        read({**case.files, path: text[:at] + piece + text[at + cut :]}, execute=False)
    except DesignError:
        return


def test_a_folder_without_tables_is_an_error() -> None:
    with pytest.raises(InputError, match="no table is declared"):
        read({"m.py": "x = 1\n"})


def test_the_reader_is_found_by_name_and_knows_its_files() -> None:
    assert source_readers()["sqlalchemy"].suffixes == (".py",)
    assert declares(CASES[0].files["models.py"]) > 0.9
    assert declares("from django.db import models\nclass A(models.Model): pass\n") == 0
    assert declares("down_revision = None\nfrom sqlalchemy import Column\nx = Column()\n") == 0


def test_importing_reads_the_same_tables(tmp_path: Path) -> None:
    case = next(case for case in CASES if "relative imports" in case.name)
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    found = read_imported(tmp_path)
    assert in_order(found.schema) == in_order(read(case.files).schema)
    assert found.unread == ()


def test_importing_a_program_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    )
    with pytest.raises(LimitError, match="was stopped"):
        read_imported(tmp_path / "m.py", timeout=1)


def test_importing_what_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("raise RuntimeError('no settings')\n")
    with pytest.raises(InputError, match="RuntimeError: no settings"):
        read_imported(tmp_path / "m.py")
    (tmp_path / "m.py").write_text("import os\nos._exit(3)\n")
    with pytest.raises(InputError, match="status 3"):
        read_imported(tmp_path / "m.py")
