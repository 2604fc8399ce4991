"""The queries that read PostgreSQL's catalogues: one for each kind of object, whatever the number of objects.

They are analysed with `search_path = pg_catalog`, so that no hostile function or operator of the database can be meant by them, and
run with the search path that the deparsers shall shorten names by (see `catalog.py`). All work without superuser rights, on
servers from 12 to 18; what older servers do not have is replaced by a constant.
"""

from __future__ import annotations

from collections.abc import Mapping

USER_NAMESPACE = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"


def own(catalog: str, oid: str, kinds: str = "e") -> str:
    """That an object belongs to no extension (with `kinds` "ei": nor came with another object)."""
    belongs = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        f"not exists (select from pg_depend e where e.classid = '{catalog}'::regclass and e.objid = {oid} "
        f"and e.deptype in ({belongs}))"
    )


def namespaces(_version: int) -> str:
    """Namespaces, the default one included."""
    return f"""
        select n.oid, n.nspname as name, pg_get_userbyid(n.nspowner) as owner
        from pg_namespace n where {USER_NAMESPACE} and {own("pg_namespace", "n.oid")} order by n.nspname"""


def extensions(_version: int) -> str:
    """Extensions other than plpgsql, which every database has."""
    return """
        select e.oid, e.extname as name, n.nspname as namespace, e.extversion as version
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql' order by e.oid"""


def relations(_version: int) -> str:
    """Tables, views, materialised views, composite types and foreign tables; indexes and sequences have their own queries."""
    return f"""
        select c.oid, c.relname as name, n.nspname as namespace, c.relkind::text as kind, c.relpersistence::text as persistence,
            c.reloptions as options, t.reloptions as toast_options, s.spcname as tablespace, a.amname as access_method,
            pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as row_security, c.relforcerowsecurity as forced,
            c.relispartition as is_partition, pg_get_expr(c.relpartbound, c.oid) as bound, c.relispopulated as populated,
            case when c.reloftype <> 0 then format_type(c.reloftype, null) end as of_type, c.relreplident::text as identity,
            case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as plain_view,
            case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end as pretty_view,
            c.reltype as type_oid
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
            left join pg_class t on t.oid = c.reltoastrelid
            left join pg_tablespace s on s.oid = c.reltablespace
            left join pg_am a on a.oid = c.relam
        where c.relkind in ('r', 'p', 'v', 'm', 'c', 'f') and {USER_NAMESPACE} and {own("pg_class", "c.oid")}
        order by c.oid"""


def columns(version: int) -> str:
    """Columns of all relations, in order; types are looked up by `types`."""
    compression = "a.attcompression::text" if version >= 14 else "''"
    return f"""
        select a.attrelid as relation, a.attnum as number, a.attname as name, a.atttypid as type, a.atttypmod as typmod,
            a.attnotnull as not_null, a.attidentity::text as identity, a.attgenerated::text as generated,
            pg_get_expr(d.adbin, d.adrelid, true) as expression, pg_get_expr(d.adbin, d.adrelid) as plain_expression,
            case when a.attcollation <> 0 and a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
            a.attcollation as collation_oid,
            case when a.attstattarget >= 0 then a.attstattarget end as statistics, a.attoptions as options,
            case when a.attstorage <> t.typstorage then a.attstorage::text end as storage, {compression} as compression,
            a.attislocal as is_local, a.attinhcount as parents, a.attfdwoptions as fdw_options
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_type t on t.oid = a.atttypid
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'c', 'f') and {USER_NAMESPACE}
        order by a.attrelid, a.attnum"""


def types(_version: int) -> str:
    """What each type is that columns, domains or composites use: `$wanted` is replaced by the pairs of type and modifier."""
    return """
        select w.type, w.typmod, format_type(w.type, w.typmod) as native, t.typname as name, n.nspname as namespace,
            t.typtype::text as kind, t.typcategory::text as category, t.typbasetype as base,
            case when t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A' then t.typelem else 0 end as element,
            exists (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e') as of_extension
        from (values $wanted) as w (type, typmod) join pg_type t on t.oid = w.type::oid
            join pg_namespace n on n.oid = t.typnamespace"""


