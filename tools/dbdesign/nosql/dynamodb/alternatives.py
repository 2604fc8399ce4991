"""Other designs, priced in the same units, and the number from which each would be the better one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.model.patterns import Relation
from dbdesign.nosql.base import Alternative
from dbdesign.nosql.dynamodb.choice import UNSERVED, Chosen
from dbdesign.nosql.dynamodb.costing import Costs
from dbdesign.nosql.dynamodb.prices import Prices

if TYPE_CHECKING:
    from dbdesign.nosql.dynamodb.design import Evaluated


@dataclass(frozen=True)
class Option:
    """Parent and children kept together, as it was tried: what that costs, and what the best before it did."""

    relation: Relation
    how: str
    costs: Costs
    before: Costs
    taken: bool


def dollars(costs: Costs) -> dict[str, float]:
    """Dollars a month, for a table of alternatives."""
    return {
        "dollars_a_month": round(costs.total, 2),
        "dollars_a_month_provisioned": round(costs.provisioned + costs.storage, 2),
    }


def alternatives(
    multi: Evaluated, single: Evaluated, tried: Sequence[Option], prices: Prices, single_taken: bool
) -> Iterator[Alternative]:
    """One table or several, on demand or provisioned, together or apart, other keys of each table."""
    yield from _layouts(multi, single, prices, single_taken)
    yield from _modes((single if single_taken else multi).costs, prices)
    for option in tried:
        yield from _together(option, prices)
    for name, chosen in multi.plan.chosen.items():
        yield from _keys(name, chosen)


def _layouts(multi: Evaluated, single: Evaluated, prices: Prices, single_taken: bool) -> Iterator[Alternative]:
    difference = single.costs.total - multi.costs.total
    saved = prices.requests(0.5, 0.0)
    if difference > 0 and saved:
        rate = difference / saved
        even = f"one table becomes cheaper when {rate:,.0f} reads a second of different entities become one query each (half a unit saved)"
    elif difference < 0:
        even = "one table is cheaper already; several are better kept apart in backups, capacity, streams and rights"
    else:
        even = None
    yield Alternative(
        name="several tables",
        description="a table for each aggregate; indexes project what their own reads need",
        cost=dollars(multi.costs),
        chosen=not single_taken,
    )
    yield Alternative(
        name="one table",
        description="all entities under joined keys in one table; indexes are shared, so they project everything",
        cost=dollars(single.costs),
        break_even=even,
        chosen=single_taken,
    )


def _modes(costs: Costs, prices: Prices) -> Iterator[Alternative]:
    used = costs.on_demand / costs.fixed * prices.break_even if costs.fixed else 0.0
    even = f"provisioned is cheaper where capacity is used by more than {prices.break_even:.0%} on average"
    yield Alternative(
        name="on demand",
        description="no capacity to plan; a request costs the same at any load",
        cost={"dollars_a_month": round(costs.total, 2)},
        chosen=True,
    )
    yield Alternative(
        name="provisioned, following the load",
        description="auto scaling at 70 % of the average load; peaks that come within minutes are throttled",
        cost={"dollars_a_month": round(costs.provisioned + costs.storage, 2)},
        break_even=even,
    )
    yield Alternative(
        name="provisioned for the peak",
        description=f"fixed at the peak of all patterns at once, used by {min(used, 1.0):.0%} on average",
        cost={"dollars_a_month": round(costs.fixed + costs.storage, 2)},
        break_even=even,
    )


def _together(option: Option, prices: Prices) -> Iterator[Alternative]:
    relation = option.relation
    pair = f"{relation.parent} and {relation.child}"
    kept, other = (option.costs, option.before) if option.taken else (option.before, option.costs)
    difference = other.total - kept.total
    saved = prices.requests(0.5, 0.0)
    even = (
        f"a difference of ${difference:,.0f} a month, as much as {difference / saved:,.1f} small reads a second"
        if saved
        else None
    )
    yield Alternative(
        name=f"{pair}: {option.how}",
        description=f"a {relation.parent} has {relation.children.average:,.3g} {relation.child} on average,"
        f" {relation.children.large:,.3g} at the 99th percentile",
        cost=dollars(option.costs),
        break_even=even,
        chosen=option.taken,
    )
    yield Alternative(
        name=f"{pair}: before",
        description="without that",
        cost=dollars(option.before),
        break_even=even,
        chosen=not option.taken,
    )


def _keys(name: str, chosen: Chosen) -> Iterator[Alternative]:
    others = [one for one in chosen.rejected if one.cost < UNSERVED / 1e4]
    if not others:
        return
    other = min(others, key=lambda one: one.cost)
    indexes = ", ".join(map(str, other.indexes)) or "none"
    yield Alternative(
        name=f"{name} kept by {other.base}",
        description=f"instead of {chosen.base}; indexes: {indexes}",
        cost={"dollars_a_month": round(other.cost, 2), "dollars_a_month_instead_of": round(chosen.cost, 2)},
        break_even=_factor(chosen, other),
    )


def _factor(chosen: Chosen, other: Chosen) -> str | None:
    """How many times as many writes make the other key the cheaper one; both costs are linear in the writes."""
    reads = (other.cost - other.upkeep) - (chosen.cost - chosen.upkeep)
    writes = chosen.upkeep - other.upkeep
    if not writes or (factor := reads / writes) <= 0:
        return None
    return f"{factor:,.2g} times as many writes" if factor >= 1 else f"{factor:.1%} of the writes"
