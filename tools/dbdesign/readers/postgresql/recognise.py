"""How sure it is, from cheap evidence, that a text is PostgreSQL's SQL."""

from __future__ import annotations

import re

# Each pattern counts once. What only PostgreSQL says weighs most; CockroachDB shares the lighter ones.
_FOR = [
    (0.9, r"^-- PostgreSQL database (?:cluster )?dump"),
    (0.5, r"\bpg_catalog\b|\bset_config\s*\("),
    (0.5, r"\bALTER\s+TABLE\s+ONLY\b"),
    (0.5, r"\bLANGUAGE\s+'?plpgsql\b"),
    (0.4, r"\bCREATE\s+EXTENSION\b"),
    (0.4, r"\b(?:small|big)?serial\b(?!\s*\()"),
    (0.3, r"\bnextval\s*\("),
    (0.3, r"\bCOPY\b[^;]*\bFROM\s+stdin\b"),
    (0.3, r"\bUSING\s+(?:btree|gin|gist|brin|spgist)\b"),
    (0.3, r"\b(?:timestamptz|jsonb|bytea|tsvector|inet|int4range|tstzrange)\b"),
    (0.3, r"::\s*(?:[a-z_]\w*\.)?[a-z_]\w*"),
    (0.3, r"\bAS\s+(?:ENUM|RANGE)\s*\("),
    (0.3, r"\bCREATE\s+(?:DOMAIN|AGGREGATE)\b"),
    (0.2, r"\bGENERATED\s+(?:ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY\b"),
    (0.2, r"\btimestamp\s+with(?:out)?\s+time\s+zone\b"),
    (0.2, r"\$(?:\w*)\$"),
    (0.2, r"\bcharacter\s+varying\b"),
    (0.2, r"\bPARTITION\s+OF\b|\bROW\s+LEVEL\s+SECURITY\b|\bEXCLUDE\s+USING\b"),
]
_AGAINST = [
    (0.9, r"`\w+`|\bENGINE\s*=\s*\w+|\bAUTO_INCREMENT\b|\bAUTO_RANDOM\b"),
    (0.9, r"^[ \t]*GO\s*$|\[dbo\]|\bIDENTITY\s*\(\s*\d|\bNVARCHAR\b|\bCLUSTERED\b"),
    (
        0.7,
        r"\bunique_rowid\s*\(|\bcrdb_internal\b|\bSTORING\s*\(|\bUSING\s+HASH\s+WITH\b|\bFAMILY\s+\"?\w+\"?\s*\(|\b_crdb",
    ),
    (
        0.5,
        r":::|\bINVERTED\s+INDEX\b|\bCONFIGURE\s+ZONE\b|\bOWNER\s+TO\s+root\b",
    ),  # CockroachDB's; root is its superuser
    (0.6, r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\bPRAGMA\b"),
]
_FLAGS = re.IGNORECASE | re.MULTILINE
_COMPILED_FOR, _COMPILED_AGAINST = (
    [(weight, re.compile(pattern, _FLAGS)) for weight, pattern in rows] for rows in (_FOR, _AGAINST)
)
_STATEMENT = re.compile(r"\b(?:CREATE|ALTER)\s+(?:\w+\s+){0,2}TABLE\b", re.IGNORECASE)
_OTHER_STATEMENT = re.compile(
    r"""(?:^|;)[ \t]*(?:
      CREATE\s+(?:OR\s+REPLACE\s+)?(?:
        (?:\w+\s+)?VIEW\s[^;]{1,400}?\bAS\b
      | (?:FUNCTION|PROCEDURE)\s+[\w".]+\s*\(
      | (?:UNIQUE\s+)?INDEX\s[^;]{0,200}?\bON\s
      | TYPE\s+[\w".]+\s+AS\b
      | TRIGGER\s+[\w"]+\s+(?:BEFORE|AFTER|INSTEAD)\b
      | (?:POLICY|RULE)\s[^;]{1,200}?\b(?:ON|AS)\b
      | (?:SEQUENCE|SCHEMA)\s[^;]{1,400};
      )
    | COMMENT\s+ON\s[^;]{1,400}?\bIS\b
    | (?:GRANT|REVOKE)\s[^;]{1,200}?\bON\s
    )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
BARE = 0.35
"""For a script that says nothing that is one engine's alone: PostgreSQL is read best."""
BARE_OTHER = 0.1
"""For one without a table, which says less; below what any other reader's evidence is worth, and said to be a guess."""


def recognise(text: str) -> float:
    """0 to 1."""
    sample = text[:200_000]
    base = BARE if _STATEMENT.search(sample) else BARE_OTHER if _OTHER_STATEMENT.search(sample) else 0.0
    speaking_for = sum(weight for weight, pattern in _COMPILED_FOR if pattern.search(sample))
    against = sum(weight for weight, pattern in _COMPILED_AGAINST if pattern.search(sample))
    return max(0.0, min(1.0, base + speaking_for) - against)
