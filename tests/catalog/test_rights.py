"""Who may do what; Charlie sees nothing."""

from uuid import uuid4

import pytest

from contracts.catalog import ChangeMarket, MarketChanged, MarketDetails, MyMarkets, ReadMarket
from contracts.errors import Conflict, Malformed, NotAllowed, NotFound
from contracts.members import GrantChanged
from contracts.planning import (
    AddVenue,
    AdmitProducer,
    AskToSell,
    CancelDistribution,
    ChangeVenue,
    EndAdmission,
    ListAdmissions,
    ListDistributions,
    ListParticipations,
    ListVenues,
    Participate,
    ReadDistribution,
)
from contracts.producers import (
    ChangeProducer,
    MyProducers,
    ProducerChanged,
    ProducerDetails,
    ReadProducer,
    RegisterProducer,
)
from contracts.products import (
    AddProduct,
    ArchiveProduct,
    ChangeOffer,
    ChangeProduct,
    ListOffers,
    ListProducts,
    MakeOffer,
    PreviewProducts,
    ProductDetails,
    WithdrawOffer,
)
from contracts.search import SearchMarkets
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer, planned


def test_charlie_sees_nothing_of_a_market_that_is_not_public(town: Town) -> None:
    market, farm = a_market(town, public=False), a_farm(town)
    [distribution] = planned(town, market)
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    town.ask(AdmitProducer(**pair), town.odile)
    product = a_product(town, farm)
    an_offer(town, product, market)
    about_market = {"market_id": market.market_id}
    about = {"distribution_id": distribution.distribution_id}
    hidden = [
        ReadMarket(**about_market),
        ListVenues(**about_market),
        ListOffers(**about_market),
        ListDistributions(**about_market),
        ReadDistribution(**about),
    ]
    for person in (None, town.charlie):
        for command in hidden:
            with pytest.raises(NotFound):
                town.ask(command, person)
        assert town.ask(SearchMarkets(), person) == []
        assert town.ask(ListOffers(producer_id=farm.producer_id), person) == []
    for person in (town.alice, town.odile):
        for command in hidden:
            town.ask(command, person)


