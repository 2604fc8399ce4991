-- The tables of the campaign report, as they are in production.
create table store (
  id integer primary key,
  region text not null,
  city text not null
);

create table product (
  id integer primary key,
  category text not null,
  brand text not null,
  cost numeric(10, 2) not null
);

create table sale (
  id bigint not null,
  store_id integer not null,
  product_id integer not null,
  campaign_id integer,
  sold_at timestamptz not null,
  amount numeric(10, 2) not null
) partition by range (sold_at);

create table sale_2022_01 partition of sale for values from ('2022-01-01 00:00+00') to ('2022-02-01 00:00+00');
create table sale_2022_02 partition of sale for values from ('2022-02-01 00:00+00') to ('2022-03-01 00:00+00');
create table sale_2022_03 partition of sale for values from ('2022-03-01 00:00+00') to ('2022-04-01 00:00+00');
create table sale_2022_04 partition of sale for values from ('2022-04-01 00:00+00') to ('2022-05-01 00:00+00');
create table sale_2022_05 partition of sale for values from ('2022-05-01 00:00+00') to ('2022-06-01 00:00+00');
create table sale_2022_06 partition of sale for values from ('2022-06-01 00:00+00') to ('2022-07-01 00:00+00');
create table sale_2022_07 partition of sale for values from ('2022-07-01 00:00+00') to ('2022-08-01 00:00+00');
create table sale_2022_08 partition of sale for values from ('2022-08-01 00:00+00') to ('2022-09-01 00:00+00');
create table sale_2022_09 partition of sale for values from ('2022-09-01 00:00+00') to ('2022-10-01 00:00+00');
create table sale_2022_10 partition of sale for values from ('2022-10-01 00:00+00') to ('2022-11-01 00:00+00');
create table sale_2022_11 partition of sale for values from ('2022-11-01 00:00+00') to ('2022-12-01 00:00+00');
create table sale_2022_12 partition of sale for values from ('2022-12-01 00:00+00') to ('2023-01-01 00:00+00');
create table sale_2023_01 partition of sale for values from ('2023-01-01 00:00+00') to ('2023-02-01 00:00+00');
create table sale_2023_02 partition of sale for values from ('2023-02-01 00:00+00') to ('2023-03-01 00:00+00');
create table sale_2023_03 partition of sale for values from ('2023-03-01 00:00+00') to ('2023-04-01 00:00+00');
create table sale_2023_04 partition of sale for values from ('2023-04-01 00:00+00') to ('2023-05-01 00:00+00');
create table sale_2023_05 partition of sale for values from ('2023-05-01 00:00+00') to ('2023-06-01 00:00+00');
create table sale_2023_06 partition of sale for values from ('2023-06-01 00:00+00') to ('2023-07-01 00:00+00');
create table sale_2023_07 partition of sale for values from ('2023-07-01 00:00+00') to ('2023-08-01 00:00+00');
create table sale_2023_08 partition of sale for values from ('2023-08-01 00:00+00') to ('2023-09-01 00:00+00');
create table sale_2023_09 partition of sale for values from ('2023-09-01 00:00+00') to ('2023-10-01 00:00+00');
create table sale_2023_10 partition of sale for values from ('2023-10-01 00:00+00') to ('2023-11-01 00:00+00');
create table sale_2023_11 partition of sale for values from ('2023-11-01 00:00+00') to ('2023-12-01 00:00+00');
create table sale_2023_12 partition of sale for values from ('2023-12-01 00:00+00') to ('2024-01-01 00:00+00');
create table sale_2024_01 partition of sale for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table sale_2024_02 partition of sale for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
create table sale_2024_03 partition of sale for values from ('2024-03-01 00:00+00') to ('2024-04-01 00:00+00');
create table sale_2024_04 partition of sale for values from ('2024-04-01 00:00+00') to ('2024-05-01 00:00+00');
create table sale_2024_05 partition of sale for values from ('2024-05-01 00:00+00') to ('2024-06-01 00:00+00');
create table sale_2024_06 partition of sale for values from ('2024-06-01 00:00+00') to ('2024-07-01 00:00+00');
create table sale_2024_07 partition of sale for values from ('2024-07-01 00:00+00') to ('2024-08-01 00:00+00');
create table sale_2024_08 partition of sale for values from ('2024-08-01 00:00+00') to ('2024-09-01 00:00+00');
create table sale_2024_09 partition of sale for values from ('2024-09-01 00:00+00') to ('2024-10-01 00:00+00');
create table sale_2024_10 partition of sale for values from ('2024-10-01 00:00+00') to ('2024-11-01 00:00+00');
create table sale_2024_11 partition of sale for values from ('2024-11-01 00:00+00') to ('2024-12-01 00:00+00');
create table sale_2024_12 partition of sale for values from ('2024-12-01 00:00+00') to ('2025-01-01 00:00+00');
create table sale_2025_01 partition of sale for values from ('2025-01-01 00:00+00') to ('2025-02-01 00:00+00');
create table sale_2025_02 partition of sale for values from ('2025-02-01 00:00+00') to ('2025-03-01 00:00+00');
create table sale_2025_03 partition of sale for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00');
create table sale_2025_04 partition of sale for values from ('2025-04-01 00:00+00') to ('2025-05-01 00:00+00');
create table sale_2025_05 partition of sale for values from ('2025-05-01 00:00+00') to ('2025-06-01 00:00+00');
create table sale_2025_06 partition of sale for values from ('2025-06-01 00:00+00') to ('2025-07-01 00:00+00');
create table sale_2025_07 partition of sale for values from ('2025-07-01 00:00+00') to ('2025-08-01 00:00+00');
create table sale_2025_08 partition of sale for values from ('2025-08-01 00:00+00') to ('2025-09-01 00:00+00');
create table sale_2025_09 partition of sale for values from ('2025-09-01 00:00+00') to ('2025-10-01 00:00+00');
create table sale_2025_10 partition of sale for values from ('2025-10-01 00:00+00') to ('2025-11-01 00:00+00');
create table sale_2025_11 partition of sale for values from ('2025-11-01 00:00+00') to ('2025-12-01 00:00+00');
create table sale_2025_12 partition of sale for values from ('2025-12-01 00:00+00') to ('2026-01-01 00:00+00');
create table sale_2026_01 partition of sale for values from ('2026-01-01 00:00+00') to ('2026-02-01 00:00+00');
create table sale_2026_02 partition of sale for values from ('2026-02-01 00:00+00') to ('2026-03-01 00:00+00');
create table sale_2026_03 partition of sale for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00');
create table sale_2026_04 partition of sale for values from ('2026-04-01 00:00+00') to ('2026-05-01 00:00+00');
create table sale_2026_05 partition of sale for values from ('2026-05-01 00:00+00') to ('2026-06-01 00:00+00');
create table sale_2026_06 partition of sale for values from ('2026-06-01 00:00+00') to ('2026-07-01 00:00+00');
create table sale_2026_07 partition of sale for values from ('2026-07-01 00:00+00') to ('2026-08-01 00:00+00');
create table sale_2026_08 partition of sale for values from ('2026-08-01 00:00+00') to ('2026-09-01 00:00+00');
create table sale_2026_09 partition of sale for values from ('2026-09-01 00:00+00') to ('2026-10-01 00:00+00');
create table sale_2026_10 partition of sale for values from ('2026-10-01 00:00+00') to ('2026-11-01 00:00+00') with (autovacuum_enabled = false);
create index sale_id_idx on sale (id);
create index sale_sold_at_idx on sale (sold_at);

