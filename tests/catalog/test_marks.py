"""Quality marks: which a product has on a day, what a market's policy makes of them, and who may write them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from bus import migrations
from contracts.catalog import ChangeMarket, Market, MarketDetails, SaleSheetPublished
from contracts.errors import Conflict, Malformed, NotFound
from contracts.planning import Distribution, Recurrence
from contracts.producers import Producer
from contracts.products import ListOffers, ListProducts
from contracts.quality import (
    ChangeMark,
    EndMark,
    Floor,
    Lack,
    ListMarks,
    ListRefusedOffers,
    MarkDetails,
    MarkKind,
    RefusedOffer,
    Scope,
)
from contracts.search import SearchProducts
from deploy.database import Postgres
from services.catalog.rules import quality
from services.catalog.rules.quality import Held
from tests.catalog.cast import Town, a_farm, a_mark, a_market, a_product, admit, an_offer, planned, wall

PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
THIS, OTHER = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 10, 19, 16, tzinfo=UTC)
SUNDAY, LATER = date(2026, 10, 18), date(2027, 10, 18)


def held(kind: str, until: date | None = LATER, only: UUID | None = None) -> Held:
    scope = Scope.NAMED if only else Scope.ALL
    return Held(MarkKind(kind), "Certipaq", "1", scope, frozenset({only} if only else ()), until)


@pytest.mark.parametrize(
    ("floor", "marks", "lack"),
    [
        ("organic", [held("ab")], None),
        ("organic", [held("ab", only=THIS)], None),
        ("organic", [held("ab", SUNDAY), held("ab")], None),
        ("organic", [held("ab", date(2026, 10, 19))], None),
        ("organic", [], Lack.NO_MARK),
        ("organic", [held("ab", SUNDAY)], Lack.EXPIRED),
        ("organic", [held("ab", SUNDAY, THIS), held("ab", only=OTHER)], Lack.EXPIRED),
        ("organic", [held("ab", None)], Lack.UNDATED),
        ("organic", [held("ab", only=OTHER)], Lack.OTHER_PRODUCTS),
        ("organic", [held("ab", SUNDAY, OTHER)], Lack.NO_MARK),
        ("organic", [held("in_conversion")], Lack.IN_CONVERSION),
        ("organic", [held("in_conversion", only=THIS), held("ab", only=OTHER)], Lack.IN_CONVERSION),
        ("organic", [held("in_conversion", SUNDAY)], Lack.NO_MARK),
        *(("organic", [held(kind)], Lack.OTHER_MARK) for kind in ("nature_et_progres", "demeter", "bio_coherence")),
        *(("organic", [held(kind)], Lack.OTHER_MARK) for kind in ("label_rouge", "aop", "igp", "hve")),
        *(("official", [held(kind)], None) for kind in ("ab", "label_rouge", "aop", "igp")),
        ("official", [held("aop", None)], None),
        ("official", [held("aop", SUNDAY)], Lack.EXPIRED),
        ("official", [held("hve")], Lack.OTHER_MARK),
        ("none", [], None),
    ],
)
def test_a_floor_lets_in_what_has_the_mark_that_day_and_says_what_the_rest_lacks(
    floor: str, marks: list[Held], lack: Lack | None
) -> None:
    found = quality.shortfall(Floor(floor), marks, THIS, MONDAY, PARIS)
    assert (found.lack if found else None) is lack
    assert (found.valid_until if found else None) == (SUNDAY if lack is Lack.EXPIRED else None)


@pytest.mark.parametrize("kind", MarkKind)
def test_only_ab_is_organic(kind: MarkKind) -> None:
    assert quality.is_organic([kind]) == (kind is MarkKind.AB)


@pytest.mark.parametrize(("zone", "ends"), [(PARIS, (2026, 10, 25, 23)), (REUNION, (2026, 10, 25, 20))])
def test_a_mark_is_good_through_its_last_day_as_the_wall_shows_it(zone: str, ends: tuple[int, ...]) -> None:
    mark, end = held("ab", date(2026, 10, 25)), datetime(*ends, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert mark.ends_at(zone) == end
    assert mark.is_good(end - timedelta(seconds=1), zone) and not mark.is_good(end, zone)


MARKS = st.builds(
    held,
    st.sampled_from([str(kind) for kind in MarkKind]),
    st.none() | st.dates(date(2026, 10, 1), date(2026, 11, 1)),
    st.none() | st.sampled_from([THIS, OTHER]),
)


@given(st.lists(MARKS, max_size=5), st.sampled_from([Floor.ORGANIC, Floor.OFFICIAL]), st.integers(0, 40 * 24))
def test_a_line_qualifies_exactly_as_long_as_the_policy_would_let_it_in(
    marks: list[Held], floor: Floor, hours: int
) -> None:
    """No mark begins between the opening and a later instant, so the two can never differ."""
    if quality.shortfall(floor, marks, THIS, MONDAY, PARIS):
        return
    until = quality.qualifies_until(floor, quality.certificates(marks, THIS, MONDAY, PARIS))
    later = MONDAY + timedelta(hours=hours)
    assert (until is None or later < until) == (quality.shortfall(floor, marks, THIS, later, PARIS) is None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"number": ""}, "number"),
        ({"valid_until": None}, "valid_until"),
        ({"scope": "named"}, "product_ids"),
        ({"kind": "aop", "number": "", "valid_until": None}, None),
        ({"kind": "nature_et_progres", "number": ""}, None),
        ({"kind": "in_conversion", "number": ""}, "number"),
    ],
)
def test_a_mark_says_what_its_kind_needs(changes: dict[str, object], field: str | None) -> None:
    given = {"kind": "ab", "certifier": "FR-BIO-01", "number": "1", "valid_until": "2027-01-01"}
    fault = quality.mark_fault(MarkDetails.model_validate(given | changes))
    assert (fault.field if fault else None) == field


class AllOrganic:
    """Odile's market asks for AB; Alice sells strawberries and apricots there."""

    def __init__(self, town: Town) -> None:
        town.set_clock(datetime(2026, 10, 10, tzinfo=UTC))
        self.town = town
        self.market: Market = a_market(town, quality_floor="organic", welcome_marks=["demeter"])
        self.farm: Producer = a_farm(town)
        admit(town, self.market, self.farm)
        self.strawberries, self.apricots = (a_product(town, self.farm, name=name) for name in ("Fraises", "Abricots"))
        for product in (self.strawberries, self.apricots):
            an_offer(town, product, self.market)

    def plan(self, count: int = 1) -> list[Distribution]:
        return planned(self.town, self.market, wall(2026, 10, 26, 20), Recurrence(count=count))

    def refused(self, distribution: Distribution, person: UUID) -> list[RefusedOffer]:
        command = ListRefusedOffers(distribution_id=distribution.distribution_id)
        found: list[RefusedOffer] = self.town.ask(command, person)
        return found

    def open(self, distribution: Distribution) -> SaleSheetPublished:
        self.town.set_clock(distribution.opens_at + timedelta(seconds=1))
        self.town.let_due()
        sheet: SaleSheetPublished = self.town.said(SaleSheetPublished)[-1][1]
        return sheet


