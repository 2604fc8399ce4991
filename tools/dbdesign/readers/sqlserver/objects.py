"""What is not a table: schemas, types, sequences, views, routines, triggers, comments, grants, and what is carried verbatim."""

from __future__ import annotations

import re
from typing import Any

from dbdesign.errors import SqlError
from dbdesign.model.schema import (
    Carried,
    Domain,
    Grant,
    Namespace,
    Routine,
    Sequence,
    SequenceOptions,
    Trigger,
    View,
    label,
)
from dbdesign.readers.sqlserver import elements
from dbdesign.readers.sqlserver.drafts import Catalog, Name, TableDraft, fold
from dbdesign.readers.sqlserver.types import data_type
from dbdesign.readers.tokens import Token, TokenStream

MODULE_KINDS = {"PROC": "procedure", "PROCEDURE": "procedure", "FUNCTION": "function"}


def string_value(token: Token) -> str:
    """What a string literal stands for."""
    text = token.text[1:] if token.text[:1] in "nN" else token.text
    return text[1:-1].replace("''", "'")


def create_module(stream: TokenStream, catalog: Catalog) -> None:
    """A batch that is one CREATE [OR ALTER] (or ALTER) VIEW, PROCEDURE, FUNCTION or TRIGGER."""
    line = stream.line
    definition = stream.text[stream.tokens[0].start : stream.tokens[-1].end].rstrip().rstrip(";").rstrip()
    stream.next()
    stream.accept("OR", "ALTER")
    word = stream.next().upper
    name = elements.object_name(stream)
    if word == "VIEW":
        _view(stream, catalog, name)
    elif word == "TRIGGER":
        _trigger(stream, catalog, name, definition)
    else:
        _routine(stream, catalog, name, word, definition)
    catalog.lines.setdefault(label(*name), line)


def _view(stream: TokenStream, catalog: Catalog, name: Name) -> None:
    columns = elements.names(stream) if stream.at("(") else ()
    options: dict[str, str] = {}
    if stream.accept("WITH"):
        options[stream.name().lower()] = "on"
        while stream.accept(","):
            options[stream.name().lower()] = "on"
    stream.expect("AS")
    tokens = stream.tokens
    stop = len(tokens)
    while stop > stream.index and tokens[stop - 1].upper == ";":
        stop -= 1
    if [token.upper for token in tokens[stop - 3 : stop]] == ["WITH", "CHECK", "OPTION"]:
        options["check_option"] = "cascaded"
        stop -= 3
    if stream.index >= stop:
        raise stream.error(f"view {label(*name)} has no query")
    body = stream.text[tokens[stream.index].start : tokens[stop - 1].end]
    before = catalog.views.get(fold(name))
    catalog.views[fold(name)] = View(
        namespace=name[0],
        name=name[1],
        definition=body,
        columns=columns,
        options=options,
        indexes=before.indexes if before else (),
        comment=before.comment if before else None,
    )
    stream.index = len(tokens)


def _routine(stream: TokenStream, catalog: Catalog, name: Name, word: str, definition: str) -> None:
    returns = None
    while not stream.ended and not stream.at("AS") and word == "FUNCTION":
        if stream.accept("RETURNS"):
            returns = stream.token.text
        stream.next()
    catalog.routines[fold(name)] = Routine(
        namespace=name[0],
        name=name[1],
        kind="function" if MODULE_KINDS[word] == "function" else "procedure",
        signature=name[1],
        definition=definition,
        language="tsql",
        returns=returns,
    )
    stream.index = len(stream.tokens)


def _trigger(stream: TokenStream, catalog: Catalog, name: Name, definition: str) -> None:
    stream.expect("ON")
    if stream.at_any("DATABASE", "ALL"):
        catalog.carried.append(Carried(kind="database trigger", namespace=name[0], name=name[1], sql=definition))
        stream.index = len(stream.tokens)
        return
    target = elements.object_name(stream)
    if stream.accept("WITH"):
        stream.skip_until("FOR", "AFTER", "INSTEAD")
    timing = stream.next().text.lower()
    stream.accept("OF")
    events = [stream.name().lower()]
    while stream.accept(","):
        events.append(stream.name().lower())
    timing = {"for": "after", "instead": "instead of"}.get(timing, timing)
    trigger = Trigger(name=name[1], definition=definition, timing=timing, events=tuple(events))
    stream.index = len(stream.tokens)
    table = catalog.table(target)
    if table is not None:
        table.triggers.append(trigger)
    elif view := catalog.views.get(fold(target)):
        catalog.views[fold(target)] = view.model_copy(update={"triggers": (*view.triggers, trigger)})
    else:
        catalog.carried.append(Carried(kind="trigger", namespace=name[0], name=name[1], sql=definition))


def create_schema(stream: TokenStream, catalog: Catalog) -> None:
    """What follows CREATE SCHEMA."""
    owner = None
    name = "" if stream.at("AUTHORIZATION") else stream.name()
    if stream.accept("AUTHORIZATION"):
        owner = stream.name()
    name = name or owner or ""
    if name.lower() != "dbo":
        catalog.namespaces[name.lower()] = Namespace(
            name=name, owner=None if owner and owner.lower() == "dbo" else owner
        )


