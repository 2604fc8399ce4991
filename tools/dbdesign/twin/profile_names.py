"""What a column's name says of its contents: how many different values, in what form, how wide.

These are assumptions for a design of which nothing else is said; each is reported as one. They are round numbers, chosen
so that a wrong one is wrong by a factor rather than by orders of magnitude.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COUNTRIES = (
    "US", "DE", "GB", "FR", "IN", "BR", "CA", "JP", "IT", "ES", "AU", "MX", "NL", "PL", "CN", "TR", "SE", "CH", "AT",
    "BE", "ID", "KR", "AR", "ZA", "PT", "DK", "NO", "FI", "IE", "CZ", "RO", "GR", "HU", "UA", "IL", "NZ", "SG", "MY",
    "TH", "VN", "PH", "CL", "CO", "PE", "EG", "NG", "SA", "AE", "PK", "BD",
)  # fmt: skip
CURRENCIES = (
    "USD", "EUR", "GBP", "JPY", "CAD", "AUD", "CHF", "INR", "BRL", "CNY", "SEK", "PLN", "MXN", "NOK", "DKK", "TRY",
    "KRW", "SGD", "NZD", "ZAR",
)  # fmt: skip
LANGUAGES = (
    "en", "de", "es", "fr", "pt", "it", "ja", "nl", "pl", "zh", "tr", "sv", "ko", "ru", "ar", "hi", "cs", "da", "fi",
    "el",
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The contents of a text column.

    Attributes:
        count: different values at most; None for no limit but the rows.
        share: different values for each row that is not NULL, where `count` is None.
        form: a value, with `{n}` for its number and `{c}` for the column's name.
        width: average bytes; None for those of the form.
        common: real values, the commonest first, by Zipf's law.
    """

    count: float | None = None
    share: float = 1.0
    form: str = "{c} {n}"
    width: float | None = None
    common: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """The contents of a number column: from `low` to `high`, as many different values as there is room for, or `count`."""

    low: float
    high: float
    count: float | None = None


ENTITY = Words(share=0.7)
STATUS = Words(count=6, form="{c}_{n}")
PROSE = Words(share=0.9, width=200)
LABEL = Words(count=20, form="{c}_{n}")
OTHER_TEXT = Words(share=0.5)

_TEXTS: tuple[tuple[str, Words], ...] = (
    (r"e_?mail", Words(form="user{n}@example.com")),
    (r"ur[li]|link|href|website|image|avatar|path", Words(form="https://example.com/{n}", width=60)),
    (r"hash|digest|checksum|token|secret|password|signature|api_?key|fingerprint", Words(form="{n}", width=61)),
    (r"country(_(code|iso\d?))?|nationality", Words(count=50, common=COUNTRIES)),
    (r"currency(_code)?", Words(count=20, common=CURRENCIES)),
    (r"locale|lang|language(_code)?", Words(count=20, common=LANGUAGES)),
    (r"time_?zone|tz", Words(count=400, form="Zone/{n}")),
    (r"user_?agent", Words(count=5_000, form="Mozilla/5.0 ({n})", width=110)),
    (r"phone\d*|mobile|fax|tel", Words(share=0.95, form="+1555{n}")),
    (r"slug|code|sku|number|barcode|reference|ref|serial|username|login|handle|isbn|ean|iban|vin", Words(form="{c}-{n}")),
    (r"external_id|\w+_(uid|guid|ref)", Words(form="ext-{n}")),
    (r"description|body|content|text|bio|summary|details?|html|markdown|message|payload|notes?|comment|remarks?", PROSE),
    (r"title|subject|headline|file_?name", Words(share=0.8, width=40)),
    (r"(first|given|middle)_?name", Words(count=20_000)),
    (r"(last|family|sur)_?name", Words(count=100_000)),
    (r"city|town", Words(count=20_000)),
    (r"state|region|province|county", Words(count=500)),
    (r"post(al)?_?code|zip(_?code)?", Words(count=40_000, form="{n}")),
    (r"street|address\d?|line_?1|line_?2|recipient", Words(share=0.9, width=28)),
    (r"status|\w*_status|phase|stage|priority|severity|gender|visibility|mode|result|outcome", STATUS),
    (r"type|\w+_type|kind|category|channel|provider|source|method|platform|role|level|unit|scope|tag", LABEL),
    (r"action|event|event_name|template|reason|table_name|permission|carrier|brand|model|colou?r|size", LABEL),
    (r"name|\w+_name|label", ENTITY),
)  # fmt: skip

