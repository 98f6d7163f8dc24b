/** Keys, indexes, views and functions of the sample shop, made over its rows. */
export const shopKeys = `
alter table categories add primary key (id), add unique (slug), alter id restart with 25;
alter table categories add foreign key (parent_id) references categories;
alter table suppliers add primary key (id), alter id restart with 25;
alter table products add primary key (id), add unique (sku), add check (price > 0), alter id restart with 481,
  add foreign key (category_id) references categories, add foreign key (supplier_id) references suppliers;
alter table customers add primary key (id), add unique (email), alter id restart with 8001;
alter table orders add primary key (id), add check (total >= 0), alter id restart with 80001,
  add foreign key (customer_id) references customers;
alter table order_lines add primary key (order_id, line_number), add check (quantity > 0), add check (discount >= 0 and discount < 1),
  add foreign key (order_id) references orders on delete cascade, add foreign key (product_id) references products;
alter table payments add primary key (id), add foreign key (order_id) references orders;
alter table shipments add primary key (id), add unique (tracking_code), add foreign key (order_id) references orders;
alter table reviews add primary key (id), add check (rating between 1 and 5),
  add foreign key (product_id) references products, add foreign key (customer_id) references customers;
alter table events add primary key (id), add foreign key (customer_id) references customers;

create index orders_customer_id_placed_at on orders (customer_id, placed_at desc);
create index orders_open on orders (placed_at) where status in ('pending', 'paid');
create index order_lines_product_id on order_lines (product_id);
create index payments_order_id on payments (order_id);
create index events_happened_at on events using brin (happened_at);
create index products_tags on products using gin (tags);
comment on index orders_open is 'Only what is still to be done';

create view customer_sales as
select c.id, c.name, c.country, count(o.id) as orders, coalesce(sum(o.total), 0) as spent, max(o.placed_at) as last_order_at
from customers c left join orders o on o.customer_id = c.id and o.status not in ('cancelled', 'refunded')
group by c.id;
comment on view customer_sales is 'What each customer ordered and spent, without cancelled and refunded orders';

create view best_sellers as
select p.id, p.name, c.name as category, sum(l.quantity) as sold, round(sum(l.quantity * l.unit_price * (1 - l.discount)), 2) as revenue
from products p join categories c on c.id = p.category_id join order_lines l on l.product_id = p.id
group by p.id, c.id
order by revenue desc;
comment on view best_sellers is 'Products by revenue';

create function order_total(wanted bigint) returns numeric
language sql stable
begin atomic
  select coalesce(sum(round(quantity * unit_price * (1 - discount), 2)), 0) from order_lines where order_id = wanted;
end;
comment on function order_total is 'The sum of an order''s lines';

create function search_products(words text) returns setof products
language sql stable
as $$ select * from products where name ilike '%' || words || '%' or words = any (tags) order by name, id $$;
comment on function search_products is 'Products whose name holds the words, or that are tagged with them';

create function touch_order() returns trigger
language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger touch_order before update on orders for each row execute function touch_order();
comment on function touch_order is 'Keeps orders.updated_at current';

comment on database shop is 'The sample shop that comes with Hawser';
`;
