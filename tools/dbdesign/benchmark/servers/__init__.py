"""The same rows and the same workload on a server of the user's: MySQL, MariaDB, TiDB, CockroachDB, Citus, PostgreSQL.

Rows are made once, on the embedded PostgreSQL, and sent: as multi-row INSERTs to MySQL's family, by COPY to PostgreSQL's. So every server
holds the same, which checksums of each table show, and each query's rows can be compared.

What the tests execute, and where:

- MariaDB 10.11: everything.
- PostgreSQL 18 as the other server: everything; with stand-ins for Citus's functions also what is said to Citus 13, on one node.
- MySQL 8.4 and TiDB 8.5: the sessions, loads, comparisons and queries of their family on MariaDB. Their own words (EXPLAIN ANALYZE,
  AUTO_RANDOM, CLUSTERED, max_execution_time, collations of MySQL) are in golden files, by the vendors' documentation.
- CockroachDB 25.4: the session, COPY, comparison and workload on PostgreSQL. Its own words (types, STORING, USING HASH, crc32ieee,
  EXPLAIN ANALYZE) are in golden files, by the vendor's documentation.
"""
