"""The command group `dbdesign evals`: run the suite, and report on what was run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign_evals.runner import Plan, Run
    from dbdesign_evals.samples import Sample

RESULTS = "out/evals/results.jsonl"

app = typer.Typer(
    help="Design tasks whose graders execute: score answers of a model, or the answers that stand with the tasks.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ResultsOption = Annotated[
    str,
    typer.Option("--results", metavar="FILE", help="Where results are kept, and found again when a run is resumed."),
]


@app.command("run")
def run_command(
    arm: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="ARM",
            help="bare, persona, tools (of a model); reference, naive, mutants, alternatives; repeatable. All offline arms by default.",
        ),
    ] = [],  # noqa: B006 - never changed
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model that the first three arms ask.")] = None,
    task: Annotated[
        list[str], typer.Option(metavar="TASK", help="Only this task or area; patterns with * are fine; repeatable.")
    ] = [],  # noqa: B006
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="How often a model is asked.")] = 1,
    parallel: Annotated[int, typer.Option(metavar="N", min=1, max=32, help="Samples at the same time.")] = 2,
    max_cost: Annotated[
        float | None, typer.Option(metavar="USD", min=0, help="What all samples of the run may cost together.")
    ] = None,
    results: ResultsOption = RESULTS,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run also what is in the results already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    tasks_folder: Annotated[
        str | None, typer.Option("--tasks", metavar="FOLDER", help="Tasks of another folder than the suite's.")
    ] = None,
) -> None:
    """Run arms over tasks. Completed samples are taken from the results file; an interrupted run goes on."""
    from dbdesign_evals.offline import OFFLINE
    from dbdesign_evals.progress import Progress
    from dbdesign_evals.runner import MODEL_ARMS, Plan, run
    from dbdesign_evals.samples import ResultsFile
    from dbdesign_evals.task import TASKS, chosen_tasks

    arms = [name for one in arm for name in one.split(",") if name] or list(OFFLINE)
    chosen = list(chosen_tasks(tuple(task), Path(tasks_folder) if tasks_folder else TASKS))
    path = Path(results)
    plan = Plan(chosen, arms, ResultsFile(path), model, epochs, parallel, max_cost, fresh=fresh)
    if model is not None and set(arms) & set(MODEL_ARMS):
        from dbdesign_evals.asking import Asker

        plan.ask = Asker(model, path.parent / "transcripts")
    with Progress(quiet=as_json) as progress:
        plan.tell = progress.tell
        outcome = run(plan)
    _show(plan, outcome, as_json=as_json)


def _show(plan: Plan, outcome: Run, *, as_json: bool) -> None:
    from dbdesign_evals import table

    offline = [one for one in outcome.samples if one.model is None]
    wrong = list(table.problems(offline))
    if as_json:
        value = {"samples": [asdict(one) for one in outcome.samples], "problems": wrong, "skipped": outcome.skipped}
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(plan, outcome, offline, wrong)
    if outcome.closed:
        raise InputError(outcome.closed, where="the Anthropic API")
    if wrong:
        raise typer.Exit(1)


def _print(plan: Plan, outcome: Run, offline: list[Sample], wrong: list[str]) -> None:
    from dbdesign_evals import table
    from dbdesign_evals.report.arms import arms_text

    asked = [one for one in outcome.samples if one.model is not None]
    if outcome.cached:
        typer.echo(
            f"{outcome.cached} samples were there already ({plan.results.path}); --fresh runs them again", err=True
        )
    if outcome.skipped:
        typer.echo(f"{outcome.skipped} samples were left out: the cost limit is reached", err=True)
    for line in wrong:
        typer.echo(f"problem: {line}", err=True)
    if asked:
        typer.echo(arms_text(asked))
    if offline:
        typer.echo(table.text(offline))


@app.command("report")
def report_command(
    results: ResultsOption = RESULTS,
    write_to: Annotated[
        str, typer.Option("--write-to", "-o", metavar="FOLDER", help="Folder for report.md and report.html.")
    ] = "out/evals",
) -> None:
    """Write the report: scores with confidence intervals, arms side by side, cost, tokens, time, tools, transcripts."""
    from dbdesign_evals.report.html import page
    from dbdesign_evals.report.markdown import document
    from dbdesign_evals.samples import latest, read_results

    path = Path(results)
    if not path.is_file():
        raise InputError("there are no results", where=str(path), remedy="Run `dbdesign evals run` first")
    samples = latest(read_results(path))
    folder = Path(write_to)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(document(samples), encoding="utf-8")
    (folder / "report.html").write_text(page(samples, path.parent), encoding="utf-8")
    typer.echo(f"{len(samples)} samples: {folder / 'report.md'}, {folder / 'report.html'}")


@app.command("show")
def show_command(
    task: Annotated[str, typer.Argument(metavar="TASK")],
    name: Annotated[
        str, typer.Argument(metavar="ANSWER", help="reference, naive, an alternative, a mutant, or an arm of a model.")
    ] = "reference",
    results: ResultsOption = RESULTS,
) -> None:
    """Show every check of an answer: its score, the reasons, the evidence."""
    from dbdesign.errors import UnknownNameError
    from dbdesign_evals.samples import read_results

    if not Path(results).is_file():
        raise InputError("there are no results", where=results, remedy="Run `dbdesign evals run` first")
    own = [one for one in read_results(Path(results)) if one.task == task]
    found = [one for one in own if name in (one.name, one.arm)]
    if not found:
        raise UnknownNameError.among("answer", name, {one.name or one.arm for one in own}, where=task)
    for line in _checks(found[-1]):
        typer.echo(line)


def _checks(sample: Sample) -> Iterator[str]:
    """A sample's checks as lines."""
    yield f"{sample.task}, {sample.name or sample.arm}: {sample.score:.3f}" + (
        f", {sample.reason}" if sample.reason else ""
    )
    yield from (f"note: {one}" for one in sample.grade.get("notes", []))
    for check in sample.grade.get("checks", []):
        yield f"{check['score']:.2f} of {check['weight']:g}  {check['id']}: {check['status']} ({check['seconds']:.2f} s)"
        yield from (f"    - {one}" for one in check["reasons"])
        yield from (f"      {one}" for one in check["evidence"])


@app.command("tasks")
def tasks_command() -> None:
    """List the tasks: id, area, what they need, title."""
    from dbdesign_evals.task import tasks

    for one in tasks().values():
        typer.echo(f"{one.id:34} {one.area:20} {', '.join(one.needs):34} {one.title}")
