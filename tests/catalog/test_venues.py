"""A pick-up place is written anew by those who organise its market, and says what whoever comes must know."""

from uuid import UUID

import pytest

from contracts.errors import Conflict, Malformed, NotFound
from contracts.planning import AddVenue, ChangeDistribution, ChangeVenue, ListVenues, ReadDistribution
from contracts.slots import WantedSlots
from tests.catalog.cast import Town, a_market, planned


def test_a_place_that_is_written_anew_is_so_for_the_sales_to_come(town: Town) -> None:
    market = a_market(town)
    [sale] = planned(town, market)
    change = ChangeVenue(
        venue_id=sale.venue_id, version=1, name="Halle", address="Place du Château", hours="de 8 h à 20 h",
        fridge_shelves=4, owner_name="Famille Meffre", owner_contact="04 90 00 00 12",
    )  # fmt: skip
    assert town.ask(change, town.odile).version == 2
    with pytest.raises(Conflict) as moved:
        town.ask(change, town.odile)
    assert moved.value.details == {"version": 2}
    shown = town.ask(ReadDistribution(distribution_id=sale.distribution_id))
    assert (shown.venue_name, shown.venue_hours, shown.fridge_shelves) == ("Halle", "de 8 h à 20 h", 4)


def test_slots_take_what_their_place_has_room_for(town: Town) -> None:
    market = a_market(town)
    [sale] = planned(town, market)
    walls = {name: getattr(sale, f"wall_{name}") for name in ("opens_at", "closes_at", "starts_at", "ends_at")}
    about = {"distribution_id": sale.distribution_id, "venue_id": sale.venue_id, **walls}

    def capacity(version: int, wanted: int | None) -> int | None:
        slots = WantedSlots(minutes=15, capacity=wanted)
        slotted = town.ask(ChangeDistribution(**about, version=version, slots=slots), town.odile).slots
        return slotted.capacity if slotted else None

    with pytest.raises(Malformed) as unsaid:
        capacity(1, None)
    room = {"name": "Halle", "address": "Place du Château", "slot_capacity": 12}
    town.ask(ChangeVenue(venue_id=sale.venue_id, version=1, **room), town.odile)
    assert (capacity(1, None), capacity(2, 12), capacity(3, 4)) == (12, 12, 4)
    with pytest.raises(Malformed) as crowded:
        capacity(4, 13)
    faults = [refused.value.details["fields"][0] for refused in (unsaid, crowded)]
    assert [(one["field"], one["code"]) for one in faults] == [
        ("slots.capacity", "missing"),
        ("slots.capacity", "too-many"),
    ]


def test_whom_to_call_is_for_those_who_organise(town: Town) -> None:
    market = a_market(town)
    private = {"name": "Grange", "address": "Route de Mazan", "owner_name": "J. Meffre", "owner_contact": "04 90 00"}
    town.ask(AddVenue(market_id=market.market_id, **private), town.odile)
    for person, contact in ((town.odile, "04 90 00"), (town.charlie, ""), (None, "")):
        [found] = town.ask(ListVenues(market_id=market.market_id), person)
        assert (found.owner_name, found.owner_contact) == ("J. Meffre", contact)
    with pytest.raises(NotFound):
        town.ask(ChangeVenue(venue_id=UUID(int=1), version=1, name="X", address="Y"), town.odile)
