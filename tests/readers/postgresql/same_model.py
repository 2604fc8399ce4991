"""Makes models comparable that were read by execution and by grammar: expressions in one spelling, nothing else touched.

The server resolves types and writes them out (`'x'::text`, `now()`, `(a)::text`), the grammar keeps what was written. Expressions
are parsed again and stripped of casts, of parentheses and of the catalogue's other names for the same function; a LIKE becomes `~~`.
"""

from __future__ import annotations

import re
from typing import Any

from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.libpg_query import ParseError, deparse, parse, pb


def comparable(schema: Schema) -> dict[str, Any]:
    """The whole schema as plain data, expressions normalised; bodies that the server writes anew are left out (see `UNCOMPARED`)."""
    data: dict[str, Any] = schema.model_dump()
    data.pop("version")
    for view in data["views"]:
        for field in ("definition", "columns", "column_types", "depends_on"):
            view.pop(field)
        view["options"] = {name: same(value) for name, value in view["options"].items()}
        _triggers(view)
        _indexes(view["indexes"])
    for routine in data["routines"]:
        for field in ("definition", "depends_on", "options"):
            routine.pop(field)
    for extension in data["extensions"]:
        extension.pop("version")
    data["carried"] = sorted(
        {
            (one["kind"], "" if one["kind"] == "comment" else str(one["namespace"]), one["name"])
            for one in data["carried"]
            if "multirange" not in one["name"]  # a cast that the server makes with a range type
        }
    )
    for domain in data["domains"]:
        domain["default"] = same(domain["default"])
        _expressions(domain["checks"])
    for name in ("enums", "domains", "composites", "sequences", "views", "routines"):
        data[name] = sorted(data[name], key=lambda one: (one["namespace"] or "", one["name"], one.get("signature", "")))
    data["tables"] = {str(one["namespace"]) + "." + one["name"]: _table(one) for one in data["tables"]}
    return data


UNCOMPARED = "view bodies and columns, routine bodies and what they depend on: the server writes or infers them"


def _table(table: dict[str, Any]) -> dict[str, Any]:
    for column in table["columns"]:
        column["default"] = same(column["default"])
        if column["generated"]:
            column["generated"]["expression"] = same(column["generated"]["expression"])
    _expressions(table["checks"])
    _indexes(table["indexes"])
    _indexes(table["exclusions"])
    for policy in table["policies"]:
        policy["using"], policy["check"] = same(policy["using"]), same(policy["check"])
    if table["partitioning"]:
        for key in table["partitioning"]["keys"]:
            key["expression"] = same(key["expression"])
    if table["partition_of"]:  # the server writes a time out in full
        table["partition_of"]["bound"] = table["partition_of"]["bound"].replace(" 00:00:00+00", "")
    _triggers(table)
    return table


def _triggers(owner: dict[str, Any]) -> None:
    for trigger in owner["triggers"]:
        trigger.pop("definition")


def _expressions(checks: Any) -> None:
    for check in checks:
        check["expression"] = same(check["expression"])


def _indexes(indexes: Any) -> None:
    for index in indexes:
        index["where"] = same(index["where"])
        for key in index["keys"]:
            key["expression"] = same(key["expression"])


def same(expression: str | None) -> str | None:
    """The expression in the spelling that both ways of reading come to."""
    if expression is None:
        return None
    try:
        tree = parse(f"SELECT {expression}")
    except ParseError:
        return expression
    _strip(tree)
    text = deparse(tree).removeprefix("SELECT ")
    text = re.sub(r"\bpg_catalog\.", "", text).replace("public.", "")
    return text.replace("CURRENT_TIMESTAMP", "now()") if text == "CURRENT_TIMESTAMP" else text


def _strip(tree: Any) -> None:
    """Replaces every cast by what is cast, and `= ANY (ARRAY[…])` by IN."""
    stack = [tree]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "Node":
            _unwrap(one)
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])


def _unwrap(node: Any) -> None:
    while node.WhichOneof("node") == "type_cast":
        inner = type(node)()
        inner.CopyFrom(node.type_cast.arg)
        node.CopyFrom(inner)
    if node.WhichOneof("node") == "a_const" and node.a_const.WhichOneof("val") == "bsval":
        node.a_const.sval.sval = node.a_const.bsval.bsval.lstrip("bx")
    if node.WhichOneof("node") == "a_expr":
        _any_to_in(node.a_expr)
        if node.a_expr.kind in {pb.AEXPR_LIKE, pb.AEXPR_ILIKE}:  # operators, to the server
            node.a_expr.kind = pb.AEXPR_OP
        elif node.a_expr.kind == pb.AEXPR_BETWEEN:
            _between_to_and(node)


def _any_to_in(expression: Any) -> None:
    """`a IN (x, y)` is what the server stores as `a = ANY (ARRAY[x, y])`."""
    right = expression.rexpr
    array = right
    while array.WhichOneof("node") == "type_cast":
        array = array.type_cast.arg
    if expression.kind in {pb.AEXPR_OP_ANY, pb.AEXPR_OP_ALL} and array.WhichOneof("node") == "a_array_expr":
        copies = []
        for element in array.a_array_expr.elements:
            copy = type(element)()
            copy.CopyFrom(element)
            copies.append(copy)
        expression.kind = pb.AEXPR_IN
        right.Clear()
        right.list.items.extend(copies)


def _between_to_and(node: Any) -> None:
    low, high = node.a_expr.rexpr.list.items
    written = f"SELECT {_text(node.a_expr.lexpr)} >= {_text(low)} AND {_text(node.a_expr.lexpr)} <= {_text(high)}"
    node.CopyFrom(parse(written).stmts[0].stmt.select_stmt.target_list[0].res_target.val)


def _text(node: Any) -> str:
    tree = parse("SELECT 1")
    tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.CopyFrom(node)
    return deparse(tree).removeprefix("SELECT ")
