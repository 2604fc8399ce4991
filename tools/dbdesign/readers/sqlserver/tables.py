"""CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.errors import SqlError
from dbdesign.model.schema import Check, ForeignKey, IndexKey, Partitioning, label
from dbdesign.readers.sqlserver import elements
from dbdesign.readers.sqlserver.columns import ColumnParser, is_rowversion_alone, rowversion_alone
from dbdesign.readers.sqlserver.drafts import Catalog, TableDraft, fold
from dbdesign.readers.sqlserver.indexes import inline_index
from dbdesign.readers.sqlserver.types import data_type
from dbdesign.readers.tokens import TokenStream

CONSTRAINT_WORDS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "DEFAULT", "CONNECTION"})


class TableParser:
    """Parses statements about tables from a stream into a catalog."""

    def __init__(self, stream: TokenStream, catalog: Catalog) -> None:
        self.stream = stream
        self.catalog = catalog

    def create(self) -> None:
        """What follows CREATE TABLE."""
        stream, line = self.stream, self.stream.line
        namespace, name = elements.object_name(stream)
        draft = TableDraft(namespace, name)
        if name.startswith("#"):
            self.catalog.skip("temporary table", line, "lives for a session")
            draft, catalog = TableDraft(None, name), Catalog()
            TableBody(stream, draft, catalog).parse()
            self._trailing(draft)
            return
        if stream.at("AS", "FILETABLE"):
            raise stream.error("a FileTable has no columns of its own")
        TableBody(stream, draft, self.catalog).parse()
        self._trailing(draft)
        if fold((namespace, name)) in self.catalog.tables:
            self.catalog.missed(
                line, f"CREATE TABLE {draft.label}", "a table of this name was created before; the first is kept"
            )
            return
        self.catalog.tables[fold((namespace, name))] = draft
        self.catalog.lines[draft.label] = line

    def _trailing(self, draft: TableDraft) -> None:
        stream = self.stream
        if stream.accept("AS"):
            draft.options["graph"] = stream.name().lower()
        draft.options |= elements.placement(stream)
        draft.options |= elements.with_options(stream)
        draft.options |= elements.placement(stream)
        scheme, column = draft.options.pop("partition_scheme", None), draft.options.pop("partition_column", None)
        if scheme and column:
            draft.partitioning = Partitioning(strategy="scheme", keys=(IndexKey(column=column),), text=scheme)

    def alter(self) -> None:
        """What follows ALTER TABLE."""
        stream, line = self.stream, self.stream.line
        name = elements.object_name(stream)
        draft = self.catalog.table(name)
        if draft is None:
            raise SqlError(f"table {label(*name)} is not created in this script", line=line)
        checked = stream.name().upper() == "CHECK" if stream.accept("WITH") else None
        for words, act in self._alterations(draft, checked):
            if stream.accept(*words):
                act()
                return
        raise stream.error("this ALTER TABLE is not read")

    def _alterations(self, draft: TableDraft, checked: bool | None) -> list[tuple[tuple[str, ...], Callable[[], None]]]:
        def skip(kind: str, reason: str) -> Callable[[], None]:
            return lambda: self._skip(kind, reason)

        return [
            (("ADD",), lambda: self._add(draft, checked is not False)),
            (("CHECK", "CONSTRAINT"), lambda: self._enforce(draft, enforced=True, trusted=checked)),
            (("NOCHECK", "CONSTRAINT"), lambda: self._enforce(draft, enforced=False, trusted=False)),
            (("DROP",), lambda: self._drop(draft)),
            (("ALTER", "COLUMN"), lambda: self._alter_column(draft)),
            (("SET",), lambda: draft.options.update(self._set_options())),
            (("ENABLE", "CHANGE_TRACKING"), lambda: self._change_tracking(draft)),
            (("ENABLE", "TRIGGER"), lambda: self._switch_triggers(draft, "enabled")),
            (("DISABLE", "TRIGGER"), lambda: self._switch_triggers(draft, "disabled")),
            (("REBUILD",), skip("ALTER TABLE REBUILD", "concerns storage alone")),
        ]

    def _skip(self, kind: str, reason: str) -> None:
        self.catalog.skip(kind, self.stream.line, reason)
        self.stream.skip_until(";")

    def _add(self, draft: TableDraft, valid: bool) -> None:
        body = TableBody(self.stream, draft, self.catalog, valid=valid)
        parenthesised = self.stream.at("(")
        if parenthesised:
            body.parse()
            return
        body.element()
        while self.stream.accept(","):
            body.element()

    def _enforce(self, draft: TableDraft, *, enforced: bool, trusted: bool | None) -> None:
        """CHECK CONSTRAINT turns enforcement on; only WITH CHECK before it makes the constraint trusted again."""
        names = {self.stream.name().lower()}
        while self.stream.accept(","):
            names.add(self.stream.name().lower())
        everything = "all" in names
        changes: dict[str, object] = {"enforced": enforced}
        if trusted is not None:
            changes["valid"] = trusted

        def meant(one: ForeignKey | Check) -> bool:
            return everything or (one.name or "").lower() in names

        draft.foreign_keys = [one.model_copy(update=changes) if meant(one) else one for one in draft.foreign_keys]
        draft.checks = [one.model_copy(update=changes) if meant(one) else one for one in draft.checks]

    def _drop(self, draft: TableDraft) -> None:
        stream = self.stream
        is_column = bool(stream.accept("COLUMN"))
        if not is_column:
            stream.accept("CONSTRAINT")
        while True:
            stream.accept("IF", "EXISTS")
            name = stream.name().lower()
            if is_column:
                draft.columns.pop(name, None)
            else:
                self._drop_constraint(draft, name)
            elements.with_options(stream)
            if not stream.accept(","):
                return
            is_column = stream.accept("COLUMN") or (is_column and not stream.accept("CONSTRAINT"))

    def _drop_constraint(self, draft: TableDraft, name: str) -> None:
        if draft.primary_key and (draft.primary_key.name or "").lower() == name:
            draft.primary_key = None
        draft.unique_keys = [one for one in draft.unique_keys if (one.name or "").lower() != name]
        draft.foreign_keys = [one for one in draft.foreign_keys if (one.name or "").lower() != name]
        draft.checks = [one for one in draft.checks if (one.name or "").lower() != name]
        for column in list(draft.columns.values()):
            if (column.default_name or "").lower() == name:
                draft.update_column(column.name, default=None, default_name=None)

    def _alter_column(self, draft: TableDraft) -> None:
        stream, line = self.stream, self.stream.line
        name = stream.name()
        column = draft.columns.get(name.lower())
        if column is None:
            raise SqlError(f"column {draft.label}.{name} does not exist", line=line)
        if word := stream.accept_any("ADD", "DROP"):
            option = stream.name().lower()
            if option == "masked" and stream.accept("WITH"):
                option, value = "masked", stream.parenthesised().strip()
            else:
                value = "on"
            rest = {key: one for key, one in column.options.items() if key != option}
            draft.update_column(name, options=rest | ({option: value} if word == "ADD" else {}))
            return
        kind = data_type(stream)
        collation = stream.name() if stream.accept("COLLATE") else None
        nullable = not stream.accept("NOT", "NULL")
        stream.accept("NULL")
        elements.with_options(stream)
        draft.update_column(name, type=kind, collation=collation, nullable=nullable)

    def _set_options(self) -> dict[str, str]:
        found: dict[str, str] = {}
        self.stream.separated(lambda: elements.option(self.stream, found))
        if found.get("lock_escalation") == "table":
            del found["lock_escalation"]
        return found

    def _change_tracking(self, draft: TableDraft) -> None:
        options = elements.with_options(self.stream)
        draft.options["change_tracking"] = ", ".join(f"{k} = {v}" for k, v in options.items()) or "on"

    def _switch_triggers(self, draft: TableDraft, state: str) -> None:
        names = {self.stream.name().lower()}
        while self.stream.accept(","):
            names.add(self.stream.name().lower())
        draft.triggers = [
            one.model_copy(update={"enabled": state}) if "all" in names or one.name.lower() in names else one
            for one in draft.triggers
        ]


class TableBody:
    """The parenthesised list of a table's columns and constraints; an element that is not understood costs itself alone."""

    def __init__(self, stream: TokenStream, draft: TableDraft, catalog: Catalog, *, valid: bool = True) -> None:
        self.stream = stream
        self.draft = draft
        self.catalog = catalog
        self.valid = valid

    def parse(self) -> None:
        """`( element, element … )`; commas before constraints may be missing, and one may trail."""
        stream = self.stream
        stream.expect("(")
        while not stream.accept(")"):
            if stream.ended:
                raise stream.error("the table's parenthesis is not closed")
            self._tolerant_element()
            if stream.accept(",") or stream.at(")") or stream.ended or self._starts_constraint():
                continue
            self._lose(stream.index, "expected , or )")
            stream.accept(",")

    def _starts_constraint(self) -> bool:
        return self.stream.at_any("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "PERIOD")

    def _tolerant_element(self) -> None:
        first = self.stream.index
        try:
            self.element()
        except (SqlError, ValueError) as error:
            self.stream.index = max(first, min(self.stream.index, len(self.stream.tokens)))
            self._lose(first, error.what if isinstance(error, SqlError) else str(error))

    def _lose(self, first: int, reason: str) -> None:
        stream = self.stream
        line = stream.lines(stream.tokens[min(first, len(stream.tokens) - 1)].start)
        stream.index = first
        stream.skip_until(",")
        if stream.index == first and not stream.ended:
            stream.next()
        self.catalog.missed(line, stream.source(first), f"in table {self.draft.label}: {reason}")

    def element(self) -> None:
        """One column, constraint or index."""
        stream = self.stream
        line = stream.line
        name = None
        if stream.accept("CONSTRAINT"):
            name = stream.name()
            self.catalog.lines[f"{self.draft.label}.{name}"] = line
        if self._constraint(name):
            return
        if stream.at("INDEX") and stream.is_name(1):
            index = inline_index(stream)
            self.catalog.lines[f"{self.draft.label}.{index.name}"] = line
            self.draft.indexes.append(index)
        elif stream.accept("PERIOD", "FOR", "SYSTEM_TIME"):
            start, end = elements.names(stream)
            self.draft.options |= {"period_start": start, "period_end": end}
        elif is_rowversion_alone(stream):
            rowversion_alone(stream, self.draft)
        else:
            stream.accept("COLUMN")
            ColumnParser(stream, self.draft, self.catalog).parse()

    def _constraint(self, name: str | None) -> bool:
        stream, draft = self.stream, self.draft
        if stream.token.upper not in CONSTRAINT_WORDS:
            return False
        if stream.accept("PRIMARY", "KEY"):
            draft.primary_key = elements.key(stream, name)
        elif stream.accept("UNIQUE"):
            draft.unique_keys.append(elements.key(stream, name))
        elif stream.accept("FOREIGN", "KEY"):
            columns = elements.names(stream)
            stream.expect("REFERENCES")
            key = elements.references(stream, name, columns)
            draft.foreign_keys.append(key.model_copy(update={"valid": self.valid}))
        elif stream.accept("CHECK"):
            found = elements.check(stream, name)
            draft.checks.append(found.model_copy(update={"valid": self.valid}))
        elif stream.accept("DEFAULT"):
            self._default(name)
        elif stream.accept("CONNECTION"):
            draft.options["connection"] = stream.parenthesised().strip()
            if name:
                draft.options["connection_name"] = name
            if stream.accept("ON", "DELETE", "CASCADE"):
                draft.options["connection_on_delete"] = "cascade"
            stream.accept("ON", "DELETE", "NO", "ACTION")
        else:
            return False
        return True

    def _default(self, name: str | None) -> None:
        stream, line = self.stream, self.stream.line
        expression = elements.default_expression(stream)
        stream.expect("FOR")
        column = stream.name()
        stream.accept("WITH", "VALUES")
        if not self.draft.update_column(column, default=expression, default_name=name):
            raise SqlError(f"column {self.draft.label}.{column} does not exist", line=line)
