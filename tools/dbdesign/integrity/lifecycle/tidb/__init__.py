"""The lifecycle in TiDB: TTL tables, and what MySQL's parts need no triggers, procedures or SKIP LOCKED for."""
