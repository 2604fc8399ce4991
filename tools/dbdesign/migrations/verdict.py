"""What the checks of an executed plan come to."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.migration import Verification

EQUAL = "equal to a fresh target"
"""What a check of the end state says where nothing differs."""


def judged(
    engine: str, checks: Mapping[str, str], fine: Mapping[str, str | tuple[str, ...]], rows: int, *, partial: bool
) -> Verification:
    """The verification of a plan.

    Args:
        checks: sentences by check.
        fine: what a check's sentence ends with where all is well.
        partial: whether the plan leaves something to people, so that its end is not the target.
    """
    wrong = [name for name, said in checks.items() if not said.endswith(fine[name])]
    if partial and set(wrong) <= {"end state"} and wrong:
        return Verification(
            ok=False, summary=f"executed on {engine}; what is left to people is missing at the end", checks=checks
        )
    if wrong:
        return Verification(
            ok=False, summary=f"not verified on {engine}: {wrong[0]}: {checks[wrong[0]]}", checks=checks
        )
    return Verification(
        ok=True, summary=f"verified on {engine}: up, down, re-plan empty, rows kept ({rows} rows)", checks=checks
    )
