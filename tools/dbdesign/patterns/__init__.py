"""Access patterns of a design: those that it says, and those that follow from its schema, its volumes and its workload."""
