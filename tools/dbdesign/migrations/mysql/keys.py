"""Indexes, keys, foreign keys and checks of the MySQL family."""

from __future__ import annotations

from dbdesign.migrations.mysql import algorithms
from dbdesign.migrations.mysql.algorithms import COPY, IN_PLACE, REBUILD, Manner
from dbdesign.migrations.mysql.changes import LOCK_WAIT, Change, Changes
from dbdesign.migrations.mysql.checks import no_duplicates, no_orphans
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Check, ForeignKey, Index, Key


class KeyChanges(Changes):
    """Plans what is on columns."""

    def indexes(self) -> None:
        """Secondary indexes."""
        for one in self.phasing.take("index", "add"):
            if isinstance(one.after, Index):
                self._add_index(one.table or "", one.after, "expand")
        for one in self.phasing.take("index", "rename"):
            old, new = self.printer.name(getattr(one.before, "name", "") or ""), self.printer.name(one.name)
            title = f"Rename the index {one.name}"
            self.alter(
                Change(
                    one.table or "",
                    f"RENAME INDEX {old} TO {new}",
                    f"RENAME INDEX {new} TO {old}",
                    IN_PLACE,
                    title,
                    "switch",
                )
            )
        for one in self.phasing.take("index", {"alter", "rebuild"}):
            self._alter_index(one)

    def _add_index(self, label: str, index: Index, phase: PhaseName) -> None:
        shown = self._before_switch(label, index) if phase == "expand" else index
        name = self.printer.name(index.name or (index.columns[0] if index.columns else ""))
        precondition = no_duplicates(self.place(label, phase), shown, self.printer) if index.unique else None
        self.alter(
            Change(
                label,
                f"ADD {self.printer.index(shown)}",
                f"DROP INDEX {name}",
                self.added_index(index),
                f"Create the index {index.name} on {label}",
                phase,
                precondition=precondition,
            )
        )

    def added_index(self, index: Index) -> Manner:
        """How an index is built."""
        return algorithms.added_index(index)

    def _before_switch(self, label: str, index: Index) -> Index:
        table = self.phasing.table_before(label)
        if table is None:
            return index
        keys = tuple(
            key.model_copy(update={"column": self.old_name(table, key.column)}) if key.column else key
            for key in index.keys
        )
        return index.model_copy(update={"keys": keys})

    def _alter_index(self, one: Operation) -> None:
        before, after, label = one.before, one.after, one.table or ""
        assert isinstance(before, Index)  # noqa: S101 - what an operation on an index is made of
        assert isinstance(after, Index)  # noqa: S101
        name = self.printer.name(after.name or "")
        if one.changed == ("visible",):
            words = ("VISIBLE", "INVISIBLE") if after.visible else ("INVISIBLE", "VISIBLE")
            self.alter(
                Change(
                    label,
                    f"ALTER INDEX {name} {words[0]}",
                    f"ALTER INDEX {name} {words[1]}",
                    IN_PLACE,
                    f"Make the index {after.name} {words[0].lower()}",
                    "expand",
                )
            )
            return
        interim = after.model_copy(update={"name": f"{(after.name or 'index')[:55]}_new"})
        self._add_index(label, interim, "expand")
        swap = f"DROP INDEX {name}, RENAME INDEX {self.printer.name(interim.name or '')} TO {name}"
        back = f"RENAME INDEX {name} TO {self.printer.name(interim.name or '')}, ADD {self.printer.index(before)}"
        self.alter(Change(label, swap, back, IN_PLACE, f"Put the new {after.name} in the place of the old", "contract"))

    def keys(self) -> None:
        """Primary and unique keys."""
        for one in self.phasing.take("unique key", {"add", "alter", "rename"}):
            self._unique_key(one)
        for one in self.phasing.take("primary key", {"add", "alter", "drop", "rename"}):
            if one.action != "rename":  # a primary key is called PRIMARY
                self._primary_key(one)

    def _unique_key(self, one: Operation) -> None:
        label, after, before = one.table or "", one.after, one.before
        assert isinstance(after, Key)  # noqa: S101 - what an operation on a key is made of
        name = self.printer.name(after.name or after.columns[0])
        clause, back = f"ADD {self.printer.key('UNIQUE KEY', after)}", f"DROP INDEX {name}"
        if one.action == "rename" and isinstance(before, Key):
            old = self.printer.name(before.name or before.columns[0])
            clause, back = f"RENAME INDEX {old} TO {name}", f"RENAME INDEX {name} TO {old}"
        elif isinstance(before, Key):
            clause = f"DROP INDEX {name}, {clause}"
            back = f"DROP INDEX {name}, ADD {self.printer.key('UNIQUE KEY', before)}"
        phase: PhaseName = "switch" if one.action == "rename" else "validate"
        precondition = None if one.action == "rename" else no_duplicates(self.place(label, phase), after, self.printer)
        title = f"{one.action.title()} the unique key {after.name} of {label}"
        self.alter(Change(label, clause, back, IN_PLACE, title, phase, precondition=precondition))

    def _primary_key(self, one: Operation) -> None:
        label = one.table or ""
        add = self.printer.key("PRIMARY KEY", one.after) if isinstance(one.after, Key) else None
        old = self.printer.key("PRIMARY KEY", one.before) if isinstance(one.before, Key) else None
        parts = (["DROP PRIMARY KEY"] if old else []) + ([f"ADD {add}"] if add else [])
        undo = (["DROP PRIMARY KEY"] if add else []) + ([f"ADD {old}"] if old else [])
        precondition = (
            no_duplicates(self.place(label, "validate"), one.after, self.printer)
            if isinstance(one.after, Key)
            else None
        )
        manner = REBUILD if add else COPY
        title = f"{one.action.title()} the primary key of {label}"
        self.alter(
            Change(label, ", ".join(parts), ", ".join(undo), manner, title, "validate", precondition=precondition)
        )

    def foreign_keys(self) -> None:
        """Foreign keys: in place without looking at the rows, which a query looks at before and behind."""
        for one in self.phasing.take("foreign key", {"add", "alter", "rename"}):
            if isinstance(one.after, ForeignKey):
                self._foreign_key(one, one.after)

    def _foreign_key(self, one: Operation, key: ForeignKey) -> None:
        label = one.table or ""
        if one.before is not None:
            self._drop_foreign_key(one, "validate")
        fresh = self.phasing.table_before(label) is None
        orphans = None if fresh else self.orphans(label, key)
        phase: PhaseName = "expand" if fresh else "validate"
        place = self.place(label, phase)
        name = key.name or f"{label.rpartition('.')[2]}_ibfk_1"
        drop = f"ALTER TABLE {place} DROP FOREIGN KEY {self.printer.name(name)}, {IN_PLACE.clause}"
        self.phasing.add(
            phase,
            f"Add the foreign key {key.name} of {label}",
            LOCK_WAIT,
            "SET SESSION foreign_key_checks = 0",
            self.statement(place, f"ADD {self.printer.foreign_key(key)}", IN_PLACE),
            "SET SESSION foreign_key_checks = 1",
            rollback=[LOCK_WAIT, drop],
            precondition=orphans,
            postcondition=orphans,
            notes=(
                "with foreign_key_checks = 1 the table would be copied; rows are not looked at: the query does that",
                "MySQL makes an index for it where the columns begin none",
            ),
        )

    def orphans(self, label: str, key: ForeignKey) -> str:
        """The query that says whether every row finds its parent."""
        return no_orphans(self.place(label, "validate"), key, self.printer)

    def _drop_foreign_key(self, one: Operation, phase: PhaseName) -> None:
        key = one.before
        assert isinstance(key, ForeignKey)  # noqa: S101 - what an operation on a foreign key is made of
        place = self.place(one.table or "", phase)
        name = self.printer.name(key.name or "")
        self.phasing.add(
            phase,
            f"Drop the foreign key {key.name} of {one.table}",
            LOCK_WAIT,
            self.statement(place, f"DROP FOREIGN KEY {name}", IN_PLACE),
            rollback=[
                LOCK_WAIT,
                "SET SESSION foreign_key_checks = 0",
                self.statement(place, f"ADD {self.printer.foreign_key(key)}", IN_PLACE),
                "SET SESSION foreign_key_checks = 1",
            ],
        )

    def checks(self) -> None:
        """Checks: an enforced one reads every row, which InnoDB does by copying the table."""
        for one in self.phasing.take("check", {"add", "alter", "rename", "rebuild"}):
            if isinstance(one.after, Check):
                self._check(one, one.after)

    def _check(self, one: Operation, check: Check) -> None:
        label, before = one.table or "", one.before
        old = self.printer.name(before.name) if isinstance(before, Check) and before.name else None
        clause = f"ADD {self.printer.check(check)}"
        clause = f"DROP CONSTRAINT {old}, {clause}" if old and one.action != "add" else clause
        back = f"DROP CONSTRAINT {self.printer.name(check.name)}" if check.name else None
        back = f"{back}, ADD {self.printer.check(before)}" if back and isinstance(before, Check) else back
        manner = COPY if check.enforced else IN_PLACE
        self.alter(
            Change(label, clause, back, manner, f"{one.action.title()} the check {one.name} of {label}", "validate")
        )

    def _drop_check(self, one: Operation) -> None:
        check = one.before
        if not isinstance(check, Check) or not check.name:
            self.phasing.refuse(
                one,
                "the source does not say the name that MySQL gave it",
                "read the name from SHOW CREATE TABLE and drop it",
            )
            return
        not_enforced = f"ADD {self.printer.check(check.model_copy(update={'enforced': False}))}"
        title = f"Drop the check {check.name} of {one.table}"
        self.alter(
            Change(
                one.table or "",
                f"DROP CONSTRAINT {self.printer.name(check.name)}",
                not_enforced,
                IN_PLACE,
                title,
                "contract",
            )
        )

    def _drop_index(self, one: Operation) -> None:
        part, label = one.before, one.table or ""
        if not isinstance(part, Index | Key):
            return
        name = self.printer.name(part.name or part.columns[0])
        table = self.phasing.table_after(label)
        if table is not None and isinstance(part, Index) and not part.unique and part.visible:
            self.alter(
                Change(
                    label,
                    f"ALTER INDEX {name} INVISIBLE",
                    f"ALTER INDEX {name} VISIBLE",
                    IN_PLACE,
                    f"Make the index {part.name} of {label} invisible, to see whether anything misses it",
                    "switch",
                )
            )
        again = self.printer.index(part) if isinstance(part, Index) else self.printer.key("UNIQUE KEY", part)
        if table is not None:
            self.alter(
                Change(
                    label,
                    f"DROP INDEX {name}",
                    f"ADD {again}",
                    IN_PLACE,
                    f"Drop the index {part.name} of {label}",
                    "contract",
                )
            )
