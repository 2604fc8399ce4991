-- A snapshot of what the planner of a PostgreSQL 13 to 18 knows of one database, as one JSON document.
--
--     psql -XAtq -f snapshot.sql DATABASE > snapshot.json                redacted: no value of any row is in it
--     psql -XAtq -v values=1 -f snapshot.sql DATABASE > snapshot.json    with the commonest values and histogram bounds
--
-- It reads catalogs only, never a table: pg_class, pg_attribute, pg_type, pg_stats, pg_stats_ext, pg_stats_ext_exprs, pg_settings and the sizes of files;
-- with pageinspect installed and as a superuser also the first page of each B-tree, for its height, and of each GIN index, for its
-- pages by kind and number of keys. It runs in one read-only transaction, writes nothing, and waits at most 5 seconds for a lock. Run it as the tables' owner or as a superuser: PostgreSQL shows
-- statistics only to those who may read the columns, and what was not visible is listed in the document.
--
-- What the document holds: names of schemas, tables, columns, indexes and statistics objects; pages, rows, null shares, widths, numbers of
-- distinct values, frequencies, correlations; planner settings that are not the defaults; the server's version.
--
-- What redaction does: every value is replaced by one made from its rank among all values of its kind in this database (numbers;
-- texts of one collation; dates and timestamps; times; intervals; UUIDs; addresses; bytea; jsonb). So order, ties, and equality
-- between columns of one kind remain: histograms stay sorted, a foreign key's values still meet their parent's. Distances between
-- values, prefixes and patterns are lost (a number made from a rank may by chance be one that is stored). Labels of enums and booleans are kept, since they are part of the schema. Values of other
-- kinds (arrays as a whole, ranges, composite types …) have no stand-in and are left out; the document says where.

\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
\encoding UTF8
\if :{?values}
\else
  \set values 0
\endif
\if :values
  \set dbdesign_values true
\else
  \set dbdesign_values false
\endif

BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
-- dbdesign: settings
SET LOCAL search_path = pg_catalog;
SET LOCAL datestyle = 'ISO, MDY';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL timezone = 'UTC';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL lock_timeout = '5s';
SET LOCAL enable_nestloop = off; -- nobody can estimate what the queries below meet
SET LOCAL jit = off;
-- dbdesign: end

-- Texts are ranked by their own collation; SQL wants its name spelt out, so that this part is composed.
-- dbdesign: text_ranks
SELECT coalesce(string_agg(format(
    ' UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v COLLATE %s) FROM met WHERE family = %L',
    quoted, 'text ' || quoted), ''), '') AS dbdesign_text_ranks
FROM (
    SELECT DISTINCT format('%I.%I', n.nspname, k.collname) AS quoted
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm', 'i', 'I')
    JOIN pg_collation k ON k.oid = a.attcollation
    JOIN pg_namespace n ON n.oid = k.collnamespace
    WHERE c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    UNION SELECT 'pg_catalog."default"'
) AS used
-- dbdesign: end
\gset

-- Heights of B-trees, where pageinspect is there and may be used.
-- dbdesign: heights
SELECT coalesce((
    SELECT format(
        'SELECT r.oid, (%I.bt_metap(format(''%%I.%%I'', r.nspname, r.relname))).fastlevel AS height FROM relations r'
        ' JOIN pg_class c ON c.oid = r.oid JOIN pg_am m ON m.oid = c.relam'
        ' WHERE r.relkind = ''i'' AND m.amname = ''btree'' AND NOT r.locked AND c.relpersistence = ''p''', n.nspname)
    FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
    WHERE x.extname = 'pageinspect' AND current_setting('is_superuser') = 'on'
), 'SELECT NULL::oid AS oid, NULL::integer AS height WHERE false') AS dbdesign_heights
-- dbdesign: end
\gset

