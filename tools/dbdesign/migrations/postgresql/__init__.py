"""PostgreSQL 12 to 18: from operations to phases whose steps hold no dangerous lock for long."""
