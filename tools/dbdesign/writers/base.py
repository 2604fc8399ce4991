"""What a writer takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

import dbdesign.writers
from dbdesign.errors import UnknownNameError
from dbdesign.model.base import Model
from dbdesign.model.finding import Proof


class Note(Model):
    """Something that the target cannot say as the source does.

    Attributes:
        object: whose: `orders`, `orders.total`, `orders (orders_ck)`.
        lost: what cannot be expressed, as a sentence.
        instead: the nearest equivalent that was written, or what to do by hand; None if nothing was written.
    """

    object: str
    lost: str
    instead: str | None = None


class WriteOptions(Model):
    """How to write.

    Attributes:
        version: of the target engine; None for the newest that the writer knows.
        grants, comments: whether to write them.
        carried: whether to write what is carried verbatim (routines, triggers …) when the engine is the same.
        prove: whether to execute or parse what was written; without it the proof says `by rule, not executed`.
        focus: diagrams: labels of tables to keep, with everything within `hops` foreign keys; empty for all.
        include, exclude: diagrams: glob patterns on labels.
        style: of an ORM that has several: TypeORM's `data-mapper` or `active-record`; None for the first.
        keys_only: diagrams: leave out columns that belong to no key.
    """

    version: str | None = None
    grants: bool = True
    comments: bool = True
    carried: bool = True
    prove: bool = True
    focus: tuple[str, ...] = ()
    hops: int = 1
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    keys_only: bool = False
    style: str | None = None


class WriteResult(Model):
    """The text, and what it could not say.

    `parts` has a large diagram in named pieces, or the files of an ORM's source by path; `text` is then the first or all.
    """

    text: str
    notes: tuple[Note, ...] = ()
    proof: Proof
    parts: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Writer:
    """A writer for one target.

    Attributes:
        name: the `to` argument: `postgresql`, `mysql`, `mermaid`, …
        kind: `ddl`, `diagram` or `orm`.
        suffix: of files: `.sql`, `.mmd`.
        write: `(schema, options) -> WriteResult`.
    """

    name: str
    title: str
    kind: Literal["ddl", "diagram", "orm"]
    suffix: str
    write: Callable[..., WriteResult]
    versions: tuple[str, ...] = field(default=())


@cache
def writers() -> Mapping[str, Writer]:
    """Every writer by name."""
    found: dict[str, Writer] = {}
    for module in iter_modules(dbdesign.writers.__path__):
        writer = getattr(import_module(f"dbdesign.writers.{module.name}"), "WRITER", None)
        if isinstance(writer, Writer):
            found[writer.name] = writer
    return found


def writer(name: str) -> Writer:
    """The writer for that target, or an `UnknownNameError` with the nearest."""
    try:
        return writers()[name]
    except KeyError:
        raise UnknownNameError.among("target", name, writers()) from None
