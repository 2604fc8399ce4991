"""The lifecycle in MySQL 8 and MariaDB 10.6 and later, in what both understand; TiDB takes what it shares from here."""
