"""Makes the classes that a program declares: enumerations, mixins, and mapped classes, which SQLAlchemy itself maps.

A mapped class is made anew from its columns alone, so that SQLAlchemy decides what becomes of mixins, inheritance, annotations and names.
Where it refuses, the piece of the class that it refuses is left out, and said.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.orm as orm
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from dbdesign.readers.sqlalchemy import flask, library, sqlmodel, type_classes
from dbdesign.readers.sqlalchemy.annotations import Annotations, Unresolved
from dbdesign.readers.sqlalchemy.evaluate import FAILURES
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    PLACE,
    External,
    Function,
    Ignored,
    Instance,
    Native,
    NotStaticError,
    Place,
    Scope,
    TypeClass,
    Unknown,
)

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.interpret import Interpreter

MAPPER_ARGUMENTS = ("concrete", "primary_key", "polymorphic_abstract", "inherit_condition")
"""Of `__mapper_args__`: what decides about tables."""

MOST_ATTEMPTS = 60
"""How often a class that SQLAlchemy refuses is tried with a piece less."""

DECORATORS = {"declared_attr": orm.declared_attr}
SILENT = frozenset(["Config", "Meta", "model_config", "query_class", "query"])


@dataclass
class Body:
    """What stands in a class: its values, annotations and functions, and the names of pieces that may be left out."""

    values: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, ast.AST] = field(default_factory=dict)


_FOREIGN = "_dbdesign_foreign"
"""Our mark on a class that derives from one of a package that is not read: what that is."""


class Classes:
    """Makes classes."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self.annotations = Annotations(interpreter)
        self.bases: list[Any] = []
        self._doubtful: list[tuple[Any, Place, str]] = []

    def define(self, node: ast.ClassDef, scope: Scope) -> Any:
        """What a class statement binds its name to."""
        bases, foreign = self._bases(node, scope)
        native = next((one for one in bases if isinstance(one, Native)), None)
        if native is not None:
            return native
        if any(isinstance(one, enum.EnumType) for one in bases):
            return self._enumeration(node, bases, scope)
        if (base := next((one for one in bases if _is_type(one)), None)) is not None:
            return type_classes.define(self._interpreter, node, base, scope)
        kinds = [one for one in bases if isinstance(one, type)]
        unread = foreign or [one for kind in kinds if (one := getattr(kind, _FOREIGN, None))]
        base = self._base_of(node, scope) if unread and not any(map(_is_declarative, kinds)) else None
        if base is not None:
            self._interpreter.note(
                f"{unread[0]}: it is taken for a declarative base; columns that it may bring are missing"
            )
            kinds, foreign = [base, *kinds], foreign[1:]
        try:
            made = self._made(node, kinds, scope, foreign)
        except NotStaticError as error:  # its table's name, or its table
            self._interpreter.say_at(Place(scope.path, node.lineno), str(error), f"class {node.name}")
            return Unknown(f"{node.name} was not understood: {error}")
        decorated = self._decorated(node, made, scope)
        if unread and isinstance(made, type) and not is_mapped(made):
            setattr(made, _FOREIGN, unread[0])
            if _has_columns(node) and "__table__" not in made.__dict__:
                self._doubtful.append((made, Place(scope.path, node.lineno), unread[0]))
        return decorated

    def _base_of(self, node: ast.ClassDef, scope: Scope) -> Any:
        """What stands for the unknown base of a class that is certainly a table's; None where it need not be."""
        if _declares_table(node):
            return self.assumed_base
        return (
            self._interpreter.special("sqlmodel.SQLModel")
            if self._class_keywords(node, scope).get("table") is True
            else None
        )

    def say_doubtful(self) -> None:
        """Classes with columns whose base is not known and that no other derives from: likely models, whose tables are missing."""
        for made, place, base in self._doubtful:
            if not made.__subclasses__():
                reason = f"has columns, and {base}: whether it is a model is not known, and no table is read for it"
                self._interpreter.say_at(place, reason, f"class {made.__name__}")

    @cached_property
    def assumed_base(self) -> Any:
        """Stands for declarative bases of packages that are not read: their tables may refer to one another."""
        base = library.declarative_base()
        self._interpreter.metadatas[id(base.metadata)] = base.metadata
        self.bases.append(base)
        return base

    def _base(self, node: ast.expr, scope: Scope) -> Any:
        """A base; of one with parameters (`Base[Model]`, `Generic[T]`) what it is without them, where that is a class."""
        if isinstance(node, ast.Subscript):
            plain = self._interpreter.evaluator.value(node.value, scope)
            if isinstance(plain, type | Native | TypeClass | External) or getattr(plain, "__origin__", None):
                return plain
        return self._interpreter.evaluator.value(node, scope)

    def _bases(self, node: ast.ClassDef, scope: Scope) -> tuple[list[Any], list[str]]:
        found: list[Any] = []
        foreign: list[str] = []
        for one in node.bases:
            try:
                value = self._base(one, scope)
            except NotStaticError as error:
                foreign.append(str(error))
                continue
            value = getattr(value, "__origin__", value)
            if isinstance(value, External):
                foreign.append(f"{value.name} is of a package that is not read")
            elif (
                isinstance(value, type | Native | TypeClass)
                and value is not object
                and value not in found
                and _is_class(value)
            ):
                found.append(value)
        return found, foreign

    # -- enumerations ------------------------------------------------------------------------------------------------------

    def _enumeration(self, node: ast.ClassDef, bases: list[Any], scope: Scope) -> Any:
        inner = Scope(scope.path, {}, scope)
        members: list[tuple[str, Any]] = []
        for one in node.body:
            if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                name = one.targets[0].id
                if name.startswith("_"):
                    continue
                value = self._interpreter.tolerant(one.value, inner)
                inner.names[name] = value
                members.append((name, name if isinstance(value, Unknown | Ignored | Native) else value))
        base = next(one for one in bases if isinstance(one, enum.EnumType))
        kinds = [one for one in bases if one in {str, int, float, bytes}]
        keywords = {"type": kinds[0]} if kinds and base is enum.Enum else {}
        if any(isinstance(value, tuple) for _, value in members):
            keywords = {}
        try:
            return base(node.name, members, module=__name__, **keywords)
        except FAILURES as error:
            return Unknown(f"the enumeration {node.name}: {error}")

    # -- classes -----------------------------------------------------------------------------------------------------------

    def _made(self, node: ast.ClassDef, bases: list[type], scope: Scope, foreign: list[str]) -> Any:
        left_out: dict[str, str] = {}
        first: str | None = None
        defaults = self._interpreter.evaluator.python_defaults
        for _ in range(MOST_ATTEMPTS):
            self._interpreter.evaluator.python_defaults = defaults
            body = self._body(node, bases, scope, left_out)
            metadata = _metadata(bases)
            before = set(metadata.tables) if metadata is not None else set()
            try:
                made = self._create(node, bases, body, scope)
            except (NotStaticError, *FAILURES) as error:
                reason = _sentence(error)
                first = first or reason
                kept = self._kept(metadata, before, node, scope, reason)
                if kept is not None:
                    return kept
                with self._interpreter.trial():
                    culprit = self._culprit(node, bases, body, scope, left_out)
                if culprit is None:
                    if metadata is not None:
                        self._interpreter.say_at(Place(scope.path, node.lineno), first, f"class {node.name}")
                    return Unknown(f"{node.name} was not understood: {first}")
                left_out[culprit] = reason
                continue
            self._say_left_out(node, left_out, body, scope)
            self._say_foreign(made, foreign)
            return made
        return Unknown(f"{node.name} was not understood: {first}")

    def _kept(
        self, metadata: sa.MetaData | None, before: set[str], node: ast.ClassDef, scope: Scope, reason: str
    ) -> Any:
        """A class whose table was made and whose mapping was refused: the table is what counts here."""
        new = [one for key, one in metadata.tables.items() if key not in before] if metadata is not None else []
        for one in new:
            one.info.setdefault(PLACE, Place(scope.path, node.lineno))
            self._interpreter.note(f"the table {one.key} is read, though SQLAlchemy refuses to map its class: {reason}")
        if not new:
            return None
        return Instance(
            "table", {"__table__": new[0], "__tablename__": new[0].name, "metadata": metadata, **dict(new[0].c.items())}
        )

    def _culprit(
        self, node: ast.ClassDef, bases: list[type], body: Body, scope: Scope, left_out: dict[str, str]
    ) -> str | None:
        """A piece without which the class is made."""
        candidates = [one for one in _pieces(body) if one not in left_out]
        for one in reversed(candidates):
            smaller = self._body(node, bases, scope, {**left_out, one: ""})
            metadata = _metadata(bases)
            before = set(metadata.tables) if metadata is not None else set()
            try:
                self._create(node, bases, smaller, scope)
            except (NotStaticError, *FAILURES):
                _forget(metadata, before)
                continue
            _forget(metadata, before)
            return one
        return None

    def _say_left_out(self, node: ast.ClassDef, left_out: dict[str, str], body: Body, scope: Scope) -> None:
        for name, reason in left_out.items():
            at = body.lines.get(name.partition(":")[0], node)
            self._interpreter.say_at(
                Place(scope.path, int(getattr(at, "lineno", node.lineno))), reason, f"{node.name}.{name}"
            )

    def _say_foreign(self, made: Any, foreign: list[str]) -> None:
        if isinstance(made, type) and foreign and isinstance(made.__dict__.get("__table__"), sa.Table):
            for reason in foreign:
                self._interpreter.note(
                    f"a base of mapped classes is not known, and columns that it may bring are missing: {reason}"
                )

    def _create(self, node: ast.ClassDef, bases: list[type], body: Body, scope: Scope) -> Any:
        place = Place(scope.path, node.lineno)
        keywords = self._class_keywords(node, scope)
        if any(sqlmodel.is_model(one) for one in bases):
            return sqlmodel.create(node.name, bases, body, keywords, place, self._interpreter)
        names = {
            **body.values,
            "__annotations__": dict(body.annotations),
            "__module__": __name__,
            "_dbdesign_functions": body.functions,
        }
        names["_dbdesign_places"] = {
            name: Place(scope.path, int(getattr(at, "lineno", node.lineno))) for name, at in body.lines.items()
        }
        mapped = [one for one in bases if is_mapped(one)]
        declares = orm.DeclarativeBase in bases
        if mapped or declares:
            names.setdefault("__allow_unmapped__", True)
        if mapped and flask.is_flask(bases):
            flask.name_table(node.name, bases, names)
        kinds = tuple(_consistent(bases))
        made = _metaclass(kinds)(node.name, kinds, names)
        if declares:
            self.bases.append(made)
            self._interpreter.metadatas[id(made.metadata)] = made.metadata
        if isinstance(table := made.__dict__.get("__table__"), sa.Table):
            table.info.setdefault(PLACE, place)
            _place_columns(made, table)
        return made

    def _class_keywords(self, node: ast.ClassDef, scope: Scope) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in node.keywords:
            if one.arg in {"table", "registry"}:
                found[one.arg] = self._interpreter.tolerant(one.value, scope)
        return found

    def _decorated(self, node: ast.ClassDef, made: Any, scope: Scope) -> Any:
        for one in reversed(node.decorator_list):
            try:
                decorator = self._interpreter.evaluator.value(one, scope)
            except NotStaticError:
                continue
            made = self._apply(decorator, made, Place(scope.path, node.lineno))
        return made

    def _apply(self, decorator: Any, made: Any, place: Place) -> Any:
        if not isinstance(made, type):
            return made
        try:
            if isinstance(decorator, Native):
                result = decorator.call(made)
            elif callable(decorator) and getattr(decorator, "__name__", "") == "mapped":
                result = decorator(made)
            else:
                return made
        except (NotStaticError, *FAILURES) as error:
            if getattr(decorator, "__name__", "") == "mapped" or is_mapped(made):
                self._interpreter.say_at(place, _sentence(error), f"class {made.__name__}")
            return made
        result = made if result is None else result
        if isinstance(result, type) and isinstance(table := result.__dict__.get("__table__"), sa.Table):
            table.info.setdefault(PLACE, place)
        return result

    def set_attribute(self, owner: type, name: str, value: Any) -> None:
        """`Order.total = Column(...)` behind the class."""
        if is_mapped(owner) and isinstance(value, sa.Column | orm.MappedColumn):
            try:
                setattr(owner, name, value)
            except FAILURES as error:
                self._interpreter.note(f"{owner.__name__}.{name} was not added: {_sentence(error)}")

    def instance(self, of: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """A call of a class of the program, or of something that it decorates with."""
        if of is sa.MetaData:
            return library.metadata(*arguments, **keywords)
        if isinstance(of, type) and not is_mapped(of) and "_dbdesign_functions" in of.__dict__:
            return Instance(of, {"__class__": of})
        raise NotStaticError(f"a call of {getattr(of, '__name__', type(of).__name__)} is known only by executing it")

    # -- bodies ------------------------------------------------------------------------------------------------------------

    def _body(self, node: ast.ClassDef, bases: list[type], scope: Scope, left_out: dict[str, str]) -> Body:
        from dbdesign.readers.sqlalchemy.bodies import read_body

        return read_body(self._interpreter, self.annotations, node, bases, scope, frozenset(left_out))


def _place_columns(made: type, table: sa.Table) -> None:
    """Give columns that were made of an annotation alone the place of it."""
    for base in made.__mro__:
        for name, place in base.__dict__.get("_dbdesign_places", {}).items():
            if name in table.c and name in base.__dict__.get("__annotations__", {}):  # noqa: RUF063 - made by us
                column = table.c[name]
                if base is made or PLACE not in column.info:
                    column.info[PLACE] = place


def _is_declarative(kind: type) -> bool:
    return is_mapped(kind) or kind is orm.DeclarativeBase or sqlmodel.is_model(kind)


def _declares_table(node: ast.ClassDef) -> bool:
    """Whether a class says its table's name and a column: whatever it derives from, it is mapped."""
    named = any(name == "__tablename__" and isinstance(value, ast.Constant) for name, value in _assigned(node))
    return named and any(map(_is_column, node.body))


def _has_columns(node: ast.ClassDef) -> bool:
    """Whether a class has columns and does not call itself abstract."""
    abstract = any(name == "__abstract__" for name, _ in _assigned(node))
    return not abstract and any(map(_is_column, node.body))


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for one in node.body:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            yield from ((target.id, one.value) for target in targets if isinstance(target, ast.Name))


def _is_column(statement: ast.stmt) -> bool:
    """`x = Column(...)`, `x = db.mapped_column(...)` or `x: Mapped[...]`."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    call = statement.value.func if isinstance(statement.value, ast.Call) else None
    hint = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    kind = hint.value if isinstance(hint, ast.Subscript) else None
    return _last(call) in {"Column", "mapped_column"} or _last(kind) == "Mapped"


def _last(name: ast.expr | None) -> str:
    return name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""


def _is_type(value: Any) -> bool:
    return isinstance(value, TypeClass) or (
        isinstance(value, type)
        and issubclass(value, TypeEngine | ClauseElement)
        and not issubclass(value, sa.Column | orm.DeclarativeBase)
    )


def _is_class(value: Any) -> bool:
    return not isinstance(value, type) or value.__module__ != "typing"


def is_mapped(value: Any) -> bool:
    """Whether SQLAlchemy maps a class, or its subclasses."""
    if not isinstance(value, type):
        return False
    return isinstance(value, orm.DeclarativeMeta) or (
        issubclass(value, orm.DeclarativeBase) and value is not orm.DeclarativeBase
    )


def _metadata(bases: list[type]) -> sa.MetaData | None:
    found = next((getattr(one, "metadata", None) for one in bases if is_mapped(one) or sqlmodel.is_model(one)), None)
    return found if isinstance(found, sa.MetaData) else None


def _forget(metadata: sa.MetaData | None, before: set[str]) -> None:
    if metadata is not None:
        for key in [key for key in metadata.tables if key not in before]:
            metadata.remove(metadata.tables[key])


def _pieces(body: Body) -> Iterator[str]:
    """The parts of a class that may be at fault: its columns and functions, and each of its table's arguments."""
    for name, value in body.values.items():
        if not name.startswith("__") or name in {"__table_args__", "__mapper_args__"}:
            yield name
        if name == "__table_args__" and isinstance(value, tuple):
            yield from (f"{name}:{number}" for number in range(len(value)))
    yield from (name for name in body.annotations if name not in body.values)


def _consistent(bases: list[type]) -> list[type]:
    """Bases without those that another derives from where Python would find no order of resolution."""
    kept = [
        one
        for one in bases
        if not any(
            other is not one and issubclass(other, one) and bases.index(other) > bases.index(one) for other in bases
        )
    ]
    return kept or [object]


def _metaclass(kinds: tuple[type, ...]) -> Any:
    chosen: type = type
    for one in kinds:
        if issubclass(type(one), chosen):
            chosen = type(one)
    return chosen


def _sentence(error: BaseException) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text.partition(" (Background on this error")[0][:300]


__all__ = ["IGNORED", "Body", "Classes", "Function", "Unresolved", "is_mapped"]
