"""How sure it is, from cheap evidence, that a text is CockroachDB's SQL rather than PostgreSQL's."""

from __future__ import annotations

import re

# Each pattern counts once. All are things that PostgreSQL's grammar or catalogue does not have.
_FOR = [
    (0.6, r"\bunique_rowid\s*\("),
    (0.6, r"\bcrdb_internal\b|\bcrdb_region\b|\bcockroach"),
    (0.6, r"\bCONFIGURE\s+ZONE\b|\bSET\s+CLUSTER\s+SETTING\b"),
    (0.6, r"\bLOCALITY\s+(?:REGIONAL|GLOBAL)\b"),
    (0.6, r"\bUSING\s+HASH\s+WITH\b|\bbucket_count\s*=|\bPRIMARY\s+KEY(?:\s*\([^()]*\))?\s+USING\s+HASH\b"),
    (0.6, r":::"),
    (0.5, r"\b(?:STORING|COVERING)\s*\("),
    (0.5, r"\bFAMILY\s+(?:\"?\w+\"?\s*)?\("),
    (0.5, r"\bINVERTED\s+INDEX\b|\bVECTOR\s+INDEX\b"),
    (0.5, r"\bttl_(?:expire_after|expiration_expression|job_cron)\b|\bexclude_data_from_backup\b|\bschema_locked\b"),
    (0.5, r"\bUPSERT\s+INTO\b|\bIMPORT\s+INTO\b|\bEXPERIMENTAL_\w+"),
    (0.5, r"\bALTER\s+PRIMARY\s+KEY\b|\bPARTITION\s+BY\s+(?:LIST|RANGE)\s*\([^()]*\)\s*\("),
    (
        0.4,
        r"\b(?:STRING|BYTES)(?:\s*\(\s*\d+\s*\))?(?:\[\])?\s*(?:,|\)|NOT\b|NULL\b|DEFAULT\b|PRIMARY\b|UNIQUE\b|CHECK\b|COLLATE\b)",
    ),
    (0.4, r"\bNOT\s+VISIBLE\b"),
    (0.4, r"\bAS\s*\((?:[^()]|\([^()]*\))*\)\s*(?:STORED|VIRTUAL)\b(?<!GENERATED)"),
    (0.4, r"\bPRIMARY\s+KEY\s*\([^()]*\b(?:ASC|DESC)\b"),
    (0.4, r"^[ \t]*(?:UNIQUE\s+)?INDEX\s+(?:\w+\s+)?\("),
    (0.3, r"\b\w+@\w+\b(?=\s*(?:RENAME|CONFIGURE|CASCADE|;|SPLIT))"),
    (0.3, r"\bOWNER\s+TO\s+root\b"),  # the superuser of CockroachDB; PostgreSQL's is postgres
]
_AGAINST = [
    (0.9, r"`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bAUTO_RANDOM\b"),
    (0.9, r"^[ \t]*GO\s*$|\[dbo\]|\bIDENTITY\s*\(\s*\d|\bNVARCHAR\b"),
    (0.4, r"^-- Dumped (?:from|by)\b|\bpg_catalog\.set_config\b|\bdefault_table_access_method\b|\brow_security\s*="),
    (0.4, r"\bOWNER\s+TO\s+postgres\b|\\restrict\b|^COPY\s+\S+.*FROM\s+stdin"),
    (0.4, r"\bINHERITS\s*\(|\bCREATE\s+(?:RULE|AGGREGATE|DOMAIN|OPERATOR)\b|\bEXCLUDE\s+USING\b|\bATTACH\s+PARTITION\b"),
    (0.6, r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\bPRAGMA\b"),
]  # fmt: skip
_FLAGS = re.IGNORECASE | re.MULTILINE
_COMPILED = [
    (sign * weight, re.compile(pattern, _FLAGS))
    for sign, rows in ((1, _FOR), (-1, _AGAINST))
    for weight, pattern in rows
]
_STATEMENT = re.compile(
    r"\b(?:CREATE|ALTER)\s+(?:\w+\s+){0,2}(?:TABLE|INDEX|VIEW|TYPE|SEQUENCE|FUNCTION|DATABASE)\b", re.IGNORECASE
)


def recognise(text: str) -> float:
    """0 to 1: 0 where nothing speaks for CockroachDB, however much looks like PostgreSQL."""
    sample = text[:200_000]
    if not _STATEMENT.search(sample):
        return 0.0
    evidence = sum(weight for weight, pattern in _COMPILED if pattern.search(sample))
    return max(0.0, min(1.0, 0.35 + evidence)) if evidence > 0 else 0.0
