"""Designs for Redis: a structure for each use, keys, memory, scripts, and what serves each pattern."""
