"""Tables of the MySQL family: new ones, renames, options, partitions."""

from __future__ import annotations

from dbdesign.migrations.mysql.algorithms import COPY, IN_PLACE, REBUILD
from dbdesign.migrations.mysql.changes import LOCK_WAIT, Change, Changes
from dbdesign.migrations.mysql.partitions import partition_changes
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Table


class TableChanges(Changes):
    """Plans what is of a table as a whole."""

    def tables(self) -> None:
        """New tables, without their foreign keys."""
        for one in self.phasing.take("table", "add"):
            assert isinstance(one.after, Table)  # noqa: S101 - what an operation on a table is made of
            self.phasing.add(
                "expand",
                f"Create the table {one.name}",
                self.printer.table(one.after),
                rollback=[f"DROP TABLE {self.path(one.name)}"],
            )

    def renames(self) -> None:
        """Names change at the switch; a view keeps a table's old name for the old version."""
        for one in self.phasing.take("table", "rename"):
            assert isinstance(one.before, Table)  # noqa: S101 - what an operation on a table is made of
            old = self.printer.dialect.qualified(one.before.namespace, one.before.name)
            new = self.path(one.name)
            self.phasing.add(
                "switch",
                f"Rename the table {one.before.label} to {one.name}; a view keeps the old name",
                LOCK_WAIT,
                f"RENAME TABLE {old} TO {new}",
                f"CREATE VIEW {old} AS SELECT * FROM {new}",
                rollback=[LOCK_WAIT, f"DROP VIEW {old}", f"RENAME TABLE {new} TO {old}"],
                notes=["statements on the old name fail between the two statements, for milliseconds"],
            )
            self.phasing.add(
                "contract",
                f"Drop the view {one.before.label} that keeps the old name",
                f"DROP VIEW {old}",
                rollback=[f"CREATE VIEW {old} AS SELECT * FROM {new}"],
            )

    def options(self) -> None:
        """Options and comments of tables, and partitions."""
        for one in self.phasing.take("comment", {"add", "alter", "drop"}, lambda one: one.name == f"table {one.table}"):
            new, old = (f"COMMENT = {self.printer.literal(str(text or ''))}" for text in (one.after, one.before))
            self.alter(Change(one.table or "", new, old, IN_PLACE, f"Comment on {one.table}", "expand"))
        for one in self.phasing.take("option", {"add", "alter", "drop"}, lambda one: one.name.startswith("table ")):
            self._option(one)
        for one in self.phasing.take("partitioning", {"add", "alter", "drop"}):
            self._partitioning(one)

    def _option(self, one: Operation) -> None:
        word = one.name.rpartition(":")[2]
        if one.after is None:
            self.phasing.refuse(
                one, f"{word} cannot be taken off a table", f"set {word} to the value that the server has by default"
            )
            return
        words = {"charset": "DEFAULT CHARACTER SET", "collation": "COLLATE", "engine": "ENGINE"}

        def said(value: object) -> str:
            return (
                f"{words[word]} = {value}" if word in words else " ".join(self.printer.table_option(word, str(value)))
            )

        manner = COPY if word == "engine" else REBUILD if word in {"row_format", "key_block_size"} else IN_PLACE
        back = said(one.before) if one.before is not None else said(one.after)
        self.alter(Change(one.table or "", said(one.after), back, manner, f"Set {word} of {one.table}", "expand"))

    def _partitioning(self, one: Operation) -> None:
        found = partition_changes(one, self.settings)
        if isinstance(found, str):
            self.phasing.refuse(
                one, found, "copy the table with pt-online-schema-change or gh-ost and the new PARTITION BY clause"
            )
            return
        for clause, back, manner, phase in found:
            self.alter(Change(one.table or "", clause, back, manner, f"Partitions of {one.table}: {clause}", phase))
