"""How long reading plans takes: one of 5,000 nodes in PostgreSQL's formats, beside `json.loads` of it; findings on it; a thousand
ordinary ones."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from dbdesign.plans.findings.base import findings_of
from dbdesign.plans.read import read_plans

PARTITIONS = 4_999
ORDINARY = 1_000
TIMES = 5
DOCUMENTED = Path(__file__).resolve().parent.parent / "tests" / "plans" / "readers" / "documented"


def partitioned() -> dict[str, Any]:
    """A plan over many partitions, as EXPLAIN (ANALYZE, BUFFERS) gives it."""
    ran = {"Actual Startup Time": 0.01, "Actual Total Time": 0.02, "Actual Rows": 1.0, "Actual Loops": 1}
    costs = {"Startup Cost": 0.29, "Total Cost": 8.3, "Plan Rows": 10, "Plan Width": 44}
    scans = [
        {
            "Node Type": "Index Scan", "Parent Relationship": "Member", "Scan Direction": "Forward", "Index Name": f"part_{n}_key",
            "Relation Name": f"part_{n}", "Schema": "public", "Alias": f"part_{n + 1}", **costs, **ran, "Index Cond": "(a = 1)",
            "Filter": "(b > 2)", "Rows Removed by Filter": 9, "Shared Hit Blocks": 4, "Shared Read Blocks": 1,
        }
        for n in range(PARTITIONS)
    ]  # fmt: skip
    root = {
        "Node Type": "Append",
        **costs,
        **ran,
        "Actual Total Time": 120.0,
        "Shared Hit Blocks": 4 * PARTITIONS,
        "Plans": scans,
    }
    return {"Plan": root, "Planning Time": 80.0, "Execution Time": 130.0}


def as_text(statement: dict[str, Any]) -> str:
    """The same in the text format."""
    return "\n".join(_lines(statement))


def _lines(statement: dict[str, Any]) -> Iterator[str]:
    root = statement["Plan"]
    yield f"Append  {_figures(root)}"
    yield f"  Buffers: shared hit={root['Shared Hit Blocks']}"
    for scan in root["Plans"]:
        name = f"public.{scan['Relation Name']} {scan['Alias']}"
        yield f"  ->  Index Scan using {scan['Index Name']} on {name}  {_figures(scan)}"
        yield f"        Index Cond: {scan['Index Cond']}"
        yield f"        Filter: {scan['Filter']}"
        yield f"        Rows Removed by Filter: {scan['Rows Removed by Filter']}"
        yield f"        Buffers: shared hit={scan['Shared Hit Blocks']} read={scan['Shared Read Blocks']}"
    yield f"Planning Time: {statement['Planning Time']} ms"
    yield f"Execution Time: {statement['Execution Time']} ms"


def _figures(node: dict[str, Any]) -> str:
    cost = f"cost={node['Startup Cost']}..{node['Total Cost']} rows={node['Plan Rows']} width={node['Plan Width']}"
    time = f"time={node['Actual Startup Time']}..{node['Actual Total Time']}"
    return f"({cost}) (actual {time} rows={node['Actual Rows']} loops={node['Actual Loops']})"


def as_yaml(statement: dict[str, Any]) -> str:
    """The same in the YAML format, indented as the server does it."""
    root = statement["Plan"]
    lines = [
        "- Plan: ",
        *(f"    {name}: {json.dumps(value)}" for name, value in root.items() if name != "Plans"),
        "    Plans: ",
    ]
    for scan in root["Plans"]:
        entries = [f"{name}: {json.dumps(value)}" for name, value in scan.items()]
        lines += [f"      - {entries[0]}", *(f"        {entry}" for entry in entries[1:])]
    return "\n".join(
        [*lines, f"  Planning Time: {statement['Planning Time']}", f"  Execution Time: {statement['Execution Time']}"]
    )


def ordinary() -> list[str]:
    """A thousand plans of all engines: those of the tests, over and over."""
    plans = [case["plan"] for path in sorted(DOCUMENTED.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
    return (plans * (ORDINARY // len(plans) + 1))[:ORDINARY]


def median(work: Callable[[], object], times: int = TIMES) -> float:
    """Seconds of CPU, the median of some runs."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return statistics.median(found)


def rows() -> list[tuple[str, str, str, str]]:
    """The lines of the benchmark table: what, measured, baseline, target."""
    statement = partitioned()
    as_json = json.dumps([statement], indent=2)
    baseline = f"json.loads {median(lambda: json.loads(as_json)):.3f} s"
    found = []
    for name, text in (("text", as_text(statement)), ("JSON", as_json), ("YAML", as_yaml(statement))):
        assert len(read_plans(text).plans[0].nodes) == PARTITIONS + 1
        found.append(
            (
                f"plans: one of 5,000 nodes as {name}",
                f"{median(lambda text=text: read_plans(text)):.2f} s",
                baseline,
                "≤ 1 s",
            )
        )
        read = read_plans(text)
        findings = f"{median(lambda read=read: findings_of(read.plans[0], read.engine)):.2f} s"
        found.append((f"plans: findings on that {name} plan", findings, "", "≤ 1 s with its reading"))
    texts = ordinary()
    seconds = median(lambda: [read_plans(text) for text in texts], 1)
    found.append(
        (
            f"plans: {ORDINARY} ordinary ones",
            f"{seconds:.2f} s",
            f"{sum(map(len, texts)) / 1e6:.1f} MB of text",
            "≤ 5 s",
        )
    )
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    for row in rows():
        print(" | ".join(row))
