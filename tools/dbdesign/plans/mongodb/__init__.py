"""MongoDB's explain, of both query engines."""
