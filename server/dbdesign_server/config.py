"""What the user allows the server: folders and databases, from options, the environment and a configuration file.

Databases are named here and nowhere else. A file may hold:

```toml
roots = ["db", "migrations"]
allow_analyze = ["shop"]  # queries may be run on it to explain them
[databases]
shop = "postgresql://reader@localhost/shop"
trial = {url = "postgresql://owner@localhost/trial", writable = true}
```

`writable` lets `dbdesign benchmark --into trial` make a schema of its own there. Everything else only reads, and so does a database
that the environment names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbdesign.api.access import Access
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.engines.connections import ConfiguredDatabase

ANSWER_TOKENS = 18_000
"""What one answer may take, text and structure together. Clients refuse more than 20,000 to 25,000; the rest is for their wrapping."""

DATABASE_PREFIX = "DBDESIGN_DATABASE_"


@dataclass(frozen=True)
class Config:
    """What the server may do, and how long its answers may be.

    Attributes:
        access: folders and databases.
        tokens: of one answer.
        seconds: after which a call is given up.
    """

    access: Access = field(default_factory=Access)
    tokens: int = ANSWER_TOKENS
    seconds: float = 300.0


def load_config(
    roots: Sequence[str] = (), file: str | None = None, environment: Mapping[str, str] | None = None
) -> Config:
    """The configuration: options first, then the environment (`DBDESIGN_ROOTS`, `DBDESIGN_CONFIG`, `DBDESIGN_DATABASE_<NAME>`,
    `DBDESIGN_ALLOW_ANALYZE`).

    Without a root the working directory is the only one, unless that is `/`: then no file may be touched.

    Raises:
        InputError: for a root that is no folder, a configuration file that cannot be read, or a database that is described wrongly.
    """
    environment = os.environ if environment is None else environment
    document = _document(file or environment.get("DBDESIGN_CONFIG"))
    chosen = list(roots) or _listed(environment.get("DBDESIGN_ROOTS")) or document.get("roots", [])
    databases = _databases(document.get("databases", {}), environment)
    analyzable = _analyzable(document, environment)
    if not chosen and Path.cwd() == Path("/"):
        return Config(access=Access(files=False, databases=databases, analyzable=analyzable))
    return Config(access=Access.beneath(*(chosen or ["."]), databases=databases, analyzable=analyzable))


def _analyzable(document: Mapping[str, Any], environment: Mapping[str, str]) -> frozenset[str]:
    """Databases on which queries may be run to explain them."""
    named = [*document.get("allow_analyze", []), *environment.get("DBDESIGN_ALLOW_ANALYZE", "").split(",")]
    return frozenset(name.strip().lower().replace("-", "_") for name in named if name.strip())


def _listed(paths: str | None) -> list[str]:
    return [path for path in (paths or "").split(os.pathsep) if path]


def _document(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        document = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError((error.strerror or "cannot be read").lower(), where=file, remedy="Check --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML: {error}", where=file) from None
    if unknown := sorted(document.keys() - {"roots", "databases", "allow_analyze"}):
        raise InputError(
            f"unknown key {unknown[0]!r}",
            where=file,
            remedy="The keys are roots (a list), databases (a table) and allow_analyze (a list of their names)",
        )
    roots, databases = document.get("roots", []), document.get("databases", {})
    allowed = document.get("allow_analyze", [])
    if not isinstance(roots, list) or not isinstance(databases, dict):
        raise InputError("roots must be a list and databases a table", where=file)
    if not isinstance(allowed, list) or not all(isinstance(one, str) for one in allowed):
        raise InputError("allow_analyze must be a list of names", where=file)
    base = Path(file).resolve().parent
    return {"roots": [str(base / str(root)) for root in roots], "databases": databases, "allow_analyze": allowed}


def _databases(described: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, ConfiguredDatabase]:
    """Databases by name, lower case with `-` for `_` where the environment names them."""
    urls = {str(name): _url(str(name), one) for name, one in described.items()}
    writable = {str(name) for name, one in described.items() if isinstance(one, dict) and one.get("writable") is True}
    for variable, url in environment.items():
        if variable.startswith(DATABASE_PREFIX) and url:
            name = variable.removeprefix(DATABASE_PREFIX).lower()
            urls[name] = url
            writable.discard(name)
    if not urls:
        return {}
    from dbdesign.engines.connections import ConfiguredDatabase

    return {
        name: ConfiguredDatabase(name=name, url=url, writable=name in writable) for name, url in sorted(urls.items())
    }


def _url(name: str, described: Any) -> str:
    """The URL of a database that is described by it alone, or by a table with `url` and `writable`."""
    if not isinstance(described, dict):
        return str(described)
    if described.keys() - {"url", "writable"} or not isinstance(described.get("url"), str):
        raise InputError(
            f"database {name!r} is described wrongly", remedy='Write "URL", or {url = "URL", writable = true}'
        )
    if not isinstance(described.get("writable", False), bool):
        raise InputError(f"writable of database {name!r} is neither true nor false")
    return str(described["url"])
