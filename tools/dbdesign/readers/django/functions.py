"""Django's database functions by the SQL that they become (django.db.models.functions, django.contrib.postgres.functions)."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.schema import Engine

FUNCTIONS: Mapping[str, str] = {
    "Abs": "ABS", "ACos": "ACOS", "ASin": "ASIN", "ATan": "ATAN", "ATan2": "ATAN2", "Ceil": "CEILING", "Chr": "CHR",
    "Coalesce": "COALESCE", "Cos": "COS", "Cot": "COT", "Degrees": "DEGREES", "Exp": "EXP", "Floor": "FLOOR",
    "Greatest": "GREATEST", "Least": "LEAST", "Left": "LEFT", "Length": "LENGTH", "Ln": "LN", "Log": "LOG", "Lower": "LOWER",
    "LPad": "LPAD", "LTrim": "LTRIM", "MD5": "MD5", "Mod": "MOD", "NullIf": "NULLIF", "Ord": "ASCII", "Power": "POWER",
    "Radians": "RADIANS", "Random": "RANDOM", "Repeat": "REPEAT", "Replace": "REPLACE", "Reverse": "REVERSE", "Right": "RIGHT",
    "RPad": "RPAD", "RTrim": "RTRIM", "Sign": "SIGN", "Sin": "SIN", "Sqrt": "SQRT", "StrIndex": "STRPOS", "Tan": "TAN",
    "Trim": "TRIM", "Upper": "UPPER", "ArrayLength": "array_length", "TrigramSimilarity": "SIMILARITY",
    "ToTsvector": "to_tsvector", "Unaccent": "UNACCENT", "TsRange": "TSRANGE", "TsTzRange": "TSTZRANGE", "DateRange": "DATERANGE",
}  # fmt: skip
"""Functions that are called with all their arguments, by Django's class."""

TEMPLATES: Mapping[str, Mapping[Engine | None, str]] = {
    "Now": {
        Engine.POSTGRESQL: "STATEMENT_TIMESTAMP()",
        Engine.MYSQL: "CURRENT_TIMESTAMP(6)",
        Engine.SQLITE: "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
        None: "CURRENT_TIMESTAMP",
    },
    "TransactionNow": {None: "CURRENT_TIMESTAMP"},
    "RandomUUID": {None: "GEN_RANDOM_UUID()"},
    "UUID4": {Engine.POSTGRESQL: "GEN_RANDOM_UUID()", Engine.MYSQL: "UUID()"},
    "UUID7": {Engine.POSTGRESQL: "UUIDV7()"},
    "Pi": {None: "PI()"},
    "SHA1": {Engine.POSTGRESQL: "ENCODE(DIGEST({0}, 'SHA1'), 'hex')"},
    "SHA224": {Engine.POSTGRESQL: "ENCODE(DIGEST({0}, 'SHA224'), 'hex')"},
    "SHA256": {Engine.POSTGRESQL: "ENCODE(DIGEST({0}, 'SHA256'), 'hex')"},
    "SHA512": {Engine.POSTGRESQL: "ENCODE(DIGEST({0}, 'SHA512'), 'hex')"},
    "JSONArray": {Engine.POSTGRESQL: "JSONB_BUILD_ARRAY({all})"},
    "RangeBoundary": {None: "'[)'"},
}

TEXT_FUNCTIONS = frozenset(
    {"Lower", "Upper", "Concat", "Trim", "LTrim", "RTrim", "Left", "Right", "Substr", "Replace", "Reverse", "Repeat", "LPad",
     "RPad", "MD5", "SHA1", "SHA256", "Collate", "KT", "KeyTextTransform"}
)  # fmt: skip
"""Functions whose result is a text."""

EXTRACTS = tuple(
    f"Extract{one}"
    for one in (
        "",
        "Year",
        "Month",
        "Day",
        "Week",
        "WeekDay",
        "IsoWeekDay",
        "IsoYear",
        "Quarter",
        "Hour",
        "Minute",
        "Second",
    )
)
TRUNCATIONS = tuple(
    f"Trunc{one}" for one in ("", "Year", "Month", "Day", "Week", "Quarter", "Hour", "Minute", "Second", "Date")
)
"""Classes of functions on points in time."""
