"""Parses column definitions; the keys, checks and references written in line with a column go to the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dbdesign.model.schema import Column, ForeignKey, Generated, Identity, Key
from dbdesign.readers.mysql.draft import SchemaDraft, TableDraft, auto_increment
from dbdesign.readers.mysql.keys import parse_check, parse_reference
from dbdesign.readers.mysql.types import TypeClause, literal, parse_charset, parse_type, string_value
from dbdesign.readers.tokens import TokenStream

VALUED = {
    "COLUMN_FORMAT",
    "STORAGE",
    "SRID",
    "REF_SYSTEM_ID",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "ENCRYPTED",
}
"""Column attributes with a value; carried as written, by their own keyword."""


@dataclass
class ColumnClause:
    """A column with what was written in line and belongs to the table."""

    name: str
    type: TypeClause
    fields: dict[str, Any] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    primary: bool = False
    clustered: bool | None = None
    unique: bool = False
    references: ForeignKey | None = None

    def column(self) -> Column:
        """The column."""
        return Column(
            name=self.name,
            type=self.type.type,
            charset=self.type.charset,
            collation=self.type.collation,
            options=self.options,
            **self.fields,
        )


def parse_column(stream: TokenStream, table: TableDraft, draft: SchemaDraft) -> Column:
    """Parses `name type attributes`; adds in-line constraints to `table`, not the column itself."""
    line = stream.line
    name = stream.name()
    clause = ColumnClause(name, parse_type(stream))
    if clause.type.serial:
        clause.fields.update(nullable=False, identity=auto_increment())
        clause.unique = True
    while not stream.ended and not stream.at_any(",", ")", "FIRST", "AFTER"):
        first = stream.index
        if not _attribute(stream, clause, table, draft):
            stream.skip_until(",", "FIRST", "AFTER")
            draft.not_understood(stream, first, f"not understood in the definition of column {name}")
    table.lines[name] = line
    _constrain(clause, table)
    if clause.references and not draft.options.get("reads_inline_references"):
        draft.options["reads_inline_references"] = "true"
        draft.notes.append(
            "REFERENCES in line with a column is read as a foreign key, as MariaDB and MySQL 9 do; MySQL 8 parses and ignores it"
        )
    return clause.column()


def _constrain(clause: ColumnClause, table: TableDraft) -> None:
    if clause.primary:
        clause.fields["nullable"] = False
        table.primary_key = Key(columns=(clause.name,), clustered=clause.clustered)
    if clause.unique:
        table.unique_keys.append(Key(columns=(clause.name,)))
    if clause.references:
        table.foreign_keys.append(clause.references)


def _attribute(stream: TokenStream, clause: ColumnClause, table: TableDraft, draft: SchemaDraft) -> bool:
    word = stream.token.upper
    simple = SIMPLE.get(word)
    if simple is not None:
        return simple(stream, clause)
    if word in {"CHECK", "CONSTRAINT"}:
        return _check(stream, table)
    if word == "REFERENCES":
        stream.next()
        clause.references = parse_reference(stream, draft, None, (clause.name,))
        return True
    if charset := parse_charset(stream):
        clause.type.charset = charset
        return True
    if word in VALUED:
        stream.next()
        stream.accept("=")
        clause.options[word.lower()] = stream.next().text
        return True
    return False


def _check(stream: TokenStream, table: TableDraft) -> bool:
    start = stream.index
    name = None
    if stream.accept("CONSTRAINT") and not stream.at("CHECK"):
        name = stream.name()
    if not stream.accept("CHECK"):
        stream.index = start
        return False
    table.checks.append(parse_check(stream, name))
    return True


def _not(stream: TokenStream, clause: ColumnClause) -> bool:
    if stream.accept("NOT", "NULL"):
        clause.fields["nullable"] = False
        return True
    if stream.accept("NOT", "SECONDARY"):
        clause.options["not_secondary"] = "true"
        return True
    return stream.accept("NOT", "INVISIBLE")


def _null(stream: TokenStream, clause: ColumnClause) -> bool:
    clause.fields.setdefault("nullable", True)
    return stream.accept("NULL")


def _default(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    if clause.type.serial and stream.accept("VALUE"):
        return True
    clause.fields["default"] = parse_default(stream)
    return True


def parse_default(stream: TokenStream) -> str | None:
    """The expression after DEFAULT, without the parentheses that MySQL wants around it; None for NULL."""
    if stream.accept("NULL"):
        return None
    if stream.at("("):
        return stream.parenthesised()
    if stream.accept("NEXT", "VALUE", "FOR"):
        return f"nextval({_dotted(stream)})"
    first = stream.index
    stream.accept_any("+", "-")
    token = stream.next()
    if token.kind == "string" and stream.index == first + 1:
        while stream.token.kind == "string" and stream.token.text[0] in "'\"":
            stream.next()
        return normal_string(stream.source(first))
    while stream.at(".") or stream.at("("):
        if stream.accept("."):
            stream.next()
        else:
            stream.skip_parentheses()
    return stream.source(first)


def _dotted(stream: TokenStream) -> str:
    """A name as it stands, with its database."""
    first = stream.index
    stream.next()
    while stream.accept("."):
        stream.next()
    return stream.source(first)


def normal_string(text: str) -> str:
    """A literal in single quotation marks; those with a prefix or of another kind stay as written."""
    return literal(string_value(text)) if text.startswith('"') and text.endswith('"') else text


def _auto_increment(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    clause.fields["identity"] = auto_increment()
    clause.fields["nullable"] = False
    return True


def _auto_random(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    bits = stream.parenthesised() if stream.at("(") else ""
    parts = [int(part) for part in bits.replace(" ", "").split(",") if part.isdigit()]
    clause.fields["identity"] = Identity(mode="auto_random", shard_bits=parts[0] if parts else None)
    if len(parts) > 1:
        clause.options["auto_random_range"] = str(parts[1])
    return True


def _unique(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    stream.accept_any("KEY", "INDEX")
    clause.unique = True
    return True


def _primary(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.accept("PRIMARY")
    stream.accept("KEY")
    if word := stream.accept_any("CLUSTERED", "NONCLUSTERED"):
        clause.clustered = word == "CLUSTERED"
    clause.primary = True
    return True


def _comment(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    stream.accept("=")
    clause.fields["comment"] = string_value(stream.next().text) or None
    return True


def _collate(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    stream.accept("=")
    clause.type.collation = stream.name().lower() if stream.is_name() else string_value(stream.next().text)
    return True


def _generated(stream: TokenStream, clause: ColumnClause) -> bool:
    if not (stream.accept("GENERATED", "ALWAYS", "AS") or stream.accept("AS")):
        return False
    if stream.accept("ROW"):
        clause.options["generated_row"] = stream.next().upper.lower()
        return True
    expression = stream.parenthesised()
    stored = stream.accept_any("STORED", "PERSISTENT", "VIRTUAL")
    clause.fields["generated"] = Generated(expression=expression, stored=stored in {"STORED", "PERSISTENT"})
    return True


def _on(stream: TokenStream, clause: ColumnClause) -> bool:
    if not stream.accept("ON", "UPDATE"):
        return False
    first = stream.index
    stream.next()
    if stream.at("("):
        stream.skip_parentheses()
    clause.fields["on_update"] = stream.source(first)
    return True


def _visibility(stream: TokenStream, clause: ColumnClause) -> bool:
    if stream.next().upper == "INVISIBLE":
        clause.options["invisible"] = "true"
    return True


def _with(stream: TokenStream, clause: ColumnClause) -> bool:
    word = stream.token.upper
    if not (stream.accept("WITH", "SYSTEM", "VERSIONING") or stream.accept("WITHOUT", "SYSTEM", "VERSIONING")):
        return False
    clause.options["system_versioning"] = "with" if word == "WITH" else "without"
    return True


def _compressed(stream: TokenStream, clause: ColumnClause) -> bool:
    stream.next()
    clause.options["compressed"] = stream.next().text if stream.accept("=") else "true"
    return True


SIMPLE = {
    "NOT": _not,
    "NULL": _null,
    "DEFAULT": _default,
    "AUTO_INCREMENT": _auto_increment,
    "AUTO_RANDOM": _auto_random,
    "UNIQUE": _unique,
    "PRIMARY": _primary,
    "KEY": _primary,
    "COMMENT": _comment,
    "COLLATE": _collate,
    "GENERATED": _generated,
    "AS": _generated,
    "ON": _on,
    "VISIBLE": _visibility,
    "INVISIBLE": _visibility,
    "WITH": _with,
    "WITHOUT": _with,
    "COMPRESSED": _compressed,
}
"""Column attributes by their first word."""
