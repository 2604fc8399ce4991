"""The command line: the tools of `dbdesign.api` for people and scripts.

Exit codes: 0 fine, 1 findings at or above `--fail-on`, 2 bad input.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from dbdesign.api.access import MAX_BYTES, Access
from dbdesign.api.answer import place_of
from dbdesign.api.arguments import split_names
from dbdesign.api.call import Call
from dbdesign.errors import DesignError, InputError
from dbdesign_server.version import VERSION

if TYPE_CHECKING:
    from dbdesign.api.answer import Answer
    from dbdesign.api.generate_schema import GenerateSchemaAnswer
    from dbdesign.api.review_schema import Level
    from dbdesign.model.finding import Severity

FINE, FOUND, BAD_INPUT, BROKEN_PIPE = 0, 1, 2, 141
LEVELS = ("info", "low", "medium", "high")
DETAILS = ("names", "summary", "full")

USAGE_ERRORS: tuple[type[Exception], ...] = tuple(
    base for base in typer.BadParameter.__mro__ if issubclass(base, Exception) and base is not Exception
)
"""What typer raises for a mistake in the options; where the classes live differs by its version."""

app = typer.Typer(
    name="dbdesign",
    help="Read, review, generate and draw database schemas, proven on an embedded PostgreSQL.",
    epilog="SOURCE is a file, the text itself, - for standard input, or database:NAME. "
    "Exit codes: 0 fine, 1 findings at or above --fail-on, 2 bad input.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _complete(kind: str) -> Any:
    """A completion of option values: what `prompts` offers over MCP as well."""

    def values(incomplete: str) -> list[str]:
        from dbdesign_server import prompts

        names = cast("list[str]", getattr(prompts, kind)())
        return prompts.completion(names, incomplete).values

    return values


def _one_of(choices: Sequence[str]) -> Any:
    """A check and a completion of an option with few values."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in choices:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(choices)}")
        return value

    return {
        "callback": check,
        "autocompletion": lambda incomplete: [one for one in choices if one.startswith(incomplete)],
    }


Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A file, the text itself, - for standard input, or database:NAME.")
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", metavar="FORMAT", help="Format of the source.", autocompletion=_complete("format_names")
    ),
]
EngineVersionOption = Annotated[
    str | None, typer.Option(metavar="VERSION", help="Version of the engine the schema is for.")
]
DetailOption = Annotated[str | None, typer.Option(metavar="LEVEL", help="names, summary or full.", **_one_of(DETAILS))]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the structured content of the tool.")]
PageOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Only this page, as an assistant gets it; everything when left out."),
]
RootOption = Annotated[
    list[str],
    typer.Option("--root", metavar="FOLDER", help="Allow only files below it; repeatable. Any file when left out."),
]
ConfigOption = Annotated[str | None, typer.Option("--config", metavar="FILE", help="TOML with databases by name.")]
ImportOption = Annotated[
    bool,
    typer.Option(
        "--import", help="Run the source's own Python code (SQLAlchemy) in a process of its own, instead of reading it."
    ),
]
WriteToOption = Annotated[
    str | None, typer.Option("--write-to", "-o", metavar="PATH", help="Write to this file, or into this folder.")
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Let --write-to replace files that exist.")]
ToDiagram = Annotated[
    str,
    typer.Option(
        "--to", "-t", metavar="TARGET", help="mermaid, dbml, dot or html.", autocompletion=_complete("target_names")
    ),
]
Patterns = Annotated[list[str], typer.Option(metavar="PATTERN")]


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"dbdesign {VERSION}")
        raise typer.Exit(FINE)


