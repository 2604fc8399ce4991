"""Views, triggers, routines and privileges of the MySQL family."""

from __future__ import annotations

from dbdesign.migrations.mysql.changes import Changes
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Grant, Routine, Trigger, View
from dbdesign.writers.mysql.statements import create_view, delimited


class ProgramChanges(Changes):
    """Plans what is text that is put in the place of other text."""

    def programs(self) -> None:
        """Views, triggers and routines: text that is put in the place of other text."""
        for one in self.phasing.take("view", {"add", "alter", "rebuild"}):
            self._view(one)
        for one in self.phasing.take("trigger", {"add", "alter", "rebuild", "drop"}):
            self._program(one, "TRIGGER", getattr(one.before or one.after, "name", one.name))
        for one in self.phasing.take("routine", {"add", "alter", "rebuild", "drop"}):
            routine = one.before or one.after
            kind = "PROCEDURE" if isinstance(routine, Routine) and routine.kind == "procedure" else "FUNCTION"
            self._program(one, kind, getattr(routine, "name", one.name))
        for one in self.phasing.take("grant", {"add", "alter", "drop"}):
            self._grants(one)

    def _view(self, one: Operation) -> None:
        after = one.after
        assert isinstance(after, View)  # noqa: S101 - what an operation on a view is made of

        def replace(view: View) -> str:
            return create_view(view, self.printer).replace("CREATE", "CREATE OR REPLACE", 1)

        back = replace(one.before) if isinstance(one.before, View) else f"DROP VIEW {self.printer.name(after.name)}"
        phase: PhaseName = "expand" if one.action == "add" and not self._waits(after) else "switch"
        self.phasing.add(phase, f"{one.action.title()} the view {one.name}", replace(after), rollback=[back])

    def _waits(self, view: View) -> bool:
        """Whether a view may need what the switch renames."""
        return bool(view) and any(one.action == "rename" for one in self.comparison.operations)

    def _program(self, one: Operation, kind: str, name: str) -> None:
        made = (Trigger, Routine)
        drop = [f"DROP {kind} {self.printer.name(name)}"] if one.before is not None else []
        make = list(delimited([one.after.definition])) if isinstance(one.after, made) else []
        undo = [f"DROP {kind} {self.printer.name(name)}"] if make else []
        undo += list(delimited([one.before.definition])) if isinstance(one.before, made) else []
        phase: PhaseName = "contract" if one.action == "drop" else "switch"
        note = (
            ["rows written between the two statements pass the trigger by"]
            if kind == "TRIGGER" and drop and make
            else []
        )
        self.phasing.add(
            phase, f"{one.action.title()} the {kind.lower()} {one.name}", *drop, *make, rollback=undo, notes=note
        )

    def _grants(self, one: Operation) -> None:
        place = self.path(one.table or "")
        before, after = (part if isinstance(part, tuple) else () for part in (one.before, one.after))
        gone = [self._grant(grant, place, "REVOKE") for grant in before if grant not in after]
        new = [self._grant(grant, place, "GRANT") for grant in after if grant not in before]
        undo = [self._grant(grant, place, "REVOKE") for grant in after if grant not in before]
        undo += [self._grant(grant, place, "GRANT") for grant in before if grant not in after]
        self.phasing.add("expand" if not gone else "contract", f"Privileges on {one.table}", *gone, *new, rollback=undo)

    def _grant(self, grant: Grant, place: str, verb: str) -> str:
        columns = f" {self.printer.names(grant.columns)}" if grant.columns else ""
        privileges = ", ".join(f"{one.upper()}{columns}" for one in grant.privileges)
        option = " WITH GRANT OPTION" if grant.grantable and verb == "GRANT" else ""
        return f"{verb} {privileges} ON {place} {'TO' if verb == 'GRANT' else 'FROM'} {grant.grantee}{option}"
