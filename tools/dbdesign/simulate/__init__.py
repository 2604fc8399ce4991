"""What PostgreSQL's planner will do with a workload at production scale: plans, pages, findings, growth, writes, latency."""
