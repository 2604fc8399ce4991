"""Reads the files of migration tools into statements with their lines, in the order and the transactions in which the tool runs them."""

from __future__ import annotations

from dbdesign.migrations.files.reading import Reading, read_migrations

__all__ = ["Reading", "read_migrations"]
