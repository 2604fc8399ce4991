"""Benchmarks on generated data: rows that follow a design's volumes, the workload with real parameters, and a report."""
