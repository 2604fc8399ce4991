"""Every version of PostgreSQL that is installed: the rules against its locks, and the plans of every pair of schemas executed on it.

    python benchmarks/postgres_versions.py [version …] [--locks] [--pairs] [--record]

Servers are found as the product finds them (`DBDESIGN_POSTGRES_14`, packages' usual places), and in npm's `pg14` below
DBDESIGN_NODE_MODULES. `--record` writes the locks that were seen to `tests/migrations/lock_measurements.jsonl`.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

from dbdesign.engines.postgres import embedded_for, split_script  # noqa: E402
from dbdesign.engines.postgres.versions import MAJORS, VERSION_VARIABLE  # noqa: E402
from dbdesign.migrations.plan import plan_migration  # noqa: E402
from dbdesign.migrations.predict import State, predict  # noqa: E402
from dbdesign.migrations.trace import Tracer  # noqa: E402
from dbdesign.migrations.trace.kinds import needs_to_be_alone  # noqa: E402
from dbdesign.model.migration import LockMode, Trace  # noqa: E402
from dbdesign.readers.base import reader  # noqa: E402
from migrations.plan.pairs import UUIDS, Pair, for_version, scripts, settings  # noqa: E402

CASES = TESTS / "migrations"
MEASUREMENTS = CASES / "lock_measurements.jsonl"
PATH = "SET search_path = o, public"
MIXTURES = 400
"""Random mixtures of actions of ALTER TABLE beside the statements written down."""

Case = dict[str, str]


def setup(version: int) -> str:
    """The schema that the statements are executed in."""
    return (UUIDS if version < 13 else "") + (CASES / "lock_oracle_setup.sql").read_text()


def statements() -> Iterator[tuple[str, Case]]:
    """The oracle's by their names, the further ones, and mixtures."""
    for line in (CASES / "lock_oracle.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield case["id"], case
    for one in yaml.safe_load((CASES / "further_statements.yaml").read_text()):
        yield "", one if isinstance(one, dict) else {"sql": one, "pre": ""}
    dice, actions = random.Random(1), yaml.safe_load((CASES / "actions.yaml").read_text())
    for _ in range(MIXTURES):
        table = dice.choice(sorted(actions))
        chosen = dice.sample(actions[table], k=min(dice.randint(1, 3), len(actions[table])))
        yield "", {"sql": f"ALTER TABLE {table} {', '.join(chosen)}", "pre": ""}


def traced(case: Case, shared: Tracer, version: int) -> Trace:
    """What the server shows; where it refuses what goes before, its error."""
    if not case["pre"] and not needs_to_be_alone(case["sql"]):
        shared.begin()
        trace = shared.run(case["sql"])
        shared.rollback()
        return trace
    with Tracer(setup(version), version=version) as tracer:
        tracer.run(PATH)
        for statement in split_script(case["pre"]).statements:
            before = tracer.run(statement.sql)
            if before.error is not None:
                return before
        return tracer.run(case["sql"])


def told(trace: Trace, *, alone: bool) -> dict[str, Any]:
    """What is compared and recorded of a trace; ROW SHARE comes from the checks of single rows, and blocks nobody."""
    if trace.error is not None:
        return {"error": trace.error[:5]}
    modes = {name: mode.value for name, mode in trace.locks.items() if mode is not LockMode.ROW_SHARE}
    found: dict[str, Any] = {"locks": {name.removeprefix("o."): mode for name, mode in modes.items()}}
    if not alone:
        found["rewrites"] = [name.removeprefix("o.") for name in trace.rewrites]
        found["scans"] = [name.removeprefix("o.") for name in trace.scans]
    return found


def locks(version: int) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What was seen, by the oracle's names, and where the rules say something else."""
    seen: dict[str, dict[str, Any]] = {}
    different: list[str] = []
    state = State.of(setup(version))
    state.apply(PATH)
    with Tracer(setup(version), version=version) as shared:
        shared.run(PATH)
        for name, case in statements():
            alone = needs_to_be_alone(case["sql"])
            found = told(traced(case, shared, version), alone=alone)
            if name:
                seen[name] = found
            before = state.copy()
            for statement in split_script(case["pre"]).statements:
                before.apply(statement.sql)
            said = told(predict(case["sql"], before, str(version)), alone=alone)
            if found != said and "error" not in found:
                different.append(f"{case['sql']}\n    seen  {found}\n    rules {said}")
    return seen, different


def record(measured: dict[int, dict[str, dict[str, Any]]]) -> None:
    """Write what was seen, by ranges of versions that agree."""
    lines = []
    for name in next(iter(measured.values())):
        row: dict[str, Any] = {"id": name}
        for _, group in groupby(sorted(measured), key=lambda one: json.dumps(measured[one][name], sort_keys=True)):
            versions = list(group)
            span = str(versions[0]) if len(versions) == 1 else f"{versions[0]}-{versions[-1]}"
            row[span] = measured[versions[0]][name]
        lines.append(json.dumps(row))
    MEASUREMENTS.write_text("\n".join(lines) + "\n")


def pairs(version: int) -> tuple[int, list[str]]:
    """How many pairs were planned and executed, and which of them fail, with what."""
    every = for_version(version)
    failed = []
    for destructive in (False, True):
        mine = [one for one in every if bool(one.options.get("destructive")) is destructive]
        for at in range(0, len(mine), 12):
            group = mine[at : at + 12]
            if _problem(group, version):
                failed += [f"{one.id}: {problem}" for one in group if (problem := _problem([one], version))]
    return len(every), failed


def _problem(group: list[Pair], version: int) -> str | None:
    placed = [(f"s{number}", pair) for number, pair in enumerate(group)]
    before, after = (reader("postgresql").read(text).schema_ for text in scripts(placed))
    plan = plan_migration(before, after, settings(placed))
    if plan.manual or plan.questions:
        return f"left to hand: {plan.manual} {plan.questions}"
    if plan.verification is None:
        return "nothing to do"
    fine = plan.verification.ok and f"verified on PostgreSQL {version}." in plan.verification.summary
    return None if fine else plan.verification.summary


def main(arguments: list[str]) -> int:
    """Print a line for each version; 1 where something differs or fails."""
    modules = Path(os.environ.get("DBDESIGN_NODE_MODULES", "node_modules"))
    for major in MAJORS:
        folder = modules / f"pg{major}/native/bin"
        if folder.is_dir():
            os.environ.setdefault(VERSION_VARIABLE.format(major), str(folder))
    wanted = [int(one) for one in arguments if one.isdigit()] or list(MAJORS)
    everything = not {"--locks", "--pairs"} & set(arguments)
    measured, good = {}, True
    for version in wanted:
        server = embedded_for(version)
        if server.major != version:
            print(f"PostgreSQL {version}: not installed")
            continue
        if everything or "--locks" in arguments:
            measured[version], different = locks(version)
            print(
                f"PostgreSQL {server.version}: {len(list(statements()))} statements, {len(different)} where the rules differ"
            )
            print("".join(f"  {one}\n" for one in different), end="")
            good &= not different
        if everything or "--pairs" in arguments:
            began = time.perf_counter()
            count, failed = pairs(version)
            print(
                f"PostgreSQL {server.version}: {count} pairs, {len(failed)} fail ({time.perf_counter() - began:.0f} s)"
            )
            print("".join(f"  {one}\n" for one in failed), end="")
            good &= not failed
    if "--record" in arguments and set(measured) == set(MAJORS):
        record(measured)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
