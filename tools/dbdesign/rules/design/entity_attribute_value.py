"""The rule entity-attribute-value."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, ForeignKey, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_ATTRIBUTE = vocabulary("attribute attr property field key param parameter characteristic")
_SIDE_MATTERS = vocabulary(
    """setting settings preference preferences config configuration translation option flag label header secret cache i18n locale
    tag variable env feature session log event audit history localization localisation"""
)


class EntityAttributeValue(TableRule):
    """Attributes of an entity are stored as rows of names and values.

    ## What it does
    Reports tables that have a reference to an entity, a column for the attribute's name (or a reference to it) and a column for its value
    as text, or several value columns of different types. Settings, translations, tags and logs, which are lists by nature, are left alone.

    ## Why is this bad?
    No type, no NOT NULL, no check and no foreign key holds for a value. Each attribute in a query is one more join; what one row would
    tell takes as many reads as it has attributes, and planners cannot estimate any of it.

    ## Example
    ```sql
    CREATE TABLE machine (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, model text NOT NULL);
    CREATE TABLE machine_attribute (
        machine_id bigint NOT NULL REFERENCES machine (id),
        attribute text NOT NULL,
        value text,
        PRIMARY KEY (machine_id, attribute)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE machine (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        model text NOT NULL,
        weight_kg numeric(10, 2) CHECK (weight_kg > 0),
        further jsonb NOT NULL DEFAULT '{}'
    );
    ```

    ## References
    - PostgreSQL manual, [JSON Types](https://www.postgresql.org/docs/current/datatype-json.html)
    - Adobe, [EAV and extension attributes](https://developer.adobe.com/commerce/php/development/components/attributes/)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table of attributes."""
        if _SIDE_MATTERS & set(stem(table.name)):
            return
        values = [
            column for column in table.columns if "value" in words(column.name) and words(column.name)[-1] != "id"
        ]
        attribute = next((column for column in table.columns if _names_attribute(column)), None)
        entity = next(
            (key for key in table.foreign_keys if attribute is None or attribute.name not in key.columns), None
        )
        if not values or attribute is None or (entity is None and not _keyed_by(table, attribute)):
            return
        kinds = {subject.type_of(column).kind for column in values}
        if len(kinds) == 1 and not values[0].type.is_text:
            return
        of = f" of {entity.references}" if entity else ""
        yield self.finding(
            table.label,
            f"{table.label} stores attributes{of} as rows of names and values, so that no type or constraint holds"
            " for them and each is one more join",
            evidence={"attribute": attribute.name, "values": [column.name for column in values]},
            fix=_to_document(table, entity, attribute, values, subject) if entity else None,
        )


def _keyed_by(table: Table, attribute: Column) -> bool:
    """Whether the primary key is an identifier and the attribute's name, a reference that is just not declared."""
    key = table.primary_key.columns if table.primary_key else ()
    return attribute.name in key and any(words(name)[-1:] == ("id",) for name in key if name != attribute.name)


def _names_attribute(column: Column) -> bool:
    *before, last = words(column.name) or ("",)
    if last in {"name", "id", "code"}:
        return bool(before) and before[-1] in _ATTRIBUTE
    return last in _ATTRIBUTE and len(before) < 2


def _to_document(
    table: Table, entity: ForeignKey, attribute: Column, values: list[Column], subject: Subject
) -> str | None:
    """A jsonb column of the entity in place of the table."""
    parent = subject.schema.table_by_label.get(entity.references)
    if parent is None or not subject.is_engine(Engine.POSTGRESQL) or len(values) != 1 or len(entity.columns) != 1:
        return None
    if any(True for _ in subject.children(table)) or parent.column("attributes"):
        return None
    sql = subject.sql
    pair = f"{sql.name(attribute.name)}, {sql.name(values[0].name)}"
    matching = f"a.{sql.name(entity.columns[0])} = e.{sql.name(entity.referenced_columns[0])}"
    collect = f"SELECT coalesce(jsonb_object_agg({pair}), '{{}}') FROM {sql.table(table)} a WHERE {matching}"
    return "\n".join(
        (
            sql.add_column(parent, "attributes jsonb NOT NULL DEFAULT '{}'"),
            f"UPDATE {sql.table(parent)} e SET attributes = ({collect});",
            f"DROP TABLE {sql.table(table)};",
        )
    )
