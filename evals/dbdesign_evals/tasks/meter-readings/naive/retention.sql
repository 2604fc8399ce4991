delete from reading where at < '2025-11-01 00:00+00';
