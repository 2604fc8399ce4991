"""Tables, schemas, types, sequences, views, routines, triggers, comments and privileges of SQL Server."""

from __future__ import annotations

from dbdesign.migrations.phasing import Phasing
from dbdesign.migrations.sqlserver.statements import comment, create_or_alter, path, rename
from dbdesign.migrations.sqlserver.steps import Steps
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Domain, Grant, Namespace, Routine, Sequence, Table, Trigger, View
from dbdesign.writers.sqlserver.clauses import identifier, object_name
from dbdesign.writers.sqlserver.printing import create_table, module_batches

PHASE_OF: dict[str, PhaseName] = {"add": "expand", "drop": "contract"}


class ObjectSteps(Steps):
    """Plans what is not inside a table."""

    def namespaces_and_types(self) -> None:
        """What tables stand on."""
        for one in self.phasing.take("namespace", "add"):
            name = identifier(one.name)
            self.brief(
                "expand", f"Create the schema {one.name}", f"CREATE SCHEMA {name}", rollback=[f"DROP SCHEMA {name}"]
            )
        for one in self.phasing.take("domain", "add"):
            if isinstance(one.after, Domain):
                self.brief("expand", f"Create the type {one.name}", _type(one.after), rollback=[_drop_type(one.after)])
        for one in self.phasing.take("sequence", {"add", "alter"}):
            self._sequence(one)
        for one in self.phasing.take("domain", "alter"):
            self.phasing.refuse(
                one,
                "an alias type cannot be altered",
                "make one under another name, change the columns to it, and drop the old one",
            )

    def _sequence(self, one: Operation) -> None:
        before, after = one.before, one.after
        if not isinstance(after, Sequence):
            return
        name = object_name(after.namespace, after.name)
        if isinstance(before, Sequence):
            self.brief(
                "expand",
                f"Change the sequence {one.name}",
                f"ALTER SEQUENCE {name}{_counts(after, start='RESTART WITH')}",
                rollback=[f"ALTER SEQUENCE {name}{_counts(before, start='RESTART WITH')}"],
            )
            return
        kind = f" AS {after.type.native}" if after.type else ""
        create = f"CREATE SEQUENCE {name}{kind}{_counts(after, start='START WITH')}"
        self.brief("expand", f"Create the sequence {one.name}", create, rollback=[f"DROP SEQUENCE {name}"])

    def new_tables(self) -> None:
        """CREATE TABLE with its indexes; foreign keys come behind all tables."""
        for one in self.phasing.take("table", "add"):
            if isinstance(one.after, Table):
                statements = create_table(one.after, []).split(";\n")
                self.brief(
                    "expand", f"Create the table {one.name}", *statements, rollback=[f"DROP TABLE {path(one.after)}"]
                )

    def renames(self) -> None:
        """sp_rename; a synonym keeps a table's old name."""
        for one in self.phasing.take("table", "rename"):
            if isinstance(one.before, Table) and isinstance(one.after, Table):
                self._rename_table(one, one.before, one.after)
        self.renamed_columns()

    def renamed_columns(self) -> None:
        """Columns are renamed behind tables; the part of the planner for columns knows how."""
        raise NotImplementedError

    def _rename_table(self, one: Operation, before: Table, after: Table) -> None:
        old, new = path(before), path(after)
        moved = before.namespace != after.namespace
        here = object_name(after.namespace, before.name)
        transfer = [f"ALTER SCHEMA {identifier(after.namespace or 'dbo')} TRANSFER {old}"] if moved else []
        back = [f"ALTER SCHEMA {identifier(before.namespace or 'dbo')} TRANSFER {here}"] if moved else []
        named = before.name != after.name
        self.brief(
            "switch",
            f"Rename the table {before.label} to {one.name}; a synonym keeps the old name",
            *transfer,
            *([rename("OBJECT", here, after.name)] if named else []),
            f"CREATE SYNONYM {old} FOR {new}",
            rollback=[f"DROP SYNONYM {old}", *([rename("OBJECT", new, before.name)] if named else []), *back],
            notes=["keys and indexes keep their names; DDL does not go through the synonym"],
        )
        self.brief(
            "contract",
            f"Drop the synonym {before.label}",
            f"DROP SYNONYM {old}",
            rollback=[f"CREATE SYNONYM {old} FOR {new}"],
        )

    def modules(self) -> None:
        """Views, routines and triggers: CREATE OR ALTER, a batch each."""
        for one in self.phasing.take({"routine", "view", "trigger"}, {"add", "alter", "rebuild", "rename"}):
            made, old = _definition(one.after), _definition(one.before)
            if made is None:
                continue
            phase: PhaseName = "expand" if one.action == "add" else "switch"
            undo = [create_or_alter(old)] if old else [_drop_module(one)]
            title = f"{one.action.title()} the {one.kind} {one.name}"
            self.phasing.add(phase, title, create_or_alter(made), rollback=undo, notes=["a batch of its own"])

    def beside(self) -> None:
        """Comments, privileges, options."""
        for one in self.phasing.take("comment", {"add", "alter", "drop"}):
            self._comment(one)
        for one in self.phasing.take("grant", {"add", "alter", "drop"}):
            self._grants(one)
        for one in self.phasing.take("option", {"add", "alter", "drop"}):
            self._option(one)

    def _comment(self, one: Operation) -> None:
        place = _place_of(self.phasing, one)
        before, after = (text if isinstance(text, str) else None for text in (one.before, one.after))
        if place is None:
            self.phasing.refuse(
                one, "it is on something whose kind of property is unknown", "use sys.sp_addextendedproperty"
            )
            return
        self.brief(
            "contract",
            f"Comment on {one.name}",
            comment(before, after, *place),
            rollback=[comment(after, before, *place)],
        )

    def _grants(self, one: Operation) -> None:
        table = self.phasing.table_after(one.table or "")
        if table is None:
            self.phasing.refuse(one, "only privileges on tables are planned", "GRANT and REVOKE them")
            return
        before, after = (part if isinstance(part, tuple) else () for part in (one.before, one.after))
        gone, new = [grant for grant in before if grant not in after], [grant for grant in after if grant not in before]
        sql = [_grant("REVOKE", grant, table) for grant in gone] + [_grant("GRANT", grant, table) for grant in new]
        undo = [_grant("REVOKE", grant, table) for grant in new] + [_grant("GRANT", grant, table) for grant in gone]
        self.brief("contract" if gone else "expand", f"Privileges on {one.table}", *sql, rollback=undo)

    def _option(self, one: Operation) -> None:
        target, _, word = one.name.rpartition(":")
        if word == "data_compression" and target == f"table {one.table}":
            online = ", ONLINE = ON" if self.capabilities.online else ""
            place = self.place(one.table or "", "expand")

            def rebuild(value: object) -> str:
                return f"ALTER TABLE {place} REBUILD WITH (DATA_COMPRESSION = {str(value or 'none').upper()}{online})"

            self.long("expand", f"Compress {one.table}", rebuild(one.after), rollback=[rebuild(one.before)])
            return
        self.phasing.refuse(
            one,
            f"{word} is set by a statement of its own",
            f"ALTER TABLE … SET ({word.upper()} = …), or rebuild the index",
        )

    def drops(self) -> None:
        """What goes, from the outside in."""
        for one in self.phasing.take({"view", "routine", "trigger"}, "drop"):
            old = _definition(one.before)
            undo = [create_or_alter(old)] if old else []
            self.brief("contract", f"Drop the {one.kind} {one.name}", _drop_module(one), rollback=undo)
        self.dropped_parts()
        self.dropped_columns()
        for one in self.phasing.take("table", "drop"):
            if isinstance(one.before, Table):
                self.brief("contract", f"Drop the table {one.name}", f"DROP TABLE {path(one.before)}", reversible=False)
        for one in self.phasing.take({"sequence", "domain", "namespace"}, "drop"):
            self._drop_standing(one)

    def dropped_parts(self) -> None:
        """Constraints and indexes."""
        raise NotImplementedError

    def dropped_columns(self) -> None:
        """Columns."""
        raise NotImplementedError

    def _drop_standing(self, one: Operation) -> None:
        match one.before:
            case Sequence(namespace=namespace, name=name):
                self.brief(
                    "contract",
                    f"Drop the sequence {one.name}",
                    f"DROP SEQUENCE {object_name(namespace, name)}",
                    reversible=False,
                )
            case Domain() as domain:
                self.brief("contract", f"Drop the type {one.name}", _drop_type(domain), rollback=[_type(domain)])
            case Namespace(name=name):
                text = identifier(name)
                self.brief(
                    "contract", f"Drop the schema {name}", f"DROP SCHEMA {text}", rollback=[f"CREATE SCHEMA {text}"]
                )
            case _:
                pass


