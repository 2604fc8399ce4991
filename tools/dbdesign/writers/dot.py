"""Writes Graphviz DOT: a table of columns for each table, crow's-foot lines from column to column, a box for each domain.

The arrow shapes are Graphviz's (`crow`, `tee`, `odot`, "Arrow Shapes" of its documentation); the shape named first is the
one at the node. Labels are HTML-like, so that any name can be written.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult
from dbdesign.writers.domains import Domain, domains
from dbdesign.writers.selection import Entity, Field, Link, Picture, Stub, select, short_type

GROUPED_FROM = 20
"""Tables from which on domains are boxed; fewer are boxed by namespace alone."""
LONGEST_COMMENT = 60

_PLAIN = re.compile(r"[^\W\d][\w.]*\Z")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER, _BOX, _QUIET = "#dfe7f3", "#9aa5b5", "#667085"
_PREAMBLE = """digraph schema {
  graph [rankdir=LR, splines=true, nodesep=0.35, ranksep=1.1, pad=0.3, fontname="Helvetica", fontsize=13, tooltip=" "];
  node [shape=plain, fontname="Helvetica", fontsize=11, tooltip=" "];
  edge [headport="", tailport="", arrowhead=none, arrowtail=none, style=solid];
  edge [dir=both, color="#475467", arrowsize=0.8, fontname="Helvetica", fontsize=9, tooltip=" "];
"""
# The first `edge` line looks idle and is not: without these defaults, in this order, Graphviz 2.43 takes a port for an arrow
# when it draws lines inside a rank.


def write(schema: Schema, options: WriteOptions) -> WriteResult:
    """The whole selection as one graph."""
    picture = select(schema, options)
    default = dialect(schema.engine).default_namespace
    text = _graph(picture, _groups(picture, default), options)
    return WriteResult(text=text, notes=picture.notes, proof=Proof(level="by rule"))


def _groups(picture: Picture, default_namespace: str) -> list[Domain]:
    if len(picture.entities) >= GROUPED_FROM:
        return domains(picture, default_namespace)
    spaces = list(picture.namespaces)
    return [
        Domain(space or default_namespace, tuple(one.label for one in picture.entities if one.table.namespace == space))
        for space in spaces
    ]


def _graph(picture: Picture, groups: Sequence[Domain], options: WriteOptions) -> str:
    identifiers = _identifiers([*picture.labels, *(stub.label for stub in picture.stubs)])
    entities = {entity.label: entity for entity in picture.entities}
    lines = [_PREAMBLE.rstrip("\n")]
    for number, group in enumerate(groups):
        nodes = [_node(entities[label], identifiers[label], options) for label in group.labels]
        lines += _boxed(number, group.name, nodes) if len(groups) > 1 else nodes
    lines += [_stub(stub, identifiers[stub.label]) for stub in picture.stubs]
    ports = {label: {field.column.name: n for n, field in enumerate(one.fields)} for label, one in entities.items()}
    lines += _rows(picture, groups, identifiers)
    spread = _spread(picture)
    lines += [_edge(link, identifiers, ports, spread.get(number, 1)) for number, link in enumerate(picture.links)]
    return "\n".join(lines) + "\n}\n"


def _boxed(number: int, title: str, nodes: Iterable[str]) -> list[str]:
    return [
        f"  subgraph cluster_{number} {{",
        f'    label=<<B>{_text(title)}</B>>; labeljust=l; style="rounded"; color="{_BOX}"; bgcolor="#fafbfc"; margin=14;',
        *(f"  {node}" for node in nodes),
        "  }",
    ]


def _identifiers(labels: Iterable[str]) -> dict[str, str]:
    """A node's name for each label: the label itself where that is plain, so that the file can be edited by hand."""
    found: dict[str, str] = {}
    taken = set(labels := list(labels))
    for number, label in enumerate(labels):
        name = label
        if not _PLAIN.match(label):
            name = f"table_{number}"
            while name in taken:
                name = f"{name}_"
            taken.add(name)
        found[label] = f'"{name}"'
    return found


def _node(entity: Entity, identifier: str, options: WriteOptions) -> str:
    rows = [f'<TR><TD COLSPAN="4" BGCOLOR="{_HEADER}"><B>{_text(entity.title)}</B></TD></TR>']
    comment = entity.table.comment if options.comments else None
    if comment:
        rows.append(_wide(f"<I>{_text(_cut(comment))}</I>"))
    rows += [_row(number, field) for number, field in enumerate(entity.fields)]
    if entity.hidden:
        rows.append(_wide(f"{entity.hidden} more column{'s' if entity.hidden > 1 else ''}"))
    table = f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="3" COLOR="{_BOX}" BGCOLOR="white">'
    return f"  {identifier} [label=<{table}{''.join(rows)}</TABLE>>];"


def _wide(html: str) -> str:
    return f'<TR><TD COLSPAN="4" ALIGN="LEFT">{_quiet(html)}</TD></TR>'


def _row(number: int, field: Field) -> str:
    """Marks, name, type, and whether it is NOT NULL; the outer cells are the ports of lines from the left and to the right."""
    name = _text(field.column.name)
    name = f"<U>{name}</U>" if field.primary else name
    needed = "" if field.column.nullable or field.primary else "NN"
    return (
        f'<TR><TD PORT="l{number}" SIDES="LTB">{_quiet(" ".join(field.marks))}</TD>'
        f'<TD ALIGN="LEFT" SIDES="TB">{name}</TD>'
        f'<TD ALIGN="LEFT" SIDES="TB">{_quiet(_text(short_type(field.column.type)))}</TD>'
        f'<TD PORT="r{number}" SIDES="RTB">{_quiet(needed)}</TD></TR>'
    )


def _quiet(html: str) -> str:
    """Small and grey; nothing for nothing, for Graphviz refuses an empty FONT."""
    return f'<FONT COLOR="{_QUIET}" POINT-SIZE="9">{html}</FONT>' if html else ""


def _stub(stub: Stub, identifier: str) -> str:
    html = f"{_text(stub.label)}<BR/>{_quiet(_text(stub.where))}"
    return f'  {identifier} [shape=box, style="dashed,rounded", color="{_BOX}", margin="0.15,0.08", label=<{html}>];'


def _rows(picture: Picture, groups: Sequence[Domain], identifiers: Mapping[str, str]) -> list[str]:
    """Invisible edges that put the tables without any link of a group into rows; Graphviz would put them all below each other."""
    linked = {end for link in picture.links for end in (link.child, link.parent)}
    columns = math.ceil(math.sqrt(len(picture.entities)))
    lines: list[str] = []
    for group in groups:
        alone = [identifiers[label] for label in group.labels if label not in linked]
        rows = [alone[start : start + columns] for start in range(0, len(alone), columns)]
        lines += [f"  {' -> '.join(row)} [style=invis];" for row in rows if len(row) > 1]
    return lines


def _spread(picture: Picture) -> dict[int, int]:
    """How many ranks some links must span, by their position, so that the many tables around a hub stand in several columns and not in
    one as high as all of them: about as many columns as the whole diagram has rows.
    """
    popularity = Counter(link.parent for link in picture.links)
    closest: dict[str, int] = {}
    for number, link in enumerate(picture.links):
        if not popularity[link.child]:
            best = closest.setdefault(link.child, number)
            if popularity[link.parent] < popularity[picture.links[best].parent]:
                closest[link.child] = number
    around: dict[str, list[int]] = defaultdict(list)
    for number in closest.values():
        around[picture.links[number].parent].append(number)
    columns = math.ceil(math.sqrt(len(picture.entities)))
    spans: dict[int, int] = {}
    for numbers in around.values():
        count = min(columns, len(numbers) // 3)
        spans |= {number: 1 + place % count for place, number in enumerate(numbers) if count > 1}
    return spans


def _edge(link: Link, identifiers: Mapping[str, str], ports: Mapping[str, Mapping[str, int]], span: int) -> str:
    child, parent = identifiers[link.child], identifiers[link.parent]
    if link.foreign_key is None:
        return f"  {parent} -> {child} [arrowtail=empty, arrowhead=none, style=dotted, label=<<I>inherits</I>>];"
    start = ports.get(link.parent, {}).get(link.foreign_key.referenced_columns[0])
    end = ports[link.child].get(link.foreign_key.columns[0])
    tail = f"{parent}:r{start}:e" if start is not None else parent
    itself = link.child == link.parent
    head = f"{child}:{'r' if itself else 'l'}{end}:{'e' if itself else 'w'}" if end is not None else child
    at_parent = "teeodot" if link.parent_optional else "teetee"
    at_child = "teeodot" if link.child_unique else "crowodot"
    style = "solid" if link.identifying else "dashed"
    apart = f", minlen={span}" if span > 1 else ""
    return f"  {tail} -> {head} [arrowtail={at_parent}, arrowhead={at_child}, style={style}{apart}];"


def _text(text: str) -> str:
    r"""Any text as text of an HTML-like label; characters that XML forbids become U+FFFD, and `\N` must not become the node's name."""
    return escape(" ".join(_NOT_XML.sub("\ufffd", text).split()) or " ").replace("\\", r"\\")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_COMMENT else f"{text[: LONGEST_COMMENT - 1]}…"


WRITER = Writer(name="dot", title="Graphviz DOT", kind="diagram", suffix=".dot", write=write)
