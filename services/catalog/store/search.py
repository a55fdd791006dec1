"""Looking for places, markets and products: for strangers, so only what is public.

Written as SQL, for plans that hold: words and cell by one GIN index, then the box, then the circle.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, TextClause, text

from services.catalog.rules import Box

END = "\U0010ffff"
"""After every text that begins with what stands before it."""


class Around(NamedTuple):
    """A circle on the map, and its box."""

    latitude: float
    longitude: float
    radius_km: float

    def parameters(self) -> dict[str, float]:
        """What the statements below name."""
        box = Box.around(self.latitude, self.longitude, self.radius_km)
        return self._asdict() | box._asdict()


def _statement(*pieces: str) -> TextClause:
    return text(" ".join(pieces))


_COMMUNE = "select insee, name, post_codes, department, latitude, longitude from communes"
_BY_INSEE = _statement(_COMMUNE, "where insee = :insee")
_BEGINS = _statement(
    _COMMUNE,
    "where folded ~>=~ :low and folded ~<~ :high",
    "order by folded = :low desc, population desc, insee limit :limit",
)
_POST_CODE_BEGINS = _statement(
    _COMMUNE,
    "where insee in (select insee from commune_post_codes",
    "where post_code ~>=~ :low and post_code ~<~ :high)",
    "order by population desc, insee limit :limit",
)


def commune(tx: Connection, insee: str) -> Row[Any] | None:
    """A commune by its INSEE code."""
    return tx.execute(_BY_INSEE, {"insee": insee}).first()


def communes_beginning(tx: Connection, folded: str, limit: int) -> list[Row[Any]]:
    """Communes whose name begins so: the one of that very name, then the most populated."""
    return list(tx.execute(_BEGINS, {"low": folded, "high": folded + END, "limit": limit}))


def communes_by_post_code(tx: Connection, digits: str, limit: int) -> list[Row[Any]]:
    """Communes with a post code that begins so, the most populated first."""
    return list(tx.execute(_POST_CODE_BEGINS, {"low": digits, "high": digits + END, "limit": limit}))


_SOLD = """o.words @@
    (select cast(:sold || ' & !' || quote_literal('#' || extract(month from halle_now())) as tsquery))"""
"""An offer with all that is asked for, which is not out of season this month."""
_KM = """12742 * asin(sqrt(least(1, power(sind((m.latitude - :latitude) / 2), 2)
    + cosd(m.latitude) * cosd(:latitude) * power(sind((m.longitude - :longitude) / 2), 2))))"""
_POINTS = """(select id, latitude, longitude from markets where listed
    union all select t.market_id, t.latitude, t.longitude
    from served_towns t join markets on markets.id = t.market_id where markets.listed) m"""
"""Where a market is found: where it lies, and in each town that it serves."""
_IN_BOX = "m.latitude between :south and :north and m.longitude between :west and :east"
_NEXT_PICK_UP = """
    left join lateral (
        select d.id as distribution_id, d.state, d.opens_at, d.closes_at, d.starts_at, d.ends_at
        from distributions d
        where d.market_id = m.id and d.starts_at > (select halle_now())
          and d.state in ('planned', 'open', 'closing', 'closed', 'handover')
        order by d.starts_at limit 1) pick_up on true"""

_BEGIN = "with near as materialized ("
_BEGIN_FITTING = (
    "with fitting as materialized (select m.id from markets m where m.words @@ cast(:own as tsquery)",
    "union select o.market_id from offers o where o.withdrawn_at is null and",
    _SOLD,
    "), near as materialized (",
)
_FITTING = "and m.id in (select id from fitting)"
_NEAR = ("select m.id, min(", _KM, ") as km from", _POINTS, "where", _IN_BOX)
_ANYWHERE = ("select m.id, cast(null as double precision) as km from markets m where m.listed",)
_FOUND_MARKETS = (
    """) select m.id as market_id, m.name, m.kind, c.name as town, m.insee, m.latitude, m.longitude,
        m.time_zone, near.km as distance_km, pick_up.*,
        array(select p.name from offers o join products p on p.id = o.product_id
              where o.market_id = m.id and o.withdrawn_at is null
              order by o.id desc limit 6) as sold
    from (select * from near where km is null or km <= :radius_km
          order by km, id limit :limit) near
    join markets m on m.id = near.id
    join communes c on c.insee = m.insee""",
    _NEXT_PICK_UP,
    "order by near.km, m.id",
)
_MARKETS = {
    (True, True): _statement(*_BEGIN_FITTING, *_NEAR, _FITTING, "group by m.id", *_FOUND_MARKETS),
    (True, False): _statement(_BEGIN, *_NEAR, "group by m.id", *_FOUND_MARKETS),
    (False, True): _statement(*_BEGIN_FITTING, *_ANYWHERE, _FITTING, *_FOUND_MARKETS),
    (False, False): _statement(_BEGIN, *_ANYWHERE, *_FOUND_MARKETS),
}


def markets(tx: Connection, around: Around | None, own: str, sold: str, limit: int) -> list[Row[Any]]:
    """Public markets in a circle, the nearest first, that fit a tsquery, or whose goods do."""
    statement = _MARKETS[around is not None, bool(own)]
    words = {"own": own, "sold": sold} if own else {}
    return list(tx.execute(statement, words | _circle(around) | {"limit": limit}))


_HITS = """with near as materialized (
    select o.id, o.product_id, o.market_id, o.price_cents,"""
_NEAR_OFFERS = ("min(", _KM, ") as km from offers o join", _POINTS, "on m.id = o.market_id")
_LISTED_OFFERS = "cast(null as double precision) as km from offers o join markets m on m.id = o.market_id and m.listed"
_ON_SALE = "where o.withdrawn_at is null and"
_FOUND_PRODUCTS = (
    """) select near.id as offer_id, near.product_id, near.price_cents, near.km as distance_km,
        p.name, p.unit, p.pricing, p.net_quantity, p.producer_id, f.farm_name as producer_name,
        m.id as market_id, m.name as market_name, m.time_zone, c.name as town, pick_up.*
    from (select * from near where km is null or km <= :radius_km
          order by km, id limit :limit) near
    join products p on p.id = near.product_id
    join producers f on f.id = p.producer_id
    join markets m on m.id = near.market_id
    join communes c on c.insee = m.insee""",
    _NEXT_PICK_UP,
    "order by near.km, p.name, near.id",
)
_PRODUCTS = {
    True: _statement(_HITS, *_NEAR_OFFERS, _ON_SALE, _SOLD, "and", _IN_BOX, "group by o.id", *_FOUND_PRODUCTS),
    False: _statement(_HITS, _LISTED_OFFERS, _ON_SALE, _SOLD, *_FOUND_PRODUCTS),
}


def products(tx: Connection, around: Around | None, sold: str, limit: int) -> list[Row[Any]]:
    """Products on sale at public markets in a circle, the nearest first, that fit a tsquery."""
    statement = _PRODUCTS[around is not None]
    return list(tx.execute(statement, {"sold": sold, "limit": limit} | _circle(around)))


def _circle(around: Around | None) -> dict[str, Any]:
    return around.parameters() if around else {"radius_km": 0}
