"""CREATE TABLE, ALTER TABLE and CREATE INDEX: what is PostgreSQL's in them, and what is not, apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.readers.cockroachdb.clauses import (
    ColumnExtras,
    IndexSpec,
    TableExtras,
    column,
    column_type,
    hash_clause,
    index_spec,
    key_constraint,
    storage_options,
)
from dbdesign.readers.cockroachdb.fragments import Fragment

_INDEX_WORDS = {"UNIQUE", "INVERTED", "VECTOR", "INDEX"}
_NAME_WORDS = {"IF", "NOT", "EXISTS", "ONLY"}
_PLACEMENT = {"SPLIT", "UNSPLIT", "SCATTER", "EXPERIMENTAL_RELOCATE", "EXPERIMENTAL_AUDIT", "INJECT", "RELOCATE"}


@dataclass
class Rewritten:
    """A statement in PostgreSQL's words.

    Attributes:
        sql: None where nothing of it is PostgreSQL's.
        table: namespace (None: unqualified) and name of the table that it is about.
        extras: what to lay over that table.
        index: of a CREATE INDEX: what to lay over the index that it makes.
        carried: kinds of things that are kept verbatim: `zone configuration`.
        placement: whether it only places or splits ranges, which is no part of a design.
        primary_key: columns that ALTER PRIMARY KEY makes the key of, with its options.
        visibility: columns by whether they are shown from now on.
        dropped_updates: columns that lose their ON UPDATE.
        unread: what was not understood.
    """

    sql: str | None
    table: tuple[str | None, str] | None = None
    extras: TableExtras = field(default_factory=TableExtras)
    index: IndexSpec | None = None
    carried: str | None = None
    placement: bool = False
    primary_key: tuple[list[str], dict[str, str]] | None = None
    visibility: dict[str, bool] = field(default_factory=dict)
    dropped_updates: list[str] = field(default_factory=list)


def _skip(fragment: Fragment, at: int) -> int:
    while fragment.upper(at) in _NAME_WORDS:
        at += 1
    return at


def create_table(text: str, first_line: int) -> Rewritten:
    """CREATE TABLE."""
    fragment = Fragment.of(text)
    extras = TableExtras()
    at = next((at for at in range(len(fragment.words)) if fragment.upper(at) == "TABLE"), 0) + 1
    at = _skip(fragment, at)
    if at >= len(fragment.words) or not fragment.word(at).is_name:
        return Rewritten(text)
    namespace, name, at = fragment.name(at)
    if fragment.upper(at) != "(":
        return Rewritten(text, table=(namespace, name))
    closing = fragment.closing(at)
    if fragment.word(closing).text != ")" or any(first >= after for first, after in fragment.split(at + 1, closing)):
        return Rewritten(text, table=(namespace, name))
    _elements(fragment, at, closing, extras, first_line)
    _after_elements(fragment, closing + 1, extras)
    return Rewritten(fragment.edited(), table=(namespace, name), extras=extras)


def _elements(fragment: Fragment, opening: int, closing: int, extras: TableExtras, first_line: int) -> None:
    kept = 0
    for first, after in list(fragment.split(opening + 1, closing)):
        if after < closing:
            fragment.blank(after, after + 1)
        if _element(fragment, first, after, extras, first_line):
            if kept:
                fragment.edits.insert(0, (fragment.word(first).start, fragment.word(first).start, ", "))
            kept += 1


def _element(fragment: Fragment, first: int, after: int, extras: TableExtras, first_line: int) -> bool:
    """Reads one element; says whether anything of it is PostgreSQL's."""
    word = fragment.upper(first)
    line = first_line + fragment.text.count("\n", 0, fragment.word(first).start)
    if word == "FAMILY" and "(" in {fragment.upper(first + 1), fragment.upper(first + 2)}:
        _family(fragment, first, after, extras)
    elif _is_index(fragment, first + 1 if word == "UNIQUE" else first):
        extras.indexes.append((_inline_index(fragment, first, after), line))
    elif word in {"CONSTRAINT", "PRIMARY", "UNIQUE"}:
        named = word == "CONSTRAINT"
        at = first + 2 if named else first
        given = fragment.word(first + 1).text if named else None
        if fragment.upper(at) in {"PRIMARY", "UNIQUE"}:
            spec = key_constraint(fragment, at, after, extras, given)
            if spec is not None:
                extras.indexes.append((spec, line))
                fragment.blank(first, after)
                return False
        return True
    elif word in {"CHECK", "FOREIGN", "LIKE", "EXCLUDE"}:
        return True
    else:
        column(fragment, first, after, extras)
        return True
    fragment.blank(first, after)
    return False


