"""Reads a whole MySQL or MariaDB script, statement by statement, into a `ReadResult`."""

from __future__ import annotations

import re

from dbdesign.errors import InputError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Carried, Engine
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.mysql import objects
from dbdesign.readers.mysql.alter import alter_table, create_index, drop, rename_tables
from dbdesign.readers.mysql.draft import SchemaDraft
from dbdesign.readers.mysql.finish import finish
from dbdesign.readers.mysql.statements import MAX_STATEMENT, SKIPPED, Script, Statement
from dbdesign.readers.mysql.tables import create_table
from dbdesign.readers.tokens import TokenStream

SERVER = re.compile(r"^-- Server version\s+(\S+)|^-- .*?\bDistrib (\S+?),", re.MULTILINE)
REST_TABLES = re.compile(r"\bCREATE\s+TABLE\b", re.IGNORECASE)
ACCOUNTS = {"USER", "ROLE", "SERVER", "TABLESPACE", "LOGFILE", "RESOURCE", "UNDO", "SPATIAL_REFERENCE"}


def read_script(text: str, engine: Engine = Engine.MYSQL) -> ReadResult:
    """Reads a script.

    Raises:
        InputError: the text is empty or not text.
        SqlError: nothing at all could be read, with the first reason and its line.
    """
    if not text.strip():
        raise InputError("the text is empty", remedy="Give CREATE TABLE statements")
    if "\x00" in text[:10_000]:
        raise InputError("this is not text but binary data", remedy="Give SQL, for instance the output of mysqldump")
    script, draft, unclosed = Script(text, tidb=engine is Engine.TIDB), SchemaDraft(), False
    for statement in script.statements():
        read_statement(script, statement, draft)
        unclosed = statement.unclosed is not None
    if draft.unread and not (draft.tables or draft.views or draft.routines or draft.sequences):
        first = draft.unread[0]
        remedy = None if unclosed and len(draft.unread) == 1 else "Nothing could be read; is it MySQL's dialect?"
        raise SqlError(first.reason, line=first.line, statement=first.text, remedy=remedy)
    server = SERVER.search(text[:5000])
    version = (server[1] or server[2]) if server else None
    proof = Proof(level="parsed", by="dbdesign's MySQL grammar")
    return finish(draft, engine, version, script.comments, proof)


def read_statement(script: Script, statement: Statement, draft: SchemaDraft) -> None:
    """Reads one statement into the draft; what is wrong with it is reported as unread."""
    if statement.unclosed:
        _unclosed(statement, draft)
        return
    if statement.word in SKIPPED:
        draft.skip(statement.word, SKIPPED[statement.word], statement.line)
        return
    if len(statement.text) > MAX_STATEMENT:
        _unread(draft, statement, f"a statement of more than {MAX_STATEMENT:,} characters is not read")
        return
    try:
        stream = script.stream(statement)
        if stream.ended:
            return
        statement.line = stream.line
        _dispatch(stream, statement, draft)
    except SqlError as error:
        _unread(draft, statement, error.what)
    except (ValueError, IndexError) as error:
        _unread(draft, statement, f"not understood: {error}")


def _unread(draft: SchemaDraft, statement: Statement, reason: str) -> None:
    text = " ".join(statement.text[:400].split())[:200]
    draft.unread.append(Unread(line=statement.line, text=text, reason=reason))


def _unclosed(statement: Statement, draft: SchemaDraft) -> None:
    draft.declared_tables += len(REST_TABLES.findall(statement.text))
    if statement.unclosed == "BEGIN":
        what, remedy = "a block of this body has no END", "end it, or name a DELIMITER"
    else:
        kind = {"'": "a string", "/*": "a comment"}.get(statement.unclosed or "", "a quoted name or string")
        what, remedy = f"{kind} that begins with {statement.unclosed} is not closed", "close it"
    _unread(draft, statement, f"{what}, so that nothing after it could be read: {remedy}")


