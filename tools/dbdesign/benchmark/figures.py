"""Figures for people, as reports write them."""

from __future__ import annotations


def ms(value: float) -> str:
    """Milliseconds with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def size(value: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            return f"{value:,.0f} {unit}" if unit in {"B", "kB"} or value >= 100 else f"{value:,.1f} {unit}"
        value /= 1024
    return ""


def cell(text: str) -> str:
    """The text of a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())
