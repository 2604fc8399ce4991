"""The design file: engine, schema, workload and volumes in one YAML (or JSON) document, validated with errors that name the line.

```yaml
engine: postgresql 18
schema: schema.sql
workload:
  - name: recent orders of a customer
    sql: select * from orders where customer_id = $1 order by created_at desc limit 20
    rate: 300/s
    target: p95 20ms
volumes:
  orders:
    rows: 2e9
    growth: 3% per month
    columns:
      customer_id: {distinct: 5e6, skew: zipf 1.1}
```
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.model import quantity
from dbdesign.model.base import Model
from dbdesign.model.design import Design
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.patterns import AccessModel
from dbdesign.model.schema import Engine, Schema
from dbdesign.model.workload import ColumnVolume, LatencyTarget, Query, TableVolume, Workload
from dbdesign.readers.access_patterns import SECTIONS, check_patterns, parse_patterns
from dbdesign.readers.base import ReadResult
from dbdesign.readers.design_document import DesignFileError, Document, Problem, is_null, line_of, nearest
from dbdesign.readers.lifecycle import bind, parse_lifecycle
from dbdesign.readers.transactions import parse_transactions

if TYPE_CHECKING:
    from yaml.nodes import Node

ENGINE = re.compile(r"([a-z]+)(?:[\s-]*v?(\d+(?:\.\d+)*))?\Z", re.IGNORECASE)
STORES = {"mongodb": "mongodb", "mongo": "mongodb", "dynamodb": "dynamodb", "redis": "redis"}
"""Engines without tables that a design may be for: their schema, if any, is not read here."""

ENGINE_SYNONYMS = {
    "postgres": "postgresql",
    "pg": "postgresql",
    "mssql": "sqlserver",
    "mariadb": "mysql",
    "cockroach": "cockroachdb",
    "crdb": "cockroachdb",
}


class DesignFile(Model):
    """The document before its schema is read.

    Attributes:
        engine, version: as said; None if the schema's own engine holds.
        store: the engine without tables that the design is for, instead of `engine`; `version` is then of that.
        schema_source: a path, `database:<name>` or inline text, as written.
        workload: queries and volumes; volumes are still by the names as written.
        access: entities, relations and access patterns; checked against each other only without a schema, whose tables are entities too.
        lifecycle: of the rows, with tables as written; None where it is not said.
        lines: of `schema`, `volumes.<table>`, `volumes.<table>.<column>`, for the checks against the schema.
        doubts: volumes that cannot be, left out, where the caller goes on without them.
    """

    engine: Engine | None = None
    version: str | None = None
    store: str | None = None
    schema_source: str | None = None
    schema_format: str | None = None
    workload: Workload = Workload()
    access: AccessModel = AccessModel()
    lifecycle: Lifecycle | None = None
    lines: Mapping[str, int] = {}
    doubts: tuple[Problem, ...] = ()


LEFT_OUT = "; left out, the rest is used"
"""How a note on a volume that cannot be ends."""


def is_design(text: str) -> bool:
    """Whether a text looks like a design file rather than a schema: YAML with a top-level `workload`, `volumes` or `schema`."""
    keys = set(
        re.findall(
            r"^[\"']?(engine|schema|workload|volumes|targets|lifecycle|entities|relations|patterns)[\"']?\s*:",
            text,
            flags=re.MULTILINE,
        )
    )
    as_json = text.lstrip().startswith("{") and re.search(r'"(schema|workload|volumes)"\s*:', text) is not None
    return len(keys) >= 2 or "schema" in keys or as_json


def parse_design(text: str, *, name: str = "design file", lenient: bool = False) -> DesignFile:
    """The document, checked as far as it can be without its schema.

    Args:
        lenient: leave out volumes that cannot be and say so in `doubts`, instead of refusing the document.

    Raises:
        DesignFileError: with every problem and its line.
    """
    return _Parser(name, lenient=lenient).parse(text)


def _format(source: str, document: DesignFile) -> str | None:
    """The form of the schema: the engine's DDL, unless it says another, or is a file of Prisma's, which names its engine itself."""
    if document.schema_format or source.endswith(".prisma"):
        return document.schema_format
    return document.engine.value if document.engine else None


def read_design(
    text: str, load: Callable[[str, str | None], ReadResult], *, name: str = "design file", lenient: bool = False
) -> tuple[Design, ReadResult]:
    """The design that a file describes, and how its schema was read.

    Args:
        load: reads the `schema` entry: (path, `database:<name>` or inline text; format or None) → result.
        lenient: leave it to the caller to say which queries do not parse or fit the schema; volumes that cannot be, or that name
            what the schema does not have, become notes of the result.

    Raises:
        DesignFileError: also where volumes or queries name tables or columns that the schema does not have.
    """
    document = parse_design(text, name=name, lenient=lenient)
    if document.store is not None:
        said = f"engine is {document.store}, which has no tables: `dbdesign nosql` designs for it"
        raise DesignFileError([Problem(line=document.lines.get("engine", 1), message=said)], name)
    if document.schema_source is None:
        raise DesignFileError([Problem(line=1, message="`schema` is missing: name a file, or put the DDL there")], name)
    result = load(document.schema_source, _format(document.schema_source, document))
    schema = result.schema_
    if document.engine and schema.engine != document.engine:
        line = document.lines.get("engine", 1)
        raise DesignFileError(
            [
                Problem(
                    line=line,
                    message=f"engine is {document.engine.value}, but the schema was read as {schema.engine.value}",
                )
            ],
            name,
        )
    if document.version:
        schema = schema.model_copy(update={"version": document.version})
    workload, doubts = _bind(document, schema, name, lenient=lenient)
    if doubts:
        told = tuple(f"{doubt}{LEFT_OUT}" for doubt in doubts)
        result = result.model_copy(update={"notes": (*result.notes, *told)})
    lifecycle, unknown = bind(document.lifecycle, schema, document.lines) if document.lifecycle else (None, [])
    if unknown:
        raise DesignFileError(unknown, name)
    design = Design(
        schema=schema,
        workload=workload,
        access=document.access,
        lifecycle=lifecycle,
        lines=result.lines,
        files=result.files,
        comments=result.comments,
    )
    return design, result


def _bind(
    document: DesignFile, schema: Schema, name: str, *, lenient: bool = False
) -> tuple[Workload, tuple[Problem, ...]]:
    """The workload with its volumes by table label; names that the schema does not have are problems, or doubts where lenient."""
    problems: list[Problem] = []
    volumes: dict[str, TableVolume] = {}
    for written, volume in document.workload.volumes.items():
        table = schema.table(written)
        line = document.lines.get(f"volumes.{written}", 1)
        if table is None:
            problems.append(
                Problem(line=line, message=f"volumes: no table {written!r}{nearest(written, schema.table_by_label)}")
            )
            continue
        for column in volume.columns:
            if table.column(column) is None:
                place = document.lines.get(f"volumes.{written}.{column}", line)
                problems.append(
                    Problem(
                        line=place,
                        message=f"volumes: {table.label} has no column {column!r}{nearest(column, table.column_by_name)}",
                    )
                )
        columns = {column: one for column, one in volume.columns.items() if table.column(column) is not None}
        volumes[table.label] = volume.model_copy(update={"columns": columns})
    if not lenient:
        problems += _query_problems(document.workload.queries, schema)
        if problems:
            raise DesignFileError(problems, name)
    return document.workload.model_copy(update={"volumes": volumes}), (*document.doubts, *problems)


def _query_problems(queries: tuple[Query, ...], schema: Schema) -> Iterator[Problem]:
    """Queries that do not parse, or that read tables the schema does not have."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    from dbdesign.dialects.base import dialect
    from dbdesign.queries.placeholders import spaced

    known = {view.name.lower() for view in schema.views} | {one.name.lower() for one in schema.routines}
    for query in queries:
        try:
            tree = sqlglot.parse_one(spaced(query.sql), dialect=dialect(schema.engine).sqlglot)
        except (SqlglotError, RecursionError) as error:
            what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
            yield Problem(line=query.line or 1, message=f"query {query.name!r} cannot be parsed: {_plain(what)}")
            continue
        ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        for source in tree.find_all(exp.Table):
            label = f"{source.db}.{source.name}" if source.db else source.name
            unknown = (
                source.name
                and source.name.lower() not in ctes | known
                and schema.table(label) is None
                and schema.table(source.name) is None
            )
            if unknown and source.db.lower() not in {"pg_catalog", "information_schema", "sys"}:
                yield Problem(
                    line=query.line or 1,
                    message=f"query {query.name!r} reads {label!r}, which the schema does not have{nearest(label, schema.table_by_label)}",
                )


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@dataclass
class _Parser(Document):
    """Walks the YAML nodes, so that every problem has a line."""

    lenient: bool = False
    doubts: list[Problem] = field(default_factory=list)
    default_target: LatencyTarget | None = None
    store: str | None = None

    def parse(self, text: str) -> DesignFile:
        root = self.compose(text)
        entries = self.mapping(
            root,
            {"engine", "schema", "format", "workload", "volumes", "targets", "transactions", "lifecycle", *SECTIONS},
            "the design file",
        )
        engine, version = self._engine(entries.get("engine"))
        self._targets(entries.get("targets"))
        source = self.text(entries.get("schema"), "schema")
        if "schema" in entries:
            self.lines["schema"] = line_of(entries["schema"])
        workload = Workload(
            queries=tuple(self._queries(entries.get("workload"))),
            transactions=parse_transactions(self, entries.get("transactions")),
            volumes=self._volumes(entries.get("volumes")),
        )
        format_name = self.text(entries.get("format"), "format")
        access = parse_patterns(self, entries, self.default_target)
        lifecycle = parse_lifecycle(self, entries.get("lifecycle"))
        if source is None:
            check_patterns(self, access)
        if self.problems:
            raise DesignFileError(self.problems, self.name)
        return DesignFile(
            engine=engine,
            version=version,
            store=self.store,
            schema_source=source,
            schema_format=format_name,
            workload=workload,
            access=access,
            lifecycle=lifecycle,
            lines=self.lines,
            doubts=tuple(self.doubts),
        )

    def _engine(self, node: Node | None) -> tuple[Engine | None, str | None]:
        text = self.text(node, "engine")
        if text is None or node is None:
            return None, None
        self.lines["engine"] = line_of(node)
        match = ENGINE.match(text.strip())
        name = ENGINE_SYNONYMS.get(match[1].lower(), match[1].lower()) if match else text
        if match is not None and name in STORES:
            self.store = STORES[name]
            return None, match[2]
        if match is None or name not in set(Engine):
            self.problem(
                node,
                f"engine {text!r} is not known; use one of {', '.join(Engine)}, with a version if you like (postgresql 18)",
            )
            return None, None
        return Engine(name), match[2]

    def _targets(self, node: Node | None) -> None:
        entries = self.mapping(node, {"latency"}, "targets")
        self.default_target = self.quantity(entries.get("latency"), "targets.latency", quantity.latency)

    def _queries(self, node: Node | None) -> Iterator[Query]:
        from yaml.nodes import SequenceNode

        if node is None or is_null(node):
            return
        if not isinstance(node, SequenceNode):
            self.problem(node, "workload must be a list of queries (`- name: …`)")
            return
        names: set[str] = set()
        for number, item in enumerate(node.value, start=1):
            query = self._query(item, number)
            if query is None:
                continue
            if query.name in names:
                self.problem(item, f"two queries are named {query.name!r}")
            names.add(query.name)
            yield query

    def _query(self, node: Node, number: int) -> Query | None:
        known = {"name", "sql", "rate", "peak", "target"}
        entries = self.mapping(node, known, f"query {number}")
        sql = self.text(entries.get("sql"), f"query {number}: sql")
        if sql is None:
            if "sql" not in entries and entries:
                self.problem(node, f"query {number} has no `sql`")
            return None
        name = self.text(entries.get("name"), f"query {number}: name") or f"query {number}"
        return Query(
            name=name,
            sql=sql.strip().rstrip(";"),
            rate=self.quantity(entries.get("rate"), f"query {name!r}: rate", quantity.rate),
            peak=self.quantity(entries.get("peak"), f"query {name!r}: peak", quantity.rate),
            target=self.quantity(entries.get("target"), f"query {name!r}: target", quantity.latency)
            or self.default_target,
            line=line_of(node),
        )

    def _volumes(self, node: Node | None) -> dict[str, TableVolume]:
        found: dict[str, TableVolume] = {}
        known = len(self.problems)
        for table, entry in self.mapping(node, None, "volumes").items():
            self.lines[f"volumes.{table}"] = line_of(entry)
            found[table] = self._volume(table, entry)
        if self.lenient:
            self.doubts += self.problems[known:]
            del self.problems[known:]
        return found

    def _volume(self, table: str, node: Node) -> TableVolume:
        from yaml.nodes import ScalarNode

        if isinstance(node, ScalarNode) and not is_null(node):
            return TableVolume(rows=self.quantity(node, f"volumes.{table}", quantity.count))
        what = f"volumes.{table}"
        entries = self.mapping(node, {"rows", "growth", "retention", "columns"}, what)
        columns: dict[str, ColumnVolume] = {}
        for column, entry in self.mapping(entries.get("columns"), None, f"{what}.columns").items():
            self.lines[f"{what}.{column}"] = line_of(entry)
            columns[column] = self._column(f"{what}.{column}", entry)
        return TableVolume(
            rows=self.quantity(entries.get("rows"), f"{what}.rows", quantity.count),
            growth=self.quantity(entries.get("growth"), f"{what}.growth", quantity.growth),
            retention_days=self.quantity(entries.get("retention"), f"{what}.retention", quantity.days),
            columns=columns,
        )

    def _column(self, what: str, node: Node) -> ColumnVolume:
        entries = self.mapping(
            node, {"distinct", "nulls", "values", "skew", "min", "max", "correlation", "width"}, what
        )
        values = {
            value: share
            for value, entry in self.mapping(entries.get("values"), None, f"{what}.values").items()
            if (share := self.quantity(entry, f"{what}.values.{value}", quantity.share)) is not None
        }
        nulls = self.quantity(entries.get("nulls"), f"{what}.nulls", quantity.share)
        if sum(values.values()) + (nulls or 0) > 1 + 1e-9:
            self.problem(
                node,
                f"{what}: the shares of values and nulls add up to {sum(values.values()) + (nulls or 0):.3g}, more than 1",
            )
            nulls, values = None, {}
        return ColumnVolume(
            distinct=self.quantity(entries.get("distinct"), f"{what}.distinct", quantity.count),
            nulls=nulls,
            values=values,
            skew=self.quantity(entries.get("skew"), f"{what}.skew", quantity.skew),
            minimum=self.text(entries.get("min"), f"{what}.min"),
            maximum=self.text(entries.get("max"), f"{what}.max"),
            correlation=self.quantity(entries.get("correlation"), f"{what}.correlation", _correlation),
            width=self.quantity(entries.get("width"), f"{what}.width", quantity.count),
        )


def _correlation(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 2.0
    if not -1 <= value <= 1:
        raise ValueError(f"{text!r} is not a correlation; it is between -1 and 1")
    return value


__all__ = ["DesignFile", "DesignFileError", "Problem", "is_design", "parse_design", "read_design"]
