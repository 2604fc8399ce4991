"""CockroachDB's own clauses: indexes in line, hash sharding, STORING, families, visibility, ON UPDATE, computed columns, TTL, locality."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.readers.cockroachdb.fragments import Fragment

INTEGERS = {"INT": "INT8", "INTEGER": "INT8", "INT64": "INT8", "BIGINT": "INT8"}
"""INT is 64 bits wide unless `default_int_size` says otherwise (documentation, int)."""
SERIALS = {"SERIAL", "SERIAL2", "SERIAL4", "SERIAL8", "SMALLSERIAL", "BIGSERIAL"}
"""All of them are `INT8 DEFAULT unique_rowid()` unless `serial_normalization` says otherwise (documentation, serial)."""
_QUALIFIERS = {
    "NOT", "NULL", "DEFAULT", "CHECK", "CONSTRAINT", "UNIQUE", "PRIMARY", "REFERENCES", "FAMILY", "CREATE", "COLLATE", "ON", "GENERATED",
    "AS", "STORED", "VIRTUAL",
}  # fmt: skip
_TRAILERS = {
    "USING",
    "STORING",
    "COVERING",
    "INCLUDE",
    "PARTITION",
    "WITH",
    "WHERE",
    "NOT",
    "INVISIBLE",
    "VISIBLE",
    "VISIBILITY",
}
_STORING = {"STORING", "COVERING", "INCLUDE"}
_ACTIONS = {"CASCADE", "RESTRICT", "NO", "SET"}


@dataclass
class IndexSpec:
    """An index as CockroachDB writes it, with the texts of its parts."""

    name: str | None = None
    unique: bool = False
    method: str = "btree"
    elements: list[str] = field(default_factory=list)
    include: list[str] = field(default_factory=list)
    where: str = ""
    visible: bool = True
    options: dict[str, str] = field(default_factory=dict)
    has_expression: bool = False

    def statement(self, table: str) -> str:
        """CREATE INDEX in PostgreSQL's words; `table` as SQL."""
        parts = [
            "CREATE UNIQUE INDEX" if self.unique else "CREATE INDEX",
            self.name or "",
            f"ON {table} USING {self.method} ({', '.join(self.elements)})",
            f"WHERE {self.where}" if self.where else "",
        ]
        return " ".join(part for part in parts if part)


@dataclass
class ColumnExtras:
    """What a column says beyond PostgreSQL."""

    invisible: bool = False
    on_update: str | None = None
    family: str | None = None


@dataclass
class TableExtras:
    """What a CREATE TABLE says beyond PostgreSQL."""

    columns: dict[str, ColumnExtras] = field(default_factory=dict)
    indexes: list[tuple[IndexSpec, int]] = field(default_factory=list)
    key_options: dict[str | None, dict[str, str]] = field(default_factory=dict)
    descending: dict[str | None, list[str]] = field(default_factory=dict)
    include: dict[str | None, list[str]] = field(default_factory=dict)
    families: list[tuple[str, str]] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    partition: str | None = None


PRIMARY = None
"""The place of the primary key in `key_options`, `descending` and `include`; that of a unique key is its columns, with commas."""


def storage_options(fragment: Fragment, opening: int) -> dict[str, str]:
    """`(a = 1, b = 'x':::STRING)` as name → value, quotes taken off."""
    found: dict[str, str] = {}
    for first, after in fragment.split(opening + 1, fragment.closing(opening)):
        name = fragment.word(first).name
        if fragment.upper(first + 1) == "=":
            token = fragment.word(first + 2)
            whole = fragment.slice(first + 2, after)
            found[name] = token.text[1:-1].replace("''", "'") if token.kind == "string" else whole
        else:
            found[name] = "true"
    return found


def hash_clause(fragment: Fragment, at: int) -> tuple[dict[str, str], int]:
    """USING HASH [WITH (bucket_count = n) | WITH BUCKET_COUNT = n] from `at`: options and the position after."""
    options = {"hash_sharded": "true"}
    at += 2
    if fragment.follows(at, "WITH", "("):
        given = storage_options(fragment, at + 1)
        options |= given
        at = fragment.closing(at + 1) + 1
    elif fragment.follows(at, "WITH", "BUCKET_COUNT"):
        options["bucket_count"] = fragment.word(at + 3).text
        at += 4
    return options, at


def _elements(fragment: Fragment, opening: int) -> tuple[list[str], bool]:
    closing = fragment.closing(opening)
    found, expression = [], False
    for first, after in fragment.split(opening + 1, closing):
        found.append(fragment.slice(first, after))
        expression = expression or "(" in found[-1]
    return found, expression


def index_spec(fragment: Fragment, at: int, after: int, spec: IndexSpec) -> IndexSpec:
    """The rest of an index from its optional method or its columns on."""
    if fragment.upper(at) == "USING":
        spec.method = {"btree": "btree", "inverted": "gin", "cspann": "vector"}.get(
            fragment.word(at + 1).name, fragment.word(at + 1).name
        )
        at += 2
    if fragment.upper(at) != "(":
        return spec
    spec.elements, spec.has_expression = _elements(fragment, at)
    at = fragment.closing(at) + 1
    while at < after:
        at = _trailer(fragment, at, after, spec)
    return spec


