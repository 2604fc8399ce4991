"""Rules on indexes."""
