set lock_timeout = '2s';
alter table reading_q4_2025 detach partition reading_202510 concurrently;
drop table reading_202510;
