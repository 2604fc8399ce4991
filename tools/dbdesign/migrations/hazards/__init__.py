"""What is dangerous in a migration: one hazard a file, registered by import; each file's docstring is its page."""
