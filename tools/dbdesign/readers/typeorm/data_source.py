"""What a program's data source says of the database: engine, prefix, schema, naming strategy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.dialects.typeorm import NamingStrategy, SnakeNamingStrategy
from dbdesign.model.schema import Engine
from dbdesign.readers.typeorm.values import text_of
from dbdesign.readers.typescript import (
    CallNode,
    ClassNode,
    FunctionNode,
    ObjectValue,
    Program,
    Reference,
    Value,
    alternatives,
)

_CALLS = {
    "DataSource",
    "createConnection",
    "forRoot",
    "forRootAsync",
    "createConnections",
    "registerAs",
    "defineConfig",
}
_TYPES = {
    "postgres": Engine.POSTGRESQL, "aurora-postgres": Engine.POSTGRESQL, "mysql": Engine.MYSQL, "mariadb": Engine.MYSQL,
    "aurora-mysql": Engine.MYSQL, "mssql": Engine.SQLSERVER, "sqlite": Engine.SQLITE, "better-sqlite3": Engine.SQLITE,
    "sqljs": Engine.SQLITE, "expo": Engine.SQLITE, "cordova": Engine.SQLITE, "capacitor": Engine.SQLITE, "react-native": Engine.SQLITE,
    "nativescript": Engine.SQLITE, "cockroachdb": Engine.COCKROACHDB,
}  # fmt: skip
TYPE_NAMES = frozenset({*_TYPES, "mongodb", "oracle", "sap", "spanner"})


@dataclass
class DataSource:
    """A data source. `type` is TypeORM's name of the engine (`postgres`); None where no file says it."""

    type: str | None = None
    engine: Engine = Engine.POSTGRESQL
    prefix: str = ""
    schema: str | None = None
    naming: NamingStrategy = field(default_factory=NamingStrategy)
    uuid_extension: str = "uuid-ossp"
    notes: list[str] = field(default_factory=list)


def find_data_source(program: Program, engine: Engine | None) -> DataSource:
    """The options of the data source in the files: of the first one that names its type, or gives a naming strategy."""
    source = DataSource()
    for path, options in _candidates(program):
        types = [one for one in alternatives(options.get("type")) if isinstance(one, str) and one in TYPE_NAMES]
        if types and source.type is None:
            source.type = types[0]
            source.notes.append(f"{path}: the engine is that of its data source ({types[0]})")
        source.prefix = source.prefix or text_of(options.get("entityPrefix")) or ""
        source.schema = source.schema or text_of(options.get("schema")) or None
        source.uuid_extension = text_of(options.get("uuidExtension")) or source.uuid_extension
        if options.get("namingStrategy") and source.naming.name == "default":
            _naming(source, options["namingStrategy"], path)
    _engine(source, engine)
    if source.schema == "public":
        source.schema = None
    return source


def _engine(source: DataSource, engine: Engine | None) -> None:
    named = _TYPES.get(source.type or "")
    if engine is not None:
        source.engine = engine
        if named is not None and named is not engine:
            source.notes.append(f"the data source is for {named.value}; it is read for {engine.value}, as asked")
    elif named is not None:
        source.engine = named
    elif source.type is None:
        source.notes.append("no file says which engine the data source has; PostgreSQL is assumed")
    elif source.type != "mongodb":
        source.notes.append(f"{source.type} is not an engine that is read; the schema is as PostgreSQL would have it")


def _candidates(program: Program) -> Iterator[tuple[str, ObjectValue]]:
    """Objects that look like a data source's options, in the order of the files: those given to TypeORM, then exported ones."""
    for path in program.paths:
        text = program.files[path]
        if not any(word in text for word in ("namingStrategy", "entityPrefix", "type", "synchronize")):
            continue
        if "typeorm" not in text.lower() and "ormconfig" not in path:
            continue
        for call in program.calls(path, _CALLS):
            for value in call.args:
                yield from ((path, one) for one in _objects(program, value, 0))
        yield from _declared(program, path)


def _declared(program: Program, path: str) -> Iterator[tuple[str, ObjectValue]]:
    """Constants and fields that are typed as options, or shaped like them."""
    scope = program.scope(path)
    for name, declaration in scope.declarations.items():
        if declaration.kind == "const" and declaration.node is not None and declaration.node.type in _OBJECT_NODES:
            value = scope.declared(name)
            yield from ((path, one) for one in _objects(program, value, 0) if _is_options(one))
    whole = program.whole(path) if scope.module.whole is not None else None
    yield from ((path, one) for one in _objects(program, whole, 0) if _is_options(one))


_OBJECT_NODES = {"object", "as_expression", "satisfies_expression", "arrow_function", "array"}


def _objects(program: Program, value: Value, depth: int) -> Iterator[ObjectValue]:
    if depth > 4:
        return
    if isinstance(value, ObjectValue):
        yield value
        for name in ("useFactory", "dataSource"):
            if isinstance(value.get(name), FunctionNode):
                yield from _objects(program, value[name], depth + 1)
    elif isinstance(value, FunctionNode):
        yield from _objects(program, value.result, depth + 1)
    elif isinstance(value, CallNode):
        expanded = program.expand(value)
        if expanded is not value:
            yield from _objects(program, expanded, depth + 1)
    elif isinstance(value, list):
        for one in value[:10]:
            yield from _objects(program, one, depth + 1)


def _is_options(options: Mapping[str, Value]) -> bool:
    typed = any(one in TYPE_NAMES for one in alternatives(options.get("type")) if isinstance(one, str))
    return (typed or "type" not in options) and bool(
        options.keys() & {"entities", "synchronize", "migrations", "namingStrategy", "entityPrefix"}
    )


def _naming(source: DataSource, value: Value, path: str) -> None:
    """The strategy of `new SnakeNamingStrategy()`, or of a class that extends one."""
    made = value.callee if isinstance(value, CallNode) else value
    names = [made.last] if isinstance(made, Reference) else []
    own = isinstance(made, ClassNode)
    if isinstance(made, ClassNode):
        base = made.lineage()[-1].extends
        names = [base.last] if isinstance(base, Reference) else []
        overridden = sorted({method.name for one in made.lineage() for method in one.methods})
        if overridden:
            listed = ", ".join(overridden)
            source.notes.append(
                f"{path}: the naming strategy {made.name} has {listed} of its own, which are not followed"
            )
    if "SnakeNamingStrategy" in names:
        source.naming = SnakeNamingStrategy()
    elif "DefaultNamingStrategy" not in names and not own:
        source.notes.append(f"{path}: the naming strategy is not known; names are TypeORM's own")


__all__ = ["TYPE_NAMES", "DataSource", "find_data_source"]