def named_types(version: int) -> str:
    """Enums, domains, ranges, base and shell types that the schema defines; composite types are relations."""
    multirange = "r.rngmultitypid::regtype::text" if version >= 14 else "null"
    return f"""
        select t.oid, t.typname as name, n.nspname as namespace, t.typtype::text as kind, pg_get_userbyid(t.typowner) as owner,
            t.typbasetype as base, t.typtypmod as typmod, t.typnotnull as not_null, t.typdefault as default_text,
            case when t.typdefaultbin is not null then pg_get_expr(t.typdefaultbin, 0, true) else t.typdefault end as expression,
            case when t.typcollation <> 0 and t.typcollation <> b.typcollation then t.typcollation::regcollation::text end as collation,
            (select array_agg(v.enumlabel::text order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid) as labels,
            t.typisdefined as defined, t.oid::regtype::text as sql_name,
            r.rngsubtype::regtype::text as subtype, {multirange} as multirange,
            case when r.rngcollation <> 0 and r.rngcollation <> u.typcollation
                then r.rngcollation::regcollation::text end as range_collation,
            case when not o.opcdefault then format('%I.%I', oc.nspname, o.opcname) end as subtype_opclass,
            nullif(r.rngcanonical, 0)::regproc::text as canonical, nullif(r.rngsubdiff, 0)::regproc::text as subtype_diff
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
            left join pg_type b on b.oid = t.typbasetype
            left join pg_range r on r.rngtypid = t.oid
            left join pg_type u on u.oid = r.rngsubtype
            left join pg_opclass o on o.oid = r.rngsubopc
            left join pg_namespace oc on oc.oid = o.opcnamespace
        where t.typtype in ('e', 'd', 'r', 'b') and {USER_NAMESPACE} and {own("pg_type", "t.oid")}
            and not (t.typtype = 'b' and t.typelem <> 0 and t.typcategory = 'A')
        order by t.oid"""


def constraints(version: int) -> str:
    """Constraints of tables and domains. NOT NULL has been one of them since 18."""
    enforced = "c.conenforced" if version >= 18 else "true"
    period = "c.conperiod" if version >= 18 else "false"
    set_columns = "c.confdelsetcols" if version >= 15 else "null::smallint[]"
    return f"""
        select c.oid, c.conname as name, c.contype::text as kind, c.condeferrable as deferrable, c.condeferred as deferred,
            c.convalidated as valid, {enforced} as enforced, c.conrelid as relation, c.contypid as domain, c.conindid as index,
            c.conparentid as parent, c.confrelid as referenced, c.confupdtype::text as on_update, c.confdeltype::text as on_delete,
            c.confmatchtype::text as match, c.conislocal as is_local, c.coninhcount as parents, c.connoinherit as no_inherit,
            c.conkey as columns, c.confkey as referenced_columns, {set_columns} as set_columns, {period} as period,
            pg_get_expr(c.conbin, c.conrelid, true) as expression, pg_get_expr(c.conbin, c.conrelid) as plain_expression,
            case when c.contype = 'x' then array(
                select case when o.oprnamespace = 'pg_catalog'::regnamespace then o.oprname::text
                    else format('OPERATOR(%I.%s)', x.nspname, o.oprname) end
                from unnest(c.conexclop) with ordinality as u (oid, number) join pg_operator o on o.oid = u.oid
                    join pg_namespace x on x.oid = o.oprnamespace order by u.number) end as operators
        from pg_constraint c join pg_namespace n on n.oid = c.connamespace
        where c.contype in ('c', 'f', 'p', 'u', 'x', 'n') and {USER_NAMESPACE}
        order by c.conrelid, c.oid"""


