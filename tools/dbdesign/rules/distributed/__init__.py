"""Rules on where rows land in clustered and distributed storage."""
