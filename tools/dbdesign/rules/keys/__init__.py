"""Rules on primary and unique keys."""
