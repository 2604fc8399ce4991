"""SQL Server's showplan XML, estimated and actual."""
