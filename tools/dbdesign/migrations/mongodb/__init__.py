"""MongoDB: validators go from what was accepted over both shapes to what is to be; documents are changed in batches between."""
