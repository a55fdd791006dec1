"""Finding what is near, however it is written."""

import pytest
from sqlalchemy import text

from bus import database
from contracts.catalog import ChangeMarket, MarketDetails, ReadMarket
from contracts.errors import NotFound
from contracts.producers import ChangeProducer, ProducerDetails
from contracts.search import FindCommunes, SearchMarkets, SearchProducts
from tests.catalog.cast import Town, a_farm, a_mark, a_market, a_product, admit, an_offer, planned
from tests.catalog.seed import fill, publish


@pytest.fixture
def sale(town: Town) -> Town:
    """Alice's eggs, potatoes and leeks at Caromb; and a market at Lille."""
    market, farm = a_market(town), a_farm(town)
    a_market(town, name="Halles de Lille", insee="59350")
    admit(town, market, farm)
    for name, category in (("Œufs plein air", "eggs"), ("Pommes de terre", "vegetables"), ("Poireaux", "vegetables")):
        product = a_product(town, farm, name=name, category=category)
        an_offer(town, product, market)
        if category == "eggs":
            a_mark(town, farm, scope="named", product_ids=[product.product_id])
    planned(town, market)
    return town


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("oeufs bio", "Œufs plein air"),
        ("ŒUF", "Œufs plein air"),
        ("œufs biologiques", "Œufs plein air"),
        ("pomme-de-terre", "Pommes de terre"),
        ("POMMES DE TERRE", "Pommes de terre"),
        ("poireau", "Poireaux"),
        ("poireaux bio", None),
        ("lilas œuf", "Œufs plein air"),
        ("de la", None),
        ("'); drop table offers --", None),
    ],
)
def test_products_are_found_however_they_are_written(sale: Town, words: str, found: str) -> None:
    hits = sale.ask(SearchProducts(words=words, place="84330"))
    assert [hit.name for hit in hits] == ([found] if found else [])


@pytest.mark.parametrize(
    "place",
    [
        {"place": "Caromb"},
        {"place": "carômb"},
        {"place": "84330"},
        {"insee": "84030"},
        {"place": "l'Isle sur la sorgue"},
        {"place": "ISLE-SUR-LA-SORGUE"},
        {"latitude": 44.11, "longitude": 5.11},
    ],
)
def test_a_market_is_found_from_around_it_with_what_comes_next(sale: Town, place: dict[str, object]) -> None:
    [market] = sale.ask(SearchMarkets(**place))
    assert (market.name, market.town) == ("Marché de Caromb", "Caromb")
    assert 0 <= market.distance_km < 30
    assert market.next_pick_up.state == "planned"
    assert market.sold == ["Poireaux", "Pommes de terre", "Œufs plein air"]


def test_markets_are_found_by_their_own_words_or_by_their_goods(sale: Town) -> None:
    assert [m.town for m in sale.ask(SearchMarkets(words="halle lille"))] == ["Lille"]
    assert [m.town for m in sale.ask(SearchMarkets(words="œuf"))] == ["Caromb"]
    assert sale.ask(SearchMarkets(words="œuf", place="Lille")) == []
    assert len(sale.ask(SearchMarkets())) == 2


def test_distances_sort_and_the_radius_ends(sale: Town) -> None:
    a_market(sale, name="Bédoin", insee="84017")
    near = sale.ask(SearchMarkets(insee="84017", radius_km=100))
    assert [market.name for market in near] == ["Bédoin", "Marché de Caromb"]
    assert sale.ask(SearchMarkets(insee="84017", radius_km=1))[-1].name == "Bédoin"


def test_a_market_that_moves_or_hides_takes_its_products_along(sale: Town) -> None:
    [market] = sale.ask(SearchMarkets(place="Caromb"))
    seen = sale.ask(ReadMarket(market_id=market.market_id))
    fields = seen.model_dump(include=set(MarketDetails.model_fields))
    fields |= {"insee": "35238", "latitude": None, "longitude": None}
    moved = ChangeMarket(market_id=market.market_id, version=2, **fields)
    sale.ask(moved, sale.odile)
    assert sale.ask(SearchProducts(words="œufs", place="Caromb")) == []
    assert len(sale.ask(SearchProducts(words="œufs", place="Rennes"))) == 1
    hidden = moved.model_copy(update={"public": False, "version": 3})
    sale.ask(hidden, sale.odile)
    assert sale.ask(SearchProducts(words="œufs", place="Rennes")) == []
    assert sale.ask(SearchProducts(words="œufs")) == []


def test_a_farm_that_changes_its_name_is_found_by_the_new_one(sale: Town) -> None:
    [hit] = sale.ask(SearchProducts(words="œufs"))
    fields = ProducerDetails(legal_name="EARL", farm_name="Les Coquelicots", insee="84031")
    change = ChangeProducer(producer_id=hit.producer_id, version=1, **fields.model_dump())
    sale.ask(change, sale.alice)
    assert len(sale.ask(SearchProducts(words="coquelicot"))) == 3
    assert sale.ask(SearchProducts(words="lilas")) == []


def test_communes_are_completed_the_most_populated_first(town: Town) -> None:
    names = [c.name for c in town.ask(FindCommunes(text="carom"))]
    assert names == ["Caromb"]
    assert town.ask(FindCommunes(text="st-étienne"))[0].name == "Saint-Étienne"
    assert town.ask(FindCommunes(text="le hav"))[0].name == "Le Havre"
    assert "Caromb" in [c.name for c in town.ask(FindCommunes(text="84330", limit=20))]
    assert town.ask(FindCommunes(text="%")) == []


def test_a_place_that_is_not_or_has_no_point_is_said_to_be_so(town: Town) -> None:
    for place, code in (("Atlantis", "no-such-place"), ("97400", "place-without-point")):
        with pytest.raises(NotFound) as refusal:
            town.ask(SearchMarkets(place=place))
        assert refusal.value.code == code


def test_a_seeded_catalog_is_searched_and_a_seeded_sheet_is_said(town: Town) -> None:
    with database.transaction() as tx:
        fill(tx, markets=50, products=600)
        publish(tx, lines=120, stock=5)
    assert len(town.ask(SearchMarkets(limit=100))) == 51
    hits = town.ask(SearchProducts(words="oeufs bio", limit=100))
    assert len(hits) == 50
    with database.transaction() as tx:
        body = tx.execute(text("select body from outbox")).scalar_one()
    assert body.count('"offer_id"') == 120