def _is_index(fragment: Fragment, at: int) -> bool:
    """Whether an index in line begins: `vector` and `inverted` may also be columns' names."""
    return fragment.upper(at) == "INDEX" or (
        fragment.upper(at) in {"INVERTED", "VECTOR"} and fragment.upper(at + 1) == "INDEX"
    )


def _family(fragment: Fragment, first: int, after: int, extras: TableExtras) -> None:
    at = first + 1
    name = "primary"
    if fragment.upper(at) != "(":
        name = fragment.word(at).name
        at += 1
    listed = ", ".join(
        fragment.slice(one, end) for one, end in fragment.split(at + 1, min(fragment.closing(at), after))
    )
    extras.families.append((name, listed))


def _inline_index(fragment: Fragment, first: int, after: int) -> IndexSpec:
    spec = IndexSpec()
    at = first
    while fragment.upper(at) in _INDEX_WORDS:
        spec.unique = spec.unique or fragment.upper(at) == "UNIQUE"
        spec.method = {"INVERTED": "gin", "VECTOR": "vector"}.get(fragment.upper(at), spec.method)
        at += 1
    at = _skip(fragment, at)
    if fragment.word(at).is_name and fragment.upper(at) != "USING":
        spec.name = fragment.word(at).text
        at += 1
    return index_spec(fragment, at, after, spec)


def _after_elements(fragment: Fragment, at: int, extras: TableExtras) -> None:
    """WITH, PARTITION BY and LOCALITY after the elements."""
    end = len(fragment.words)
    while at < end:
        if fragment.follows(at, "WITH", "("):
            extras.options |= storage_options(fragment, at + 1)
            after = fragment.closing(at + 1) + 1
        elif fragment.upper(at) == "PARTITION" and fragment.upper(at + 1) in {"BY", "ALL"}:
            after = fragment.until(at, end, {"WITH", "LOCALITY"})
            extras.partition = fragment.slice(at, after)
        elif fragment.upper(at) == "LOCALITY":
            after = fragment.until(at, end, {"WITH", "PARTITION"})
            extras.options["locality"] = fragment.slice(at + 1, after)
        else:
            at += 1
            continue
        fragment.blank(at, after)
        at = after


def create_index(text: str) -> Rewritten:
    """CREATE [UNIQUE] [INVERTED | VECTOR] INDEX."""
    fragment = Fragment.of(text)
    spec = IndexSpec()
    at = 1
    while fragment.upper(at) in _INDEX_WORDS | {"CONCURRENTLY"}:
        spec.unique = spec.unique or fragment.upper(at) == "UNIQUE"
        spec.method = {"INVERTED": "gin", "VECTOR": "vector"}.get(fragment.upper(at), spec.method)
        at += 1
    at = _skip(fragment, at)
    if fragment.upper(at) != "ON" and at < len(fragment.words):
        spec.name = fragment.word(at).text
        at += 1
    if fragment.upper(at) != "ON" or at + 1 >= len(fragment.words):
        return Rewritten(text)
    at = _skip(fragment, at + 1)
    start = at
    namespace, name, at = fragment.name(at)
    table = fragment.slice(start, at)
    index_spec(fragment, at, len(fragment.words), spec)
    return Rewritten(spec.statement(table), table=(namespace, name), index=spec)


def alter_table(text: str, first_line: int) -> Rewritten:
    """ALTER TABLE: each action PostgreSQL's, laid apart, or named as not understood."""
    fragment = Fragment.of(text)
    at = _skip(fragment, 2)
    if at >= len(fragment.words) or not fragment.word(at).is_name:
        return Rewritten(text)
    namespace, name, at = fragment.name(at)
    done = Rewritten(text, table=(namespace, name))
    if fragment.upper(at) in _PLACEMENT:
        return Rewritten(None, table=(namespace, name), placement=True)
    if fragment.upper(at) == "CONFIGURE" or (fragment.upper(at) == "PARTITION" and "CONFIGURE" in text.upper()):
        return Rewritten(None, table=(namespace, name), carried="zone configuration")
    if fragment.follows(at, "SET", "LOCALITY"):
        done.extras.options["locality"] = fragment.slice(at + 2, len(fragment.words))
        done.sql = None
        return done
    if fragment.upper(at) == "PARTITION":
        done.extras.partition = fragment.slice(at, len(fragment.words))
        done.sql = None
        return done
    if fragment.follows(at, "SET", "("):
        done.extras.options |= storage_options(fragment, at + 1)
        done.sql = None
        return done
    return _actions(fragment, at, done, first_line)


