"""Where servers of other versions are: `DBDESIGN_POSTGRES_14` names the bin folder of PostgreSQL 14, else packages' usual places."""

from __future__ import annotations

import os
from pathlib import Path

from dbdesign.errors import EngineError

VERSION_VARIABLE = "DBDESIGN_POSTGRES_{}"
"""Environment variable of the bin folder of a major version; an empty value says that there is none."""

MAJORS = range(12, 19)
"""The versions that migrations are planned and checked for."""

USUAL_PLACES = (
    "/usr/lib/postgresql/{}/bin",  # Debian, Ubuntu
    "/usr/pgsql-{}/bin",  # PGDG's packages for Red Hat
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)


def bin_folder_for(major: int) -> Path | None:
    """The bin folder of a server of this major version; None where there is none.

    Raises:
        EngineError: if the variable names a folder without a server.
    """
    variable = VERSION_VARIABLE.format(major)
    chosen = os.environ.get(variable)
    if chosen is None:
        return next((place for place in _usual(major) if is_bin_folder(place)), None)
    if not chosen:
        return None
    return server_folder(chosen, variable, major)


def _usual(major: int) -> tuple[Path, ...]:
    return tuple(Path(place.format(major)) for place in USUAL_PLACES)


def server_folder(chosen: str, variable: str, example: int) -> Path:
    """A bin folder that somebody chose. Raises EngineError where no server is in it."""
    folder = Path(chosen).expanduser().resolve()
    if not is_bin_folder(folder):
        raise EngineError(
            f"there are no programs postgres and initdb in {chosen!r}",
            where=variable,
            remedy=f"Name the bin folder of a PostgreSQL server, such as /usr/lib/postgresql/{example}/bin",
        )
    return folder


def is_bin_folder(folder: Path) -> bool:
    """Whether a server can be made and run from it."""
    return (folder / "postgres").is_file() and (folder / "initdb").is_file()
