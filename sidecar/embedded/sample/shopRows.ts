/**
 * The rows of the sample shop. Remainders of products with primes stand in for chance, so that every machine gets the same
 * shop; only the times hang on the moment it was made, for "the last ten days" must never be empty.
 */
export const shopRows = `
insert into categories (id, parent_id, name, slug, position)
select i, case when i > 6 then (i - 1) % 6 + 1 end, name, lower(regexp_replace(name, '[^[:alpha:]]+', '-', 'g')), i
from unnest(array[
  'Kitchen', 'Office', 'Garden', 'Travel', 'Games', 'Books',
  'Pots & Pans', 'Desks', 'Tools', 'Bags', 'Board Games', 'Novels',
  'Knives', 'Lamps', 'Seeds', 'Maps', 'Puzzles', 'Science',
  'Cups & Mugs', 'Paper & Pens', 'Furniture', 'Tents', 'Cards', 'Cooking']) with ordinality as t (name, i);

insert into suppliers (id, name, country, website, opens_at, closes_at)
select i, name, (array['DE', 'NL', 'FR', 'SE', 'IT', 'JP'])[i % 6 + 1],
  case when i % 5 > 0 then 'https://www.' || lower(regexp_replace(name, '[^[:alpha:]]+', '', 'g')) || '.example' end,
  time '07:00' + i % 4 * interval '30 minutes', time '16:30' + i % 5 * interval '30 minutes'
from unnest(array[
  'Nordwind Handel', 'Atelier Moreau', 'Bergström & Söner', 'De Gouden Leeuw', 'Officina Rossi', 'Sakura Trading',
  'Hansen Holz', 'Maison Lefèvre', 'Kvarnen AB', 'Tulp & Zoon', 'Fratelli Bianchi', 'Aoki Works',
  'Elbe Papier', 'Verrerie du Lac', 'Lund Textil', 'Waterman Tools', 'Ceramiche Lucia', 'Mori Paper',
  'Fischer Metall', 'Jardin Vert', 'Skog Design', 'Windmolen BV', 'Torino Lights', 'Kobe Steelware']) with ordinality as t (name, i);

insert into products (id, sku, name, category_id, supplier_id, price, weight_kg, tags, attributes, released_on, discontinued, icon)
select i, 'HW-' || lpad((i * 7919 % 100000)::text, 5, '0'),
  (array['Classic', 'Folding', 'Little', 'Grand', 'Everyday', 'Nordic', 'Silent', 'Travel', 'Blue', 'Old Town'])[i / 12 % 10 + 1] || ' ' ||
  (array['Kettle', 'Lamp', 'Trowel', 'Rucksack', 'Chess Set', 'Atlas', 'Bread Knife', 'Notebook', 'Watering Can', 'Tent', 'Puzzle', 'Cookbook'])[i % 12 + 1] ||
  coalesce(' ' || (array['S', 'M', 'L'])[(i - 1) / 120], ''),
  i * 11 % 18 + 7, i * 5 % 24 + 1, (i * 7919 % 14900 + 290) / 100.0,
  case when i % 9 > 0 then round((i * 31 % 4000 + 20) / 1000.0, 3) end,
  (array['new', 'gift', 'eco', 'handmade', 'sale', 'bestseller'])[i % 4 + 1 : i % 4 + i % 3],
  jsonb_build_object('colour', (array['red', 'green', 'blue', 'oak', 'black'])[i % 5 + 1], 'warranty_years', i % 4,
    'size_cm', jsonb_build_array(i % 40 + 5, i % 25 + 4, i % 18 + 2)),
  current_date - (i * 13 % 1800 + 30), i % 17 = 0,
  case when i % 6 = 0 then decode(md5(i::text), 'hex') end
from generate_series(1, 480) i;

insert into order_lines (order_id, line_number, product_id, quantity, unit_price, discount)
select o, line, p.id, case when o % 23 = 0 then 12 else (o + line) % 3 + 1 end, p.price, case when o % 10 = line then 0.1 else 0 end
from generate_series(1, 80000) o cross join generate_series(1, o % 4 + 1) line
  join products p on p.id = (o * 31 + line * 97) % 480 + 1
order by o, line;

insert into orders (id, customer_id, status, total, placed_at, note, meta, updated_at)
select id, case when id % 11 = 0 then id / 11 % 7 + 1 else id * 7919 % 7993 + 8 end, status::order_status, total, placed_at,
  case id % 12 when 1 then 'gift  ' when 2 then '' when 3 then 'leave at door' when 5 then 'call first' when 9 then 'ring twice,' || chr(10) || 'then wait' end,
  jsonb_build_object('channel', (array['web', 'store', 'web', 'phone'])[id % 4 + 1], 'items', items) ||
    case when id % 16 = 0 then '{"coupon": "SPRING10"}' else '{}' end::jsonb,
  placed_at + least(now() - placed_at, id % 9 * interval '7 hours')
from (
  select order_id as id, sum(quantity) as items, sum(round(quantity * unit_price * (1 - discount), 2)) as total,
    date_trunc('minute', now()) - (80000 - order_id) * interval '760 seconds' - order_id * 7919 % 600 * interval '1 second' as placed_at,
    case when order_id % 37 = 0 then 'cancelled' when order_id % 29 = 0 then 'refunded' when order_id < 78500 then 'delivered'
      else (array['paid', 'shipped', 'pending', 'paid', 'shipped'])[order_id % 5 + 1] end as status
  from order_lines group by order_id
) o
order by id;

insert into customers (id, name, email, phone, city, country, birthday, newsletter, loyalty_points, preferences, created_at)
select i, name, lower(regexp_replace(translate(name, 'äöüéèêëåøñçłśžćáíóășț', 'aoueeeeaonclszcaioast'), '[^[:alpha:]]+', '.', 'g')) || i || '@mail.example',
  case when i % 3 > 0 then '+49 30 ' || lpad((i * 104729 % 10000000)::text, 7, '0') end,
  (array['Berlin', 'Amsterdam', 'Lyon', 'Göteborg', 'Torino', 'Lisboa', 'Kraków', 'Wien', 'Antwerpen', 'Dublin'])[i * 7 % 10 + 1],
  (array['DE', 'NL', 'FR', 'SE', 'IT', 'PT', 'PL', 'AT', 'BE', 'IE'])[i * 7 % 10 + 1],
  case when i % 8 > 0 then date '1948-01-01' + i * 7919 % 20000 end, i % 5 < 2, coalesce(floor(spent / 10), 0),
  jsonb_build_object('language', (array['de', 'nl', 'fr', 'sv', 'it', 'pt', 'pl', 'de', 'nl', 'en'])[i * 7 % 10 + 1], 'theme', (array['light', 'dark'])[i % 2 + 1]),
  date_trunc('hour', now()) - interval '1100 days' + i * interval '2 hours' + i * 7919 % 3600 * interval '1 second'
from generate_series(1, 8000) i cross join lateral (select coalesce(
  (array['Ada Lovelace', 'Grace Hopper', 'Edgar Codd', 'Barbara Liskov', 'Michael Stonebraker', 'Jim Gray', 'Frances Allen'])[i],
  (array['Anna', 'Lukas', 'Zoë', 'José', 'Mette', 'Piotr', 'Chiara', 'Åsa', 'Noah', 'Élodie', 'Jan', 'Sofia', 'Mehmet', 'Inês', 'Hanna', 'Luca',
    'Emma', 'Oskar', 'Maud', 'Tomás', 'Freja', 'Aoife', 'Yuki', 'Milan', 'Carla', 'Björn', 'Leïla', 'Viktor', 'Nora'])[i * 13 % 29 + 1] || ' ' ||
  (array['Müller', 'de Vries', 'Dubois', 'Lindqvist', 'Rossi', 'Santos', 'Kowalski', 'Huber', 'Peeters', 'O''Brien', 'Schmidt', 'Jansen', 'Moreau',
    'Nyström', 'Ferrari', 'Oliveira', 'Nowak', 'Gruber', 'Maes', 'Murphy', 'Weber', 'Bakker', 'Lefèvre', 'Bergström', 'Romano', 'Costa', 'Wiśniewski',
    'Wagner', 'Claes', 'Kelly', 'Yılmaz'])[i * 17 % 31 + 1]) as name) n
  left join (select customer_id, sum(total) as spent from orders where status in ('paid', 'shipped', 'delivered') group by customer_id) o
    on o.customer_id = i
order by i;

insert into payments (order_id, method, amount, reference, paid_at)
select id, (array['card', 'transfer', 'wallet', 'card', 'invoice'])[id % 5 + 1]::payment_method,
  case part when 1 then total else -total end, md5(id::text || part)::uuid, least(now(), placed_at + part * (id % 50 + 1) * interval '5 minutes')
from orders, generate_series(1, case status when 'refunded' then 2 else 1 end) part
where status not in ('pending', 'cancelled')
order by id, part;

insert into shipments (order_id, carrier, tracking_code, parcel_cm, weight_kg, shipped_at, delivered_at, promised)
select id, (array['Swift Parcel', 'Blue Post', 'Cargo Bike', 'North Freight'])[id % 4 + 1], upper(substr(md5(id::text), 1, 12)),
  array[id % 50 + 10, id % 35 + 8, id % 20 + 4], (id % 90 + 3) / 10.0, sent_at,
  case when status <> 'shipped' then least(now(), sent_at + (id % 60 + 12) * interval '1 hour') end,
  daterange(sent_at::date + 1, sent_at::date + 4)
from orders, lateral (select least(now(), placed_at + (id % 30 + 2) * interval '1 hour') as sent_at) s
where status in ('shipped', 'delivered', 'refunded')
order by id;

insert into reviews (product_id, customer_id, rating, title, body, helpful, written_at)
select (o.id * 31 + 97) % 480 + 1, o.customer_id, rating, (array['Never again', 'Not for me', 'Does its job', 'Good value', 'Simply wonderful'])[rating],
  case when o.id % 3 > 0 then (array['Arrived broken and smelled of paint.', 'Smaller than it looks in the picture.', 'It works. What more is there to say?',
    'Well made, and the parcel came a day early.', 'I bought a second one for my sister — she loves it!'])[rating] end, o.id % 23, o.placed_at + interval '9 days'
from orders o, lateral (select (array[5, 4, 5, 3, 4, 5, 2, 4, 5, 1])[o.id / 5 % 10 + 1]::smallint as rating) r
where o.status = 'delivered' and o.id % 5 = 0
order by o.id;

insert into events (customer_id, kind, visit, address, happened_at, took, data)
select case when visit % 3 > 0 then visit * 7919 % 8000 + 1 end,
  (array['visit', 'search', 'view_product', 'view_product', 'add_to_cart', case when visit % 3 > 0 then 'checkout' else 'search' end])[step]::event_kind,
  md5('visit' || visit)::uuid, (case when visit % 7 = 0 then '2001:db8::' || to_hex(visit % 65536) else '192.0.2.' || visit % 254 + 1 end)::inet,
  date_trunc('minute', now()) - (15000 - visit) * interval '25 minutes' - interval '20 minutes' + step * interval '90 seconds',
  (visit * 31 * step % 9000 + 40) * interval '1 millisecond',
  case step when 1 then jsonb_build_object('path', '/', 'mobile', visit % 2 = 0)
    when 2 then jsonb_build_object('words', (array['kettle', 'tent for two', 'chess', 'bread knife', 'lamp'])[visit % 5 + 1], 'hits', visit % 40)
    when 6 then '{}' else jsonb_build_object('product', (visit * 31 + step * 97) % 480 + 1) end
from generate_series(0, 89999) n, lateral (select n / 6 + 1 as visit, n % 6 + 1 as step) v;
`;