def test_charlie_may_change_nothing(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    product = a_product(town, farm)
    offer = an_offer(town, product, market)
    [distribution] = planned(town, market)
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    about = {"distribution_id": distribution.distribution_id}
    details = market.model_dump(include=set(MarketDetails.model_fields))
    farm_details = farm.model_dump(include=set(ProducerDetails.model_fields))
    product_details = product.model_dump(include=set(ProductDetails.model_fields))
    forbidden = [
        ChangeMarket(market_id=market.market_id, version=1, **details),
        AddVenue(market_id=market.market_id, name="X", address="Y"),
        ChangeVenue(venue_id=distribution.venue_id, version=1, name="X", address="Y"),
        ChangeProducer(producer_id=farm.producer_id, version=1, **farm_details),
        AskToSell(**pair),
        AdmitProducer(**pair),
        EndAdmission(**pair),
        ListAdmissions(market_id=market.market_id),
        ListAdmissions(producer_id=farm.producer_id),
        AddProduct(producer_id=farm.producer_id, name="X", unit="kg"),
        ChangeProduct(product_id=product.product_id, version=1, **product_details),
        ArchiveProduct(product_id=product.product_id),
        ListProducts(producer_id=farm.producer_id),
        MakeOffer(product_id=product.product_id, market_id=market.market_id, price_cents=1),
        ChangeOffer(offer_id=offer.offer_id, version=1, price_cents=1),
        WithdrawOffer(offer_id=offer.offer_id),
        PreviewProducts(producer_id=farm.producer_id, text="name;unit\n"),
        CancelDistribution(**about),
        Participate(**about, producer_id=farm.producer_id, presence="declined"),
        ListParticipations(**about),
    ]
    for command in forbidden:
        with pytest.raises((NotAllowed, NotFound)):
            town.ask(command, town.charlie)
        with pytest.raises(NotAllowed) as refusal:
            town.ask(command)
        assert refusal.value.code == "sign-in"
    assert town.ask(MyMarkets(), town.charlie) == town.ask(MyProducers(), town.charlie) == []


def test_an_organiser_may_not_write_a_farms_products_nor_a_farm_plan_the_market(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    product = a_product(town, farm)
    offer = an_offer(town, product, market)
    for command in (
        ArchiveProduct(product_id=product.product_id),
        ChangeOffer(offer_id=offer.offer_id, version=1, price_cents=1),
    ):
        with pytest.raises(NotFound):
            town.ask(command, town.odile)
    [distribution] = planned(town, market)
    with pytest.raises(NotAllowed):
        town.ask(CancelDistribution(distribution_id=distribution.distribution_id), town.alice)


def test_each_side_sees_its_part_of_who_takes_part(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    bakery = a_farm(town, town.bob, farm_name="Four")
    admit(town, market, farm)
    admit(town, market, bakery, town.bob)
    [distribution] = planned(town, market)
    command = ListParticipations(distribution_id=distribution.distribution_id)
    assert len(town.ask(command, town.odile)) == 2
    assert [p.producer_id for p in town.ask(command, town.bob)] == [bakery.producer_id]
    decline = Participate(
        distribution_id=distribution.distribution_id,
        producer_id=bakery.producer_id,
        presence="declined",
    )
    with pytest.raises(NotFound):
        town.ask(decline, town.odile)
    town.ask(decline, town.bob)
    assert {p.presence for p in town.ask(command, town.odile)} == {"accepted", "declined"}


def test_a_farm_whose_admission_ended_takes_no_part_and_sells_nothing(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    product = a_product(town, farm)
    an_offer(town, product, market)
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    assert town.ask(EndAdmission(**pair), town.odile).state == "ended"
    assert town.ask(ListOffers(market_id=market.market_id)) == []
    offer = MakeOffer(product_id=product.product_id, market_id=market.market_id, price_cents=1)
    assert town.ask(offer, town.alice).code == "not-admitted"
    assert town.ask(AskToSell(**pair), town.alice).state == "asked"
    assert town.ask(AdmitProducer(**pair), town.odile).state == "admitted"
    assert town.ask(AskToSell(**pair), town.alice).state == "admitted"


def test_a_founder_who_lost_the_right_has_lost_it_and_a_deputy_has_it(town: Town) -> None:
    market = a_market(town)
    read = town.ask(MyMarkets(), town.odile)
    assert [m.market_id for m in read] == [market.market_id]
    for person, holds in ((town.odile, False), (town.bob, True)):
        grant = GrantChanged(
            grant_id=uuid4(),
            person_id=person,
            right="organise",
            object_id=market.market_id,
            holds=holds,
        )
        town.hear(grant, 2)
        town.hear(grant, 2)
        town.hear(grant.model_copy(update={"holds": not holds}), 1)
    assert town.ask(MyMarkets(), town.odile) == []
    venue = AddVenue(market_id=market.market_id, name="Salle", address="Place")
    with pytest.raises(NotAllowed):
        town.ask(venue, town.odile)
    town.ask(venue, town.bob)


def test_what_is_founded_is_said_and_every_change_has_a_later_seq(town: Town) -> None:
    market, farm = a_market(town), a_farm(town, siret="732 829 320 00074")
    assert farm.siret == "73282932000074"
    details = market.model_dump(include=set(MarketDetails.model_fields)) | {"name": "Halles"}
    change = ChangeMarket(market_id=market.market_id, version=2, **details)
    town.ask(change, town.odile, key="once")
    town.ask(change, town.odile, key="once")
    said = town.said(MarketChanged)
    assert [(seq, event.name) for seq, event in said] == [
        (1, "Marché de Caromb"),
        (2, "Marché de Caromb"),
        (3, "Halles"),
    ]
    assert {event.founder_id for _, event in said} == {town.odile}
    with pytest.raises(Conflict) as refusal:
        town.ask(change, town.odile)
    assert refusal.value.details == {"version": 3}
    farm_details = farm.model_dump(include=set(ProducerDetails.model_fields))
    town.ask(ChangeProducer(producer_id=farm.producer_id, version=1, **farm_details), town.alice)
    assert [seq for seq, _ in town.said(ProducerChanged)] == [1, 2]
    assert town.ask(ReadProducer(producer_id=farm.producer_id)).town == "Carpentras"


def test_what_cannot_be_meant_is_named_by_its_field(town: Town) -> None:
    farm = a_farm(town)
    names = {"legal_name": "X", "farm_name": "X"}
    wrong = [
        (RegisterProducer(**names, insee="84999"), "insee"),
        (RegisterProducer(**names, insee="84030", siret="73282932000075"), "siret"),
        (
            AddProduct(producer_id=farm.producer_id, name="X", unit="piece", pricing="per_weight"),
            "estimated_grams",
        ),
    ]
    for command, field in wrong:
        with pytest.raises(Malformed) as refusal:
            town.ask(command, town.alice)
        assert [f["field"] for f in refusal.value.details["fields"]] == [field]
    a_product(town, farm, ref="C1")
    again = AddProduct(producer_id=farm.producer_id, name="X", unit="kg", ref="C1")
    assert town.ask(again, town.alice).code == "ref-taken"