def _type(domain: Domain) -> str:
    null = "" if domain.nullable else " NOT NULL"
    return f"CREATE TYPE {object_name(domain.namespace, domain.name)} FROM {domain.type.native}{null}"


def _drop_type(domain: Domain) -> str:
    return f"DROP TYPE {object_name(domain.namespace, domain.name)}"


def _counts(sequence: Sequence, *, start: str) -> str:
    options = sequence.options
    words = (
        (start, options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    )
    text = "".join(f" {word} {value}" for word, value in words if value is not None)
    return f"{text}{' CYCLE' if options.cycle else ''}"


def _definition(part: object) -> str | None:
    match part:
        case View():
            return next(iter(module_batches(part)))
        case Routine() | Trigger():
            return part.definition
        case _:
            return None


def _drop_module(one: Operation) -> str:
    part = one.before or one.after
    namespace = getattr(part, "namespace", None)
    if isinstance(part, Trigger):
        namespace = (one.table or "").rpartition(".")[0] or None
    kind = part.kind.upper() if isinstance(part, Routine) else one.kind.upper()
    return f"DROP {kind} {object_name(namespace, getattr(part, 'name', one.name))}"


def _place_of(phasing: Phasing, one: Operation) -> tuple[tuple[str, str], ...] | None:
    """The levels of an extended property."""
    table = phasing.table_after(one.table or "") or phasing.table_before(one.table or "")
    if table is None:
        return None
    owner = (("SCHEMA", table.namespace or "dbo"), ("TABLE", table.name))
    if one.name == f"table {one.table}":
        return owner
    for kind, level in (
        ("column", "COLUMN"),
        ("index", "INDEX"),
        ("trigger", "TRIGGER"),
        ("primary key", "CONSTRAINT"),
        ("unique key", "CONSTRAINT"),
        ("foreign key", "CONSTRAINT"),
        ("check", "CONSTRAINT"),
    ):
        prefix = f"{kind} {one.table}."
        if one.name.startswith(prefix):
            return (*owner, (level, one.name.removeprefix(prefix)))
    return None


def _grant(verb: str, grant: Grant, table: Table) -> str:
    privileges = ", ".join(one.upper() for one in grant.privileges)
    option = " WITH GRANT OPTION" if grant.grantable and verb == "GRANT" else ""
    return f"{verb} {privileges} ON {path(table)} {'TO' if verb == 'GRANT' else 'FROM'} {identifier(grant.grantee)}{option}"
