"""A town lends its hall: asked for, answered by a second person, given notice of; what it means for what is planned."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.catalog import Market, MarketChanged
from contracts.errors import Malformed, NotAllowed, NotFound
from contracts.identity import Approval
from contracts.loans import (
    AddTakenDays,
    AddTownVenue,
    AnswerLoan,
    AskLoan,
    ChangeTownVenue,
    EndLoan,
    EndTakenDays,
    ListLoans,
    ListTakenDays,
    ListTownVenues,
    Loan,
    LoanChanged,
    TownVenue,
    WithdrawLoan,
)
from contracts.members import GrantChanged
from contracts.planning import (
    CancelDistribution,
    ChangeDistribution,
    ListDistributions,
    ListVenues,
    PlanDistribution,
    PreviewSeries,
    Recurrence,
)
from contracts.producers import SetProducerPlan
from contracts.towns import town_id
from services.catalog.rules.loans import Span
from tests.catalog.cast import CAROMB, Town, a_farm, a_market, a_new_market, approve, wall

FRIDAY = wall(2026, 12, 18, 17)
LAST = date(2027, 6, 30)


def may_lend(town: Town, person: UUID, insee: str = CAROMB) -> None:
    """Members says that somebody lends in a town's name."""
    given_ = {"right": "lend", "object_id": town_id(insee), "holds": True}
    town.hear(GrantChanged(grant_id=uuid4(), person_id=person, **given_), 1)


def a_hall(town: Town) -> TownVenue:
    """Bob's, of the town hall of Caromb."""
    may_lend(town, town.bob)
    hall = AddTownVenue(insee=CAROMB, name="Salle des fêtes", address="Place Nationale", fridge_shelves=3)
    added: TownVenue = town.ask(hall, town.bob)
    return added


def asked(town: Town, market: Market, hall: TownVenue, person: UUID | None = None, **changes: Any) -> Any:
    """For Friday evenings until the summer."""
    times = {
        "from_on": FRIDAY.date(), "until_on": LAST, "weekdays": [5], "from_hour": time(16), "until_hour": time(20),
    }  # fmt: skip
    wanted = {"market_id": market.market_id, "venue_id": hall.venue_id, "purpose": "Remise des paniers"}
    return town.ask(AskLoan(**wanted | times | changes), person or town.odile)


def granted(town: Town, loan: Loan, **terms: Any) -> Any:
    return town.ask(AnswerLoan(loan_id=loan.loan_id, version=loan.version, answer="granted", **terms), town.bob)


def plan(town: Town, market: Market, hall: TownVenue, starts: datetime = FRIDAY, count: int = 1) -> Any:
    times = {"opens_at": FRIDAY - timedelta(days=6), "closes_at": FRIDAY - timedelta(days=2)}
    wanted = {"market_id": market.market_id, "venue_id": hall.venue_id, "recurrence": Recurrence(count=count)}
    hours = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    return town.ask(PlanDistribution(**wanted, **times, **hours), town.odile)


def fault(refused: Any) -> tuple[str, str]:
    (one,) = refused.value.details["fields"]
    return one["field"], one["code"]


def test_a_hall_is_asked_for_granted_on_conditions_and_planned_in_within_its_term(town: Town) -> None:
    market, hall = a_market(town), a_hall(town)
    loan = asked(town, market, hall)
    with pytest.raises(Malformed) as unlent:
        plan(town, market, hall)
    assert fault(unlent) == ("venue_id", "unknown")
    yes = granted(town, loan, term_until=date(2027, 1, 8), keys_with="Mairie", insurance_by=date(2026, 12, 11))
    assert (yes.state, yes.term_from, yes.term_until) == ("granted", FRIDAY.date(), date(2027, 1, 8))
    assert [it.name for it in town.ask(ListVenues(market_id=market.market_id))] == ["Salle des fêtes"]
    for starts, count in ((FRIDAY, 5), (FRIDAY + timedelta(days=1), 1), (FRIDAY + timedelta(hours=2), 1)):
        with pytest.raises(Malformed) as outside:
            plan(town, market, hall, starts, count)
        assert fault(outside) == ("venue_id", "unlent")
    [*_, last] = plan(town, market, hall, FRIDAY, count=4)
    walls = {name: getattr(last, f"wall_{name}") for name in ("opens_at", "closes_at")}
    later = {"starts_at": last.wall_starts_at + timedelta(days=7), "ends_at": last.wall_ends_at + timedelta(days=7)}
    about = {"distribution_id": last.distribution_id, "version": 1, "venue_id": hall.venue_id}
    with pytest.raises(Malformed):
        town.ask(ChangeDistribution(**about, **walls, **later), town.odile)
    assert [event.loan.state for _, event in town.said(LoanChanged)] == ["asked", "granted"]


