"""MySQL 8.0 and 8.4: every ALTER TABLE with its ALGORITHM and LOCK said, so that it fails where it would degrade; copies left to tools."""
