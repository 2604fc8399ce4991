"""Django's query expressions as SQL: F, Value, Func and its many subclasses, Case, casts, lookups and Q, as the ORM compiles them.

Source: django.db.models.expressions, functions and lookups, `Query.build_filter` and `WhereNode.as_sql` of Django 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from dbdesign.model.schema import Engine
from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.functions import EXTRACTS, FUNCTIONS, TEMPLATES, TEXT_FUNCTIONS, TRUNCATIONS
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.state import ModelState, UnsayableError
from dbdesign.readers.django.types import ColumnTypes
from dbdesign.readers.django.values import Called, Negated, Operated, Value

MAX_NESTING = 60
_TEXT_KINDS = frozenset({"CharField", "TextField", "SlugField", "FileField", "FilePathField"})
_CONDITIONS = frozenset({"Q", "Exists"})


class Expressions:
    """Compiles expressions over the columns of one model."""

    def __init__(self, types: ColumnTypes, state: ModelState) -> None:
        self.types = types
        self.registry = types.registry
        self.engine = types.engine
        self.state = state

    def quoted(self, name: str) -> str:
        """A name in the engine's quotation marks, as Django always has them."""
        mark = "`" if self.engine in {Engine.MYSQL, Engine.TIDB} else '"'
        if name.startswith(mark) and name.endswith(mark) and len(name) > 1:
            return name
        if f"{mark}.{mark}" in name:  # `schema"."table`, which Django's own quoting lets through
            return f"{mark}{name}{mark}"
        return f"{mark}{name.replace(mark, mark * 2)}{mark}"

    def column(self, name: str) -> str:
        """The quoted column of a field."""
        return self.quoted(self.registry.column(self.registry.field(self.state, name)))

    def condition(self, value: Value) -> str:
        """A condition: a Q, a lookup, an expression that is true or false."""
        from dbdesign.readers.django.conditions import Conditions

        return Conditions(self).sql(value)

    def sql(self, value: Value, like: FieldState | None = None, depth: int = 0) -> str:
        """An expression as SQL.

        Args:
            like: the field that a constant in it is compared with or stored in.

        Raises:
            UnsayableError: for what cannot be said without running the program.
        """
        if depth > MAX_NESTING:
            raise UnsayableError("nested too deeply")
        if isinstance(value, Operated):
            return self._combined(value, depth + 1)
        if isinstance(value, Negated):
            return self._negated(value, like, depth + 1)
        if not isinstance(value, Called):
            return literal(value, self.engine, like)
        if value.receiver is not None:
            return self._method(value, like, depth + 1)
        handler = self._HANDLERS.get(value.last)
        if handler is not None:
            return handler(self, value, like, depth + 1)
        if value.declaration is not None:
            return self._declared(value, depth + 1)
        if value.last in _CONDITIONS or _is_lookup(value):
            return self.condition(value)
        if value.last in TEMPLATES or value.last in FUNCTIONS:
            return self._function(value, depth + 1)
        return literal(value, self.engine, like)

    def text_or_field(self, value: Value, depth: int = 0) -> str:
        """An argument of a function: a text is the name of a field there."""
        return self.path(value)[0] if isinstance(value, str) else self.sql(value, None, depth)

    def path(self, path: str) -> tuple[str, FieldState | None]:
        """`field__transform__…` as SQL, and the field whose values it has (None where a transform changed it)."""
        from dbdesign.readers.django.transforms import transformed

        name, *rest = path.split("__")
        one = self.registry.field(self.state, name)
        sql, rest = self.quoted(self.registry.column(one)), self._own_key(one, rest)
        found: FieldState | None = self.types.resolved(self.state, one)
        return transformed(self, sql, found, rest)

    def _own_key(self, one: FieldState, rest: list[str]) -> list[str]:
        """`customer__id` is the foreign key's own column."""
        if one.is_relation and rest:
            _, target = self.registry.target(self.state, one)
            if rest[0] in {target.name, "pk"}:
                return rest[1:]
        return rest

    def kind(self, value: Value) -> str | None:
        """The class of field that an expression's values are of, where it is plain to see."""
        if isinstance(value, str):
            value = Called("F", (value,))
        if not isinstance(value, Called):
            return None
        if value.last == "F" and value.args and isinstance(value.args[0], str):
            _, one = self.path(value.args[0])
            return one.kind if one else None
        if value.last == "Value":
            return "CharField" if value.args and isinstance(value.args[0], str) else None
        if value.last in TEXT_FUNCTIONS:
            return "TextField"
        if value.last in {"Coalesce", "Greatest", "Least", "NullIf"} and value.args:
            return self.kind(value.args[0])
        if value.last in {"Cast", "ExpressionWrapper"}:
            output = value.kwargs.get("output_field") or (value.args[1] if len(value.args) > 1 else None)
            return output.kind if isinstance(output, FieldState) else None
        return None

    def _combined(self, value: Operated, depth: int) -> str:
        if _is_conditional(value):
            return self.condition(value)
        if value.operator == "+" and _is_vector(value.left):
            return f"({self.sql(value.left, None, depth)} || {self.sql(value.right, None, depth)})"
        operator = value.operator
        if operator not in {"+", "-", "*", "/", "%", "^"}:
            raise UnsayableError(f"the operator {operator}")
        if operator in {"%", "^"} and self.engine is Engine.SQLITE and operator == "^":
            return f"POWER({self.sql(value.left, None, depth)}, {self.sql(value.right, None, depth)})"
        return f"({self.sql(value.left, None, depth)} {operator} {self.sql(value.right, None, depth)})"

    def _negated(self, value: Negated, like: FieldState | None, depth: int) -> str:
        if value.operator == "~":
            return self.condition(value)
        return f"({self.sql(value.operand, like, depth)} * -1)"

    def _method(self, value: Called, like: FieldState | None, depth: int) -> str:
        if value.path in {"asc", "desc"}:
            return self.ordered(value, depth)
        operator = {"bitand": "&", "bitor": "|", "bitleftshift": "<<", "bitrightshift": ">>", "bitxor": "#"}.get(
            value.path
        )
        if operator and len(value.args) == 1:
            return f"({self.sql(value.receiver, None, depth)} {operator} {self.sql(value.args[0], None, depth)})"
        if value.path in {"time", "date"} and not isinstance(value.receiver, str):
            return literal(value, self.engine, like)
        raise UnsayableError(f".{value.path}()")

    def ordered(self, value: Value, depth: int = 0) -> str:
        """An expression with its order, as an index takes it."""
        if isinstance(value, Called) and value.path in {"asc", "desc"} and value.receiver is not None:
            inner, descending, kwargs = value.receiver, value.path == "desc", value.kwargs
        elif isinstance(value, Called) and value.last == "OrderBy":
            inner, descending, kwargs = (
                _argument(value, 0, "expression"),
                value.kwargs.get("descending") is True,
                value.kwargs,
            )
        else:
            return self.indexed(value, depth)
        nulls = (
            " NULLS FIRST"
            if kwargs.get("nulls_first") is True
            else " NULLS LAST"
            if kwargs.get("nulls_last") is True
            else ""
        )
        return f"{self.indexed(inner, depth)} {'DESC' if descending else 'ASC'}{nulls}"

    def indexed(self, value: Value, depth: int = 0) -> str:
        """An expression as an index's key: columns plain, anything else in parentheses, COLLATE and operator classes outside."""
        if isinstance(value, str):
            value = Called("F", (value,))
        if isinstance(value, Called) and value.last == "OpClass" and value.receiver is None:
            return f"{self.indexed(_argument(value, 0, 'expression'), depth)} {_argument(value, 1, 'name')}"
        if isinstance(value, Called) and value.last == "Collate" and value.receiver is None:
            return f"{self.indexed(_argument(value, 0, 'expression'), depth)} COLLATE {self.quoted(str(_argument(value, 1, 'collation')))}"
        if isinstance(value, Called) and value.last == "F" and "__" not in str(_argument(value, 0, "name")):
            return self.sql(value, None, depth)
        return f"({self.sql(value, None, depth)})"

    def _function(self, value: Called, depth: int) -> str:
        fixed = value.last in {"Mod", "Log"}
        arguments = [self._exact(one, depth) if fixed else self.text_or_field(one, depth) for one in value.args]
        template = TEMPLATES.get(value.last)
        if template is not None:
            sql = template.get(self.engine) or template.get(None)
            if sql is None:
                raise UnsayableError(f"{value.last} on {self.engine.value}")
            return _filled(sql, arguments)
        return f"{FUNCTIONS[value.last]}({', '.join(arguments)})"

    def _exact(self, value: Value, depth: int) -> str:
        """PostgreSQL has some functions for exact numbers only."""
        sql = self.text_or_field(value, depth)
        return f"({sql})::numeric(1000, 15)" if self.types.is_postgresql and self.kind(value) == "FloatField" else sql

    def _f(self, value: Called, _: FieldState | None, __: int) -> str:
        return self.path(str(_argument(value, 0, "name")))[0]

    def _value(self, value: Called, like: FieldState | None, depth: int) -> str:
        output = value.kwargs.get("output_field") or (value.args[1] if len(value.args) > 1 else None)
        inner = _argument(value, 0, "value")
        if isinstance(inner, Called) and inner.last == "Value":
            return self.sql(inner, like, depth)
        return literal(inner, self.engine, output if isinstance(output, FieldState) else None)

    def _wrapped(self, value: Called, like: FieldState | None, depth: int) -> str:
        return (
            self.text_or_field(value.args[0], depth)
            if value.args
            else self.sql(value.kwargs.get("expression"), like, depth)
        )

    def _func(self, value: Called, _: FieldState | None, depth: int) -> str:
        arguments = [self.text_or_field(one, depth) for one in value.args]
        function, template = value.kwargs.get("function"), value.kwargs.get("template")
        return _called(function, template, value.kwargs.get("arg_joiner"), arguments)

    def _declared(self, value: Called, depth: int) -> str:
        """A Func subclass of the sources, by its class attributes."""
        from dbdesign.readers.django.declared_functions import class_texts

        texts = class_texts(value, self.registry)
        if texts is None:
            raise UnsayableError(f"{value.path} is the project's own expression")
        arguments = [self.text_or_field(one, depth) for one in value.args]
        if not texts.get("function") and not texts.get("template") and texts["base"] in {*FUNCTIONS, *TEMPLATES}:
            return self._function(Called(texts["base"] or "", value.args, value.kwargs), depth)
        return _called(texts.get("function"), texts.get("template"), texts.get("arg_joiner"), arguments)

    def _cast(self, value: Called, _: FieldState | None, depth: int) -> str:
        output = _argument(value, 1, "output_field")
        if not isinstance(output, FieldState):
            raise UnsayableError("a cast to a field that is not known")
        inner = self.text_or_field(_argument(value, 0, "expression"), depth)
        kind = self.types.type(self.state, output)
        return f"({inner})::{kind}" if self.types.is_postgresql else f"CAST({inner} AS {kind})"

    def _collate(self, value: Called, _: FieldState | None, depth: int) -> str:
        inner = self.text_or_field(_argument(value, 0, "expression"), depth)
        return f"{inner} COLLATE {self.quoted(str(_argument(value, 1, 'collation')))}"

    def _case(self, value: Called, _: FieldState | None, depth: int) -> str:
        parts = ["CASE"]
        for one in value.args:
            if not isinstance(one, Called) or one.last != "When":
                raise UnsayableError("a Case of something else than When")
            then = one.kwargs.get("then", one.args[1] if len(one.args) > 1 else None)
            conditions = {name: inner for name, inner in one.kwargs.items() if name not in {"then", "condition"}}
            given = one.kwargs.get("condition", one.args[0] if one.args else Called("Q", (), conditions))
            parts.append(f"WHEN {self.condition(given)} THEN {self.text_or_field(then, depth)}")
        parts.append(f"ELSE {self.text_or_field(value.kwargs.get('default'), depth)} END")
        return " ".join(parts)

    def _concat(self, value: Called, _: FieldState | None, depth: int) -> str:
        if len(value.args) < 2:
            raise UnsayableError("a Concat of one")
        first, last = value.args[:-1], value.args[-1]
        if self.engine in {Engine.MYSQL, Engine.TIDB}:
            found = self.text_or_field(last, depth)
            for one in reversed(first):
                found = f"CONCAT_WS('', {self.text_or_field(one, depth)}, {found})"
            return found
        found = f"COALESCE({self._as_text(last, depth)}, '')"
        for number, one in enumerate(reversed(first)):
            joined = f"(COALESCE({self._as_text(one, depth)}, '') || {found})"
            found = joined if number == len(first) - 1 else f"COALESCE({joined}, '')"
        return found

    def _as_text(self, value: Value, depth: int) -> str:
        sql = self.text_or_field(value, depth)
        if not self.types.is_postgresql or self.kind(value) in _TEXT_KINDS:
            return sql
        return f"({sql})::text"

    def _vector(self, value: Called, _: FieldState | None, depth: int) -> str:
        parts = []
        for one in value.args:
            sql = self.text_or_field(one, depth)
            parts.append(f"COALESCE({sql if self.kind(one) in _TEXT_KINDS else f'({sql})::text'}, '')")
        config = value.kwargs.get("config")
        joined = " || ' ' || ".join(parts)
        inner = f"to_tsvector({joined})" if config is None else f"to_tsvector({self._config(config)}, {joined})"
        weight = value.kwargs.get("weight")
        return inner if weight is None else f"setweight({inner}, {literal(weight, self.engine)})"

    def _config(self, config: Value) -> str:
        if isinstance(config, str):
            return f"{literal(config, self.engine)}::regconfig"
        if isinstance(config, Called) and config.last == "SearchConfig":
            return self._config(_argument(config, 0, "config"))
        return f"{self.sql(config)}::regconfig"

    def _key_text(self, value: Called, _: FieldState | None, depth: int) -> str:
        path = str(_argument(value, 0, "expression"))
        if value.last == "KT":
            from dbdesign.readers.django.transforms import key_text

            return key_text(self, path)
        owner, key = self.text_or_field(_argument(value, 1, "expression"), depth), _argument(value, 0, "key_name")
        arrow = "->>" if value.last == "KeyTextTransform" else "->"
        return f"({owner} {arrow} {literal(key, self.engine)})"

    def _raw(self, value: Called, _: FieldState | None, __: int) -> str:
        sql, *rest = value.args
        given = rest[0] if rest else value.kwargs.get("params", ())
        if not isinstance(sql, str) or not isinstance(given, list | tuple):
            raise UnsayableError("a RawSQL that is known only when the program runs")
        pieces = sql.split("%s")
        if len(pieces) != len(given) + 1:
            raise UnsayableError("a RawSQL whose parameters do not fit")
        filled = "".join(
            a + b for a, b in zip(pieces, [*(literal(one, self.engine) for one in given), ""], strict=True)
        )
        return f"({filled.replace('%%', '%')})"

    def _extract(self, value: Called, _: FieldState | None, depth: int) -> str:
        from dbdesign.readers.django.transforms import extracted

        part = value.last.removeprefix("Extract")
        inner = value.args[0] if value.args else value.kwargs.get("expression")
        name = part or str(_argument(value, 1, "lookup_name"))
        kind = self.kind(inner)
        return extracted(self, self.text_or_field(inner, depth), name.lower(), FieldState("", kind) if kind else None)

    def _trunc(self, value: Called, _: FieldState | None, depth: int) -> str:
        from dbdesign.readers.django.transforms import truncated

        part = value.last.removeprefix("Trunc")
        name = part or str(_argument(value, 1, "kind"))
        inner = _argument(value, 0, "expression")
        kind = self.kind(inner)
        return truncated(self, self.text_or_field(inner, depth), name.lower(), FieldState("", kind) if kind else None)

    def _round(self, value: Called, _: FieldState | None, depth: int) -> str:
        digits = value.kwargs.get("precision", value.args[1] if len(value.args) > 1 else 0)
        number = self._exact(_argument(value, 0, "expression"), depth)
        return f"ROUND({number}, {literal(digits, self.engine)})"

    def _substr(self, value: Called, _: FieldState | None, depth: int) -> str:
        given = [*value.args, *(value.kwargs[name] for name in ("pos", "length") if name in value.kwargs)]
        name = "SUBSTR" if self.engine is Engine.SQLITE else "SUBSTRING"
        return f"{name}({', '.join(self.text_or_field(one, depth) for one in given if one is not None)})"

    _HANDLERS: ClassVar[Mapping[str, Callable[[Any, Called, Any, int], str]]] = {
        "F": _f,
        "Value": _value,
        "ExpressionWrapper": _wrapped,
        "OuterRef": _f,
        "Func": _func,
        "Cast": _cast,
        "Collate": _collate,
        "Case": _case,
        "Concat": _concat,
        "SearchVector": _vector,
        "KT": _key_text,
        "KeyTransform": _key_text,
        "KeyTextTransform": _key_text,
        "RawSQL": _raw,
        "Round": _round,
        "Substr": _substr,
        **dict.fromkeys(EXTRACTS, _extract),
        **dict.fromkeys(TRUNCATIONS, _trunc),
    }


