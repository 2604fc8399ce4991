"""How sure it is that a text is MySQL's or TiDB's, from spellings that no other dialect has."""

from __future__ import annotations

import re

EVIDENCE: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    for weight, pattern in (
        (0.95, r"^-- (MySQL|MariaDB) dump |^-- phpMyAdmin SQL Dump|^/\*M!999999"),
        (0.9, r"/\*!\d{5,6} "),
        (0.9, r"\)\s*(ENGINE|DEFAULT\s+CHARSET|AUTO_INCREMENT)\s*=\s*\w+"),
        (0.85, r"\bENGINE\s*=\s*(InnoDB|MyISAM|Aria|Memory|MariaDB)\b"),
        (0.85, r"\bAUTO_INCREMENT\b"),
        (0.8, r"\bCREATE\s+(OR\s+REPLACE\s+)?TABLE\s+(IF\s+NOT\s+EXISTS\s+)?`\w+`"),
        (0.8, r"\bDEFINER\s*=\s*[`'\w]+\s*@|\bALGORITHM\s*=\s*(UNDEFINED|MERGE|TEMPTABLE)\b"),
        (0.75, r"^[ \t]*DELIMITER\s+\S+\s*$"),
        (0.7, r"\b(UNSIGNED|ZEROFILL)\b\s*(NOT\s+NULL|,|DEFAULT|NULL)"),
        (0.7, r"^[ \t]*(UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?KEY\s+[`\w]+\s*\("),
        (0.7, r"\bON\s+UPDATE\s+CURRENT_TIMESTAMP\b"),
        (0.6, r"\b(MEDIUMTEXT|LONGTEXT|TINYTEXT|MEDIUMBLOB|LONGBLOB|MEDIUMINT)\b"),
        (0.6, r"\b(utf8mb4|utf8mb3)(_\w+)?\b"),
        (0.5, r"\bCREATE\s+(\w+\s+){0,3}(VIEW|INDEX|TRIGGER|PROCEDURE|FUNCTION|EVENT)\s+`"),
        (
            0.5,
            r"\bCREATE\s+(PROCEDURE|FUNCTION)\b[^;]{1,400}?\)\s*(RETURNS\s+\S+\s+)?(DETERMINISTIC|NO\s+SQL|BEGIN(?!\s+ATOMIC))\b",
        ),
        (0.5, r"^[ \t]*\w+\s+ENUM\s*\(\s*'"),
    )
)
AGAINST = re.compile(
    r"^GO\s*$|\bIDENTITY\s*\(|\[dbo\]|\bNVARCHAR\s*\(\s*MAX|^[ \t]*SET\s+(search_path|statement_timeout)|\bcharacter varying\b|::\w+"
    r"|^\\(connect|restrict)|\bBIGSERIAL\b|\bTIMESTAMPTZ\b|\$\$\s*LANGUAGE|\bLANGUAGE\s+plpgsql\b|\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b",
    re.IGNORECASE | re.MULTILINE,
)
TIDB = re.compile(
    r"/\*T!|\bAUTO_RANDOM\b|\bSHARD_ROW_ID_BITS\b|\bPRE_SPLIT_REGIONS\b|\bAUTO_ID_CACHE\b|\bPLACEMENT\s+POLICY\b"
    r"|\bPRIMARY\s+KEY\s*\([^)]*\)\s*(NON)?CLUSTERED\b|\bTTL_ENABLE\b|\bSET\s+TIFLASH\s+REPLICA\b|-TiDB-v\d",
    re.IGNORECASE,
)
HARDLY = 0.15
"""How sure evidence for another dialect leaves us."""


def recognise(text: str) -> float:
    """How sure it is, 0 to 1, that the text is MySQL's or MariaDB's."""
    best = max((weight for weight, pattern in EVIDENCE if pattern.search(text)), default=0.0)
    if best < EVIDENCE[0][0] and AGAINST.search(text):
        best = min(best, HARDLY)
    return best


def recognise_tidb(text: str) -> float:
    """How sure it is, 0 to 1, that the text is TiDB's: what only TiDB has, and nothing that it has not."""
    if not TIDB.search(text) or re.search(r"\[dbo\]|^GO\s*$", text, re.IGNORECASE | re.MULTILINE):
        return 0.0
    return max(0.97, recognise(text))
