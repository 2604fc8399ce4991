"""Rules on how facts are laid out in tables and columns."""
