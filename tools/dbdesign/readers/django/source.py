"""Reads Django models: from sources to the statements that `migrate` would run, and from those to a schema."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Extension, Schema
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.django.apps import Apps
from dbdesign.readers.django.ddl import SchemaEditor
from dbdesign.readers.django.declarations import Declarations
from dbdesign.readers.django.evaluate import Evaluator
from dbdesign.readers.django.known import KNOWN_MODELS, OWN_AUTO_FIELDS
from dbdesign.readers.django.project import Project
from dbdesign.readers.django.state import ModelState, Registry
from dbdesign.readers.django.statements import Statements

_TESTS = re.compile(r"(?:\A|/)(?:tests?|testing)/|(?:\A|/)(?:test_[^/]*|tests|conftest)\.py\Z")
_MIGRATIONS = re.compile(r"(?:\A|/)(?:migrations|south_migrations)/")


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """The schema that `migrate` would make of the models in some files.

    Raises:
        InputError: where no model is declared, or the only file cannot be parsed.
    """
    sources = {path: text for path, text in files.items() if not _MIGRATIONS.search(path)}
    project = Project(sources, KNOWN_MODELS)
    if len(sources) == 1 and project.unread:
        raise InputError(
            project.unread[0].reason, where=f"{project.unread[0].path}:{project.unread[0].line}", remedy="Repair it"
        )
    evaluator = Evaluator(project)
    apps = Apps(project, evaluator)
    declarations = Declarations(project, evaluator, apps)
    states, skipped = _states(declarations)
    if not states:
        raise InputError(
            "declares no Django model", where=_some(files), remedy="Name the files or the folder that has the models"
        )
    found_engine = engine or apps.settings.engine or Engine.POSTGRESQL
    registry = Registry(found_engine, apps.settings)
    registry.evaluator = evaluator
    notes = [*apps.notes, *_assumptions(apps, registry, states, engine)]
    notes += _register(registry, states, declarations)
    out = Statements(unread=[*project.unread, *declarations.unread])
    editor = SchemaEditor(registry, out)
    for state in registry.models.values():
        if state.is_managed and not _is_swapped(state, registry):
            editor.create_model(state)
    notes += _remarks(registry, states)
    return finished(out, registry, tuple(notes), skipped)


def _states(declarations: Declarations) -> tuple[list[ModelState], tuple[Skipped, ...]]:
    found: list[ModelState] = []
    in_tests: list[ModelState] = []
    for declaration in declarations.classes(known=False):
        try:
            state = declarations.state(declaration)
        except RecursionError:
            place = (declaration.module.path, declaration.node.lineno)
            declarations.unread.append(
                Unread(path=place[0], line=place[1], text=f"class {declaration.name}", reason="is nested too deeply")
            )
            continue
        if state is not None:
            (in_tests if _TESTS.search(declaration.module.path) else found).append(state)
    if not found:
        return in_tests, ()
    if not in_tests:
        return found, ()
    lines = tuple(one.place[1] for one in in_tests)
    return found, (
        Skipped(kind="model of a test", count=len(in_tests), lines=lines, reason="its tables exist in tests only"),
    )


def _register(registry: Registry, states: list[ModelState], declarations: Declarations) -> list[str]:
    """Fill the registry, and add the models of Django's own apps and of packages that are referred to."""
    notes: list[str] = []
    for state in states:
        if state.key in registry.models:
            notes.append(f"{state.app}.{state.name} is declared twice; {state.place[0]}:{state.place[1]} is taken")
        registry.add(state)
    known = {
        one.key: one
        for declaration in declarations.classes(known=True)
        if (one := declarations.state(declaration)) is not None
    }
    for app, auto in OWN_AUTO_FIELDS.items():
        registry.settings.auto_field_by_app.setdefault(app, auto)
    added: list[str] = []
    pending = list(states)
    while pending:
        state = pending.pop(0)
        keys = [registry.related_key(state, one.get("to")) for one in state.fields.values() if one.get("to")]
        for key in [*keys, *state.bases]:
            if key is not None and key not in registry.models and key in known:
                registry.add(known[key])
                pending.append(known[key])
                added.append(registry.table(known[key]))
    if added:
        notes.append(
            f"declared by rule, because they are referred to and not in the sources: {', '.join(sorted(added))}"
        )
    return notes


def _is_swapped(state: ModelState, registry: Registry) -> bool:
    """Whether another model stands in for a swappable one."""
    if state.options.get("swappable") != "AUTH_USER_MODEL":
        return False
    user = registry.settings.user_model
    return user is not None and user.lower() != f"{state.app}.{state.name}".lower()


