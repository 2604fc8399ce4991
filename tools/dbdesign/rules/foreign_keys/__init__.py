"""Rules on foreign keys and on references that should be ones."""
