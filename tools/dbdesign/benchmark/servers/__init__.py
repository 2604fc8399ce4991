"""The same rows and the same workload on a server of the user's: MySQL, MariaDB, TiDB, CockroachDB, Citus, PostgreSQL."""