def test_notice_cancels_nothing_and_shows_what_needs_another_place(town: Town) -> None:
    market, hall = a_market(town), a_hall(town)
    loan = granted(town, asked(town, market, hall))
    sales = plan(town, market, hall, count=3)
    notice = EndLoan(loan_id=loan.loan_id, version=loan.version, last_on=FRIDAY.date(), reason="Travaux")
    for wrong, field in (
        ({"reason": " "}, "reason"),
        ({"last_on": "2026-01-01"}, "last_on"),
        ({"last_on": LAST}, "last_on"),
    ):
        with pytest.raises(Malformed) as refused:
            town.ask(notice.model_validate(notice.model_dump() | wrong), town.bob)
        assert fault(refused)[0] == field
    assert town.ask(notice, town.bob).term_until == FRIDAY.date()
    shown = town.ask(ListDistributions(market_id=market.market_id), town.odile)
    assert [(one.state, one.place_lack) for one in shown] == [("planned", None), *[("planned", "unlent")] * 2]
    told = town.said(LoanChanged)[-1][1]
    assert told.displaced == [sale.starts_at for sale in sales[1:]] and told.by_person == town.bob
    assert town.ask(notice, town.odile).code == "not-lent"
    assert town.ask(CancelDistribution(distribution_id=sales[2].distribution_id), town.odile).place_lack is None


def test_an_election_sunday_is_proposed_to_be_skipped_and_nothing_is_planned_on_it(town: Town) -> None:
    market, hall = a_market(town), a_hall(town)
    granted(town, asked(town, market, hall))
    sales = plan(town, market, hall, count=2)
    days = {"from_on": sales[1].wall_starts_at.date(), "to_on": date(2027, 1, 8), "reason": "Élection municipale"}
    enter = AddTakenDays(venue_id=hall.venue_id, **days)
    for person, refusal in ((town.odile, NotAllowed), (town.charlie, NotAllowed), (None, NotAllowed)):
        with pytest.raises(refusal):
            town.ask(enter, person)
    taken = town.ask(enter, town.bob)
    listed = town.ask(ListDistributions(market_id=market.market_id), town.odile)
    assert [(one.state, one.place_lack) for one in listed] == [("planned", None), ("planned", "taken")]
    series = {"market_id": market.market_id, "first": FRIDAY.date(), "recurrence": Recurrence(count=5)}
    seen = town.ask(PreviewSeries(**series, venue_id=hall.venue_id), town.odile)
    named = ["Élection municipale" in [one.name for one in day.occasions] for day in seen]
    assert named == [False, True, True, True, False]
    with pytest.raises(Malformed) as refused:
        plan(town, market, hall, count=2)
    assert fault(refused) == ("venue_id", "taken")
    with pytest.raises(NotFound):
        town.ask(EndTakenDays(taken_id=taken.taken_id), town.odile)
    assert town.ask(ListTakenDays(insee=CAROMB), town.odile) == []
    assert town.ask(ListTakenDays(insee=CAROMB), town.bob) == [taken]
    town.ask(EndTakenDays(taken_id=taken.taken_id), town.bob)
    assert plan(town, market, hall, count=2)[1].place_lack is None


def test_one_place_is_lent_once_and_what_is_in_the_way_is_named(town: Town) -> None:
    first, second, hall = a_market(town), a_market(town, name="Halles", public=False), a_hall(town)
    mine, theirs = asked(town, first, hall), asked(town, second, hall, from_hour=time(19), until_hour=time(22))
    listed = town.ask(ListLoans(insee=CAROMB), town.bob)
    assert [one.clashes for one in listed] == [["Halles"], ["Marché de Caromb"]]
    assert granted(town, theirs).state == "granted"
    refused = granted(town, mine)
    assert (refused.code, refused.details) == ("lent-already", {"markets": ["Halles"]})
    assert asked(town, first, hall).details == {"markets": ["Halles"]}
    assert asked(town, first, hall, until_hour=time(19)).state == "asked"
    assert town.ask(WithdrawLoan(loan_id=mine.loan_id), town.odile).state == "withdrawn"
    assert granted(town, mine).code == "loan-answered"


def test_a_second_person_answers_for_a_market_of_ones_own_where_there_is_one(town: Town) -> None:
    market, hall = a_market(town), a_hall(town)
    may_lend(town, town.odile)
    loan = asked(town, market, hall)
    no = AnswerLoan(loan_id=loan.loan_id, version=1, answer="refused", reason="La salle est en travaux.")
    with pytest.raises(NotAllowed) as own:
        town.ask(no, town.odile)
    assert own.value.code == "own-market"
    town.hear(
        GrantChanged(grant_id=uuid4(), person_id=town.bob, right="organise", object_id=market.market_id, holds=True), 1
    )
    assert town.ask(no, town.odile).reason == "La salle est en travaux."


