"""Changelogs in XML and YAML."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml

from dbdesign.errors import InputError
from dbdesign.migrations.writers.liquibase.changesets import DOLLAR, Changeset, needs_dollar

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog
    xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
        http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
"""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_changelog(changesets: list[Changeset]) -> str:
    """The changelog. Raises `InputError` where a statement holds a character that XML cannot."""
    declared = f'\n    <property name="{DOLLAR}" value="$"/>\n' if needs_dollar(changesets) else ""
    return f"{_HEAD}{declared}{''.join(_xml(one) for one in changesets)}\n</databaseChangeLog>\n"


def _xml(one: Changeset) -> str:
    outside = "" if one.in_transaction else ' runInTransaction="false"'
    lines = [
        "",
        f"    <changeSet id={quoteattr(one.id)} author={quoteattr(one.author)} labels={quoteattr(one.labels)}{outside}>",
        f"        <comment>{_text(one.comment, one.id)}</comment>",
        *[_sql(statement, one.id, 8) for statement in one.statements],
    ]
    if one.rollback is not None:
        inner = [_sql(statement, one.id, 12) for statement in one.rollback]
        lines += ["        <rollback>", *inner, "        </rollback>"] if inner else ["        <rollback/>"]
    return "\n".join([*lines, "    </changeSet>", ""])


def _sql(statement: str, place: str, indent: int) -> str:
    return f'{" " * indent}<sql splitStatements="false" stripComments="false">{_text(statement, place)}</sql>'


def _text(text: str, place: str) -> str:
    """Character data: as CDATA where that saves escapes. Carriage returns would be read as line feeds, so they are numbered."""
    if found := _NOT_XML.search(text):
        raise InputError(
            f"XML cannot hold the character U+{ord(found[0]):04X}", where=place, remedy="Use format yaml or sql"
        )
    if ("<" in text or "&" in text) and "]]>" not in text and "\r" not in text:
        return f"<![CDATA[{text}]]>"
    return escape(text, {"\r": "&#13;"})


class _Dumper(yaml.SafeDumper):
    """Writes strings of several lines as blocks, where YAML can."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - lists are indented
        super().increase_indent(flow, False)


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = all(one.isprintable() or one in "\n\t" for one in text)  # other line breaks would be read as line feeds
    style = '"' if not plain else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)


def yaml_changelog(changesets: list[Changeset]) -> str:
    """The changelog. Raises `InputError` where a statement holds `${…}`, which Liquibase replaces more than once in YAML."""
    if found := next((one for one in changesets if needs_dollar([one])), None):
        raise InputError(
            "the SQL holds ${…}, for which Liquibase puts the value of a parameter",
            where=found.id,
            remedy="Use format xml or sql",
        )
    entries: list[dict[str, Any]] = [{"changeSet": _mapping(one)} for one in changesets]
    return str(
        yaml.dump({"databaseChangeLog": entries}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**20)
    )


def _mapping(one: Changeset) -> dict[str, Any]:
    found: dict[str, Any] = {"id": one.id, "author": one.author, "labels": one.labels}
    if not one.in_transaction:
        found["runInTransaction"] = False
    found |= {"comment": one.comment, "changes": [_change(statement) for statement in one.statements]}
    if one.rollback is not None:
        found["rollback"] = [_change(statement) for statement in one.rollback] or [{"empty": {}}]
    return found


def _change(statement: str) -> dict[str, Any]:
    return {"sql": {"splitStatements": False, "stripComments": False, "sql": statement}}
