"""What a statement does to the tables, by the rules of PostgreSQL 12 to 18 and without a server."""

from __future__ import annotations

from dbdesign.migrations.predict.predict import predict
from dbdesign.migrations.predict.state import State

__all__ = ["State", "predict"]