-- Pages by kind and keys of GIN indexes, likewise.
-- dbdesign: gins
SELECT coalesce((
    SELECT format(
        'SELECT r.oid, json_build_object(''total_pages'', g.n_total_pages, ''entry_pages'', g.n_entry_pages, ''data_pages'', g.n_data_pages, ''entries'', g.n_entries, ''pending_pages'', g.n_pending_pages) AS facts'
        ' FROM relations r JOIN pg_class c ON c.oid = r.oid JOIN pg_am m ON m.oid = c.relam CROSS JOIN LATERAL'
        ' %1$I.gin_metapage_info(%1$I.get_raw_page(format(''%%I.%%I'', r.nspname, r.relname), 0)) AS g'
        ' WHERE r.relkind = ''i'' AND m.amname = ''gin'' AND NOT r.locked AND c.relpersistence = ''p''', n.nspname)
    FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
    WHERE x.extname = 'pageinspect' AND current_setting('is_superuser') = 'on'
), 'SELECT NULL::oid AS oid, NULL::json AS facts WHERE false') AS dbdesign_gins
-- dbdesign: end
\gset

-- Expressions of statistics objects, which came with 14; nothing in the catalogs says their types, so that JSON shows of which kind the
-- values are.
-- dbdesign: expressions
SELECT CASE WHEN to_regclass('pg_catalog.pg_stats_ext_exprs') IS NULL THEN
    'SELECT NULL::oid, NULL::smallint, NULL::boolean, NULL::real, NULL::integer, NULL::real, NULL::text, NULL::real[], NULL::text, NULL::real,'
    ' NULL::text, NULL::real[], NULL::real[], NULL::text, NULL::real, NULL::text, NULL::jsonb, NULL::jsonb WHERE false'
ELSE
    'SELECT DISTINCT ON (x.oid, e.number, s.heirs) x.oid, e.number::smallint, coalesce(s.heirs, x.parted), s.null_frac, s.avg_width, s.n_distinct,'
    ' s.vals, s.freqs, s.bounds, s.correlation, s.elems, s.elem_freqs, s.elem_counts, s.lengths, s.empty_frac, s.range_bounds, s.as_json, s.elems_as_json'
    ' FROM (SELECT NULL::boolean AS inherited, NULL::text AS range_length_histogram, NULL::real AS range_empty_frac,'
    ' NULL::text AS range_bounds_histogram) AS absent'
    ' CROSS JOIN LATERAL (SELECT statistics_schemaname, statistics_name, expr, inherited AS heirs, null_frac, avg_width, n_distinct,'
    ' most_common_vals::text AS vals, most_common_freqs AS freqs, histogram_bounds::text AS bounds, correlation,'
    ' most_common_elems::text AS elems, most_common_elem_freqs AS elem_freqs, elem_count_histogram AS elem_counts,'
    ' range_length_histogram::text AS lengths, range_empty_frac AS empty_frac, range_bounds_histogram::text AS range_bounds,'
    ' coalesce(array_to_json(most_common_vals)::jsonb, ''[]'') || coalesce(array_to_json(histogram_bounds)::jsonb, ''[]'') AS as_json,'
    ' array_to_json(most_common_elems)::jsonb AS elems_as_json FROM pg_stats_ext_exprs) AS s'
    ' JOIN (SELECT x.oid, x.stxname, n.nspname, r.relkind = ''p'' AS parted FROM pg_statistic_ext x'
    ' JOIN pg_namespace n ON n.oid = x.stxnamespace JOIN relations r ON r.oid = x.stxrelid) AS x'
    ' ON x.nspname = s.statistics_schemaname AND x.stxname = s.statistics_name'
    ' CROSS JOIN LATERAL unnest(pg_get_statisticsobjdef_expressions(x.oid)) WITH ORDINALITY AS e (expr, number)'
    ' WHERE e.expr = s.expr AND s.null_frac IS NOT NULL'
END AS dbdesign_expressions
-- dbdesign: end
\gset

