"""From modules to a schema: which exports are tables, which core is read, and the engine's own reader for the statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from dbdesign.errors import DesignError, InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.drizzle.columns import enum_values, namespace_of, quoted, sequence_clauses
from dbdesign.readers.drizzle.configuration import configurations, naming, schema_paths
from dbdesign.readers.drizzle.draft import Core, ModulesDraft, Statement, TableDraft
from dbdesign.readers.drizzle.expressions import UnsayableError, literal, sql_text
from dbdesign.readers.drizzle.statements import all_uniques, statements
from dbdesign.readers.drizzle.tables import CORES, TableReader, table_call
from dbdesign.readers.typescript import CallNode, FunctionNode, Member, ObjectValue, Program, Reference, Value

ENGINES: Mapping[Core, Engine] = {"pg": Engine.POSTGRESQL, "mysql": Engine.MYSQL, "sqlite": Engine.SQLITE}
TITLES: Mapping[Core, str] = {"pg": "pg-core", "mysql": "mysql-core", "sqlite": "sqlite-core"}
_FAMILIES: Mapping[Engine, Core] = {
    Engine.POSTGRESQL: "pg", Engine.COCKROACHDB: "pg", Engine.MYSQL: "mysql", Engine.TIDB: "mysql", Engine.SQLITE: "sqlite",
}  # fmt: skip
VIEWS = {
    "pgView": "VIEW",
    "pgMaterializedView": "MATERIALIZED VIEW",
    "view": "VIEW",
    "materializedView": "MATERIALIZED VIEW",
    "mysqlView": "VIEW",
    "sqliteView": "VIEW",
}


def read_files(files: Mapping[str, str], engine: Engine | None) -> ReadResult:
    """See `readers.drizzle.read`."""
    return _Reading(files, engine).result()


class _Reading:
    def __init__(self, files: Mapping[str, str], engine: Engine | None) -> None:
        self.program = Program(files)
        self.engine = engine
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self.skipped: dict[tuple[str, str], list[int]] = {}
        found = tuple(configurations(self.program))
        self.paths = schema_paths(self.program, found)
        casings = {one.casing for one in found}
        self.casing = casings.pop() if len(casings) == 1 else None
        self.renaming = naming(self.casing)

    def say(self, path: str, line: int, text: str, reason: str) -> None:
        """Note what is not understood."""
        self.unread.append(Unread(line=max(line, 1), text=text[:200], reason=reason, path=path or None))

    def result(self) -> ReadResult:
        exported = list(self._exports())
        core = self._core(exported)
        draft = self._draft(core, exported)
        if not draft.tables and not draft.enums and not draft.views:
            raise InputError(
                "nothing of Drizzle is declared here: no exported table, enumeration or view",
                remedy="Give the folder of the schema files",
            )
        schema = self._schema(draft)
        self._syntax()
        lines, files = _places(draft)
        if self.casing:
            self.notes.append(f"names that the source leaves out are in {self.casing}, as drizzle.config says")
        skipped = tuple(
            Skipped(kind=kind, count=len(at), lines=tuple(at), reason=reason)
            for (kind, reason), at in self.skipped.items()
        )
        return ReadResult(
            schema=schema,
            unread=tuple(self.unread),
            skipped=skipped,
            lines=lines,
            files=files,
            notes=tuple(self.notes),
            proof=Proof(level="parsed", by="tree-sitter (TypeScript)"),
        )

    def _syntax(self) -> None:
        for path, problem in self.program.problems():
            self.say(path, problem.line, problem.text, "it does not parse")

    # --- what is exported ---

    def _exports(self) -> Iterator[Value]:
        """The values that files export, each once, in the order of the files."""
        seen: set[int] = set()
        for path in self.paths:
            if "drizzle-orm" not in self.program.files[path] and not _may_declare(self.program.files[path]):
                continue
            module = self.program.module(path)
            names = list(module.exports) or (["default"] if module.whole is not None else [])
            for name in names:
                value = self.program.exported(path, name)
                for one in _inner(value):
                    if isinstance(one, CallNode) and id(one) not in seen:
                        seen.add(id(one))
                        yield one

    def _core(self, exported: list[Value]) -> Core:
        counts: dict[Core, int] = {}
        for value in exported:
            found = table_call(value)
            if found is not None:
                counts[found[1]] = counts.get(found[1], 0) + 1
        wanted = _FAMILIES.get(self.engine) if self.engine is not None else None
        if wanted is not None and (wanted in counts or not counts):
            chosen = wanted
        else:
            chosen = max(counts, key=lambda core: counts[core]) if counts else self._core_of_enums(exported)
        for core, count in counts.items():
            if core != chosen:
                self.notes.append(
                    f"{count} tables of {TITLES[core]} are left out: the schema is read for {TITLES[chosen]}"
                )
        return chosen

    def _core_of_enums(self, exported: list[Value]) -> Core:
        sources = {CORES.get(one.chain[0].source or "") for one in exported if isinstance(one, CallNode)}
        for core in ENGINES:
            if core in sources:
                return core
        return "pg"

    def _draft(self, core: Core, exported: list[Value]) -> ModulesDraft:
        draft = ModulesDraft(core)
        reader = TableReader(self.program, core, self.renaming, self.say)
        begun: list[tuple[CallNode, TableDraft]] = []
        for value in exported:
            found = table_call(value)
            if (
                found is not None
                and found[1] == core
                and isinstance(value, CallNode)
                and id(found[0]) not in reader.drafts
            ):
                table = reader.begin(found[0], value)
                if table is not None:
                    begun.append((found[0], table))
        for call, table in begun:
            reader.columns(call, table)
        for call, table in begun:
            reader.finish(call, table)
        draft.tables = _once([table for _, table in begun], self.say)
        for value in exported:
            if isinstance(value, CallNode) and table_call(value) is None:
                self._object(draft, reader, value)
        used = [table.namespace for table in draft.tables if table.namespace]
        draft.namespaces = list(dict.fromkeys([*draft.namespaces, *used]))
        return draft

    def _object(self, draft: ModulesDraft, reader: TableReader, value: CallNode) -> None:
        head = own_chain(value)[0]
        handler = self.OBJECTS.get(head.name)
        is_own = head.source in CORES or namespace_of(head) is not None
        if handler is None or not is_own:
            return
        if head.source in CORES and CORES[head.source or ""] != draft.core:
            return
        try:
            handler(self, draft, reader, value)
        except UnsayableError as problem:
            self.say(head.path, head.line, head.text, f"{head.name}: {problem}")

    def _namespace(self, draft: ModulesDraft, _reader: TableReader, value: CallNode) -> None:
        name = value.arg(0)
        if isinstance(name, str) and name != "public":
            draft.namespaces.append(name)

    def _enum(self, draft: ModulesDraft, _reader: TableReader, value: CallNode) -> None:
        name, values = value.arg(0), enum_values(value.args[1:])
        if not isinstance(name, str) or draft.core != "pg":
            return
        if not values:
            raise UnsayableError("its values are known only when the program runs")
        where, label = self._named(value, name)
        draft.enums.append(
            Statement(label, f"CREATE TYPE {where} AS ENUM ({', '.join(map(literal, values))})", value.path, value.line)
        )

    def _named(self, value: CallNode, name: str) -> tuple[str, str]:
        namespace = namespace_of(value)
        namespace = None if namespace == "public" else namespace
        core: Core = "pg"
        return (f"{quoted(namespace, core)}." if namespace else "") + quoted(
            name, core
        ), f"{namespace}.{name}" if namespace else name

    def _sequence(self, draft: ModulesDraft, _reader: TableReader, value: CallNode) -> None:
        name, options = value.arg(0), value.arg(1)
        if not isinstance(name, str):
            raise UnsayableError("its name is not known")
        where, label = self._named(value, name)
        clauses = sequence_clauses(options) if isinstance(options, ObjectValue) else []
        draft.sequences.append(Statement(label, " ".join(["CREATE SEQUENCE", where, *clauses]), value.path, value.line))

    def _view(self, draft: ModulesDraft, reader: TableReader, value: CallNode) -> None:
        chain = own_chain(value)
        name = chain[0].arg(0)
        if not isinstance(name, str):
            raise UnsayableError("its name is not known")
        if any(one.name == "existing" for one in chain):
            self.skipped.setdefault(("existing()", "the view is made elsewhere"), []).append(chain[0].line)
            return
        body = next((one.arg(0) for one in chain if one.name == "as"), None)
        if body is None or isinstance(body, FunctionNode):
            raise UnsayableError("its query is built by code")
        query = sql_text(body, reader.name_of)
        namespace = namespace_of(chain[0])
        path = ".".join(quoted(one, draft.core) for one in (namespace, name) if one)
        kind = VIEWS[chain[0].name]
        label = f"{namespace}.{name}" if namespace else name
        draft.views.append(
            Statement(
                label,
                f"CREATE {kind} {path}{_view_options(chain)} AS {query.strip().rstrip(';')}",
                value.path,
                chain[0].line,
            )
        )

    def _policy(self, _draft: ModulesDraft, reader: TableReader, value: CallNode) -> None:
        link = next((one for one in value.chain if one.name == "link"), None)
        table = reader.table_of(link.arg(0)) if link is not None else None
        if table is not None:
            reader.add_policy(table, value.chain[0])

    def _role(self, _draft: ModulesDraft, _reader: TableReader, value: CallNode) -> None:
        self.skipped.setdefault(("pgRole", "roles belong to the server, not to the schema"), []).append(value.line)

    # --- the engine's reader ---

    def _by_engine(self, core: Core, written: list[str]) -> tuple[str, ReadResult]:
        """What the engine's reader makes of the statements; those that would spoil all (quotes that do not end) are left out."""
        text = "\n\n".join(written) + "\n"
        try:
            return text, _sql_reader(core)(text, execute=False)
        except DesignError:
            kept = [one for one in written if self._is_readable(core, one)]
        text = "\n\n".join(kept) + "\n"
        return text, _sql_reader(core)(text, execute=False)

    def _is_readable(self, core: Core, statement: str) -> bool:
        try:
            _sql_reader(core)(f"{statement}\n", execute=False)
        except DesignError as error:
            self.say("", 1, statement, f"drizzle-kit's statement is not understood: {error.what}")
            return False
        return True

    def _schema(self, draft: ModulesDraft) -> Schema:
        engine = ENGINES[draft.core]
        text, result = self._by_engine(draft.core, list(statements(draft)))
        by_line = text.splitlines()
        for one in result.unread:
            near = by_line[one.line - 1] if 0 < one.line <= len(by_line) else one.text
            self.unread.append(
                Unread(
                    line=1, text=near.strip()[:200], reason=f"drizzle-kit's statement is not understood: {one.reason}"
                )
            )
        schema = result.schema
        return schema if self.engine is None or self.engine == engine else schema.model_copy(update={"engine": engine})

    OBJECTS: ClassVar = {
        "pgSchema": _namespace,
        "pgEnum": _enum,
        "enum": _enum,
        "pgSequence": _sequence,
        "sequence": _sequence,
        "pgPolicy": _policy,
        "pgRole": _role,
        **dict.fromkeys(VIEWS, _view),
    }


