"""What the command line shows to people: tables and colours where there is a terminal, plain text where there is not."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from threading import Timer
from typing import TYPE_CHECKING, Any, NoReturn, cast

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dbdesign.api.describe_documents import collection_text

if TYPE_CHECKING:
    from rich.status import Status

    from dbdesign.api.read_schema import ReadSchemaAnswer, TableOut
    from dbdesign.api.review_schema import FindingOut, ReviewSchemaAnswer

INDENT = " " * 7

PIPE_WIDTH = 200
"""Columns where there is no terminal."""

SLOW = 1.0
"""Seconds after which progress is shown."""

TOGETHER = 200
"""Lines that are printed in one go."""

SMALL = 6
"""A schema of so many tables is shown in full without being asked for."""

STYLES = {"high": "bold red", "medium": "yellow", "low": "cyan", "info": "dim"}


@dataclass(frozen=True)
class Verbatim:
    """Text to be copied: indented, and never wrapped by us."""

    text: str
    style: str = ""


class _Console(Console):
    """A console that leaves a broken pipe to the entry point."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise it."""
        raise BrokenPipeError


def _console(*, error: bool = False) -> Console:
    """A console for the stream as it is now; wide where there is no terminal, so that lines stay whole."""
    file = sys.stderr if error else sys.stdout
    return _Console(file=file, width=None if file.isatty() else PIPE_WIDTH, highlight=False)


def _emit(parts: Iterable[RenderableType | Verbatim]) -> None:
    """Print to the terminal; to a pipe without the blanks that fill lines up."""
    console = _console()
    if console.is_terminal:
        _print(console, parts)
        return
    with console.capture() as captured:
        _print(console, parts)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _print(console: Console, parts: Iterable[RenderableType | Verbatim]) -> None:
    for part in _grouped(parts):
        if isinstance(part, Verbatim):
            for line in part.text.splitlines():
                console.print(Text(f"{INDENT}{line}", style=part.style), soft_wrap=True)
        else:
            console.print(part)


def _grouped(parts: Iterable[RenderableType | Verbatim]) -> Iterator[RenderableType | Verbatim]:
    """The parts, those between two verbatim ones together: each print asks the terminal for its size."""
    for verbatim, found in groupby(parts, lambda part: isinstance(part, Verbatim)):
        if verbatim:
            yield from found
        while together := tuple(islice(cast("Iterator[RenderableType]", found), TOGETHER)):
            yield Group(*together)


class SlowProgress:
    """A spinner on standard error with what is being done, for work that takes more than a second."""

    def __init__(self) -> None:
        self._message = "working"
        self._status: Status | None = None
        self._timer = Timer(SLOW, self._show)
        self._timer.daemon = True

    def start(self) -> None:
        """Wait for a second, then show."""
        if sys.stderr.isatty():
            self._timer.start()

    def tell(self, done: float, message: str) -> None:
        """What is being done now, and how much of the whole is behind."""
        self._message = f"{message} ({done:.0%})"
        if self._status is not None:
            self._status.update(self._message)

    def stop(self) -> None:
        """Show nothing any more."""
        self._timer.cancel()
        if self._status is not None:
            self._status.stop()

    def _show(self) -> None:
        self._status = _console(error=True).status(self._message)
        self._status.start()


def show_schema(answer: ReadSchemaAnswer, *, chosen: str | None) -> None:
    """A schema for people: tables in full where there are few or `full` was asked for, otherwise a line each."""
    _emit(_schema_parts(answer, chosen or ("full" if len(answer.tables) <= SMALL else "summary")))


def _schema_parts(answer: ReadSchemaAnswer, detail: str) -> Iterator[RenderableType]:
    yield Text(answer.summary.rpartition(" Detail:")[0], style="bold")
    if detail == "full":
        for table in answer.tables:
            yield _table_in_full(table)
    elif detail == "names":
        yield Text("\n".join(table.name for table in answer.tables))
    elif answer.tables:
        yield _overview(answer)
    for one in answer.collections:
        yield Text(f"\n{collection_text(one)}")
    yield from _others(answer)
    yield from _problems(answer)


def _overview(answer: ReadSchemaAnswer) -> Table:
    shown = _grid("table", "columns", "key", "references")
    shown.columns[0].no_wrap, shown.columns[1].justify = True, "right"
    for table in answer.tables:
        extra = table.model_extra or {}
        columns = extra.get("column_count", len(table.columns))
        key = Text(", ".join(table.primary_key.columns)) if table.primary_key else Text("none", style="red")
        references = ", ".join(dict.fromkeys(one.references for one in table.foreign_keys))
        if parent := extra.get("partition_of"):
            key, references = Text(f"partition of {parent['table']}", style="dim"), ""
        shown.add_row(Text(table.name), str(columns), key, Text(references))
    return shown


def _table_in_full(table: TableOut) -> Group:
    shown = _grid("column", "type", "null", "default", "")
    keys = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name: key for key in table.foreign_keys if len(key.columns) == 1 for name in key.columns}
    for column in table.columns:
        extra = column.model_extra or {}
        remarks = [f"→ {foreign[column.name].references}"] if column.name in foreign else []
        remarks += [extra["identity"]["mode"].replace("_", " ")] if "identity" in extra else []
        remarks += [f"as {extra['generated']['expression']}"] if "generated" in extra else []
        remarks += [extra["comment"]] if extra.get("comment") else []
        name = Text(column.name, style="bold" if column.name in keys else "")
        default = Text(str(extra.get("default", "")))
        shown.add_row(name, Text(column.type), "" if column.nullable else "not", default, Text("; ".join(remarks)))
    lines = [Text(line, style="dim") for line in _table_lines(table)]
    return Group(Text(f"\n{table.name}", style="bold cyan"), shown, *lines)


