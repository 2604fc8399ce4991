"""The program and its linear relaxation, solved by HiGHS (Huangfu and Hall, Mathematical Programming Computation 10, 2018).

The relaxation gives a bound below which no choice costs, what the room and each index are worth to each query, and by how much the bound
rises where an atom is taken: what would lift it above a known choice needs no look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from dbdesign.indexes.costs import bits, union
from dbdesign.indexes.program import Atom, Program

WHOLE = 1000.0
"""What the workload costs without indexes, in the solver's numbers: its tolerances are absolute."""

SECONDS = 60.0
"""Time that the solver takes at most for one program; then its best so far counts."""

MOST_NODES = 2_000
"""Parts that branching looks at, at most."""

HALF = 0.5


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation's outcome; costs are weighted ones.

    Attributes:
        value: no choice costs less.
        per_byte: what a byte of the budget is worth.
        rest: by index, its price less what all queries pay for it; below nothing where the relaxation takes the whole of it.
        shares: by query, what it pays for each index that one of its atoms uses.
        extras: by query and atom, by how much the bound rises where it is taken.
    """

    value: float
    per_byte: float
    rest: tuple[float, ...]
    shares: tuple[dict[int, float], ...]
    extras: tuple[tuple[float, ...], ...]

    def below(self, program: Program, slack: float) -> Program:
        """The program with only the atoms that raise the bound by less than `slack`, and the one without indexes."""
        return program.part(
            [atom for atom, extra in zip(atoms, extras, strict=True) if extra < slack or not atom[1]]
            for atoms, extras in zip(program.atoms, self.extras, strict=True)
        )

    def slack_of(self, most: int) -> float:
        """The slack below which there are as many atoms, or all."""
        extras = sorted(extra for one in self.extras for extra in one)
        return extras[most] if most < len(extras) else math.inf


def relaxed(program: Program, budget: int) -> Relaxed:
    """Solve the relaxation: by interior points, whose prices lie amid all that are as good, or else by the simplex method; where neither
    comes to an end in time, nothing is known.
    """
    model = _Model(program, budget)
    solution = _relaxation(model)
    if solution is None:
        nothing = tuple(tuple(0.0 for _ in atoms) for atoms in program.atoms)
        return Relaxed(0.0, 0.0, program.upkeep, tuple({} for _ in program.atoms), nothing)
    value, duals, prices = list(solution.col_value), list(solution.col_dual), list(solution.row_dual)
    scale = model.scale
    rest = [program.upkeep[number] for number in range(len(program.numbers))]
    for column, number in enumerate(model.indexes):
        rest[number] = duals[column] * scale
    shares = tuple({number: max(0.0, -prices[row]) * scale for number, row in one.items()} for one in model.links)
    extras = []
    for columns, atoms in zip(model.atoms, program.atoms, strict=True):
        extras.append(
            tuple(
                scale * max(0.0, duals[column]) + sum(max(0.0, rest[number]) for number in bits(used))
                for column, (_, used) in zip(columns, atoms, strict=True)
            )
        )
    cost = sum(one * by for one, by in zip(model.costs, value, strict=True)) * scale
    return Relaxed(cost, max(0.0, -prices[-1]) * scale / model.unit, tuple(rest), shares, tuple(extras))


def optimum(program: Program, budget: int, *, start: int, gap: float) -> tuple[int, float]:
    """The best choice, and a bound below which none of this program costs.

    Args:
        start: a choice that fits, to begin from.
        gap: relative, at which the solver need not go on.
    """
    model = _Model(program, budget)
    solver = _solved(model, start=start, gap=gap)
    values = list(solver.getSolution().col_value)
    chosen = sum(1 << number for number, part in zip(model.indexes, values, strict=False) if part > HALF)
    return chosen, float(solver.getInfo().mip_dual_bound) * model.scale


@dataclass
class _Model:
    """Columns and rows: a column for every index, then for every atom; a row for every query, index of a query, and the room.

    Attributes:
        scale: weighted cost that is 1 in the columns' costs.
        unit: bytes that are 1 in the row of the room, which pages keep small.
        indexes: numbers of the first columns.
        atoms: columns by query and atom.
        links: by query, the row for each index that its atoms use.
        rows: (least, most, columns, factors).
    """

    program: Program
    budget: int
    scale: float = 1.0
    unit: int = 1
    indexes: tuple[int, ...] = ()
    costs: list[float] = field(default_factory=list)
    atoms: list[range] = field(default_factory=list)
    links: list[dict[int, int]] = field(default_factory=list)
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        program = self.program
        self.scale = sum(one[-1][0] for one in program.atoms) / WHOLE or 1.0
        self.indexes = tuple(bits(union(used for one in program.atoms for _, used in one)))
        columns = {number: column for column, number in enumerate(self.indexes)}
        self.costs = [program.upkeep[number] / self.scale for number in self.indexes]
        for atoms in program.atoms:
            self._query(atoms, columns)
        self.unit = math.gcd(*program.sizes, 0) or 1
        sizes = [float(program.sizes[number] // self.unit) for number in self.indexes]
        self.rows.append((-math.inf, float(self.budget // self.unit), list(range(len(sizes))), sizes))

    def _query(self, atoms: tuple[Atom, ...], columns: dict[int, int]) -> None:
        mine = range(len(self.costs), len(self.costs) + len(atoms))
        self.atoms.append(mine)
        self.costs += [cost / self.scale for cost, _ in atoms]
        self.rows.append((1.0, 1.0, list(mine), [1.0] * len(mine)))
        using: dict[int, list[int]] = {}
        for column, (_, used) in zip(mine, atoms, strict=True):
            for number in bits(used):
                using.setdefault(number, []).append(column)
        self.links.append({number: len(self.rows) + place for place, number in enumerate(using)})
        for number, those in using.items():
            self.rows.append((-math.inf, 0.0, [*those, columns[number]], [1.0] * len(those) + [-1.0]))

    def values(self, chosen: int) -> list[float]:
        """The columns of a choice."""
        found = [float(chosen >> number & 1) for number in self.indexes]
        for atoms in self.program.atoms:
            taken = next(place for place, (_, used) in enumerate(atoms) if not used & ~chosen)
            found += [float(place == taken) for place in range(len(atoms))]
        return found


def _relaxation(model: _Model) -> Any:
    for method in ("ipm", "simplex"):
        solver = _solved(model, method=method)
        if solver.modelStatusToString(solver.getModelStatus()) == "Optimal":
            return solver.getSolution()
    return None


def _solved(model: _Model, *, start: int | None = None, gap: float = 0.0, method: str = "choose") -> Any:
    """The solver, done: of the relaxation where there is no choice to begin from."""
    highs: Any = import_module(
        "highspy"
    )  # late, since it brings numpy; and it writes to the standard output unless told by options
    options = highs.HighsOptions()
    options.output_flag = options.log_to_console = False
    options.threads, options.time_limit = 1, SECONDS
    options.mip_rel_gap, options.mip_max_nodes = gap, MOST_NODES
    options.solver, options.run_crossover = method, "off" if method == "ipm" else "on"
    solver = highs._core._Highs()  # noqa: SLF001 - the public class has no way to pass options before it speaks
    solver.passOptions(options)
    solver.passModel(_passed(highs, model, whole=start is not None))
    if start is not None:
        solution = highs.HighsSolution()
        solution.col_value = model.values(start)
        solver.setSolution(solution)
    solver.run()
    return solver


def _passed(highs: Any, model: _Model, *, whole: bool) -> Any:
    program = highs.HighsLp()
    count = len(model.costs)
    program.num_col_, program.num_row_ = count, len(model.rows)
    program.col_cost_, program.col_lower_, program.col_upper_ = model.costs, [0.0] * count, [1.0] * count
    program.row_lower_ = [least for least, *_ in model.rows]
    program.row_upper_ = [most for _, most, *_ in model.rows]
    starts = [0]
    for _, _, columns, _ in model.rows:
        starts.append(starts[-1] + len(columns))
    matrix = program.a_matrix_
    matrix.format_ = highs.MatrixFormat.kRowwise
    matrix.start_ = starts
    matrix.index_ = [column for _, _, columns, _ in model.rows for column in columns]
    matrix.value_ = [factor for *_, factors in model.rows for factor in factors]
    if whole:
        kind = highs.HighsVarType
        indexes = len(model.indexes)
        program.integrality_ = [kind.kInteger] * indexes + [kind.kContinuous] * (count - indexes)
    return program
