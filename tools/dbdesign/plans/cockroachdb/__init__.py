"""CockroachDB's EXPLAIN and EXPLAIN ANALYZE."""
