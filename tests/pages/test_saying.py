"""What a market says of its own in its mails: an organiser sees all of them, and writes one in two languages."""

from flask.testing import FlaskClient

from contracts.catalog import ReadMarket
from contracts.errors import Conflict
from contracts.notifications import ConsumerMail, ListMarketWords, MarketWord, WriteMarketWord
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_pages import MARKET, is_whole
from tests.pages.test_pages import town as town

WORDS = f"/organise/{cast.MARKET}/words"


def said(mail: ConsumerMail) -> MarketWord:
    french = "Rapportez vos cagettes." if mail is ConsumerMail.ORDER_REMINDER else ""
    return MarketWord(market_id=cast.MARKET, mail=mail, french=french, version=3 if french else 0)


def test_an_organiser_writes_a_word_in_two_languages(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[ReadMarket] = MARKET.model_copy(update={"mine": True})
    town.answers[ListMarketWords] = [said(mail) for mail in ConsumerMail]
    town.answers[WriteMarketWord] = lambda asked: MarketWord(**asked.model_dump())
    listed = is_whole(bob, WORDS, "en")
    assert "Reminder before the hand-over" in listed.text and "Rapportez vos cagettes." in listed.text
    path = f"{WORDS}/order_reminder"
    assert path in listed.links
    fields = is_whole(bob, path, "en").form("").fields
    assert fields["version"] == "3" and fields["french"] == "Rapportez vos cagettes."
    sent = bob.post(path, data=fields | {"english": "Bring your crates back.\r\n\r\nThank you."})
    assert sent.location == f"{WORDS}?said=saved"
    [asked] = town.acts()
    assert isinstance(asked, WriteMarketWord) and asked.mail is ConsumerMail.ORDER_REMINDER
    assert asked.english == "Bring your crates back.\n\nThank you." and asked.version == 3


def test_what_was_typed_stays_where_it_is_refused(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[ReadMarket] = MARKET.model_copy(update={"mine": True})
    town.answers[ListMarketWords] = [said(mail) for mail in ConsumerMail]
    path = f"{WORDS}/window_opened"
    fields = read(bob.get(path)).form("").fields
    long = bob.post(path, data=fields | {"french": "a" * 1001})
    assert long.status_code == 400 and read(long).form("").fields["french"] == "a" * 1001
    town.answers[WriteMarketWord] = raises(Conflict("market-word-changed", "Somebody wrote this word.", {"version": 4}))
    moved = bob.post(path, data=fields | {"french": "Bonjour."})
    assert moved.status_code == 409 and "Bonjour." in moved.text
    assert bob.get(f"{WORDS}/no_such_mail").status_code == 404
