"""A program's folder as a workload: the queries that its calls of Prisma's client are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.errors import DesignError, InputError, LimitError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.model.workload import Query

SOURCES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


def queries_of_folder(path: str, source: str | None, call: Call) -> tuple[tuple[Query, ...], tuple[str, ...]]:
    """The queries of the sources below a folder, and what is not known of them.

    Args:
        source: where the schema is read from; its `.prisma` files are used where there is none below the folder.

    Raises:
        InputError: no schema of Prisma, or no call of its client.
        LimitError: too many sources.
    """
    from dbdesign.api.access import MAX_BYTES
    from dbdesign.api.program_candidates import ELSEWHERE
    from dbdesign.api.program_folder import Folder
    from dbdesign.detect.places import scope_of
    from dbdesign.readers.prisma.calls import queries_of

    folder = Folder(path, call)
    names = [one for one in folder.paths(SOURCES) if scope_of(one) not in ELSEWHERE and not one.endswith(".d.ts")]
    if sum(folder.tree.sizes[one] for one in names) > MAX_BYTES:
        raise LimitError("holds more source text than is read", where=path, remedy="Name a part of it")
    files = {folder.named(one): folder.text(one) for one in names}
    call.step(0.05, f"reading the queries of {len(files):,} files")
    schemas = {folder.named(one): folder.text(one) for one in folder.paths((".prisma",))} or _beside(source, call)
    try:
        found = queries_of({**files, **schemas})
    except DesignError as error:
        raise error.within(path) from None
    if not found.queries:
        raise InputError("calls no model of Prisma's client", where=path, remedy="Give the workload as SQL, or a log")
    return tuple(found.queries), tuple(_unknown(found.unknown))


def _beside(source: str | None, call: Call) -> dict[str, str]:
    """The schema that the source is, where it is a file of Prisma's or a folder with some."""
    from dbdesign.api.program_folder import Folder
    from dbdesign.api.source import decoded_file, is_inline

    if source is None or is_inline(source):
        return {}
    if call.access.is_folder(source):
        folder = Folder(source, call)
        return {folder.named(one): folder.text(one) for one in folder.paths((".prisma",))}
    return {source: decoded_file(source, call)} if source.endswith(".prisma") else {}


def _unknown(places: list[tuple[str, int]]) -> list[str]:
    if not places:
        return []
    shown = ", ".join(f"{path}:{line}" for path, line in places[:5]) + (" …" if len(places) > 5 else "")
    many = len(places) > 1
    what = (
        f"{len(places)} calls of Prisma's client have filters or orders"
        if many
        else "one call of Prisma's client has a filter or order"
    )
    return [
        f"{what} that {'are' if many else 'is'} known only when the program runs, and {'are' if many else 'is'} left out: {shown}"
    ]
