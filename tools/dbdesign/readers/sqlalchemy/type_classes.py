"""Types that a program derives from SQLAlchemy's: by what they say they are in the database, on the dialect that is wanted."""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from dbdesign.readers.sqlalchemy import library
from dbdesign.readers.sqlalchemy.evaluate import FAILURES
from dbdesign.readers.sqlalchemy.further_types import Verbatim
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    Function,
    Instance,
    Native,
    NotStaticError,
    Scope,
    TypeClass,
    Unknown,
)

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.interpret import Interpreter

MOST_BASES = 20
"""Types derived from one another."""


def define(interpreter: Interpreter, node: ast.ClassDef, base: Any, scope: Scope) -> TypeClass:
    """A class statement whose base is a type."""
    inner = Scope(scope.path, {}, scope)
    names: dict[str, Any] = {}
    for one in node.body:
        if isinstance(one, ast.FunctionDef):
            names[one.name] = Function(one.name, one.args, one.body, scope, one.returns)
        elif isinstance(one, ast.Assign | ast.AnnAssign):
            interpreter.body([one], inner)
    return TypeClass(node.name, base, {**inner.names, **names})


@dataclass(frozen=True)
class Compilation:
    """`@compiles(Element, "postgresql")`: the function under it spells an element of the program's own."""

    of: TypeClass
    dialects: tuple[str, ...]

    def add(self, function: Function) -> None:
        """The function that spells it."""
        for one in self.dialects or ("",):
            self.of.spellings[one] = function


def compiles(of: Any, *dialects: Any) -> Any:
    """`sqlalchemy.ext.compiler.compiles`."""
    return Compilation(of, tuple(map(str, dialects))) if isinstance(of, TypeClass) else IGNORED


