"""Writes one self-contained HTML page: search, pan and zoom, highlighted neighbours, columns on and off. It loads nothing."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions) -> WriteResult:
    """The whole selection as one page."""
    from dbdesign.writers.html.page import page

    return page(schema, options)


WRITER = Writer(name="html", title="HTML page", kind="diagram", suffix=".html", write=write)
