"""The names that TypeORM would give, so that only others are written.

Source: TypeORM's `DefaultNamingStrategy` (https://github.com/typeorm/typeorm/blob/master/src/naming-strategy/DefaultNamingStrategy.ts).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence


def table_name(class_name: str) -> str:
    """Of a class."""
    split = re.sub(r"([A-Z])([A-Z])([a-z])", r"\1_\2\3", class_name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", split).lower()


def primary_key_name(table: str, columns: Sequence[str]) -> str:
    """Of a primary key."""
    return _hashed("PK_", table, columns, 27)


def unique_name(table: str, columns: Sequence[str]) -> str:
    """Of a unique constraint."""
    return _hashed("UQ_", table, columns, 27)


def relation_name(table: str, columns: Sequence[str]) -> str:
    """Of the unique constraint behind a one-to-one relation."""
    return _hashed("REL_", table, columns, 26)


def foreign_key_name(table: str, columns: Sequence[str]) -> str:
    """Of a foreign key."""
    return _hashed("FK_", table, columns, 27)


def _hashed(prefix: str, table: str, columns: Sequence[str], length: int) -> str:
    text = f"{table.rsplit('.', 1)[-1]}_{'_'.join(sorted(columns, key=lambda one: one.encode('utf-16-be', 'surrogatepass')))}"
    return prefix + hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:length]


__all__ = ["foreign_key_name", "primary_key_name", "relation_name", "table_name", "unique_name"]
