"""A plan is executed before it is returned: up by phases, down from each, against a fresh target, with rows."""

from dbdesign.migrations.verify.verifying import verify

__all__ = ["verify"]
