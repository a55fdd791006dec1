"""What a market says of its own in its mails: all of them at a glance, and a form for each."""

from uuid import UUID

from flask import Response

from contracts.errors import NotFound
from contracts.notifications import ConsumerMail, ListMarketWords, MarketWord, WriteMarketWord
from gateway import asking
from gateway.pages.fields import Form, written
from gateway.pages.organising import own_market
from gateway.pages.site import go, pages, show


@pages.get("/organise/<uuid:market_id>/words")
def market_words(market_id: UUID) -> Response:
    """The mails that its consumers get, and what the market says in each."""
    return show("market_words.html", market=own_market(market_id), words=_words(market_id))


@pages.route("/organise/<uuid:market_id>/words/<mail>", methods=["GET", "POST"])
def market_word(market_id: UUID, mail: str) -> Response:
    """Say something else in one of them."""
    if mail not in set(ConsumerMail):
        raise NotFound("not-found", "There is no such mail.")
    market = own_market(market_id)
    word = next(one for one in _words(market_id) if one.mail == mail)
    form = Form(WriteMarketWord, written(word))
    if form.send(market_id=market_id, mail=mail):
        return go("market_words", "saved", market_id=market_id)
    return show("market_word.html", form.status, market=market, word=word, form=form)


def _words(market_id: UUID) -> list[MarketWord]:
    found: list[MarketWord] = asking.ask(ListMarketWords(market_id=market_id))
    return found
