"""Checks the statements of written migrations, in their transactions, against the hazards."""
