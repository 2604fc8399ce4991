"""Readers: one file an input format; each turns text, or a live catalog, into a `Schema`.

To add one, add a module here that defines `READER = Reader(...)`; it is found by name.
"""