@app.command("read")
def read_command(
    source: Source,
    format: FormatOption = None,  # noqa: A002
    imported: ImportOption = False,
    engine_version: EngineVersionOption = None,
    detail: DetailOption = None,
    table: Annotated[
        list[str], typer.Option("--table", metavar="PATTERN", help="Only these tables: names or patterns; repeatable.")
    ] = [],  # noqa: B006 - never changed
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Read a schema and say what is in it."""
    from dbdesign.api.read_schema import Detail, read_schema
    from dbdesign_server.terminal import show_schema

    with _call(root, config, page, imports=imported) as call:
        answer = read_schema(
            source,
            format=_form(format, imported),
            engine_version=engine_version,
            detail=cast("Detail | None", detail),
            tables=_names(table),
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        show_schema(answer, chosen=detail)


@app.command("review")
def review_command(
    source: Source,
    format: FormatOption = None,  # noqa: A002
    imported: ImportOption = False,
    engine_version: EngineVersionOption = None,
    only: Annotated[
        list[str],
        typer.Option(
            metavar="RULE", help="Only this rule or family; repeatable.", autocompletion=_complete("rules_and_families")
        ),
    ] = [],  # noqa: B006
    ignore: Annotated[
        list[str],
        typer.Option(
            metavar="RULE", help="Not this rule or family; repeatable.", autocompletion=_complete("rules_and_families")
        ),
    ] = [],  # noqa: B006
    minimum: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Report from this severity on.", **_one_of(LEVELS))
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="SEVERITY", help="Exit with 1 if there is a finding of this severity or worse.", **_one_of(LEVELS)
        ),
    ] = None,
    detail: DetailOption = None,
    as_json: JsonOption = False,
    sarif: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a SARIF report too, for code scanning.")
    ] = None,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Review a schema for defects, with evidence and fixes."""
    from dbdesign.api.review_schema import Detail, reviewed
    from dbdesign_server.terminal import show_review

    with _call(root, config, page, imports=imported) as call:
        answer, review, loaded = reviewed(
            source,
            format=_form(format, imported),
            engine_version=engine_version,
            only=_names(only),
            ignore=_names(ignore),
            minimum=cast("Level | None", minimum),
            detail=cast("Detail | None", detail),
            page=page or 1,
            call=call,
        )
    if sarif is not None:
        from dbdesign.api.finding_pages import finding_pages
        from dbdesign.rules.sarif import sarif as as_sarif

        log = as_sarif(review, uri=_uri(loaded.lines_of), uri_of=_uri, version=VERSION, pages=finding_pages())
        call.access.write_text(sarif, json.dumps(log, indent=1, ensure_ascii=False) + "\n", overwrite=True)
    if not _as_json(answer, as_json):
        show_review(answer, loaded.lines_of, chosen=detail, unread=len(loaded.result.unread))
    if fail_on is not None and _reaches(review.worst(), fail_on):
        raise typer.Exit(FOUND)


def _names(given: list[str]) -> list[str]:
    """`--only a --only b` and `--only a,b` alike."""
    return [name for one in given for name in split_names(one)]


def _reaches(worst: Severity | None, level: str) -> bool:
    return worst is not None and worst.rank >= LEVELS.index(level)


def _uri(name: str) -> str:
    """The file as SARIF names it: relative to the working directory, with forward slashes."""
    path = Path(name)
    with_base = path.resolve()
    return (with_base.relative_to(Path.cwd()) if with_base.is_relative_to(Path.cwd()) else path).as_posix()


@app.command("generate")
def generate_command(
    source: Source,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            "-t",
            metavar="TARGET",
            help="Engine, models (prisma, typeorm …) or diagram; the source's own engine when left out.",
            autocompletion=_complete("target_names"),
        ),
    ] = None,
    target_version: Annotated[str | None, typer.Option(metavar="VERSION", help="Version of the target engine.")] = None,
    style: Annotated[
        str | None, typer.Option(metavar="STYLE", help="Of models that have several: data-mapper or active-record.")
    ] = None,
    format: FormatOption = None,  # noqa: A002
    imported: ImportOption = False,
    engine_version: EngineVersionOption = None,
    write_to: WriteToOption = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Write a schema for an engine. The text goes to standard output, notes to standard error."""
    from dbdesign.api.generate_schema import generate_schema

    with _call(root, config, page, imports=imported) as call:
        answer = generate_schema(
            source,
            to=to,
            target_version=target_version,
            style=style,
            format=_form(format, imported),
            engine_version=engine_version,
            write_to=write_to,
            overwrite=overwrite,
            page=page or 1,
            call=call,
        )
    _print_text(answer, as_json)


@app.command("erd")
def erd_command(
    source: Source,
    to: ToDiagram = "mermaid",
    focus: Annotated[
        list[str], typer.Option(metavar="TABLE", help="Only this table and what is near; repeatable.")
    ] = [],  # noqa: B006
    hops: Annotated[
        int, typer.Option(metavar="N", min=0, max=20, help="How many foreign keys from the focus to go.")
    ] = 1,
    include: Annotated[list[str], typer.Option(metavar="PATTERN", help="Only tables like this; repeatable.")] = [],  # noqa: B006
    exclude: Annotated[list[str], typer.Option(metavar="PATTERN", help="No tables like this; repeatable.")] = [],  # noqa: B006
    keys_only: Annotated[bool, typer.Option("--keys-only", help="Only columns that belong to a key.")] = False,
    format: FormatOption = None,  # noqa: A002
    imported: ImportOption = False,
    write_to: WriteToOption = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Draw an entity-relationship diagram. The text goes to standard output, notes to standard error."""
    from dbdesign.api.draw_erd import draw_erd

    with _call(root, config, page, imports=imported) as call:
        answer = draw_erd(
            source,
            to=to,
            focus=_names(focus),
            hops=hops,
            include=_names(include),
            exclude=_names(exclude),
            keys_only=keys_only,
            format=_form(format, imported),
            write_to=write_to,
            overwrite=overwrite,
            page=page or 1,
            call=call,
        )
    _print_text(answer, as_json)