def _actions(fragment: Fragment, at: int, done: Rewritten, first_line: int) -> Rewritten:
    kept = 0
    for first, after in list(fragment.split(at, len(fragment.words))):
        if after < len(fragment.words):
            fragment.blank(after, after + 1)
        if _action(fragment, first, after, done, first_line):
            if kept:
                fragment.edits.insert(0, (fragment.word(first).start, fragment.word(first).start, ", "))
            kept += 1
        else:
            fragment.edits = [edit for edit in fragment.edits if edit[0] != fragment.word(first).start]
            fragment.blank(first, after)
    done.sql = fragment.edited() if kept else None
    return done


def _action(fragment: Fragment, first: int, after: int, done: Rewritten, first_line: int) -> bool:
    """Reads one action; says whether it is PostgreSQL's."""
    if fragment.follows(first, "ALTER", "PRIMARY", "KEY"):
        return _alter_primary_key(fragment, first, after, done)
    if fragment.upper(first) == "ADD":
        return _add(fragment, first, after, done, first_line)
    if fragment.upper(first) == "ALTER":
        return _alter_column(fragment, first, after, done)
    return True


def _alter_primary_key(fragment: Fragment, first: int, after: int, done: Rewritten) -> bool:
    opening = next((at for at in range(first, after) if fragment.upper(at) == "("), after - 1)
    names = [fragment.word(one).name for one, _ in fragment.split(opening + 1, fragment.closing(opening))]
    options: dict[str, str] = {}
    if fragment.follows(fragment.closing(opening) + 1, "USING", "HASH"):
        options, _ = hash_clause(fragment, fragment.closing(opening) + 1)
    if not names:
        return True
    done.primary_key = names, options
    return False


def _add(fragment: Fragment, first: int, after: int, done: Rewritten, first_line: int) -> bool:
    at = first + 1
    if fragment.upper(at) in {"CONSTRAINT", "PRIMARY", "UNIQUE"}:
        named = fragment.upper(at) == "CONSTRAINT"
        word = _skip(fragment, at + 1) if named else at
        given = fragment.word(word).text if named else None
        start = word + 1 if named else at
        if fragment.upper(start) in {"PRIMARY", "UNIQUE"}:
            spec = key_constraint(fragment, start, after, done.extras, given)
            if spec is not None:
                line = first_line + fragment.text.count("\n", 0, fragment.word(first).start)
                done.extras.indexes.append((spec, line))
                return False
        return True
    if fragment.upper(at) in {"CHECK", "FOREIGN"}:
        return True
    if fragment.upper(at) == "COLUMN":
        at += 1
    at = _skip(fragment, at)
    column(fragment, at, after, done.extras)
    return True


def _alter_column(fragment: Fragment, first: int, after: int, done: Rewritten) -> bool:
    at = first + (2 if fragment.upper(first + 1) == "COLUMN" else 1)
    name = fragment.word(at).name
    at += 1
    if fragment.follows(at, "SET", "NOT", "VISIBLE") or fragment.follows(at, "SET", "VISIBLE"):
        done.visibility[name] = fragment.upper(at + 1) == "VISIBLE"
        return False
    if fragment.follows(at, "SET", "ON", "UPDATE"):
        extras = done.extras.columns.setdefault(name, ColumnExtras())
        extras.on_update = fragment.slice(at + 3, after)
        return False
    if fragment.follows(at, "DROP", "ON", "UPDATE"):
        done.dropped_updates.append(name)
        return False
    if fragment.follows(at, "DROP", "STORED"):
        fragment.replace(at + 1, at + 2, "EXPRESSION")
    elif fragment.follows(at, "SET", "DATA", "TYPE"):
        column_type(fragment, at + 3)
    elif fragment.upper(at) == "TYPE":
        column_type(fragment, at + 1)
    return True


__all__ = ["Rewritten", "alter_table", "create_index", "create_table"]
