"""The lifecycle in SQLite: triggers and partial indexes; one writer at a time, no roles, no procedures."""
