"""The exact optimum over a set of atomic configurations, by integer programming (HiGHS): what the heuristic search is held against.

CoPhy's program (Dash, Polyzotis, Ailamaki, VLDB 2011): each query takes exactly one of its atoms, an atom needs all of its indexes, the
chosen indexes fit the budget, the weighted cost is least.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbdesign.indexes.costs import Query, bits


def optimum(
    queries: Sequence[Query], sizes: Sequence[int], budget: int, *, seconds: float = 120.0
) -> tuple[float, float, int]:
    """The least cost, the bound below which none can be, and the chosen indexes as bits."""
    import highspy

    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", seconds)
    atoms = [query.atoms() for query in queries]
    numbers = sorted({number for one in atoms for atom in one for number in bits(atom.used)})
    index = {number: solver.addBinary() for number in numbers}
    cost = []
    for query, mine in zip(queries, atoms, strict=True):
        taken = [solver.addVariable(0, 1) for _ in mine]
        solver.addConstr(sum(taken) == 1)
        for number in {number for atom in mine for number in bits(atom.used)}:
            using = [one for one, atom in zip(taken, mine, strict=True) if atom.used >> number & 1]
            solver.addConstr(sum(using) <= index[number])
        cost += [one * (atom.cost * query.weight) for one, atom in zip(taken, mine, strict=True)]
    megabytes = 1024 * 1024
    solver.addConstr(sum(index[number] * (sizes[number] / megabytes) for number in numbers) <= budget / megabytes)
    solver.minimize(sum(cost))
    values = solver.getSolution().col_value
    chosen = sum(1 << number for number, variable in index.items() if values[variable.index] > 0.5)
    information = solver.getInfo()
    return information.objective_function_value, information.mip_dual_bound, chosen
