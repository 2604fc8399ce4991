"""Indexes, keys, foreign keys and checks of CockroachDB's tables."""

from __future__ import annotations

from dbdesign.migrations.cockroachdb.steps import Steps, identifier
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Check, ForeignKey, Index, Key
from dbdesign.writers.cockroachdb.spelling import identifiers
from dbdesign.writers.cockroachdb.tables import check_clause, foreign_key, index_statement, key_clause, sharding


class KeySteps(Steps):
    """Plans what is on columns."""

    def indexes(self) -> None:
        """Built online; a changed one under another name first."""
        for one in self.phasing.take("index", {"add", "alter", "rename", "rebuild"}):
            if isinstance(one.after, Index):
                self._index(one, one.after)

    def _index(self, one: Operation, index: Index) -> None:
        place, before = self.place(one.table or "", "expand"), one.before
        title = f"{one.action.title()} the index {one.name} on {one.table}"
        if one.action == "rename" and isinstance(before, Index):
            there = self.place(one.table or "", "switch")
            old, new = f"{there}@{identifier(before.name or '')}", f"{there}@{identifier(one.name)}"
            back = f"ALTER INDEX {new} RENAME TO {identifier(before.name or '')}"
            self.step("switch", title, f"ALTER INDEX {old} RENAME TO {identifier(one.name)}", [back])
        elif isinstance(before, Index) and one.changed == ("visible",):
            words = ("VISIBLE", "NOT VISIBLE") if index.visible else ("NOT VISIBLE", "VISIBLE")
            alter = f"ALTER INDEX {place}@{identifier(one.name)}"
            self.step("expand", title, f"{alter} {words[0]}", [f"{alter} {words[1]}"])
        elif isinstance(before, Index):
            interim = f"{one.name[:55]}_new"
            self.step(
                "expand",
                title,
                index_statement(place, index.model_copy(update={"name": interim})),
                [f"DROP INDEX {place}@{identifier(interim)}"],
                job=True,
            )
            there = self.place(one.table or "", "contract")
            self.step(
                "contract",
                f"Drop the old {one.name}",
                f"DROP INDEX {there}@{identifier(one.name)}",
                [index_statement(there, before)],
                job=True,
            )
            self.step(
                "contract",
                f"Give the new {one.name} its name",
                f"ALTER INDEX {there}@{identifier(interim)} RENAME TO {identifier(one.name)}",
                [f"ALTER INDEX {there}@{identifier(one.name)} RENAME TO {identifier(interim)}"],
            )
        else:
            precondition = _no_duplicates(place, index.columns) if index.unique and index.where is None else None
            drop = [f"DROP INDEX {place}@{identifier(one.name)}{' CASCADE' if index.unique else ''}"]
            self.step("expand", title, index_statement(place, index), drop, job=True, precondition=precondition)

    def unique_keys(self) -> None:
        """A unique constraint is a unique index, and goes by DROP INDEX … CASCADE."""
        for one in self.phasing.take("unique key", {"add", "alter", "rename", "rebuild"}):
            if not isinstance(one.after, Key):
                continue
            place, before = self.place(one.table or "", "validate"), one.before
            title = f"{one.action.title()} the unique key {one.name} of {one.table}"
            if one.action == "rename" and isinstance(before, Key):
                alter = f"ALTER TABLE {place} RENAME CONSTRAINT"
                old, new = identifier(before.name or ""), identifier(one.name)
                self.step("validate", title, f"{alter} {old} TO {new}", [f"{alter} {new} TO {old}"])
                continue
            if isinstance(before, Key):
                self.step(
                    "validate",
                    f"Drop the old {one.name}",
                    f"DROP INDEX {place}@{identifier(before.name or '')} CASCADE",
                    [f"ALTER TABLE {place} ADD {key_clause(before, 'UNIQUE')}"],
                    job=True,
                    notes=["nothing holds the key until the next step is done"],
                )
            self.step(
                "validate",
                title,
                f"ALTER TABLE {place} ADD {key_clause(one.after, 'UNIQUE')}",
                [f"DROP INDEX {place}@{identifier(one.name)} CASCADE"],
                job=True,
                precondition=_no_duplicates(place, one.after.columns),
            )

    def primary_keys(self) -> None:
        """ALTER PRIMARY KEY writes the table anew, online; no other change of it may run meanwhile."""
        for one in self.phasing.take("primary key", {"add", "alter", "drop", "rename"}):
            before, after = one.before, one.after
            place = self.place(one.table or "", "validate")
            if not isinstance(after, Key):
                self.phasing.refuse(one, "a table always has a primary key", "alter it to other columns, or to rowid")
            elif one.action == "rename" and isinstance(before, Key):
                alter = f"ALTER TABLE {place} RENAME CONSTRAINT"
                old, new = identifier(before.name or ""), identifier(after.name or "")
                self.step(
                    "validate",
                    f"Rename the primary key of {one.table}",
                    f"{alter} {old} TO {new}",
                    [f"{alter} {new} TO {old}"],
                )
            else:
                self._alter_primary_key(one, after, place)

    def _alter_primary_key(self, one: Operation, after: Key, place: str) -> None:
        before = one.before

        def alter(key: Key) -> str:
            return f"ALTER TABLE {place} ALTER PRIMARY KEY USING COLUMNS ({identifiers(key.columns)}) {sharding(key.options)}".rstrip()

        self.step(
            "validate",
            f"Change the primary key of {one.table}",
            alter(after),
            [alter(before)] if isinstance(before, Key) else [],
            job=True,
            precondition=_no_duplicates(place, after.columns),
            notes=[
                "the columns must be NOT NULL",
                "the old key stays as a unique index, unless it was rowid or the new one begins with it: drop it where nothing needs it",
            ],
        )

    def constraints(self) -> None:
        """NOT VALID first, then VALIDATE: rows that are there are looked at in the background."""
        for one in self.phasing.take({"foreign key", "check"}, {"add", "alter", "rename", "rebuild"}):
            if isinstance(one.after, ForeignKey | Check):
                self._constraint(one, one.after)

    def _constraint(self, one: Operation, part: ForeignKey | Check) -> None:
        fresh = self.is_new(one.table)
        phase: PhaseName = "expand" if fresh else "validate"
        place, before = self.place(one.table or "", phase), one.before
        title = f"{one.action.title()} the {one.kind} {one.name} of {one.table}"
        name = identifier(part.name or "")
        if one.action == "rename" and isinstance(before, ForeignKey | Check):
            alter = f"ALTER TABLE {place} RENAME CONSTRAINT"
            self.step(
                phase,
                title,
                f"{alter} {identifier(before.name or '')} TO {name}",
                [f"{alter} {name} TO {identifier(before.name or '')}"],
            )
            return
        if isinstance(before, ForeignKey | Check):
            self._drop_constraint(one, before, phase)
        text = foreign_key(part) if isinstance(part, ForeignKey) else check_clause(part)
        later = "" if fresh else " NOT VALID"
        undo = [f"ALTER TABLE {place} DROP CONSTRAINT {name}"] if part.name else []
        self.step(phase, title, f"ALTER TABLE {place} ADD {text}{later}", undo)
        if not fresh and part.valid and part.name:
            self.step(
                phase, f"Look at the rows for {one.name}", f"ALTER TABLE {place} VALIDATE CONSTRAINT {name}", job=True
            )

    def _drop_constraint(self, one: Operation, part: ForeignKey | Check, phase: PhaseName) -> None:
        place = self.place(one.table or "", phase)
        text = foreign_key(part) if isinstance(part, ForeignKey) else check_clause(part)
        self.step(
            phase,
            f"Drop the {one.kind} {part.name} of {one.table}",
            f"ALTER TABLE {place} DROP CONSTRAINT {identifier(part.name or '')}",
            [f"ALTER TABLE {place} ADD {text} NOT VALID"],
        )

    def dropped_parts(self) -> None:
        """Constraints and indexes that go."""
        for one in self.phasing.take({"foreign key", "check"}, "drop"):
            if isinstance(one.before, ForeignKey | Check):
                self._drop_constraint(one, one.before, "contract")
        for one in self.phasing.take({"index", "unique key"}, "drop"):
            place, part = self.place(one.table or "", "contract"), one.before
            if self.phasing.table_after(one.table or "") is None or not isinstance(part, Index | Key):
                continue
            again = (
                index_statement(place, part)
                if isinstance(part, Index)
                else f"ALTER TABLE {place} ADD {key_clause(part, 'UNIQUE')}"
            )
            cascade = " CASCADE" if isinstance(part, Key) or part.unique else ""
            if isinstance(part, Index) and part.visible:
                hide = f"ALTER INDEX {self.place(one.table or '', 'switch')}@{identifier(one.name)}"
                self.step(
                    "switch",
                    f"Hide the index {one.name}, to see whether anything misses it",
                    f"{hide} NOT VISIBLE",
                    [f"{hide} VISIBLE"],
                )
            self.step(
                "contract",
                f"Drop the {one.kind} {one.name}",
                f"DROP INDEX {place}@{identifier(one.name)}{cascade}",
                [again],
                job=True,
            )


def _no_duplicates(place: str, columns: tuple[str, ...]) -> str:
    names = identifiers(columns)
    given = " AND ".join(f"{identifier(one)} IS NOT NULL" for one in columns)
    return f"SELECT NOT EXISTS (SELECT 1 FROM {place} WHERE {given} GROUP BY {names} HAVING count(*) > 1)"
