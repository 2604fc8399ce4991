"""The revisions of a project, read from their files without running them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from dbdesign.errors import InputError
from dbdesign.migrations.writers.base import MigrationOptions
from dbdesign.migrations.writers.folder import Folder


@dataclass(frozen=True)
class History:
    """Revisions with the ones they stand on.

    Attributes:
        prefix: what paths of revisions begin with: `versions/` where the folder is the one above, else empty.
        parents_of: by revision.
    """

    prefix: str
    parents_of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Folder) -> History:
        """Read every revision of the folder.

        Raises:
            InputError: a file is no Python, or two have the same revision.
        """
        prefix = (
            "versions/"
            if "env.py" in folder.files or ("versions" in folder.folders and folder.name != "versions")
            else ""
        )
        found: dict[str, tuple[str, ...]] = {}
        for path in folder.files:
            if path.endswith(".py") and path.startswith(prefix):
                one = _revision(folder.text(path), path)
                if one is None:
                    continue
                if one[0] in found:
                    raise InputError(
                        f"two files have the revision {one[0]!r}", where=path, remedy="Give one of them another"
                    )
                found[one[0]] = one[1]
        return cls(prefix, {name: tuple(_whole(one, found) for one in parents) for name, parents in found.items()})

    @property
    def heads(self) -> tuple[str, ...]:
        """Revisions that nothing stands on."""
        below = {one for parents in self.parents_of.values() for one in parents}
        return tuple(sorted(one for one in self.parents_of if one not in below))

    def parents(self, options: MigrationOptions) -> tuple[str, ...]:
        """What a new revision stands on.

        Raises:
            InputError: there are several heads and none was chosen, or the one chosen is no head.
        """
        heads = self.heads
        if options.head is not None:
            chosen = [one for one in heads if one.startswith(options.head)]
            if len(chosen) != 1:
                raise InputError(
                    f"{options.head!r} is no head of the folder",
                    where="head",
                    remedy=f"Heads: {', '.join(heads) or 'none'}",
                )
            return tuple(chosen)
        if len(heads) > 1 and not options.merge_heads:
            raise InputError(
                f"the folder has {len(heads)} heads: {', '.join(heads)}",
                where="folder",
                remedy="Say head=… to go on from one, or merge_heads=true to merge them",
            )
        return heads


def _revision(text: str, path: str) -> tuple[str, tuple[str, ...]] | None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"is no Python: {error}", where=path, remedy="Repair it") from error
    values = dict(_assigned(module))
    revision = values.get("revision")
    if not isinstance(revision, str):
        return None
    down = values.get("down_revision")
    return revision, (down,) if isinstance(down, str) else tuple(down or ())


def _assigned(module: ast.Module) -> list[tuple[str, str | tuple[str, ...] | None]]:
    """Names that are assigned a string, a sequence of strings or None at the top of a module."""
    found: list[tuple[str, str | tuple[str, ...] | None]] = []
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        else:
            continue
        found += [(one.id, _constant(value)) for one in targets if isinstance(one, ast.Name)]
    return found


def _constant(value: ast.expr) -> str | tuple[str, ...] | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.Tuple | ast.List):
        return tuple(one.value for one in value.elts if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return None


def _whole(part: str, known: dict[str, tuple[str, ...]]) -> str:
    """The revision that a possibly shortened one means."""
    if part in known:
        return part
    longer = [one for one in known if one.startswith(part)]
    return longer[0] if len(longer) == 1 else part
