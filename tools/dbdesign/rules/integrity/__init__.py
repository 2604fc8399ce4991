"""Rules on constraints that are missing, so that wrong rows can be stored."""
