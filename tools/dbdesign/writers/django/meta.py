"""A table's constraints and indexes as entries of `Meta`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.model.schema import Check, Exclusion, Index, IndexKey, Key, Table
from dbdesign.writers.django.conditions import Translator
from dbdesign.writers.django.context import Context
from dbdesign.writers.django.layout import Call, Listing, Method, Node, Pair, text

_CLASSES = {
    "gin": "GinIndex",
    "gist": "GistIndex",
    "brin": "BrinIndex",
    "hash": "HashIndex",
    "spgist": "SpGistIndex",
    "bloom": "BloomIndex",
}
_OPTIONS = {
    "btree": ("fillfactor", "deduplicate_items"), "gin": ("fastupdate", "gin_pending_list_limit"), "gist": ("buffering", "fillfactor"),
    "brin": ("autosummarize", "pages_per_range"), "hash": ("fillfactor",), "spgist": ("fillfactor",), "bloom": ("length",),
}  # fmt: skip
MAX_INDEX_NAME = 30
"""Characters: `Index.max_name_length`, so that every engine can keep it."""


class Meta:
    """Writes the constraints and indexes of one table."""

    def __init__(self, context: Context, table: Table) -> None:
        self.context = context
        self.table = table
        self.fields = context.fields_of(table)
        self.translator = Translator(context, table)
        self._taken = context.relation_names

    def constraints(self, said: set[str]) -> Iterator[Node]:
        """The constraints; unique keys in `said` are told by their fields."""
        for key in self.table.unique_keys:
            if (key.name or key.columns[0]) not in said or len(key.columns) > 1:
                yield self._unique_key(key)
        for index in self.table.indexes:
            if index.unique and (node := self._index(index)) is not None:
                yield node
        for check in self.table.checks:
            if (node := self._check(check)) is not None:
                yield node
        for exclusion in self.table.exclusions:
            if (node := self._exclusion(exclusion)) is not None:
                yield node

    def indexes(self) -> Iterator[Node]:
        """The indexes that are not unique."""
        for index in self.table.indexes:
            if not index.unique and (node := self._index(index)) is not None:
                yield node

    def _subject(self, name: str | None) -> str:
        return f"{self.table.label} ({name or 'without a name'})"

    def _field_list(self, columns: tuple[str, ...]) -> Listing:
        return Listing(tuple(text(self.fields[one]) for one in columns))

    def _unique_key(self, key: Key) -> Node:
        kwargs: list[tuple[str, Node]] = [("fields", self._field_list(key.columns))]
        if key.deferrable:
            kwargs.append(("deferrable", f"models.Deferrable.{'DEFERRED' if key.initially_deferred else 'IMMEDIATE'}"))
        if key.include:
            self.context.note(
                self._subject(key.name), "INCLUDE of a unique constraint", "a unique index that includes the columns"
            )
            kwargs.append(("include", self._field_list(key.include)))
        if key.nulls_not_distinct:
            kwargs.append(("nulls_distinct", "False"))
        if key.comment or key.options or key.without_overlaps:
            self.context.note(
                self._subject(key.name),
                "its comment, storage parameters or WITHOUT OVERLAPS",
                "a plain unique constraint",
            )
        name = key.name or chosen_name(self.table.name, joined_columns(key.columns), "key")
        return Call("models.UniqueConstraint", (), (*kwargs, ("name", text(name))))

    def _check(self, check: Check) -> Node | None:
        condition = self.translator.condition(check.expression)
        subject = self._subject(check.name)
        if condition is None:
            self.context.note(
                subject, f"the condition {check.expression}", "nothing; add the constraint by migrations.RunSQL"
            )
            return None
        if not check.valid or not check.enforced or check.no_inherit or check.comment:
            self.context.note(subject, "NOT VALID, NOT ENFORCED, NO INHERIT or its comment", "a plain check")
        name = check.name or self._free(chosen_name(self.table.name, "", "check"))
        return Call("models.CheckConstraint", (), (("condition", condition), ("name", text(name))))

    def _free(self, name: str) -> str:
        free, number = name, 0
        while free in self._taken:
            number += 1
            free = f"{name}{number}"
        self._taken.add(free)
        return free

    def _exclusion(self, one: Exclusion) -> Node | None:
        subject = self._subject(one.name)
        pairs: list[Node] = []
        for key in one.keys:
            expression = self._key(key)
            if expression is None:
                self.context.note(
                    subject,
                    "an exclusion constraint of expressions that Django cannot say",
                    "nothing; add it by migrations.RunSQL",
                )
                return None
            pairs.append(Pair((expression, text(key.operator or "="))))
        kwargs: list[tuple[str, Node]] = [
            ("name", text(one.name or chosen_name(self.table.name, "", "excl"))),
            ("expressions", Listing(tuple(pairs))),
        ]
        if one.method != "gist":
            kwargs.append(("index_type", text(one.method.upper())))
        if one.where is not None:
            condition = self.translator.condition(one.where)
            if condition is None:
                self.context.note(
                    subject, f"the condition {one.where}", "nothing; add the constraint by migrations.RunSQL"
                )
                return None
            kwargs.append(("condition", condition))
        if one.deferrable:
            kwargs.append(("deferrable", f"models.Deferrable.{'DEFERRED' if one.initially_deferred else 'IMMEDIATE'}"))
        if one.include:
            kwargs.append(("include", self._field_list(one.include)))
        if one.comment or one.options:
            self.context.note(subject, "its comment or storage parameters", "a plain exclusion constraint")
        return Call(
            self.context.imports.use("django.contrib.postgres.constraints", "ExclusionConstraint"), (), tuple(kwargs)
        )

    def _key(self, key: IndexKey) -> Node | None:
        """A key as an expression: a field's name where it is nothing else."""
        from dbdesign.writers.django.conditions import UntranslatableError

        inner: Node | None
        if key.column is not None:
            inner = Call("models.F", (text(self.fields[key.column]),))
        else:
            try:
                inner = self.translator.scalar(key.expression or "")
            except UntranslatableError:
                inner = None
        if inner is None:
            return None
        plain = key.column is not None
        if key.collation:
            plain = False
            inner = Call(
                self.context.imports.use("django.db.models.functions", "Collate"),
                (inner, text(key.collation.strip('"'))),
            )
        if key.opclass:
            if not re.fullmatch(r"\w+", key.opclass):
                return None
            plain = False
            inner = Call(
                self.context.imports.use("django.contrib.postgres.indexes", "OpClass"),
                (inner,),
                (("name", text(key.opclass)),),
            )
        if key.descending or key.nulls:
            plain = False
            nulls: tuple[tuple[str, Node], ...] = ((f"nulls_{key.nulls}", "True"),) if key.nulls else ()
            inner = Method(inner, "desc" if key.descending else "asc", nulls)
        return text(self.fields[key.column]) if plain and key.column else inner

    def _index(self, index: Index) -> Node | None:
        subject = self._subject(index.name)
        body = self._body(index)
        condition = self.translator.condition(index.where) if index.where is not None else None
        unsaid = index.where is not None and condition is None
        if body is None or unsaid or (index.method not in _OPTIONS and index.method != "btree"):
            reason = (
                f"the condition {index.where}"
                if unsaid
                else f"an index of the method {index.method}, or of expressions that Django cannot say"
            )
            self.context.note(subject, reason, "nothing; add the index by migrations.RunSQL")
            return None
        args, kwargs = body
        if index.include:
            kwargs.append(("include", self._field_list(index.include)))
        if condition is not None:
            kwargs.append(("condition", condition))
        if index.nulls_not_distinct:
            kwargs.append(("nulls_distinct", "False"))
        if index.unique:
            return self._unique_index(index, args, kwargs)
        name = self._index_name(index, subject)
        options = self._options(index, subject)
        return Call(self._class(index, options=bool(options)), args, (*kwargs, ("name", text(name)), *options))

    def _unique_index(self, index: Index, args: tuple[Node, ...], kwargs: list[tuple[str, Node]]) -> Node | None:
        if not args and not {"condition", "include", "opclasses"} & {name for name, _ in kwargs}:
            self.context.note(self._subject(index.name), "a unique index", "a unique constraint, which has one")
        self._note_left(index)
        name = index.name or chosen_name(self.table.name, joined_columns(index.columns), "idx")
        return Call("models.UniqueConstraint", args, (*kwargs, ("name", text(name))))

    def _note_left(self, index: Index) -> None:
        options = sorted(index.options)
        if options or index.comment:
            self.context.note(self._subject(index.name), f"its comment or options ({', '.join(options)})")

    def _body(self, index: Index) -> tuple[tuple[Node, ...], list[tuple[str, Node]]] | None:
        """Expressions, or the keywords `fields` and `opclasses` where all keys are columns."""
        plain = all(
            key.column is not None and not key.nulls and not key.collation and not key.length for key in index.keys
        )
        if any(key.length for key in index.keys):
            self.context.note(
                self._subject(index.name), "the length of a prefix that is indexed", "an index of the whole column"
            )
            plain = all(key.column is not None and not key.nulls for key in index.keys)
        if plain and not (index.unique and any(key.descending for key in index.keys)):
            names = [f"{'-' if key.descending else ''}{self.fields[key.column or '']}" for key in index.keys]
            kwargs: list[tuple[str, Node]] = [("fields", Listing(tuple(map(text, names))))]
            if any(key.opclass for key in index.keys):
                if not all(re.fullmatch(r"\w*", key.opclass or "") for key in index.keys):
                    return None
                kwargs.append(("opclasses", Listing(tuple(text(key.opclass or "") for key in index.keys))))
            return (), kwargs
        keys = [self._key(key) for key in index.keys]
        if any(one is None for one in keys):
            return None
        return tuple(one for one in keys if one is not None), []

    def _index_name(self, index: Index, subject: str) -> str:
        name = index.name or chosen_name(self.table.name, joined_columns(index.columns), "idx")
        if len(name) <= MAX_INDEX_NAME and not name[0].isdigit() and not name.startswith("_"):
            return name
        shorter = self._free(name.strip("_0123456789")[: MAX_INDEX_NAME - 2] or "ix")
        self.context.note(
            subject,
            "a name of more than 30 characters, or that begins with a digit or _: Django refuses it for an index",
            shorter,
        )
        return shorter

    def _class(self, index: Index, *, options: bool) -> str:
        if index.method == "btree":
            return (
                self.context.imports.use("django.contrib.postgres.indexes", "BTreeIndex") if options else "models.Index"
            )
        return self.context.imports.use("django.contrib.postgres.indexes", _CLASSES[index.method])

    def _options(self, index: Index, subject: str) -> tuple[tuple[str, Node], ...]:
        known = _OPTIONS.get(index.method, ())
        found: list[tuple[str, Node]] = []
        for name, value in index.options.items():
            if name == "tablespace":
                found.append(("db_tablespace", text(value)))
            elif name in known and re.fullmatch(r"\d+|on|off|true|false", value):
                found.append((name, value if value.isdigit() else "True" if value in {"on", "true"} else "False"))
            else:
                self.context.note(subject, f"the option {name} = {value}")
        if index.comment or not index.valid or not index.visible or index.only:
            self.context.note(
                subject, "its comment, or that it is invalid, invisible or not on all partitions", "a plain index"
            )
        return tuple(sorted(found))
