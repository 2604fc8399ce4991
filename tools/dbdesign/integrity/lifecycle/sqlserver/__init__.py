"""The lifecycle in SQL Server 2016 and later: security policies, system-versioned tables, filtered indexes, READPAST."""
