"""The plan in words and as JSON: each part as values with a line of text, the summary, the verdict, the report as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbdesign.growth.ladder import first, spelled
from dbdesign.growth.largest import LARGEST
from dbdesign.growth.limits import Limit
from dbdesign.growth.load import DAYS_PER_MONTH
from dbdesign.growth.plan import SHARES
from dbdesign.simulate.latency import size

if TYPE_CHECKING:
    from dbdesign.growth.plan import GrowthPlan
    from dbdesign.growth.sharding import KeyCandidate

Line = tuple[dict[str, Any], str]
MACHINE_LIMITS = ("disk", "memory", "iops", "processor", "connections")


def summary_of(plan: GrowthPlan) -> str:
    """One paragraph: what it weighs, what gives first, what to do next, whether to shard."""
    sizes, months = plan.sizes, plan.months
    met = [one for one in plan.limits if one.when is not None and one.when <= months]
    of_which = f"{size(sizes.total(months, 'table'))} of tables, {size(sizes.total(months, 'index'))} of indexes"
    said = [f"{size(sizes.total(0.0))} today, {size(sizes.total(months))} in month {months:g} ({of_which})."]
    if met:
        said.append(
            "Limits within the horizon: "
            + "; ".join(f"{one.limit} {spelled(one.when)}" for one in met[:5])
            + ("; …" if len(met) > 5 else "")
            + "."
        )
    else:
        said.append(f"One machine ({plan.situation.machine.said}) meets no limit within the horizon.")
    due = [one for one in plan.ladder if one.months is not None and one.months <= months and one.measure != "settings"]
    if due:
        said.append(
            "Due: " + "; ".join(f"{one.measure} {one.when}" for one in due[:5]) + ("; …" if len(due) > 5 else "") + "."
        )
    said.append(str(verdict_of(plan)["verdict"]))
    return " ".join(said)


def verdict_of(plan: GrowthPlan) -> dict[str, Any]:
    """Whether to shard, until when not, and the number that would change the answer."""
    found: dict[str, Any] = {"needed": plan.shards, "until": spelled(plan.shard_due), "reason": plan.shard_reason}
    best = plan.candidates[0] if plan.candidates else None
    if plan.shards:
        found["verdict"] = f"Shard before {spelled(plan.shard_due)}{_unless(plan)}: {plan.shard_reason}."
    elif plan.full:
        found["until"] = spelled(plan.batched_due)
        found["verdict"] = _batch_first(plan)
    else:
        larger = first(plan.limits, "disk", "memory", "iops", "processor")
        until = "for the next 10 years" if plan.shard_due is None else f"until month {plan.shard_due:g}"
        step = f" on a larger machine from {spelled(larger)} on" if larger is not None and larger <= plan.months else ""
        found["verdict"] = f"Do not shard: one PostgreSQL serves this {until}{step}."
    if best is not None:
        found["key"] = best.key
        found["score"] = round(best.score, 1)
        found["shards"] = best.shards
        found["cross_shard"] = round(best.cross_shard, 4)
        found["fan_out"] = round(best.fan_out, 2)
        found["vetoes"] = list(best.vetoes)
    found["one_way_doors"] = [
        "the shard key: changing it moves every row",
        "keys that hold it: the application must give it with every statement",
    ]
    return found


def _unless(plan: GrowthPlan) -> str:
    """What makes bytes go without a shard, where it is bytes that are too many."""
    if plan.shard_limit not in {"disk", "restore"}:
        return ""
    ways = {
        "archiving of ": "old rows of {} are archived",
        "object storage for ": "values of {} move to object storage",
    }
    said = [
        way.format(one.measure.removeprefix(name))
        for one in plan.ladder
        for name, way in ways.items()
        if one.measure.startswith(name)
    ]
    return f", unless {' and '.join(said)}" if said else ""


def _batch_first(plan: GrowthPlan) -> str:
    rows = ", ".join(f"{one.rows} rows of {one.table} in one" for one in plan.batches)
    until = "for the next 10 years" if plan.batched_due is None else f"until month {plan.batched_due:g}"
    return (
        f"Batch before sharding: written row by row, the largest machine is full {spelled(plan.shard_due)} ({plan.shard_limit}); "
        f"with {rows}, one PostgreSQL serves this {until} ({plan.batched_reason})."
    )


def limit_lines(plan: GrowthPlan) -> Iterator[Line]:
    """The limits, the first to be met first."""
    for one in plan.limits:
        value = {
            "limit": one.limit,
            "when": spelled(one.when),
            "month": one.when,
            "now": _amount(one, one.now),
            "then": _amount(one, one.then),
            "capacity": _amount(one, one.capacity),
            "message": one.message,
        }
        yield (
            value,
            f"{one.limit}: {value['when']} ({value['now']} now, {value['then']} then, of {value['capacity']}): {one.message}",
        )


def _amount(limit: Limit, number: float) -> str:
    if limit.unit.startswith("bytes"):
        return size(number)
    if limit.unit == "seconds":
        return f"{number / 3600:,.1f} h"
    if limit.unit.startswith("share"):
        return f"{number:.2g}"
    return f"{number:,.0f}" if number >= 100 else f"{number:,.2g}"


def measure_lines(plan: GrowthPlan) -> Iterator[Line]:
    """The ladder, from its foot."""
    for one in plan.ladder:
        value = {
            "measure": one.measure,
            "threshold": one.threshold,
            "when": one.when,
            "month": one.months,
            "why": one.why,
            "do": list(one.do),
        }
        yield (
            value,
            f"{one.measure}: {one.when} (when {one.threshold}): {one.why}" + "".join(f"\n  {line}" for line in one.do),
        )


def size_lines(plan: GrowthPlan) -> Iterator[Line]:
    """Tables and indexes, the largest at the horizon first."""
    sizes, months = plan.sizes, plan.months
    for one in sorted(sizes.objects, key=lambda one: (-sizes.bytes(one, months), one.object)):
        now, then = sizes.bytes(one, 0.0), sizes.bytes(one, months)
        value: dict[str, Any] = {
            "object": one.object,
            "kind": one.kind,
            "bytes_now": round(now),
            "bytes_then": round(then),
            "now": size(now),
            "then": size(then),
        }
        if one.kind == "index":
            value["table"] = one.table
        else:
            value["rows_now"] = round(sizes.rows(one.table, 0.0))
            value["rows_then"] = round(sizes.rows(one.table, months))
        yield value, f"{one.object} ({one.kind}): {size(now)} → {size(then)}"


def curve_of(plan: GrowthPlan) -> Iterator[Line]:
    """Bytes by month."""
    for month in sorted({round(plan.months * share) if plan.months > 4 else plan.months * share for share in SHARES}):
        tables, indexes = plan.sizes.total(month, "table"), plan.sizes.total(month, "index")
        value = {"month": month, "tables": round(tables), "indexes": round(indexes)}
        yield value, f"month {month:g}: {size(tables)} of tables, {size(indexes)} of indexes"


def partition_lines(plan: GrowthPlan) -> Iterator[Line]:
    """Tables to partition, and those that are better left whole."""
    for one in plan.partitions:
        pruned = [each for each in one.pruning if each.pruned]
        claimed = sum(each.share for each in pruned)
        value: dict[str, Any] = {
            "table": one.table,
            "key": one.key,
            "strategy": one.strategy,
            "interval": one.interval,
            "partitions": one.count,
            "bytes_each": round(one.size),
            "when": spelled(one.due),
            "pruned": [{"query": each.query, "scanned": each.scanned, "of": each.of} for each in pruned],
            "not_pruned": [each.query for each in one.pruning if not each.pruned],
            "consequences": list(one.consequences),
            "proof": one.proof,
        }
        text = (
            f"{one.table}: {one.why}; {claimed:.0%} of its statements were shown to prune"
            if one.pruning
            else f"{one.table}: {one.why}"
        )
        value["text"] = text
        yield value, text + "".join(f"\n  {each}" for each in (*one.consequences, one.proof))
    for refusal in plan.whole:
        text = f"{refusal.table} stays whole: {refusal.reason}"
        yield {"table": refusal.table, "stays_whole": refusal.reason, "text": text}, text


def order_lines(plan: GrowthPlan) -> Iterator[Line]:
    """Orders of columns that save space."""
    for one in plan.orders:
        text = (
            f"{one.table}: {', '.join(one.order)} saves {size(one.saved)} ({one.row_now:.0f} → {one.row_then:.0f} bytes a row); only a "
            "table that is made anew has it"
        )
        yield {"table": one.table, "order": list(one.order), "bytes_saved": round(one.saved), "text": text}, text


def shard_key_lines(plan: GrowthPlan, most: int | None = None) -> Iterator[Line]:
    """Candidates, the best first."""
    for one in plan.candidates[:most]:
        value = {
            "key": one.key,
            "score": round(one.score, 1),
            "parts": {name: round(part, 3) for name, part in one.parts.items()},
            "shards": one.shards,
            "cross_shard": round(one.cross_shard, 4),
            "fan_out": round(one.fan_out, 2),
            "skew": round(one.skew, 3),
            "vetoes": list(one.vetoes),
            "prices": list(one.prices),
            "roles": dict(one.roles),
            "crossing": [f"{each.query}: {each.reason}" for each in one.routings if not each.routed],
            "text": _key_text(one),
        }
        yield value, _key_text(one)


def _key_text(one: KeyCandidate) -> str:
    parts = ", ".join(f"{name} {part:.2f}" for name, part in one.parts.items())
    vetoes = f"; vetoed: {'; '.join(one.vetoes)}" if one.vetoes else ""
    vetoes += f"; its price: {'; '.join(one.prices)}" if one.prices else ""
    return (
        f"{one.key}: {one.score:.0f} of 100 ({parts}); {one.cross_shard:.0%} of the load crosses shards, {one.fan_out:.1f} shards a "
        f"statement, "
        f"largest shard {one.skew:.2f} × the mean{vetoes}"
    )


def unsupported_lines(plan: GrowthPlan) -> Iterator[Line]:
    """What each distributed engine lacks of this schema."""
    for one in plan.unsupported:
        listed = ", ".join(one.objects[:5]) + (f" and {len(one.objects) - 5} more" if len(one.objects) > 5 else "")
        text = f"{one.engine} {one.version}: {one.feature} ({listed}): {one.instead} [{one.source}]"
        value = {
            "engine": one.engine,
            "version": one.version,
            "feature": one.feature,
            "objects": list(one.objects[:20]),
            "instead": one.instead,
            "source": one.source,
            "text": text,
        }
        yield value, text


def markdown(plan: GrowthPlan) -> str:
    """The report."""
    parts = [
        "# Plan for growth",
        "",
        summary_of(plan),
        "",
        f"Machine: {plan.situation.machine.said}. Horizon: {plan.months:g} months ({plan.months * DAYS_PER_MONTH:,.0f} days).",
        "",
        f"{verdict_of(plan)['verdict']} {plan.shard_reason}. The largest machine is taken to have {LARGEST:g} cores.",
    ]
    for title, lines in (
        ("Limits", limit_lines(plan)),
        ("Measures", measure_lines(plan)),
        ("Growth", curve_of(plan)),
        ("Sizes", size_lines(plan)),
        ("Partitioning", partition_lines(plan)),
        ("Order of columns", order_lines(plan)),
        ("Keys to shard by", shard_key_lines(plan)),
        ("What distributed engines lack", unsupported_lines(plan)),
        ("Problems", ((({}), one) for one in plan.problems)),
        ("Assumed", ((({}), one) for one in plan.assumptions)),
    ):
        texts = [text for _, text in lines]
        if texts:
            parts += ["", f"## {title}", "", *(_bullet(text) for text in texts)]
    return "\n".join(parts) + "\n"


def _bullet(text: str) -> str:
    first_line, *rest = text.split("\n")
    return "\n".join(
        [
            f"- {first_line}",
            *(f"  - `{line.strip()}`" if line.strip().endswith(";") else f"  - {line.strip()}" for line in rest),
        ]
    )