def _assumptions(apps: Apps, registry: Registry, states: list[ModelState], engine: Engine | None) -> Iterable[str]:
    if engine is None and apps.settings.engine is None:
        yield "no settings say which engine: read as for PostgreSQL"
    if (
        apps.settings.auto_field is None
        and not apps.settings.auto_field_by_app
        and any(_has_no_key(one) for one in states)
    ):
        if apps.has_settings:
            registry.settings.auto_field = "AutoField"
            yield "the settings do not say DEFAULT_AUTO_FIELD: keys that Django adds are taken for AutoField (since 6.0 BigAutoField)"
        else:
            yield "DEFAULT_AUTO_FIELD is not known: keys that Django adds are taken for BigAutoField"
    if registry.settings.user_model is None:
        users = [one for one in states if one.name in {"User", "CustomUser"} and "password" in one.fields]
        if len(users) == 1:
            registry.settings.user_model = f"{users[0].app}.{users[0].name}"
            yield f"AUTH_USER_MODEL is taken for {users[0].app}.{users[0].name}: no settings say it"


def _has_no_key(state: ModelState) -> bool:
    return not any(one.flag("primary_key") or one.kind == "CompositePrimaryKey" for one in state.fields.values())


def _remarks(registry: Registry, states: list[ModelState]) -> Iterable[str]:
    unmanaged = sorted(
        registry.table(one)
        for one in states
        if one.options.get("managed") is False and one.options.get("proxy") is not True
    )
    if unmanaged:
        yield f"not made by Django (managed = False): {', '.join(unmanaged)}"
    if any(one.get("on_delete") is not None for state in states for one in state.fields.values()):
        yield "on_delete is carried out by Django, not by the database: foreign keys are NO ACTION (but for Django 6.1's DB_CASCADE …)"
    dated = sorted(
        f"{state.name}.{one.name}"
        for state in states
        for one in state.fields.values()
        for name in ("unique_for_date", "unique_for_month", "unique_for_year")
        if one.get(name)
    )
    if dated:
        yield f"unique_for_date and the like are checked by Django alone: {', '.join(dated)}"
    if any(state.options.get("index_together") for state in states):
        yield "index_together is gone since Django 5.1"


def _some(files: Mapping[str, str]) -> str:
    names = sorted(files)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def finished(
    out: Statements, registry: Registry, notes: tuple[str, ...], skipped: tuple[Skipped, ...] = ()
) -> ReadResult:
    """Read the statements as the engine reads them, and put the places in the Python sources instead of the lines in the SQL."""
    statements = out.in_order()
    text, starts = _text(statements)
    schema, unread, more = _read_sql(text, registry.engine)
    present = {one.name for one in schema.extensions}
    extensions = tuple(Extension(name=name) for name in sorted(out.extensions - present))
    schema = schema.model_copy(update={"extensions": (*schema.extensions, *extensions)})
    misses = [*out.unread]
    for one in unread:
        place = statements[bisect_right(starts, one.line) - 1][1] if statements else ("", 1)
        misses.append(Unread(path=place[0], line=place[1], text=one.text, reason=one.reason))
    misses.sort(key=lambda one: (one.path or "", one.line))
    return ReadResult(
        schema=schema,
        unread=tuple(misses),
        skipped=skipped,
        declared_tables=sum(sql.startswith("CREATE TABLE ") for sql, _ in statements),
        lines={name: place[1] for name, place in out.labels.items()},
        files={name: place[0] for name, place in out.labels.items()},
        notes=(*notes, *out.notes, *more),
        proof=Proof(
            level="parsed",
            by="Python's own grammar",
            detail="the statements that migrate would run were derived by rule, not executed",
        ),
    )


def _text(statements: list[tuple[str, tuple[str, int]]]) -> tuple[str, list[int]]:
    lines: list[str] = []
    starts: list[int] = []
    line = 1
    for sql, _ in statements:
        starts.append(line)
        lines.append(f"{sql};")
        line += sql.count("\n") + 1
    return "\n".join(lines), starts


def _read_sql(text: str, engine: Engine) -> tuple[Schema, tuple[Unread, ...], tuple[str, ...]]:
    from dbdesign.readers.base import reader

    if not text.strip():
        return Schema(engine=engine), (), ()
    result = reader(engine.value).read(text, execute=False)
    return result.schema_, result.unread, ()
