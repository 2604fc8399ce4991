"""The version of what is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("dbdesign")
except PackageNotFoundError:
    VERSION = "0"
