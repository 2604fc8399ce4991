"""Live database engines, one package or file each.

`postgres` is the embedded PostgreSQL that proves what dbdesign says. Engines know SQL and servers; they know nothing of schemas,
readers or rules.
"""
