create index event_kind_at_idx on event (kind, at);
