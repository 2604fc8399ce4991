"""The tasks and graders run under Inspect AI as they do here."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign_evals.offline import reference
from dbdesign_evals.task import TASKS, load_task

pytest.importorskip("inspect_ai", reason="Inspect AI is not installed: pip install 'dbdesign[inspect]'")

NAME = "fleet-report-plan"


def _reply() -> str:
    files = reference(load_task(TASKS / NAME)).files
    return "\n".join(f"```{name.rpartition('.')[2]} {name}\n{text}```\n" for name, text in files.items())


@pytest.mark.parametrize("arm", ["bare", "persona"])
def test_a_task_is_scored_under_inspect(tmp_path: Path, arm: str) -> None:
    from inspect_ai import eval as inspect_eval
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    from dbdesign_evals.inspect_suite import dbdesign

    output = ModelOutput.from_content("mockllm/model", _reply())
    output.usage = ModelUsage(
        input_tokens=1, output_tokens=1, total_tokens=2
    )  # else it counts, with a file from the network
    model = get_model("mockllm/model", custom_outputs=[output])
    (log,) = inspect_eval(dbdesign(tasks=NAME, arm=arm), model=model, log_dir=str(tmp_path), display="none")  # type: ignore[arg-type]
    assert log.status == "success", log.error
    assert log.samples is not None
    (sample,) = log.samples
    assert sample.scores is not None
    score = sample.scores["executed"]
    assert (score.value, "numbers: passed" in (score.explanation or "")) == (1.0, True)
    assert [one.role for one in sample.messages][:1] == (["system"] if arm == "persona" else ["user"])
