"""SQL Server lets cascades reach a table by one way alone, and in no ring; Prisma refuses relations whose actions would meet."""

from __future__ import annotations

from dbdesign.model.schema import ForeignKey


class Cascades:
    """The relations that act so far, as what reaches what."""

    def __init__(self) -> None:
        self._above: dict[str, set[str]] = {}
        self._below: dict[str, set[str]] = {}

    def may_act(self, child: str, key: ForeignKey) -> bool:
        """Whether a foreign key's actions meet no others; they are remembered then. One without actions always may."""
        if key.on_delete == key.on_update == "no action":
            return True
        parent = key.references
        above = self._above.get(parent, set()) | {parent}
        below = self._below.get(child, set()) | {child}
        if above & below or any(self._below.get(one, set()) & below for one in above):
            return False
        for one in above:
            self._below.setdefault(one, set()).update(below)
        for one in below:
            self._above.setdefault(one, set()).update(above)
        return True
