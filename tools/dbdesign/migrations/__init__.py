"""Migrations: what differs between two schemas, the safe way from one to the other, and what is dangerous in a written one."""