def _dispatch(stream: TokenStream, statement: Statement, draft: SchemaDraft) -> None:
    word, line = stream.next().upper, statement.line
    if word == "CREATE":
        _create(stream, statement, draft)
    elif word == "ALTER":
        _alter(stream, statement, draft)
    elif word == "DROP":
        drop(stream, draft, line)
    elif word == "USE":
        objects.use(stream, draft)
    elif word == "RENAME" and stream.accept("TABLE"):
        rename_tables(stream, draft, line)
    elif word == "GRANT":
        objects.grant(stream, draft, line, statement.text)
    elif word in {"REVOKE", "RENAME"}:
        draft.skip(word, "accounts are not part of a schema", line)
    elif word in SKIPPED:
        draft.skip(word, SKIPPED[word], line)
    else:
        raise SqlError("not a statement that is known", line=line)


def _create(stream: TokenStream, statement: Statement, draft: SchemaDraft) -> None:
    line = statement.line
    if stream.accept("OR", "REPLACE"):
        _replace(stream, draft)
    temporary = stream.accept("TEMPORARY") or stream.accept("GLOBAL", "TEMPORARY")
    word = stream.token.upper
    if stream.accept("TABLE"):
        draft.declared_tables += not temporary
        if temporary:
            draft.skip("CREATE TEMPORARY TABLE", "temporary tables are not part of a schema", line)
        else:
            create_table(stream, draft, line)
    elif word in {"UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "VECTOR", "COLUMNAR"} and not stream.at(
        "SPATIAL", "REFERENCE"
    ):
        create_index(stream, draft, line)
    elif stream.accept_any("DATABASE", "SCHEMA"):
        objects.create_database(stream, draft)
    elif stream.accept("SEQUENCE"):
        objects.create_sequence(stream, draft, line)
    elif word in ACCOUNTS or stream.at("SPATIAL", "REFERENCE"):
        draft.skip(f"CREATE {word}", "accounts and storage are not part of a schema", line)
    elif word in {"PLACEMENT", "BINDING"}:
        draft.carried.append((None, _carried_placement(stream, statement), line))
    else:
        _create_program(stream, draft, line)


def _carried_placement(stream: TokenStream, statement: Statement) -> Carried:
    stream.next()
    stream.accept("POLICY")
    stream.accept("IF", "NOT", "EXISTS")
    return Carried(kind="placement policy", name=stream.name(), sql=statement.text.strip(), before_tables=True)


def _create_program(stream: TokenStream, draft: SchemaDraft, line: int) -> None:
    options = objects.definer(stream)
    if stream.accept("VIEW"):
        objects.create_view(stream, draft, line, options)
    elif stream.at("TRIGGER"):
        objects.create_trigger(stream, draft, line, options)
    elif stream.at_any("EVENT", "PACKAGE"):
        objects.create_event(stream, draft, line, options)
    else:
        objects.create_routine(stream, draft, line, options)


def _replace(stream: TokenStream, draft: SchemaDraft) -> None:
    """OR REPLACE: the table or sequence of that name goes first."""
    if stream.at_any("TABLE", "SEQUENCE"):
        ahead = stream.index
        kind = stream.next().upper
        name = draft.qualify(stream.dotted())
        (draft.tables if kind == "TABLE" else draft.sequences).pop(name, None)
        stream.index = ahead


def _alter(stream: TokenStream, statement: Statement, draft: SchemaDraft) -> None:
    line = statement.line
    stream.accept_any("ONLINE", "IGNORE")
    if stream.accept("TABLE"):
        alter_table(stream, draft, line)
    elif stream.accept_any("DATABASE", "SCHEMA"):
        objects.create_database(stream, draft)
    elif stream.at_any("USER", "ROLE", "SERVER", "INSTANCE", "TABLESPACE", "RESOURCE"):
        draft.skip(f"ALTER {stream.token.upper}", "accounts and storage are not part of a schema", line)
    else:
        options = objects.definer(stream) if not stream.at_any("SEQUENCE", "PLACEMENT") else {}
        if not stream.accept("VIEW"):
            raise stream.error("an ALTER that is not understood")
        objects.create_view(stream, draft, line, options)
