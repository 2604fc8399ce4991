"""Writes Mermaid entity-relationship diagrams that Mermaid renders: legal names, and below its limits of size.

A schema beyond the limits becomes one diagram a domain and an overview of the domains. The subset of the syntax written here
is the one that both Mermaid 11 and 12 parse (their `erDiagram.jison`).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import Note, WriteOptions, Writer, WriteResult
from dbdesign.writers.domains import Domain, domains
from dbdesign.writers.selection import Entity, Field, Link, Picture, Stub, select, short_type

MAX_TEXT = 50_000
"""Characters. Mermaid's default `maxTextSize` (config.schema.yaml); the renderer refuses longer text."""
MAX_EDGES = 500
"""Mermaid's default `maxEdges` (config.schema.yaml)."""
MOST_TABLES = 40
"""Of a domain's diagram; more cannot be read on a screen (a judgement, not a limit of Mermaid's)."""
OVERVIEW = "overview"
LONGEST_COMMENT = 120

# fmt: off
_RESERVED = frozenset({
    "erdiagram", "title", "direction", "style", "class", "classdef", "subgraph", "end", "one", "only", "zero", "many", "to",
    "optionally", "u", "o", "default", "acctitle", "accdescr", "pk", "fk", "uk",
})
# fmt: on
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NOT_IN_WORD = re.compile(r"[^A-Za-z0-9_\-\[\]()]")
_KEY_MARK = re.compile(r"(?i)(pk|fk|uk)\b")
_TO_ESCAPE = re.compile(r"[\"#%&*;<>\\`{}~\x00-\x1f\x7f-\x9f\u2028\u2029]")
_STYLE_TRAP = re.compile(r":(?=\S*#)")
_DIRECTION_TRAP = re.compile(r"(?i)(?<=direction)\s(?=\s*(TB|BT|RL|LR))")


def write(schema: Schema, options: WriteOptions) -> WriteResult:
    """One diagram; or, where one would exceed Mermaid's limits, an overview and one a domain in `parts`."""
    selected = select(schema, options)
    picture, notes = _cut_giants(selected, options)
    notes = [*selected.notes, *notes, *_shortened(picture, options)]
    bodies = {entity.label: "\n".join(_entity(entity, options)) for entity in picture.entities}
    text = _diagram(picture, bodies)
    proof = Proof(level="by rule")
    if len(text) <= MAX_TEXT and len(picture.links) <= MAX_EDGES:
        return WriteResult(text=text, notes=tuple(notes), proof=proof)
    parts, split_notes = _split(picture, bodies, dialect(schema.engine).default_namespace)
    split = Note(
        object="diagram",
        lost=f"{len(picture.entities)} tables in one diagram exceed Mermaid's limits of {MAX_TEXT:,} characters and {MAX_EDGES} edges",
        instead=f"an overview and {len(parts) - 1} diagrams, one a domain, were written",
    )
    return WriteResult(text=parts[OVERVIEW], notes=(*notes, split, *split_notes), proof=proof, parts=parts)


