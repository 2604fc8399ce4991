"""Negations in sqlglot's trees in one form: `NOT (x IS NULL)`, whichever version of it made the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def plainly_negated(tree: exp.Expr) -> exp.Expr:
    """The tree with `IS NOT NULL`, `NOT LIKE` and `NOT ILIKE` as NOT around the positive predicate; changed in place.

    Some versions of sqlglot read them so by themselves; in others `Is`, `Like` and `ILike` have an argument `negate`, so that whoever looks
    at the type of a predicate alone takes it for its contrary.
    """
    from sqlglot import exp

    root = tree
    for node in [one for one in tree.find_all(exp.Is, exp.Like, exp.ILike) if one.args.get("negate")]:
        node.set("negate", None)
        negation = exp.Not(this=node.copy())
        if node is root:
            root = negation
        else:
            node.replace(negation)
    return root
