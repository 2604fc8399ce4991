"""Expressions from one dialect to another: what `writers/translate.py` offers, in three steps.

`reading` makes a neutral tree of a source's expression, `writing` spells it for a target, `predicates` puts truth values right
where the target tells them from values. A node that no step knows ends the translation: nothing is passed on in hope.
"""
