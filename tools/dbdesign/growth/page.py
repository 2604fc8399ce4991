"""The growth plot: one HTML page with its curves as SVG, that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from dbdesign.growth.ladder import spelled
from dbdesign.growth.limits import DISK_FULL
from dbdesign.growth.report import summary_of
from dbdesign.simulate.latency import size

if TYPE_CHECKING:
    from dbdesign.growth.plan import GrowthPlan

WIDTH, HEIGHT = 920.0, 360.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 168.0, 18.0, 34.0
SERIES = 6
"""Tables that have a band of their own; the others share one."""
COLOURS = ("#2457d6", "#d97706", "#15803d", "#9333ea", "#c2261d", "#0e7490", "#94a3b8")

STYLE = """
:root{--ink:#1c2330;--soft:#5b6576;--line:#e3e7ee;--page:#f6f7fa;--card:#fff;--bad:#c2261d}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#9aa5b8;--line:#2c3442;--page:#11151d;--card:#1a202b;--bad:#f87171}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1060px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:26px;margin:0 0 8px}
h2{font-size:18px;margin:0 0 6px}
p{margin:0 0 10px}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-top:18px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:600;text-align:left;padding:6px 9px;border-bottom:1px solid var(--line)}
td{padding:6px 9px;border-bottom:1px solid var(--line);vertical-align:top}
td:nth-child(2){white-space:nowrap}
svg{width:100%;height:auto;display:block}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink)}
svg .tick{fill:var(--soft)}
.grid{stroke:var(--line)}
.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}
"""


def page(plan: GrowthPlan) -> str:
    """The whole page."""
    limits = "".join(
        f"<tr><td>{escape(one.limit)}</td><td>{escape(spelled(one.when))}</td><td>{escape(one.message)}</td></tr>"
        for one in plan.limits
    )
    ladder = "".join(
        f"<tr><td>{escape(one.measure)}</td><td>{escape(one.when)}</td><td>{escape(one.threshold)}</td><td>{escape(one.why)}</td></tr>"
        for one in plan.ladder
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Plan for growth</title><style>{STYLE}</style><main><h1>Plan for growth</h1><p>{escape(summary_of(plan))}</p>"
        f"<section><h2>Bytes of tables with their indexes</h2>{curves(plan)}</section>"
        f"<section><h2>Limits</h2><table><tr><th>limit</th><th>met</th><th>what it means</th></tr>{limits}</table></section>"
        f"<section><h2>Measures</h2><table><tr><th>measure</th><th>due</th><th>threshold</th><th>why</th></tr>{ladder}</table></section>"
        "</main></html>\n"
    )


def curves(plan: GrowthPlan) -> str:
    """Stacked areas by table, the largest at the horizon at the foot, with the line at which the disk is full."""
    months = [float(month) for month in range(int(plan.months) + 1)] or [0.0]
    if months[-1] < plan.months:
        months.append(plan.months)
    bands = _bands(plan, months)
    totals = [sum(band[1][place] for band in bands) for place in range(len(months))]
    full = plan.situation.machine.disk * DISK_FULL
    top = max(*totals, 1.0) * 1.08
    shown_limit = full <= top * 1.6
    top = max(top, full * 1.06) if shown_limit else top
    drawn = [_grid(top, months)]
    below = [0.0] * len(months)
    for place, (label, values) in enumerate(bands):
        above = [low + value for low, value in zip(below, values, strict=True)]
        drawn.append(_area(label, below, above, months, top, COLOURS[place % len(COLOURS)]))
        below = above
    drawn.append(_legend(bands))
    if shown_limit:
        y = _y(full, top)
        drawn.append(
            f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT + 6}" y="{y - 5:.1f}">{DISK_FULL:.0%} of the disk</text>'
        )
    return f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="Bytes by month and table">{"".join(drawn)}</svg>'


def _bands(plan: GrowthPlan, months: Sequence[float]) -> list[tuple[str, list[float]]]:
    tables = sorted(
        {one.table for one in plan.sizes.objects}, key=lambda one: (-plan.sizes.of_table(one, plan.months), one)
    )
    found = [(one, [plan.sizes.of_table(one, month) for month in months]) for one in tables[:SERIES]]
    rest = tables[SERIES:]
    if rest:
        others = [sum(plan.sizes.of_table(one, month) for one in rest) for month in months]
        found.append((f"{len(rest)} others", others))
    return found


def _x(month: float, months: Sequence[float]) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (month / months[-1] if months[-1] else 0.0)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _area(
    label: str, below: Sequence[float], above: Sequence[float], months: Sequence[float], top: float, colour: str
) -> str:
    upper = [f"{_x(month, months):.1f},{_y(value, top):.1f}" for month, value in zip(months, above, strict=True)]
    lower = [f"{_x(month, months):.1f},{_y(value, top):.1f}" for month, value in zip(months, below, strict=True)]
    said = f"{label}: {size(above[0] - below[0])} → {size(above[-1] - below[-1])}"
    points = " ".join([*upper, *reversed(lower)])
    return f'<polygon points="{points}" fill="{colour}" fill-opacity=".82"><title>{escape(said)}</title></polygon>'


def _legend(bands: Sequence[tuple[str, Sequence[float]]]) -> str:
    drawn = []
    for place, (label, values) in enumerate(reversed(bands)):
        y = TOP + 12 + place * 34
        colour = COLOURS[(len(bands) - 1 - place) % len(COLOURS)]
        shown = label if len(label) <= 22 else f"{label[:21]}…"
        x = WIDTH - RIGHT + 14
        drawn.append(
            f'<rect x="{x}" y="{y - 9}" width="10" height="10" rx="2" fill="{colour}"/><text x="{x + 16}" y="{y}">{escape(shown)}</text>'
            f'<text class="tick" x="{x + 16}" y="{y + 14}">{size(values[-1])}</text>'
        )
    return "".join(drawn)


def _grid(top: float, months: Sequence[float]) -> str:
    step = next(one for power in range(0, 60, 3) for one in _steps(power) if top / one <= 5)
    drawn = []
    value = 0.0
    while value <= top:
        y = _y(value, top)
        drawn.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{size(value) if value else "0"}</text>'
        )
        value += step
    every = max(1, round(months[-1] / 6))
    for month in range(0, int(months[-1]) + 1, every):
        x = _x(month, months)
        drawn.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{"today" if month == 0 else f"month {month}"}</text>'
        )
    return "".join(drawn)


def _steps(power: int) -> tuple[float, ...]:
    """Round numbers of bytes: 1, 2, 5 … of kB, MB, GB."""
    unit = 1024.0 ** (power / 3)
    return tuple(unit * one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500))
