"""The names that TypeORM gives: its default strategy, with the hashes of its constraints, and `typeorm-naming-strategies`' snake case.

Sources: TypeORM's `DefaultNamingStrategy` and `StringUtils` (https://github.com/typeorm/typeorm/tree/master/src/naming-strategy), and
`SnakeNamingStrategy` (https://github.com/tonivj5/typeorm-naming-strategies).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_CAMEL = re.compile(r"^([A-Z])|[\s\-_](\w)", re.ASCII)
_ACRONYM = re.compile(r"([A-Z])([A-Z])([a-z])")
_HUMP = re.compile(r"([a-z0-9])([A-Z])")
_WORD = re.compile(r"\w\S*", re.ASCII)


def camel_case(text: str) -> str:
    """`user_id` as `userId`; the rest of a word is left as it is."""
    return _CAMEL.sub(lambda match: match[2].upper() if match[2] else match[1].lower(), text)


def snake_case(text: str) -> str:
    """`userId` as `user_id`."""
    return _HUMP.sub(r"\1_\2", _ACRONYM.sub(r"\1_\2\3", text)).lower()


def title_case(text: str) -> str:
    """`fullName` as `Fullname`, as TypeORM does."""
    return _WORD.sub(lambda match: match[0][:1].upper() + match[0][1:].lower(), text)


@dataclass(frozen=True)
class NamingStrategy:
    """TypeORM's own strategy. Tables are given by their names, a namespace before a dot is left out of the hashes."""

    name: str = "default"

    def table(self, class_name: str, given: str | None) -> str:
        """A table's name, of the class's or as given."""
        return snake_case(class_name) if given is None else given

    def closure_table(self, table: str) -> str:
        """Of the closure table of a tree."""
        return f"{table}_closure"

    def column(self, property_name: str, given: str | None, prefixes: Sequence[str]) -> str:
        """Of a column, inside of embedded ones with prefixes."""
        name = given or property_name
        return camel_case("_".join(prefixes)) + title_case(name) if prefixes else name

    def join_column(self, relation: str, referenced: str) -> str:
        """Of the column of a relation."""
        return camel_case(f"{relation}_{referenced}")

    def join_table(self, first: str, second: str, property_path: str) -> str:
        """Of a many-to-many table, from the tables and the owning property."""
        return snake_case(f"{first}_{property_path.replace('.', '_')}_{second}")

    def join_table_column(self, table: str, property_name: str, column: str | None) -> str:
        """Of a column of a many-to-many table."""
        return camel_case(f"{table}_{property_name if column is None else column}")

    def primary_key(self, table: str, columns: Sequence[str]) -> str:
        """Of a primary key."""
        return self._hashed("PK_", table, columns, 27)

    def unique(self, table: str, columns: Sequence[str]) -> str:
        """Of a unique constraint."""
        return self._hashed("UQ_", table, columns, 27)

    def relation(self, table: str, columns: Sequence[str]) -> str:
        """Of the unique constraint behind a one-to-one relation."""
        return self._hashed("REL_", table, columns, 26)

    def foreign_key(self, table: str, columns: Sequence[str]) -> str:
        """Of a foreign key."""
        return self._hashed("FK_", table, columns, 27)

    def default(self, table: str, column: str) -> str:
        """Of an SQL Server default constraint."""
        return f"DF_{_hash(f'{_flat(table)}_{column}')[:27]}"

    def index(self, table: str, columns: Sequence[str], where: str | None = None) -> str:
        """Of an index."""
        key = f"{_flat(table)}_{'_'.join(sorted(columns, key=_utf16))}" + (f"_{where}" if where else "")
        return f"IDX_{_hash(key)[:26]}"

    def check(self, table: str, expression: str, *, enum: bool = False) -> str:
        """Of a check constraint."""
        return f"CHK_{_hash(f'{_flat(table)}_{expression}')[:26]}{'_ENUM' if enum else ''}"

    def exclusion(self, table: str, expression: str) -> str:
        """Of an exclusion constraint."""
        return f"XCL_{_hash(f'{_flat(table)}_{expression}')[:26]}"

    def _hashed(self, prefix: str, table: str, columns: Sequence[str], length: int) -> str:
        return prefix + _hash(f"{_flat(table)}_{'_'.join(sorted(columns, key=_utf16))}")[:length]


@dataclass(frozen=True)
class SnakeNamingStrategy(NamingStrategy):
    """`SnakeNamingStrategy` of typeorm-naming-strategies: columns and join columns in snake case."""

    name: str = "snake"

    def column(self, property_name: str, given: str | None, prefixes: Sequence[str]) -> str:
        """Of a column, inside of embedded ones with prefixes."""
        return snake_case("_".join([*prefixes, ""])) + (given or snake_case(property_name))

    def table(self, class_name: str, given: str | None) -> str:
        """A table's name, of the class's or as given."""
        return given or snake_case(class_name)

    def join_column(self, relation: str, referenced: str) -> str:
        """Of the column of a relation."""
        return snake_case(f"{relation}_{referenced}")

    def join_table_column(self, table: str, property_name: str, column: str | None) -> str:
        """Of a column of a many-to-many table."""
        return snake_case(f"{table}_{column or property_name}")


DEFAULT_NAMES = NamingStrategy()
"""What TypeORM calls things where nothing else is said."""


def _flat(table: str) -> str:
    return table.rsplit(".", 1)[-1]


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _utf16(text: str) -> bytes:
    """JavaScript sorts by UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")


__all__ = ["DEFAULT_NAMES", "NamingStrategy", "SnakeNamingStrategy", "camel_case", "snake_case", "title_case"]
