"""Names of classes, properties, files and enumeration members out of the names of tables and columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_RESERVED = frozenset(
    [
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "let",
        "static",
        "implements",
        "interface",
        "package",
        "private",
        "protected",
        "public",
        "await",
        "abstract",
        "any",
        "as",
        "async",
        "boolean",
        "constructor",
        "declare",
        "get",
        "infer",
        "is",
        "keyof",
        "module",
        "namespace",
        "never",
        "number",
        "object",
        "readonly",
        "require",
        "set",
        "string",
        "symbol",
        "type",
        "undefined",
        "unique",
        "unknown",
        "from",
        "of",
    ]
)
_TAKEN = frozenset(
    [
        "Array",
        "Buffer",
        "BaseEntity",
        "Boolean",
        "Check",
        "Column",
        "CreateDateColumn",
        "Date",
        "Entity",
        "Error",
        "Exclusion",
        "Function",
        "Index",
        "JoinColumn",
        "JoinTable",
        "ManyToMany",
        "ManyToOne",
        "Map",
        "Number",
        "Object",
        "OneToMany",
        "OneToOne",
        "PrimaryColumn",
        "PrimaryGeneratedColumn",
        "Generated",
        "Promise",
        "Proxy",
        "Record",
        "Reflect",
        "Relation",
        "Set",
        "String",
        "Symbol",
        "Unique",
        "UpdateDateColumn",
        "ViewColumn",
        "ViewEntity",
        "Partial",
        "Required",
        "Readonly",
        "Pick",
        "Omit",
        "Uint8Array",
        "WeakMap",
    ]
)
_MEMBERS = frozenset(
    [
        "constructor",
        "hasId",
        "save",
        "remove",
        "softRemove",
        "recover",
        "reload",
        "prototype",
        "__proto__",
        "toString",
        "valueOf",
        "hasOwnProperty",
    ]
)


def words(name: str) -> list[str]:
    """The words of a name: `user_id`, `userId` and `User Id` alike; what no identifier has is left out."""
    plain = unicodedata.normalize("NFKC", name)
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain)
    return [one for one in re.split(r"[^0-9A-Za-z]+", plain) if one]


def camel(name: str) -> str:
    """`user_id` as `userId`; an own name where it has no word."""
    parts = words(name)
    if not parts:
        return "column"
    joined = parts[0].lower() + "".join(one[:1].upper() + one[1:].lower() for one in parts[1:])
    return f"_{joined}" if joined[0].isdigit() else joined


def pascal(name: str) -> str:
    """`user_accounts` as `UserAccounts`."""
    joined = "".join(one[:1].upper() + one[1:].lower() for one in words(name)) or "Table"
    return f"T{joined}" if joined[0].isdigit() else joined


def singular(name: str) -> str:
    """The singular of an English plural, by its commonest endings."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zes", "ze")):
        if name.lower().endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)] + instead
    lower = name.lower()
    keeps = lower.endswith(("ss", "us", "is", "news", "series", "species")) or not lower.endswith("s")
    return name if keeps or len(name) < 4 else name[:-1]


def plural(name: str) -> str:
    """The plural of an English noun, by its commonest endings."""
    if re.search(r"(?:s|x|z|ch|sh)$", name):
        return f"{name}es"
    return f"{name[:-1]}ies" if re.search(r"[^aeiou]y$", name) else f"{name}s"


class Names:
    """Names that are given once each, in one scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {one.lower() for one in taken}

    def give(self, wanted: str) -> str:
        """The name wanted, or one with a number."""
        name, number = wanted, 2
        while name.lower() in self._taken:
            name, number = f"{wanted}{number}", number + 1
        self._taken.add(name.lower())
        return name


def class_names() -> Names:
    """A scope of classes, in which TypeScript's and TypeORM's own are taken."""
    return Names()


def class_name(table: str, names: Names) -> str:
    """Of a table."""
    wanted = pascal(singular(table))
    return names.give(f"{wanted}Entity" if wanted in _TAKEN else wanted)


def property_names() -> Names:
    """A scope of properties, in which those of every object and of `BaseEntity` are taken."""
    return Names(_MEMBERS)


def file_name(class_: str, suffix: str = "entity") -> str:
    """`UserAccount` as `user-account.entity.ts`."""
    return f"{'-'.join(words(class_)).lower()}.{suffix}.ts"


def member_name(value: str, names: Names) -> str:
    """Of an enumeration's value: `in progress` as `IN_PROGRESS`."""
    wanted = "_".join(words(value)).upper() or "EMPTY"
    return names.give(f"_{wanted}" if wanted[0].isdigit() else wanted)


__all__ = [
    "Names",
    "camel",
    "class_name",
    "class_names",
    "file_name",
    "is_reserved",
    "member_name",
    "pascal",
    "plural",
    "property_names",
    "singular",
    "words",
]


def is_reserved(name: str) -> bool:
    """Whether TypeScript has a meaning of its own for a name."""
    return name in _RESERVED
