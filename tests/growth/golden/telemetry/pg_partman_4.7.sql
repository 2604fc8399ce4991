-- readings
SELECT partman.create_parent(p_parent_table := 'public.readings', p_control := 'taken_at', p_type := 'native', p_interval := 'daily', p_premake := 4);
UPDATE partman.part_config SET retention = '180 days', retention_keep_table = false, infinite_time_partitions = true WHERE parent_table = 'public.readings';
CALL partman.run_maintenance_proc();
-- alarms
SELECT partman.create_parent(p_parent_table := 'public.alarms', p_control := 'raised_at', p_type := 'native', p_interval := 'weekly', p_premake := 4);
UPDATE partman.part_config SET retention = '180 days', retention_keep_table = false, infinite_time_partitions = true WHERE parent_table = 'public.alarms';
CALL partman.run_maintenance_proc();