def indexes(version: int) -> str:
    """Indexes, those of constraints included."""
    nulls = "i.indnullsnotdistinct" if version >= 15 else "false"
    return f"""
        select i.indexrelid as oid, i.indrelid as relation, c.relname as name, n.nspname as namespace, m.amname as method,
            i.indisunique as is_unique, {nulls} as nulls_not_distinct, i.indisvalid as valid, i.indisreplident as replica_identity,
            i.indisclustered as clustered, c.reloptions as options, s.spcname as tablespace, i.indnkeyatts as key_count,
            i.indkey::int2[] as columns, i.indoption::int2[] as flags, h.inhparent as parent, c.relkind = 'I' as partitioned,
            pg_get_expr(i.indpred, i.indrelid, true) as predicate, pg_get_expr(i.indpred, i.indrelid) as plain_predicate,
            case when i.indexprs is not null then array(
                select case when i.indkey[k] = 0 then pg_get_indexdef(i.indexrelid, k + 1, true) end
                from generate_series(0, i.indnkeyatts - 1) as k order by k) end as expressions,
            case when i.indexprs is not null then array(
                select case when i.indkey[k] = 0 then pg_get_indexdef(i.indexrelid, k + 1, false) end
                from generate_series(0, i.indnkeyatts - 1) as k order by k) end as plain_expressions,
            i.indclass::oid[] as opclasses, i.indcollation::oid[] as collations
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_am m on m.oid = c.relam
            left join pg_inherits h on h.inhrelid = i.indexrelid
            left join pg_tablespace s on s.oid = c.reltablespace
        where {USER_NAMESPACE} and c.relkind in ('i', 'I')
        order by i.indexrelid"""


def index_columns(_version: int) -> str:
    """The columns of indexes as the server names and types them."""
    return """
        select a.attrelid as index, a.attname as name, a.atttypid as type, array_to_string(a.attoptions, ', ') as options,
            case when a.attstattarget >= 0 then a.attstattarget end as statistics, t.typcollation as type_collation
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
        where c.relkind in ('i', 'I') and c.oid >= 16384 and a.attnum > 0 order by a.attrelid, a.attnum"""


def operator_classes(_version: int) -> str:
    """Every operator class with its name as CREATE INDEX takes it."""
    return """
        select o.oid, m.amname as method, o.opcdefault as is_default, o.opcintype as type,
            case when o.opcnamespace = 'pg_catalog'::regnamespace or pg_opclass_is_visible(o.oid) then quote_ident(o.opcname)
                else format('%I.%I', n.nspname, o.opcname) end as name
        from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace join pg_am m on m.oid = o.opcmethod"""


def index_collations(_version: int) -> str:
    """The collations that indexes use."""
    return """
        select distinct u.oid, u.oid::regcollation::text as name from pg_index i, unnest(i.indcollation::oid[]) as u (oid)
        where i.indexrelid >= 16384 and u.oid <> 0"""


def inheritance(_version: int) -> str:
    """Parents of tables, in order, for INHERITS and for partitions."""
    return """
        select h.inhrelid as child, h.inhparent as parent from pg_inherits h join pg_class c on c.oid = h.inhrelid
        where c.relkind in ('r', 'p', 'f') order by h.inhrelid, h.inhseqno"""


def partitioned(_version: int) -> str:
    """How partitioned tables are split; opclasses and collations only where they are not the default."""
    return f"""
        select p.partrelid as relation, p.partstrat::text as strategy, p.partattrs::int2[] as columns,
            pg_get_partkeydef(p.partrelid) as definition,
            array(select case when not o.opcdefault then case when pg_opclass_is_visible(o.oid) then quote_ident(o.opcname)
                    else format('%I.%I', x.nspname, o.opcname) end end
                from unnest(p.partclass::oid[]) with ordinality as u (oid, number) join pg_opclass o on o.oid = u.oid
                    join pg_namespace x on x.oid = o.opcnamespace order by u.number) as opclasses,
            array(select case when u.oid <> 0 and u.oid <> a.attcollation then u.oid::regcollation::text end
                from unnest(p.partcollation::oid[], p.partattrs::int2[]) with ordinality as u (oid, attnum, number)
                    left join pg_attribute a on a.attrelid = p.partrelid and a.attnum = u.attnum order by u.number) as collations
        from pg_partitioned_table p join pg_class c on c.oid = p.partrelid join pg_namespace n on n.oid = c.relnamespace
        where {USER_NAMESPACE}"""


