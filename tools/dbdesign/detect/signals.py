"""What one line of a repository says for or against a technology, before it is weighed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dbdesign.detect.places import Scope
from dbdesign.model.detection import Role, Tier


class Basis(StrEnum):
    """What kind of thing the line is; the value names it to people."""

    CONFIGURATION = "configured engine"
    INFRASTRUCTURE = "infrastructure as code"
    ARTEFACT = "migration or schema of the tool"
    CODE = "call in source"
    COMMAND = "command in a script"
    CONNECTION = "connection string"
    DEPENDENCY = "declared dependency"
    IMPORT = "import in source"
    IMAGE = "container image"
    CHART = "chart"
    SERVICE = "service of the continuous integration"
    CHOICE = "one of several that can be chosen"
    ENVIRONMENT = "name of an environment variable"
    SYSTEM = "system package"


WEIGHTS: dict[Basis, tuple[float, Tier]] = {
    Basis.CONFIGURATION: (0.9, "A"),
    Basis.INFRASTRUCTURE: (0.9, "A"),
    Basis.ARTEFACT: (0.95, "A"),
    Basis.CODE: (0.7, "B"),
    Basis.COMMAND: (0.75, "B"),
    Basis.CONNECTION: (0.55, "B"),
    Basis.DEPENDENCY: (0.55, "C"),
    Basis.IMPORT: (0.4, "B"),
    Basis.IMAGE: (0.6, "B"),
    Basis.CHART: (0.6, "B"),
    Basis.SERVICE: (0.45, "B"),
    Basis.CHOICE: (0.5, "B"),
    Basis.ENVIRONMENT: (0.25, "C"),
    Basis.SYSTEM: (0.2, "C"),
}
"""How sure one such line makes, alone, and its tier. Several kinds together are combined as independent evidence (noisy or)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One line's word.

    Attributes:
        weak: by itself it is little: a package that knows several engines.
        version: as written there; `locked` where it is exact.
        role: where the line says what for.
    """

    technology: str
    basis: Basis
    scope: Scope
    path: str
    line: int | None
    text: str
    weak: bool = False
    version: str | None = None
    role: Role | None = None
