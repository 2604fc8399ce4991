"""The lifecycle in PostgreSQL 12 to 18; CockroachDB takes what it shares from here."""
