"""A farm's workspace: its own page, its markets, and the distributions that come."""

from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request

from contracts.affairs import FarmPaper, ListHolidays, ListPapers, PaperStanding
from contracts.catalog import ReadMarket, ShareRule, SheetLine
from contracts.errors import NotFound
from contracts.lowering import LowerPrice
from contracts.members import Right
from contracts.orders import SaleSheet
from contracts.planning import (
    AcceptTerms,
    Admission,
    AdmissionState,
    AskToSell,
    ChooseUsualPlaces,
    Distribution,
    EndAdmission,
    ListAdmissions,
    ListDistributions,
    ListParticipations,
    ListVenues,
    Participate,
    Participation,
    ReadDistribution,
    Stage,
    Venue,
)
from contracts.producers import ChangeProducer, MyProducers, Producer, RegisterProducer
from contracts.products import ListOffers, Offer
from contracts.quality import ListRefusedOffers, RefusedOffer
from contracts.stocks import ListStocks, SetStock, Stock
from gateway import asking
from gateway.pages import formats, numbers
from gateway.pages.fields import Form, written
from gateway.pages.photographs import allow_photo, take_photo
from gateway.pages.places import PlaceForm
from gateway.pages.site import go, holds, pages, person, show
from gateway.reception import reception

PAGE = 100
COMING = 6
"""Distributions of a market that a farm is shown with its presence."""


@pages.get("/farms")
def farms() -> Response:
    """The farms that one sells for."""
    person()
    found = asking.ask(MyProducers())
    return show("farms.html", farms=found)


@pages.route("/farms/new", methods=["GET", "POST"])
def register_farm() -> Response:
    """Sign a farm up."""
    person()
    form = PlaceForm(RegisterProducer, {"share_rule": ShareRule.FIRST_COME})
    if form.send_from():
        return go("farm", "registered", producer_id=form.answer.producer_id)
    return show("farm_form.html", form.status, form=form, farm=None)


@pages.get("/farms/<uuid:producer_id>")
def farm(producer_id: UUID) -> Response:
    """What a farm has to do, and where."""
    return _farm(producer_id, Form(AskToSell))


@pages.route("/farms/<uuid:producer_id>/edit", methods=["GET", "POST"])
def edit_farm(producer_id: UUID) -> Response:
    """Write a farm anew."""
    allow_photo()
    mine = own_farm(producer_id)
    form = PlaceForm(ChangeProducer, written(mine, place=mine.town))
    take_photo(form, producer_id)
    if form.send_from(producer_id=producer_id):
        return go("farm", "saved", producer_id=producer_id)
    return show("farm_form.html", form.status, form=form, farm=mine)


@pages.post("/farms/<uuid:producer_id>/markets/<uuid:market_id>/ask")
def answer_invitation(producer_id: UUID, market_id: UUID) -> Response:
    """Say yes to a market."""
    form = Form(AskToSell)
    if form.send(producer_id=producer_id, market_id=market_id):
        return go("farm_market", form.answer.state, producer_id=producer_id, market_id=market_id)
    return _farm(producer_id, form)


@pages.post("/farms/<uuid:producer_id>/markets/<uuid:market_id>/terms")
def accept_terms(producer_id: UUID, market_id: UUID) -> Response:
    """Accept a market's charter and payment policy by name."""
    form = Form(AcceptTerms)
    if form.send(producer_id=producer_id, market_id=market_id):
        return go("farm_market", "accepted", producer_id=producer_id, market_id=market_id)
    return _farm_market(producer_id, market_id, form)


@pages.route("/farms/<uuid:producer_id>/markets/<uuid:market_id>/places", methods=["GET", "POST"])
def choose_usual_places(producer_id: UUID, market_id: UUID) -> Response:
    """Say at which of a market's places a farm comes."""
    mine = own_farm(producer_id)
    market = asking.ask(ReadMarket(market_id=market_id))
    admission = _admission(producer_id, market_id)
    form = Form(ChooseUsualPlaces, {"venue_ids": admission.usual_venue_ids if admission else []})
    if form.send(producer_id=producer_id, market_id=market_id):
        return go("farm_market", "saved", producer_id=producer_id, market_id=market_id)
    places = [(one.venue_id, one.name) for one in _venues(market_id)]
    return show("usual_places.html", form.status, farm=mine, market=market, form=form, places=places)


