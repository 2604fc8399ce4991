"""How Mongoose names the collection of a model: `mongoose.pluralize()`, by the rules of mongoose-legacy-pluralize as of Mongoose 9."""

from __future__ import annotations

import re

RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"human$", "humans"),
        (r"(m|wom)an$", r"\1en"),
        (r"(pe)rson$", r"\1ople"),
        (r"(child)$", r"\1ren"),
        (r"^(ox)$", r"\1en"),
        (r"(ax|test)is$", r"\1es"),
        (r"(octop|cact|foc|fung|nucle)us$", r"\1i"),
        (r"(alias|status|virus)$", r"\1es"),
        (r"(bu)s$", r"\1ses"),
        (r"(buffal|tomat|potat)o$", r"\1oes"),
        (r"([ti])um$", r"\1a"),
        (r"sis$", "ses"),
        (r"(?:([^f])fe|([lr])f)$", r"\1\2ves"),
        (r"(hive)$", r"\1s"),
        (r"([^aeiouy]|qu)y$", r"\1ies"),
        (r"(x|ch|ss|sh)$", r"\1es"),
        (r"(matr|vert|ind)ix|ex$", r"\1ices"),
        (r"([m|l])ouse$", r"\1ice"),
        (r"(kn|w|l)ife$", r"\1ives"),
        (r"(quiz)$", r"\1zes"),
        (r"^goose$", "geese"),
        (r"s$", "s"),
        (r"([^a-z])$", r"\1"),
        (r"$", "s"),
    )
)
"""The first that matches is applied; the order is Mongoose's."""
UNCOUNTABLE = frozenset(
    [
        "advice",
        "energy",
        "excretion",
        "digestion",
        "cooperation",
        "health",
        "justice",
        "labour",
        "machinery",
        "equipment",
        "information",
        "pollution",
        "sewage",
        "paper",
        "money",
        "species",
        "series",
        "rain",
        "rice",
        "fish",
        "sheep",
        "moose",
        "deer",
        "news",
        "expertise",
        "status",
        "media",
    ]
)


def collection_name(model: str) -> str:
    """The name of a model's collection where none is given."""
    name = model.lower()
    if name in UNCOUNTABLE:
        return name
    for pattern, replacement in RULES:
        if (match := pattern.search(name)) is not None:
            return name[: match.start()] + _filled(match, replacement) + name[match.end() :]
    return name


def _filled(match: re.Match[str], replacement: str) -> str:
    """The replacement, groups that took no part being empty, as in JavaScript."""
    return re.sub(r"\\(\d)", lambda number: match[int(number[1])] or "", replacement)