def _table_lines(table: TableOut) -> Iterator[str]:
    extra: dict[str, Any] = table.model_extra or {}
    if table.primary_key is None:
        yield "no primary key"
    elif len(table.primary_key.columns) > 1:
        yield f"key ({', '.join(table.primary_key.columns)})"
    for key in table.foreign_keys:
        if len(key.columns) > 1 or key.on_delete != "no action":
            on_delete = "" if key.on_delete == "no action" else f" on delete {key.on_delete}"
            yield f"({', '.join(key.columns)}) → {key.references} ({', '.join(key.referenced_columns)}){on_delete}"
    for key in extra.get("unique_keys", ()):
        yield f"unique ({', '.join(key['columns'])})"
    for index in extra.get("indexes", ()):
        where = f" where {index['where']}" if "where" in index else ""
        unique = "unique index" if index["unique"] else "index"
        method = f" using {index['method']}" if "method" in index else ""
        yield f"{unique} {index['name']}{method} ({', '.join(index['keys'])}){where}"
    for check in extra.get("checks", ()):
        yield f"check {check['expression']}"
    said = {"unique_keys", "indexes", "checks", "comment", "column_count", "index_count"}
    if others := ", ".join(name.replace("_", " ") for name in extra if name not in said):
        yield f"also: {others} (see --json)"


def _others(answer: ReadSchemaAnswer) -> Iterator[Text]:
    for name in ("extensions", "enums", "domains", "composites", "sequences", "views", "routines", "other_objects"):
        if found := getattr(answer, name):
            yield Text.assemble((f"{name.replace('_', ' ')}: ", "bold"), ", ".join(one["name"] for one in found))


def _problems(answer: ReadSchemaAnswer | ReviewSchemaAnswer) -> Iterator[RenderableType]:
    if answer.unread:
        shown = _grid("line", "not understood", "why")
        shown.columns[0].justify = "right"
        for one in answer.unread:
            place = f"{one.path}:{one.line}" if one.path else str(one.line)
            shown.add_row(place, Text(" ".join(one.text.split())[:160]), Text(one.reason), style="red")
        yield shown
    for note in answer.notes:
        yield Text(f"note: {note}", style="dim")


def show_review(answer: ReviewSchemaAnswer, name: str, *, chosen: str | None, unread: int) -> None:
    """Findings, worst first: what, where, what follows from it, the fix; `unread` counts what was not understood on all pages."""
    _emit(_review_parts(answer, name, with_fix=chosen in {None, "full"}, unread=unread))


def _review_parts(
    answer: ReviewSchemaAnswer, name: str, *, with_fix: bool, unread: int
) -> Iterator[RenderableType | Verbatim]:
    for finding in answer.findings:
        yield from _finding(finding, name, with_fix=with_fix)
    for one in answer.suppressed:
        reason = f": {one.reason}" if one.reason else ""
        yield Text(f"suppressed: {one.rule} on {one.object} ({one.by}){reason}", style="dim")
    for text in (*answer.problems, *(f"suppresses nothing: {one}" for one in answer.unused_suppressions)):
        yield Text(text, style="yellow")
    yield from _problems(answer)
    worst = next(iter(answer.counts), None)
    fine = "yellow" if unread else "bold green"
    yield Text(answer.summary.rpartition(" Detail:")[0], style=STYLES[worst] if worst else fine)
    if unread:
        were = "statement was" if unread == 1 else "statements were"
        yield Text(f"{unread} {were} not understood and not reviewed", style="yellow")
    if answer.findings:
        yield Text("`dbdesign rules NAME` explains a rule.", style="dim")


def _finding(finding: FindingOut, name: str, *, with_fix: bool) -> Iterator[RenderableType | Verbatim]:
    more = f" and {finding.object_count - 1} more" if finding.object_count else ""
    place = f"  {finding.path or name}:{finding.line}" if finding.line else ""
    yield Text.assemble(
        (f"{finding.severity:{len(INDENT) - 1}} ", STYLES[finding.severity]),
        (f"{finding.object}{more}", "bold"),
        (f"  {finding.rule}{place}", "dim"),
    )
    if finding.message:
        yield Padding(Text(finding.message), (0, 0, 0, len(INDENT)))
    if finding.fix and with_fix:
        yield Verbatim(finding.fix, style="green")
    yield Text("")


def show_rules() -> None:
    """All rules, and the other findings that have a page, a line each."""
    from dbdesign.api.finding_pages import finding_pages
    from dbdesign.rules.base import rules, sections

    shown = _grid("rule", "severity", "defect")
    shown.columns[0].no_wrap = True
    for rule in rules().values():
        severity = rule.severity.value
        shown.add_row(rule.name, Text(severity, style=STYLES[severity]), Text(" ".join(sections(rule)[""].split())))
    for name, page in finding_pages().items():
        severity = page.partition("Severity: ")[2].split(";")[0].split(",")[0].split(".")[0].split()[0]
        shown.add_row(name, Text(severity, style=STYLES[severity]), Text(" ".join(page.split("\n\n")[1].split())))
    _emit([shown])


def show_markdown(text: str) -> None:
    """Markdown rendered for a terminal, and as it is for a pipe."""
    console = _console()
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        sys.stdout.write(text)


def _grid(*headings: str) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    return shown
