set lock_timeout = '1s';
alter table reading detach partition reading_from_20251001 concurrently;
alter table reading detach partition reading_from_20251011 concurrently;
alter table reading detach partition reading_from_20251021 concurrently;
drop table reading_from_20251001, reading_from_20251011, reading_from_20251021;
