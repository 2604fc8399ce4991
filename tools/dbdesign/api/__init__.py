"""The tools: one file a tool, one typed function in it. The command line and the MCP server wrap these and nothing else."""