def _argument(value: Called, position: int, name: str) -> Value:
    if len(value.args) > position:
        return value.args[position]
    if name in value.kwargs:
        return value.kwargs[name]
    raise UnsayableError(f"{value.last} without {name}")


def _called(function: Value, template: Value, joiner: Value, arguments: list[str]) -> str:
    given = (joiner if isinstance(joiner, str) else ", ").join(arguments)
    if template is None:
        if not isinstance(function, str):
            raise UnsayableError("a Func whose function is not known")
        return f"{function}({given})"
    if not isinstance(template, str):
        raise UnsayableError("a Func whose template is not known")
    text = template.replace("%(function)s", str(function)).replace("%(expressions)s", given)
    if "%(" in text:
        raise UnsayableError("a Func whose template asks for more")
    return text.replace("%%", "%")


def _filled(template: str, arguments: list[str]) -> str:
    return template.replace("{all}", ", ".join(arguments)).replace("{0}", arguments[0] if arguments else "")


def _is_lookup(value: Called) -> bool:
    from dbdesign.readers.django.conditions import LOOKUP_CLASSES

    return value.last in LOOKUP_CLASSES


def _is_conditional(value: Value, depth: int = 0) -> bool:
    if depth > MAX_NESTING:
        return False
    if isinstance(value, Operated):
        return value.operator in {"&", "|", "^^"} and _is_conditional(value.left, depth + 1)
    if isinstance(value, Negated):
        return value.operator == "~"
    return isinstance(value, Called) and (value.last in _CONDITIONS or _is_lookup(value))


def _is_vector(value: Value, depth: int = 0) -> bool:
    if isinstance(value, Operated) and depth < MAX_NESTING:
        return _is_vector(value.left, depth + 1)
    return isinstance(value, Called) and value.last == "SearchVector"
