"""Parses what is not a table: databases, views, triggers, routines, events, sequences, grants."""

from __future__ import annotations

import re
from typing import Literal, cast

from dbdesign.errors import SqlError
from dbdesign.model.schema import Carried, Grant, Routine, Sequence, SequenceOptions, Trigger, View
from dbdesign.readers.mysql.draft import SchemaDraft, ViewDraft
from dbdesign.readers.mysql.types import parse_charset, parse_type, string_value
from dbdesign.readers.tokens import TokenStream

KINDS = {"VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE", "AGGREGATE"}
CHECK_OPTION = re.compile(r"\s*\bWITH\s+(?:(CASCADED|LOCAL)\s+)?CHECK\s+OPTION\s*\Z", re.IGNORECASE)


def create_database(stream: TokenStream, draft: SchemaDraft) -> None:
    """Parses what follows CREATE or ALTER DATABASE."""
    stream.accept("IF", "NOT", "EXISTS")
    name = (
        stream.name() if stream.is_name() and not stream.at_any("DEFAULT", "CHARACTER", "COLLATE") else draft.database
    )
    options = draft.databases.setdefault(name or "", {})
    while not stream.ended:
        stream.accept("DEFAULT")
        if charset := parse_charset(stream):
            options["charset"] = charset
        elif stream.accept_any("COLLATE", "COMMENT", "ENCRYPTION"):
            word = stream.peek(-1).upper.lower()
            stream.accept("=")
            token = stream.next()
            value = string_value(token.text) if token.kind == "string" else token.text
            options["collation" if word == "collate" else word] = value
        else:
            first = stream.index
            stream.index = len(stream.tokens)
            draft.not_understood(stream, first, "not understood as an option of a database")


def use(stream: TokenStream, draft: SchemaDraft) -> None:
    """Parses what follows USE."""
    draft.database = stream.name()
    draft.databases.setdefault(draft.database, {})


def definer(stream: TokenStream) -> dict[str, str]:
    """ALGORITHM, DEFINER and SQL SECURITY, in any order, before VIEW, TRIGGER, PROCEDURE …"""
    found: dict[str, str] = {}
    while not stream.at_any(*KINDS):
        if stream.accept("ALGORITHM", "="):
            found["algorithm"] = stream.next().upper.lower()
        elif stream.accept("DEFINER", "="):
            first = stream.index
            while not stream.at_any("SQL", *KINDS) and not stream.ended:
                stream.next()
            found["definer"] = stream.source(first)
        elif stream.accept("SQL", "SECURITY"):
            found["sql_security"] = stream.next().upper.lower()
        else:
            raise stream.error("not understood after CREATE")
    return found


def create_view(stream: TokenStream, draft: SchemaDraft, line: int, options: dict[str, str]) -> None:
    """Parses what follows VIEW. A second view of the same name replaces the first (mysqldump writes stand-ins)."""
    stream.accept("IF", "NOT", "EXISTS")
    name = draft.qualify(stream.dotted())
    columns: list[str] = []
    if stream.at("("):
        stream.separated(lambda: columns.append(stream.name()))
    stream.expect("AS")
    if stream.ended:
        raise stream.error("expected a query")
    text = stream.text[stream.token.start : stream.tokens[-1].end]
    if check := CHECK_OPTION.search(text):
        text = text[: check.start()]
        options["check_option"] = (check[1] or "cascaded").lower()
    stream.index = len(stream.tokens)
    if name in draft.tables:
        del draft.tables[name]
        draft.notes.append(f"line {line}: table {name[1]} was a stand-in for this view")
    view = View(name=name[1], definition=text.strip(), columns=tuple(columns), options=options)
    draft.views[name] = ViewDraft(name[0], view, line)


def create_trigger(stream: TokenStream, draft: SchemaDraft, line: int, options: dict[str, str]) -> None:
    """Parses from TRIGGER on."""
    start = stream.token.start
    stream.expect("TRIGGER")
    stream.accept("IF", "NOT", "EXISTS")
    name = stream.dotted()[-1]
    timing = stream.accept_any("BEFORE", "AFTER")
    event = stream.accept_any("INSERT", "UPDATE", "DELETE")
    if not timing or not event:
        raise stream.error("expected BEFORE or AFTER, and INSERT, UPDATE or DELETE")
    stream.expect("ON")
    parts = stream.dotted()
    table = draft.table(parts)
    if table is None:
        raise SqlError(f"trigger {name} is on {'.'.join(parts)}, which is not declared above", line=line)
    table.triggers.append(
        Trigger(name=name, definition=_whole(stream, start, options), timing=timing.lower(), events=(event.lower(),))
    )
    table.lines[name] = line


def _whole(stream: TokenStream, start: int, options: dict[str, str]) -> str:
    """The whole CREATE statement from its kind on, as written, with the definer that stood before it."""
    stop = stream.tokens[-1].end
    stream.index = len(stream.tokens)
    owner = f"DEFINER={options['definer']} " if "definer" in options else ""
    return f"CREATE {owner}{stream.text[start:stop]}"


