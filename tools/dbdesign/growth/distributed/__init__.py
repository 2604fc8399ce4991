"""What a sharded design looks like on each distributed engine: its DDL, its routing, and what of the schema it does not have."""
