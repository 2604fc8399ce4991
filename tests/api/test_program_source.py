"""Programs as sources: folders, single files with what they import, text; which files a reader is given, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.read_schema import read_schema
from dbdesign.api.review_schema import review_schema
from dbdesign.api.source import Loaded, load
from dbdesign.errors import AccessError, InputError
from dbdesign.readers import base
from sheet_models import LEAF, SEEN, SHEET

CUSTOMERS = "# table customers: id\n"
ORDERS = "from shop.customers import Customer\n\n# table orders: id, customer_id -> customers.id\n"


@pytest.fixture(autouse=True)
def forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "source_readers", lambda: {"sheet": SHEET, "leaf": LEAF})
    SEEN.clear()


def write(folder: Path, files: Mapping[str, str]) -> Call:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Call(access=Access.beneath(folder))


def labels(loaded: Loaded) -> list[str]:
    return [table.label for table in loaded.result.schema.tables]


SHOP = {
    "shop/__init__.py": "",
    "shop/customers.py": CUSTOMERS,
    "shop/orders.py": ORDERS,
    "shop/audit.py": "# table audit: id\n",
}


def test_a_folder_is_read_whole_and_places_are_as_the_caller_names_them(tmp_path: Path) -> None:
    found = load("shop", write(tmp_path, SHOP))
    assert (found.format, labels(found)) == ("sheet", ["audit", "customers", "orders"])
    assert (found.result.files["orders"], found.result.lines["orders"]) == ("shop/orders.py", 3)
    assert list(SEEN[-1]) == ["shop/__init__.py", "shop/audit.py", "shop/customers.py", "shop/orders.py"]


def test_a_file_brings_what_it_imports_and_keeps_what_it_needs(tmp_path: Path) -> None:
    call = write(tmp_path, {**SHOP, "shop/customers.py": f"from . import audit\n{CUSTOMERS}"})
    found = load("shop/orders.py", call)
    assert labels(found) == ["orders", "customers"]
    assert "read together with" in found.result.notes[0]
    assert "shop/audit.py" in SEEN[-1]
    assert labels(load("shop/audit.py", call)) == ["audit"]


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("from .customers import Customer", "shop/customers.py"),
        ("from . import customers", "shop/customers.py"),
        ("from ..common.customers import (\n    Customer,\n    Other,\n)", "common/customers.py"),
        ("import shop.customers", "shop/customers.py"),
        ("from shop.models import customers as c, other", "shop/models/customers.py"),
        ("from common import customers", "common/customers/__init__.py"),
    ],
)
def test_python_imports_are_followed(line: str, target: str, tmp_path: Path) -> None:
    call = write(tmp_path, {"shop/orders.py": f"{line}\n# table orders: id, c -> customers.id\n", target: CUSTOMERS})
    assert labels(load("shop/orders.py", call)) == ["orders", "customers"]


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ('import { Customer } from "./customer.entity"', "src/orders/customer.entity.ts"),
        ("import { Customer } from '../customers/customer.js';", "src/customers/customer.ts"),
        ('const { Customer } = require("../customers")', "src/customers/index.ts"),
        ('import { Customer } from "src/customers/customer"', "src/customers/customer.ts"),
        ('import type { Customer } from "@/customers/customer"', "src/customers/customer.ts"),
        ('export * from "../shared/customer.entity"', "src/shared/customer.entity.js"),
    ],
)
def test_typescript_imports_are_followed(line: str, target: str, tmp_path: Path) -> None:
    files = {
        "src/orders/order.ts": f"{line}\n// table orders: id, c -> customers.id\n",
        target: "// table customers: id\n",
    }
    call = write(tmp_path, files)
    found = load("src/orders/order.ts", call)
    assert (found.format, labels(found)) == ("leaf", ["orders", "customers"])


def test_imports_that_go_round_in_a_circle_end(tmp_path: Path) -> None:
    call = write(tmp_path, {"a.py": "from b import *\n# table a: id\n", "b.py": "from a import *\n# table b: id\n"})
    assert labels(load("a.py", call)) == ["a"]


def test_nothing_outside_the_allowed_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"secret/customers.py": CUSTOMERS, "secret/base.ts": "// table base: id\n"})
    inside = tmp_path / "inside"
    call = write(
        inside, {"orders.py": "from ..secret.customers import *\nfrom secret.customers import *\n# table orders: id\n"}
    )
    (inside / "link.py").symlink_to(tmp_path / "secret" / "customers.py")
    (inside / "linked").symlink_to(tmp_path / "secret")
    (inside / "order.ts").write_text('import "../secret/base";\nimport "./linked/base";\n// table orders: id\n')
    assert labels(load("orders.py", call)) == ["orders"]
    assert labels(load("order.ts", call)) == ["orders"]
    assert all("secret" not in path and "linked" not in path for files in SEEN for path in files)
    for name in ("../secret", "linked", "link.py", str(tmp_path / "secret")):
        with pytest.raises(AccessError):
            load(name, call)
    assert labels(load(".", call, format="sheet")) == ["orders"]


def test_ignored_vendored_and_test_files_are_left_out(tmp_path: Path) -> None:
    files = {
        **SHOP,
        ".gitignore": "scratch/\n",
        "scratch/models.py": "# table scratch: id\n",
        "node_modules/x/models.py": "# table vendored: id\n",
        "tests/models.py": "# table of_tests: id\n",
        "examples/models.py": "# table of_examples: id\n",
    }
    assert labels(load(".", write(tmp_path, files))) == ["audit", "customers", "orders"]


def test_a_folder_of_tests_is_read_where_it_is_named(tmp_path: Path) -> None:
    call = write(tmp_path, {"tests/models.py": "# table of_tests: id\n"})
    assert labels(load("tests", call)) == ["of_tests"]


def test_what_could_be_meant_is_listed(tmp_path: Path) -> None:
    files = {
        "api/pyproject.toml": "",
        "api/shop/a.py": "# table a: id\n",
        "api/shop/b.py": "# table b: id\n",
        "web/package.json": "{}",
        "web/src/c.ts": "// table c: id\n",
    }
    call = write(tmp_path, files)
    expected = r"2 schemas could be meant.*source=api/shop format=sheet; source=web/src/c\.ts format=leaf"
    with pytest.raises(InputError, match=expected):
        load(".", call)
    assert labels(load(".", call, format="sheet")) == ["a", "b"]
    assert labels(load("api/shop", call)) == ["a", "b"]


def test_models_come_before_migrations_and_scripts_which_are_named(tmp_path: Path) -> None:
    call = write(
        tmp_path, {**SHOP, "db/V1__a.sql": "create table a (id int);", "schema.sql": "create table a (id int);"}
    )
    found = load(".", call)
    assert found.format == "sheet"
    assert any("could be by its path: db (flyway), schema.sql (SQL)" in note for note in found.result.notes)
    assert load(".", call, format="flyway").format == "flyway"
    rmtree(tmp_path / "shop")
    rmtree(tmp_path / "db")
    assert load(".", call).format == "postgresql"


def test_text_of_a_program_is_read(tmp_path: Path) -> None:
    found = load("# table orders: id\n# broken here\n", Call())
    assert (found.format, labels(found), found.result.files) == ("sheet", ["orders"], {})
    assert [(one.path, one.line) for one in found.result.unread] == [(None, 2)]


def test_a_file_that_declares_nothing_says_what_to_do(tmp_path: Path) -> None:
    call = write(tmp_path, {"empty.py": "print(1)\n", **SHOP})
    with pytest.raises(InputError, match=r"declares no models that are known. Name its format \(sheet, leaf\)"):
        load("empty.py", call)
    with pytest.raises(InputError, match="nothing in it is leaf"):
        load("shop", call, format="leaf")
    with pytest.raises(InputError, match="is a folder, and mysql is read from one file"):
        load("shop", call, format="mysql")


def test_the_engine_may_be_said_with_the_version(tmp_path: Path) -> None:
    call = write(tmp_path, SHOP)
    schema = load("shop", call, engine_version="mysql 8.4").result.schema
    assert (schema.engine.value, schema.version) == ("mysql", "8.4")
    with pytest.raises(InputError, match="is not a version"):
        load("shop", call, engine_version="mysql new")
    with pytest.raises(InputError, match="the source is for postgresql, not mysql"):
        load("create table t (id bigint generated always as identity, a text[]);", call, engine_version="mysql")


def test_answers_show_the_right_file_and_line(tmp_path: Path) -> None:
    call = write(tmp_path, {**SHOP, "shop/audit.py": "\n# broken\n# table audit: at\n"})
    read = read_schema("shop", detail="full", call=call).structured()
    places = {table["name"]: (table["path"], table["line"]) for table in read["tables"]}
    assert places == {
        "audit": ("shop/audit.py", 3),
        "customers": ("shop/customers.py", 1),
        "orders": ("shop/orders.py", 3),
    }
    assert read["unread"] == [{"line": 2, "text": "# broken", "reason": "broken", "path": "shop/audit.py"}]
    review = review_schema("shop", only=["foreign-key-without-index", "table-without-primary-key"], call=call)
    found = {one["object"]: (one["path"], one["line"]) for one in review.structured()["findings"]}
    assert found["audit"] == ("shop/audit.py", 3)
    assert "(shop/audit.py:3)" in review.readable
    assert "shop/audit.py:2: broken" in review.readable


def test_a_folder_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    call = write(tmp_path, SHOP)
    first = load("shop", call)
    seen = len(SEEN)
    assert load("shop", call).key == first.key
    assert len(SEEN) == seen
    (tmp_path / "shop" / "audit.py").write_text("# table audits: id\n")
    assert load("shop", call).key != first.key


def test_a_design_file_may_name_a_folder(tmp_path: Path) -> None:
    call = write(tmp_path, {**SHOP, "shop.yaml": "schema: shop\nvolumes:\n  orders: {rows: 1e6}\n"})
    found = load("shop.yaml", call)
    assert labels(found) == ["audit", "customers", "orders"]
    assert found.design.files["orders"] == "shop/orders.py"


BASE_ELSEWHERE = {
    "app/db/base.py": "# table base: id\n",
    "app/models/orders.py": "from app.db.base import Base\nfrom app.models.lines import Line\n# table orders: id\n",
    "app/models/lines.py": "from ..db import base\n# table lines: id\n",
}


@pytest.mark.parametrize(
    ("working", "named"), [("app/models", "."), ("app", "models"), ("app/models", "orders.py"), (".", "app/models")]
)
def test_imports_from_above_the_working_folder_are_found_where_no_root_forbids_it(
    working: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, BASE_ELSEWHERE)
    monkeypatch.chdir(tmp_path / working)
    load(named, Call())
    assert sorted(path.rpartition("/")[2] for path in SEEN[-1]) == ["base.py", "lines.py", "orders.py"]


def test_imports_from_above_the_root_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, BASE_ELSEWHERE)
    assert labels(load(".", Call(access=Access.beneath(tmp_path / "app" / "models")))) == ["lines", "orders"]
    assert sorted(SEEN[-1]) == ["lines.py", "orders.py"]
