"""Comments in the files of a program suppress findings on what they stand at, in their file alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.review_schema import review_schema
from dbdesign.readers.remarks import remarks

RULE = "foreign-key-without-index"
SQLALCHEMY = """
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.orm import DeclarativeBase
engine = create_engine("postgresql://db/app")
class Base(DeclarativeBase): pass
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    one_id = Column(Integer, ForeignKey("a.id"))
    # dbdesign: allow foreign-key-without-index few rows
    two_id = Column(Integer, ForeignKey("a.id"))
    three_id = Column(Integer, ForeignKey("a.id"))  # dbdesign: allow foreign-key-without-index
"""
PRISMA = """
datasource db { provider = "postgresql" }
model A {
  id  Int @id
  one B[] @relation("one")
  two B[] @relation("two")
}
model B {
  id     Int @id
  one_id Int
  one    A   @relation("one", fields: [one_id], references: [id])
  two_id Int
  // dbdesign: allow foreign-key-without-index few rows
  two    A   @relation("two", fields: [two_id], references: [id])
}
"""
TYPEORM = """
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
@Entity("a")
export class A { @PrimaryColumn("int") id!: number; }
@Entity("b")
export class B {
  @PrimaryColumn("int") id!: number;
  @ManyToOne(() => A)
  @JoinColumn({ name: "one_id" })
  one!: A;
  // dbdesign: allow foreign-key-without-index few rows
  @ManyToOne(() => A)
  @JoinColumn({ name: "two_id" })
  two!: A;
}
"""


def reviewed(source: str, folder: Path) -> dict[str, Any]:
    return review_schema(source, only=[RULE], call=Call(access=Access.beneath(folder))).structured()


def found(source: str, folder: Path) -> set[str]:
    """The columns of the foreign keys that are reported, each with its table."""
    text = "\n".join(one["fix"] for one in reviewed(source, folder)["findings"])
    return {f"{table}.{column}" for table, column in re.findall(r'ON "?(\w+)"? \((\w+)\);', text)}


@pytest.mark.parametrize(
    ("name", "text"), [("models.py", SQLALCHEMY), ("schema.prisma", PRISMA), ("entities.ts", TYPEORM)]
)
def test_a_comment_in_a_program_suppresses_a_finding_on_what_it_stands_at(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    for source in (name, text):
        assert {one.lower() for one in found(source, tmp_path)} == {"b.one_id"}
    assert "b.two_id" in {one.lower() for one in found(text.replace("dbdesign:", "design:"), tmp_path)}


def test_a_comment_holds_in_its_file_alone(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    head, rest = SQLALCHEMY.split("class B(Base):")
    again = rest.replace("dbdesign:", "design:").replace('"b"', '"c"')
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text(head)
    begin = f"from sqlalchemy import Column, ForeignKey, Integer\nfrom shop.base import Base{chr(10) * 7}"
    (package / "one.py").write_text(f"{begin}class B(Base):{rest}")
    (package / "two.py").write_text(f"{begin}class C(Base):{again}")
    assert found("shop", tmp_path) == {"b.one_id", "c.one_id", "c.two_id", "c.three_id"}
    (package / "two.py").write_text(
        f"# dbdesign: allow-file foreign-key-without-index loaded in a job\n{begin}class C(Base):{again}"
    )
    assert found("shop", tmp_path) == {"b.one_id"}


def test_remarks_are_found_in_comments_alone() -> None:
    text = 'x = "dbdesign: allow a"\n  # dbdesign: allow b\ny = 1 // dbdesign: allow c\n * dbdesign: allow d'
    assert remarks({"a.py": text, "b.py": "x"}) == {
        "a.py": {2: "# dbdesign: allow b", 3: "y = 1 // dbdesign: allow c", 4: "* dbdesign: allow d"}
    }
