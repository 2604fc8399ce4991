"""dbdesign over MCP and on the command line."""