def create_routine(stream: TokenStream, draft: SchemaDraft, line: int, options: dict[str, str]) -> None:
    """Parses from AGGREGATE, FUNCTION or PROCEDURE on; also `CREATE FUNCTION f RETURNS … SONAME`."""
    start = stream.token.start
    stream.accept("AGGREGATE")
    kind = stream.next().upper.lower()
    stream.accept("IF", "NOT", "EXISTS")
    database, name = draft.qualify(stream.dotted())
    if stream.at("("):
        stream.skip_parentheses()
    returns = None
    if stream.accept("RETURNS"):
        returns = parse_type(stream).type.native
    definition = _whole(stream, start, options)
    routine = Routine(
        namespace=database,
        name=name,
        kind=cast(Literal["function", "procedure"], kind),
        signature=name,
        definition=definition,
        language="sql",
        returns=returns,
    )
    draft.routines[kind, database, name] = (routine, line)


def create_event(stream: TokenStream, draft: SchemaDraft, line: int, options: dict[str, str]) -> None:
    """Parses from EVENT (or PACKAGE) on."""
    start = stream.token.start
    kind = stream.next().upper.lower()
    if stream.accept("BODY"):
        kind = "package body"
    stream.accept("IF", "NOT", "EXISTS")
    database, name = draft.qualify(stream.dotted())
    draft.carried.append((database, Carried(kind=kind, name=name, sql=_whole(stream, start, options)), line))


def create_sequence(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    """Parses what follows SEQUENCE (MariaDB, TiDB)."""
    stream.accept("IF", "NOT", "EXISTS")
    database, name = draft.qualify(stream.dotted())
    values: dict[str, int | bool] = {}
    data_type = parse_type(stream).type if stream.accept("AS") else None
    while not stream.ended:
        first = stream.index
        if not _sequence_option(stream, values):
            stream.index = len(stream.tokens)
            draft.not_understood(stream, first, f"sequence {name}: not understood as an option")
    options = SequenceOptions.model_validate(values)
    draft.sequences[database, name] = (Sequence(name=name, type=data_type, options=options), line)


def _sequence_option(stream: TokenStream, values: dict[str, int | bool]) -> bool:
    fields = {
        "START": "start",
        "INCREMENT": "increment",
        "MINVALUE": "minimum",
        "MAXVALUE": "maximum",
        "CACHE": "cache",
    }
    word = stream.accept_any(*fields)
    if word:
        stream.accept_any("WITH", "BY", "=")
        sign = "-" if stream.accept("-") else ""
        values[fields[word]] = int(sign + stream.next().text)
        return True
    if stream.accept("NOCACHE"):
        values["cache"] = 0
        return True
    if word := stream.accept_any("CYCLE", "NOCYCLE"):
        values["cycle"] = word == "CYCLE"
        return True
    if stream.accept_any("NOMINVALUE", "NOMAXVALUE") or stream.accept("NO"):
        return bool(stream.accept_any("MINVALUE", "MAXVALUE", "CYCLE", "CACHE")) or True
    if stream.accept_any("ENGINE", "COMMENT"):
        stream.accept("=")
        stream.next()
        return True
    return False


def grant(stream: TokenStream, draft: SchemaDraft, line: int, text: str) -> None:
    """Parses what follows GRANT: on a table of the schema it belongs to it, otherwise it is carried."""
    privileges, columns = _privileges(stream)
    if not stream.accept("ON"):
        draft.skip("GRANT", "roles are not part of a schema", line)
        return
    stream.accept("TABLE")
    target = stream.index
    table = (
        draft.table(stream.dotted())
        if stream.is_name() and stream.peek().upper != "*" and stream.peek(2).upper != "*"
        else None
    )
    if table is None:
        stream.index = target
        stream.skip_until("TO")
        name = stream.source(target).replace("`", "") or "*.*"
        draft.carried.append((None, Carried(kind="grant", name=name[:64], sql=text.strip()), line))
        return
    stream.expect("TO")
    start = stream.index
    while not stream.ended and not stream.at_any("WITH", "IDENTIFIED", "REQUIRE", "AS"):
        stream.next()
    grantee = stream.source(start)
    grantable = stream.accept("WITH", "GRANT", "OPTION")
    table.grants.append(
        Grant(privileges=tuple(privileges), grantee=grantee, columns=tuple(columns), grantable=grantable)
    )


def _privileges(stream: TokenStream) -> tuple[list[str], list[str]]:
    privileges: list[str] = []
    columns: list[str] = []
    words: list[str] = []
    while not stream.ended and not stream.at_any("ON", "TO"):
        if stream.at("("):
            stream.separated(lambda: columns.append(stream.name()))
        elif stream.accept(","):
            privileges.append(" ".join(words))
            words = []
        else:
            words.append(stream.next().upper.lower())
    return [*privileges, " ".join(words)], columns
