"""Whatever Python a project consists of, reading it ends: in a result that says what was not read, or in an error that says what to do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dbdesign.errors import DesignError, InputError
from dbdesign.model.schema import Engine
from dbdesign.readers.base import source_readers
from dbdesign.readers.django.migrations import read_django_migrations
from django_projects import cases
from real_schemas import REAL_SCHEMAS

HERE = Path(__file__).parent
HEAD = "from django.db import models\n"
read = source_readers()["django"].read


def _names(files: dict[str, str]) -> list[str]:
    return [one.name for one in read(files).schema_.tables]


def test_a_file_that_is_no_python_is_unread_and_the_rest_is_read() -> None:
    result = read(
        {"a/models.py": HEAD + "class A(models.Model):\n    x = models.IntegerField()\n", "b/models.py": "class B(:\n"}
    )
    assert [one.name for one in result.schema_.tables] == ["a_a"]
    assert [(one.path, one.line) for one in result.unread] == [("b/models.py", 1)]


def test_a_single_file_that_is_no_python_is_an_error() -> None:
    with pytest.raises(InputError, match="is no Python"):
        read({"models.py": "class B(:\n"})


def test_sources_without_models_are_an_error() -> None:
    with pytest.raises(InputError, match="no Django model"):
        read({"a.py": "x = 1\n"})


def test_circles_of_classes_imports_and_keys_end() -> None:
    files = {
        "a/models.py": HEAD + "from b.models import B\nclass A(B):\n    x = models.IntegerField()\nclass K(models.Model):\n"
        "    id = models.OneToOneField('a.L', models.CASCADE, primary_key=True)\n",
        "b/models.py": HEAD + "from a.models import A\nclass B(A):\n    y = models.IntegerField()\nX = Y\nY = X\n",
        "a/more.py": HEAD + "class L(models.Model):\n    id = models.OneToOneField('a.K', models.CASCADE, primary_key=True)\n"
        "class Self(Self):\n    z = models.IntegerField()\nclass Ok(models.Model):\n    n = models.CharField(max_length=N)\n    m = models.IntegerField()\nN = M\nM = N\n",
    }  # fmt: skip
    result = read(files)
    assert "a_ok" in {one.name for one in result.schema_.tables}
    assert {"max_length is not known", "foreign keys that lead in a circle"} <= {one.reason for one in result.unread}


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + ")" * 5000,
        "[" * 90 + "]" * 90,
        "+".join(["'x'"] * 20_000),
        "~" * 3000 + "Q(a=1)",
        "Q(" * 80 + "a=1" + ")" * 80,
        "F('a')" + " + F('a')" * 3000,
        "Q(a=1)" + " & Q(a=1)" * 500,
        "9 ** 9 ** 9",
        "'x' * 10 ** 12",
        "[0] * 10 ** 12",
        "'{:>999999999999}'.format(1)",
        "'%9999999999d' % 1",
        "1 << 10 ** 9",
        "10 ** 5000 + 1.5",
    ],
)
def test_deep_and_huge_expressions_end(source: str) -> None:
    text = f"{HEAD}from django.db.models import F, Q\nclass A(models.Model):\n    a = models.IntegerField()\n    b = models.CharField(max_length={source})\n    class Meta:\n        constraints = [models.CheckConstraint(condition={source}, name='c')]\n"
    try:
        result = read(
            {"x/models.py": text, "y/models.py": HEAD + "class Y(models.Model):\n    a = models.IntegerField()\n"}
        )
    except DesignError:
        return
    assert "y_y" in {one.name for one in result.schema_.tables}
    assert result.unread


def test_a_hundred_thousand_lines_are_read() -> None:
    model = "class M{0}(models.Model):\n" + "".join(
        f"    f{one} = models.CharField(max_length={one})\n" for one in range(1, 199)
    )
    files = {f"app{one}/models.py": HEAD + model.format(one) for one in range(8)}
    files |= {f"lib{one}/code.py": "x = 1\n" * 4800 for one in range(21)}
    assert len(_names(files)) == 8


def test_long_chains_of_names_and_classes_end() -> None:
    chain = "".join(f"N{one} = N{one + 1}\n" for one in range(1000)) + "N1000 = 5\n"
    classes = "class C0(models.Model):\n    a = models.IntegerField()\n    class Meta:\n        abstract = True\n"
    classes += "".join(
        f"class C{one}(C{one - 1}):\n    class Meta:\n        abstract = True\n" for one in range(1, 120)
    )
    text = (
        HEAD
        + chain
        + classes
        + "class Last(C119):\n    b = models.CharField(max_length=N0)\nclass Ok(models.Model):\n    c = models.IntegerField()\n"
    )
    assert "x_ok" in _names({"x/models.py": text})


@pytest.mark.parametrize("seed", range(40))
def test_mutated_models_and_migrations_never_crash(seed: int) -> None:
    chance = random.Random(seed)
    sources = [one for path in sorted((HERE / "cases").glob("*.txt")) for one in cases(path)]
    histories = cases(HERE / "histories" / "histories.txt", "")
    files = dict(chance.choice(sources).files) | dict(chance.choice(histories).files)
    for path in files:
        files[path] = _mutated(files[path], chance)
    engine = chance.choice([None, Engine.MYSQL, Engine.SQLITE, Engine.SQLSERVER])
    for reading in (read, read_django_migrations):
        try:
            result = reading(files, engine=engine)
        except DesignError:
            continue
        assert all(one.reason for one in result.unread)


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        place = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, chance.choice(lines))
            case 2:
                lines[place] = lines[place].replace("models.", chance.choice(["", "x.", "models.models."]), 1)
            case 3:
                lines[place] = lines[place].replace("=", chance.choice(["==", "=-", "=None, x="]), 1)
            case 4:
                lines[place] = lines[place].replace('"', chance.choice(["", "'", '""']), 1)
            case _:
                words = lines[place].split(" ")
                chance.shuffle(words)
                indent = len(lines[place]) - len(lines[place].lstrip())
                lines[place] = " " * indent + " ".join(word for word in words if word)
        text = "\n".join(lines)
    return text


def test_the_models_of_healthchecks_are_read_in_full() -> None:
    path = REAL_SCHEMAS / "healthchecks.django_models.py"
    if not path.exists():
        pytest.skip("the real schemas are not beside this checkout")
    result = read({"hc/api/models.py": path.read_text(encoding="utf-8")})
    assert {one.name: len(one.columns) for one in result.schema_.tables} == {
        "api_check": 31, "api_ping": 13, "api_channel": 12, "api_channel_checks": 3, "api_notification": 7, "api_flip": 7, "api_tokenbucket": 4,
    }  # fmt: skip
    assert [one.text for one in result.unread] == ["Check.project", "Channel.project"]
    assert all("accounts.Project is not in the sources" in one.reason for one in result.unread)


def test_models_whose_base_lies_elsewhere_are_read_and_said_to_lack_fields() -> None:
    text = HEAD + (
        "from django.db.models import Func\nfrom shop.core.models import Timestamped\nfrom kit import Expression\n"
        "class Order(Timestamped):\n    number = models.IntegerField()\n"
        "class Line(models.Model):\n    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n"
        "class Total(Func):\n    width = models.IntegerField()\n"
        "class Rate(Expression):\n    output_field = models.IntegerField()\n"
        "class Report(Expression):\n    chosen = models.Q(a=1)\n"
    )
    result = read({"orders/models.py": text})
    assert [one.name for one in result.schema_.tables] == ["orders_order", "orders_line"]
    assert [(one.line, one.text, one.reason) for one in result.unread] == [
        (
            5,
            "class Order(shop.core.models.Timestamped)",
            "shop.core.models.Timestamped is not in the sources: fields that it adds are not known",
        )
    ]