def _cut_giants(picture: Picture, options: WriteOptions) -> tuple[Picture, list[Note]]:
    """The picture with each single table cut to what a diagram of its own can hold."""
    out: dict[str, list[Link]] = defaultdict(list)
    for link in picture.links:
        out[link.child].append(link)
    notes: list[Note] = []
    entities: list[Entity] = []
    links: list[Link] = []
    for entity in picture.entities:
        own = out[entity.label]
        kept_links = own[: _fitting([_link_room(link) for link in own], MAX_TEXT // 2)][: MAX_EDGES - 1]
        keys_first = sorted(entity.fields, key=lambda field: not field.marks)
        fields = keys_first[: _fitting([len(_attribute(field, options)) + 1 for field in keys_first], MAX_TEXT // 3)]
        lost_links, lost_fields = len(own) - len(kept_links), len(entity.fields) - len(fields)
        if lost_links:
            notes.append(Note(object=entity.label, lost=f"{lost_links} of its {len(own)} foreign keys are not drawn"))
        if lost_fields:
            notes.append(
                Note(object=entity.label, lost=f"{lost_fields} of its columns are not drawn", instead="its keys are")
            )
            chosen = {field.column.name for field in fields}
            shown = tuple(field for field in entity.fields if field.column.name in chosen)
            entities.append(replace(entity, fields=shown, hidden=entity.hidden + lost_fields))
        else:
            entities.append(entity)
        links += kept_links
    return (replace(picture, entities=tuple(entities), links=tuple(links)) if notes else picture), notes


def _fitting(lengths: Iterable[int], limit: int) -> int:
    """How many of these fit together, from the first."""
    number = 0
    for length in lengths:
        limit -= length
        if limit < 0:
            break
        number += 1
    return number


def _shortened(picture: Picture, options: WriteOptions) -> Iterable[Note]:
    if not options.comments:
        return
    texts = [field.column.comment for entity in picture.entities for field in entity.fields]
    texts += [entity.table.comment for entity in picture.entities]
    long = sum(text is not None and len(text) > LONGEST_COMMENT for text in texts)
    if long:
        yield Note(
            object="comments",
            lost=f"{long} of more than {LONGEST_COMMENT} characters",
            instead="their beginnings were written",
        )


def _diagram(picture: Picture, bodies: Mapping[str, str], title: str | None = None) -> str:
    lines = ["---", f"title: {json.dumps(_clean(title), ensure_ascii=False)}", "---"] if title else []
    lines.append("erDiagram")
    lines += [bodies[entity.label] for entity in picture.entities]
    lines += [_stub(stub) for stub in picture.stubs]
    lines += [_link(link) for link in picture.links]
    return "\n".join(lines) + "\n"


def _entity(entity: Entity, options: WriteOptions) -> list[str]:
    comment = entity.table.comment if options.comments else None
    said = _DIRECTION_TRAP.sub("_", _cut_comment(comment)).replace("{", "(") if comment else ""
    lines = [f"  %% {said}"] if said else []
    alias = f"[{_quoted(entity.title)}]" if entity.title != entity.label else ""
    if not entity.fields:
        return [*lines, f"  {_name(entity.label)}{alias}"]
    return [
        *lines,
        f"  {_name(entity.label)}{alias} {{",
        *(_attribute(field, options) for field in entity.fields),
        "  }",
    ]


def _attribute(field: Field, options: WriteOptions) -> str:
    name = _word(field.column.name)
    said = [field.column.name] if name != field.column.name else []
    if options.comments and field.column.comment:
        said.append(_cut_comment(field.column.comment))
    marks = f" {', '.join(field.marks)}" if field.marks else ""
    comment = f" {_quoted(': '.join(said))}" if said else ""
    return f"    {_word(short_type(field.column.type))} {name}{marks}{comment}"


def _link(link: Link) -> str:
    parent = "|o" if link.parent_optional else "||"
    child = "o|" if link.child_unique else "o{"
    line = "--" if link.identifying else ".."
    return f"  {_name(link.parent)} {parent}{line}{child} {_name(link.child)} : {_quoted(link.role)}"


def _stub(stub: Stub) -> str:
    return f"  {_name(stub.label)}[{_quoted(f'{stub.label} ({stub.where})')}]"


def _link_room(link: Link) -> int:
    """Characters that a link may need, with a stub for its parent that names a domain."""
    return len(_link(link)) + len(_stub(Stub(link.parent, "see " + "x" * 64))) + 2


def _name(label: str) -> str:
    """A table's name as Mermaid's grammar takes it: plain, or in quotes with whatever is illegal there as a character code."""
    return label if _PLAIN.match(label) and label.lower() not in _RESERVED else _quoted(label or "(unnamed)")


@lru_cache(maxsize=8192)
def _quoted(text: str) -> str:
    """A quoted string. Mermaid shows `#35;` as the character with that code; some harmless-looking texts trip its preprocessing:
    `style: …#…;` loses its semicolon, and a line with `direction TB` is taken for an instruction wherever it stands.
    """
    escaped = _TO_ESCAPE.sub(lambda match: f"#{ord(match[0])};", text)
    return '"' + _STYLE_TRAP.sub("#58;", _DIRECTION_TRAP.sub("#32;", escaped)) + '"'


@lru_cache(maxsize=8192)
def _word(text: str) -> str:
    """An attribute's name or type: ASCII, without spaces, commas or quotes, and not a key mark."""
    word = _NOT_IN_WORD.sub("_", text.replace(", ", "-").replace(",", "-")) or "_"
    return f"_{word}" if not (word[0].isalpha() or word[0] == "_") or _KEY_MARK.match(word) else word


def _clean(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


@lru_cache(maxsize=8192)
def _cut_comment(text: str) -> str:
    text = _clean(text)
    return text if len(text) <= LONGEST_COMMENT else f"{text[: LONGEST_COMMENT - 1]}…"


def _split(picture: Picture, bodies: Mapping[str, str], default_namespace: str) -> tuple[dict[str, str], list[Note]]:
    shares = _shares(picture, bodies)
    found = domains(picture, default_namespace, capacity=1.0, size=shares.__getitem__)
    named = dict(zip(_part_names(found), found, strict=True))
    where = {label: name for name, domain in named.items() for label in domain.labels}
    overview, notes = _overview(picture, named, where)
    parts = {OVERVIEW: overview}
    for name, domain in named.items():
        parts[name] = _diagram(picture.part(domain.labels, where), bodies, name)
    return parts, notes


def _shares(picture: Picture, bodies: Mapping[str, str]) -> dict[str, float]:
    """The share of a diagram's room that each table takes with the lines that leave it."""
    room = {label: len(body) + 1 for label, body in bodies.items()}
    edges = dict.fromkeys(picture.labels, 0)
    for link in picture.links:
        room[link.child] += _link_room(link)
        edges[link.child] += 1
    usable = MAX_TEXT - 500
    return {one: max(room[one] / usable, edges[one] / MAX_EDGES, 1 / MOST_TABLES) for one in room}


def _part_names(found: Sequence[Domain]) -> list[str]:
    """The domains' names made fit for file names, each once."""
    names: list[str] = []
    for domain in found:
        stem = re.sub(r"[^\w.-]+", "_", domain.name).strip("._")[:48] or "domain"
        name, number = stem, 1
        while name == OVERVIEW or name in names:
            number += 1
            name = f"{stem}-{number}"
        names.append(name)
    return names


def _overview(picture: Picture, named: dict[str, Domain], where: dict[str, str]) -> tuple[str, list[Note]]:
    """The domains with their most referenced tables, and how many foreign keys lead from one to another."""
    between = Counter(
        (where[link.child], where[link.parent])
        for link in picture.links
        if link.parent in where and where[link.child] != where[link.parent]
    )
    ranked = sorted(between.items(), key=lambda item: (-item[1], item[0]))
    for rows, edges in ((8, MAX_EDGES), (3, MAX_EDGES), (0, 250), (0, 0)):
        text = _overview_text(picture, named, ranked[:edges], rows)
        if len(text) <= MAX_TEXT:
            break
    lost = max(0, len(ranked) - edges)
    notes = [Note(object=OVERVIEW, lost=f"{lost} of {len(ranked)} lines between domains are not drawn")] if lost else []
    return text, notes


def _overview_text(
    picture: Picture, named: dict[str, Domain], between: Sequence[tuple[tuple[str, str], int]], rows: int
) -> str:
    referenced = Counter(link.parent for link in picture.links)
    lines = ["---", "title: domains", "---", "erDiagram"]
    for name, domain in named.items():
        count = len(domain.labels)
        title = f"{name} ({count} table{'s' if count > 1 else ''})"
        lines.append(f"  {_name(name)}[{_quoted(title)}] {{")
        top = sorted(domain.labels, key=lambda label: -referenced[label])[:rows]
        lines += [f"    table {_word(label)}" for label in top]
        lines += ["  }"] if top else []
        if not top:
            lines[-1] = lines[-1].removesuffix(" {")
    for (child, parent), count in sorted(between):
        keys = f"{count} foreign key{'s' if count > 1 else ''}"
        lines.append(f"  {_name(parent)} ||..o{{ {_name(child)} : {_quoted(keys)}")
    return "\n".join(lines) + "\n"


WRITER = Writer(name="mermaid", title="Mermaid ER diagram", kind="diagram", suffix=".mmd", write=write)
