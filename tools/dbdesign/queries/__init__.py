"""What a workload's statements ask of the tables: parsed by sqlglot, resolved against the schema, nothing executed."""
