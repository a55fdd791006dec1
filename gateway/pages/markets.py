"""A market's page: its sales, what it sells, joining it, asking to sell there; and a farm's page."""

from uuid import UUID

from flask import Response

from contracts.affairs import ListHolidays
from contracts.catalog import MyMarkets, ReadMarket
from contracts.members import JoinMarket, LeaveMarket, Membership, Memberships, MyMemberships, Right
from contracts.planning import AdmitProducer, AskToSell, ListDistributions
from contracts.producers import MyProducers, ReadProducer
from contracts.products import ListOffers, ReadOffer
from gateway import asking
from gateway.pages.farms import all_offers
from gateway.pages.fields import Form
from gateway.pages.shelves import LARGE_ORIGIN
from gateway.pages.site import go, pages, person, show
from gateway.session import visitor

SHOWN = 12


@pages.get("/markets/<uuid:market_id>")
def market(market_id: UUID) -> Response:
    """One market."""
    return page(market_id)


@pages.post("/markets/<uuid:market_id>/join")
def join_market(market_id: UUID) -> Response:
    """Become a member, or ask to."""
    form = Form(JoinMarket)
    if form.send(market_id=market_id):
        return go("market", form.answer.standing, market_id=market_id)
    return page(market_id, form)


@pages.route("/markets/<uuid:market_id>/invitation", methods=["GET", "POST"])
def invitation(market_id: UUID) -> Response:
    """Ask to join a market that one cannot see yet: its organisers gave this address."""
    person()
    form = Form(JoinMarket)
    if form.send(market_id=market_id):
        return go("invitation", form.answer.standing, market_id=market_id)
    return show("invitation.html", form.status, form=form, market_id=market_id)


@pages.post("/markets/<uuid:market_id>/leave")
def leave_market(market_id: UUID) -> Response:
    """Stop being a member, or waiting to be."""
    form = Form(LeaveMarket)
    if form.send(market_id=market_id):
        return go("market", "left", market_id=market_id)
    return page(market_id, form)


@pages.post("/markets/<uuid:market_id>/sell")
def ask_to_sell(market_id: UUID) -> Response:
    """Say a farm's yes to a market."""
    form = Form(AskToSell)
    if form.send(market_id=market_id):
        return go("market", f"sell-{form.answer.state}", market_id=market_id)
    return page(market_id, form)


@pages.route("/producers/<uuid:producer_id>", methods=["GET", "POST"])
def producer(producer_id: UUID) -> Response:
    """A farm as anybody may read it; an organiser may invite it."""
    form = Form(AdmitProducer)
    if form.send(producer_id=producer_id):
        return go("producer", "invited", producer_id=producer_id)
    farm = asking.ask(ReadProducer(producer_id=producer_id))
    offers = all_offers(producer_id)
    markets = asking.ask(MyMarkets()) if visitor().identity else []
    words = {"farm": farm, "offers": offers, "holidays": asking.ask(ListHolidays(producer_id=producer_id))}
    return show("producer.html", form.status, markets=markets, form=form, **words)


@pages.get("/offers/<uuid:offer_id>")
def shown_offer(offer_id: UUID) -> Response:
    """A product at a market, with all that is to be read before it is ordered."""
    return show("shown_offer.html", it=asking.ask(ReadOffer(offer_id=offer_id)), large_origin=LARGE_ORIGIN)


def page(market_id: UUID, form: Form | None = None) -> Response:
    """The page of one market."""
    found = asking.ask(ReadMarket(market_id=market_id))
    visitor().hears_tu = found.says_tu
    distributions = asking.ask(ListDistributions(market_id=market_id, limit=SHOWN))
    offers = list(asking.every(ListOffers(market_id=market_id), "offer_id"))
    return show(
        "market.html",
        form.status if form else 200,
        market=found,
        distributions=distributions,
        offers=offers,
        farms=asking.ask(MyProducers()) if visitor().identity else [],
        membership=_membership(market_id),
        organised=organises(market_id),
        form=form or Form(JoinMarket),
    )


def _membership(market_id: UUID) -> Membership | None:
    """Where the person stands with the market; the pages of the list are gone through."""
    after: UUID | None = None
    while visitor().identity:
        found: Memberships = asking.ask(MyMemberships(after=after))
        mine = next((one for one in found.memberships if one.market_id == market_id), None)
        if mine or found.following is None:
            return mine
        after = found.following
    return None


def organises(market_id: UUID) -> bool:
    """What to show; services look for themselves."""
    identity = visitor().identity
    held = identity.rights if identity else []
    return any(one.right is Right.ORGANISE and one.object_id == market_id for one in held)
