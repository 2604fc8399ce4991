-- The same columns in another index would not be attached; build the missing one, then a plain CREATE INDEX on the parent only attaches what is there.
create index concurrently reading_2023_07_device_id_at_idx on reading_2023_07 (device_id, at);
begin;
set local lock_timeout = '1s';
alter index reading_device_id_at_idx attach partition reading_2023_07_device_id_at_idx;
commit;
analyze reading_2023_07;
