"""What a statement really does to the tables: it is executed on the embedded PostgreSQL, and watched."""

from __future__ import annotations

from dbdesign.migrations.trace.tracer import Tracer

__all__ = ["Tracer"]