@pages.post("/farms/<uuid:producer_id>/markets/<uuid:market_id>/leave")
def leave_as_farm(producer_id: UUID, market_id: UUID) -> Response:
    """Stop selling at a market."""
    form = Form(EndAdmission)
    if form.send(producer_id=producer_id, market_id=market_id):
        return go("farm", "admission-ended", producer_id=producer_id)
    return _farm(producer_id, form)


@pages.get("/farms/<uuid:producer_id>/markets/<uuid:market_id>")
def farm_market(producer_id: UUID, market_id: UUID) -> Response:
    """What a farm offers at one market, and the distributions that come there."""
    return _farm_market(producer_id, market_id, Form(AcceptTerms, {"name": person().name}))


def _farm_market(producer_id: UUID, market_id: UUID, form: Form) -> Response:
    mine = own_farm(producer_id)
    market = asking.ask(ReadMarket(market_id=market_id))
    offers = [one for one in all_offers(producer_id) if one.market_id == market_id]
    after = request.args.get("after", type=UUID)
    coming = asking.ask(ListDistributions(market_id=market_id, after=after, limit=COMING))
    following = coming[-1].distribution_id if len(coming) == COMING else None
    presences = [(one, _participation(one.distribution_id, producer_id)) for one in coming]
    admission, places = _admission(producer_id, market_id), _venues(market_id)
    words = {"market": market, "offers": offers, "admission": admission, "places": places}
    words |= {"coming": presences, "following": following}
    return show("farm_market.html", form.status, farm=mine, state=admission and admission.state, form=form, **words)


@pages.route("/farms/<uuid:producer_id>/distributions/<uuid:distribution_id>", methods=["GET", "POST"])
def participate(producer_id: UUID, distribution_id: UUID) -> Response:
    """Say whether a farm comes, until when one may order from it, and from which total on."""
    mine = own_farm(producer_id)
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    taking = _participation(distribution_id, producer_id)
    form = Form(Participate, _as_said(taking, planned), threshold_cents=numbers.cents)
    if form.send(distribution_id=distribution_id, producer_id=producer_id):
        return go("farm_market", "saved", producer_id=producer_id, market_id=planned.market_id)
    refused: list[RefusedOffer] = asking.ask(ListRefusedOffers(distribution_id=distribution_id)) if taking else []
    words = {"refused": [one for one in refused if one.producer_id == producer_id], "planned": planned}
    market = asking.ask(ReadMarket(market_id=planned.market_id))
    return show("participation.html", form.status, form=form, farm=mine, market=market, **words)


@pages.get("/farms/<uuid:producer_id>/distributions/<uuid:distribution_id>/stock")
def stock(producer_id: UUID, distribution_id: UUID) -> Response:
    """What is left of a farm's offers in an open sale."""
    return _stock(producer_id, distribution_id, {})


@pages.post("/farms/<uuid:producer_id>/distributions/<uuid:distribution_id>/stock/<uuid:offer_id>")
def change_stock(producer_id: UUID, distribution_id: UUID, offer_id: UUID) -> Response:
    """Say how much of one there is, and what is kept for other outlets."""
    line = _on_sale(distribution_id, offer_id)

    def read(text: str) -> int:
        return numbers.measured(text, line.unit)

    form = Form(SetStock, stock=read, held_back=read)
    if form.send(distribution_id=distribution_id, offer_id=offer_id):
        reception().sheets.drop(str(distribution_id))
        return go("stock", "saved", producer_id=producer_id, distribution_id=distribution_id)
    if form.code == "below-ordered":
        form.refuse(form.code, {"ordered": formats.quantity(int(form.details["ordered"]), line.unit)})
    return _stock(producer_id, distribution_id, {offer_id: form})


