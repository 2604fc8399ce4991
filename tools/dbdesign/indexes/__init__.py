"""Index advice: candidates from a workload, costs from the twin's planner, and the selection within a budget."""
