"""A big catalog and big sheets, written by SQL in seconds: for the tests and for the bench.

`fill(tx, markets, products)` spreads markets over France, each with 30 farms' products on sale and
a distribution a week. `publish(tx, lines=)` makes one market and says its sale sheet at once.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from bus import clock
from services.catalog import rules
from services.catalog.actions.distributions import open_distribution

GOODS = (
    ("Œufs plein air", "eggs", "piece", True),
    ("Carottes nouvelles", "vegetables", "kg", True),
    ("Pommes de terre", "vegetables", "kg", False),
    ("Pommes Golden", "fruit", "kg", False),
    ("Poireaux", "vegetables", "kg", True),
    ("Tomates anciennes", "vegetables", "kg", True),
    ("Pain de campagne", "bread", "piece", False),
    ("Chèvre frais", "cheese", "piece", False),
    ("Miel de lavande", "honey", "piece", False),
    ("Jus de raisin", "drinks", "piece", True),
    ("Côtes de porc", "meat", "kg", False),
    ("Huile d'olive", "oil", "l", False),
)


def fill(tx: Connection, markets: int = 2000, products: int = 60_000) -> None:
    """Markets in as many communes, `products` by a farm for every ten, each offered at a market."""
    size = {"markets": markets, "products": products, "farms": max(1, products // 10)}
    for statement in (_MARKETS, _VENUES, _DISTRIBUTIONS, _FARMS):
        tx.execute(text(statement), size)
    for number, (name, category, unit, organic) in enumerate(GOODS):
        words = rules.product_words(name, category, organic, "Ferme", [])
        one = {"number": number, "kinds": len(GOODS), "name": name, "category": category}
        tx.execute(text(_PRODUCTS), size | one | {"unit": unit, "words": words})
    for statement in (_OFFERS, _ADMISSIONS):
        tx.execute(text(statement), size)


def publish(tx: Connection, *, lines: int = 50, stock: int | None = None) -> UUID:
    """Make a market with `lines` offers and open its distribution now; answers its id.

    The sheet is said in `tx`, as an opening says it. Quantities are pieces at 2.50 €.
    """
    ids: dict[str, Any] = {name: uuid4() for name in ("market", "venue", "farm", "distribution")}
    now = clock.now(tx)
    times = {"opens": now, "closes": now + timedelta(days=2), "starts": now + timedelta(days=3)}
    mode = "unlimited" if stock is None else "per_distribution"
    given = ids | times | {"lines": lines, "stock": stock, "mode": mode}
    for statement in _ONE_SHEET.split(";\n"):
        tx.execute(text(statement), given)
    open_distribution(tx, ids["distribution"], version=1)
    published: UUID = ids["distribution"]
    return published


_MARKETS = """
    insert into markets (id, founder_id, version, name, kind, entity_name, entity_address, insee,
        latitude, longitude, cell, time_zone, currency, joining, payment_policy, languages,
        description, public, approval, words)
    select uuidv7(), gen_random_uuid(), 1, 'Marché de ' || name, 'producers', 'Association',
        'Mairie', insee, latitude, longitude,
        '@' || floor(latitude * 2)::int || '_' || floor(longitude * 2)::int, 'Europe/Paris', 'EUR',
        'open', 'on_site', '{fr}', '', true, 'approved', to_tsvector('simple', 'marche ' || folded)
    from communes where latitude is not null order by md5(insee) limit :markets"""
_VENUES = """
    insert into venues select uuidv7(), id, 'Salle des fêtes', 'Place', latitude, longitude, ''
    from markets"""
_DISTRIBUTIONS = """
    insert into distributions (id, market_id, venue_id, version, state, time_zone, wall_opens_at,
        wall_closes_at, wall_starts_at, wall_ends_at, opens_at, closes_at, starts_at, ends_at)
    select uuidv7(), v.market_id, v.id, 1, 'planned', 'Europe/Paris',
        t - interval '8 days', t - interval '2 days', t, t + interval '2 hours',
        t - interval '8 days', t - interval '2 days', t, t + interval '2 hours'
    from venues v, generate_series(0, 9) week, lateral (
        select date_trunc('hour', halle_now()) + (week * 7 - 10) * interval '1 day') x(t)"""
_FARMS = """
    insert into producers (id, founder_id, version, legal_name, farm_name, insee, description,
        outlets)
    select uuidv7(), gen_random_uuid(), 1, 'EARL ' || n, 'Ferme ' || n, insee, '', ''
    from (select insee, row_number() over (order by md5(insee)) as place from communes) c,
        generate_series(1, :farms) n where c.place = 1 + n % 30000"""
_PRODUCTS = """
    insert into products (id, producer_id, version, name, description, category, origin,
        ingredients, allergens, storage, alcohol_basis_points, net_quantity, unit, pricing,
        price_cents, vat_basis_points, months, words)
    select uuidv7(), f.id, 1, :name || ' ' || n, repeat('Du producteur. ', 20), :category, 'France',
        '', '{}', 'ambient', 0, '', :unit, 'per_pack', 250, 550, '{}',
        array_to_tsvector(cast(:words as text[]) || ('n' || n))
    from generate_series(1, :products) n
    join (select id, row_number() over (order by id) as place from producers) f
        on f.place = 1 + n % :farms
    where n % :kinds = :number"""
_OFFERS = """
    insert into offers (id, market_id, product_id, producer_id, version, price_cents, minimum, step,
        stock_mode, words)
    select uuidv7(), m.id, p.id, p.producer_id, 1, 250, 1, 1, 'unlimited',
        p.words || array_to_tsvector(array[m.cell])
    from (select *, row_number() over (order by id) as place from products) p
    join (select id, cell, row_number() over (order by id) as place from markets) m
        on m.place = 1 + p.place % :markets"""
_ADMISSIONS = """
    insert into admissions (market_id, producer_id, state, decided_by)
    select distinct market_id, producer_id, 'admitted', producer_id from offers
    on conflict do nothing"""
_ONE_SHEET = """
    insert into markets (id, founder_id, version, name, kind, entity_name, entity_address, insee,
        cell, time_zone, currency, joining, payment_policy, languages, description, public, approval,
        words)
    values (:market, gen_random_uuid(), 1, 'Marché', 'producers', 'Association', 'Mairie', '84030',
        '@', 'Europe/Paris', 'EUR', 'open', 'on_site', '{fr}', '', true, 'approved', '');
    insert into venues values (:venue, :market, 'Salle', 'Place', null, null, '');
    insert into producers (id, founder_id, version, legal_name, farm_name, insee, description,
        outlets) values (:farm, gen_random_uuid(), 1, 'EARL', 'Ferme', '84030', '', '');
    insert into admissions (market_id, producer_id, state, decided_by)
    values (:market, :farm, 'admitted', :farm);
    insert into products (id, producer_id, version, name, description, category, origin,
        ingredients, allergens, storage, alcohol_basis_points, net_quantity, unit, pricing,
        price_cents, vat_basis_points, months, words)
    select uuidv7(), :farm, 1, 'Produit ' || n, '', 'vegetables', 'France', '', '{}',
        'ambient', 0, '', 'piece', 'per_pack', 250, 550, '{}', '' from generate_series(1, :lines) n;
    insert into offers (id, market_id, product_id, producer_id, version, price_cents, minimum, step,
        stock_mode, stock, words)
    select uuidv7(), :market, id, :farm, 1, 250, 1, 1, :mode, :stock, '' from products
    where producer_id = :farm;
    insert into distributions (id, market_id, venue_id, version, state, time_zone, wall_opens_at,
        wall_closes_at, wall_starts_at, wall_ends_at, opens_at, closes_at, starts_at, ends_at)
    values (:distribution, :market, :venue, 1, 'planned', 'Europe/Paris', :opens, :closes, :starts,
        :starts, :opens, :closes, :starts, :starts)"""
