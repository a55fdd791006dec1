"""From a plan to the sale sheet that orders sells."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bus import database
from contracts.affairs import AddPaper
from contracts.catalog import SaleSheetPublished, ShareRule, Uncollected
from contracts.errors import Malformed, NotAllowed, NotFound
from contracts.orders import DistributionChanged
from contracts.planning import (
    AddVenue,
    AdmitProducer,
    CancelDistribution,
    ChangeDistribution,
    ChooseUsualPlaces,
    Distribution,
    ListAdmissions,
    ListDistributions,
    ListParticipations,
    Participate,
    PlanDistribution,
    ReadDistribution,
    Recurrence,
)
from contracts.producers import ChangeProducer, ProducerDetails
from contracts.products import (
    ArchiveProduct,
    ChangeProduct,
    MakeOffer,
    ProductDetails,
    WithdrawOffer,
)
from contracts.shifting import SaleShifted
from contracts.slots import SlotPlan
from services.catalog import store
from tests.catalog.cast import (
    WEDNESDAY,
    Town,
    a_farm,
    a_mark,
    a_market,
    a_product,
    admit,
    an_offer,
    planned,
    wall,
)

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
BEFORE = datetime(2026, 12, 1, tzinfo=UTC)


def the_sheet(town: Town) -> SaleSheetPublished:
    """What the one opening said."""
    [(seq, sheet)] = town.said(SaleSheetPublished)
    assert seq == 1
    return sheet


def open_now(town: Town, distribution: Distribution) -> None:
    town.set_clock(distribution.opens_at + timedelta(seconds=1))
    assert town.let_due() == 1


def test_the_sheet_keeps_what_the_market_does_with_what_nobody_fetches(town: Town) -> None:
    market = a_market(town, kept_minutes=90, by_proxy=False, in_fridge=True, uncollected="donated")
    (distribution,) = planned(town, market)
    open_now(town, distribution)
    kept = the_sheet(town).absence
    assert kept is not None and kept.kept_until == distribution.ends_at + timedelta(minutes=90)
    assert (kept.by_proxy, kept.in_fridge, kept.uncollected) == (False, True, Uncollected.DONATED)


def test_slots_fill_the_hand_over_and_travel_on_the_sheet(town: Town) -> None:
    (distribution,) = planned(town, a_market(town))
    walls = {name: getattr(distribution, f"wall_{name}") for name in ("opens_at", "closes_at", "starts_at", "ends_at")}
    about = {"distribution_id": distribution.distribution_id, "venue_id": distribution.venue_id, "version": 1, **walls}
    for changes, fault in (
        ({"slots": {"minutes": 50, "capacity": 4}}, "uneven"),
        ({"slots": {"minutes": 5, "capacity": 4}, "ends_at": walls["starts_at"] + timedelta(hours=25)}, "too-long"),
        ({"slots": {"minutes": 15, "capacity": 4}, "ends_at": walls["starts_at"]}, "uneven"),
    ):
        with pytest.raises(Malformed) as refused:
            town.ask(ChangeDistribution(**about | changes), town.odile)
        assert [(one["field"], one["code"]) for one in refused.value.details["fields"]] == [("slots", fault)]
    plan = SlotPlan(minutes=15, capacity=4)
    changed = town.ask(ChangeDistribution(**about, slots=plan), town.odile)
    open_now(town, changed)
    assert changed.slots == the_sheet(town).slots == plan


def test_a_distribution_opens_at_its_second_with_every_offer_whole(town: Town) -> None:
    town.set_clock(BEFORE)
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    wine = a_product(
        town,
        farm,
        name="Ventoux rouge",
        unit="piece",
        category="wine_and_beer",
        allergens=["sulphites"],
        alcohol_basis_points=1350,
        net_quantity="75 cl",
        vat_basis_points=2000,
        origin="Caromb",
    )
    licence = AddPaper(producer_id=farm.producer_id, kind="alcohol_licence", number="Caromb, 2024/17")
    town.ask(licence, town.alice)
    a_mark(town, farm, valid_until="2026-12-16")
    a_mark(town, farm, kind="aop", scope="named", product_ids=[wine.product_id], valid_until=None)
    offer = an_offer(town, wine, market, price_cents=890, stock_mode="per_distribution", stock=24, maximum=6)
    [distribution] = planned(town, market)
    town.set_clock(distribution.opens_at - timedelta(seconds=2))
    assert town.let_due() == 0
    open_now(town, distribution)
    sheet = the_sheet(town)
    [line] = sheet.lines
    assert (sheet.market_name, sheet.venue_name) == ("Marché de Caromb", "Salle des fêtes")
    assert (line.offer_id, line.price_cents, line.vat_basis_points) == (offer.offer_id, 890, 2000)
    assert (line.producer_name, line.legal_name) == ("Ferme des Lilas", "EARL des Lilas")
    assert (line.stock, line.maximum, line.alcohol) == (24, 6, True)
    assert (line.marks, line.allergens, line.origin) == (["ab", "aop"], ["sulphites"], "Caromb")
    ends = [(one.kind, one.certifier, one.ends_at) for one in line.certificates]
    assert ends == [("ab", "FR-BIO-01", datetime(2026, 12, 16, 23, tzinfo=UTC)), ("aop", "FR-BIO-01", None)]
    assert line.closes_at == distribution.closes_at
    read = town.ask(ReadDistribution(distribution_id=distribution.distribution_id))
    assert read.state == "open"


def test_an_opening_that_was_missed_happens_once_when_we_are_back(town: Town) -> None:
    town.set_clock(BEFORE)
    [distribution] = planned(town, a_market(town))
    town.set_clock(distribution.ends_at + timedelta(days=3))
    assert town.let_due() == 1
    assert town.let_due() == 0
    assert the_sheet(town).lines == []


def test_only_what_is_on_sale_and_in_season_stands_on_the_sheet(town: Town) -> None:
    town.set_clock(BEFORE)
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    kept = a_product(town, farm, name="Poireaux", months=[11, 12, 1])
    summer = a_product(town, farm, name="Melons", months=[6, 7, 8])
    archived, withdrawn = a_product(town, farm, name="Navets"), a_product(town, farm, name="Raves")
    offers = [an_offer(town, product, market) for product in (kept, summer, archived, withdrawn)]
    town.ask(ArchiveProduct(product_id=archived.product_id), town.alice)
    town.ask(WithdrawOffer(offer_id=offers[3].offer_id), town.alice)
    [distribution] = planned(town, market)
    open_now(town, distribution)
    assert [line.name for line in the_sheet(town).lines] == ["Poireaux"]


def test_a_farm_that_declines_is_not_on_the_sheet_and_a_baker_closes_earlier(town: Town) -> None:
    town.set_clock(BEFORE)
    market = a_market(town)
    farm = a_farm(town)
    bakery = a_farm(town, town.bob, legal_name="Bob SARL", farm_name="Le Four de Bob")
    for one, person in ((farm, town.alice), (bakery, town.bob)):
        admit(town, market, one, person)
        an_offer(town, a_product(town, one, person), market, person)
    [distribution] = planned(town, market)
    about = {"distribution_id": distribution.distribution_id}
    town.ask(Participate(**about, producer_id=farm.producer_id, presence="declined"), town.alice)
    noon = (WEDNESDAY - timedelta(days=1)).replace(hour=12)
    baker = {"producer_id": bakery.producer_id, "presence": "accepted", "closes_at": noon}
    town.ask(Participate(**about, **baker), town.bob)
    open_now(town, distribution)
    [line] = the_sheet(town).lines
    assert line.producer_name == "Le Four de Bob"
    assert line.closes_at == datetime(2026, 12, 15, 11, 0, tzinfo=UTC)


def test_a_farm_comes_to_its_usual_places_and_elsewhere_on_the_days_it_says(town: Town) -> None:
    town.set_clock(BEFORE)
    market, farm = a_market(town), a_farm(town)
    bakery = a_farm(town, town.bob, legal_name="Bob SARL", farm_name="Le Four de Bob")
    for one, person in ((farm, town.alice), (bakery, town.bob)):
        admit(town, market, one, person)
        an_offer(town, a_product(town, one, person), market, person)
    [hall] = planned(town, market)
    station = town.ask(AddVenue(market_id=market.market_id, name="La gare", address="1 quai"), town.odile).venue_id
    for one, person in ((farm, town.alice), (bakery, town.bob)):
        about = {"market_id": market.market_id, "producer_id": one.producer_id}
        chosen = town.ask(ChooseUsualPlaces(**about, venue_ids=[station, station]), person)
        assert chosen.usual_venue_ids == [station]
    today = {"distribution_id": hall.distribution_id, "producer_id": bakery.producer_id}
    town.ask(Participate(**today, presence="accepted"), town.bob)
    seen = town.ask(ListParticipations(distribution_id=hall.distribution_id), town.odile)
    assert [(one.producer_name, one.presence) for one in seen] == [
        (farm.farm_name, "declined"), ("Le Four de Bob", "accepted")
    ]  # fmt: skip
    open_now(town, hall)
    [line] = the_sheet(town).lines
    assert line.producer_name == "Le Four de Bob"


def test_usual_places_are_the_markets_own_and_chosen_by_the_farm(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    choose = ChooseUsualPlaces(market_id=market.market_id, producer_id=farm.producer_id)
    with pytest.raises(NotFound):
        town.ask(choose, town.alice)
    admit(town, market, farm)
    with pytest.raises(NotAllowed):
        town.ask(choose, town.odile)
    elsewhere = a_market(town, name="Ailleurs")
    station = AddVenue(market_id=elsewhere.market_id, name="La gare", address="1 quai")
    strange = town.ask(station, town.odile).venue_id
    with pytest.raises(Malformed) as refusal:
        town.ask(choose.model_copy(update={"venue_ids": [strange]}), town.alice)
    assert refusal.value.details["fields"][0]["field"] == "venue_ids"


def test_an_edit_after_the_opening_waits_for_the_next_sheet(town: Town) -> None:
    town.set_clock(BEFORE)
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    product = a_product(town, farm)
    an_offer(town, product, market)
    first, second = planned(town, market, recurrence=Recurrence(count=2))
    open_now(town, first)
    fields = product.model_dump(include=set(ProductDetails.model_fields)) | {"name": "Carottes B"}
    change = ChangeProduct(product_id=product.product_id, version=product.version, **fields)
    town.ask(change, town.alice)
    said = farm.model_dump(include=set(ProducerDetails.model_fields)) | {"share_rule": ShareRule.PRO_RATA}
    town.ask(ChangeProducer(producer_id=farm.producer_id, version=farm.version, **said), town.alice)
    open_now(town, second)
    lines = [sheet.lines[0] for _, sheet in town.said(SaleSheetPublished)]
    assert [(one.name, one.share_rule) for one in lines] == [
        ("Carottes", ShareRule.FIRST_COME), ("Carottes B", ShareRule.PRO_RATA)
    ]  # fmt: skip


def test_a_moved_opening_happens_at_the_new_hour_only_and_a_cancelled_one_never(town: Town) -> None:
    town.set_clock(BEFORE)
    market = a_market(town)
    moved, called_off = planned(town, market, recurrence=Recurrence(count=2))
    later = ChangeDistribution(
        distribution_id=moved.distribution_id,
        version=1,
        venue_id=moved.venue_id,
        opens_at=moved.wall_opens_at + timedelta(days=1),
        closes_at=moved.wall_closes_at,
        starts_at=moved.wall_starts_at,
        ends_at=moved.wall_ends_at,
    )
    town.ask(later, town.odile)
    cancel = CancelDistribution(distribution_id=called_off.distribution_id)
    assert town.ask(cancel, town.odile).state == "cancelled"
    town.set_clock(moved.opens_at + timedelta(minutes=1))
    assert town.let_due() == 0
    town.set_clock(called_off.opens_at + timedelta(minutes=1))
    assert town.let_due() == 2
    assert the_sheet(town).distribution_id == moved.distribution_id
    assert town.ask(cancel, town.odile).code == "not-planned"
    assert town.ask(later.model_copy(update={"version": 3}), town.odile).code == "not-planned"


def test_a_plan_seen_before_it_moved_is_a_conflict(town: Town) -> None:
    town.set_clock(BEFORE)
    [one] = planned(town, a_market(town))
    walls = {name: getattr(one, f"wall_{name}") for name in ("opens_at", "closes_at")}
    walls |= {name: getattr(one, f"wall_{name}") for name in ("starts_at", "ends_at")}
    ids = {"distribution_id": one.distribution_id, "venue_id": one.venue_id}
    town.ask(ChangeDistribution(version=1, **ids, **walls), town.odile)
    with pytest.raises(Exception, match="changed while you were looking"):
        town.ask(ChangeDistribution(version=1, **ids, **walls), town.odile)


def test_shared_stock_is_one_figure_for_all_markets(town: Town) -> None:
    town.set_clock(BEFORE)
    here, there, farm = a_market(town), a_market(town, name="Bédoin"), a_farm(town)
    eggs = a_product(town, farm, name="Œufs", unit="piece")
    for market in (here, there):
        admit(town, market, farm)
    an_offer(town, eggs, here, stock_mode="shared", stock=60)
    an_offer(town, eggs, there, stock_mode="shared", stock=50)
    [distribution] = planned(town, here)
    open_now(town, distribution)
    assert the_sheet(town).lines[0].stock == 50


def test_a_weekly_close_keeps_its_hour_over_the_end_of_summer_time(town: Town) -> None:
    town.set_clock(datetime(2026, 10, 1, tzinfo=UTC))
    weekly = Recurrence(count=2)
    first, second = planned(town, a_market(town), wall(2026, 10, 21, 20), weekly)
    assert first.closes_at == datetime(2026, 10, 21, 18, 0, tzinfo=UTC)
    assert second.closes_at == datetime(2026, 10, 28, 19, 0, tzinfo=UTC)


def test_a_series_over_two_years_is_planned_whole_and_listed_page_by_page(town: Town) -> None:
    town.set_clock(BEFORE)
    market = a_market(town)
    series = planned(town, market, recurrence=Recurrence(count=104))
    assert len(series) == 104
    first = town.ask(ListDistributions(market_id=market.market_id, limit=100))
    last = town.ask(ListDistributions(market_id=market.market_id, after=first[-1].distribution_id, limit=100))
    assert first + last == series


def test_a_series_with_one_impossible_night_is_planned_not_at_all(town: Town) -> None:
    town.set_clock(BEFORE)
    market = a_market(town)
    [one] = planned(town, market)
    walls = [wall(2027, 3, day, hour, 59) for day, hour in ((14, 1), (14, 2), (14, 3), (14, 4))]
    walls[2] = wall(2027, 3, 14, 3)
    command = PlanDistribution(
        market_id=market.market_id,
        venue_id=one.venue_id,
        **dict(zip(("opens_at", "closes_at", "starts_at", "ends_at"), walls, strict=True)),
        recurrence=Recurrence(count=3),
    )
    with pytest.raises(Exception, match="cannot start before"):
        town.ask(command, town.odile)
    assert len(town.ask(ListDistributions(market_id=market.market_id))) == 1


def test_what_orders_says_is_mirrored_twice_late_or_out_of_order_alike(town: Town) -> None:
    town.set_clock(BEFORE)
    [distribution] = planned(town, a_market(town))
    open_now(town, distribution)
    about = distribution.distribution_id
    closed = DistributionChanged(distribution_id=about, state="closed")
    closing = DistributionChanged(distribution_id=about, state="closing")
    for event, seq in ((closed, 3), (closed, 3), (closing, 2)):
        town.hear(event, seq)
    assert town.ask(ReadDistribution(distribution_id=about)).state == "closed"


def test_a_shift_is_mirrored_twice_late_or_out_of_order_alike(town: Town) -> None:
    town.set_clock(BEFORE)
    market = a_market(town)
    [distribution] = planned(town, market)
    about = distribution.distribution_id
    kept = SaleShifted.model_validate_json((EXAMPLES / "orders.sale_shifted.v1.json").read_bytes())

    def shifted(days: int) -> SaleShifted:
        later = timedelta(days=days)
        hours = {name: getattr(distribution, name) + later for name in ("closes_at", "starts_at", "ends_at")}
        shift = kept.shift.model_copy(update=hours | {"time_zone": distribution.time_zone})
        return kept.model_copy(update={"distribution_id": about, "shift": shift})

    open_now(town, distribution)
    for event, seq in ((shifted(9), 5), (shifted(7), 3), (shifted(9), 5)):
        town.hear(event, seq)
    town.hear(DistributionChanged(distribution_id=about, state="closed"), 4)
    found = town.ask(ReadDistribution(distribution_id=about))
    assert (found.starts_at, found.state) == (distribution.starts_at + timedelta(days=9), "closed")
    assert found.wall_closes_at == distribution.wall_closes_at + timedelta(days=9)


def test_an_invited_farm_accepts_by_offering(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    product = a_product(town, farm)
    offer = MakeOffer(product_id=product.product_id, market_id=market.market_id, price_cents=1)
    assert town.ask(offer, town.alice).code == "not-admitted"
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    assert town.ask(AdmitProducer(**pair), town.odile).state == "invited"
    town.ask(offer, town.alice)
    [admission] = town.ask(ListAdmissions(market_id=market.market_id), town.odile)
    assert admission.state == "admitted"
    assert town.ask(offer, town.alice).code == "offered-already"


def test_the_tables_and_the_migrations_agree(catalog_url: str) -> None:
    database.serve("catalog")
    with database.transaction() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, store.metadata) == []
        assert tx.execute(text("select count(*) from communes")).scalar() == 34_969


def test_a_markets_past_is_read_from_its_newest_sale_page_by_page(town: Town) -> None:
    market = a_market(town)
    sales = planned(town, market, recurrence=Recurrence(count=3))
    town.set_clock(sales[-1].ends_at + timedelta(days=1))
    backwards = {"market_id": market.market_id, "past": True, "newest_first": True, "limit": 2}
    first = town.ask(ListDistributions(**backwards), town.odile)
    rest = town.ask(ListDistributions(**backwards, after=first[-1].distribution_id), town.odile)
    seen = [one.distribution_id for one in (*first, *rest)]
    assert seen == [one.distribution_id for one in reversed(sales)]
