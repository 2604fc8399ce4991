"""Rules that hold the schema against the queries that it must carry."""
