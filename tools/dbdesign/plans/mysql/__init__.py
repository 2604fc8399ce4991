"""EXPLAIN of MySQL (tabular, JSON 1 and 2, TREE, ANALYZE) and of MariaDB (tabular, JSON, ANALYZE)."""
