"""What each engine is like, as data: names, limits, types and features by version, each with its source."""