def create_type(stream: TokenStream, catalog: Catalog, line: int) -> None:
    """What follows CREATE TYPE: an alias type becomes a domain, a table type and a CLR type are carried."""
    first = stream.index
    name = elements.object_name(stream)
    if stream.accept("FROM"):
        kind = data_type(stream)
        nullable = not stream.accept("NOT", "NULL")
        stream.accept("NULL")
        catalog.domains[fold(name)] = Domain(namespace=name[0], name=name[1], type=kind, nullable=nullable)
        catalog.lines[label(*name)] = line
        return
    kind_name = "table type" if stream.at("AS", "TABLE") else "CLR type"
    if stream.accept("AS", "TABLE"):
        stream.skip_parentheses()
        elements.with_options(stream)
    elif stream.accept("EXTERNAL", "NAME"):
        stream.dotted()
    else:
        raise stream.error("expected FROM, AS TABLE or EXTERNAL NAME")
    sql = f"CREATE TYPE {stream.source(first)}"
    catalog.carried.append(Carried(kind=kind_name, namespace=name[0], name=name[1], sql=sql, before_tables=True))


def create_sequence(stream: TokenStream, catalog: Catalog, line: int) -> None:
    """What follows CREATE SEQUENCE."""
    name = elements.object_name(stream)
    kind = data_type(stream) if stream.accept("AS") else None
    found: dict[str, int] = {}
    cycle = False
    while True:
        if stream.accept("START", "WITH"):
            found["start"] = _integer(stream)
        elif stream.accept("INCREMENT", "BY"):
            found["increment"] = _integer(stream)
        elif stream.accept("MINVALUE"):
            found["minimum"] = _integer(stream)
        elif stream.accept("MAXVALUE"):
            found["maximum"] = _integer(stream)
        elif stream.accept("CACHE"):
            if stream.token.kind == "number":
                found["cache"] = _integer(stream)
        elif stream.accept("CYCLE"):
            cycle = True
        elif not (
            stream.accept("NO", "CYCLE")
            or stream.accept("NO", "MINVALUE")
            or stream.accept("NO", "MAXVALUE")
            or stream.accept("NO", "CACHE")
        ):
            break
    options = SequenceOptions(
        start=found.get("start"),
        increment=found.get("increment"),
        minimum=found.get("minimum"),
        maximum=found.get("maximum"),
        cache=found.get("cache"),
        cycle=cycle,
    )
    catalog.sequences[fold(name)] = Sequence(namespace=name[0], name=name[1], type=kind, options=options)
    catalog.lines[label(*name)] = line


def _integer(stream: TokenStream) -> int:
    sign = -1 if stream.accept("-") else 1
    text = stream.next().text
    if not text.isdigit():
        raise stream.error("expected a whole number")
    return sign * int(text)


def grant(stream: TokenStream, catalog: Catalog, first: int) -> None:
    """What follows GRANT: on a table or view to roles; anything else is carried."""
    privileges: list[str] = []
    while True:
        words = [stream.name().lower()]
        while stream.is_name() and not stream.at_any("ON", "TO"):
            words.append(stream.name().lower())
        if stream.at("("):
            break
        privileges.append(" ".join(words))
        if not stream.accept(","):
            break
    target = _grant_target(stream) if stream.accept("ON") else None
    draft = catalog.table(target) if target else None
    if draft is None or not stream.accept("TO"):
        _carry_grant(stream, catalog, first)
        return
    grantees = [stream.name()]
    while stream.accept(","):
        grantees.append(stream.name())
    grantable = stream.accept("WITH", "GRANT", "OPTION")
    if stream.accept("AS"):
        stream.name()
    draft.grants += [Grant(privileges=tuple(privileges), grantee=one, grantable=grantable) for one in grantees]


def _grant_target(stream: TokenStream) -> Name | None:
    if stream.accept("OBJECT", "::"):
        return elements.object_name(stream)
    if stream.is_name() and stream.peek().upper == "::":
        return None
    return elements.object_name(stream) if stream.is_name() else None


def _carry_grant(stream: TokenStream, catalog: Catalog, first: int) -> None:
    while not stream.ended and not stream.at_any(";", "GRANT", "DENY", "CREATE", "ALTER", "EXEC"):
        stream.next()
    sql = stream.source(first)
    catalog.carried.append(Carried(kind="grant", name=sql.partition(" ")[2][:100], sql=sql))


def arguments(stream: TokenStream) -> tuple[list[Token], dict[str, Token]]:
    """The arguments of EXEC: by position, and by name (`@name = value`)."""
    positional: list[Token] = []
    named: dict[str, Token] = {}
    while not stream.ended and not stream.at(";"):
        if stream.token.text.startswith("@") and stream.peek().upper == "=":
            name = stream.next().text.lower()
            stream.next()
            named[name] = stream.next()
        elif stream.token.kind in {"string", "number", "word", "quoted"}:
            positional.append(stream.next())
        else:
            break
        if not stream.accept(","):
            break
    return positional, named


