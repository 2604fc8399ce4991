"""The lifecycle in CockroachDB: PostgreSQL's where it has the same, row-level TTL, and triggers a row from 24.3 on."""
