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
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dbdesign.errors import InputError
from dbdesign.model import quantity
from dbdesign.model.base import Model
from dbdesign.model.design import Design
from dbdesign.model.schema import Engine, Schema
from dbdesign.model.workload import ColumnVolume, LatencyTarget, Query, TableVolume, Workload
from dbdesign.readers.base import ReadResult

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_NODES, MAX_DEPTH = 200_000, 40
ENGINE = re.compile(r"([a-z]+)(?:[\s-]*v?(\d+(?:\.\d+)*))?\Z", re.IGNORECASE)
ENGINE_SYNONYMS = {
    "postgres": "postgresql",
    "pg": "postgresql",
    "mssql": "sqlserver",
    "mariadb": "mysql",
    "cockroach": "cockroachdb",
    "crdb": "cockroachdb",
}


class Problem(Model):
    """One thing that is wrong with a design file; `line` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class DesignFileError(InputError):
    """A design file that does not hold; `problems` has all of them, the text the first five."""

    def __init__(self, problems: list[Problem], name: str) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        shown = "; ".join(str(problem) for problem in self.problems[:5])
        more = f"; and {len(self.problems) - 5} more" if len(self.problems) > 5 else ""
        super().__init__(f"{shown}{more}", where=name)


class DesignFile(Model):
    """The document before its schema is read.

    Attributes:
        engine, version: as said; None if the schema's own engine holds.
        schema_source: a path, `database:<name>` or inline text, as written.
        workload: queries and volumes; volumes are still by the names as written.
        lines: of `schema`, `volumes.<table>`, `volumes.<table>.<column>`, for the checks against the schema.
        doubts: volumes that cannot be, left out, where the caller goes on without them.
    """

    engine: Engine | None = None
    version: str | None = None
    schema_source: str | None = None
    schema_format: str | None = None
    workload: Workload = Workload()
    lines: Mapping[str, int] = {}
    doubts: tuple[Problem, ...] = ()


LEFT_OUT = "; left out, the rest is used"
"""How a note on a volume that cannot be ends."""


def is_design(text: str) -> bool:
    """Whether a text looks like a design file rather than a schema: YAML with a top-level `workload`, `volumes` or `schema`."""
    keys = set(re.findall(r"^[\"']?(engine|schema|workload|volumes|targets)[\"']?\s*:", text, flags=re.MULTILINE))
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
    if document.schema_source is None:
        raise DesignFileError([Problem(line=1, message="`schema` is missing: name a file, or put the DDL there")], name)
    result = load(
        document.schema_source, document.schema_format or (document.engine.value if document.engine else None)
    )
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
    return Design(
        schema=schema, workload=workload, lines=result.lines, files=result.files, comments=result.comments
    ), result


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
                Problem(line=line, message=f"volumes: no table {written!r}{_nearest(written, schema.table_by_label)}")
            )
            continue
        for column in volume.columns:
            if table.column(column) is None:
                place = document.lines.get(f"volumes.{written}.{column}", line)
                problems.append(
                    Problem(
                        line=place,
                        message=f"volumes: {table.label} has no column {column!r}{_nearest(column, table.column_by_name)}",
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
        except SqlglotError as error:
            what = str(error).splitlines()[0]
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
                    message=f"query {query.name!r} reads {label!r}, which the schema does not have{_nearest(label, schema.table_by_label)}",
                )


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


@dataclass
class _Parser:
    """Walks the YAML nodes, so that every problem has a line."""

    name: str
    lenient: bool = False
    doubts: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    default_target: LatencyTarget | None = None

    def parse(self, text: str) -> DesignFile:
        root = self._compose(text)
        entries = self._mapping(
            root, {"engine", "schema", "format", "workload", "volumes", "targets"}, "the design file"
        )
        engine, version = self._engine(entries.get("engine"))
        self._targets(entries.get("targets"))
        source = self._text(entries.get("schema"), "schema")
        if "schema" in entries:
            self.lines["schema"] = _line(entries["schema"])
        workload = Workload(
            queries=tuple(self._queries(entries.get("workload"))), volumes=self._volumes(entries.get("volumes"))
        )
        format_name = self._text(entries.get("format"), "format")
        if self.problems:
            raise DesignFileError(self.problems, self.name)
        return DesignFile(
            engine=engine,
            version=version,
            schema_source=source,
            schema_format=format_name,
            workload=workload,
            lines=self.lines,
            doubts=tuple(self.doubts),
        )

    def _compose(self, text: str) -> Node:
        import yaml

        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise DesignFileError(
                [Problem(line=mark.line + 1 if mark else 1, message=f"not YAML: {error.problem}")], self.name
            ) from None
        except (yaml.YAMLError, RecursionError) as error:
            raise DesignFileError(
                [Problem(line=1, message=f"not YAML: {str(error).splitlines()[0]}")], self.name
            ) from None
        if root is None:
            raise DesignFileError([Problem(line=1, message="the file is empty")], self.name)
        self._refuse_bombs(root)
        return root

    def _refuse_bombs(self, root: Node) -> None:
        """Aliases can make a small file endless; a design file has no use for that many nodes."""
        from yaml.nodes import ScalarNode

        work, seen = [(root, 0)], 0
        while work:
            node, depth = work.pop()
            seen += 1
            if seen > MAX_NODES or depth > MAX_DEPTH:
                raise DesignFileError(
                    [Problem(line=_line(node), message="too deeply nested or too many aliases")], self.name
                )
            if not isinstance(node, ScalarNode):
                for child in node.value:
                    work += [(one, depth + 1) for one in (child if isinstance(child, tuple) else (child,))]

    def _problem(self, node: Node, message: str) -> None:
        self.problems.append(Problem(line=_line(node), message=message))

    def _mapping(self, node: Node | None, known: set[str] | None, what: str) -> dict[str, Node]:
        from yaml.nodes import MappingNode, ScalarNode

        if node is None or _is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            self._problem(node, f"{what} must be a mapping (`key: value`)")
            return {}
        entries: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else None
            if name is None or (known is not None and name not in known):
                hint = _nearest(str(name), dict.fromkeys(known or ())) or f"; known: {', '.join(sorted(known or ()))}"
                self._problem(key, f"{what} has no entry {name!r}{hint}")
            elif name in entries:
                self._problem(key, f"{what} has {name!r} twice")
            else:
                entries[name] = value
        return entries

    def _text(self, node: Node | None, what: str) -> str | None:
        from yaml.nodes import ScalarNode

        if node is None or _is_null(node):
            return None
        if not isinstance(node, ScalarNode) or not node.value.strip():
            self._problem(node, f"{what} must be a text")
            return None
        return str(node.value)

    def _quantity(self, node: Node | None, what: str, parse: Callable[[str], Any]) -> Any:
        text = self._text(node, what)
        if text is None or node is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self._problem(node, f"{what}: {error}")
            return None

    def _engine(self, node: Node | None) -> tuple[Engine | None, str | None]:
        text = self._text(node, "engine")
        if text is None or node is None:
            return None, None
        self.lines["engine"] = _line(node)
        match = ENGINE.match(text.strip())
        name = ENGINE_SYNONYMS.get(match[1].lower(), match[1].lower()) if match else text
        if match is None or name not in set(Engine):
            self._problem(
                node,
                f"engine {text!r} is not known; use one of {', '.join(Engine)}, with a version if you like (postgresql 18)",
            )
            return None, None
        return Engine(name), match[2]

    def _targets(self, node: Node | None) -> None:
        entries = self._mapping(node, {"latency"}, "targets")
        self.default_target = self._quantity(entries.get("latency"), "targets.latency", quantity.latency)

    def _queries(self, node: Node | None) -> Iterator[Query]:
        from yaml.nodes import SequenceNode

        if node is None or _is_null(node):
            return
        if not isinstance(node, SequenceNode):
            self._problem(node, "workload must be a list of queries (`- name: …`)")
            return
        names: set[str] = set()
        for number, item in enumerate(node.value, start=1):
            query = self._query(item, number)
            if query is None:
                continue
            if query.name in names:
                self._problem(item, f"two queries are named {query.name!r}")
            names.add(query.name)
            yield query

    def _query(self, node: Node, number: int) -> Query | None:
        known = {"name", "sql", "rate", "peak", "target"}
        entries = self._mapping(node, known, f"query {number}")
        sql = self._text(entries.get("sql"), f"query {number}: sql")
        if sql is None:
            if "sql" not in entries and entries:
                self._problem(node, f"query {number} has no `sql`")
            return None
        name = self._text(entries.get("name"), f"query {number}: name") or f"query {number}"
        return Query(
            name=name,
            sql=sql.strip().rstrip(";"),
            rate=self._quantity(entries.get("rate"), f"query {name!r}: rate", quantity.rate),
            peak=self._quantity(entries.get("peak"), f"query {name!r}: peak", quantity.rate),
            target=self._quantity(entries.get("target"), f"query {name!r}: target", quantity.latency)
            or self.default_target,
            line=_line(node),
        )

    def _volumes(self, node: Node | None) -> dict[str, TableVolume]:
        found: dict[str, TableVolume] = {}
        known = len(self.problems)
        for table, entry in self._mapping(node, None, "volumes").items():
            self.lines[f"volumes.{table}"] = _line(entry)
            found[table] = self._volume(table, entry)
        if self.lenient:
            self.doubts += self.problems[known:]
            del self.problems[known:]
        return found

    def _volume(self, table: str, node: Node) -> TableVolume:
        from yaml.nodes import ScalarNode

        if isinstance(node, ScalarNode) and not _is_null(node):
            return TableVolume(rows=self._quantity(node, f"volumes.{table}", quantity.count))
        what = f"volumes.{table}"
        entries = self._mapping(node, {"rows", "growth", "retention", "columns"}, what)
        columns: dict[str, ColumnVolume] = {}
        for column, entry in self._mapping(entries.get("columns"), None, f"{what}.columns").items():
            self.lines[f"{what}.{column}"] = _line(entry)
            columns[column] = self._column(f"{what}.{column}", entry)
        return TableVolume(
            rows=self._quantity(entries.get("rows"), f"{what}.rows", quantity.count),
            growth=self._quantity(entries.get("growth"), f"{what}.growth", quantity.growth),
            retention_days=self._quantity(entries.get("retention"), f"{what}.retention", quantity.days),
            columns=columns,
        )

    def _column(self, what: str, node: Node) -> ColumnVolume:
        entries = self._mapping(
            node, {"distinct", "nulls", "values", "skew", "min", "max", "correlation", "width"}, what
        )
        values = {
            value: share
            for value, entry in self._mapping(entries.get("values"), None, f"{what}.values").items()
            if (share := self._quantity(entry, f"{what}.values.{value}", quantity.share)) is not None
        }
        nulls = self._quantity(entries.get("nulls"), f"{what}.nulls", quantity.share)
        if sum(values.values()) + (nulls or 0) > 1 + 1e-9:
            self._problem(
                node,
                f"{what}: the shares of values and nulls add up to {sum(values.values()) + (nulls or 0):.3g}, more than 1",
            )
            nulls, values = None, {}
        return ColumnVolume(
            distinct=self._quantity(entries.get("distinct"), f"{what}.distinct", quantity.count),
            nulls=nulls,
            values=values,
            skew=self._quantity(entries.get("skew"), f"{what}.skew", quantity.skew),
            minimum=self._text(entries.get("min"), f"{what}.min"),
            maximum=self._text(entries.get("max"), f"{what}.max"),
            correlation=self._quantity(entries.get("correlation"), f"{what}.correlation", _correlation),
            width=self._quantity(entries.get("width"), f"{what}.width", quantity.count),
        )


def _correlation(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 2.0
    if not -1 <= value <= 1:
        raise ValueError(f"{text!r} is not a correlation; it is between -1 and 1")
    return value


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _is_null(node: Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


__all__ = ["DesignFile", "DesignFileError", "Problem", "is_design", "parse_design", "read_design"]
