"""Claims of proof in an answer that nothing in its conversation proves: "tested", "verified", a measured number without a measurement.

A claim is a sentence that says in the past that something was run, tested, measured or checked. It is proven where a tool of the kind
that could have shown it was called without an error. Found by wording, so a list to look through rather than a verdict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbdesign_evals.answer import prose

if TYPE_CHECKING:
    from dbdesign_server.agent import Transcript

MOST_CLAIMS = 20
MOST_TEXT = 400_000

_CLAIM = re.compile(
    r"\b(?:(?:i|we)(?:'ve| have)?\s+(?:\w+ly\s+)?"
    r"(?:ran|run|tested|verified|measured|executed|benchmarked|checked|confirmed|validated|proved)"
    r"|(?:was|were|been|is|are)\s+(?:\w+ly\s+)?(?:tested|verified|measured|executed|benchmarked|confirmed|validated|proven)"
    r"|(?:test|benchmark|explain analyze|plan|run)s?\s+(?:shows?|showed|confirms?|confirmed|passed)"
    r"|(?:tested|verified|measured|proven|executed|benchmarked)\s+(?:on|with|against|by|in|at)\b)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|nothing|none|no|cannot|can't|couldn't|didn't|wasn't|weren't|without|should be|must be|to be|needs? to|would|if)\b",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\block|\brollback|\bmigrat", re.IGNORECASE), frozenset({"check_migration", "plan_migration"})),
    (
        re.compile(r"\bplan(?:ner|s)?\b|\bindex|\bcost|\bquer|explain", re.IGNORECASE),
        frozenset({"simulate_queries", "advise_indexes", "read_plan", "benchmark_schema"}),
    ),
    (
        re.compile(r"\bms\b|\blatenc|\bthroughput|\bbenchmark|\bseconds\b", re.IGNORECASE),
        frozenset({"benchmark_schema"}),
    ),
)


def unproven(transcript: Transcript) -> tuple[str, ...]:
    """The claims of the answer that no call proves, in their order."""
    answered = frozenset(call.name for call in transcript.tool_calls if not call.is_error)
    return tuple(one for one in claims(transcript.answer) if not _is_proven(one, answered))[:MOST_CLAIMS]


def claims(text: str) -> list[str]:
    """The sentences that claim a proof, code apart."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", prose(text[:MOST_TEXT]))
    shortened = (one.strip()[:300] for one in sentences)
    return [one for one in shortened if _CLAIM.search(one) and not _NEGATED.search(one)]


def _is_proven(claim: str, answered: frozenset[str]) -> bool:
    kinds = [tools for pattern, tools in _KINDS if pattern.search(claim)]
    if not kinds:
        return bool(answered - {"list_files", "search_files", "read_file", "write_file"})
    return any(tools & answered for tools in kinds)