def sequences(_version: int) -> str:
    """Sequences, with the column that owns each: `a` by OWNED BY or serial, `i` by identity."""
    return f"""
        select c.oid, c.relname as name, n.nspname as namespace, c.relpersistence::text as persistence,
            pg_get_userbyid(c.relowner) as owner, format_type(s.seqtypid, null) as type, s.seqtypid as type_oid, s.seqstart as start,
            s.seqincrement as increment, s.seqmin as minimum, s.seqmax as maximum, s.seqcache as cache, s.seqcycle as cycle,
            c.oid::regclass::text as sql_name, d.refobjid as table, d.refobjsubid as column, d.deptype::text as dependency
        from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
            left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        where {USER_NAMESPACE} and {own("pg_class", "c.oid")} order by c.oid"""


def routines(_version: int) -> str:
    """Functions, window functions and procedures; aggregates have their own query."""
    return f"""
        select p.oid, p.proname as name, n.nspname as namespace, p.prokind::text as kind, l.lanname as language,
            pg_get_userbyid(p.proowner) as owner, pg_get_functiondef(p.oid) as definition,
            format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as signature,
            pg_get_function_result(p.oid) as returns
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
        where p.prokind in ('f', 'p', 'w') and {USER_NAMESPACE} and {own("pg_proc", "p.oid")}
            and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')
        order by p.oid"""


def aggregates(_version: int) -> str:
    """Aggregates, with what CREATE AGGREGATE needs."""
    return f"""
        select p.oid, p.proname as name, n.nspname as namespace, pg_get_userbyid(p.proowner) as owner,
            pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as returns,
            p.proparallel::text as parallel, a.aggkind::text as kind, a.aggtransfn::oid::regproc::text as transition,
            a.aggtranstype::regtype::text as state, a.aggtransspace as space, nullif(a.aggfinalfn::oid, 0)::regproc::text as final,
            a.aggfinalextra as final_extra, a.aggfinalmodify::text as final_modify,
            nullif(a.aggcombinefn::oid, 0)::regproc::text as combine, nullif(a.aggserialfn::oid, 0)::regproc::text as serialise,
            nullif(a.aggdeserialfn::oid, 0)::regproc::text as deserialise, a.agginitval as initial,
            nullif(a.aggmtransfn::oid, 0)::regproc::text as moving, nullif(a.aggminvtransfn::oid, 0)::regproc::text as inverse,
            a.aggmtranstype::regtype::text as moving_state, a.aggmtransspace as moving_space,
            nullif(a.aggmfinalfn::oid, 0)::regproc::text as moving_final, a.aggmfinalextra as moving_final_extra,
            a.aggmfinalmodify::text as moving_final_modify, a.aggminitval as moving_initial,
            (select format('OPERATOR(%I.%s)', x.nspname, o.oprname) from pg_operator o join pg_namespace x on x.oid = o.oprnamespace
                where o.oid = a.aggsortop) as sort_operator
        from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid::oid join pg_namespace n on n.oid = p.pronamespace
        where {USER_NAMESPACE} and {own("pg_proc", "p.oid")} order by p.oid"""


def triggers(_version: int) -> str:
    """Triggers that somebody wrote: not those of constraints, not those cloned to partitions."""
    return f"""
        select t.oid, t.tgrelid as relation, t.tgname as name, pg_get_triggerdef(t.oid, true) as definition, t.tgtype as flags,
            t.tgenabled::text as enabled, p.proname as function, f.nspname as function_namespace
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_proc p on p.oid = t.tgfoid join pg_namespace f on f.oid = p.pronamespace
        where not t.tgisinternal and t.tgparentid = 0 and {USER_NAMESPACE} order by t.tgrelid, t.tgname"""


def policies(_version: int) -> str:
    """Row-security policies."""
    return f"""
        select p.oid, p.polrelid as relation, p.polname as name, p.polcmd::text as command, p.polpermissive as permissive,
            array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) with ordinality as u (oid, number)
                left join pg_roles r on r.oid = u.oid order by u.number) as roles,
            pg_get_expr(p.polqual, p.polrelid, true) as condition, pg_get_expr(p.polqual, p.polrelid) as plain_condition,
            pg_get_expr(p.polwithcheck, p.polrelid, true) as checked, pg_get_expr(p.polwithcheck, p.polrelid) as plain_checked
        from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where {USER_NAMESPACE} order by p.polrelid, p.polname"""


