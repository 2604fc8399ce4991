"""A relational schema, its volumes and its workload from entities and access patterns alone."""