@app.command("rules")
def rules_command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A rule, for its page.", autocompletion=_complete("rule_names")),
    ] = None,
) -> None:
    """List the review rules, or print a rule's page."""
    from dbdesign.api.finding_pages import finding_pages
    from dbdesign.rules.base import rule
    from dbdesign.rules.pages import page
    from dbdesign_server.terminal import show_markdown, show_rules

    if name is None:
        show_rules()
    elif name in finding_pages():
        show_markdown(finding_pages()[name])
    else:
        show_markdown(page(rule(name)))


@app.command("patterns")
def patterns_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="An engine, ORM or migration tool, for its page.",
            autocompletion=_complete("pattern_names"),
        ),
    ] = None,
) -> None:
    """List the pages of patterns by engine, ORM and migration tool, or print one."""
    from dbdesign.frameworks import index, pattern
    from dbdesign_server.terminal import show_markdown

    show_markdown(index() if name is None else pattern(name))


@app.command(
    "serve",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def serve_command(context: typer.Context) -> None:
    """Serve the tools over MCP, on standard input and output or with --http; see `dbdesign serve --help`."""
    from dbdesign_server.serve import serve

    raise typer.Exit(serve(context.args))


class _CallFor:
    """The terms of one call from the command line, with progress shown while it lasts."""

    def __init__(self, access: Access, tokens: int | None) -> None:
        from dbdesign_server.terminal import SlowProgress

        self._progress = SlowProgress()
        self._call = Call(access=access, tokens=tokens, progress=self._progress.tell)

    def __enter__(self) -> Call:
        self._progress.start()
        return self._call

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _call(roots: list[str], config: str | None, page: int | None, *, imports: bool = False) -> _CallFor:
    """The user may read any file, unless he names roots; a page is cut as for an assistant. `imports`: whether code may be run."""
    from dbdesign_server.config import ANSWER_TOKENS, load_config

    access = load_config(roots or ["."], config).access
    access = replace(access, roots=access.roots if roots else (), standard_input=_standard_input, imports=imports)
    return _CallFor(access, ANSWER_TOKENS if page else None)


def _form(format: str | None, imported: bool) -> str | None:  # noqa: A002 - as the options give them
    from dbdesign.api.source import IMPORTED

    if imported and format not in {None, "sqlalchemy", IMPORTED}:
        raise InputError(
            f"{format} is not imported", where="--import", remedy="Leave --import out: it is for SQLAlchemy"
        )
    return IMPORTED if imported else format


def _standard_input() -> bytes:
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _as_json(answer: Answer, wanted: bool) -> bool:
    if wanted:
        _write(json.dumps(answer.structured(), ensure_ascii=False, indent=2) + "\n")
    return wanted


def _write(text: str) -> None:
    """Exactly this text on standard output, in UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def _print_text(answer: GenerateSchemaAnswer, as_json: bool) -> None:
    """The text alone on standard output; what to know about it on standard error."""
    if _as_json(answer, as_json):
        return
    if answer.text is not None:
        _write(answer.text if answer.text.endswith("\n") else f"{answer.text}\n")
    for line in _remarks(answer):
        typer.echo(line, err=True)


def _remarks(answer: GenerateSchemaAnswer) -> Iterator[str]:
    for note in answer.notes:
        yield f"note: {note.object}: {note.lost}{f'; instead: {note.instead}' if note.instead else ''}"
    for text in answer.source_notes:
        yield f"note: {text}"
    for one in answer.unread:
        yield f"not understood: {place_of(one.path, one.line)}: {one.reason}: {' '.join(one.text.split())}"
    if others := list(dict.fromkeys(part.name for part in answer.parts)):
        shown = ", ".join(others[:8]) + (", …" if len(others) > 8 else "")
        yield f"note: {len(others)} further texts ({shown}): write them all with -o FOLDER/"
    yield answer.summary


def help_texts(width: int = 100) -> Iterator[tuple[str, str]]:
    """What `--help` says of each command, for the documentation: name, text."""
    from dbdesign_server.serve import parser

    command: Any = typer.main.get_command(app)
    for title, one in _commands("dbdesign", command):
        if title == "dbdesign serve":
            yield title, parser(width).format_help()
            continue
        context = one.make_context(title, [], resilient_parsing=True, terminal_width=width, max_content_width=width)
        yield title, one.get_help(context)


def _commands(title: str, command: Any) -> Iterator[tuple[str, Any]]:
    """A command and those below it."""
    yield title, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _commands(f"{title} {name}", one)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; gives the exit code. An error of the user's is one line on standard error."""
    try:
        code = app(args=list(arguments), prog_name="dbdesign", standalone_mode=False)
        sys.stdout.flush()
    except DesignError as error:
        return _fail(str(error))
    except USAGE_ERRORS as error:
        return _fail(_usage(error))
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as ending:
        if isinstance(ending.__context__, BrokenPipeError):  # typer ends with 1, which says "findings" here
            return _reader_gone()
        raise
    except RecursionError:
        return _fail(str(InputError("is nested too deeply", where="the source", remedy="Take it apart")))
    return code if isinstance(code, int) else FINE


def _reader_gone() -> int:
    """Whoever read our output has gone: nothing more is written, also not when the interpreter flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _usage(error: BaseException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "dbdesign"
    said = " ".join(str(getattr(error, "format_message", lambda: error)()).split()).rstrip(".")
    return f"{said}. Try '{command} --help'" if said else f"Try '{command} --help'"


def _fail(message: str) -> int:
    sys.stderr.write(f"dbdesign: {message}\n")
    return BAD_INPUT


import dbdesign_server.advise_command  # noqa: E402 - likewise
import dbdesign_server.ask_command  # noqa: E402 - likewise
import dbdesign_server.benchmark_command  # noqa: E402 - adds a command to `app`, from what stands above
import dbdesign_server.compare_command  # noqa: E402 - likewise
import dbdesign_server.detect_command  # noqa: E402 - likewise
import dbdesign_server.evals_command  # noqa: E402 - likewise
import dbdesign_server.explain_command  # noqa: E402 - likewise
import dbdesign_server.install_command  # noqa: E402 - likewise
import dbdesign_server.migrate_check_command  # noqa: E402 - likewise
import dbdesign_server.migrate_command  # noqa: E402 - likewise
import dbdesign_server.migrate_plan_command  # noqa: E402 - likewise
import dbdesign_server.nosql_command  # noqa: E402 - likewise
import dbdesign_server.scale_command  # noqa: E402 - likewise
import dbdesign_server.schema_command  # noqa: E402 - likewise
import dbdesign_server.simulate_command  # noqa: E402, F401 - likewise
