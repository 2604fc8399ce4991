"""TiDB: every change of a table is online and a job in a queue; what its jobs cannot do is left to people."""
