"""What a key-value store is for, as the line or the path says it: `CELERY_BROKER_URL`, `brokers/redis.ts`, `CACHE_URL`."""

from __future__ import annotations

import re
from dataclasses import replace

from dbdesign.detect.catalogue import known
from dbdesign.detect.signals import Basis, Signal
from dbdesign.model.detection import Role

_QUEUE_LINE = re.compile(
    r"broker|celery|result[-_]?backend|(?:job|task|work|message)[-_]?queue|queue[-_]?(?:url|uri|dsn)|sidekiq|resque",
    re.IGNORECASE,
)
_CACHE_LINE = re.compile(r"cache", re.IGNORECASE)
_QUEUE_PATH = re.compile(r"(?:^|[/._-])(?:brokers?|queues?|celery|sidekiq)(?=[/._-])", re.IGNORECASE)
_CACHE_PATH = re.compile(r"(?:^|[/._-])cach(?:es?|ing)(?=[/._-])", re.IGNORECASE)
_BY_PATH = frozenset({Basis.IMPORT, Basis.CODE, Basis.CONNECTION, Basis.DEPENDENCY})
_BY_LINE = frozenset({Basis.CONNECTION, Basis.ENVIRONMENT, Basis.CONFIGURATION, Basis.CHOICE})


def with_purpose(signal: Signal) -> Signal:
    """The signal with the role that its line or path says, where it is of a key-value store and says none by itself."""
    if signal.role or signal.technology not in known() or known()[signal.technology].family != "key-value":
        return signal
    role = _of_line(signal) or _of_path(signal)
    return replace(signal, role=role) if role else signal


def _of_line(signal: Signal) -> Role | None:
    if signal.basis not in _BY_LINE:
        return None
    if _QUEUE_LINE.search(signal.text):
        return "queue"
    return "cache" if _CACHE_LINE.search(signal.text) else None


def _of_path(signal: Signal) -> Role | None:
    if signal.basis not in _BY_PATH:
        return None
    if _QUEUE_PATH.search(signal.path):
        return "queue"
    return "cache" if _CACHE_PATH.search(signal.path) else None
