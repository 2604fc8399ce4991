"""What dbdesign does not look into: each as the whole statement that makes it, composed by the server from its catalogues."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.readers.postgresql.catalog_queries import USER_NAMESPACE, own

# Every query gives: oid, name, namespace, sql; `catalog` names the catalogue that its comment hangs on.
_NAME = "case when n.nspname = 'public' then quote_ident({name}) else format('%I.%I', n.nspname, {name}) end"


def _collations(version: int) -> str:
    locale = {
        12: "c.collcollate",
        13: "c.collcollate",
        14: "c.collcollate",
        15: "coalesce(c.colliculocale, c.collcollate)",
        16: "coalesce(c.colliculocale, c.collcollate)",
    }.get(version, "coalesce(c.colllocale, c.collcollate)")
    rules = "c.collicurules" if version >= 16 else "null"
    return f"""
        select c.oid, c.collname as name, n.nspname as namespace, format('CREATE COLLATION %s (provider = %s, %s%s%s)',
            {_NAME.format(name="c.collname")}, case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
            case when c.collprovider = 'c' and c.collcollate <> c.collctype
                then format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype) else format('locale = %L', {locale}) end,
            case when not c.collisdeterministic then ', deterministic = false' else '' end,
            coalesce(', rules = ' || quote_literal({rules}::text), '')) as sql
        from pg_collation c join pg_namespace n on n.oid = c.collnamespace
        where {USER_NAMESPACE} and {own("pg_collation", "c.oid")} order by c.oid"""


def _operators(_version: int) -> str:
    return f"""
        select o.oid, o.oprname as name, n.nspname as namespace, format('CREATE OPERATOR %s%s (%s)',
            case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end, o.oprname, concat_ws(', ',
            'FUNCTION = ' || o.oprcode::oid::regproc::text,
            'LEFTARG = ' || nullif(o.oprleft, 0)::regtype::text, 'RIGHTARG = ' || nullif(o.oprright, 0)::regtype::text,
            (select format('COMMUTATOR = OPERATOR(%I.%s)', x.nspname, c.oprname) from pg_operator c
                join pg_namespace x on x.oid = c.oprnamespace where c.oid = o.oprcom),
            (select format('NEGATOR = OPERATOR(%I.%s)', x.nspname, c.oprname) from pg_operator c
                join pg_namespace x on x.oid = c.oprnamespace where c.oid = o.oprnegate),
            'RESTRICT = ' || nullif(o.oprrest::oid, 0)::regproc::text, 'JOIN = ' || nullif(o.oprjoin::oid, 0)::regproc::text,
            case when o.oprcanhash then 'HASHES' end, case when o.oprcanmerge then 'MERGES' end)) as sql
        from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
        where o.oprcode <> 0 and {USER_NAMESPACE} and {own("pg_operator", "o.oid")} order by o.oid"""


def _operator_families(_version: int) -> str:
    return f"""
        select f.oid, f.opfname as name, n.nspname as namespace,
            format('CREATE OPERATOR FAMILY %s USING %I', {_NAME.format(name="f.opfname")}, a.amname) as sql
        from pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am a on a.oid = f.opfmethod
        where {USER_NAMESPACE} and {own("pg_opfamily", "f.oid")} order by f.oid"""


def _operator_classes(_version: int) -> str:
    return f"""
        select c.oid, c.opcname as name, n.nspname as namespace,
            format('CREATE OPERATOR CLASS %s %sFOR TYPE %s USING %I FAMILY %I.%I AS %s',
            {_NAME.format(name="c.opcname")}, case when c.opcdefault then 'DEFAULT ' else '' end, c.opcintype::regtype, a.amname,
            fn.nspname, f.opfname, concat_ws(', ',
            (select string_agg(format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator,
                    case when o.amoppurpose = 'o' then (select format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) from pg_opfamily s
                        join pg_namespace sn on sn.oid = s.opfnamespace where s.oid = o.amopsortfamily) else '' end),
                    ', ' order by o.amopstrategy)
                from pg_depend d join pg_amop o on d.classid = 'pg_amop'::regclass and d.objid = o.oid
                where d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid),
            (select string_agg(format('FUNCTION %s (%s, %s) %s', p.amprocnum, p.amproclefttype::regtype, p.amprocrighttype::regtype,
                    p.amproc::oid::regprocedure), ', ' order by p.amprocnum)
                from pg_depend d join pg_amproc p on d.classid = 'pg_amproc'::regclass and d.objid = p.oid
                where d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid),
            'STORAGE ' || nullif(c.opckeytype, 0)::regtype::text)) as sql
        from pg_opclass c join pg_namespace n on n.oid = c.opcnamespace join pg_opfamily f on f.oid = c.opcfamily
            join pg_namespace fn on fn.oid = f.opfnamespace join pg_am a on a.oid = c.opcmethod
        where {USER_NAMESPACE} and {own("pg_opclass", "c.oid")} order by c.oid"""


def _loose_operators(_version: int) -> str:
    """Members of operator families that belong to no operator class."""
    return f"""
        select f.oid, f.opfname as name, n.nspname as namespace, format('ALTER OPERATOR FAMILY %s USING %I ADD %s',
            {_NAME.format(name="f.opfname")}, a.amname, m.text) as sql
        from pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am a on a.oid = f.opfmethod
            cross join lateral (
                select format('OPERATOR %s %s', o.amopstrategy, o.amopopr::regoperator) as text from pg_amop o
                where o.amopfamily = f.oid and not exists (select from pg_depend d where d.classid = 'pg_amop'::regclass
                    and d.objid = o.oid and d.refclassid = 'pg_opclass'::regclass)
                union all
                select format('FUNCTION %s (%s, %s) %s', p.amprocnum, p.amproclefttype::regtype, p.amprocrighttype::regtype,
                    p.amproc::oid::regprocedure) from pg_amproc p
                where p.amprocfamily = f.oid and not exists (select from pg_depend d where d.classid = 'pg_amproc'::regclass
                    and d.objid = p.oid and d.refclassid = 'pg_opclass'::regclass)) m
        where {USER_NAMESPACE} and {own("pg_opfamily", "f.oid")} order by f.oid"""


def _casts(_version: int) -> str:
    return f"""
        select c.oid, format('%s AS %s', c.castsource::regtype, c.casttarget::regtype) as name, null as namespace,
            format('CREATE CAST (%s AS %s) %s%s', c.castsource::regtype, c.casttarget::regtype,
            case c.castmethod when 'f' then 'WITH FUNCTION ' || c.castfunc::regprocedure::text
                when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION' end,
            case c.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else '' end) as sql
        from pg_cast c where c.oid >= 16384 and {own("pg_cast", "c.oid", "ei")} order by c.oid"""


def _conversions(_version: int) -> str:
    return f"""
        select c.oid, c.conname as name, n.nspname as namespace, format('CREATE %sCONVERSION %s FOR %L TO %L FROM %s',
            case when c.condefault then 'DEFAULT ' else '' end, {_NAME.format(name="c.conname")},
            pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::oid::regproc) as sql
        from pg_conversion c join pg_namespace n on n.oid = c.connamespace
        where {USER_NAMESPACE} and {own("pg_conversion", "c.oid")} order by c.oid"""


def _dictionaries(_version: int) -> str:
    return f"""
        select d.oid, d.dictname as name, n.nspname as namespace, format('CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %I.%I%s)',
            {_NAME.format(name="d.dictname")}, tn.nspname, t.tmplname, coalesce(', ' || d.dictinitoption, '')) as sql
        from pg_ts_dict d join pg_namespace n on n.oid = d.dictnamespace join pg_ts_template t on t.oid = d.dicttemplate
            join pg_namespace tn on tn.oid = t.tmplnamespace
        where {USER_NAMESPACE} and {own("pg_ts_dict", "d.oid")} order by d.oid"""


def _configurations(_version: int) -> str:
    return f"""
        select c.oid, c.cfgname as name, n.nspname as namespace, format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %I.%I)',
            {_NAME.format(name="c.cfgname")}, pn.nspname, p.prsname) as sql
        from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace join pg_ts_parser p on p.oid = c.cfgparser
            join pg_namespace pn on pn.oid = p.prsnamespace
        where {USER_NAMESPACE} and {own("pg_ts_config", "c.oid")} order by c.oid"""


def _mappings(_version: int) -> str:
    return f"""
        select c.oid, c.cfgname as name, n.nspname as namespace,
            format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s', {_NAME.format(name="c.cfgname")},
            (select quote_ident(t.alias) from ts_token_type(c.cfgparser) t where t.tokid = m.maptokentype),
            string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)) as sql
        from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace join pg_ts_config_map m on m.mapcfg = c.oid
        where {USER_NAMESPACE} and {own("pg_ts_config", "c.oid")}
        group by c.oid, c.cfgname, n.nspname, c.cfgparser, m.maptokentype order by c.oid, m.maptokentype"""


def _statistics(_version: int) -> str:
    return f"""
        select s.oid, s.stxname as name, n.nspname as namespace, pg_get_statisticsobjdef(s.oid) || case when s.stxstattarget >= 0
            then format(E';\\nALTER STATISTICS %s SET STATISTICS %s', {_NAME.format(name="s.stxname")}, s.stxstattarget) else '' end as sql
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
        where {USER_NAMESPACE} and {own("pg_statistic_ext", "s.oid")} order by s.oid"""


def _languages(_version: int) -> str:
    return f"""
        select l.oid, l.lanname as name, null as namespace, format('CREATE %sLANGUAGE %I HANDLER %s%s%s',
            case when l.lanpltrusted then 'TRUSTED ' else '' end, l.lanname, l.lanplcallfoid::regproc,
            coalesce(' INLINE ' || nullif(l.laninline, 0)::regproc::text, ''),
            coalesce(' VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc::text, '')) as sql
        from pg_language l where l.oid >= 16384 and {own("pg_language", "l.oid")} order by l.oid"""


def _wrappers(_version: int) -> str:
    return f"""
        select w.oid, w.fdwname as name, null as namespace, format('CREATE FOREIGN DATA WRAPPER %I%s%s%s', w.fdwname,
            coalesce(' HANDLER ' || nullif(w.fdwhandler, 0)::regproc::text, ''),
            coalesce(' VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc::text, ''), {_options("w.fdwoptions")}) as sql
        from pg_foreign_data_wrapper w where {own("pg_foreign_data_wrapper", "w.oid")} order by w.oid"""


def _options(column: str) -> str:
    """An OPTIONS clause from an array of `name=value`; passwords are left out."""
    return f"""coalesce((select ' OPTIONS (' || string_agg(format('%I %L', split_part(o, '=', 1),
            substr(o, strpos(o, '=') + 1)), ', ') || ')' from unnest({column}) o
            where split_part(o, '=', 1) !~* '(password|passwd|secret|token|key)'), '')"""


def _servers(_version: int) -> str:
    return f"""
        select s.oid, s.srvname as name, null as namespace, format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s', s.srvname,
            coalesce(' TYPE ' || quote_literal(s.srvtype), ''), coalesce(' VERSION ' || quote_literal(s.srvversion), ''), w.fdwname,
            {_options("s.srvoptions")}) as sql
        from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw
        where {own("pg_foreign_server", "s.oid")} order by s.oid"""


def _foreign_tables(_version: int) -> str:
    return f"""
        select c.oid, c.relname as name, n.nspname as namespace, format(E'CREATE FOREIGN TABLE %s (\\n%s\\n)%s SERVER %I%s',
            {_NAME.format(name="c.relname")},
            (select string_agg(format('    %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), {_options("a.attfdwoptions")},
                case when a.attnotnull then ' NOT NULL' else '' end,
                coalesce(' DEFAULT ' || (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = a.attrelid
                    and d.adnum = a.attnum), '')), E',\\n' order by a.attnum)
                from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
            '', s.srvname, {_options("f.ftoptions")}) as sql
        from pg_foreign_table f join pg_class c on c.oid = f.ftrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_foreign_server s on s.oid = f.ftserver
        where {USER_NAMESPACE} and {own("pg_class", "c.oid")} order by c.oid"""


def _publications(version: int) -> str:
    columns = (
        "coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')' from pg_attribute a "
        "where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), '') "
        "|| coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')"
        if version >= 15
        else "''"
    )
    schemas = (
        "(select string_agg(format('TABLES IN SCHEMA %I', s.nspname), ', ' order by s.nspname) from pg_publication_namespace m "
        "join pg_namespace s on s.oid = m.pnnspid where m.pnpubid = p.oid)"
        if version >= 15
        else "null"
    )
    generated = (
        "case when p.pubgencols = 's' then 'publish_generated_columns = stored' end" if version >= 18 else "null"
    )
    return f"""
        select p.oid, p.pubname as name, null as namespace, format('CREATE PUBLICATION %I%s WITH (%s)', p.pubname,
            case when p.puballtables then ' FOR ALL TABLES' else coalesce(' FOR ' || nullif(concat_ws(', ',
                (select string_agg(format('TABLE ONLY %s%s', r.prrelid::regclass, {columns}), ', ' order by r.oid)
                    from pg_publication_rel r where r.prpubid = p.oid), {schemas}), ''), '') end,
            concat_ws(', ', format('publish = %L', concat_ws(', ', case when p.pubinsert then 'insert' end,
                case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end,
                case when p.pubtruncate then 'truncate' end)),
                case when p.pubviaroot then 'publish_via_partition_root = true' end, {generated})) as sql
        from pg_publication p where {own("pg_publication", "p.oid")} order by p.oid"""


def _event_triggers(_version: int) -> str:
    return f"""
        select t.oid, t.evtname as name, null as namespace, format('CREATE EVENT TRIGGER %I ON %I%s EXECUTE FUNCTION %s()%s', t.evtname,
            t.evtevent, coalesce(' WHEN TAG IN (' || (select string_agg(quote_literal(x), ', ') from unnest(t.evttags) x) || ')', ''),
            t.evtfoid::regproc, case t.evtenabled when 'D' then format(E';\\nALTER EVENT TRIGGER %I DISABLE', t.evtname)
                when 'R' then format(E';\\nALTER EVENT TRIGGER %I ENABLE REPLICA', t.evtname)
                when 'A' then format(E';\\nALTER EVENT TRIGGER %I ENABLE ALWAYS', t.evtname) else '' end) as sql
        from pg_event_trigger t where {own("pg_event_trigger", "t.oid")} order by t.oid"""


def _default_privileges(_version: int) -> str:
    return """
        select d.oid, coalesce(n.nspname, 'all') as name, null as namespace, format('ALTER DEFAULT PRIVILEGES%s%s %s %s ON %s %s %s%s',
            case when d.defaclrole <> (select b.datdba from pg_database b where b.datname = current_database())
                then ' FOR ROLE ' || quote_ident(pg_get_userbyid(d.defaclrole)) else '' end,
            coalesce(' IN SCHEMA ' || quote_ident(n.nspname), ''), case when x.given then 'GRANT' else 'REVOKE' end,
            string_agg(x.privilege_type, ', ' order by x.privilege_type),
            case d.defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'ROUTINES'
                when 'T' then 'TYPES' when 'n' then 'SCHEMAS'
                else 'LARGE OBJECTS' end,
            case when x.given then 'TO' else 'FROM' end,
            case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end,
            case when x.is_grantable and x.given then ' WITH GRANT OPTION' else '' end) as sql
        from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
            cross join lateral (
                select a.grantee, a.privilege_type, a.is_grantable, true as given from aclexplode(d.defaclacl) a
                where d.defaclnamespace <> 0 or not exists (select from aclexplode(acldefault(d.defaclobjtype, d.defaclrole)) b
                    where b.grantee = a.grantee and b.privilege_type = a.privilege_type and b.is_grantable = a.is_grantable)
                union all
                select b.grantee, b.privilege_type, b.is_grantable, false from aclexplode(acldefault(d.defaclobjtype, d.defaclrole)) b
                where d.defaclnamespace = 0 and not exists (select from aclexplode(d.defaclacl) a
                    where b.grantee = a.grantee and b.privilege_type = a.privilege_type)) x
        where x.grantee <> d.defaclrole
        group by d.oid, d.defaclrole, d.defaclobjtype, n.nspname, x.grantee, x.is_grantable, x.given order by d.oid"""


# Kind as the manual names it → the query, the catalogue that comments hang on, and whether tables may need it.
CARRIED: dict[str, tuple[Callable[[int], str], str, bool]] = {
    "collation": (_collations, "pg_collation", True),
    "language": (_languages, "pg_language", True),
    "conversion": (_conversions, "pg_conversion", True),
    "operator": (_operators, "pg_operator", True),
    "operator family": (_operator_families, "pg_opfamily", True),
    "operator class": (_operator_classes, "pg_opclass", True),
    "operator family member": (_loose_operators, "", True),
    "cast": (_casts, "pg_cast", True),
    "text search dictionary": (_dictionaries, "pg_ts_dict", True),
    "text search configuration": (_configurations, "pg_ts_config", True),
    "text search mapping": (_mappings, "", True),
    "foreign data wrapper": (_wrappers, "pg_foreign_data_wrapper", True),
    "server": (_servers, "pg_foreign_server", True),
    "foreign table": (_foreign_tables, "pg_class", False),
    "statistics": (_statistics, "pg_statistic_ext", False),
    "publication": (_publications, "pg_publication", False),
    "event trigger": (_event_triggers, "pg_event_trigger", False),
    "default privileges": (_default_privileges, "", False),
}


# The catalogue that must have a row of the user's own for there to be any of a kind.
PRESENT_IN = {kind: catalog for kind, (_, catalog, _) in CARRIED.items() if catalog} | {
    "operator family member": "pg_opfamily",
    "text search mapping": "pg_ts_config",
    "foreign table": "pg_foreign_server",
    "default privileges": "pg_default_acl",
}


def carried_query(kind: str, version: int) -> str:
    """The query for one kind: oid, name, namespace, sql."""
    return CARRIED[kind][0](version)
