"""Lists that are longer than one answer: nothing of them is missing on a page."""

from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from contracts.planning import Distribution, ListDistributions
from contracts.products import ListOffers, Offer
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.reading import read
from tests.pages.test_pages import MARKET, distribution
from tests.pages.test_pages import town as town


def offer(number: int) -> Offer:
    """Ten of each farm."""
    given: dict[str, Any] = {
        "offer_id": UUID(int=number), "version": 1, "product_id": UUID(int=number), "producer_id": cast.FARM,
        "producer_name": f"Ferme {(number - 1) // 10}", "market_id": cast.MARKET, "market_name": MARKET.name,
        "name": f"Légume {number}", "unit": "kg", "pricing": "per_pack", "price_cents": 250, "category": "vegetables",
        "time_zone": "Europe/Paris",
    }  # fmt: skip
    return Offer.model_validate(given)


def test_the_twentieth_farm_of_a_market_is_on_its_page_as_well(bob: FlaskClient, town: FakeLine) -> None:
    offers = [offer(number) for number in range(1, 201)]

    def page(asked: ListOffers) -> list[Offer]:
        return [one for one in offers if one.offer_id > (asked.after or UUID(int=0))][: asked.limit]

    town.answers[ListOffers] = page
    text = read(bob.get(f"/markets/{cast.MARKET}")).text
    assert "Ferme 0" in text and "Ferme 19" in text
    assert text.count("et 2 autres produits") == 20


def test_a_farm_reaches_the_tenth_week_of_a_market_that_plans_far_ahead(bob: FlaskClient, town: FakeLine) -> None:
    weeks = [distribution(distribution_id=UUID(int=number), venue_name=f"Lieu {number}.") for number in range(1, 11)]

    def page(asked: ListDistributions) -> list[Distribution]:
        first = next((n + 1 for n, one in enumerate(weeks) if one.distribution_id == asked.after), 0)
        return weeks[first : first + asked.limit]

    town.answers[ListDistributions] = page
    first = read(bob.get(f"/farms/{cast.FARM}/markets/{cast.MARKET}"))
    assert "Lieu 1." in first.text and "Lieu 10." not in first.text
    (later,) = [link for link in first.links if "after=" in link]
    second = read(bob.get(later))
    assert "Lieu 10." in second.text and not [link for link in second.links if "after=" in link]
