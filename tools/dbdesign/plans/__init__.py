"""EXPLAIN: plans of every engine read into one tree, measured, judged and compared."""