-- dbdesign: statistics
WITH RECURSIVE
-- "absent" stands for columns that a later version brought: a name that the view has not is looked up further out.
relations AS MATERIALIZED (
    SELECT c.*, n.nspname, l.relation IS NOT NULL AS locked,
        CASE WHEN c.relkind IN ('p', 'I') THEN 0
             WHEN l.relation IS NULL THEN pg_relation_size(c.oid) / 8192
             ELSE greatest(c.relpages, 0) END AS pages
    FROM (SELECT NULL::integer AS relallfrozen) AS absent
    CROSS JOIN LATERAL (
        SELECT oid, relname, relkind, relnamespace, relowner, relpages, reltuples, relallvisible, relrowsecurity, relallfrozen AS frozen
        FROM pg_class
        WHERE relkind IN ('r', 'p', 'm', 'i', 'I') AND relpersistence <> 't'
    ) AS c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN (
        SELECT DISTINCT relation FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS l ON l.relation = c.oid
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
),
heights AS MATERIALIZED (:dbdesign_heights),
gins AS MATERIALIZED (:dbdesign_gins),
bases (oid, base, typmod) AS (
    SELECT oid, oid, -1 FROM pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT d.oid, b.base, greatest(d.typtypmod, b.typmod) FROM pg_type d JOIN bases b ON b.oid = d.typbasetype WHERE d.typtype = 'd'
),
plain AS (
    SELECT t.oid, t.typname, t.typelem, t.typcategory, t.typtype,
        CASE WHEN t.typtype = 'e' OR t.oid = 'bool'::regtype THEN 'kept'
             WHEN t.typname = 'citext' THEN 'citext'
             WHEN t.typnamespace <> 'pg_catalog'::regnamespace THEN NULL
             WHEN t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric') THEN 'number'
             WHEN t.typname IN ('date', 'timestamp', 'timestamptz') THEN 'moment'
             WHEN t.typname IN ('text', 'varchar', 'bpchar', 'name') THEN 'text'
             WHEN t.typname IN ('time', 'interval', 'uuid', 'inet', 'bytea', 'jsonb') THEN t.typname END AS family
    FROM pg_type t
),
-- Each type with the family of its values and, of arrays and text search vectors, of its elements.
types AS MATERIALIZED (
    SELECT b.oid, b.typmod, p.typname, p.typtype IN ('r', 'm') AS is_range, p.family, e.typname AS element_name,
        CASE WHEN p.typname = 'tsvector' THEN 'lexeme' WHEN p.typcategory = 'A' THEN e.family END AS element_family
    FROM bases b JOIN plain p ON p.oid = b.base
    LEFT JOIN bases eb ON eb.oid = p.typelem
    LEFT JOIN plain e ON e.oid = eb.base
),
attributes AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, t.typname, t.is_range, t.element_name,
        CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE t.typmod END AS typmod,
        CASE t.family WHEN 'text' THEN 'text ' || k.quoted ELSE t.family END AS family,
        CASE t.element_family WHEN 'text' THEN 'text ' || k.quoted ELSE t.element_family END AS element_family
    FROM pg_attribute a
    JOIN relations r ON r.oid = a.attrelid
    JOIN types t ON t.oid = a.atttypid
    LEFT JOIN (
        SELECT k.oid, format('%I.%I', n.nspname, k.collname) AS quoted FROM pg_collation k JOIN pg_namespace n ON n.oid = k.collnamespace
    ) AS k ON k.oid = a.attcollation
    WHERE a.attnum > 0 AND NOT a.attisdropped
),
expressions (oid, attnum, inherited, null_frac, avg_width, n_distinct, vals, freqs, bounds, correlation, elems, elem_freqs, elem_counts,
    lengths, empty_frac, range_bounds, as_json, elems_as_json) AS MATERIALIZED (:dbdesign_expressions),
