"""Runs what a lifecycle is made of on the embedded server, on generated rows, and says what was executed and seen."""
