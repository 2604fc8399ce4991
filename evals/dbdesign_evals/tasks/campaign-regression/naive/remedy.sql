create index sale_campaign_id_idx on sale (campaign_id);
create index stock_move_moved_at_idx on stock_move (moved_at);
analyze stock_move;
