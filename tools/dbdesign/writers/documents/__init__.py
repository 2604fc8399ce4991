"""From tables to collections: what the writers of Mongoose and of MongoDB share.

`documents(schema, notes)` gives a DocumentSchema for a relational schema by fixed rules: a collection a table, references where foreign
keys were. What to embed is a decision about access patterns, and not taken here.
"""

from dbdesign.writers.documents.from_tables import documents

__all__ = ["documents"]
