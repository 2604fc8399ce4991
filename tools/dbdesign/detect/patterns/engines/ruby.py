"""Rails and Mongoid: lines that configure an engine."""

from __future__ import annotations

from dbdesign.detect.patterns.base import RB, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(r"(?:^|/)(?:config/)?database[\w.-]*\.ya?ml(?:\.[\w.]+)?$", "adapter", r"^\s*adapter:[^\n#]*?\b<ENGINE>\b"),
    pattern(
        r"(?:^|/)config/(?:cable|sidekiq|resque|redis|cache)[\w.-]*\.ya?ml(?:\.[\w.]+)?$",
        "redis",
        r"^\s*(?:adapter|url|host|queue_adapter):[^\n]*redis",
        "redis",
    ),
    pattern(
        RB,
        "redis_cache_store¦redis_store¦:redis",
        r":(?:redis_cache_store|redis_store)\b|session_store\W+:?redis|queue_adapter\s*=\s*:(?:sidekiq|resque)\b",
        "redis",
    ),
    pattern(r"(?:^|/)config/mongoid\.ya?ml(?:\.\w+)?$", "clients", r"^\s*(?:clients|sessions):", "mongodb"),
    pattern(
        RB,
        "Searchkick¦searchkick¦Elasticsearch::¦Chewy",
        r"\bsearchkick\b|Elasticsearch::(?:Model|Client)|Chewy\b",
        "elasticsearch",
        Basis.CODE,
        once=True,
    ),
)
