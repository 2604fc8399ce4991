"""Tables, types, sequences, views, routines, guards, comments and privileges of CockroachDB."""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.migrations.cockroachdb.steps import Steps, identifier, literal
from dbdesign.migrations.compare.enums import enum_changes
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import EnumType, Grant, Namespace, Policy, Routine, Sequence, Table, Trigger, View
from dbdesign.writers.cockroachdb.script import policy_statement, view_statements
from dbdesign.writers.cockroachdb.tables import sequence_clauses, table

_KINDS = {"table": "TABLE", "view": "VIEW", "sequence": "SEQUENCE", "enum": "TYPE"}


def _name(part: object) -> str:
    return DIALECT.qualified(getattr(part, "namespace", None), getattr(part, "name", ""))


class ObjectSteps(Steps):
    """Plans what is not inside a table, and what guards it."""

    def namespaces_and_types(self) -> None:
        """What tables stand on."""
        for one in self.phasing.take("namespace", "add"):
            self.step(
                "expand",
                f"Create the schema {one.name}",
                f"CREATE SCHEMA {identifier(one.name)}",
                [f"DROP SCHEMA {identifier(one.name)}"],
            )
        for one in self.phasing.take("enum", {"add", "alter"}):
            self._enum(one)
        for one in self.phasing.take("sequence", {"add", "alter"}):
            self._sequence(one)

    def _enum(self, one: Operation) -> None:
        before, after = one.before, one.after
        if not isinstance(after, EnumType):
            return
        name = _name(after)
        if not isinstance(before, EnumType):
            values = ", ".join(map(literal, after.values))
            self.step(
                "expand", f"Create the type {one.name}", f"CREATE TYPE {name} AS ENUM ({values})", [f"DROP TYPE {name}"]
            )
            return
        changes = enum_changes(before.values, after.values, renames=one.renamed_values)
        if changes.reordered:
            self.phasing.refuse(
                one, "values cannot change their order", "make a type with the new order, and change the columns to it"
            )
            return
        for added in changes.added:
            where = f" {added.where.upper()} {literal(added.neighbour)}" if added.neighbour is not None else ""
            self.step(
                "expand",
                f"Add {added.value!r} to {one.name}",
                f"ALTER TYPE {name} ADD VALUE {literal(added.value)}{where}",
                [f"ALTER TYPE {name} DROP VALUE {literal(added.value)}"],
                job=True,
            )
        for old, new in changes.renamed.items():
            alter = f"ALTER TYPE {name} RENAME VALUE"
            back = f"{alter} {literal(new)} TO {literal(old)}"
            self.step("switch", f"Rename {old!r} of {one.name}", f"{alter} {literal(old)} TO {literal(new)}", [back])
        for gone in changes.removed:
            self.step(
                "contract",
                f"Drop {gone!r} of {one.name}",
                f"ALTER TYPE {name} DROP VALUE {literal(gone)}",
                reversible=False,
                job=True,
                notes=["refused while a row has it"],
            )

    def _sequence(self, one: Operation) -> None:
        before, after = one.before, one.after
        if not isinstance(after, Sequence):
            return
        name, clauses = _name(after), " ".join(sequence_clauses(after.options))
        if isinstance(before, Sequence):
            old = " ".join(sequence_clauses(before.options))
            self.step(
                "expand",
                f"Change the sequence {one.name}",
                f"ALTER SEQUENCE {name} {clauses}",
                [f"ALTER SEQUENCE {name} {old}"],
            )
        else:
            self.step(
                "expand",
                f"Create the sequence {one.name}",
                f"CREATE SEQUENCE {name} {clauses}".rstrip(),
                [f"DROP SEQUENCE {name}"],
            )

    def new_tables(self) -> None:
        """CREATE TABLE with its indexes; foreign keys come behind all tables."""
        for one in self.phasing.take("table", "add"):
            if isinstance(one.after, Table):
                self.step(
                    "expand",
                    f"Create the table {one.name}",
                    table(one.after, set()).now,
                    [f"DROP TABLE {_name(one.after)}"],
                )

    def renames(self) -> None:
        """Names change at the switch; what a view reads cannot be renamed, so the view goes before and comes behind."""
        again = self._stale_views()
        for view in reversed(again):
            self.step(
                "switch",
                f"Drop the view {view.label} for the renames",
                f"DROP VIEW {_name(view)}",
                list(view_statements(view)),
            )
        for one in self.phasing.take({"table", "view", "sequence", "enum"}, "rename"):
            old, new = _name(one.before), getattr(one.after, "name", one.name)
            there = DIALECT.qualified(getattr(one.before, "namespace", None), new)
            kind = _KINDS[one.kind]
            back = f"ALTER {kind} {there} RENAME TO {identifier(getattr(one.before, 'name', ''))}"
            self.step(
                "switch", f"Rename {old} to {one.name}", f"ALTER {kind} {old} RENAME TO {identifier(new)}", [back]
            )
            if getattr(one.before, "namespace", None) != getattr(one.after, "namespace", None):
                space = identifier(getattr(one.after, "namespace", None) or "public")
                self.step("switch", f"Move {one.name} to its schema", f"ALTER {kind} {there} SET SCHEMA {space}")
        self.renamed_columns()
        for view in again:
            new_view = next((one for one in self.phasing.comparison.after.views if one.label == view.label), None)
            if new_view is not None:
                self.step(
                    "switch",
                    f"Make the view {view.label} again",
                    next(iter(view_statements(new_view))),
                    [f"DROP VIEW {_name(view)}"],
                )

    def _stale_views(self) -> list[View]:
        """The views, as they are before, that are made again around the renames."""
        if not any(one.action == "rename" and one.kind in {"table", "column"} for one in self.phasing.left):
            return []
        standing = self.phasing.take(
            "view", {"rebuild", "alter"}, lambda one: one.action == "rebuild" or bool(one.evidence)
        )
        names = {one.name for one in standing}
        return [one for one in self.phasing.comparison.before.views if one.label in names]

    def renamed_columns(self) -> None:
        """Columns are renamed behind tables; the part of the planner for columns knows how."""
        raise NotImplementedError

    def views_and_routines(self) -> None:
        """New and changed text."""
        for one in self.phasing.take("routine", {"add", "alter", "rebuild"}):
            if isinstance(one.after, Routine):
                old = [one.before.definition] if isinstance(one.before, Routine) else [_drop_routine(one.after)]
                self.step(
                    "switch" if one.before else "expand",
                    f"{one.action.title()} the {one.after.kind} {one.name}",
                    one.after.definition,
                    old,
                )
        for one in self.phasing.take("view", {"add", "alter", "rebuild"}):
            if isinstance(one.after, View):
                self._view(one, one.after)

    def _view(self, one: Operation, view: View) -> None:
        phase: PhaseName = "switch" if one.before else "expand"
        drop = f"DROP {'MATERIALIZED ' if view.materialized else ''}VIEW {_name(view)}"
        if isinstance(one.before, View):
            self.step(phase, f"Drop the view {one.name} as it was", drop, list(view_statements(one.before)))
        for number, statement in enumerate(view_statements(view)):
            self.step(phase, f"{one.action.title()} the view {one.name}", statement, [drop] if not number else [])

    def guards(self) -> None:
        """Triggers, policies, row security."""
        for one in self.phasing.take("trigger", {"add", "alter", "rebuild", "drop"}):
            drop = f"DROP TRIGGER {identifier(one.name)} ON {self.place(one.table or '', 'switch')}"
            before = [one.before.definition] if isinstance(one.before, Trigger) else []
            self._replace(one, drop, [one.after.definition] if isinstance(one.after, Trigger) else [], before)
        for one in self.phasing.take("policy", {"add", "alter", "rebuild", "drop"}):
            place = self.place(one.table or "", "switch")
            before = [policy_statement(place, one.before)] if isinstance(one.before, Policy) else []
            after = [policy_statement(place, one.after)] if isinstance(one.after, Policy) else []
            self._replace(one, f"DROP POLICY {identifier(one.name)} ON {place}", after, before)
        for one in self.phasing.take("row security", "alter"):
            self._row_security(one)

    def _replace(self, one: Operation, drop: str, after: list[str], before: list[str]) -> None:
        phase: PhaseName = "contract" if not after else "switch"
        if before:
            self.step(phase, f"Drop the {one.kind} {one.name} as it was", drop, before)
        for statement in after:
            self.step(phase, f"{one.action.title()} the {one.kind} {one.name}", statement, [drop])

    def _row_security(self, one: Operation) -> None:
        there = f"ALTER TABLE {self.place(one.table or '', 'switch')}"
        words = {"off": ("DISABLE", "NO FORCE"), "enabled": ("ENABLE", "NO FORCE"), "forced": ("ENABLE", "FORCE")}
        new, old = words[str(one.after)], words[str(one.before)]
        for number in (0, 1):
            if new[number] != old[number]:
                sql = f"{there} {new[number]} ROW LEVEL SECURITY"
                self.step(
                    "switch",
                    f"Row security of {one.table}: {one.after}",
                    sql,
                    [f"{there} {old[number]} ROW LEVEL SECURITY"],
                )

    def beside(self) -> None:
        """Comments, privileges, storage parameters."""
        for one in self.phasing.take("comment", {"add", "alter", "drop"}):
            self._comment(one)
        for one in self.phasing.take("grant", {"add", "alter", "drop"}):
            self._grants(one)
        for one in self.phasing.take("option", {"add", "alter", "drop"}):
            self._option(one)

    def _comment(self, one: Operation) -> None:
        place = self.place(one.table or "", "contract") if one.table else ""
        kind, _, rest = one.name.partition(" ")
        target = rest.removeprefix(f"{one.table}.")
        if one.table and one.name == f"table {one.table}":
            where = f"TABLE {place}"
        elif one.table and kind == "column":
            where = f"COLUMN {place}.{identifier(target)}"
        elif one.table and kind == "index":
            where = f"INDEX {place}@{identifier(target)}"
        elif not one.table and kind in {"namespace", "enum"}:
            where = f"{'SCHEMA' if kind == 'namespace' else 'TYPE'} {rest}"
        else:
            self.phasing.refuse(
                one, "only tables, columns, indexes, schemas and types have comments that are planned", "COMMENT ON"
            )
            return
        said = [
            f"COMMENT ON {where} IS {literal(text) if isinstance(text, str) else 'NULL'}"
            for text in (one.after, one.before)
        ]
        self.step("contract", f"Comment on {one.name}", said[0], said[1:])

    def _grants(self, one: Operation) -> None:
        if not one.table:
            self.phasing.refuse(one, "only privileges on tables and views are planned", "GRANT and REVOKE them")
            return
        place = self.place(one.table, "contract")
        before, after = (part if isinstance(part, tuple) else () for part in (one.before, one.after))
        changes = [("REVOKE", grant) for grant in before if grant not in after] + [
            ("GRANT", grant) for grant in after if grant not in before
        ]
        for verb, grant in changes:
            other = "GRANT" if verb == "REVOKE" else "REVOKE"
            phase: PhaseName = "contract" if verb == "REVOKE" else "expand"
            self.step(phase, f"Privileges on {one.table}", _grant(verb, grant, place), [_grant(other, grant, place)])

    def _option(self, one: Operation) -> None:
        target, _, word = one.name.rpartition(":")
        if target != f"table {one.table}" or word.startswith("family "):
            self.phasing.refuse(one, f"{word} cannot be changed in place", "make the object anew with it")
            return
        there = f"ALTER TABLE {self.place(one.table or '', 'expand')}"
        said = [_set(there, word, value if isinstance(value, str) else None) for value in (one.after, one.before)]
        self.step("expand", f"Set {word} of {one.table}", said[0], said[1:])

    def drops(self) -> None:
        """What goes, from the outside in."""
        for one in self.phasing.take("view", "drop"):
            if isinstance(one.before, View):
                kind = "MATERIALIZED VIEW" if one.before.materialized else "VIEW"
                self.step(
                    "contract",
                    f"Drop the view {one.name}",
                    f"DROP {kind} {_name(one.before)}",
                    list(view_statements(one.before)),
                )
        self.dropped_parts()
        self.dropped_columns()
        for one in self.phasing.take("table", "drop"):
            self.step(
                "contract", f"Drop the table {one.name}", f"DROP TABLE {_name(one.before)}", reversible=False, job=True
            )
        for one in self.phasing.take("routine", "drop"):
            if isinstance(one.before, Routine):
                self.step("contract", f"Drop {one.name}", _drop_routine(one.before), [one.before.definition])
        for one in self.phasing.take({"sequence", "enum", "namespace"}, "drop"):
            kind = {"sequence": "SEQUENCE", "enum": "TYPE", "namespace": "SCHEMA"}[one.kind]
            name = identifier(one.name) if isinstance(one.before, Namespace) else _name(one.before)
            undo = [f"CREATE SCHEMA {name}"] if isinstance(one.before, Namespace) else []
            self.step(
                "contract",
                f"Drop the {one.kind} {one.name}",
                f"DROP {kind} {name}",
                undo,
                reversible=one.kind != "sequence",
            )

    def dropped_parts(self) -> None:
        """Constraints and indexes."""
        raise NotImplementedError

    def dropped_columns(self) -> None:
        """Columns."""
        raise NotImplementedError


def _drop_routine(routine: Routine) -> str:
    space = f"{identifier(routine.namespace)}." if routine.namespace else ""
    return f"DROP {'PROCEDURE' if routine.kind == 'procedure' else 'FUNCTION'} {space}{routine.signature}"


def _grant(verb: str, grant: Grant, place: str) -> str:
    option = " WITH GRANT OPTION" if grant.grantable and verb == "GRANT" else ""
    to = "TO" if verb == "GRANT" else "FROM"
    return f"{verb} {', '.join(grant.privileges)} ON TABLE {place} {to} {identifier(grant.grantee)}{option}"


def _set(there: str, word: str, value: str | None) -> str:
    if word == "locality":
        return f"{there} SET LOCALITY {value or 'REGIONAL BY TABLE'}"
    plain = value is not None and (value in {"true", "false"} or value.replace(".", "", 1).isdigit())
    return (
        f"{there} RESET ({word})" if value is None else f"{there} SET ({word} = {value if plain else literal(value)})"
    )
