"""Which databases, ORMs and migration tools a repository uses: evidence collected, weighed, and shown with its lines."""
