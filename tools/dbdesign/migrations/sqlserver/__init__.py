"""SQL Server 2019 and 2022, and Azure SQL: online, resumable and patient where the edition and the version can be."""