@pages.post("/farms/<uuid:producer_id>/distributions/<uuid:distribution_id>/price/<uuid:offer_id>")
def lower_price(producer_id: UUID, distribution_id: UUID, offer_id: UUID) -> Response:
    """Let everybody pay less for one, whoever ordered it before as well."""
    form = Form(LowerPrice, price_cents=numbers.cents)
    if form.send(distribution_id=distribution_id, offer_id=offer_id):
        reception().sheets.drop(str(distribution_id))
        return go("stock", "lowered", producer_id=producer_id, distribution_id=distribution_id)
    return _stock(producer_id, distribution_id, {offer_id: form})


def own_farm(producer_id: UUID) -> Producer:
    """A farm that one sells for; the pages of the list are gone through."""
    person()
    mine: Producer
    for mine in asking.every(MyProducers(), "producer_id"):
        if mine.producer_id == producer_id:
            holds(Right.SELL)
            return mine
    raise NotFound("no-such-producer", "You sell for no such farm.")


def admissions(producer_id: UUID) -> list[Admission]:
    """The markets that a farm has to do with."""
    found = asking.every(ListAdmissions(producer_id=producer_id), "market_id")
    return [one for one in found if one.state is not AdmissionState.ENDED]


def all_offers(producer_id: UUID) -> list[Offer]:
    """Every offer of a farm, page by page."""
    return list(asking.every(ListOffers(producer_id=producer_id, limit=PAGE), "offer_id"))


def _farm(producer_id: UUID, form: Form) -> Response:
    mine = own_farm(producer_id)
    markets = admissions(producer_id)
    papers: list[FarmPaper] = asking.ask(ListPapers(producer_id=producer_id))
    words = {
        "coming": list(_coming(markets)),
        "ending": [one for one in papers if one.standing is not PaperStanding.GOOD],
        "holidays": asking.ask(ListHolidays(producer_id=producer_id)),
    }
    return show("farm.html", form.status, farm=mine, markets=markets, form=form, **words)


def _coming(markets: list[Admission]) -> Iterator[Distribution]:
    """Of each market every sale that has opened, at however many places, and the next two that are planned."""
    for one in markets:
        if one.state is AdmissionState.ADMITTED:
            found: list[Distribution] = asking.ask(ListDistributions(market_id=one.market_id))
            yield from (it for it in found if it.state is not Stage.PLANNED)
            yield from [it for it in found if it.state is Stage.PLANNED][:2]


def _admission(producer_id: UUID, market_id: UUID) -> Admission | None:
    return next((one for one in admissions(producer_id) if one.market_id == market_id), None)


def _venues(market_id: UUID) -> list[Venue]:
    return list(asking.every(ListVenues(market_id=market_id), "venue_id"))


def _participation(distribution_id: UUID, producer_id: UUID) -> Participation | None:
    try:
        found: list[Participation] = asking.ask(ListParticipations(distribution_id=distribution_id))
    except NotFound:
        return None
    return next((one for one in found if one.producer_id == producer_id), None)


def _as_said(taking: Participation | None, planned: Distribution) -> dict[str, object]:
    if taking is None:
        return {"presence": "accepted"}
    own = taking.closes_at != planned.closes_at
    wall = taking.closes_at.astimezone(ZoneInfo(planned.time_zone)).strftime("%Y-%m-%dT%H:%M") if own else ""
    threshold = numbers.typed(taking.threshold_cents, 100)
    return {"presence": str(taking.presence), "closes_at": wall, "threshold_cents": threshold}


def _on_sale(distribution_id: UUID, offer_id: UUID) -> SheetLine:
    sale: SaleSheet = reception().sheets.of(str(distribution_id)).model
    line = next((one for one in sale.lines if one.offer_id == offer_id), None)
    if line is None:
        raise NotFound("no-such-offer", "You sell no such offer here.")
    return line


def _stock(producer_id: UUID, distribution_id: UUID, forms: dict[UUID, Form]) -> Response:
    mine = own_farm(producer_id)
    sale: SaleSheet = reception().sheets.of(str(distribution_id)).model
    found: list[Stock] = asking.ask(ListStocks(distribution_id=distribution_id, producer_id=producer_id))
    stocks = {one.offer_id: one for one in found}
    lines = [(one, stocks.get(one.offer_id)) for one in sale.lines if one.producer_id == producer_id]
    status = max([200, *(form.status for form in forms.values())])
    return show("stock.html", status, farm=mine, sale=sale, lines=lines, forms_of=forms)
