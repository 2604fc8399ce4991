"""Replays a project's Django migrations, in the order in which `migrate` runs them, without running any."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.django.apps import Apps
from dbdesign.readers.django.ddl import SchemaEditor
from dbdesign.readers.django.declarations import Declarations
from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.known import KNOWN_MODELS, OWN_AUTO_FIELDS
from dbdesign.readers.django.project import ClassDeclaration, Project
from dbdesign.readers.django.source import finished
from dbdesign.readers.django.state import Registry
from dbdesign.readers.django.statements import Statements
from dbdesign.readers.django.values import Called, Reference, Value, as_list

_FILE = re.compile(r"(?:\A|/)(\w+)/(?:\w*migrations\w*)/(?:\w+/)*(\w+)\.py\Z")
_BARE_FILE = re.compile(r"(?:\A|/)(\d{4}_\w+)\.py\Z")

Node = tuple[str, str]
"""An app's label and a migration's name."""


@dataclass
class MigrationSource:
    """A migration: its operations are values that are not carried out."""

    node: Node
    declaration: ClassDeclaration
    dependencies: list[Node]
    run_before: list[Node]
    replaces: list[Node]
    operations: list[Value] = field(default_factory=list)


def read_django_migrations(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """The schema after all migrations of some files, as `migrate` makes it on an empty database.

    Args:
        files: path → text; migrations (`shop/migrations/0001_initial.py`), and what they import (fields of the project's own, settings).
        engine: None for what the settings say, PostgreSQL where there are none. For PostgreSQL every operation is replayed as SQL;
            for others the tables are made from the state after the last migration.

    Raises:
        InputError: no migration is among the files, or they depend on each other in a circle.
    """
    from dbdesign.readers.django.replay import Replay

    project = Project(files, KNOWN_MODELS)
    evaluator = Evaluator(project)
    apps = Apps(project, evaluator)
    declarations = Declarations(project, evaluator, apps)
    found, unread = _sources(project, evaluator, apps)
    if not found:
        reason = f": {project.unread[0].path} {project.unread[0].reason}" if project.unread else ""
        raise InputError(
            f"has no Django migration{reason}", where=", ".join(sorted(files)[:3]), remedy="Name the project's folder"
        )
    notes = list(apps.notes)
    used_engine = engine or apps.settings.engine or Engine.POSTGRESQL
    if engine is None and apps.settings.engine is None:
        notes.append("no settings say which engine: replayed as for PostgreSQL")
    for app, auto in OWN_AUTO_FIELDS.items():
        apps.settings.auto_field_by_app.setdefault(app, auto)
    registry = Registry(used_engine, apps.settings)
    registry.evaluator = evaluator
    out = Statements(unread=[*project.unread, *unread])
    replay = Replay(SchemaEditor(registry, out), declarations)
    for one in in_order(found):
        replay.run(one)
    replay.finish()
    out.unread += declarations.unread
    return finished(out, registry, (*notes, *replay.notes))


@dataclass(frozen=True)
class Replayed:
    """What one migration does to a PostgreSQL database.

    Attributes:
        atomic: whether Django runs it in one transaction.
        statements: as they run, each with its line.
        missed: line and reason of what is known only when the program runs.
    """

    path: str
    node: Node
    atomic: bool
    statements: tuple[tuple[str, int], ...]
    missed: tuple[tuple[int, str], ...]


def replayed_one_by_one(files: Mapping[str, str]) -> tuple[list[Replayed], tuple[str, ...]]:
    """Each migration of some files as SQL for PostgreSQL, in the order in which `migrate` runs them, and notes on what was assumed.

    Raises:
        InputError: as `read_django_migrations`.
    """
    from dbdesign.readers.django.replay import Replay

    project = Project(files, KNOWN_MODELS)
    evaluator = Evaluator(project)
    apps = Apps(project, evaluator)
    declarations = Declarations(project, evaluator, apps)
    found, unread = _sources(project, evaluator, apps)
    for app, auto in OWN_AUTO_FIELDS.items():
        apps.settings.auto_field_by_app.setdefault(app, auto)
    registry = Registry(Engine.POSTGRESQL, apps.settings)
    registry.evaluator = evaluator
    out = Statements(unread=[*project.unread, *unread])
    replay = Replay(SchemaEditor(registry, out, in_use=True), declarations)
    result: list[Replayed] = []
    for one in in_order(found):
        said, missed = len(out.tables), len(out.unread)
        codes = len(replay.codes)
        replay.run(one)
        path = one.declaration.module.path
        definition = one.declaration.names.get("atomic")
        scope = Scope(one.declaration.module, one.declaration)
        atomic = definition is None or evaluator.definition(definition, scope) is not False
        reasons = [(unread.line or 1, f"{unread.text}: {unread.reason}") for unread in out.unread[missed:]]
        reasons += [
            (one.declaration.node.lineno, f"RunPython is code that is not run: {code}") for code in replay.codes[codes:]
        ]
        statements = tuple(
            (sql, line if where == path else one.declaration.node.lineno) for sql, (where, line) in out.tables[said:]
        )
        result.append(Replayed(path, one.node, atomic, statements, tuple(reasons)))
    replay.codes.clear()
    replay.finish()
    first = [f"{one.path}: line {one.line}: {one.reason}" for one in (*project.unread, *unread, *declarations.unread)]
    return result, (*first, *apps.notes, *replay.notes)


def _sources(project: Project, evaluator: Evaluator, apps: Apps) -> tuple[dict[Node, MigrationSource], list[Unread]]:
    found: dict[Node, MigrationSource] = {}
    unread: list[Unread] = []
    sources: list[MigrationSource] = []
    for module in project.modules:
        name = None if module.known else _name(module.path)
        declaration = module.names.get("Migration")
        if name is None or not isinstance(declaration, ClassDeclaration):
            continue
        sources.append(_source(declaration, (_app(module.path, apps), name), evaluator, apps, unread))
    labels = _labels(sources)
    for source in sources:
        module = source.declaration.module
        app, name = labels.get(_folder(source), source.node[0]), source.node[1]
        source.node = (app, name)
        if source.node in found:
            unread.append(
                Unread(
                    path=module.path,
                    line=1,
                    text=f"{app}.{name}",
                    reason="a migration of this name is in another file too",
                )
            )
            continue
        found[source.node] = source
    return found, unread


def _folder(source: MigrationSource) -> str:
    return source.declaration.module.path.rpartition("/")[0]


def _labels(sources: list[MigrationSource]) -> dict[str, str]:
    """Folder → the label that its migrations call their own app, where that is another than the folder's name (`AppConfig.label`)."""
    folders: dict[str, list[MigrationSource]] = {}
    for one in sources:
        folders.setdefault(_folder(one), []).append(one)
    of_path = {one.node[0] for one in sources} | set(OWN_AUTO_FIELDS)
    found: dict[str, str] = {}
    for folder, members in folders.items():
        names = {one.node[1] for one in members}
        said = Counter(
            app
            for one in members
            for app, name in (*one.dependencies, *one.replaces)
            if name in names and name != one.node[1]
        )
        own = members[0].node[0]
        others = [app for app, _ in said.most_common() if app not in of_path]
        if others and own not in said:
            found[folder] = others[0]
    return found


def _name(path: str) -> str | None:
    match = _FILE.search(path)
    if match:
        return match[2] if match[2] != "__init__" else None
    bare = _BARE_FILE.search(path)
    return bare[1] if bare else None


def _app(path: str, apps: Apps) -> str:
    folder = re.split(r"(?:\A|/)\w*migrations\w*/", path)[0]
    if folder == path:
        return "app"
    parts = [one for one in folder.split("/") if one]
    return apps.label_of_path([*parts, "models", ""]) if parts else "app"


def _source(
    declaration: ClassDeclaration, node: Node, evaluator: Evaluator, apps: Apps, unread: list[Unread]
) -> MigrationSource:
    scope = Scope(declaration.module, declaration)

    def said(name: str) -> list[Value]:
        definition = declaration.names.get(name)
        value = evaluator.definition(definition, scope) if definition is not None else []
        entries = as_list(value)
        if entries is None:
            line = declaration.lines.get(name, declaration.node.lineno)
            unread.append(
                Unread(path=declaration.module.path, line=line, text=name, reason="is known only when the program runs")
            )
        return entries or []

    return MigrationSource(
        node,
        declaration,
        list(_nodes(said("dependencies"), apps)),
        list(_nodes(said("run_before"), apps)),
        list(_nodes(said("replaces"), apps)),
        said("operations"),
    )


def _nodes(values: list[Value], apps: Apps) -> Iterator[Node]:
    for one in values:
        if isinstance(one, tuple | list) and len(one) == 2 and all(isinstance(part, str) for part in one):
            yield one[0], one[1]
        elif isinstance(one, Called) and one.path == "swapper.dependency" and one.args and isinstance(one.args[0], str):
            yield one.args[0], "__first__"
        elif isinstance(one, Called) and one.last == "swappable_dependency" and one.args:
            target = one.args[0]
            if isinstance(target, Reference):
                target = apps.settings.user_model or "auth.User"
            if isinstance(target, str):
                yield target.partition(".")[0], "__first__"


def in_order(found: dict[Node, MigrationSource]) -> list[MigrationSource]:
    """The migrations that run on an empty database: squashed ones instead of what they replace, each after what it depends on.

    Raises:
        InputError: they depend on each other in a circle.
    """
    replaced = {old: one.node for one in found.values() for old in one.replaces}
    kept = {node: one for node, one in found.items() if node not in replaced}
    first = {app: min(name for label, name in kept if label == app) for app, _ in kept}
    last = {app: max(name for label, name in kept if label == app) for app, _ in kept}

    def resolved(node: Node) -> Node | None:
        for _ in range(len(found) + 1):
            if node not in replaced:
                break
            node = replaced[node]
        app, name = node
        if name in {"__first__", "__latest__"}:
            name = (first if name == "__first__" else last).get(app, "")
        return (app, name) if (app, name) in kept else None

    parents: dict[Node, set[Node]] = {node: set() for node in kept}
    for node, one in kept.items():
        own = [*one.dependencies, *(inner for old in one.replaces if old in found for inner in found[old].dependencies)]
        parents[node] |= {parent for other in own if (parent := resolved(other)) is not None and parent != node}
        for other in one.run_before:
            child = resolved(other)
            if child is not None and child != node:
                parents[child].add(node)
    return [kept[node] for node in _sorted(parents)]


def _sorted(parents: dict[Node, set[Node]]) -> list[Node]:
    done: dict[Node, None] = {}
    for start in sorted(parents):
        path: list[tuple[Node, Iterator[Node]]] = [(start, iter(sorted(parents[start])))]
        active = {start}
        if start in done:
            continue
        while path:
            node, rest = path[-1]
            following = next((one for one in rest if one not in done), None)
            if following is None:
                done.setdefault(node)
                active.discard(node)
                path.pop()
            elif following in active:
                names = " → ".join(f"{app}.{name}" for app, name in [*(one for one, _ in path), following][-6:])
                raise InputError(
                    f"migrations depend on each other in a circle: {names}",
                    where="dependencies",
                    remedy="Break the circle",
                )
            else:
                active.add(following)
                path.append((following, iter(sorted(parents[following]))))
    return list(done)