@pytest.fixture
def organic(town: Town) -> AllOrganic:
    return AllOrganic(town)


def test_what_the_policy_keeps_off_is_foreseen_and_then_kept_as_it_was(organic: AllOrganic) -> None:
    town, (sale,) = organic.town, organic.plan()
    of_strawberries = [organic.strawberries.product_id]
    mark = a_mark(town, organic.farm, scope="named", product_ids=of_strawberries, valid_until="2026-10-20")
    [foreseen] = organic.refused(sale, town.alice)
    assert (foreseen.name, foreseen.lack, foreseen.foreseen) == ("Abricots", "other_products", True)
    sheet = organic.open(sale)
    [line] = sheet.lines
    assert (line.name, line.marks) == ("Fraises", ["ab"])
    assert line.qualifies_until == datetime(2026, 10, 20, 22, tzinfo=UTC)
    town.ask(EndMark(mark_id=mark.mark_id), town.alice)
    [kept] = organic.refused(sale, town.odile)
    assert (kept.name, kept.lack, kept.foreseen, kept.on) == ("Abricots", "other_products", False, date(2026, 10, 19))


def test_the_sheet_after_an_expiry_is_without_it_and_says_until_when_it_was_good(organic: AllOrganic) -> None:
    first, second = organic.plan(count=2)
    a_mark(organic.town, organic.farm, valid_until="2026-10-21")
    assert [one.lack for one in organic.refused(second, organic.town.alice)] == ["expired", "expired"]
    assert len(organic.open(first).lines) == 2
    assert organic.open(second).lines == []
    assert {one.valid_until for one in organic.refused(second, organic.town.odile)} == {date(2026, 10, 21)}


def test_a_policy_counts_from_the_next_opening_on(organic: AllOrganic) -> None:
    first, second = organic.plan(count=2)
    assert organic.open(first).lines == []
    fields = organic.market.model_dump(include=set(MarketDetails.model_fields)) | {"quality_floor": "none"}
    organic.town.ask(ChangeMarket(market_id=organic.market.market_id, version=2, **fields), organic.town.odile)
    assert len(organic.open(second).lines) == 2
    assert organic.refused(second, organic.town.odile) == []


def test_a_farm_sees_its_own_refusals_and_strangers_none(organic: AllOrganic) -> None:
    town, (sale,) = organic.town, organic.plan()
    bakery = a_farm(town, town.bob, farm_name="Le Four de Bob")
    admit(town, organic.market, bakery, town.bob)
    an_offer(town, a_product(town, bakery, town.bob, name="Pain"), organic.market, town.bob)
    names = {"alice": ["Abricots", "Fraises"], "bob": ["Pain"], "odile": ["Abricots", "Fraises", "Pain"]}
    for _ in ("before the opening", "after it"):
        for name, expected in names.items():
            assert sorted(one.name for one in organic.refused(sale, getattr(town, name))) == expected
        with pytest.raises(Exception, match="no right"):
            organic.refused(sale, town.charlie)
        organic.open(sale)


