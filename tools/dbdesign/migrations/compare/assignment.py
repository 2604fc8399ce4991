"""The best one-to-one pairing of two groups, given how well each pair fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import TypeVar

from dbdesign.model.relations import strongly_connected

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def best_pairs(scores: Mapping[tuple[Left, Right], float]) -> list[tuple[Left, Right]]:
    """The pairing whose scores add up to most; only pairs that have a (positive) score are made.

    The pairs fall into groups that have nothing to do with one another; each is solved by itself.
    """
    graph: dict[tuple[str, Hashable], list[tuple[str, Hashable]]] = defaultdict(list)
    for left, right in scores:
        graph["left", left].append(("right", right))
        graph["right", right].append(("left", left))
    result: list[tuple[Left, Right]] = []
    numbers = {node: number for number, node in enumerate(graph)}
    by_number = list(graph)
    for group in strongly_connected({str(numbers[one]): [str(numbers[to]) for to in graph[one]] for one in graph}):
        members = sorted(int(one) for one in group)
        lefts = [by_number[one][1] for one in members if by_number[one][0] == "left"]
        rights = [by_number[one][1] for one in members if by_number[one][0] == "right"]
        result += _solve(lefts, rights, scores)  # type: ignore[arg-type]
    return result


def _solve(
    lefts: list[Left], rights: list[Right], scores: Mapping[tuple[Left, Right], float]
) -> list[tuple[Left, Right]]:
    """The Hungarian algorithm with potentials (Kuhn 1955, Munkres 1957), cubic in the larger side."""
    size = max(len(lefts), len(rights))

    def cost(row: int, column: int) -> float:
        if row >= len(lefts) or column >= len(rights):
            return 0.0
        return -scores.get((lefts[row], rights[column]), 0.0)

    matched = _minimal(size, [[cost(row, column) for column in range(size)] for row in range(size)])
    pairs = [(lefts[row], rights[column]) for row, column in matched if row < len(lefts) and column < len(rights)]
    return [pair for pair in pairs if scores.get(pair, 0.0) > 0]


def _minimal(size: int, cost: list[list[float]]) -> list[tuple[int, int]]:
    """Rows with their columns in the cheapest complete matching of a square matrix. Row and column 0 are the algorithm's own."""
    endless = float("inf")
    row_price, column_price = [0.0] * (size + 1), [0.0] * (size + 1)
    row_of, came_from = [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        row_of[0], column = row, 0
        least, seen = [endless] * (size + 1), [False] * (size + 1)
        while True:
            seen[column] = True
            at, step, following = row_of[column], endless, 0
            for other in range(1, size + 1):
                if seen[other]:
                    continue
                reduced = cost[at - 1][other - 1] - row_price[at] - column_price[other]
                if reduced < least[other]:
                    least[other], came_from[other] = reduced, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(size + 1):
                if seen[other]:
                    row_price[row_of[other]] += step
                    column_price[other] -= step
                else:
                    least[other] -= step
            column = following
            if not row_of[column]:
                break
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return [(row_of[column] - 1, column - 1) for column in range(1, size + 1)]
