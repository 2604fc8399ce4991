"""CREATE of namespaces, types, domains, sequences, indexes and views by their parse trees, and the table of all CREATE statements."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Extension,
    Namespace,
    View,
    label,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_carried import (
    carry,
    create_cast,
    create_default_privileges,
    create_foreign_table,
    create_rule,
    define,
)
from dbdesign.readers.postgresql.grammar_constraints import Constraints, collation_of
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused, SequenceDraft, TableDraft
from dbdesign.readers.postgresql.grammar_lookup import (
    Handler,
    name_of,
)
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_routines import (
    alter_policy,
    create_policy,
    create_routine,
    create_trigger,
)
from dbdesign.readers.postgresql.grammar_tables import create_table, default_of, set_numbers
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import choose_name


def create_namespace(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE SCHEMA with its elements, which see the new namespace first."""
    name = node.schemaname or node.authrole.rolename
    plain = nodes.plain(name)
    if plain is not None and name not in drafts.namespaces:
        drafts.namespaces[name] = Namespace(name=name)
    elif plain is not None and not node.if_not_exists:
        raise Refused(f'schema "{name}" is declared twice')
    before = drafts.search_path
    drafts.search_path = [plain, *before]
    try:
        for element in node.schema_elts:
            which = nodes.kind_of(element)
            handler = CREATE.get(which)
            if handler is None:
                raise Refused(f"an element of CREATE SCHEMA that is not known: {which}")
            handler(nodes.unwrap(element), drafts, nodes.statement(element))
    finally:
        drafts.search_path = before