create table returned (
  sale_id bigint not null,
  returned_at timestamptz not null,
  reason text not null,
  amount numeric(10, 2) not null
) partition by range (returned_at);

create table returned_2022_01 partition of returned for values from ('2022-01-01 00:00+00') to ('2022-02-01 00:00+00');
create table returned_2022_02 partition of returned for values from ('2022-02-01 00:00+00') to ('2022-03-01 00:00+00');
create table returned_2022_03 partition of returned for values from ('2022-03-01 00:00+00') to ('2022-04-01 00:00+00');
create table returned_2022_04 partition of returned for values from ('2022-04-01 00:00+00') to ('2022-05-01 00:00+00');
create table returned_2022_05 partition of returned for values from ('2022-05-01 00:00+00') to ('2022-06-01 00:00+00');
create table returned_2022_06 partition of returned for values from ('2022-06-01 00:00+00') to ('2022-07-01 00:00+00');
create table returned_2022_07 partition of returned for values from ('2022-07-01 00:00+00') to ('2022-08-01 00:00+00');
create table returned_2022_08 partition of returned for values from ('2022-08-01 00:00+00') to ('2022-09-01 00:00+00');
create table returned_2022_09 partition of returned for values from ('2022-09-01 00:00+00') to ('2022-10-01 00:00+00');
create table returned_2022_10 partition of returned for values from ('2022-10-01 00:00+00') to ('2022-11-01 00:00+00');
create table returned_2022_11 partition of returned for values from ('2022-11-01 00:00+00') to ('2022-12-01 00:00+00');
create table returned_2022_12 partition of returned for values from ('2022-12-01 00:00+00') to ('2023-01-01 00:00+00');
create table returned_2023_01 partition of returned for values from ('2023-01-01 00:00+00') to ('2023-02-01 00:00+00');
create table returned_2023_02 partition of returned for values from ('2023-02-01 00:00+00') to ('2023-03-01 00:00+00');
create table returned_2023_03 partition of returned for values from ('2023-03-01 00:00+00') to ('2023-04-01 00:00+00');
create table returned_2023_04 partition of returned for values from ('2023-04-01 00:00+00') to ('2023-05-01 00:00+00');
create table returned_2023_05 partition of returned for values from ('2023-05-01 00:00+00') to ('2023-06-01 00:00+00');
create table returned_2023_06 partition of returned for values from ('2023-06-01 00:00+00') to ('2023-07-01 00:00+00');
create table returned_2023_07 partition of returned for values from ('2023-07-01 00:00+00') to ('2023-08-01 00:00+00');
create table returned_2023_08 partition of returned for values from ('2023-08-01 00:00+00') to ('2023-09-01 00:00+00');
create table returned_2023_09 partition of returned for values from ('2023-09-01 00:00+00') to ('2023-10-01 00:00+00');
create table returned_2023_10 partition of returned for values from ('2023-10-01 00:00+00') to ('2023-11-01 00:00+00');
create table returned_2023_11 partition of returned for values from ('2023-11-01 00:00+00') to ('2023-12-01 00:00+00');
create table returned_2023_12 partition of returned for values from ('2023-12-01 00:00+00') to ('2024-01-01 00:00+00');
create table returned_2024_01 partition of returned for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table returned_2024_02 partition of returned for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
create table returned_2024_03 partition of returned for values from ('2024-03-01 00:00+00') to ('2024-04-01 00:00+00');
create table returned_2024_04 partition of returned for values from ('2024-04-01 00:00+00') to ('2024-05-01 00:00+00');
create table returned_2024_05 partition of returned for values from ('2024-05-01 00:00+00') to ('2024-06-01 00:00+00');
create table returned_2024_06 partition of returned for values from ('2024-06-01 00:00+00') to ('2024-07-01 00:00+00');
create table returned_2024_07 partition of returned for values from ('2024-07-01 00:00+00') to ('2024-08-01 00:00+00');
create table returned_2024_08 partition of returned for values from ('2024-08-01 00:00+00') to ('2024-09-01 00:00+00');
create table returned_2024_09 partition of returned for values from ('2024-09-01 00:00+00') to ('2024-10-01 00:00+00');
create table returned_2024_10 partition of returned for values from ('2024-10-01 00:00+00') to ('2024-11-01 00:00+00');
create table returned_2024_11 partition of returned for values from ('2024-11-01 00:00+00') to ('2024-12-01 00:00+00');
create table returned_2024_12 partition of returned for values from ('2024-12-01 00:00+00') to ('2025-01-01 00:00+00');
create table returned_2025_01 partition of returned for values from ('2025-01-01 00:00+00') to ('2025-02-01 00:00+00');
create table returned_2025_02 partition of returned for values from ('2025-02-01 00:00+00') to ('2025-03-01 00:00+00');
create table returned_2025_03 partition of returned for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00');
create table returned_2025_04 partition of returned for values from ('2025-04-01 00:00+00') to ('2025-05-01 00:00+00');
create table returned_2025_05 partition of returned for values from ('2025-05-01 00:00+00') to ('2025-06-01 00:00+00');
create table returned_2025_06 partition of returned for values from ('2025-06-01 00:00+00') to ('2025-07-01 00:00+00');
create table returned_2025_07 partition of returned for values from ('2025-07-01 00:00+00') to ('2025-08-01 00:00+00');
create table returned_2025_08 partition of returned for values from ('2025-08-01 00:00+00') to ('2025-09-01 00:00+00');
create table returned_2025_09 partition of returned for values from ('2025-09-01 00:00+00') to ('2025-10-01 00:00+00');
create table returned_2025_10 partition of returned for values from ('2025-10-01 00:00+00') to ('2025-11-01 00:00+00');
create table returned_2025_11 partition of returned for values from ('2025-11-01 00:00+00') to ('2025-12-01 00:00+00');
create table returned_2025_12 partition of returned for values from ('2025-12-01 00:00+00') to ('2026-01-01 00:00+00');
create table returned_2026_01 partition of returned for values from ('2026-01-01 00:00+00') to ('2026-02-01 00:00+00');
create table returned_2026_02 partition of returned for values from ('2026-02-01 00:00+00') to ('2026-03-01 00:00+00');
create table returned_2026_03 partition of returned for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00');
create table returned_2026_04 partition of returned for values from ('2026-04-01 00:00+00') to ('2026-05-01 00:00+00');
create table returned_2026_05 partition of returned for values from ('2026-05-01 00:00+00') to ('2026-06-01 00:00+00');
create table returned_2026_06 partition of returned for values from ('2026-06-01 00:00+00') to ('2026-07-01 00:00+00');
create table returned_2026_07 partition of returned for values from ('2026-07-01 00:00+00') to ('2026-08-01 00:00+00');
create table returned_2026_08 partition of returned for values from ('2026-08-01 00:00+00') to ('2026-09-01 00:00+00');
create table returned_2026_09 partition of returned for values from ('2026-09-01 00:00+00') to ('2026-10-01 00:00+00');
create table returned_2026_10 partition of returned for values from ('2026-10-01 00:00+00') to ('2026-11-01 00:00+00');
create index returned_sale_id_idx on returned (sale_id);

