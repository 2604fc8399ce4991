"""Which files belong together where several schemas are given: a repository may have one for each service, or for each provider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from dbdesign.dialects.prisma import PROVIDERS
from dbdesign.model.schema import Engine

_DATASOURCE = re.compile(r"^[ \t]*datasource[ \t]+\w+[ \t]*\{([^}]*)\}", re.MULTILINE)
_PROVIDER = re.compile(r'^[ \t]*provider[ \t]*=[ \t]*\[?[ \t]*"([\w+]+)"', re.MULTILINE)


def one_schema(files: Mapping[str, str], engine: Engine | None) -> tuple[dict[str, str], list[str]]:
    """The files of one schema: that of the wanted engine, or the first by depth and name.

    Returns:
        The files; and, where there are several schemas, the files of all with a datasource, the chosen one first.
    """
    roots = {path: found[1] for path, text in files.items() if (found := _DATASOURCE.search(text)) is not None}
    if len(roots) < 2:
        return dict(files), []
    ordered = sorted(roots, key=lambda path: (not _is_for(roots[path], engine), path.count("/"), path))
    chosen = ordered[0]
    kept = {
        path: text
        for path, text in files.items()
        if path == chosen or (path not in roots and _root(path, roots) == chosen)
    }
    return kept, ordered


def _is_for(datasource: str, engine: Engine | None) -> bool:
    provider = _PROVIDER.search(datasource)
    return engine is None or (provider is not None and PROVIDERS.get(provider[1]) is engine)


def _root(path: str, roots: Mapping[str, str]) -> str | None:
    """The datasource's file that lies nearest above a file."""
    folders = [str(one) for one in PurePosixPath(path).parents]
    above = [one for one in sorted(roots) if str(PurePosixPath(one).parent) in folders]
    return min(above, key=lambda one: folders.index(str(PurePosixPath(one).parent)), default=None)
