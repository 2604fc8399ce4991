"""Writers of migrations: one file a tool; each turns a `MigrationPlan` into that tool's files, numbered on from the project's own.

To add one, add a module or package here that defines `WRITER = MigrationWriter(...)`; it is found by name.
"""
