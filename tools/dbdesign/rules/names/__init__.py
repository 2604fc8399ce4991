"""Rules on the names of tables and columns."""
