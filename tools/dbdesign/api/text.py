"""Bytes to text: what encoding they are in, and what is not text at all."""

from __future__ import annotations

import codecs
import re
from typing import Any

from dbdesign.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMATS = (
    (b"PGDMP", "a pg_dump archive", "Turn it into SQL: pg_restore --schema-only --file=schema.sql FILE"),
    (b"SQLite format 3\0", "an SQLite database", "Give its schema: sqlite3 FILE .schema"),
    (b"\x1f\x8b", "compressed with gzip", "Decompress it first"),
    (b"BZh", "compressed with bzip2", "Decompress it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Decompress it first"),
    (b"\xfd7zXZ", "compressed with xz", "Decompress it first"),
    (b"PK\x03\x04", "a zip archive", "Unpack it first"),
)
_SECRET = re.compile(
    r"""(?ix) (?P<name> \b(?: \w*password | passwd | pwd | secret | identified\s+by )\b )
    (?P<said> \s*[=:]\s* | \s+ (?=') | \s+ (?=") )
    (?P<value> '(?:[^']|'')*' | "[^"]*" | (?<=[=:\s]) [^\s'",;)(]+ )"""
)
"""A password as SQL and connection strings say it: `PASSWORD 'x'`, `OPTIONS (password 'x')`, `password=x`, `IDENTIFIED BY 'x'`."""

_LOGIN = re.compile(r"(\b[a-z][\w+.-]*://[^\s:/@'\"]*:)[^\s@/'\"]+(?=@)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_CONTROL_SHARE = 0.005
"""More control characters than this share, and it is not text."""


def without_secrets(value: Any) -> Any:
    """A statement, or the texts of a JSON value, with asterisks for passwords: an answer goes further than the file that it is about."""
    if isinstance(value, str):
        return _LOGIN.sub(r"\1***", _SECRET.sub(r"\g<name>\g<said>***", value))
    if isinstance(value, dict):
        return {name: without_secrets(one) for name, one in value.items()}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


def decoded(content: bytes, name: str) -> tuple[str, str | None]:
    """The text, and a note where its encoding had to be guessed.

    UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one (SQL Server Management Studio writes UTF-16), and
    otherwise Windows-1252, or Latin-1 where that fails.

    Raises:
        InputError: where it is not text; the error says what it is and how to turn it into text.
    """
    for magic, what, remedy in _FORMATS:
        if content.startswith(magic):
            raise InputError(f"is {what}, not text", where=name, remedy=remedy)
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return checked(_with_mark(content, encoding, name), name), None
    if (position := content.find(b"\0")) >= 0:
        raise _binary(f"is not text: there is a NUL byte at offset {position}", name)
    if len(_CONTROL.findall(content[:65536])) > max(8, len(content[:65536]) * _CONTROL_SHARE):
        raise _binary("is not text: it is full of control characters", name)
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    for encoding, title in (("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        try:
            return content.decode(encoding), f"line {line} is not UTF-8; the text was read as {title}"
        except UnicodeDecodeError:
            continue
    raise _binary("is not text", name)


def checked(text: str, name: str) -> str:
    """The text, unless it is empty or cannot be sent to an engine; without a byte order mark, and in lines.

    A file whose lines end in a carriage return alone would be one line, and one `--` a comment to its end.

    Raises:
        InputError: empty, with a NUL character, or with half of a surrogate pair.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise InputError("is empty", where=name, remedy="Give SQL, DBML or a design file")
    if (position := text.find("\0")) >= 0:
        raise _binary(f"holds a NUL character in line {text.count(chr(10), 0, position) + 1}", name)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise _binary(f"holds half of a surrogate pair in line {line}", name) from None
    return text


def _with_mark(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _binary(
            f"says by its first bytes that it is {encoding}, but is not, from byte {error.start}", name
        ) from None


def _binary(what: str, name: str) -> InputError:
    return InputError(what, where=name, remedy="Give a text file in UTF-8")