def own_chain(value: CallNode) -> tuple[CallNode, ...]:
    """The calls of a chain without the `pgSchema("x")` that begins it."""
    chain = value.chain
    return chain[1:] if len(chain) > 1 and namespace_of(chain[1]) is not None else chain


def _sql_reader(core: Core) -> Callable[..., ReadResult]:
    from dbdesign.readers import mysql, postgresql, sqlite

    return {"pg": postgresql.read, "mysql": mysql.read, "sqlite": sqlite.read}[core]


def _may_declare(text: str) -> bool:
    """Whether a file that does not name drizzle-orm may still declare tables, by a factory of another file."""
    return "able(" in text or "export " in text or "module.exports" in text


def _inner(value: Value) -> Iterator[Value]:
    """The value itself, or what an exported object holds."""
    if isinstance(value, ObjectValue):
        yield from value.values()
    else:
        yield value


def _once(tables: list[TableDraft], say: Callable[[str, int, str, str], None]) -> list[TableDraft]:
    found: dict[str, TableDraft] = {}
    for table in tables:
        if table.label in found:
            say(table.path, table.line, table.label, "a table of that name is declared before")
        elif not table.columns:
            say(table.path, table.line, table.label, "a table without a column that is understood")
        else:
            found[table.label] = table
    kept = list(found.values())
    for table in kept:
        lost = [key for key in table.foreign_keys if not any(key.target is one for one in kept)]
        for key in lost:
            say(table.path, key.line, key.name, "the table that it references is not understood")
        table.foreign_keys = [key for key in table.foreign_keys if key not in lost]
    return kept


def _view_options(chain: tuple[CallNode, ...]) -> str:
    options = next((one.arg(0) for one in chain if one.name == "with"), None)
    if not isinstance(options, ObjectValue):
        return ""
    snake = naming("snake_case")
    return (
        " WITH ("
        + ", ".join(
            f"{snake(key)} = {str(value).lower() if isinstance(value, bool) else value}"
            for key, value in options.items()
        )
        + ")"
    )


def _places(draft: ModulesDraft) -> tuple[dict[str, int], dict[str, str]]:
    lines: dict[str, int] = {}
    files: dict[str, str] = {}
    for table in draft.tables:
        own = {table.label: table.line}
        own |= {f"{table.label}.{column.name}": column.line for column in table.columns}
        named = {column.name: column.line for column in table.columns}
        for name, columns, _ in all_uniques(table):
            own[f"{table.label}.{name}"] = table.lines.get(name, named.get(columns[0], table.line))
        own |= {f"{table.label}.{name}": line for name, line in table.lines.items()}
        lines |= own
        files |= dict.fromkeys(own, table.path)
    for one in (*draft.enums, *draft.sequences, *draft.views):
        lines[one.label], files[one.label] = one.line, one.path
    return lines, files


__all__ = ["Member", "Reference", "read_files"]
