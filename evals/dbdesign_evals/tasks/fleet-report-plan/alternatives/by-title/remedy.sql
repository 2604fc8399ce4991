create index concurrently if not exists reading_2023_07_dev_at on public.reading_2023_07 using btree (device_id, at);
alter index public.reading_device_id_at_idx attach partition public.reading_2023_07_dev_at;
drop index concurrently reading_2023_07_at_idx;
