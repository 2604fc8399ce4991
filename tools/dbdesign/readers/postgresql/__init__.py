"""PostgreSQL DDL and pg_dump output: executed on the embedded server where that is possible, read by the grammar where not."""
