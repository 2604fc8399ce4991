"""Groups the tables of a large diagram into domains: tables that reference each other densely, or that are named alike.

A namespace is never mixed with another. Inside one, a Louvain method (Blondel et al., "Fast unfolding of communities in
large networks", 2008) moves tables between groups while modularity grows, with two additions: each name prefix is a node
of its own that pulls its tables together, and no group may exceed a capacity. A foreign key to a table that many others
reference (`users`) says little about belonging together and weighs less. The result depends on names and foreign keys alone,
not on the order of the tables.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dbdesign.writers.selection import Entity, Link, Picture

PREFIX_WEIGHT = 0.6
"""The pull of a shared name prefix, where a foreign key to a table that nobody else references pulls with 1."""
SMALLEST = 3
"""Domains of fewer tables are joined to the domain that they reference most."""
LEFTOVER = "other"

Graph = dict[str, dict[str, float]]
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d+(?:[\W_]|\Z))")


@dataclass(frozen=True)
class Domain:
    """A named group of tables, labels in the diagram's order."""

    name: str
    labels: tuple[str, ...]


def domains(
    picture: Picture,
    default_namespace: str,
    capacity: float = math.inf,
    size: Callable[[str], float] = lambda _label: 1.0,
) -> list[Domain]:
    """Every table of the picture in exactly one domain.

    Args:
        default_namespace: how to call the default namespace where there are others.
        capacity: the largest sum of `size` in a domain; a single larger table is a domain of its own.
    """
    if not picture.entities:
        return []
    position = {entity.label: number for number, entity in enumerate(picture.entities)}
    by_namespace: dict[str, list[Entity]] = defaultdict(list)
    for entity in picture.entities:
        by_namespace[entity.table.namespace or default_namespace].append(entity)
    found: list[Domain] = []
    for namespace in sorted(by_namespace):
        members = sorted(by_namespace[namespace], key=lambda entity: entity.label)
        inside = _inside(members, picture.links)
        groups = _groups(members, inside, capacity, size)
        found += _named(groups, inside, namespace if len(by_namespace) > 1 else "", members)
    ordered = [Domain(one.name, tuple(sorted(one.labels, key=position.__getitem__))) for one in found]
    return _distinct(sorted(ordered, key=lambda domain: position[domain.labels[0]]))


def _inside(members: Iterable[Entity], links: Iterable[Link]) -> list[Link]:
    labels = {entity.label for entity in members}
    return [link for link in links if link.child in labels and link.parent in labels and link.child != link.parent]


def tokens(name: str) -> list[str]:
    """The words of a table's name, in lower case: `order_items`, `OrderItems` → order, items."""
    return [word.lower() for word in _BETWEEN_WORDS.split(name) if word] or [name.lower()]


def _prefixes(members: list[Entity]) -> dict[str, str]:
    """The first word of each table's name, after one that most tables share (`wp_`, `auth_`)."""
    words = {entity.label: tokens(entity.table.name) for entity in members}
    first = Counter(one[0] for one in words.values())
    common = {word for word, count in first.items() if len(members) >= 4 and count > 0.6 * len(members)}
    rest = {label: one[1:] if one[0] in common and len(one) > 1 else one for label, one in words.items()}
    return {label: _singular(one[0]) for label, one in rest.items()}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _graph(members: list[Entity], links: list[Link]) -> tuple[Graph, set[str]]:
    """The weighted graph, and its virtual nodes (one for each prefix that two tables share)."""
    graph: Graph = {entity.label: {} for entity in members}
    popularity = Counter(link.parent for link in links)
    for link in sorted(links, key=lambda one: (one.child, one.parent, one.role)):
        weight = (2.0 if link.identifying else 1.0) / (1.0 + math.log2(popularity[link.parent]))
        _connect(graph, link.child, link.parent, weight)
    prefixes = _prefixes(members)
    shared = {prefix for prefix, count in Counter(prefixes.values()).items() if count > 1}
    for label, prefix in prefixes.items():
        if prefix in shared:
            _connect(graph, label, f"\0{prefix}", PREFIX_WEIGHT)
    return graph, {f"\0{prefix}" for prefix in shared}


def _connect(graph: Graph, one: str, other: str, weight: float) -> None:
    graph.setdefault(one, {})[other] = graph.get(one, {}).get(other, 0.0) + weight
    graph.setdefault(other, {})[one] = graph.get(other, {}).get(one, 0.0) + weight


def _groups(members: list[Entity], links: list[Link], capacity: float, size: Callable[[str], float]) -> list[list[str]]:
    graph, virtual = _graph(members, links)
    sizes = {node: 0.0 if node in virtual else size(node) for node in graph}
    whole = [[node for node in group if node not in virtual] for group in louvain(graph, sizes, math.inf)]
    groups = [part for group in whole if group for part in _halved(group, graph, sizes, capacity)]
    return _joined(groups, graph, sizes, capacity)


def _halved(group: list[str], graph: Graph, sizes: Mapping[str, float], capacity: float) -> list[list[str]]:
    """A group above the capacity in parts of about equal size, each still of tables that belong together."""
    total = sum(sizes[node] for node in group)
    if total <= capacity or len(group) == 1:
        return [group]
    inside = set(group)
    subgraph = {node: {other: w for other, w in graph[node].items() if other in inside} for node in group}
    even = min(capacity, 1.1 * total / math.ceil(total / capacity))
    return _joined(louvain(subgraph, sizes, even), subgraph, sizes, even)


