"""How a report looks: light or dark as the reader's system is, nothing loaded from anywhere."""

from __future__ import annotations

STYLE = """
:root{--ink:#1c2330;--soft:#5b6576;--line:#e3e7ee;--page:#f6f7fa;--card:#fff;--a50:#64748b;--a95:#a3afc0;--a99:#d3dae4;
  --b50:#2457d6;--b95:#7da0f2;--b99:#c9d8fb;--good:#15803d;--bad:#c2261d;--mark:#d97706}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#9aa5b8;--line:#2c3442;--page:#11151d;--card:#1a202b;--a50:#94a3b8;
  --a95:#64748b;--a99:#3c4758;--b50:#6c95ff;--b95:#3d63c4;--b99:#26386b;--good:#4ade80;--bad:#f87171;--mark:#fbbf24}
}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
  font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1160px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:27px;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 4px}
p{margin:0 0 10px}
.soft{color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-top:18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px;margin-top:18px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.tile b{display:block;font-size:19px;letter-spacing:-.01em;white-space:nowrap}
.tile span{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--soft);text-align:right;padding:6px 9px;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:6px 9px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child,.left{text-align:left}
td.left{white-space:nowrap}
td.wrap{white-space:normal;min-width:220px}
td:first-child{min-width:190px}
tr:last-child td{border-bottom:0}
.good{color:var(--good)}
.bad{color:var(--bad)}
code,pre{font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
pre{background:var(--page);border-radius:8px;padding:10px 12px;overflow:auto;max-height:420px;margin:8px 0}
svg{width:100%;height:auto;display:block;margin-top:8px}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink)}
svg .tick,svg .value{fill:var(--soft);font-size:11px}
svg .value{paint-order:stroke;stroke:var(--card);stroke-width:3px}
.grid{stroke:var(--line)}
.mark{stroke:var(--mark);stroke-width:2}
.a50{fill:var(--a50)}
.a95{fill:var(--a95)}
.a99{fill:var(--a99)}
.b50{fill:var(--b50)}
.b95{fill:var(--b95)}
.b99{fill:var(--b99)}
.key{display:flex;flex-wrap:wrap;gap:16px;font-size:13px;color:var(--soft)}
.key i{display:inline-block;width:22px;height:10px;border-radius:2px;margin-right:5px}
.key .k50a{background:var(--a50)}
.key .k95a{background:var(--a95)}
.key .k99a{background:var(--a99)}
.key .k50b{background:var(--b50)}
.key .k95b{background:var(--b95)}
.key .k99b{background:var(--b99)}
.key .km{background:var(--mark);width:3px;height:13px;vertical-align:-2px}
details{border-top:1px solid var(--line);padding:8px 0}
summary{cursor:pointer}
ul{margin:6px 0;padding-left:20px}
"""
