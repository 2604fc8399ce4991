"""Parts whose SQL hardly depends on the schema: files of SQL, one an engine and concern.

A file begins with `-- ddl`. Each `-- statement: name` begins a statement that is sent, `-- when:` lines say at which moment. `«name»`
stands for a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dbdesign.integrity.lifecycle.base import Concern, Part, Statement

_SECTION = re.compile(r"^-- (?:ddl|statement: (?P<name>.+))$", re.MULTILINE)
_WHEN = re.compile(r"^-- when: ?(.*)\n", re.MULTILINE)
_VALUE = re.compile(r"«(\w+)»")


@cache
def _text(folder: str, concern: str) -> str:
    return (resources.files("dbdesign.integrity.lifecycle") / folder / f"{concern}.sql").read_text(encoding="utf-8")


def ddl(folder: str, name: str) -> str:
    """The DDL of a file without values."""
    return _text(folder, name).removeprefix("-- ddl\n").strip()


def filled(folder: str, concern: Concern, values: Mapping[str, str]) -> Part:
    """The part that a file says, with values in their places (one that is missing is a KeyError: a defect of ours)."""
    text = _VALUE.sub(lambda match: values[match[1]], _text(folder, concern))
    ddl, statements = "", []
    marks = list(_SECTION.finditer(text))
    for number, mark in enumerate(marks):
        body = text[mark.end() : marks[number + 1].start() if number + 1 < len(marks) else len(text)].strip()
        if mark["name"] is None:
            ddl = body
            continue
        when = " ".join(_WHEN.findall(f"{body}\n"))
        sql = _WHEN.sub("", f"{body}\n").strip().removesuffix(";")
        statements.append(Statement(concern=concern, name=mark["name"], sql=sql, when=when))
    return Part(concern=concern, sql=ddl, statements=tuple(statements))
