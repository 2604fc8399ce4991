with sold as (
  select s.id, s.store_id, s.product_id, s.amount, s.sold_at
  from sale s
  where s.campaign_id = 76 and s.sold_at >= '2026-09-01' and s.sold_at < '2026-10-01'
),
moved as (
  select store_id, product_id, sum(quantity) as quantity, count(*) as moves
  from stock_move
  where moved_at >= '2026-09-01' and moved_at < '2026-10-01'
  group by store_id, product_id
),
year_before as (
  select store_id, sum(amount) as amount, string_agg(distinct product_id::text, ',') as products
  from sale
  where sold_at >= '2025-09-01' and sold_at < '2025-10-01'
  group by store_id
)
select st.region, p.category, count(*) as sales, sum(sold.amount) as amount, sum(sold.amount - p.cost) as margin,
  sum(r.amount) as returned, max(m.quantity) as moved, max(y.amount) as year_before
from sold
join store st on st.id = sold.store_id
join product p on p.id = sold.product_id
left join returned r on r.sale_id = sold.id
left join moved m on m.store_id = sold.store_id and m.product_id = sold.product_id
left join year_before y on y.store_id = sold.store_id
group by st.region, p.category
order by margin desc;