def test_a_mark_that_expires_leaves_every_page_and_is_searched_for_no_more(organic: AllOrganic) -> None:
    town = organic.town
    a_mark(town, organic.farm, valid_until="2026-10-21")
    market = ListOffers(market_id=organic.market.market_id)
    products = ListProducts(producer_id=organic.farm.producer_id)
    assert {tuple(one.marks) for one in town.ask(market)} == {("ab",)}
    assert len(town.ask(SearchProducts(words="fraises bio"))) == 1
    town.set_clock(datetime(2026, 10, 21, 22, tzinfo=UTC))
    assert {tuple(one.marks) for one in town.ask(market)} == {()}
    assert {tuple(one.marks) for one in town.ask(products, town.alice)} == {()}
    assert [one.marks for one in town.ask(SearchProducts(words="fraises"))] == [[]]
    assert town.let_due() == 1
    assert town.ask(SearchProducts(words="fraises bio")) == []


def test_a_renewed_mark_is_void_by_its_new_date_only(organic: AllOrganic) -> None:
    town, mark = organic.town, a_mark(organic.town, organic.farm, valid_until="2026-10-21")
    fields = mark.model_dump(include=set(MarkDetails.model_fields)) | {"valid_until": date(2027, 10, 21)}
    town.ask(ChangeMark(mark_id=mark.mark_id, version=1, **fields), town.alice)
    with pytest.raises(Conflict, match="mark-changed"):
        town.ask(ChangeMark(mark_id=mark.mark_id, version=1, **fields), town.alice)
    town.set_clock(datetime(2026, 10, 22, tzinfo=UTC))
    assert town.let_due() == 0
    assert len(town.ask(SearchProducts(words="fraises bio"))) == 1
    town.ask(EndMark(mark_id=mark.mark_id), town.alice)
    assert town.ask(SearchProducts(words="fraises bio")) == []
    assert town.ask(ListMarks(producer_id=organic.farm.producer_id), town.alice) == []


def test_only_those_who_sell_for_the_farm_keep_its_marks(organic: AllOrganic) -> None:
    town, mark = organic.town, a_mark(organic.town, organic.farm)
    fields = mark.model_dump(include=set(MarkDetails.model_fields))
    for person in (town.bob, town.odile, town.charlie):
        with pytest.raises(Exception, match="no right"):
            a_mark(town, organic.farm, person)
        with pytest.raises(Exception, match="no right"):
            town.ask(ListMarks(producer_id=organic.farm.producer_id), person)
        for asked in (ChangeMark(mark_id=mark.mark_id, version=1, **fields), EndMark(mark_id=mark.mark_id)):
            with pytest.raises(NotFound):
                town.ask(asked, person)


def test_a_mark_names_only_the_farms_own_products(organic: AllOrganic) -> None:
    town = organic.town
    other = a_product(town, a_farm(town, town.bob), town.bob)
    with pytest.raises(Malformed) as refusal:
        a_mark(town, organic.farm, scope="named", product_ids=[organic.apricots.product_id, other.product_id])
    assert [fault["field"] for fault in refusal.value.details["fields"]] == ["product_ids"]


def test_what_products_were_ticked_with_is_carried_over_and_good_for_nothing_yet(postgres: Postgres) -> None:
    postgres.create("test_carried_over")
    settings = migrations.config("catalog")
    settings.attributes["url"] = postgres.url("test_carried_over")
    command.upgrade(settings, "0002")
    engine = create_engine(postgres.url("test_carried_over"))
    with engine.begin() as tx:
        for statement in TICKED.split(";\n"):
            tx.execute(text(statement), {"farm": OTHER, "first": THIS, "second": UUID(int=3)})
    command.upgrade(settings, "head")
    with engine.connect() as tx:
        found = tx.execute(text("select kind, scope, product_ids, valid_until from quality_marks order by kind")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [
        ("ab", "named", [THIS, UUID(int=3)], None),
        ("aop", "named", [UUID(int=3)], None),
    ]
    postgres.drop("test_carried_over")


TICKED = """
    insert into producers (id, founder_id, version, legal_name, farm_name, insee, description, outlets)
    values (:farm, :farm, 1, 'EARL', 'Ferme', '84030', '', '');
    insert into products (id, producer_id, version, name, description, category, marks, origin, ingredients, allergens,
        storage, alcohol_basis_points, net_quantity, unit, pricing, vat_basis_points, months, words)
    select id, :farm, 1, 'P', '', 'fruit', marks, '', '', '{}', 'ambient', 0, '', 'kg', 'per_pack', 550, '{}', ''
    from (values (cast(:first as uuid), '{ab}'::text[]), (cast(:second as uuid), '{ab,aop}')) as p(id, marks)"""
