-- The parent as well: nobody but us analyses a partitioned table.
begin;
set local lock_timeout = '1s';
alter table only sale_2026_10 reset (autovacuum_enabled);
commit;
analyze (verbose) sale;
