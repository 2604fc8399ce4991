"""The hazard add-col-constrained-domain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.check.rewrites import add_column, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict import types
from dbdesign.migrations.predict.implied import parsed_expression
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.model.types import DataType
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import parse
from dbdesign.readers.postgresql.names import make_object_name


class AddColConstrainedDomain(Hazard):
    """A column of a domain with constraints is added, so that the table is written anew even without a default.

    ## What it does
    Reports ADD COLUMN whose type is a domain that has a CHECK or is NOT NULL, itself or one below it.

    ## Why is this bad?
    PostgreSQL checks the domain for every row by writing the table anew, under ACCESS EXCLUSIVE, although every value is NULL. A domain
    without constraints costs nothing.

    ## Example
    ```sql
    CREATE DOMAIN quantity AS int CHECK (VALUE > 0);
    CREATE TABLE line (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD COLUMN amount quantity;
    ```

    ## Use instead
    ```sql
    CREATE DOMAIN quantity AS int CHECK (VALUE > 0);
    CREATE TABLE line (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD COLUMN amount int;
    ALTER TABLE line ADD CONSTRAINT line_amount_check CHECK (amount > 0) NOT VALID;
    ALTER TABLE line VALIDATE CONSTRAINT line_amount_check;
    ```

    ## References
    - PostgreSQL source, [tablecmds.c, ATExecAddColumn](https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/commands/tablecmds.c)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column of such a domain."""
        for command, definition in subject.added_columns():
            table = subject.table
            if table is None or not NewColumn(definition, subject.state).domain:
                continue
            data_type = subject.state.drafts.data_type(definition.type_name)
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"the constraints of the domain {data_type.native} make the table and its indexes be written anew",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                safe=subject.instead_of(command, list(_apart(subject, table, definition, data_type))),
            )


def _apart(subject: Subject, table: TableDraft, definition: Any, data_type: DataType) -> Iterator[str]:
    """The column of the base type, and the domain's checks as checks of the table."""
    plain = without(definition)
    base = types.base_of(data_type, subject.state)
    wanted = (
        parse(f"SELECT NULL::{base.native}").stmts[0].stmt.select_stmt.target_list[0].res_target.val.type_cast.type_name
    )
    plain.type_name.CopyFrom(wanted)
    yield add_column(subject, plain)
    for number, expression in enumerate(_checks(data_type, subject)):
        suffix = "check" if number == 0 else f"check{number}"
        name = subject.quoted(subject.free(table, make_object_name(table.name[1], definition.colname, suffix)))
        check = _of_column(expression, definition.colname)
        yield subject.alter(table, f"ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")
        yield subject.alter(table, f"VALIDATE CONSTRAINT {name}")


def _checks(data_type: DataType, subject: Subject) -> Iterator[str]:
    while data_type.name is not None:
        domain = subject.state.drafts.domains.get((data_type.name.namespace, data_type.name.name))
        if domain is None:
            return
        yield from (one.expression for one in domain.checks)
        data_type = domain.type


def _of_column(expression: str, column: str) -> str:
    """A domain's check as one over a column."""
    node = parsed_expression(expression)
    if node is None:
        return expression
    stack = [node]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "ColumnRef" and one.fields[0].string.sval.lower() == "value":
            one.fields[0].string.sval = column
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])
    return nodes.expression(node)