def rules(_version: int) -> str:
    """Rules other than those that make views."""
    return f"""
        select r.oid, r.ev_class as relation, r.rulename as name, n.nspname as namespace, r.ev_enabled::text as enabled,
            c.oid::regclass::text as table_name, pg_get_ruledef(r.oid, true) as definition
        from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
        where r.rulename <> '_RETURN' and {USER_NAMESPACE} order by r.oid"""


def dependencies(_version: int) -> str:
    """What views and routines need: relations, routines and types."""
    return """
        select r.ev_class as dependent, d.refclassid::regclass::text as catalog, d.refobjid as needed
        from pg_depend d join pg_rewrite r on r.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.deptype = 'n' and d.refobjid >= 16384 and d.refobjid <> r.ev_class
            and r.rulename = '_RETURN' and d.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
        union
        select d.objid, d.refclassid::regclass::text, d.refobjid from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.deptype = 'n' and d.objid >= 16384 and d.refobjid >= 16384
            and d.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)"""


def comments(_version: int) -> str:
    """Every comment on something that initdb did not make, and on the default namespace."""
    return """
        select d.classoid::regclass::text as catalog, d.objoid as oid, d.objsubid as number, d.description as text
        from pg_description d
        where d.objoid >= 16384 or (d.classoid = 'pg_namespace'::regclass and d.objoid = 2200)"""


def unmodelled(_version: int) -> str:
    """What a database can have that no part of the model says."""
    return f"""
        select 'TRANSFORM' as kind, format('FOR %s LANGUAGE %s', t.trftype::regtype, l.lanname) as name,
            'transforms are not modelled' as reason
        from pg_transform t join pg_language l on l.oid = t.trflang where {own("pg_transform", "t.oid")}
        union all
        select 'ACCESS METHOD', a.amname, 'access methods are made of C functions' from pg_am a
        where a.oid >= 16384 and {own("pg_am", "a.oid")}
        union all
        select 'TEXT SEARCH PARSER', p.prsname, 'text search parsers are made of C functions' from pg_ts_parser p
        where p.oid >= 16384 and {own("pg_ts_parser", "p.oid")}
        union all
        select 'TEXT SEARCH TEMPLATE', t.tmplname, 'text search templates are made of C functions' from pg_ts_template t
        where t.oid >= 16384 and {own("pg_ts_template", "t.oid")}
        union all
        select 'SUBSCRIPTION', s.subname, 'subscriptions hold secrets and belong to a server' from pg_subscription s
        where s.subdbid = (select d.oid from pg_database d where d.datname = current_database())
        union all
        select 'USER MAPPING', format('FOR %s SERVER %s', m.usename, m.srvname), 'user mappings hold secrets' from pg_user_mappings m
        union all
        select 'SECURITY LABEL', format('ON %s', pg_describe_object(s.classoid, s.objoid, s.objsubid)), 'security labels are not modelled'
        from pg_seclabel s"""


