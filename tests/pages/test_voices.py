"""A market that says `tu` says it in its shop and on its order pages, in French alone."""

from uuid import UUID

from flask.testing import FlaskClient

from contracts.errors import Unavailable
from contracts.orders import MyOrders
from contracts.showing import ReadVoice, Voice
from gateway.voices import Voices
from tests import cast
from tests.pages.conftest import FakeLine, ordered, sell
from tests.pages.reading import read
from tests.pages.test_shop import CARROTS


def test_a_market_that_says_tu_does_so_in_its_shop_and_on_order_pages(
    bob: FlaskClient, stranger: FlaskClient, line: FakeLine
) -> None:
    sale = sell(line, CARROTS)
    shop, said = f"/distributions/{sale.distribution_id}", "Ce qui reste est indicatif jusqu’à %s commande"
    line.answers[ReadVoice] = lambda asked: Voice(market_id=asked.market_id, says_tu=True)
    for _ in range(2):
        assert said % "ta" in stranger.get(shop).get_data(as_text=True)
    assert "Tous les prix" not in stranger.get(shop, headers={"Accept-Language": "en"}).get_data(as_text=True)
    order = ordered(line, sale, 1)
    empty = read(bob.get(shop)).form("orders").fields
    assert "Choisis au moins un produit." in read(bob.post(f"{shop}/orders", data=empty)).text
    assert "Un mail te le confirme" in read(bob.get(f"/orders/{order.order_id}?said=placed")).text
    assert sum(isinstance(asked, ReadVoice) for asked, _, _ in line.asked) == 1
    line.answers[MyOrders] = []
    assert "Vous n’avez pas encore commandé." in read(bob.get("/orders")).text, "that page is no market's"


def test_a_voice_is_asked_for_once_a_minute_and_without_an_answer_stays_as_it_was() -> None:
    now, answers = [0.0], [Voice(market_id=cast.MARKET, says_tu=True)]
    asked: list[float] = []

    def fetch(_: UUID) -> Voice:
        asked.append(now[0])
        if not answers:
            raise Unavailable("away", "Ask again.")
        return answers.pop()

    voices = Voices(fetch, now=lambda: now[0])
    for now[0] in (0.0, 59.0, 61.0, 65.0, 67.0):
        assert voices.says_tu(cast.MARKET)
    assert asked == [0.0, 61.0, 67.0]
    assert not voices.says_tu(cast.BOB), "who is not known says vous"