def _compiled(interpreter: Interpreter, of: TypeClass, chain: list[TypeClass], arguments: list[Any]) -> Any:
    """An element of the program's own as the text that it compiles to."""
    spelling = next(
        (one.spellings.get(interpreter.dialect) or one.spellings.get("") for one in chain if one.spellings), None
    )
    if spelling is None:
        raise NotStaticError(f"how {of.name} is spelt for {interpreter.dialect} is not known")
    given = [interpreter.evaluator.argument(one, _nowhere()) for one in arguments]
    clauses = [sa.literal(one) if isinstance(one, str | int | float) else one for one in given]
    element = Instance(of, {"clauses": clauses, "name": of.name})
    dialect = dialect_named(interpreter.dialect)

    def process(value: Any, **_: Any) -> str:
        if hasattr(value, "__clause_element__"):
            value = value.__clause_element__()
        parts = value if isinstance(value, list) else [value]
        return ", ".join(str(one.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for one in parts)

    compiler = Instance(
        "compiler", {"process": Native(process), "dialect": Instance("dialect", {"name": interpreter.dialect})}
    )
    text = interpreter.run(spelling, [element, compiler], {})
    if not isinstance(text, str):
        raise NotStaticError(f"how {of.name} is spelt is not known")
    return sa.text(text.replace(":", "\\:"))


def dialect_named(name: str) -> Any:
    """A dialect of SQLAlchemy's, without a driver; it does not double the percent signs, as those must for which they are parameters."""
    found = importlib.import_module(f"sqlalchemy.dialects.{name}").dialect(paramstyle="named")
    if name == "mssql":
        found.default_schema_name = "dbo"  # which a connection would tell, and comments need
    return found


def column_type(interpreter: Interpreter, of: TypeClass, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """The type of SQLAlchemy's that an object of such a class is in the database."""
    chain = [of]
    while isinstance(chain[-1].base, TypeClass) and len(chain) < MOST_BASES:
        chain.append(chain[-1].base)
    names: dict[str, Any] = {}
    for one in reversed(chain):
        names.update(one.names)
    base = chain[-1].base
    made = Instance(TypeClass(of.name, None, names))
    arguments, keywords = _initialised(interpreter, names, made, arguments, keywords)
    if isinstance(base, type) and issubclass(base, ClauseElement):
        return _compiled(interpreter, of, chain, arguments)
    if isinstance(base, type) and issubclass(base, UserDefinedType) and not issubclass(base, Verbatim):
        return _user_defined(interpreter, names, made)
    if isinstance(base, type) and issubclass(base, TypeDecorator):
        return _decorated(interpreter, of, names, made, arguments, keywords)
    return _constructed(interpreter, base, arguments, keywords)


def _constructed(interpreter: Interpreter, base: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if isinstance(base, TypeClass):
        return column_type(interpreter, base, arguments, keywords)
    if isinstance(base, Native):
        return interpreter.evaluator.call(base, arguments, keywords, _nowhere())
    try:
        return library.made(base, *arguments, **keywords) if isinstance(base, type) else base
    except FAILURES as error:
        raise NotStaticError(f"{type(error).__name__}: {error}") from None


def _nowhere() -> Any:
    from dbdesign.readers.sqlalchemy.values import Place

    return Place("", 1)


def _initialised(
    interpreter: Interpreter, names: dict[str, Any], made: Instance, arguments: list[Any], keywords: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """What the type's own constructor hands on to the one above."""
    constructor = names.get("__init__")
    if not isinstance(constructor, Function):
        return arguments, keywords
    handed: list[tuple[list[Any], dict[str, Any]]] = []

    def hand_on(*given: Any, **named: Any) -> None:
        handed.append((list(given), named))

    above = Instance("super", {"__init__": Native(hand_on)})
    scope = Scope(constructor.scope.path, {"super": Native(lambda *_: above)}, constructor.scope)
    method = Function("__init__", constructor.arguments, constructor.body, scope, None, "method", made)
    try:
        interpreter.run(method, arguments, keywords)
    except NotStaticError as error:
        made.names.setdefault("", Unknown(str(error)))
    return handed[0] if handed else ([], {})


def _decorated(
    interpreter: Interpreter,
    of: TypeClass,
    names: dict[str, Any],
    made: Instance,
    arguments: list[Any],
    keywords: dict[str, Any],
) -> Any:
    impl = names.get("impl")
    if isinstance(impl, Unknown) or impl is None or impl is IGNORED:
        raise NotStaticError(f"the type that {of.name} is made of is not known")
    own = impl if isinstance(impl, TypeEngine) else _constructed(interpreter, impl, arguments, keywords)
    made.names.setdefault("impl", own)
    choose = names.get("load_dialect_impl")
    if not isinstance(choose, Function):
        return own
    dialect = Instance("dialect", {"name": interpreter.dialect, "type_descriptor": Native(_as_object)})
    scope = Scope(
        choose.scope.path,
        {"super": Native(lambda *_: Instance("super", {"load_dialect_impl": Native(lambda _: own)}))},
        choose.scope,
    )
    try:
        chosen = interpreter.run(
            Function(choose.name, choose.arguments, choose.body, scope, None, "method", made), [dialect], {}
        )
    except NotStaticError as error:
        interpreter.note(f"{of.name} is taken for its impl: {error}")
        return own
    return _as_object(chosen) if chosen is not None else own


def _as_object(kind: Any) -> Any:
    return kind() if isinstance(kind, type) and issubclass(kind, TypeEngine) else kind


def _user_defined(interpreter: Interpreter, names: dict[str, Any], made: Instance) -> Any:
    spelling = names.get("get_col_spec")
    if not isinstance(spelling, Function):
        raise NotStaticError("the spelling of a type of the program is not known")
    method = Function(spelling.name, spelling.arguments, spelling.body, spelling.scope, None, "method", made)
    text = interpreter.run(method, [], {})
    if not isinstance(text, str):
        raise NotStaticError("the spelling of a type of the program is not known")
    return Verbatim(text)
