"""Connection strings: URLs and JDBC's, and ADO.NET's pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.catalogue import by_scheme

_SCHEME = re.compile(rb"(?:(?:jdbc|r2dbc):(?:[\w-]{1,16}:){0,2})?[A-Za-z][\w+.-]{1,30}$")
_JDBC = re.compile(rb"(?P<scheme>r?2?j?dbc:[a-z0-9:-]{2,40}?):(?=//|@|thin|[\w./$(\[{])(?P<rest>[^\s\"'`<>|]{0,300})")
_REST = re.compile(rb"[^\s\"'`<>|]{0,300}")
_LONGEST_SCHEME = 60
_ADO = re.compile(
    rb"(?i)(?<![\w])(?:(?P<sqlserver>(?:data source|server|addr(?:ess)?)\s*=\s*[^;\"'\n=]{1,120};[^\"'\n]{0,200}(?:initial catalog|trusted_connection|integrated security|trustservercertificate|"
    rb"multipleactiveresultsets|user id\s*=\s*sa\b|\(localdb\)|attachdbfilename)|\(localdb\)\\+mssqllocaldb|data source\s*=\s*\.[;\\])"
    rb"|(?P<postgresql>host\s*=\s*[^;\"'\n]{1,100};[^\"'\n]{0,160}(?:username\s*=|port\s*=\s*5432|user id\s*=\s*postgres)|server\s*=[^;\"'\n]{1,100};[^\"'\n]{0,120}port\s*=\s*5432)"
    rb"|(?P<mysql>server\s*=\s*[^;\"'\n]{1,100};[^\"'\n]{0,160}(?:port\s*=\s*3306|uid\s*=\s*root|sslmode\s*=\s*none|allowuservariables))"
    rb"|(?P<sqlite>(?:data source|filename)\s*=\s*[^;\"'\n=]{0,100}\.(?:db|sqlite3?|sdb)\b))"
)
_ADO_MARKS = (
    b"atalog",
    b"rusted_",
    b"ntegrated ",
    b"ServerCertificate",
    b"ActiveResultSets",
    b"ocaldb",
    b"ocalDB",
    b"=sa;",
    b"Username",
    b"username=",
    b"5432",
    b"3306",
    b".db",
    b".sqlite",
    b"Uid=",
    b"uid=",
)
_DSN = re.compile(rb"(?i)(?:host=[^\s\"'`]{1,80}[^\n\"'`]{0,120}\b(?:dbname|sslmode)=)")
_GO_MYSQL = re.compile(rb"@tcp\(")


def connections(content: bytes) -> Iterator[tuple[int, str]]:
    """Positions (in bytes) and engines of connection strings."""
    yield from _urls(content)
    if b"dbc:" in content:
        for match in _JDBC.finditer(content):
            if engine := _of_url(match["scheme"].decode("ascii", errors="replace"), match["rest"]):
                yield match.start(), engine
    if b"sqlite:" in content:
        for match in re.finditer(rb"(?<![\w:])sqlite:(?!//)[\w./:${}-]{2,}", content):
            yield match.start(), "sqlite"
    if (
        b"ource=" in content
        or b"erver=" in content
        or b"ost=" in content
        or b"ource =" in content
        or b"(local" in content
    ):
        yield from _pairs(content)
    for match in _GO_MYSQL.finditer(content) if b"@tcp(" in content else ():
        yield (
            match.start(),
            "tidb" if content[match.end() : match.end() + 60].partition(b")")[0].endswith(b":4000") else "mysql",
        )


def _urls(content: bytes) -> Iterator[tuple[int, str]]:
    position = content.find(b"://")
    while position >= 0:
        begin = max(position - _LONGEST_SCHEME, 0)
        scheme = _SCHEME.search(content[begin:position])
        if scheme is not None:
            rest = _REST.match(content, position + 1)
            if engine := _of_url(scheme.group().decode("ascii", errors="replace"), rest.group() if rest else b""):
                yield begin + scheme.start(), engine
        position = content.find(b"://", position + 3)


def _pairs(content: bytes) -> Iterator[tuple[int, str]]:
    """ADO.NET's and libpq's `name=value` pairs."""
    if any(mark in content for mark in _ADO_MARKS):
        for match in _ADO.finditer(content):
            yield match.start(), next(name for name, found in match.groupdict().items() if found)
    if b"dbname=" in content or b"sslmode=" in content:
        for match in _DSN.finditer(content):
            yield match.start(), "cockroachdb" if b"26257" in match.group() else "postgresql"


def _of_url(scheme: str, rest: bytes) -> str | None:
    parts = scheme.lower().split(":")
    if parts[0] in {"jdbc", "r2dbc"} and len(parts) > 1:
        kind = parts[2] if parts[1] in {"tc", "pool", "aws-wrapper", "p6spy", "otel"} and len(parts) > 2 else parts[1]
        engine = by_scheme(f"jdbc:{kind}") or by_scheme(kind)
    else:
        engine = by_scheme(parts[0])
    if engine == "postgresql" and (b":26257" in rest or b"cockroachlabs.cloud" in rest):
        return "cockroachdb"
    if engine == "mysql" and (b":4000" in rest.partition(b"/")[0] or b"tidbcloud.com" in rest):
        return "tidb"
    return engine
