"""XML from a paste: without document types, and, of a text that was cut off, as far as it goes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from dbdesign.errors import InputError
from dbdesign.model.plan import PlanNote


def refuse_document_type(text: str, *, ask: str) -> None:
    """An InputError where a text has a document type: no plan has one, and its entities can be made to grow without end."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError("a plan as XML has no document type; this one does", remedy=ask)


def read_xml(text: str, line: int, notes: list[PlanNote], *, ask: str) -> ET.Element:
    """The root. Where the text ends too early, elements that had begun stay, but for an unfinished one without children; a note says so.

    Args:
        line: of the original, on which the text begins.
        ask: what to do instead, for errors.

    Raises:
        InputError: it has a document type, or is not well-formed.
    """
    refuse_document_type(text, ask=ask)
    parser: Any = ET.XMLPullParser(["start", "end"])
    fault: ET.ParseError | None = None
    try:
        parser.feed(text)
        parser.close()
    except ET.ParseError as error:
        fault = error
    root: ET.Element | None = None
    opened: list[ET.Element] = []
    try:
        for event, element in parser.read_events():
            root = element if root is None else root
            opened.append(element) if event == "start" else opened.pop()
    except ET.ParseError as error:
        fault = error
    if fault is not None:
        _cut_off(fault, opened, line, notes, ask)
    if root is None:
        raise InputError("the XML of this plan is empty", where=f"line {line}", remedy=ask)
    return root


def _cut_off(fault: ET.ParseError, opened: list[ET.Element], line: int, notes: list[PlanNote], ask: str) -> None:
    at = line + fault.position[0] - 1
    if not str(fault).startswith(("no element found", "unclosed token", "unclosed CDATA")):
        raise InputError(f"the XML of this plan is not well-formed: {fault}", where=f"line {at}", remedy=ask) from None
    if len(opened) > 1 and len(opened[-1]) == 0:
        opened[-2].remove(opened[-1])
    notes.append(PlanNote(reason="the XML stops here; what was read until here is in the tree", line=at))
