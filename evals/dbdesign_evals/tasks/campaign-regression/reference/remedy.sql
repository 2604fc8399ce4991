set lock_timeout = '2s';
alter table sale_2026_10 reset (autovacuum_enabled);
analyze sale_2026_10;
