alter table sale_2026_10 set (autovacuum_enabled = true, autovacuum_analyze_scale_factor = 0.02);
vacuum (analyze) sale_2026_10;