def louvain(graph: Graph, sizes: Mapping[str, float], capacity: float) -> list[list[str]]:
    """Groups of nodes of (nearly) greatest modularity, none of them above the capacity unless a single node is."""
    groups = {node: [node] for node in graph}
    while True:
        community = _move(graph, {one: sum(sizes[node] for node in group) for one, group in groups.items()}, capacity)
        merged: dict[str, list[str]] = defaultdict(list)
        for node, group in groups.items():
            merged[community[node]] += group
        if len(merged) == len(groups):
            return [sorted(group) for group in merged.values()]
        graph, groups = _aggregate(graph, community), dict(merged)


def _aggregate(graph: Graph, community: Mapping[str, str]) -> Graph:
    smaller: Graph = {community[node]: {} for node in graph}
    for node, neighbours in graph.items():
        own = smaller[community[node]]
        for other, weight in neighbours.items():
            own[community[other]] = own.get(community[other], 0.0) + weight
    return smaller


def _move(graph: Graph, sizes: Mapping[str, float], capacity: float) -> dict[str, str]:
    """Louvain's first phase: each node to the neighbouring community of greatest gain, until none moves."""
    degree = {node: sum(neighbours.values()) for node, neighbours in graph.items()}
    whole = sum(degree.values()) or 1.0
    community = {node: node for node in graph}
    total, filled = dict(degree), dict(sizes)
    for _pass in range(20):
        moved = False
        for node, neighbours in graph.items():
            own = community[node]
            total[own] -= degree[node]
            filled[own] -= sizes[node]
            pull: dict[str, float] = {own: 0.0}
            for other, weight in neighbours.items():
                if other != node:
                    pull[community[other]] = pull.get(community[other], 0.0) + weight
            best = own
            gain = pull[own] - total[own] * degree[node] / whole
            for target in sorted(pull):
                better = pull[target] - total[target] * degree[node] / whole
                if better > gain + 1e-9 and filled[target] + sizes[node] <= capacity:
                    best, gain = target, better
            community[node] = best
            total[best] += degree[node]
            filled[best] += sizes[node]
            moved |= best != own
        if not moved:
            break
    return community


def _joined(groups: list[list[str]], graph: Graph, sizes: Mapping[str, float], capacity: float) -> list[list[str]]:
    """Small groups joined to the group that they are tied to most, the unattached ones to each other."""
    ordered = sorted(groups, key=lambda group: (-len(group), group))
    large = [list(group) for group in ordered if len(group) >= SMALLEST]
    fill = [sum(sizes[node] for node in group) for group in large]
    home = {node: number for number, group in enumerate(large) for node in group}
    loose: list[list[str]] = []
    for group in (one for one in ordered if len(one) < SMALLEST):
        need = sum(sizes[node] for node in group)
        pull: dict[int, float] = defaultdict(float)
        for node in group:
            for other, weight in graph[node].items():
                if other in home and fill[home[other]] + need <= capacity:
                    pull[home[other]] += weight
        if pull:
            best = max(sorted(pull), key=lambda number: pull[number])
            large[best] += group
            fill[best] += need
        else:
            loose.append(group)
    return large + _packed(loose, sizes, capacity)


def _packed(loose: list[list[str]], sizes: Mapping[str, float], capacity: float) -> list[list[str]]:
    packed: list[list[str]] = []
    room = -1.0
    for group in sorted(loose):
        need = sum(sizes[node] for node in group)
        if need > room:
            packed.append([])
            room = capacity
        packed[-1] += group
        room -= need
    return packed


def _named(groups: list[list[str]], links: list[Link], namespace: str, members: list[Entity]) -> list[Domain]:
    if namespace and len(groups) == 1:
        return [Domain(namespace, tuple(groups[0]))]
    prefixes = _prefixes(members)
    names = {entity.label: entity.table.name for entity in members}
    tied = {end for link in links for end in (link.child, link.parent)}
    found: list[Domain] = []
    for group in groups:
        name = _name(group, links, prefixes, names) if tied & set(group) or len(group) == 1 else LEFTOVER
        shared = Counter(prefixes[label] for label in group)
        if name == LEFTOVER and len(shared) == 1:
            name = next(iter(shared))
        found.append(Domain(f"{namespace}.{name}" if namespace else name, tuple(group)))
    return found


def _name(group: list[str], links: list[Link], prefixes: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The prefix that most of the tables share, or else the table that most of them reference."""
    prefix, count = min(Counter(prefixes[label] for label in group).items(), key=lambda item: (-item[1], item[0]))
    if count * 2 > len(group) and count > 1:
        return prefix
    inside = set(group)
    referenced = Counter(link.parent for link in links if link.child in inside and link.parent in inside)
    centre = min(group, key=lambda label: (-referenced[label], label))
    return names[centre].lower()


def _distinct(found: list[Domain]) -> list[Domain]:
    """The domains with names that no two share, whatever the case: a second `orders` becomes `orders 2`."""
    used: set[str] = set()
    distinct: list[Domain] = []
    for domain in found:
        name, number = domain.name, 1
        while name.lower() in used:
            number += 1
            name = f"{domain.name} {number}"
        used.add(name.lower())
        distinct.append(Domain(name, domain.labels))
    return distinct
