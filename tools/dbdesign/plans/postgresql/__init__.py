"""PostgreSQL's EXPLAIN, versions 12 to 18, in its four formats and as people paste them."""