def grants(version: int) -> str:
    """Privileges that differ from the engine's default ones, for every object that has an access control list.

    `revoked` marks those that the default has and the object has not.
    """
    usage, create = (f"makeaclitem(0, n.nspowner, '{one}', false)" for one in ("USAGE", "CREATE"))
    given = f"array[{usage}]" if version >= 15 else f"array[{usage}, {create}]"
    public = f"acldefault('n', n.nspowner) || case when n.nspname = 'public' then {given} end"
    objects = f"""
        select 'pg_class' as catalog, c.oid, 0 as number, c.relowner as owner, c.relacl as acl,
            acldefault(case when c.relkind = 'S' then 's' else 'r' end::"char", c.relowner) as initial
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relacl is not null and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {USER_NAMESPACE} and {own("pg_class", "c.oid")}
        union all
        select 'pg_class', c.oid, a.attnum, c.relowner, a.attacl, acldefault('c', c.relowner)
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where a.attacl is not null and a.attnum > 0 and not a.attisdropped and {USER_NAMESPACE}
        union all
        select 'pg_proc', p.oid, 0, p.proowner, p.proacl, acldefault('f', p.proowner)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.proacl is not null and {USER_NAMESPACE} and {own("pg_proc", "p.oid")}
        union all
        select 'pg_type', t.oid, 0, t.typowner, t.typacl, acldefault('T', t.typowner)
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where t.typacl is not null and {USER_NAMESPACE} and {own("pg_type", "t.oid")}
        union all
        select 'pg_namespace', n.oid, 0, n.nspowner, n.nspacl, {public}
        from pg_namespace n where n.nspacl is not null and {USER_NAMESPACE} and {own("pg_namespace", "n.oid")}"""
    return f"""
        with o as materialized ({objects}),
            now as (select o.catalog, o.oid, o.number, o.owner, x.grantee, x.privilege_type, x.is_grantable from o, aclexplode(o.acl) x),
            was as (select o.catalog, o.oid, o.number, o.owner, x.grantee, x.privilege_type, x.is_grantable from o, aclexplode(o.initial) x)
        select g.catalog, g.oid, g.number, g.privilege_type as privilege, g.is_grantable as grantable, g.revoked,
            case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee) end as grantee, g.grantee = g.owner as to_owner
        from (
            (select now.*, false as revoked from now except select was.*, false from was)
            union all
            (select was.*, true from was where not exists (select from now where now.catalog = was.catalog and now.oid = was.oid
                and now.number = was.number and now.grantee = was.grantee and now.privilege_type = was.privilege_type))) g
        order by 1, 2, 3, 7, 4"""


# What there must be for a query to find anything: what initdb makes has object identifiers below 16384 (transam.h).
_PRESENT = {
    "extensions": "select from pg_extension where oid >= 16384",
    "named_types": "select from pg_type where oid >= 16384 and (typtype in ('e', 'd', 'r') or typtype = 'b' and typcategory <> 'A')",
    "constraints": "select from pg_constraint where oid >= 16384",
    "indexes": "select from pg_index where indexrelid >= 16384",
    "inheritance": "select from pg_inherits",
    "partitioned": "select from pg_partitioned_table",
    "sequences": "select from pg_sequence",
    "routines": "select from pg_proc where oid >= 16384 and prokind <> 'a'",
    "aggregates": "select from pg_proc where oid >= 16384 and prokind = 'a'",
    "triggers": "select from pg_trigger where not tgisinternal",
    "policies": "select from pg_policy",
    "rules": "select from pg_rewrite where oid >= 16384 and rulename <> '_RETURN'",
    "dependencies": "select from pg_rewrite where oid >= 16384 union all select from pg_proc where oid >= 16384",
    "grants": """select from pg_class where relacl is not null and oid >= 16384
        union all select from pg_attribute where attacl is not null and attrelid >= 16384
        union all select from pg_proc where proacl is not null and oid >= 16384
        union all select from pg_type where typacl is not null and oid >= 16384
        union all select from pg_namespace where nspacl is not null and oid >= 16384
        union all select from pg_namespace n where n.nspname = 'public' and n.nspacl is distinct from (
            select i.initprivs from pg_init_privs i where i.objoid = n.oid and i.classoid = 'pg_namespace'::regclass)""",
}
_WITH_INDEXES = ("index_columns", "operator_classes", "index_collations")


def presence(carried: Mapping[str, str]) -> str:
    """One row with the names of the queries that will find something; `carried` maps further names to their catalogues."""
    wanted = _PRESENT | dict.fromkeys(_WITH_INDEXES, _PRESENT["indexes"])
    wanted |= {name: f"select from {catalog} where oid >= 16384" for name, catalog in carried.items()}
    parts = (f"case when exists ({query}) then '{name}' end" for name, query in wanted.items())
    always = (f"'{name}'" for name in QUERIES if name not in wanted)
    return f"select array_remove(array[{', '.join((*always, *parts))}], null) as names"


QUERIES = {
    query.__name__: query
    for query in (
        namespaces,
        extensions,
        relations,
        columns,
        named_types,
        constraints,
        indexes,
        index_columns,
        operator_classes,
        index_collations,
        inheritance,
        partitioned,
        sequences,
        routines,
        aggregates,
        triggers,
        policies,
        rules,
        dependencies,
        comments,
        grants,
        unmodelled,
    )
}
