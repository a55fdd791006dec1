"""What towns lend: a market asks for a hall, the town's people answer, keep their halls and see who has them when."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request

from contracts.errors import NotFound
from contracts.loans import (
    AddTakenDays,
    AddTownVenue,
    AnswerLoan,
    AppointLender,
    AskLoan,
    ChangeTownVenue,
    EndLoan,
    EndTakenDays,
    ListLoans,
    ListTakenDays,
    ListTownVenues,
    Loan,
    LoanState,
    TakenDays,
    TownVenue,
    WithdrawLoan,
)
from contracts.members import Right
from contracts.planning import ListDistributions
from contracts.towns import is_insee, town_id
from contracts.wall import HOME_ZONE
from gateway import asking
from gateway.pages import appointing, places
from gateway.pages.fields import Form, written
from gateway.pages.organising import own_market
from gateway.pages.site import go, has_right, pages, person, show

OF_MARKET = "/organise/<uuid:market_id>/loans"
OF_TOWN = "/towns/<insee>"
CALENDAR = timedelta(weeks=8)
NEW_VENUE = {"fridge_shelves": 0}


class UsedDay(NamedTuple):
    """A day on which a market has a place of a town by a loan, or the town needs it itself."""

    on: date
    use: Loan | TakenDays


@pages.route(OF_MARKET, methods=["GET", "POST"])
def market_loans(market_id: UUID) -> Response:
    """A market's loans, and what the towns near it lend."""
    form = Form(AskLoan)
    if form.send(market_id=market_id):
        return go("market_loans", "loan-asked", market_id=market_id)
    return _market_loans(market_id, form)


@pages.post(f"{OF_MARKET}/<uuid:loan_id>/withdrawal")
def withdraw_loan(market_id: UUID, loan_id: UUID) -> Response:
    """Ask for a place no longer."""
    form = Form(WithdrawLoan)
    if form.send(loan_id=loan_id):
        return go("market_loans", "saved", market_id=market_id)
    return _market_loans(market_id, form)


@pages.post(f"{OF_MARKET}/<uuid:loan_id>/notice")
def return_place(market_id: UUID, loan_id: UUID) -> Response:
    """Give a place back before its term."""
    form = Form(EndLoan)
    if form.send(loan_id=loan_id):
        return go("market_loans", "saved", market_id=market_id)
    return _market_loans(market_id, form)


@pages.get("/towns")
def my_towns() -> Response:
    """The towns in whose name one lends."""
    towns = appointing.own_towns(Right.LEND)
    if len(towns) == 1:
        return go("town_loans", insee=towns[0])
    return show("towns.html", towns=towns)


@pages.get(f"{OF_TOWN}/loans")
def town_loans(insee: str) -> Response:
    """Who asks for the town's places, and who has them in the weeks to come."""
    return _town_loans(insee, Form(AnswerLoan))


@pages.post(f"{OF_TOWN}/loans/<uuid:loan_id>/answer")
def answer_loan(insee: str, loan_id: UUID) -> Response:
    """Say the town's yes or no."""
    form = Form(AnswerLoan)
    if form.send(loan_id=loan_id):
        return go("town_loans", f"loan-{form.answer.state}", insee=insee)
    return _town_loans(insee, form)


@pages.post(f"{OF_TOWN}/loans/<uuid:loan_id>/notice")
def take_back(insee: str, loan_id: UUID) -> Response:
    """Give notice of a loan."""
    form = Form(EndLoan)
    if form.send(loan_id=loan_id):
        return go("town_loans", "loan-ended", insee=insee)
    return _town_loans(insee, form)


@pages.route(f"{OF_TOWN}/venues", methods=["GET", "POST"])
def town_venues(insee: str) -> Response:
    """The places that a town lends, and a new one."""
    lender(insee)
    form = Form(AddTownVenue, NEW_VENUE)
    if form.send(insee=insee):
        return go("town_venues", "added", insee=insee)
    return _town_venues(insee, form, Form(AddTakenDays))


@pages.post(f"{OF_TOWN}/taken-days")
def add_taken_days(insee: str) -> Response:
    """Say when the town needs a place itself."""
    form = Form(AddTakenDays)
    if form.send():
        return go("town_venues", "added", insee=insee)
    return _town_venues(insee, Form(AddTownVenue, NEW_VENUE), form)


