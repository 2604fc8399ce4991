"""The production twin: an empty database whose planner behaves as if it were full."""
