set lock_timeout = '2s';
alter table reading detach partition reading_2025_10 concurrently;
drop table reading_2025_10;