def _trailer(fragment: Fragment, at: int, after: int, spec: IndexSpec) -> int:
    word = fragment.upper(at)
    if word == "USING" and fragment.upper(at + 1) == "HASH":
        options, at = hash_clause(fragment, at)
        spec.options |= options
        return at
    if word in _STORING:
        closing = fragment.closing(at + 1)
        spec.include = [fragment.word(first).name for first, _ in fragment.split(at + 2, closing)]
        return closing + 1
    if word == "WITH" and fragment.upper(at + 1) == "(":
        spec.options |= storage_options(fragment, at + 1)
        return fragment.closing(at + 1) + 1
    if word == "PARTITION":
        end = fragment.until(at, after, {"WITH", "WHERE", "NOT", "INVISIBLE", "VISIBLE"})
        spec.options["partition"] = fragment.slice(at, end)
        return end
    if word == "WHERE":
        end = _visibility(fragment, at, after)
        spec.where = fragment.slice(at + 1, end)
        return end
    if word in {"NOT", "INVISIBLE"}:
        spec.visible = False
        return at + (2 if word == "NOT" else 1)
    return at + 1


def _visibility(fragment: Fragment, first: int, after: int) -> int:
    """Where NOT VISIBLE or INVISIBLE begins at the end of an index."""
    if fragment.follows(after - 2, "NOT", "VISIBLE"):
        return after - 2
    return after - 1 if fragment.upper(after - 1) in {"INVISIBLE", "VISIBLE"} and after - 1 > first else after


def column(fragment: Fragment, first: int, after: int, extras: TableExtras) -> None:
    """Makes a column definition PostgreSQL's."""
    name = fragment.word(first).name
    mine = extras.columns.setdefault(name, ColumnExtras())
    column_type(fragment, first + 1)
    at = first + 2
    while at < after:
        at = _qualifier(fragment, at, after, name, mine, extras)


def column_type(fragment: Fragment, at: int) -> None:
    """Spells the integer types as what they are."""
    word = fragment.upper(at)
    if word in INTEGERS:
        fragment.replace(at, at + 1, INTEGERS[word])
    elif word in SERIALS:
        fragment.replace(at, at + 1, "INT8 NOT NULL DEFAULT unique_rowid()")


def _qualifier(fragment: Fragment, at: int, after: int, name: str, mine: ColumnExtras, extras: TableExtras) -> int:
    word = fragment.upper(at)
    if word == "(":
        return fragment.closing(at) + 1
    if fragment.follows(at, "NOT", "VISIBLE"):
        mine.invisible = True
        fragment.blank(at, at + 2)
        return at + 2
    if word == "AS" and fragment.upper(at + 1) == "(":
        if fragment.upper(at - 1) not in {"ALWAYS", "DEFAULT"}:
            fragment.insert(at, "GENERATED ALWAYS ")
        return fragment.closing(at + 1) + 1
    if fragment.follows(at, "ON", "UPDATE") and fragment.upper(at + 2) not in _ACTIONS:
        end = fragment.until(at + 2, after, _QUALIFIERS)
        mine.on_update = fragment.slice(at + 2, end)
        fragment.blank(at, end)
        return end
    if word in {"FAMILY", "CREATE"}:
        return _column_family(fragment, at, after, mine)
    if fragment.follows(at, "PRIMARY", "KEY"):
        return _column_key(fragment, at + 2, name, extras)
    if fragment.follows(at, "UNIQUE", "WITHOUT", "INDEX"):
        fragment.blank(at + 1, at + 3)
        extras.key_options[name] = {"without_index": "true"}
        return at + 3
    return at + 1


def _column_family(fragment: Fragment, at: int, after: int, mine: ColumnExtras) -> int:
    start = at
    while at < after and fragment.upper(at) != "FAMILY":
        at += 1
    named = at + 1 < after and fragment.word(at + 1).is_name and fragment.upper(at + 1) not in _QUALIFIERS
    mine.family = fragment.word(at + 1).name if named else "primary"
    end = at + (2 if named else 1)
    fragment.blank(start, end)
    return end


def _column_key(fragment: Fragment, at: int, name: str, extras: TableExtras) -> int:
    start = at
    if fragment.upper(at) in {"ASC", "DESC"}:
        if fragment.upper(at) == "DESC":
            extras.descending[PRIMARY] = [name]
        at += 1
    if fragment.follows(at, "USING", "HASH"):
        options, at = hash_clause(fragment, at)
        extras.key_options[PRIMARY] = options
    fragment.blank(start, at)
    return at


def key_constraint(fragment: Fragment, at: int, after: int, extras: TableExtras, given: str | None) -> IndexSpec | None:
    """Makes PRIMARY KEY (…) or UNIQUE (…) from `at` PostgreSQL's; a partial or expression one comes back as a unique index instead."""
    primary = fragment.upper(at) == "PRIMARY"
    at += 2 if primary else 1
    unindexed = fragment.follows(at, "WITHOUT", "INDEX")
    if unindexed:
        fragment.blank(at, at + 2)
        at += 2
    if at >= after or fragment.upper(at) != "(":
        return None
    spec = index_spec(fragment, at, after, IndexSpec(name=given, unique=True))
    if not primary and (spec.where or spec.has_expression or not spec.visible):
        return spec
    names = [fragment.word(first).name for first, _ in fragment.split(at + 1, fragment.closing(at))]
    place = PRIMARY if primary else ",".join(names)
    for first, end in fragment.split(at + 1, fragment.closing(at)):
        if fragment.upper(end - 1) in {"ASC", "DESC"} and end - first > 1:
            if fragment.upper(end - 1) == "DESC":
                extras.descending.setdefault(place, []).append(fragment.word(first).name)
            fragment.blank(end - 1, end)
    options = {**spec.options, **({"without_index": "true"} if unindexed else {})}
    if options:
        extras.key_options[place] = options
    closing = fragment.closing(at)
    end = fragment.until(closing, after, {"DEFERRABLE"})
    if spec.include:
        extras.include[place] = spec.include
    fragment.blank(closing + 1, end)
    return None
