"""CockroachDB: every schema change is an online job; one a transaction, and none beside a change of the primary key."""
