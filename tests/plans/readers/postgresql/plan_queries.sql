-- Queries that together show every node type and every property of EXPLAIN. `-- set:` settings for the query, `-- before:` a statement that
-- is run before each EXPLAIN, in the transaction that is rolled back after it.

-- a whole table
SELECT * FROM orders;
-- a filter
SELECT * FROM orders WHERE total > 400;
-- a filter that nothing passes
SELECT * FROM orders WHERE total < 0;
-- two conditions
SELECT id FROM orders WHERE total > 100 AND note LIKE '%9';
-- a filter with or
SELECT id FROM orders WHERE total > 490 OR note = 'note 10';
-- a text literal of two lines
SELECT id FROM orders WHERE note = 'first line
second: line' OR note = '  ->  Seq Scan on nothing  (cost=0.00..1.00 rows=1 width=4)';
-- a literal with a quote and braces
SELECT id FROM orders WHERE note = 'it''s {a, "b"} <c> & (d';
-- a literal with a colon and unicode
SELECT id FROM orders WHERE note = 'Straße: größer → kleiner 価格';
-- an index scan by key
SELECT * FROM orders WHERE id = 42;
-- an index scan with a filter
SELECT * FROM orders WHERE id < 100 AND total > 50;
-- an index scan by a secondary key
-- set: enable_bitmapscan=off
SELECT * FROM orders WHERE customer_id = 17;
-- an index only scan
-- set: enable_bitmapscan=off enable_seqscan=off
SELECT product_id, quantity FROM order_lines WHERE product_id = 5;
-- an index only scan with a filter
-- set: enable_bitmapscan=off enable_seqscan=off
SELECT quantity FROM order_lines WHERE product_id BETWEEN 5 AND 9 AND quantity > 3;
-- backwards
SELECT * FROM orders ORDER BY id DESC LIMIT 3;
-- a limit with an offset
SELECT * FROM orders ORDER BY id LIMIT 5 OFFSET 1000;
-- a limit in a filter walk
-- set: enable_seqscan=off enable_sort=off
SELECT * FROM orders WHERE total = 77.5 ORDER BY id LIMIT 2;
-- skip scan over a leading column
-- set: enable_seqscan=off enable_bitmapscan=off
SELECT id FROM orders WHERE created = timestamp '2024-03-01';
-- in a list
SELECT * FROM orders WHERE id IN (1, 5, 9, 4000);
-- a bitmap scan
-- set: enable_seqscan=off enable_indexscan=off
SELECT * FROM orders WHERE customer_id = 17;
-- bitmap or
-- set: enable_seqscan=off enable_indexscan=off
SELECT * FROM orders WHERE customer_id = 17 OR status = 'new';
-- bitmap and
-- set: enable_seqscan=off enable_indexscan=off
SELECT * FROM orders WHERE customer_id < 300 AND status = 'new' AND created < timestamp '2024-02-01';
-- a lossy bitmap by brin
-- set: enable_seqscan=off enable_indexscan=off
SELECT * FROM orders WHERE created BETWEEN timestamp '2024-02-01' AND timestamp '2024-02-03';
-- gin over jsonb
-- set: enable_seqscan=off
SELECT id FROM customers WHERE profile @> '{"level": 3}';
-- gin over an array
-- set: enable_seqscan=off
SELECT id FROM products WHERE tags @> ARRAY['t1', 'u2'];
-- a bitmap too small for its memory
-- set: work_mem=64kB enable_seqscan=off enable_indexscan=off enable_indexonlyscan=off
SELECT count(*) FROM order_lines WHERE product_id > 20;
-- an expression index
-- set: enable_seqscan=off
SELECT id FROM customers WHERE lower(email) = 'c12@example.org';
-- a partial index
-- set: enable_seqscan=off enable_bitmapscan=off
SELECT id FROM orders WHERE note IS NOT NULL AND created > timestamp '2024-07-01';
-- tid
SELECT * FROM orders WHERE ctid = '(0,1)';
-- tid range
SELECT * FROM orders WHERE ctid < '(2,0)';
-- tid list
SELECT * FROM orders WHERE ctid IN ('(0,1)', '(1,2)') AND total > 0;
-- a sample
SELECT id FROM orders TABLESAMPLE SYSTEM (50) REPEATABLE (7);
-- a bernoulli sample
SELECT id FROM orders TABLESAMPLE BERNOULLI (10) REPEATABLE (1) WHERE total > 10;
-- values
SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) v (n, t) WHERE n > 1;
-- a function scan
SELECT * FROM generate_series(1, 10) g WHERE g > 5;
-- a function scan without an alias
SELECT * FROM generate_series(1, 3);
-- a function with ordinality
SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY u (v, n);
-- a table function
SELECT * FROM json_table('[{"a": 3}]'::jsonb, '$[*]' COLUMNS (a integer PATH '$.a'));
-- a json table
SELECT * FROM json_table('[{"a": 1}, {"a": 2}]'::jsonb, '$[*]' COLUMNS (a integer PATH '$.a')) j;
-- one row
SELECT 1 AS one, now() IS NOT NULL AS yes;
-- nothing at all
SELECT * FROM orders WHERE false;
-- a one-time filter
SELECT * FROM orders WHERE current_user = 'nobody at all' AND id < 10;
-- a set in the target list
SELECT id, generate_series(1, 2) FROM products WHERE id < 5;
-- a sort
SELECT * FROM orders ORDER BY total, note NULLS FIRST;
-- a sort with collation and direction
SELECT name FROM customers ORDER BY name COLLATE "C" DESC, joined LIMIT 10;
-- a top-n sort
SELECT * FROM orders ORDER BY total DESC LIMIT 10;
-- a sort on disk
-- set: work_mem=64kB
SELECT * FROM orders ORDER BY total, id;
-- an incremental sort
-- set: enable_seqscan=off enable_bitmapscan=off
SELECT * FROM orders ORDER BY status, created, total;
-- an incremental sort with a limit
-- set: enable_seqscan=off enable_bitmapscan=off
SELECT * FROM orders ORDER BY customer_id, total LIMIT 100;
-- an incremental sort of large groups
-- set: enable_seqscan=off enable_bitmapscan=off work_mem=64kB
SELECT * FROM orders WHERE status IN ('done', 'new') ORDER BY status, total;
-- a plain aggregate
SELECT count(*), max(total) FROM orders;
-- an aggregate with a filter and an order
SELECT count(*) FILTER (WHERE total > 10), string_agg(status, ',' ORDER BY status) FROM orders WHERE id < 50;
-- a hashed aggregate
SELECT status, count(*) FROM orders GROUP BY status;
-- a hashed aggregate on disk
-- set: work_mem=64kB enable_sort=off
SELECT created, count(*) FROM orders GROUP BY created;
-- a sorted aggregate
-- set: enable_hashagg=off
SELECT status, count(*) FROM orders GROUP BY status;
-- having
SELECT customer_id, sum(total) FROM orders GROUP BY customer_id HAVING sum(total) > 1300;
-- group without aggregates
-- set: enable_hashagg=off
SELECT status FROM orders GROUP BY status;
-- grouping by expressions with commas
SELECT coalesce(note, 'a,b'), substr(status, 1, 2), count(*) FROM orders GROUP BY 1, 2;
-- grouping sets
SELECT status, customer_id % 3, count(*) FROM orders GROUP BY GROUPING SETS ((status), (customer_id % 3), ());
-- rollup
-- set: enable_hashagg=off
SELECT status, customer_id % 3 AS third, count(*) FROM orders GROUP BY ROLLUP (status, customer_id % 3);
-- cube
SELECT status, customer_id % 3 AS third, count(*) FROM orders GROUP BY CUBE (status, customer_id % 3);
-- sorted grouping sets
-- set: enable_hashagg=off
SELECT status, customer_id % 3 AS third, count(*) FROM orders GROUP BY GROUPING SETS ((status), (customer_id % 3));
-- distinct
SELECT DISTINCT status FROM orders;
-- distinct by sorting
-- set: enable_hashagg=off
SELECT DISTINCT status, note FROM orders;
-- distinct on
SELECT DISTINCT ON (customer_id) customer_id, created FROM orders ORDER BY customer_id, created DESC;
-- a window
SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY created) FROM orders;
-- a named window with a frame
SELECT id, sum(total) OVER w, avg(total) OVER w FROM orders WINDOW w AS (PARTITION BY status ORDER BY created ROWS BETWEEN 3 PRECEDING AND CURRENT ROW);
-- a window with a run condition
SELECT * FROM (SELECT id, row_number() OVER (ORDER BY created) AS n FROM orders) s WHERE n <= 3;
-- two windows
SELECT id, rank() OVER (ORDER BY total), lag(total) OVER (PARTITION BY status ORDER BY id) FROM orders WHERE id < 500;
-- union all
SELECT id FROM orders WHERE id < 10 UNION ALL SELECT id FROM customers WHERE id < 10;
-- union
SELECT id FROM orders WHERE id < 10 UNION SELECT id FROM customers WHERE id < 10;
-- except
SELECT id FROM customers EXCEPT SELECT customer_id FROM orders WHERE total > 100;
-- except all by sorting
-- set: enable_hashagg=off
SELECT id FROM customers EXCEPT ALL SELECT customer_id FROM orders;
-- intersect
SELECT id FROM customers INTERSECT SELECT id FROM products;
-- intersect all
SELECT id FROM customers INTERSECT ALL SELECT id FROM products;
-- a nested loop
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id < 5;
-- a nested loop with many runs
-- set: enable_hashjoin=off enable_mergejoin=off enable_memoize=off
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 450;
-- memoize
-- set: enable_hashjoin=off enable_mergejoin=off
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
-- memoize with evictions
-- set: enable_hashjoin=off enable_mergejoin=off work_mem=64kB hash_mem_multiplier=1
SELECT o.id, c.name, c.email FROM orders o JOIN customers c ON c.id = o.customer_id;
-- memoize with a binary key
-- set: enable_hashjoin=off enable_mergejoin=off enable_nestloop=on
SELECT count(*) FROM orders o, LATERAL (SELECT count(*) FROM customers c WHERE c.id < o.customer_id AND c.id < 20) s;
-- a nested loop with a join filter
SELECT count(*) FROM products a JOIN products b ON a.price < b.price AND a.id <> b.id WHERE a.id < 30;
-- a nested loop with a materialized side
-- set: enable_hashjoin=off enable_mergejoin=off
SELECT count(*) FROM customers c JOIN products p ON p.price = c.id;
-- a cross join
SELECT count(*) FROM products a CROSS JOIN products b;
-- a hash join
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
-- a hash join with a join filter
SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id AND c.joined < o.created::date;
-- a hash left join
SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.total > 499;
-- a hash right join
SELECT c.id, o.id FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id WHERE c.country = 'de';
-- a hash full join
SELECT count(*) FROM orders o FULL JOIN customers c ON o.customer_id = c.id;
-- a hash join in batches
-- set: work_mem=64kB hash_mem_multiplier=1
SELECT count(*) FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.total >= 0 AND length(o.note || o.status) IS NULL;
-- a merge join
-- set: enable_hashjoin=off enable_nestloop=off
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
-- a merge left join
-- set: enable_hashjoin=off enable_nestloop=off
SELECT count(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id;
-- a merge full join
-- set: enable_hashjoin=off enable_nestloop=off
SELECT count(*) FROM orders o FULL JOIN customers c ON o.customer_id = c.id;
-- a merge join with a filter
-- set: enable_hashjoin=off enable_nestloop=off
SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id AND c.joined < o.created::date;
-- a merge join with materialize
-- set: enable_hashjoin=off enable_nestloop=off
SELECT count(*) FROM orders a JOIN orders b ON a.total = b.total;
-- a semi join
SELECT id FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.total > 490);
-- a semi join by a nested loop
-- set: enable_hashjoin=off enable_mergejoin=off enable_hashagg=off enable_sort=off
SELECT id FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.total > 490);
-- an anti join
SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.total > 100);
-- an anti join by a nested loop
-- set: enable_hashjoin=off enable_mergejoin=off
SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.total > 100);
-- a right semi join
SELECT count(*) FROM order_lines l WHERE l.order_id IN (SELECT id FROM orders WHERE total > 499);
-- three tables
SELECT c.country, sum(l.quantity) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id GROUP BY c.country ORDER BY 2 DESC;
-- four tables with a view
SELECT c.name, t.amount FROM order_totals t JOIN customers c ON c.id = t.customer_id WHERE t.id < 50;
-- the same table thrice
SELECT count(*) FROM tree a JOIN tree b ON b.parent = a.id LEFT JOIN tree c ON c.parent = b.id;
-- a scalar subquery
SELECT id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE id < 20;
-- a scalar subquery that runs once
SELECT * FROM orders WHERE total > (SELECT avg(total) FROM orders);
-- two subqueries that run once
SELECT count(*) FROM orders WHERE total > (SELECT avg(total) FROM orders) AND id < (SELECT max(id) / 2 FROM orders);
-- a subquery in the target list that runs once
SELECT (SELECT max(total) FROM orders), (SELECT count(*) FROM customers) FROM products WHERE id < 3;
-- a hashed subplan
SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_lines WHERE quantity = 5);
-- an unhashed subplan
-- set: work_mem=64kB
SELECT count(*) FROM products WHERE id NOT IN (SELECT order_id FROM order_lines);
-- exists or
SELECT count(*) FROM customers c WHERE country = 'de' OR EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.total > 499);
-- any of a subquery with a condition
SELECT id FROM products p WHERE price > ANY (SELECT total FROM orders o WHERE o.id = p.id);
-- a subplan below a subplan
SELECT id, (SELECT max(total) FROM orders o WHERE o.customer_id = c.id AND o.id > (SELECT min(order_id) FROM order_lines l WHERE l.product_id = c.id)) FROM customers c WHERE id < 10;
-- an array of a subquery
SELECT id, ARRAY(SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY 1) FROM customers c WHERE c.id IN (3, 4);
-- a row of a subquery
SELECT (SELECT ROW(min(id), max(id)) FROM orders) AS pair;
-- a common table expression
WITH recent AS MATERIALIZED (SELECT * FROM orders WHERE created > timestamp '2024-07-01') SELECT count(*) FROM recent WHERE total > 10;
-- a common table expression read twice
WITH big AS MATERIALIZED (SELECT * FROM orders WHERE total > 300) SELECT count(*) FROM big a JOIN big b USING (customer_id);
-- two common table expressions, one of the other
WITH a AS MATERIALIZED (SELECT * FROM orders WHERE total > 300), b AS MATERIALIZED (SELECT customer_id, count(*) AS n FROM a GROUP BY 1) SELECT * FROM b JOIN customers c ON c.id = b.customer_id WHERE n > 1;
-- a common table expression cut by a limit
WITH a AS MATERIALIZED (SELECT * FROM orders) SELECT * FROM a LIMIT 5;
-- a common table expression that changes data and is not read
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
WITH gone AS (DELETE FROM bin WHERE id < 10 RETURNING *) SELECT count(*) FROM orders;
-- a common table expression that changes data and is read
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
WITH gone AS (UPDATE bin SET price = price + 1 WHERE id < 10 RETURNING *) SELECT sum(price) FROM gone;
-- a recursive query
WITH RECURSIVE below AS (SELECT id, 0 AS depth FROM tree WHERE id = 1 UNION ALL SELECT t.id, b.depth + 1 FROM tree t JOIN below b ON t.parent = b.id) SELECT depth, count(*) FROM below GROUP BY depth;
-- a recursive query without duplicates
WITH RECURSIVE n AS (SELECT 1 AS i UNION SELECT i % 10 + 1 FROM n) SELECT * FROM n;
-- a lateral join
SELECT c.id, l.* FROM customers c CROSS JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.total DESC LIMIT 2) l WHERE c.id < 30;
-- a lateral function
SELECT p.id, u.tag FROM products p, unnest(p.tags) AS u (tag) WHERE p.id < 20;
-- a subquery scan
SELECT * FROM (SELECT id, row_number() OVER (ORDER BY total) AS n FROM orders) s WHERE n % 100 = 0;
-- all partitions
SELECT count(*) FROM events;
-- one partition
SELECT count(*) FROM events WHERE at = date '2024-05-05';
-- two partitions by an index
-- set: enable_seqscan=off enable_bitmapscan=off
SELECT * FROM events WHERE kind = 'kind 3' AND at > date '2024-12-01';
-- partitions in order
-- set: enable_seqscan=off enable_bitmapscan=off enable_sort=off enable_incremental_sort=off
SELECT * FROM events ORDER BY kind, at LIMIT 10;
-- partitions pruned at run time
SELECT count(*) FROM events WHERE at < (SELECT min(created)::date FROM orders);
-- partitions pruned at start
SELECT count(*) FROM events WHERE at < current_date - 36000;
-- partitions joined with each other
-- set: enable_partitionwise_join=on enable_partitionwise_aggregate=on
SELECT a.at, count(*) FROM events a JOIN events b ON a.at = b.at AND a.id = b.id GROUP BY a.at;
-- an insert
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
INSERT INTO bin VALUES (1000, 'x', 1), (1001, 'y', 2);
-- an insert from a select
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
INSERT INTO bin SELECT id + 5000, title, price, tags FROM products WHERE id < 50;
-- an insert that updates on conflict
-- before: CREATE TEMP TABLE bin (id integer PRIMARY KEY, n integer DEFAULT 0); INSERT INTO bin SELECT g FROM generate_series(1, 20) g
INSERT INTO bin SELECT g FROM generate_series(10, 30) g ON CONFLICT (id) DO UPDATE SET n = bin.n + 1 WHERE bin.id > 12;
-- an insert that does nothing on conflict
-- before: CREATE TEMP TABLE bin (id integer PRIMARY KEY, n integer DEFAULT 0); INSERT INTO bin SELECT g FROM generate_series(1, 20) g
INSERT INTO bin SELECT g FROM generate_series(10, 30) g ON CONFLICT DO NOTHING;
-- an insert into a partitioned table
-- before: CREATE TEMP TABLE seen (id bigint, at date) PARTITION BY RANGE (at); CREATE TEMP TABLE seen_1 PARTITION OF seen FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TEMP TABLE seen_2 PARTITION OF seen DEFAULT
INSERT INTO seen SELECT g, date '2024-12-30' + g FROM generate_series(1, 5) g;
-- an update
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
UPDATE bin SET price = price * 2 WHERE id < 20;
-- an update of a partitioned table
-- before: CREATE TEMP TABLE seen (id bigint, at date, note text) PARTITION BY RANGE (at); CREATE TEMP TABLE seen_1 PARTITION OF seen FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TEMP TABLE seen_2 PARTITION OF seen DEFAULT; INSERT INTO seen SELECT g, date '2024-12-01' + g, 'x' FROM generate_series(1, 60) g
UPDATE seen SET note = 'y' WHERE at BETWEEN date '2024-12-25' AND date '2025-01-05';
-- an update from a join
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
UPDATE bin SET title = c.name FROM customers c WHERE c.id = bin.id AND c.country = 'de' RETURNING bin.id;
-- a delete
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
DELETE FROM bin WHERE price > 50;
-- a delete that cascades
-- before: CREATE TEMP TABLE parent (id integer PRIMARY KEY); CREATE TEMP TABLE child (id integer REFERENCES parent ON DELETE CASCADE); INSERT INTO parent SELECT g FROM generate_series(1, 50) g; INSERT INTO child SELECT g FROM generate_series(1, 50) g
DELETE FROM parent WHERE id < 5;
-- a merge
-- before: CREATE TEMP TABLE bin AS SELECT * FROM products
MERGE INTO bin b USING (SELECT g AS id FROM generate_series(190, 210) g) s ON b.id = s.id WHEN MATCHED AND b.id < 195 THEN DELETE WHEN MATCHED THEN UPDATE SET price = 0 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm', 1, '{}');
-- triggers
-- before: CREATE TEMP TABLE bin AS SELECT * FROM orders LIMIT 10; CREATE TRIGGER stamp BEFORE UPDATE ON bin FOR EACH ROW EXECUTE FUNCTION stamp(); CREATE TRIGGER "Watch it" AFTER UPDATE ON bin FOR EACH ROW EXECUTE FUNCTION watch()
UPDATE bin SET total = 1;
-- rows locked
SELECT * FROM customers WHERE id < 4 FOR UPDATE;
-- rows locked with a join
SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 4 FOR SHARE OF o SKIP LOCKED;
-- a new table
CREATE TEMP TABLE copied_rows AS SELECT * FROM products WHERE id < 10;
-- a materialized view
CREATE MATERIALIZED VIEW seen AS SELECT status, count(*) FROM orders GROUP BY status;
-- a cursor
DECLARE c CURSOR FOR SELECT * FROM orders ORDER BY id;
-- odd names
SELECT "Väl: ue", "quo""te" FROM "Odd Names"."Order -> Lines" WHERE "Id" = 7;
-- odd names with an alias
-- set: enable_seqscan=off
SELECT "x y"."Id" FROM "Odd Names"."Order -> Lines" "x y" WHERE "x y"."Väl: ue" = 'v1' ORDER BY "x y"."quo""te";
-- an odd table expression name
WITH "My CTE: 1" AS MATERIALIZED (SELECT id FROM orders WHERE id < 5) SELECT * FROM "My CTE: 1" "m c";
-- an alias that is a table's name
SELECT customers.id FROM orders customers WHERE customers.id < 5;
-- a function in a filter
SELECT id FROM orders WHERE twice(id) = 100;
-- a cast in a filter
SELECT id FROM orders WHERE id::text = '77';
-- a pattern
SELECT id FROM customers WHERE email LIKE 'c99%';
-- json operators that look like arrows
SELECT id FROM customers WHERE profile -> 'level' = '3'::jsonb AND profile ->> 'city' = 'city 8' AND (profile #>> '{level}')::int > 1;
-- a regular expression
SELECT id FROM customers WHERE name ~ '^customer (1|2)0+$' OR name ~* 'X{2,3}';
-- an array condition
SELECT id FROM orders WHERE status = ANY (ARRAY['new', 'a,b', 'c"d']) AND id < 100;
-- a case expression
SELECT CASE WHEN total > 100 THEN 'big' ELSE 'small' END AS size, count(*) FROM orders GROUP BY 1 ORDER BY 1;
-- disabled nodes
-- set: enable_seqscan=off
SELECT count(*) FROM products WHERE title = 'product 5';
-- disabled joins
-- set: enable_hashjoin=off enable_mergejoin=off enable_nestloop=off
SELECT count(*) FROM products a JOIN products b ON a.price = b.price;
-- in parallel
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off
SELECT * FROM orders WHERE total > 400;
-- a parallel aggregate
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off
SELECT status, count(*) FROM orders GROUP BY status ORDER BY status;
-- a gather merge
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_indexscan=off
SELECT * FROM orders ORDER BY total, id;
-- a parallel hash join
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_mergejoin=off enable_nestloop=off
SELECT count(*) FROM orders o JOIN order_lines l ON l.order_id = o.id;
-- a parallel hash join in batches
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_mergejoin=off enable_nestloop=off work_mem=64kB hash_mem_multiplier=1
SELECT count(*) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE length(o.status || coalesce(o.note, '')) > 0;
-- a parallel index scan
-- set: min_parallel_table_scan_size=0 min_parallel_index_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_seqscan=off enable_bitmapscan=off
SELECT count(total) FROM orders WHERE customer_id < 500;
-- a parallel bitmap scan
-- set: min_parallel_table_scan_size=0 min_parallel_index_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_seqscan=off enable_indexscan=off enable_indexonlyscan=off
SELECT count(total) FROM orders WHERE customer_id < 300;
-- a parallel append
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off
SELECT count(*) FROM events;
-- memoize in a worker
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_hashjoin=off enable_mergejoin=off
SELECT count(c.name) FROM orders o JOIN customers c ON c.id = o.customer_id;
-- an incremental sort in a worker
-- set: min_parallel_table_scan_size=0 min_parallel_index_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=1 parallel_leader_participation=off enable_seqscan=off enable_bitmapscan=off
SELECT * FROM orders ORDER BY customer_id, total;
-- a subquery for workers
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2
SELECT count(*) FROM orders WHERE total > (SELECT avg(price) FROM products);
-- a single worker by force
-- set: debug_parallel_query=on
SELECT sum(total) FROM orders;
-- in parallel with the leader
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2
SELECT count(*) FROM order_lines;
-- workers that were not there
-- set: min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0 max_parallel_workers_per_gather=2 max_parallel_workers=0
SELECT count(*) FROM order_lines;
-- just-in-time compilation
-- set: jit=on jit_above_cost=0 jit_inline_above_cost=0 jit_optimize_above_cost=0
SELECT count(*) FROM orders WHERE total > 10;
-- never executed
SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = -5;
-- a nested loop never executed
-- set: enable_hashjoin=off enable_mergejoin=off
SELECT * FROM products p LEFT JOIN orders o ON o.id = p.id WHERE p.price < 0;
-- a limit of nothing
SELECT * FROM orders LIMIT 0;
-- limit with ties
SELECT id, total FROM orders ORDER BY total FETCH FIRST 3 ROWS WITH TIES;
-- fractional rows
SELECT count(*) FROM customers c LEFT JOIN LATERAL (SELECT 1 FROM orders o WHERE o.id = c.id * 4) x ON true WHERE c.id < 2000;
-- a long list of columns
SELECT o.*, c.*, p.* FROM orders o, customers c, products p WHERE o.id = c.id AND p.id = c.id;
-- a wide condition
SELECT id FROM orders WHERE (id, customer_id) IN ((1, 2), (3, 4), (5, 6)) AND NOT (status IN ('new', 'paid') AND total BETWEEN 10 AND 20);
-- many branches
SELECT id FROM orders WHERE id = 1 UNION ALL SELECT id FROM orders WHERE id = 2 UNION ALL SELECT id FROM orders WHERE id = 3 UNION ALL SELECT id FROM orders WHERE id = 4;
-- nested aggregates
SELECT avg(n) FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) s;
-- a join that removes itself
SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id < 4;
-- a sum over a join in order
SELECT o.id, sum(l.quantity) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id ORDER BY o.id LIMIT 20;
-- a subplan beside the inputs of a join
SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id + p.id) FROM customers c JOIN products p ON p.id = c.id WHERE c.id < 5;
-- a subplan in a join's condition
-- set: enable_hashjoin=off enable_mergejoin=off
SELECT count(*) FROM customers c LEFT JOIN products p ON p.id = c.id AND p.price > (SELECT avg(total) / 10 FROM orders o WHERE o.customer_id = c.id + p.id) WHERE c.id < 20;
-- a subplan that runs once, inputs, and a subplan for each row
SELECT c.id, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id + p.id) FROM customers c JOIN products p ON p.id = c.id WHERE c.id < (SELECT count(*) / 40 FROM products) ORDER BY 2;
-- a subplan in an aggregate's filter
SELECT c.country, sum((SELECT count(*) FROM orders o WHERE o.customer_id = c.id)) FROM customers c WHERE c.id < 40 GROUP BY c.country HAVING sum(c.id) > (SELECT min(id) FROM products p WHERE p.price > length(c.country));
-- subplans on two levels
SELECT s.id, (SELECT count(*) FROM products p WHERE p.id < s.n) FROM (SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c WHERE c.id < 10 OFFSET 0) s;