def test_neither_stranger_nor_the_other_side_does_what_is_not_theirs(town: Town) -> None:
    market, hall = a_market(town), a_hall(town)
    loan = asked(town, market, hall)
    answer = AnswerLoan(loan_id=loan.loan_id, version=1, answer="granted")
    place = {"name": "X", "address": "Y"}
    may_lend(town, town.alice, "84031")
    for person in (town.charlie, town.alice):
        for command in (
            answer,
            WithdrawLoan(loan_id=loan.loan_id),
            EndLoan(loan_id=loan.loan_id, version=1, last_on=LAST),
        ):
            with pytest.raises(NotFound):
                town.ask(command, person)
        for command in (
            AddTownVenue(insee=CAROMB, **place),
            ChangeTownVenue(venue_id=hall.venue_id, version=1, **place),
        ):
            with pytest.raises(NotAllowed):
                town.ask(command, person)
        with pytest.raises(NotAllowed):
            asked(town, market, hall, person)
        assert (
            town.ask(ListLoans(insee=CAROMB), person) == town.ask(ListLoans(market_id=market.market_id), person) == []
        )
    with pytest.raises(NotAllowed):
        town.ask(answer, town.odile)
    with pytest.raises(NotAllowed):
        town.ask(WithdrawLoan(loan_id=loan.loan_id), town.bob)
    assert [it.name for it in town.ask(ListTownVenues(insee=CAROMB))] == ["Salle des fêtes"]
    assert town.ask(ListLoans(market_id=market.market_id), town.odile)[0].purpose == "Remise des paniers"


def test_a_market_at_a_towns_place_is_public_once_the_town_has_said_yes(town: Town) -> None:
    approve(town, a_new_market(town, name="Halles"))
    market, hall = a_new_market(town), a_hall(town)
    loan = asked(town, market, hall)
    assert approve(town, market).code == "place-asked"
    farm = a_farm(town, town.odile)
    town.ask(SetProducerPlan(producer_id=farm.producer_id, plan="engaged"), town.olga)
    granted(town, loan)
    seq, event = town.said(MarketChanged)[-1]
    assert (seq, event.market_id, event.approved) == (2, market.market_id, True)
    may_lend(town, town.odile, "84031")
    own_hall = town.ask(AddTownVenue(insee="84031", name="Halle", address="Place"), town.odile)
    own = asked(town, a_new_market(town, name="À moi"), own_hall)
    assert town.ask(AnswerLoan(loan_id=own.loan_id, version=1, answer="granted"), town.odile).state == "granted"
    assert not town.said(MarketChanged)[-1][1].approved
    loan = granted(town, asked(town, a_new_market(town, name="Sans nom", entity_kind=None), hall, weekdays=[1]))
    assert not town.said(MarketChanged)[-1][1].approved and loan.state == "granted"
    assert approve(town, a_new_market(town, name="Chez soi")).approval == Approval.APPROVED


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"until_on": date(2026, 12, 1)}, ("until_on", "order")),
        ({"from_on": date(2025, 1, 1), "until_on": date(2025, 2, 1)}, ("until_on", "past")),
        ({"until_hour": time(16)}, ("until_hour", "order")),
        ({"until_on": date(2026, 12, 20), "weekdays": [1, 2]}, ("weekdays", "none")),
    ],
)
def test_what_cannot_be_meant_is_named_by_its_field(
    town: Town, changes: dict[str, Any], wrong: tuple[str, str]
) -> None:
    market, hall = a_market(town), a_hall(town)
    with pytest.raises(Malformed) as refused:
        asked(town, market, hall, **changes)
    assert fault(refused) == wrong


days = st.dates(date(2026, 1, 1), date(2026, 2, 15))
hours = st.integers(0, 23).map(time)
spans = st.builds(Span, days, days, st.frozensets(st.integers(1, 7)), hours, hours)


@given(spans, spans)
def test_two_loans_clash_where_they_share_an_hour_of_a_day(one: Span, other: Span) -> None:
    def held(span: Span) -> set[tuple[date, int]]:
        every = (date(2026, 1, 1) + timedelta(days=number) for number in range(46))
        on = [day for day in every if span.from_on <= day <= span.until_on]
        on = [day for day in on if not span.weekdays or day.isoweekday() in span.weekdays]
        return {(day, hour) for day in on for hour in range(span.from_hour.hour, span.until_hour.hour)}

    if held(one) and held(other):
        assert one.clashes_with(other) == bool(held(one) & held(other)) == other.clashes_with(one)