-- The family that an expression's values look to be of, or its elements: JSON writes numbers, booleans and timestamps in its own way; the
-- patterns of the others are of one length, so that the order of texts is theirs.
guesses AS (
    SELECT g.oid, g.attnum, g.inherited, g.list,
        CASE WHEN bool_and(g.kind = 'number' OR g.v IN ('NaN', 'Infinity', '-Infinity')) AND bool_or(g.kind = 'number') THEN 'number'
             WHEN bool_and(g.kind = 'boolean') THEN 'kept'
             WHEN NOT bool_and(g.kind = 'string') THEN NULL
             WHEN bool_and(g.v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:') AND bool_and(g.literal !~ 'T') THEN 'moment'
             WHEN bool_and(g.v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN 'like date'
             WHEN bool_and(g.v ~ '^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$') THEN 'like time'
             WHEN bool_and(g.v ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$') THEN 'like uuid'
             WHEN bool_and(g.v ~ '^\\x([0-9a-f]{2})*$') THEN 'like bytea'
             ELSE 'text pg_catalog."default"' END AS family
    FROM (
        SELECT e.oid, e.attnum, e.inherited, l.list, l.literal, jsonb_typeof(j.v) AS kind, j.v #>> '{}' AS v
        FROM expressions e
        CROSS JOIN LATERAL (VALUES ('vals', e.as_json, concat(e.vals, e.bounds)), ('elems', e.elems_as_json, e.elems)) AS l (list, items, literal)
        CROSS JOIN LATERAL jsonb_array_elements(l.items) AS j (v)
        WHERE NOT :dbdesign_values
    ) AS g
    GROUP BY g.oid, g.attnum, g.inherited, g.list
),
columns AS MATERIALIZED (
    SELECT 'column' AS of, r.oid, r.relkind IN ('i', 'I') AS of_index, a.attnum,
        a.typname, a.is_range, a.element_name, a.typmod, a.family, a.element_family, s.*
    FROM (SELECT NULL::text AS range_length_histogram, NULL::real AS range_empty_frac, NULL::text AS range_bounds_histogram) AS absent
    CROSS JOIN LATERAL (
        SELECT schemaname, tablename, attname, inherited, null_frac, avg_width, n_distinct, most_common_vals::text AS vals,
            most_common_freqs AS freqs, histogram_bounds::text AS bounds, correlation, most_common_elems::text AS elems,
            most_common_elem_freqs AS elem_freqs, elem_count_histogram AS elem_counts, range_length_histogram::text AS lengths,
            range_empty_frac AS empty_frac, range_bounds_histogram::text AS range_bounds
        FROM pg_stats
    ) AS s
    JOIN relations r ON r.nspname = s.schemaname AND r.relname = s.tablename
    JOIN attributes a ON a.attrelid = r.oid AND a.attname = s.attname
    UNION ALL
    SELECT 'expression', e.oid, true, e.attnum, NULL, false, NULL, NULL, v.family, l.family, NULL, NULL, NULL, e.inherited, e.null_frac, e.avg_width,
        e.n_distinct, e.vals, e.freqs, e.bounds, e.correlation, e.elems, e.elem_freqs, e.elem_counts, e.lengths, e.empty_frac, e.range_bounds
    FROM expressions e
    LEFT JOIN guesses v ON v.list = 'vals' AND (v.oid, v.attnum, v.inherited) = (e.oid, e.attnum, e.inherited)
    LEFT JOIN guesses l ON l.list = 'elems' AND (l.oid, l.attnum, l.inherited) = (e.oid, e.attnum, e.inherited)
),
extended AS MATERIALIZED (
    SELECT x.oid, n.nspname, x.stxname, x.stxkind, x.stxrelid, x.stxkeys, pg_has_role(r.relowner, 'USAGE') AS own,
        s.statistics_name IS NOT NULL AS seen, coalesce(s.heirs, r.relkind = 'p') AS inherited, s.nd, s.deps, s.vals, s.freqs, s.base_freqs
    FROM pg_statistic_ext x
    JOIN pg_namespace n ON n.oid = x.stxnamespace
    JOIN relations r ON r.oid = x.stxrelid
    LEFT JOIN (
        SELECT s.* FROM (SELECT NULL::boolean AS inherited) AS absent
        CROSS JOIN LATERAL (
            SELECT statistics_schemaname, statistics_name, inherited AS heirs, n_distinct::text AS nd, dependencies::text AS deps,
                most_common_vals AS vals, most_common_freqs AS freqs, most_common_base_freqs AS base_freqs
            FROM pg_stats_ext
        ) AS s
    ) AS s ON s.statistics_schemaname = n.nspname AND s.statistics_name = x.stxname
),
-- From here to "coded": redaction. Every value with its place and its family.
raw_tokens AS (
    SELECT c.of, c.oid, c.attnum, c.inherited, l.list, i.ord, 1::bigint AS part, i.v, l.family, l.typname, l.typmod
    FROM columns c
    CROSS JOIN LATERAL (VALUES
        ('vals', c.vals, c.family, c.typname, c.typmod), ('bounds', c.bounds, c.family, c.typname, c.typmod),
        ('elems', c.elems, c.element_family, c.element_name, c.typmod)
    ) AS l (list, literal, family, typname, typmod)
    CROSS JOIN LATERAL unnest(l.literal::text[]) WITH ORDINALITY AS i (v, ord)
    WHERE NOT :dbdesign_values AND l.family IS NOT NULL
    UNION ALL
    SELECT 'extended', x.oid, 0, x.inherited, 'vals', i, k, x.vals[i][k], coalesce(a.family, c.family), a.typname, a.typmod
    FROM extended x
    CROSS JOIN LATERAL generate_subscripts(x.vals, 1) AS i
    CROSS JOIN LATERAL generate_subscripts(x.vals, 2) AS k
    LEFT JOIN attributes a ON a.attrelid = x.stxrelid AND a.attnum = x.stxkeys[k - 1]
    LEFT JOIN columns c ON c.of = 'expression' AND c.oid = x.oid AND c.inherited = x.inherited AND c.attnum = k - cardinality(x.stxkeys)
    WHERE NOT :dbdesign_values
),
-- How many stand-ins the type's declared length has room for; where that is too few, the type gets ranks of its own.
tokens AS MATERIALIZED (
    SELECT of, oid, attnum, inherited, list, ord, part, family, typname, typmod,
        CASE typname WHEN 'bpchar' THEN rtrim(v, ' ') ELSE v END AS v, precision, scale,
        CASE WHEN typname = 'int2' THEN 32767
             WHEN typname = 'numeric' AND scale < 0 THEN 0
             WHEN typname = 'numeric' AND typmod >= 4 THEN 10::numeric ^ least(precision - scale, 9) - 1
             WHEN typname IN ('varchar', 'bpchar') AND typmod >= 4 THEN 10::numeric ^ least(precision, 9) - 1
             ELSE 999999999 END AS room
    FROM (
        SELECT *, CASE typname WHEN 'numeric' THEN (typmod - 4) >> 16 ELSE typmod - 4 END AS precision,
            CASE WHEN typname = 'numeric' AND typmod >= 4 THEN (((typmod - 4) & 2047) # 1024) - 1024 END AS scale
        FROM raw_tokens
    ) AS measured
),
sizes AS (SELECT family, count(DISTINCT v) AS size FROM tokens WHERE v IS NOT NULL GROUP BY family),
grouped AS MATERIALIZED (
    SELECT t.*, s.size, t.room < s.size AS tight,
        CASE WHEN t.room < s.size THEN concat_ws(' ', t.family, t.typname, t.typmod) ELSE t.family END AS grp
    FROM tokens t LEFT JOIN sizes s ON s.family = t.family
),
met AS MATERIALIZED (SELECT DISTINCT family, grp, v FROM grouped WHERE v IS NOT NULL AND family IS NOT NULL AND family <> 'kept'),
ranks (grp, v, rank) AS MATERIALIZED (
    SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY
            CASE v WHEN '-Infinity' THEN -1 WHEN 'Infinity' THEN 1 WHEN 'NaN' THEN 2 ELSE 0 END,
            CASE WHEN v ~ '[0-9]' THEN v::numeric END)
        FROM met WHERE family = 'number'
    UNION ALL
    SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v ~ '^[0-9]{6}', -- a date may lie beyond any timestamp
            CASE WHEN v !~ '^[0-9]{6}' THEN v::timestamp END, CASE WHEN v ~ '^[0-9]{6}' THEN lpad(split_part(v, ' ', 1), 16, '0') END)
        FROM met WHERE family = 'moment'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::time) FROM met WHERE family = 'time'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::interval) FROM met WHERE family = 'interval'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::uuid) FROM met WHERE family = 'uuid'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::inet) FROM met WHERE family = 'inet'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::bytea) FROM met WHERE family = 'bytea'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v::jsonb) FROM met WHERE family = 'jsonb'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY lower(v) COLLATE "default") FROM met WHERE family = 'citext'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY octet_length(v), v COLLATE "C") FROM met WHERE family = 'lexeme'
    UNION ALL SELECT grp, v, dense_rank() OVER (PARTITION BY grp ORDER BY v COLLATE "C") FROM met WHERE family LIKE 'like %'
    :dbdesign_text_ranks
),
highest AS (SELECT grp, max(rank) AS highest FROM ranks GROUP BY grp),
stand_ins AS MATERIALIZED (
    SELECT g.of, g.oid, g.attnum, g.inherited, g.list, g.ord, g.part, g.v IS NULL AS nothing,
        CASE WHEN g.family = 'kept' THEN g.v
             WHEN g.typname = 'int2' AND g.tight THEN (r.rank - 32769)::text
             WHEN g.typname = 'numeric' AND g.tight THEN
                 CASE WHEN h.highest <= 10::numeric ^ g.precision
                      THEN round((r.rank - 1) / 10::numeric ^ g.scale, g.scale)::text END
             WHEN g.tight THEN
                 CASE WHEN h.highest <= 36::numeric ^ g.precision THEN (
                     SELECT string_agg(substr('0123456789abcdefghijklmnopqrstuvwxyz',
                         mod(div(r.rank - 1, 36::numeric ^ (g.precision - digit)), 36)::integer + 1, 1), '' ORDER BY digit)
                     FROM generate_series(1, g.precision) AS digit) END
             WHEN g.family = 'number' THEN r.rank::text
             WHEN g.family = 'moment' THEN (date '2000-01-01' + r.rank::integer)::text
             WHEN g.family = 'like date' THEN (date '2000-01-01' + r.rank::integer)::text
             WHEN g.family IN ('time', 'like time') THEN (time '00:00' + r.rank * interval '1 millisecond')::text
             WHEN g.family = 'interval' THEN (r.rank * interval '1 millisecond')::text
             WHEN g.family IN ('uuid', 'like uuid') THEN lpad(to_hex(r.rank), 32, '0')::uuid::text
             WHEN g.family = 'inet' THEN host(inet '10.0.0.0' + r.rank)
             WHEN g.family IN ('bytea', 'like bytea') THEN '\x' || lpad(to_hex(r.rank), 8, '0')
             WHEN g.family = 'jsonb' THEN r.rank::text
             WHEN g.family IS NOT NULL THEN lpad(r.rank::text, length(g.size::text), '0') END AS code
    FROM grouped g
    LEFT JOIN ranks r ON r.grp = g.grp AND r.v = g.v
    LEFT JOIN highest h ON h.grp = g.grp
),
coded AS MATERIALIZED (
    SELECT of, oid, attnum, inherited, list, CASE WHEN bool_and(code IS NOT NULL) THEN array_agg(code ORDER BY ord)::text END AS codes
    FROM stand_ins WHERE of <> 'extended' GROUP BY of, oid, attnum, inherited, list
),
shown AS MATERIALIZED (
    SELECT c.*,
        CASE WHEN :dbdesign_values THEN c.vals ELSE v.codes END AS vals_shown,
        CASE WHEN :dbdesign_values THEN c.bounds ELSE b.codes END AS bounds_shown,
        CASE WHEN :dbdesign_values THEN c.elems ELSE e.codes END AS elems_shown,
        CASE WHEN :dbdesign_values THEN c.lengths END AS lengths_shown,
        CASE WHEN :dbdesign_values THEN c.range_bounds END AS range_bounds_shown
    FROM columns c
    LEFT JOIN coded v ON v.list = 'vals' AND (v.of, v.oid, v.attnum, v.inherited) = (c.of, c.oid, c.attnum, c.inherited)
    LEFT JOIN coded b ON b.list = 'bounds' AND (b.of, b.oid, b.attnum, b.inherited) = (c.of, c.oid, c.attnum, c.inherited)
    LEFT JOIN coded e ON e.list = 'elems' AND (e.of, e.oid, e.attnum, e.inherited) = (c.of, c.oid, c.attnum, c.inherited)
),
column_documents AS MATERIALIZED (
    SELECT of, oid, bool_or(inherited) AS heirs, json_agg(json_strip_nulls(json_build_object(
        'column', CASE WHEN NOT of_index THEN attname END, 'position', CASE WHEN of_index THEN attnum END, 'inherited', inherited,
        'null_frac', null_frac, 'avg_width', avg_width, 'n_distinct', n_distinct,
        'most_common_vals', vals_shown, 'most_common_freqs', CASE WHEN vals_shown IS NOT NULL THEN freqs END,
        'histogram_bounds', bounds_shown, 'correlation', correlation,
        'most_common_elems', elems_shown, 'most_common_elem_freqs', CASE WHEN elems_shown IS NOT NULL THEN elem_freqs END,
        'elem_count_histogram', elem_counts, 'range_length_histogram', lengths_shown,
        'range_empty_frac', CASE WHEN lengths_shown IS NOT NULL THEN empty_frac END, 'range_bounds_histogram', range_bounds_shown,
        'left_out', CASE WHEN (vals IS NOT NULL AND vals_shown IS NULL) OR (bounds IS NOT NULL AND bounds_shown IS NULL)
            OR (elems IS NOT NULL AND elems_shown IS NULL) OR (lengths IS NOT NULL AND lengths_shown IS NULL)
            OR (range_bounds IS NOT NULL AND range_bounds_shown IS NULL) THEN true END,
        'no_ranges', CASE WHEN is_range AND current_setting('server_version_num')::integer < 170000 THEN true END
    )) ORDER BY attnum, inherited) AS document
    FROM shown GROUP BY of, oid, CASE WHEN of = 'expression' THEN inherited END
),
hidden AS (
    SELECT a.attrelid, count(*) AS columns FROM attributes a JOIN relations r ON r.oid = a.attrelid
    LEFT JOIN pg_index i ON i.indexrelid = r.oid
    WHERE NOT has_column_privilege(a.attrelid, a.attnum, 'SELECT') AND (i.indexrelid IS NULL OR i.indkey[a.attnum - 1] = 0)
    GROUP BY a.attrelid
),
relation_documents AS (
    SELECT json_agg(json_strip_nulls(json_build_object(
        'namespace', r.nspname, 'name', r.relname,
        'kind', CASE WHEN r.relkind IN ('i', 'I') THEN 'index' WHEN r.relkind = 'm' THEN 'materialized view' ELSE 'table' END,
        'partitioned', CASE WHEN r.relkind IN ('p', 'I') THEN true END,
        'pages', r.pages, 'relpages', r.relpages, 'reltuples', r.reltuples, 'all_visible', r.relallvisible, 'all_frozen', r.frozen,
        'height', h.height, 'gin', g.facts, 'table_namespace', t.nspname, 'table', t.relname,
        'locked', CASE WHEN r.locked THEN true END,
        'hidden_columns', d.columns,
        'row_security', CASE WHEN r.relrowsecurity AND row_security_active(r.oid) THEN true END,
        'columns', c.document
    )) ORDER BY r.nspname, r.relname) AS document
    FROM relations r
    LEFT JOIN heights h ON h.oid = r.oid
    LEFT JOIN gins g ON g.oid = r.oid
    LEFT JOIN pg_index i ON i.indexrelid = r.oid
    LEFT JOIN relations t ON t.oid = i.indrelid
    LEFT JOIN hidden d ON d.attrelid = r.oid
    LEFT JOIN column_documents c ON c.of = 'column' AND c.oid = r.oid
),
combinations AS (
    SELECT oid, inherited, ord, array_agg(code ORDER BY part) AS codes, bool_and(code IS NOT NULL OR nothing) AS complete
    FROM stand_ins WHERE of = 'extended' GROUP BY oid, inherited, ord
),
combined AS (
    SELECT x.oid, x.inherited, bool_and(:dbdesign_values OR c.complete) AS complete,
        json_agg(json_build_array(CASE WHEN :dbdesign_values THEN (SELECT to_json(array_agg(x.vals[i][k] ORDER BY k))
            FROM generate_subscripts(x.vals, 2) AS k) ELSE to_json(c.codes) END, x.freqs[i], x.base_freqs[i]) ORDER BY i) AS document
    FROM extended x
    CROSS JOIN LATERAL generate_subscripts(x.vals, 1) AS i
    LEFT JOIN combinations c ON (c.oid, c.inherited, c.ord) = (x.oid, x.inherited, i)
    GROUP BY x.oid, x.inherited
),
extended_documents AS (
    SELECT json_agg(json_strip_nulls(json_build_object(
        'namespace', x.nspname, 'name', x.stxname, 'inherited', x.inherited, 'n_distinct', x.nd, 'dependencies', x.deps,
        'keys', array_to_json(x.stxkeys::integer[]), 'expression_statistics', e.document,
        'most_common', CASE WHEN c.complete THEN c.document END, 'left_out', CASE WHEN NOT c.complete THEN true END,
        'unseen', CASE WHEN NOT x.seen THEN true END, 'own', CASE WHEN NOT x.seen THEN x.own END,
        'expressions', CASE WHEN 'e' = ANY (x.stxkind) THEN true END
    )) ORDER BY x.nspname, x.stxname, x.inherited) AS document
    FROM extended x LEFT JOIN combined c ON (c.oid, c.inherited) = (x.oid, x.inherited)
    LEFT JOIN column_documents e ON e.of = 'expression' AND (e.oid, e.heirs) = (x.oid, x.inherited)
),
-- Built-in defaults that differ from those of 18 are named, too.
settings AS (
    SELECT json_object_agg(s.name, CASE WHEN s.here THEN s.value ELSE current_setting(s.name) END ORDER BY s.name) AS document
    FROM (
        SELECT *, name IN ('enable_nestloop', 'jit') AS here, -- set above, so that the session's own value counts
            CASE WHEN name IN ('enable_nestloop', 'jit') THEN reset_val ELSE setting END AS value
        FROM pg_settings
    ) AS s
    LEFT JOIN (VALUES ('hash_mem_multiplier', '2'), ('effective_io_concurrency', '16')) AS of_18 (name, value) ON of_18.name = s.name
    WHERE (s.category LIKE 'Query Tuning%' OR s.name IN ('work_mem', 'hash_mem_multiplier', 'effective_io_concurrency', 'jit',
            'max_parallel_workers_per_gather', 'parallel_leader_participation', 'force_parallel_mode', 'debug_parallel_query'))
        AND s.value IS DISTINCT FROM coalesce(of_18.value, s.boot_val)
)
SELECT json_build_object(
    'dbdesign', 'statistics', 'format', 1,
    'server_version', split_part(current_setting('server_version'), ' ', 1),
    'server_version_num', current_setting('server_version_num')::integer,
    'block_size', current_setting('block_size')::integer,
    'redacted', NOT :dbdesign_values,
    'settings', coalesce((SELECT document FROM settings), '{}'),
    'relations', coalesce((SELECT document FROM relation_documents), '[]'),
    'extended', coalesce((SELECT document FROM extended_documents), '[]'),
    'foreign_tables', (
        SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname) ORDER BY n.nspname, c.relname), '[]')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f'
    )
)::text
-- dbdesign: end
;
ROLLBACK;