@pages.post(f"{OF_TOWN}/taken-days/<uuid:taken_id>/end")
def end_taken_days(insee: str, taken_id: UUID) -> Response:
    """Say that it does not after all."""
    form = Form(EndTakenDays)
    if form.send(taken_id=taken_id):
        return go("town_venues", "saved", insee=insee)
    return _town_venues(insee, Form(AddTownVenue, NEW_VENUE), form)


@pages.route(f"{OF_TOWN}/venues/<uuid:venue_id>", methods=["GET", "POST"])
def change_town_venue(insee: str, venue_id: UUID) -> Response:
    """Write one anew."""
    lender(insee)
    venue = next((one for one in _venues(insee) if one.venue_id == venue_id), None)
    if venue is None:
        raise NotFound("no-such-venue", "This town has no such place.")
    form = Form(ChangeTownVenue, written(venue))
    if form.send(venue_id=venue_id, latitude=venue.latitude, longitude=venue.longitude):
        return go("town_venues", "saved", insee=insee)
    return show("town_venue_form.html", form.status, insee=insee, venue=venue, form=form)


@pages.route("/lenders", methods=["GET", "POST"])
def lenders() -> Response:
    """Who lends in a town's name."""
    return appointing.appointed("lenders", AppointLender, Right.LEND)


@pages.post("/lenders/<uuid:grant_id>/end")
def end_lending(grant_id: UUID) -> Response:
    """Take the right back."""
    return appointing.ended("lenders", grant_id)


def lender(insee: str) -> None:
    """Show a page only to somebody who lends in the town's name; services look for themselves."""
    person()
    if not (is_insee(insee) and has_right(Right.LEND, town_id(insee))):
        raise NotFound("not-found", "There is no such page, or none that you may see.")


def _market_loans(market_id: UUID, form: Form) -> Response:
    market = own_market(market_id)
    place = request.args.get("place", "").strip()
    insee = next((one.insee for one in places.named(place)), "") if place else market.insee
    found = list(asking.every(ListLoans(market_id=market_id), "loan_id"))
    planned = asking.every(ListDistributions(market_id=market_id, limit=100), "distribution_id")
    words: dict[str, Any] = {"market": market, "place": place or market.town, "form": form, "loans": found[::-1]}
    words |= {"halls": _venues(insee) if insee else [], "displaced": [one for one in planned if one.place_lack]}
    return show("market_loans.html", form.status, **words)


def _town_loans(insee: str, form: Form) -> Response:
    lender(insee)
    found = list(asking.every(ListLoans(insee=insee), "loan_id"))
    today = datetime.now(ZoneInfo(HOME_ZONE)).date()
    days = [today + timedelta(days=number) for number in range(CALENDAR.days)]
    taken: list[TakenDays] = asking.ask(ListTakenDays(insee=insee))
    uses: list[Loan | TakenDays] = [*taken, *found]
    calendar = [UsedDay(day, use) for day in days for use in uses if _is_used(use, day)]
    asked = [one for one in found if one.state is LoanState.ASKED]
    lent = [one for one in found if one.state is LoanState.GRANTED and one.term_until and one.term_until >= today]
    town = next((one.town for one in found or _venues(insee)), insee)
    words = {"insee": insee, "town": town, "asked": asked, "lent": lent, "calendar": calendar, "form": form}
    return show("town_loans.html", form.status, **words)


def _town_venues(insee: str, form: Form, taken: Form) -> Response:
    lender(insee)
    words = {"insee": insee, "venues": _venues(insee), "taken_days": asking.ask(ListTakenDays(insee=insee))}
    sent = taken if taken.refusal else form
    return show("town_venues.html", sent.status, form=form, taken=taken, sent=sent, **words)


def _is_used(use: Loan | TakenDays, day: date) -> bool:
    return use.is_on(day) if isinstance(use, Loan) else use.from_on <= day <= use.to_on


def _venues(insee: str) -> list[TownVenue]:
    return list(asking.every(ListTownVenues(insee=insee), "venue_id"))
