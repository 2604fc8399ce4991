"""SQL types of column builders (drizzle-orm 0.45, `getSQLType` of each column class)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.readers.typescript import CallNode, FunctionNode, ObjectValue, Reference, Value, text_value

Config = Mapping[str, Value]


def number(config: Config, key: str) -> str | None:
    """A number of the configuration as text."""
    value = config.get(key)
    return text_value(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _is(config: Config, key: str) -> bool:
    return config.get(key) is True


def _plain(name: str) -> Callable[[Config], str]:
    return lambda _: name


def _sized(name: str, key: str = "length") -> Callable[[Config], str]:
    def sized(config: Config) -> str:
        size = number(config, key)
        return f"{name}({size})" if size is not None else name

    return sized


def _precise(name: str, separator: str = ",") -> Callable[[Config], str]:
    def precise(config: Config) -> str:
        precision, scale = number(config, "precision"), number(config, "scale")
        text = name
        if precision is not None:
            text += f"({precision}{separator}{scale})" if scale is not None else f"({precision})"
        return text + (" unsigned" if _is(config, "unsigned") else "")

    return precise


def _unsigned(name: str) -> Callable[[Config], str]:
    return lambda config: f"{name} unsigned" if _is(config, "unsigned") else name


def _zoned(name: str) -> Callable[[Config], str]:
    def zoned(config: Config) -> str:
        precision = number(config, "precision")
        return (
            name
            + (f"({precision})" if precision is not None else "")
            + (" with time zone" if _is(config, "withTimezone") else "")
        )

    return zoned


def _interval(config: Config) -> str:
    fields, precision = config.get("fields"), number(config, "precision")
    return (
        "interval"
        + (f" {fields}" if isinstance(fields, str) else "")
        + (f"({precision})" if precision not in {None, "0"} else "")
    )


PG: Mapping[str, Callable[[Config], str]] = {
    **{
        name: _plain(name)
        for name in (
            "bigint",
            "bigserial",
            "boolean",
            "cidr",
            "date",
            "inet",
            "integer",
            "json",
            "jsonb",
            "line",
            "macaddr",
            "macaddr8",
            "point",
            "real",
            "serial",
            "smallint",
            "smallserial",
            "text",
            "uuid",
        )
    },
    "doublePrecision": _plain("double precision"),
    "char": _sized("char"),
    "varchar": _sized("varchar"),
    "numeric": _precise("numeric", ", "),
    "decimal": _precise("numeric", ", "),
    "time": _zoned("time"),
    "timestamp": _zoned("timestamp"),
    "interval": _interval,
    "geometry": _plain("geometry(point)"),
    "bit": _sized("bit", "dimensions"),
    "vector": _sized("vector", "dimensions"),
    "halfvec": _sized("halfvec", "dimensions"),
    "sparsevec": _sized("sparsevec", "dimensions"),
}
MYSQL: Mapping[str, Callable[[Config], str]] = {
    **{
        name: _plain(name)
        for name in ("boolean", "date", "json", "longtext", "mediumtext", "serial", "text", "tinytext", "year")
    },
    **{name: _unsigned(name) for name in ("bigint", "int", "mediumint", "smallint", "tinyint")},
    **{name: _sized(name) for name in ("binary", "char", "varbinary", "varchar")},
    **{name: _sized(name, "fsp") for name in ("datetime", "time", "timestamp")},
    **{name: _precise(name) for name in ("decimal", "double", "float", "real")},
}
SQLITE: Mapping[str, Callable[[Config], str]] = {
    **{name: _plain(name) for name in ("blob", "integer", "numeric", "real")},
    "int": _plain("integer"),
    "text": lambda config: "text" if config.get("mode") == "json" else _sized("text")(config),
}
TYPES = {"pg": PG, "mysql": MYSQL, "sqlite": SQLITE}
SERIALS = frozenset({"serial", "smallserial", "bigserial"})


def name_and_config(args: tuple[Value, ...]) -> tuple[str | None, Value]:
    """A builder's name and configuration, either of which may be left out (`getColumnNameAndConfig`)."""
    if args and isinstance(args[0], str) and args[0]:
        return args[0], args[1] if len(args) > 1 else ObjectValue()
    if args and args[0] == "":
        return None, args[1] if len(args) > 1 else ObjectValue()
    return None, args[0] if args else ObjectValue()


def custom_type(definition: CallNode, config: Value) -> str | None:
    """What a `customType({ dataType })` says for a configuration; None where it must be run to know."""
    options = definition.arg(0)
    data_type = options.get("dataType") if isinstance(options, ObjectValue) else None
    if not isinstance(data_type, FunctionNode):
        return data_type if isinstance(data_type, str) else None
    found = data_type.returned((config,))
    return found if isinstance(found, str) else None


def is_reference(value: Value, name: str) -> bool:
    """Whether it is a package's or a global's export of that name."""
    return isinstance(value, Reference) and value.last == name
