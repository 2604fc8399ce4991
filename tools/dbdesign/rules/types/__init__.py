"""Rules on data types."""
