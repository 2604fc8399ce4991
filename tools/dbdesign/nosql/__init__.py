"""Designs for document and key-value stores, computed from access patterns: one package an engine, which defines `DESIGNER`."""
