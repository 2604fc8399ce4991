"""Indexes, keys, foreign keys and checks of SQL Server's tables."""

from __future__ import annotations

from dbdesign.migrations.sqlserver.statements import rename
from dbdesign.migrations.sqlserver.steps import Steps
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Check, ForeignKey, Index, Key
from dbdesign.writers.sqlserver.clauses import (
    check_text,
    foreign_key_text,
    identifier,
    index_text,
    key_text,
    object_name,
)

UNTRUSTED = "rows that are there are not looked at; until they are, the optimizer does not trust the constraint (is_not_trusted = 1)"


class KeySteps(Steps):
    """Plans what is on columns."""

    # --- indexes

    def index_sql(self, place: str, index: Index, **extra: str) -> str:
        """CREATE INDEX with what the edition can do online."""
        options = {**index.options, **extra, **self.capabilities.index_options(index)}
        return index_text(place, index.model_copy(update={"options": options}))

    def indexes(self) -> None:
        """Secondary indexes."""
        for one in self.phasing.take("index", {"add", "alter", "rename", "rebuild"}):
            if isinstance(one.after, Index):
                self._index(one, one.after)

    def _index(self, one: Operation, index: Index) -> None:
        place, title = (
            self.place(one.table or "", "expand"),
            f"{one.action.title()} the index {one.name} on {one.table}",
        )
        notes = [reason for reason in (self.capabilities.why_offline(index),) if reason]
        notes = [f"{reason}: writers wait for as long as it takes" for reason in notes]
        if self.capabilities.index_options(index).get("resumable"):
            notes.append(
                "paused or failed, it goes on with ALTER INDEX … RESUME; sys.index_resumable_operations has its progress"
            )
        before = one.before
        if one.action == "rename" and isinstance(before, Index):
            place = self.place(one.table or "", "switch")
            there, new = rename("INDEX", f"{place}.{identifier(before.name or '')}", one.name), index.name or ""
            self.brief(
                "switch", title, there, rollback=[rename("INDEX", f"{place}.{identifier(new)}", before.name or "")]
            )
            return
        if isinstance(before, Index) and one.changed == ("visible",):
            words = ("REBUILD", "DISABLE") if index.visible else ("DISABLE", "REBUILD")
            alter = f"ALTER INDEX {identifier(one.name)} ON {place}"
            self.long("expand", title, f"{alter} {words[0]}", rollback=[f"{alter} {words[1]}"])
            return
        if isinstance(before, Index):
            sql = self.index_sql(place, index, drop_existing="ON")
            self.long("expand", title, sql, rollback=[self.index_sql(place, before, drop_existing="ON")], notes=notes)
            return
        self.long(
            "expand",
            title,
            self.index_sql(place, index),
            rollback=[f"DROP INDEX {identifier(one.name)} ON {place}"],
            precondition=_no_duplicates(place, index.columns) if index.unique and index.where is None else None,
            notes=notes,
        )

    # --- keys

    def key_sql(self, kind: str, key: Key) -> str:
        """A key constraint with what the version can do online."""
        options = {**key.options, **self.capabilities.key_options()}
        return key_text(kind, key.model_copy(update={"options": options}))

    def keys(self) -> None:
        """Primary and unique keys."""
        for one in self.phasing.take({"primary key", "unique key"}, {"add", "alter", "rename", "rebuild"}):
            if isinstance(one.after, Key):
                self._key(one, one.after)

    def _key(self, one: Operation, key: Key) -> None:
        place, word = self.place(one.table or "", "validate"), "PRIMARY KEY" if one.kind == "primary key" else "UNIQUE"
        title = f"{one.action.title()} the {one.kind} of {one.table}"
        if one.action == "rename":
            self._rename(one, title)
            return
        before = one.before if isinstance(one.before, Key) else None
        drop = [_drop(place, before.name)] if before else []
        make = f"ALTER TABLE {place} ADD {self.key_sql(word, key)}"
        undo = [_drop(place, key.name)] if key.name else []
        undo += [f"ALTER TABLE {place} ADD {self.key_sql(word, before)}"] if before else []
        notes = (
            ["between the two statements nothing holds the key, and foreign keys to it stand in the way"]
            if before
            else []
        )
        notes += [] if self.capabilities.online else ["it is built offline: nobody reads or writes the table meanwhile"]
        self.long(
            "validate", title, *drop, make, rollback=undo, precondition=_no_duplicates(place, key.columns), notes=notes
        )

    # --- foreign keys and checks

    def constraints(self) -> None:
        """Added WITH NOCHECK, and looked at afterwards."""
        for one in self.phasing.take({"foreign key", "check"}, {"add", "alter", "rename", "rebuild"}):
            self._constraint(one)

    def _constraint(self, one: Operation) -> None:
        after, title = one.after, f"{one.action.title()} the {one.kind} {one.name} of {one.table}"
        if not isinstance(after, ForeignKey | Check):
            return
        if one.action == "rename":
            self._rename(one, title)
            return
        fresh = self.is_new(one.table)
        phase: PhaseName = "expand" if fresh else "validate"
        place, before = self.place(one.table or "", phase), one.before
        text = foreign_key_text(after) if isinstance(after, ForeignKey) else check_text(after)
        drop = [_drop(place, before.name)] if isinstance(before, ForeignKey | Check) and before.name else []
        undo = [_drop(place, after.name)] if after.name else []
        if isinstance(before, ForeignKey | Check) and before.name:
            old = foreign_key_text(before) if isinstance(before, ForeignKey) else check_text(before)
            undo.append(f"ALTER TABLE {place} WITH NOCHECK ADD {old}")
        how = "CHECK" if fresh else "NOCHECK"
        notes = [] if fresh else [UNTRUSTED]
        self.brief(phase, title, *drop, f"ALTER TABLE {place} WITH {how} ADD {text}", rollback=undo, notes=notes)
        if after.name and after.valid and after.enforced and not fresh:
            name = identifier(after.name)
            self.long(
                "validate",
                f"Look at the rows for {one.name}",
                f"ALTER TABLE {place} WITH CHECK CHECK CONSTRAINT {name}",
                notes=["it reads the whole table under a Sch-M lock: run it in a quiet window"],
            )
        if after.name and not after.enforced:
            off = f"ALTER TABLE {place} NOCHECK CONSTRAINT {identifier(after.name)}"
            self.brief(phase, f"Switch {one.name} off", off, rollback=[off.replace(" NOCHECK ", " CHECK ")])

    def _rename(self, one: Operation, title: str) -> None:
        namespace = (one.table or "").rpartition(".")[0] or None
        old, new = getattr(one.before, "name", ""), getattr(one.after, "name", "")
        self.brief(
            "switch",
            title,
            rename("OBJECT", object_name(namespace, old), new),
            rollback=[rename("OBJECT", object_name(namespace, new), old)],
        )

    # --- what stands in the way, and what goes

    def again(self, one: Operation) -> tuple[list[str], list[str]] | None:
        """How a part that stands in the way of a change of its column is dropped and made again."""
        place, part = self.place(one.table or "", "switch"), one.after
        match part:
            case Index():
                return [f"DROP INDEX {identifier(one.name)} ON {place}"], [self.index_sql(place, part)]
            case Key():
                word = "PRIMARY KEY" if one.kind == "primary key" else "UNIQUE"
                return [_drop(place, part.name)], [f"ALTER TABLE {place} ADD {self.key_sql(word, part)}"]
            case ForeignKey() | Check():
                text = foreign_key_text(part) if isinstance(part, ForeignKey) else check_text(part)
                return [_drop(place, part.name)], [f"ALTER TABLE {place} WITH NOCHECK ADD {text}"]
            case _:
                return None

    def dropped_parts(self) -> None:
        """Constraints and indexes that go; columns and tables come behind."""
        for one in self.phasing.take({"foreign key", "check"}, "drop"):
            part, place = one.before, self.place(one.table or "", "contract")
            if isinstance(part, ForeignKey | Check) and part.name:
                text = foreign_key_text(part) if isinstance(part, ForeignKey) else check_text(part)
                add = f"ALTER TABLE {place} WITH NOCHECK ADD {text}"
                self.brief(
                    "contract",
                    f"Drop the {one.kind} {one.name} of {one.table}",
                    _drop(place, part.name),
                    rollback=[add],
                )
            else:
                self.phasing.refuse(
                    one,
                    "the server made its name up, and the source does not say it",
                    "look it up in sys.objects and drop it",
                )
        for one in self.phasing.take({"index", "unique key", "primary key"}, "drop"):
            self._drop_indexed(one)

    def _drop_indexed(self, one: Operation) -> None:
        part, place = one.before, self.place(one.table or "", "contract")
        if isinstance(part, Index):
            drop, add = f"DROP INDEX {identifier(one.name)} ON {place}", self.index_sql(place, part)
        elif isinstance(part, Key):
            word = "PRIMARY KEY" if one.kind == "primary key" else "UNIQUE"
            drop, add = _drop(place, part.name), f"ALTER TABLE {place} ADD {self.key_sql(word, part)}"
        else:
            return
        if self.phasing.table_after(one.table or "") is not None:
            self.brief("contract", f"Drop the {one.kind} {one.name} of {one.table}", drop, rollback=[add])


def _drop(place: str, name: str | None) -> str:
    return f"ALTER TABLE {place} DROP CONSTRAINT {identifier(name or '')}"


def _no_duplicates(place: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(identifier(one) for one in columns)
    return f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {place} GROUP BY {names} HAVING count(*) > 1) THEN 0 ELSE 1 END"
