"""Plots as SVG, drawn by hand: horizontal bars on a logarithmic or a linear axis, in the page's own colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 920
LABELS = 300
"""Width of the column with the labels."""
RIGHT = 110
"""Room for the number behind a bar."""
BAR, GAP, GROUP_GAP, AXIS = 13, 3, 14, 26


@dataclass(frozen=True)
class Bar:
    """One bar: nested values, the greatest first, each with a CSS class; a number behind it."""

    values: tuple[tuple[float, str], ...]
    text: str
    title: str


@dataclass(frozen=True)
class Group:
    """The bars of one label, with a mark across them (a target) where there is one."""

    label: str
    bars: tuple[Bar, ...]
    mark: float | None = None


def bars(groups: Sequence[Group], *, logarithmic: bool, unit: str, label: str) -> str:
    """A plot as one `<svg>` element; `label` says what it shows to those who do not see it."""
    values = [value for group in groups for bar in group.bars for value, _ in bar.values if value > 0]
    values += [group.mark for group in groups if group.mark]
    if not values:
        return ""
    axis = _Axis(min(values), max(values), logarithmic)
    parts: list[str] = []
    texts: list[str] = []
    y = AXIS
    for group in groups:
        height = len(group.bars) * (BAR + GAP)
        parts.append(_label(group.label, y + height / 2 + 2))
        for bar in group.bars:
            parts.append(_bar(bar, axis, y))
            texts.append(_text(bar, axis, y))
            y += BAR + GAP
        if group.mark:
            x = axis.x(group.mark)
            parts.append(
                f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{y - height - 2}" y2="{y - 1}">'
                f"<title>target {_number(group.mark)} {unit}</title></line>"
            )
        y += GROUP_GAP
    grid = "".join(_tick(tick, axis, y, unit) for tick in axis.ticks())
    return (
        f'<svg viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{escape(label)}">{grid}{"".join(parts + texts)}</svg>'
    )


@dataclass(frozen=True)
class _Axis:
    least: float
    greatest: float
    logarithmic: bool

    def _range(self) -> tuple[float, float]:
        if not self.logarithmic:
            return 0.0, self.greatest or 1.0
        low = math.floor(math.log10(self.least) - 0.05)
        return low, max(math.log10(self.greatest) + 0.05, low + 1)

    def x(self, value: float) -> float:
        low, high = self._range()
        place = math.log10(value) if self.logarithmic and value > 0 else (low if self.logarithmic else value)
        return LABELS + (WIDTH - LABELS - RIGHT) * min(max((place - low) / (high - low), 0.0), 1.0)

    def ticks(self) -> list[float]:
        low, high = self._range()
        if self.logarithmic:
            return [10.0**power for power in range(int(low), math.floor(high) + 1)]
        step = 10 ** math.floor(math.log10(high / 2))
        step *= next(factor for factor in (1, 2, 5, 10) if high / (step * factor) <= 5)
        return [step * number for number in range(int(high / step) + 1)]


def _label(text: str, y: float) -> str:
    shown = text if len(text) <= 46 else f"{text[:45]}…"
    return f'<text class="label" x="{LABELS - 10}" y="{y:.1f}" text-anchor="end"><title>{escape(text)}</title>{escape(shown)}</text>'


def _bar(bar: Bar, axis: _Axis, y: float) -> str:
    drawn = "".join(
        f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{max(axis.x(value) - LABELS, 1):.1f}" height="{BAR}" rx="2"/>'
        for value, kind in bar.values
    )
    return f"<g><title>{escape(bar.title)}</title>{drawn}</g>"


def _text(bar: Bar, axis: _Axis, y: float) -> str:
    """The number behind a bar; on top of everything else."""
    end = max(axis.x(value) for value, _ in bar.values)
    return f'<text class="value" x="{end + 6:.1f}" y="{y + BAR - 3}">{escape(bar.text)}</text>'


def _tick(value: float, axis: _Axis, height: float, unit: str) -> str:
    x = axis.x(value)
    said = f"{_number(value)} {unit}".strip()
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{AXIS - 8}" y2="{height - 6}"/>'
        f'<text class="tick" x="{x:.1f}" y="{AXIS - 13}" text-anchor="middle">{said}</text>'
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"