def create_extension(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE EXTENSION. The version of the script is not kept: it is the server's that will be used."""
    options = nodes.options_of(node.options)
    if node.extname != "plpgsql":
        namespace = nodes.plain(options.get("schema"))
        drafts.extensions[node.extname] = Extension(name=node.extname, namespace=namespace)


def create_enum(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE TYPE … AS ENUM."""
    name = _new_type(nodes.strings(node.type_name), drafts)
    drafts.enums[name] = EnumType(namespace=name[0], name=name[1], values=tuple(nodes.strings(node.vals)))


def _new_type(parts: list[str], drafts: Drafts) -> Name:
    name = name_of(parts, drafts)
    if any(name in registry for registry in (drafts.enums, drafts.domains, drafts.composites, drafts.ranges)):
        raise Refused(f'type "{label(*name)}" is declared twice')
    return name


def create_composite(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE TYPE … AS (…)."""
    relation = node.typevar
    name = _new_type([*([relation.schemaname] if relation.schemaname else []), relation.relname], drafts)
    fields = tuple(
        Column(
            name=one.column_def.colname,
            type=drafts.data_type(one.column_def.type_name),
            collation=_collation(one.column_def),
        )
        for one in node.coldeflist
    )
    drafts.composites[name] = CompositeType(namespace=name[0], name=name[1], fields=fields)
    drafts.relations.add(name)


def _collation(node: Node) -> str | None:
    return collation_of(nodes.strings(node.coll_clause.collname)) if node.HasField("coll_clause") else None


def create_range(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE TYPE … AS RANGE, carried."""
    name = _new_type(nodes.strings(node.type_name), drafts)
    drafts.ranges.add(name)
    drafts.carried.append(Carried(kind="range type", namespace=name[0], name=name[1], sql=text, before_tables=True))


def create_domain(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE DOMAIN."""
    name = _new_type(nodes.strings(node.domainname), drafts)
    domain = Domain(namespace=name[0], name=name[1], type=drafts.data_type(node.type_name), collation=_collation(node))
    for one in node.constraints:
        domain = with_domain_constraint(domain, one.constraint, drafts)
    drafts.domains[name] = domain


def with_domain_constraint(domain: Domain, node: Node, drafts: Drafts) -> Domain:
    """The domain with one more constraint or default."""
    if node.contype == pb.CONSTR_NOTNULL:
        return domain.model_copy(update={"nullable": False})
    if node.contype == pb.CONSTR_NULL:
        return domain.model_copy(update={"nullable": True})
    if node.contype == pb.CONSTR_DEFAULT:
        return domain.model_copy(update={"default": default_of(node.raw_expr)})
    if node.contype != pb.CONSTR_CHECK:
        raise Refused("a constraint that domains cannot have")
    taken = {check.name for check in domain.checks}
    free = lambda one: one in taken or (domain.namespace, one) in drafts.constraints  # noqa: E731 - two uses on one line
    given = node.conname or choose_name(domain.name, None, "check", free)
    drafts.constraints.add((domain.namespace, given))
    check = Check(name=given, expression=nodes.expression(node.raw_expr), valid=not node.skip_validation)
    return domain.model_copy(update={"checks": (*domain.checks, check)})


def create_sequence(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE SEQUENCE."""
    name = drafts.new_name(node.sequence)
    if name in drafts.relations:
        if node.if_not_exists:
            return
        raise Refused(f'"{label(*name)}" is declared twice')
    sequence = SequenceDraft(name=name, line=drafts.line, unlogged=node.sequence.relpersistence == "u")
    drafts.relations.add(name)
    drafts.sequences[name] = sequence
    sequence_settings(sequence, node.options, drafts)


def sequence_settings(sequence: SequenceDraft, options: Iterable[Node], drafts: Drafts) -> None:
    """Options of CREATE and ALTER SEQUENCE, OWNED BY among them."""
    listed = list(options)
    set_numbers(sequence, listed)
    for node in listed:
        if node.def_elem.defname == "owned_by":
            parts = nodes.names_of(node.def_elem.arg)
            sequence.owner = None if parts == ["none"] else _column_of(parts, drafts)


def _column_of(parts: list[str], drafts: Drafts) -> tuple[Name, str]:
    found = drafts.find(parts[-3] if len(parts) > 2 else None, parts[-2], drafts.tables)
    if found is None:
        raise Refused(f'table "{".".join(parts[:-1])}" is not declared before this statement')
    return found, parts[-1]


def alter_sequence(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER SEQUENCE."""
    found = drafts.find_relation(node.sequence, drafts.sequences)
    if found is None:
        if node.missing_ok:
            return
        raise Refused(f'sequence "{node.sequence.relname}" is not declared before this statement')
    sequence_settings(drafts.sequences[found], node.options, drafts)


def create_index(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE INDEX on a table or a materialised view."""
    found = drafts.find_relation(node.relation, drafts.views)
    table_found = drafts.find_relation(node.relation, drafts.tables)
    if (
        node.idxname
        and node.if_not_exists
        and table_found
        and _index_taken(drafts.tables[table_found], node.idxname, drafts)
    ):
        return
    if table_found is None and found is not None and drafts.views[found].materialized:
        index = Constraints(drafts, TableDraft(name=found, line=drafts.line)).index(node)
        view = drafts.views[found]
        drafts.views[found] = view.model_copy(update={"indexes": (*view.indexes, index)})
        return
    table = drafts.table(node.relation)
    if node.idxname and _index_taken(table, node.idxname, drafts):
        raise Refused(f'"{node.idxname}" is declared twice')
    table.indexes.append(Constraints(drafts, table).index(node))


def _index_taken(table: TableDraft, name: str, drafts: Drafts) -> bool:
    if not drafts.index_names_of_table:
        return (table.name[0], name) in drafts.relations
    names = {one.name for one in table.indexes} | {one.name for one in table.unique_keys}
    return name in names or (table.primary_key is not None and table.primary_key.name == name)


def create_view(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE VIEW."""
    name = drafts.new_name(node.view)
    if name in drafts.relations and not (node.replace and name in drafts.views):
        raise Refused(f'"{label(*name)}" is declared twice')
    options = nodes.options_of(node.options)
    check = {pb.LOCAL_CHECK_OPTION: "local", pb.CASCADED_CHECK_OPTION: "cascaded"}.get(node.with_check_option)
    if check:
        options["check_option"] = check
    _add_view(name, node.query, nodes.strings(node.aliases), options, drafts)


def _add_view(
    name: Name, query: Node, columns: list[str], options: dict[str, str], drafts: Drafts, *, kept: bool = False
) -> None:
    drafts.relations.add(name)
    before = drafts.views.get(name)
    drafts.views[name] = View(
        namespace=name[0],
        name=name[1],
        definition=nodes.statement(query),
        materialized=kept,
        columns=tuple(columns or output_names(query)),
        depends_on=tuple(_dependencies(query, drafts)),
        options=options,
        comment=before.comment if before else None,
        triggers=before.triggers if before else (),
    )


def output_names(query: Node) -> list[str]:
    """The names of a query's columns as far as they can be known without a catalogue; empty where one is `*`."""
    select = query.select_stmt
    while select.op != pb.SETOP_NONE and select.HasField("larg"):
        select = select.larg
    found: list[str] = []
    for target in select.target_list:
        one = target.res_target
        star = nodes.kind_of(one.val) == "column_ref" and nodes.kind_of(one.val.column_ref.fields[-1]) == "a_star"
        if star and not one.name:
            return []
        found.append(one.name or nodes.figured_name(one.val) or "?column?")
    return found


def _dependencies(query: Node, drafts: Drafts) -> list[str]:
    """The tables and views that a query names, in order."""
    seen: dict[str, None] = {}
    stack = [query]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "RangeVar":
            found = drafts.find_relation(one, drafts.tables) or drafts.find_relation(one, drafts.views)
            if found is not None:
                seen[label(*found)] = None
            continue
        below: list[Node] = []
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                below.extend(value if descriptor.is_repeated else [value])
        stack.extend(reversed(below))
    return list(seen)


def create_table_as(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE MATERIALIZED VIEW. CREATE TABLE AS needs a server: its columns' types follow from the query."""
    name = drafts.new_name(node.into.rel)
    if node.objtype != pb.OBJECT_MATVIEW:
        if name[0] == "pg_temp":
            return
        raise Refused("the columns of CREATE TABLE AS follow from a query; only a server can tell their types")
    if name in drafts.relations:
        if node.if_not_exists:
            return
        raise Refused(f'"{label(*name)}" is declared twice')
    options = nodes.options_of(node.into.options)
    if node.into.skip_data:
        options["with_no_data"] = "true"
    if node.into.access_method and node.into.access_method != "heap":
        options["access_method"] = node.into.access_method
    _add_view(name, node.query, nodes.strings(node.into.col_names), options, drafts, kept=True)


def _create_table(node: Node, drafts: Drafts, _text: str) -> None:
    create_table(node, drafts, drafts.line)


CREATE: dict[str, Handler] = {
    "create_stmt": _create_table,
    "create_schema_stmt": create_namespace,
    "create_extension_stmt": create_extension,
    "create_enum_stmt": create_enum,
    "composite_type_stmt": create_composite,
    "create_range_stmt": create_range,
    "create_domain_stmt": create_domain,
    "create_seq_stmt": create_sequence,
    "alter_seq_stmt": alter_sequence,
    "index_stmt": create_index,
    "view_stmt": create_view,
    "create_table_as_stmt": create_table_as,
    "create_function_stmt": create_routine,
    "create_trig_stmt": create_trigger,
    "create_policy_stmt": create_policy,
    "alter_policy_stmt": alter_policy,
    "define_stmt": define,
    "rule_stmt": create_rule,
    "create_foreign_table_stmt": create_foreign_table,
    "create_stats_stmt": carry("statistics", "defnames"),
    "create_cast_stmt": create_cast,
    "create_conversion_stmt": carry("conversion", "conversion_name", before_tables=True),
    "create_op_class_stmt": carry("operator class", "opclassname", before_tables=True),
    "create_op_family_stmt": carry("operator family", "opfamilyname", before_tables=True),
    "alter_op_family_stmt": carry("operator family change", "opfamilyname", before_tables=True),
    "create_event_trig_stmt": carry("event trigger", "trigname"),
    "create_publication_stmt": carry("publication", "pubname"),
    "create_subscription_stmt": carry("subscription", "subname"),
    "create_fdw_stmt": carry("foreign data wrapper", "fdwname"),
    "create_foreign_server_stmt": carry("server", "servername"),
    "create_user_mapping_stmt": carry("user mapping", "servername"),
    "create_am_stmt": carry("access method", "amname", before_tables=True),
    "create_plang_stmt": carry("language", "plname", before_tables=True),
    "create_transform_stmt": carry("transform", "lang", before_tables=True),
    "alter_tsconfiguration_stmt": carry("text search mapping", "cfgname", before_tables=True),
    "alter_tsdictionary_stmt": carry("text search dictionary change", "dictname", before_tables=True),
    "alter_default_privileges_stmt": create_default_privileges,
}
