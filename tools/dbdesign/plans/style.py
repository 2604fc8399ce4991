"""How a plan's page looks: light or dark as the reader's system is, nothing loaded from anywhere."""

from __future__ import annotations

STYLE = """
:root{--ink:#1c2330;--soft:#5b6576;--line:#e3e7ee;--page:#f6f7fa;--card:#fff;--mark:#2457d6;
  --h0:#e8edf4;--h1:#fdf3d7;--h2:#fbdc9a;--h3:#f6b26b;--h4:#ef8a76}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#a5b0c2;--line:#2c3442;--page:#11151d;--card:#1a202b;--mark:#6c95ff;
  --h0:#2a3342;--h1:#433c22;--h2:#6b5420;--h3:#8a521d;--h4:#9c372b}
}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1240px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:27px;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:20px;margin:0 0 8px}
h3{font-size:17px;margin:22px 0 8px}
p{margin:0 0 10px}
.soft{color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-top:18px}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:14px}
.tile{background:var(--page);border-radius:10px;padding:10px 16px;min-width:120px}
.tile b{display:block;font-size:19px;white-space:nowrap}
.tile span{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}
.key i{display:inline-block;width:20px;height:11px;border-radius:2px;margin:0 3px 0 10px;vertical-align:-1px}
svg.plan{width:100%;min-width:760px;height:auto;display:block}
svg.plan rect{stroke:var(--card,#fff);stroke-width:1}
svg.plan text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink,#1c2330)}
svg.plan text.soft{fill:var(--soft,#5b6576);font-size:11px}
svg.plan text.number{fill:#fff;font-size:11px;font-weight:700;text-anchor:middle}
svg.plan .mark{fill:var(--mark,#2457d6)}
svg.plan g:hover rect{stroke:var(--ink,#1c2330);stroke-width:1.5}
g.h0 rect{fill:var(--h0)}g.h1 rect{fill:var(--h1)}g.h2 rect{fill:var(--h2)}g.h3 rect{fill:var(--h3)}g.h4 rect{fill:var(--h4)}
i.h0{background:var(--h0)}i.h1{background:var(--h1)}i.h2{background:var(--h2)}i.h3{background:var(--h3)}i.h4{background:var(--h4)}
article{display:flex;gap:12px;padding:12px 0;border-top:1px solid var(--line)}
article div{min-width:0;flex:1}
.badge{flex:none;width:24px;height:24px;border-radius:12px;background:var(--mark);color:#fff;text-align:center;
  font:700 13px/24px system-ui,sans-serif}
pre{font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;background:var(--page);border-radius:8px;padding:9px 12px;margin:6px 0;
  overflow:auto;max-height:420px;white-space:pre-wrap}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--soft);text-align:right;padding:6px 9px;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:5px 9px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
td.left,th.left{text-align:left}
.cond{font-size:12.5px;overflow-wrap:anywhere}
tr.h2 td:nth-child(3),tr.h1 td:nth-child(3){font-weight:600}
tr.h3 td:nth-child(3),tr.h4 td:nth-child(3){font-weight:700;color:#c2410c}
details{padding:8px 0;margin-top:8px}
summary{cursor:pointer;font-weight:600}
"""