PROPERTY = ("@name", "@value", "@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name")


def extended_property(stream: TokenStream, catalog: Catalog, first: int, line: int) -> None:
    """sp_addextendedproperty: MS_Description is a comment, anything else is carried."""
    positional, named = arguments(stream)
    for name, token in zip(PROPERTY, positional, strict=False):
        named.setdefault(name, token)
    values = {name: _plain(token) for name, token in named.items()}
    place = [
        (values[f"@level{i}type"].upper(), values[f"@level{i}name"]) for i in range(3) if values.get(f"@level{i}name")
    ]
    is_comment = values.get("@name", "").lower() == "ms_description"
    if is_comment and _comment(catalog, place, values.get("@value", "")):
        return
    if is_comment:
        where = ".".join(name for _, name in place)
        raise SqlError(f"MS_Description of {where}, which this script does not create", line=line)
    name = f"{values.get('@name', '')} {'.'.join(one for _, one in place)}".strip()
    catalog.carried.append(Carried(kind="extended property", name=name, sql=stream.source(first)))


def _plain(token: Token) -> str:
    if token.kind == "string":
        return string_value(token)
    if token.kind == "quoted":
        return token.text[1:-1]
    return "" if token.upper == "NULL" else token.text


def _comment(catalog: Catalog, place: list[tuple[str, str]], text: str) -> bool:
    """Put a comment where it belongs; False if there is no such object."""
    if not place:
        catalog.options["comment"] = text
        return True
    namespace = None if place[0][1].lower() == "dbo" else place[0][1]
    if len(place) == 1:
        return _comment_namespace(catalog, place[0][1], text)
    name = (namespace, place[1][1])
    draft = catalog.table(name)
    if draft is not None:
        return _comment_table(draft, place[2:], text)
    if len(place) > 2:
        return False
    stores: list[dict[str, Any]] = [catalog.views, catalog.routines, catalog.sequences, catalog.domains]
    for store in stores:
        if fold(name) in store:
            store[fold(name)] = store[fold(name)].model_copy(update={"comment": text})
            return True
    return False


def _comment_namespace(catalog: Catalog, name: str, text: str) -> bool:
    found = catalog.namespaces.get(name.lower())
    if found is None:
        return False
    catalog.namespaces[name.lower()] = found.model_copy(update={"comment": text})
    return True


def _comment_table(draft: TableDraft, place: list[tuple[str, str]], text: str) -> bool:
    if not place:
        draft.comment = text
        return True
    level, name = place[0]
    if level == "COLUMN":
        return draft.update_column(name, comment=text)
    found = False
    for attribute in ("unique_keys", "foreign_keys", "checks", "indexes", "triggers"):
        objects = getattr(draft, attribute)
        for position, one in enumerate(objects):
            if (one.name or "").lower() == name.lower():
                objects[position] = one.model_copy(update={"comment": text})
                found = True
    if draft.primary_key and (draft.primary_key.name or "").lower() == name.lower():
        draft.primary_key = draft.primary_key.model_copy(update={"comment": text})
        found = True
    return found


def rename(stream: TokenStream, catalog: Catalog, line: int) -> None:
    """sp_rename of a table or a column that the script created."""
    positional, named = arguments(stream)
    for name, token in zip(("@objname", "@newname", "@objtype"), positional, strict=False):
        named.setdefault(name, token)
    old, new = _plain(named["@objname"]), _plain(named["@newname"])
    parts = [part.strip('[]"') for part in re.findall(r"\[[^\]]*\]|\"[^\"]*\"|[^.]+", old)]
    kind = _plain(named["@objtype"]).upper() if "@objtype" in named else "OBJECT"
    if kind == "COLUMN" and len(parts) >= 2 and _rename_column(catalog, parts, new):
        return
    if kind == "OBJECT" and _rename_table(catalog, parts, new):
        return
    raise SqlError(f"sp_rename of {old}, which this script does not create", line=line)


def _name_of(parts: list[str]) -> Name:
    namespace = parts[-2] if len(parts) > 1 else None
    return (None if namespace is None or namespace.lower() == "dbo" else namespace), parts[-1]


def _rename_table(catalog: Catalog, parts: list[str], new: str) -> bool:
    draft = catalog.tables.pop(fold(_name_of(parts)), None)
    if draft is None:
        return False
    for other in [*catalog.tables.values(), draft]:
        other.foreign_keys = [
            key.model_copy(update={"referenced_table": new})
            if fold((key.referenced_namespace, key.referenced_table)) == draft.label.lower()
            else key
            for key in other.foreign_keys
        ]
    draft.name = new
    catalog.tables[fold((draft.namespace, new))] = draft
    return True


def _rename_column(catalog: Catalog, parts: list[str], new: str) -> bool:
    draft = catalog.table(_name_of(parts[:-1]))
    old = parts[-1].lower()
    if draft is None or old not in draft.columns:
        return False
    draft.columns = {
        (new.lower() if folded == old else folded): (
            column.model_copy(update={"name": new}) if folded == old else column
        )
        for folded, column in draft.columns.items()
    }
    return True
