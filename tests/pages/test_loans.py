"""Halls on pages: a market asks, the town's people answer, and both see what has no place any more."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.loans import (
    AnswerLoan,
    AskLoan,
    EndLoan,
    ListLoans,
    ListTakenDays,
    ListTownVenues,
    Loan,
    TakenDays,
    TownVenue,
)
from contracts.members import Grants, ListGrants, ListMembers, Members, Right
from contracts.messages import Refused
from contracts.planning import ListDistributions, ListVenues
from contracts.towns import town_id
from contracts.wall import HOME_ZONE
from tests import cast
from tests.pages.conftest import FakeLine, identity
from tests.pages.reading import read
from tests.pages.test_pages import VENUE, distribution, is_whole
from tests.pages.test_pages import town as town

HALL = TownVenue(
    venue_id=UUID(int=7), insee="84030", town="Caromb", version=1, name="Salle des fêtes", address="Place",
    fridge_shelves=3, owner_contact="Mairie",
)  # fmt: skip
TODAY = datetime.now(ZoneInfo(HOME_ZONE)).date()
MARKET_LOANS, TOWN_LOANS = f"/organise/{cast.MARKET}/loans", "/towns/84030/loans"


def loan(state: str, **changes: Any) -> Loan:
    given = {
        "loan_id": UUID(int=8), "version": 1, "state": state, "venue_id": HALL.venue_id, "venue_name": HALL.name,
        "insee": "84030", "town": "Caromb", "market_id": cast.MARKET, "market_name": "Marché de Caromb",
        "entity_name": "Amis", "purpose": "Paniers", "from_on": TODAY, "until_on": TODAY + timedelta(days=20),
        "weekdays": [5], "from_hour": "16:00", "until_hour": "20:00", "asked_at": "2026-11-22T09:00:00Z",
    }  # fmt: skip
    return Loan.model_validate(given | changes)


TAKEN = TakenDays(
    taken_id=UUID(int=11), venue_id=HALL.venue_id, venue_name=HALL.name, reason="Foire", from_on=TODAY, to_on=TODAY
)
LENT = loan("granted", term_from=TODAY, term_until=TODAY + timedelta(days=20), keys_with="Mairie")


@pytest.fixture
def hall(town: FakeLine) -> FakeLine:
    """Bob organises, and lends in the name of Caromb."""
    lends = HeldRight(right=Right.LEND, object_id=town_id("84030"))
    town.answers[Identify] = identity(rights=[lends])
    asked = loan("asked", loan_id=UUID(int=9), clashes=["Halles"])
    town.answers |= {ListTownVenues: [HALL], ListLoans: [LENT, asked], ListGrants: Grants(grants=[])}
    town.answers[ListTakenDays] = [TAKEN]
    town.answers |= {AskLoan: asked, AnswerLoan: LENT, EndLoan: loan("ended")}
    return town


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "path",
    [MARKET_LOANS, TOWN_LOANS, "/towns/84030/venues", f"/towns/84030/venues/{HALL.venue_id}", "/lenders?insee=84030"],
)
def test_the_pages_are_whole_full_and_empty(bob: FlaskClient, hall: FakeLine, path: str, language: str) -> None:
    is_whole(bob, path, language)
    hall.answers |= {ListLoans: [], ListTakenDays: []} | ({} if str(HALL.venue_id) in path else {ListTownVenues: []})
    is_whole(bob, path, language)


def test_the_town_sees_who_asks_what_is_in_the_way_and_who_comes_when(bob: FlaskClient, hall: FakeLine) -> None:
    page = read(bob.get(TOWN_LOANS))
    assert "au même moment : Halles" in page.text and page.text.count("16:00–20:00 – Salle des fêtes") == 3
    assert "Salle des fêtes Foire" in page.text
    yes = page.form("/loans/00000000-0000-0000-0000-000000000009/answer").fields
    answer = bob.post(f"{TOWN_LOANS}/{UUID(int=9)}/answer", data=yes | {"keys_with": "Accueil"})
    assert answer.status_code == 303
    (sent,) = hall.acts()
    assert isinstance(sent, AnswerLoan) and (sent.answer, sent.keys_with) == ("granted", "Accueil")
    assert bob.get("/towns/84031/loans").status_code == 404


def test_a_town_that_lends_nothing_yet_is_called_by_its_name_and_its_lender_finds_back(
    bob: FlaskClient, hall: FakeLine
) -> None:
    hall.answers[ListLoans] = []
    assert "Salles de la commune – Caromb" in read(bob.get(TOWN_LOANS)).text
    links = read(bob.get("/lenders?insee=84030")).links
    assert "/towns" in links and "/operate/markets" not in links


def test_the_newest_request_is_shown_after_years_of_loans(bob: FlaskClient, hall: FakeLine) -> None:
    over = [loan("refused", loan_id=UUID(int=100 + number)) for number in range(100)]
    newest = loan("asked", loan_id=UUID(int=999), venue_name="Halle aux grains")
    hall.answers[ListLoans] = lambda wanted: [newest] if wanted.after == over[-1].loan_id else over
    for path in (TOWN_LOANS, MARKET_LOANS):
        assert newest.venue_name in bob.get(path).get_data(as_text=True)


def test_a_refusal_names_who_has_the_hall_and_loses_nothing(bob: FlaskClient, hall: FakeLine) -> None:
    hall.answers[AskLoan] = Refused(code="lent-already", message="Lent.", details={"markets": ["Halles"]})
    sent = read(bob.get(MARKET_LOANS)).form(f"{MARKET_LOANS}?").fields
    wanted = {"from_on": "2026-12-18", "until_on": "2027-06-25", "from_hour": "16:00", "until_hour": "20:00"}
    wanted |= {"weekdays": "5", "purpose": "Paniers", "venue_id": str(HALL.venue_id)}
    answer = bob.post(MARKET_LOANS, data=sent | wanted)
    assert answer.status_code == 409
    page = read(answer)
    assert "Halles" in page.text and 'value="2026-12-18"' in page.html and ">Paniers</textarea>" in page.html


def test_what_has_lost_its_place_is_shown_and_a_lent_place_is_not_written(bob: FlaskClient, hall: FakeLine) -> None:
    lost = distribution(place_lack="unlent")
    hall.answers |= {ListDistributions: [lost], ListVenues: [VENUE.model_copy(update={"insee": "84030"})]}
    hall.answers[ListMembers] = Members(members=[])
    assert f"/organise/distributions/{lost.distribution_id}" in read(bob.get(MARKET_LOANS)).links
    assert "sans lieu" in read(bob.get(f"/organise/{cast.MARKET}")).text
    links = read(bob.get(f"/organise/{cast.MARKET}/venues")).links
    assert MARKET_LOANS in links and not [link for link in links if str(VENUE.venue_id) in link]
