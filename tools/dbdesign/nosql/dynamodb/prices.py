"""What requests, capacity and storage cost by region, from dated data (`prices.json`) or as the caller says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.nosql.dynamodb.limits import MONTH_HOURS, MONTH_SECONDS

DEFAULT_REGION = "us-east-1"
SETTINGS = {
    "wru": "price_wru",
    "rru": "price_rru",
    "wcu_hour": "price_wcu_hour",
    "rcu_hour": "price_rcu_hour",
    "gb_month": "price_gb_month",
}
"""Field of `Prices` → setting that overrides it."""


@dataclass(frozen=True)
class Prices:
    """Prices of a region in dollars.

    Attributes:
        wru: a million write request units; `rru` read ones.
        wcu_hour: a write capacity unit for an hour; `rcu_hour` a read one.
        gb_month: a GB (2^30 bytes) for a month.
        date: when they were read; `basis` how.
        own: whether they are the region's own, and not the default region's in their place.
    """

    region: str
    wru: float
    rru: float
    wcu_hour: float
    rcu_hour: float
    gb_month: float
    date: str
    basis: str
    own: bool = True

    @property
    def place(self) -> str:
        """The region, and whose prices hold where they are not its own."""
        return self.region if self.own else f"{self.region} (at the prices of {DEFAULT_REGION})"

    def requests(self, reads: float, writes: float) -> float:
        """Dollars a month on demand for units a second."""
        return (reads * self.rru + writes * self.wru) * MONTH_SECONDS / 1e6

    def capacity(self, reads: float, writes: float) -> float:
        """Dollars a month for provisioned units."""
        return (reads * self.rcu_hour + writes * self.wcu_hour) * MONTH_HOURS

    def storage(self, size: float) -> float:
        """Dollars a month for bytes."""
        return size / 1024**3 * self.gb_month

    @property
    def break_even(self) -> float:
        """Use of provisioned write capacity from which it is cheaper than on demand, as a share."""
        return self.wcu_hour / (self.wru * 3600 / 1e6)

    def __str__(self) -> str:
        return f"prices of {self.region} of {self.date} ({self.basis})"


@cache
def known() -> Mapping[str, Prices]:
    """Prices by region; those of `DEFAULT_REGION`, which say so, where a region's own are not known with a date."""
    data = json.loads(files("dbdesign.nosql.dynamodb").joinpath("prices.json").read_text(encoding="utf-8"))
    found = {region: Prices(region=region, **one) for region, one in data["regions"].items()}
    instead = (
        f"those of {DEFAULT_REGION}, as none of its own are known with a date; {', '.join(SETTINGS.values())} say them"
    )
    return found | {
        region: replace(found[DEFAULT_REGION], region=region, basis=instead, own=False)
        for region in data["without_prices"]
    }


def prices_of(region: str | None, settings: Mapping[str, str]) -> Prices:
    """The prices of a region, with those that the settings give in their place.

    Raises:
        UnknownNameError: there is no such region. InputError: a price is no number, or below zero.
    """
    name = region or DEFAULT_REGION
    if name not in known():
        raise UnknownNameError.among("region", name, known(), where="region")
    given = {field: _price(settings[one], one) for field, one in SETTINGS.items() if one in settings}
    if not given:
        return known()[name]
    return replace(known()[name], **given, date="today", basis="as given by the caller")  # type: ignore[arg-type]


def _price(text: str, setting: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InputError(f"{text!r} is not a price", where=setting, remedy="Write dollars, such as 0.625")
    return value