create table stock_move (
  store_id integer not null,
  product_id integer not null,
  moved_at timestamptz not null,
  quantity integer not null
) partition by range (moved_at);

create table stock_move_2022_01 partition of stock_move for values from ('2022-01-01 00:00+00') to ('2022-02-01 00:00+00');
create table stock_move_2022_02 partition of stock_move for values from ('2022-02-01 00:00+00') to ('2022-03-01 00:00+00');
create table stock_move_2022_03 partition of stock_move for values from ('2022-03-01 00:00+00') to ('2022-04-01 00:00+00');
create table stock_move_2022_04 partition of stock_move for values from ('2022-04-01 00:00+00') to ('2022-05-01 00:00+00');
create table stock_move_2022_05 partition of stock_move for values from ('2022-05-01 00:00+00') to ('2022-06-01 00:00+00');
create table stock_move_2022_06 partition of stock_move for values from ('2022-06-01 00:00+00') to ('2022-07-01 00:00+00');
create table stock_move_2022_07 partition of stock_move for values from ('2022-07-01 00:00+00') to ('2022-08-01 00:00+00');
create table stock_move_2022_08 partition of stock_move for values from ('2022-08-01 00:00+00') to ('2022-09-01 00:00+00');
create table stock_move_2022_09 partition of stock_move for values from ('2022-09-01 00:00+00') to ('2022-10-01 00:00+00');
create table stock_move_2022_10 partition of stock_move for values from ('2022-10-01 00:00+00') to ('2022-11-01 00:00+00');
create table stock_move_2022_11 partition of stock_move for values from ('2022-11-01 00:00+00') to ('2022-12-01 00:00+00');
create table stock_move_2022_12 partition of stock_move for values from ('2022-12-01 00:00+00') to ('2023-01-01 00:00+00');
create table stock_move_2023_01 partition of stock_move for values from ('2023-01-01 00:00+00') to ('2023-02-01 00:00+00');
create table stock_move_2023_02 partition of stock_move for values from ('2023-02-01 00:00+00') to ('2023-03-01 00:00+00');
create table stock_move_2023_03 partition of stock_move for values from ('2023-03-01 00:00+00') to ('2023-04-01 00:00+00');
create table stock_move_2023_04 partition of stock_move for values from ('2023-04-01 00:00+00') to ('2023-05-01 00:00+00');
create table stock_move_2023_05 partition of stock_move for values from ('2023-05-01 00:00+00') to ('2023-06-01 00:00+00');
create table stock_move_2023_06 partition of stock_move for values from ('2023-06-01 00:00+00') to ('2023-07-01 00:00+00');
create table stock_move_2023_07 partition of stock_move for values from ('2023-07-01 00:00+00') to ('2023-08-01 00:00+00');
create table stock_move_2023_08 partition of stock_move for values from ('2023-08-01 00:00+00') to ('2023-09-01 00:00+00');
create table stock_move_2023_09 partition of stock_move for values from ('2023-09-01 00:00+00') to ('2023-10-01 00:00+00');
create table stock_move_2023_10 partition of stock_move for values from ('2023-10-01 00:00+00') to ('2023-11-01 00:00+00');
create table stock_move_2023_11 partition of stock_move for values from ('2023-11-01 00:00+00') to ('2023-12-01 00:00+00');
create table stock_move_2023_12 partition of stock_move for values from ('2023-12-01 00:00+00') to ('2024-01-01 00:00+00');
create table stock_move_2024_01 partition of stock_move for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table stock_move_2024_02 partition of stock_move for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
create table stock_move_2024_03 partition of stock_move for values from ('2024-03-01 00:00+00') to ('2024-04-01 00:00+00');
create table stock_move_2024_04 partition of stock_move for values from ('2024-04-01 00:00+00') to ('2024-05-01 00:00+00');
create table stock_move_2024_05 partition of stock_move for values from ('2024-05-01 00:00+00') to ('2024-06-01 00:00+00');
create table stock_move_2024_06 partition of stock_move for values from ('2024-06-01 00:00+00') to ('2024-07-01 00:00+00');
create table stock_move_2024_07 partition of stock_move for values from ('2024-07-01 00:00+00') to ('2024-08-01 00:00+00');
create table stock_move_2024_08 partition of stock_move for values from ('2024-08-01 00:00+00') to ('2024-09-01 00:00+00');
create table stock_move_2024_09 partition of stock_move for values from ('2024-09-01 00:00+00') to ('2024-10-01 00:00+00');
create table stock_move_2024_10 partition of stock_move for values from ('2024-10-01 00:00+00') to ('2024-11-01 00:00+00');
create table stock_move_2024_11 partition of stock_move for values from ('2024-11-01 00:00+00') to ('2024-12-01 00:00+00');
create table stock_move_2024_12 partition of stock_move for values from ('2024-12-01 00:00+00') to ('2025-01-01 00:00+00');
create table stock_move_2025_01 partition of stock_move for values from ('2025-01-01 00:00+00') to ('2025-02-01 00:00+00');
create table stock_move_2025_02 partition of stock_move for values from ('2025-02-01 00:00+00') to ('2025-03-01 00:00+00');
create table stock_move_2025_03 partition of stock_move for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00');
create table stock_move_2025_04 partition of stock_move for values from ('2025-04-01 00:00+00') to ('2025-05-01 00:00+00');
create table stock_move_2025_05 partition of stock_move for values from ('2025-05-01 00:00+00') to ('2025-06-01 00:00+00');
create table stock_move_2025_06 partition of stock_move for values from ('2025-06-01 00:00+00') to ('2025-07-01 00:00+00');
create table stock_move_2025_07 partition of stock_move for values from ('2025-07-01 00:00+00') to ('2025-08-01 00:00+00');
create table stock_move_2025_08 partition of stock_move for values from ('2025-08-01 00:00+00') to ('2025-09-01 00:00+00');
create table stock_move_2025_09 partition of stock_move for values from ('2025-09-01 00:00+00') to ('2025-10-01 00:00+00');
create table stock_move_2025_10 partition of stock_move for values from ('2025-10-01 00:00+00') to ('2025-11-01 00:00+00');
create table stock_move_2025_11 partition of stock_move for values from ('2025-11-01 00:00+00') to ('2025-12-01 00:00+00');
create table stock_move_2025_12 partition of stock_move for values from ('2025-12-01 00:00+00') to ('2026-01-01 00:00+00');
create table stock_move_2026_01 partition of stock_move for values from ('2026-01-01 00:00+00') to ('2026-02-01 00:00+00');
create table stock_move_2026_02 partition of stock_move for values from ('2026-02-01 00:00+00') to ('2026-03-01 00:00+00');
create table stock_move_2026_03 partition of stock_move for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00');
create table stock_move_2026_04 partition of stock_move for values from ('2026-04-01 00:00+00') to ('2026-05-01 00:00+00');
create table stock_move_2026_05 partition of stock_move for values from ('2026-05-01 00:00+00') to ('2026-06-01 00:00+00');
create table stock_move_2026_06 partition of stock_move for values from ('2026-06-01 00:00+00') to ('2026-07-01 00:00+00');
create table stock_move_2026_07 partition of stock_move for values from ('2026-07-01 00:00+00') to ('2026-08-01 00:00+00');
create table stock_move_2026_08 partition of stock_move for values from ('2026-08-01 00:00+00') to ('2026-09-01 00:00+00');
create table stock_move_2026_09 partition of stock_move for values from ('2026-09-01 00:00+00') to ('2026-10-01 00:00+00');
create table stock_move_2026_10 partition of stock_move for values from ('2026-10-01 00:00+00') to ('2026-11-01 00:00+00');
create index stock_move_store_id_product_id_idx on stock_move (store_id, product_id);