_NUMBERS: tuple[tuple[str, Numbers], ...] = (
    (r"quantity|qty|items?|units|on_hand|reserved|available|stock|capacity|seats|guests", Numbers(1, 100)),
    (r"position|sort(_order)?|ordinal|rank|sequence|seq|line(_number|_no)?|\w+_(position|order|number)", Numbers(1, 20)),
    (r"rating|stars|score", Numbers(1, 5)),
    (r"priority|level|status|state|type|kind|severity|\w+_(status|type)", Numbers(0, 5)),
    (r"version|revision|attempts?|retries|retry_count", Numbers(1, 10)),
    (r"year|\w+_year", Numbers(2000, 2030)),
    (r"month", Numbers(1, 12)),
    (r"day", Numbers(1, 31)),
    (r"hour", Numbers(0, 23)),
    (r"age", Numbers(0, 100)),
    (r"percent\w*|\w+_percent|\w*_?rate|discount|share|ratio", Numbers(0, 100)),
    (r"lat|latitude", Numbers(-90, 90)),
    (r"lon|lng|longitude", Numbers(-180, 180)),
    (r"bytes|\w*size|\w+_bytes", Numbers(0, 10_000_000)),
    (r"\w*cents|\w*_minor", Numbers(100, 100_000)),
    (r"\w*(amount|price|total|cost|fee|tax|balance|subtotal|value)", Numbers(1, 1_000)),
    (r"\w*(weight|width|height|length|depth|distance)\w*|\w+_grams", Numbers(1, 10_000)),
    (r"\w*(duration|latency|elapsed|seconds|minutes|millis|_ms)", Numbers(0, 100_000)),
    (r"\w*(count|views|likes|visits|clicks|hits)", Numbers(0, 1_000)),
)  # fmt: skip
OTHER_NUMBER = Numbers(0, 9_999)

SOFT_DELETION = re.compile(
    r"(?:deleted|archived|removed|cancell?ed|revoked|disabled|banned|suspended|locked|trashed)(?:_(?:at|on|by|time|date))?$"
)
UPDATED = re.compile(
    r"(?:last_)?(?:updated|modified|changed|edited|seen|synced|refreshed|touched|login|active)(?:_(?:at|on|time|date))?$|mtime$"
)
FUTURE = re.compile(r"expir|due|valid_(?:to|until)|end|until|deadline|scheduled|renew|next_|not_after")
BIRTH = re.compile(r"birth|dob$|born")
CREATED = re.compile(
    r"(?:created|inserted|added|occurred|placed|sent|logged|recorded|received|registered|joined|posted|ordered|granted|event|paid)"
    r"(?:_(?:at|on|time|date|ts))?$|timestamp$|ts$|ctime$|time$"
)


def _compiled(table: tuple[tuple[str, Words], ...]) -> tuple[tuple[re.Pattern[str], Words], ...]:
    return tuple((re.compile(rf"(?:\w+_)?(?:{pattern})\Z"), words) for pattern, words in table)


_TEXT_RULES = _compiled(_TEXTS)
_NUMBER_RULES = tuple((re.compile(rf"(?:\w+_)?(?:{pattern})\Z"), numbers) for pattern, numbers in _NUMBERS)


def words_of(name: str) -> Words | None:
    """What the name of a text column says; None if nothing."""
    return next((words for pattern, words in _TEXT_RULES if pattern.match(name.lower())), None)


def numbers_of(name: str) -> Numbers | None:
    """What the name of a number column says; None if nothing."""
    return next((numbers for pattern, numbers in _NUMBER_RULES if pattern.match(name.lower())), None)


_PLACE = re.compile(
    r"(?P<of>\w*?)_?(?:country|region|state|province|county|district|municipality|city|town|suburb|zip|post(?:al)?_?code)"
    r"(?:_?(?:code|name|id|sk|key|iso\d?))?\Z"
)
_OF_A_THING = re.compile(r"(?P<thing>\w*?[a-z0-9])_?(?:id|sk|key|code|name|label|title|number|no|desc|description)\Z")


def place_of(name: str) -> str | None:
    """Of what a column is a part of the address, such as `billing` of `billing_city`; None if it is no place."""
    match = _PLACE.match(name.lower())
    return match["of"] if match else None


def thing_of(name: str) -> str:
    """What a column names or numbers: `brand` of `brand_id`, `brand_name` and `brand`."""
    match = _OF_A_THING.match(name.lower())
    return match["thing"] if match else name.lower()
