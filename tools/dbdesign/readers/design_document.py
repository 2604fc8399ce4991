"""YAML (or JSON) written by people, walked node by node, so that every problem has a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dbdesign.errors import InputError
from dbdesign.model.base import Model

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_NODES, MAX_DEPTH = 200_000, 40


class Problem(Model):
    """One thing that is wrong with a design file; `line` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class DesignFileError(InputError):
    """A design file that does not hold; `problems` has all of them, the text the first five."""

    def __init__(self, problems: list[Problem], name: str) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        shown = "; ".join(str(problem) for problem in self.problems[:5])
        more = f"; and {len(self.problems) - 5} more" if len(self.problems) > 5 else ""
        super().__init__(f"{shown}{more}", where=name)


@dataclass
class Document:
    """A document that is being read: its name in messages, what was found wrong so far, and the lines of its parts."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def compose(self, text: str) -> Node:
        """The root node; raises `DesignFileError` where the text is no YAML, empty, or a bomb."""
        import yaml

        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise DesignFileError(
                [Problem(line=mark.line + 1 if mark else 1, message=f"not YAML: {error.problem}")], self.name
            ) from None
        except (yaml.YAMLError, RecursionError) as error:
            raise DesignFileError(
                [Problem(line=1, message=f"not YAML: {str(error).splitlines()[0]}")], self.name
            ) from None
        if root is None:
            raise DesignFileError([Problem(line=1, message="the file is empty")], self.name)
        self._refuse_bombs(root)
        return root

    def _refuse_bombs(self, root: Node) -> None:
        """Aliases can make a small file endless; a design file has no use for that many nodes."""
        from yaml.nodes import ScalarNode

        work, seen = [(root, 0)], 0
        while work:
            node, depth = work.pop()
            seen += 1
            if seen > MAX_NODES or depth > MAX_DEPTH:
                raise DesignFileError(
                    [Problem(line=line_of(node), message="too deeply nested or too many aliases")], self.name
                )
            if not isinstance(node, ScalarNode):
                for child in node.value:
                    work += [(one, depth + 1) for one in (child if isinstance(child, tuple) else (child,))]

    def problem(self, node: Node, message: str) -> None:
        """Note what is wrong with a node."""
        self.add(line_of(node), message)

    def add(self, line: int, message: str) -> None:
        """Note what is wrong in a line."""
        self.problems.append(Problem(line=line, message=message))

    def mapping(self, node: Node | None, known: set[str] | None, what: str) -> dict[str, Node]:
        """The entries of a mapping; keys that are not known, where `known` says which are, are problems."""
        from yaml.nodes import MappingNode, ScalarNode

        if node is None or is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            self.problem(node, f"{what} must be a mapping (`key: value`)")
            return {}
        entries: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else None
            if name is None or (known is not None and name not in known):
                hint = nearest(str(name), dict.fromkeys(known or ())) or f"; known: {', '.join(sorted(known or ()))}"
                self.problem(key, f"{what} has no entry {name!r}{hint}")
            elif name in entries:
                self.problem(key, f"{what} has {name!r} twice")
            else:
                entries[name] = value
        return entries

    def text(self, node: Node | None, what: str) -> str | None:
        """A scalar as text; None where it is not there."""
        from yaml.nodes import ScalarNode

        if node is None or is_null(node):
            return None
        if not isinstance(node, ScalarNode) or not node.value.strip():
            self.problem(node, f"{what} must be a text")
            return None
        return str(node.value)

    def quantity(self, node: Node | None, what: str, parse: Callable[[str], Any]) -> Any:
        """A scalar in the form that one of `dbdesign.model.quantity` reads."""
        text = self.text(node, what)
        if text is None or node is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.problem(node, f"{what}: {error}")
            return None

    def items(self, node: Node | None, what: str) -> Iterator[Node]:
        """The entries of a list."""
        from yaml.nodes import SequenceNode

        if node is None or is_null(node):
            return
        if not isinstance(node, SequenceNode):
            self.problem(node, f"{what} must be a list")
            return
        yield from node.value

    def names(self, node: Node | None, what: str) -> tuple[str, ...]:
        """A list of names, or one name."""
        from yaml.nodes import ScalarNode

        if node is None or is_null(node):
            return ()
        found = [node] if isinstance(node, ScalarNode) else list(self.items(node, what))
        texts = [self.text(one, what) for one in found]
        return tuple(text for text in texts if text is not None)

    def flag(self, node: Node | None, what: str) -> bool | None:
        """True or false."""
        text = self.text(node, what)
        if text is None or node is None:
            return None
        if text.lower() not in {"true", "false", "yes", "no"}:
            self.problem(node, f"{what} must be true or false")
            return None
        return text.lower() in {"true", "yes"}

    def choice(self, node: Node | None, what: str, known: tuple[str, ...]) -> str | None:
        """One of some words."""
        text = self.text(node, what)
        if text is None or node is None:
            return None
        if text.lower() not in known:
            self.problem(
                node, f"{what}: {text!r} is not one of {', '.join(known)}{nearest(text, dict.fromkeys(known))}"
            )
            return None
        return text.lower()


def nearest(name: str, known: Mapping[str, object]) -> str:
    """`; did you mean x?` for the end of a message."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def line_of(node: Node) -> int:
    """Where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def is_null(node: Node) -> bool:
    """Whether a value is YAML's null, or nothing."""
    return bool(node.tag == "tag:yaml.org,2002:null")
