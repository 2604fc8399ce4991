set lock_timeout = '2s';
create index concurrently reading_2023_07_device_id_at_idx on reading_2023_07 (device_id, at);
alter index reading_device_id_at_idx attach partition reading_2023_07_device_id_at_idx;
