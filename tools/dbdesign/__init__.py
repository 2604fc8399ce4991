"""dbdesign: reads, reviews, draws and generates database schemas, and proves what it says."""
