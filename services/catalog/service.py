"""The doors of catalog and what it hears; the sentences are in `actions`."""

# A door's sentence is its command's docstring, an ear's its event's.

from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import clock, database, rights, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts import (
    approval,
    catalog,
    logos,
    photos,
    planning,
    producers,
    products,
    quality,
    search,
    showing,
    yearly,
)
from contracts.audit import Deeds, ListCatalogDeeds
from contracts.members import MembershipChanged
from contracts.messages import Refused
from contracts.orders import DistributionChanged
from contracts.shifting import SaleShifted
from services.catalog.actions import album, approvals, distances, distributions, importing, markets, marks, sheets
from services.catalog.actions import producers as farms
from services.catalog.actions import products as goods
from services.catalog.actions import search as searching
from services.catalog.actions import showing as showcases
from services.catalog.actions import venues as places
from services.catalog.actions.refusals import one_of
from services.catalog.affairs import AffairsDoors
from services.catalog.lending import LendingDoors
from services.catalog.store import owning

trail.learn("catalog", *owning.OBJECTS)


def _asker(call: Call) -> UUID | None:
    return None if call.is_stranger else call.asker.person_id


class Doors(LendingDoors, AffairsDoors):
    """Questions about markets, farms, products and plans."""

    name = "catalog"

    @answer(catalog.FoundMarket)
    def found_market(self, tx: Connection, command: catalog.FoundMarket, call: Call) -> catalog.Market | Refused:
        return markets.found_market(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(catalog.ChangeMarket)
    def change_market(self, tx: Connection, command: catalog.ChangeMarket, call: Call) -> catalog.Market | Refused:
        return markets.change_market(tx, command, call.asker.person_id)

    @answer(catalog.ReadMarket)
    def read_market(self, tx: Connection, command: catalog.ReadMarket, call: Call) -> catalog.Market:
        return markets.read_market(tx, command.market_id, _asker(call))

    @answer(catalog.MyMarkets)
    def my_markets(self, tx: Connection, command: catalog.MyMarkets, call: Call) -> list[catalog.Market]:
        return markets.my_markets(tx, call.asker.person_id, command.after, command.limit)

    @answer(approval.DecideApproval)
    def decide_approval(self, tx: Connection, command: approval.DecideApproval, call: Call) -> catalog.Market | Refused:
        return approvals.decide(tx, command, call.asker.person_id)

    @answer(approval.ListApprovals)
    def list_approvals(self, tx: Connection, command: approval.ListApprovals, call: Call) -> list[catalog.Market]:
        return approvals.of_approval(tx, command, call.asker.person_id)

    @answer(approval.FindBrand, alone=True)
    def find_brand(self, command: approval.FindBrand, call: Call) -> approval.Brand | None:
        with database.statement() as tx:
            call.admit(tx)
            return approvals.brand_at(tx, command.host)

    @answer(planning.AddVenue)
    def add_venue(self, tx: Connection, command: planning.AddVenue, call: Call) -> planning.Venue:
        return places.add(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(planning.ChangeVenue)
    def change_venue(self, tx: Connection, command: planning.ChangeVenue, call: Call) -> planning.Venue:
        return places.change(tx, command, call.asker.person_id)

    @answer(planning.ListVenues)
    def list_venues(self, tx: Connection, command: planning.ListVenues, call: Call) -> list[planning.Venue]:
        page = command.after, command.limit
        return places.of_market(tx, command.market_id, _asker(call), *page)

    @answer(producers.RegisterProducer)
    def register_producer(self, tx: Connection, command: producers.RegisterProducer, call: Call) -> producers.Producer:
        return farms.register_producer(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(producers.ChangeProducer)
    def change_producer(self, tx: Connection, command: producers.ChangeProducer, call: Call) -> producers.Producer:
        return farms.change_producer(tx, command, call.asker.person_id)

    @answer(producers.SetProducerPlan)
    def set_producer_plan(self, tx: Connection, command: producers.SetProducerPlan, call: Call) -> producers.Producer:
        return farms.set_plan(tx, command, call.asker.person_id)

    @answer(producers.ReadProducer)
    def read_producer(self, tx: Connection, command: producers.ReadProducer, call: Call) -> producers.Producer:
        return farms.read_producer(tx, command.producer_id, _asker(call))

    @answer(producers.MyProducers)
    def my_producers(self, tx: Connection, command: producers.MyProducers, call: Call) -> list[producers.Producer]:
        return farms.my_producers(tx, call.asker.person_id, command.after, command.limit)

    @answer(planning.AskToSell)
    def ask_to_sell(self, tx: Connection, command: planning.AskToSell, call: Call) -> planning.Admission:
        pair = command.market_id, command.producer_id
        return farms.ask_to_sell(tx, *pair, call.asker.person_id)

    @answer(planning.AdmitProducer)
    def admit_producer(
        self, tx: Connection, command: planning.AdmitProducer, call: Call
    ) -> planning.Admission | Refused:
        return farms.admit_producer(tx, command, call.asker.person_id)

    @answer(planning.ChooseUsualPlaces)
    def choose_usual_places(
        self, tx: Connection, command: planning.ChooseUsualPlaces, call: Call
    ) -> planning.Admission:
        return farms.choose_usual_places(tx, command, call.asker.person_id)

    @answer(planning.AcceptTerms)
    def accept_terms(self, tx: Connection, command: planning.AcceptTerms, call: Call) -> planning.Admission:
        return farms.accept_terms(tx, command, call.asker.person_id)

    @answer(planning.EndAdmission)
    def end_admission(self, tx: Connection, command: planning.EndAdmission, call: Call) -> planning.Admission:
        pair = command.market_id, command.producer_id
        return farms.end_admission(tx, *pair, call.asker.person_id)

    @answer(planning.ListAdmissions)
    def list_admissions(self, tx: Connection, command: planning.ListAdmissions, call: Call) -> list[planning.Admission]:
        one_of(market_id=command.market_id, producer_id=command.producer_id)
        return farms.admissions(tx, call.asker.person_id, **command.model_dump())

    @answer(products.AddProduct)
    def add_product(self, tx: Connection, command: products.AddProduct, call: Call) -> products.Product | Refused:
        return goods.add_product(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(products.ChangeProduct)
    def change_product(self, tx: Connection, command: products.ChangeProduct, call: Call) -> products.Product | Refused:
        return goods.change_product(tx, command, call.asker.person_id)

    @answer(products.ArchiveProduct)
    def archive_product(self, tx: Connection, command: products.ArchiveProduct, call: Call) -> products.Product:
        return goods.archive_product(tx, command.product_id, call.asker.person_id)

    @answer(products.WriteVatRate)
    def write_vat_rate(self, tx: Connection, command: products.WriteVatRate, call: Call) -> products.Product:
        return goods.write_vat_rate(tx, command, call.asker.person_id)

    @answer(products.DropVatRate)
    def drop_vat_rate(self, tx: Connection, command: products.DropVatRate, call: Call) -> products.Product:
        return goods.drop_vat_rate(tx, command, call.asker.person_id)

    @answer(products.ListProducts)
    def list_products(self, tx: Connection, command: products.ListProducts, call: Call) -> list[products.Product]:
        return goods.list_products(tx, command, call.asker.person_id)

    @answer(quality.AddMark)
    def add_mark(self, tx: Connection, command: quality.AddMark, call: Call) -> quality.QualityMark:
        return marks.add_mark(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(quality.ChangeMark)
    def change_mark(self, tx: Connection, command: quality.ChangeMark, call: Call) -> quality.QualityMark:
        return marks.change_mark(tx, command, call.asker.person_id)

    @answer(quality.EndMark)
    def end_mark(self, tx: Connection, command: quality.EndMark, call: Call) -> quality.QualityMark:
        return marks.end_mark(tx, command.mark_id, call.asker.person_id)

    @answer(quality.ListMarks)
    def list_marks(self, tx: Connection, command: quality.ListMarks, call: Call) -> list[quality.QualityMark]:
        return marks.list_marks(tx, command.producer_id, call.asker.person_id)

    @answer(photos.KeepPhoto)
    def keep_photo(self, tx: Connection, command: photos.KeepPhoto, call: Call) -> photos.Photo | Refused:
        return album.keep_photo(tx, command, call.asker.person_id)

    @answer(photos.ReadPhoto)
    def read_photo(self, tx: Connection, command: photos.ReadPhoto, call: Call) -> photos.PhotoFile:
        return album.read_photo(tx, command.photo, command.size)

    @answer(logos.KeepLogo)
    def keep_logo(self, tx: Connection, command: logos.KeepLogo, call: Call) -> catalog.Market:
        return album.keep_logo(tx, command, call.asker.person_id)

    @answer(logos.RemoveLogo)
    def remove_logo(self, tx: Connection, command: logos.RemoveLogo, call: Call) -> catalog.Market:
        return album.remove_logo(tx, command.market_id, call.asker.person_id)

    @answer(products.MakeOffer)
    def make_offer(self, tx: Connection, command: products.MakeOffer, call: Call) -> products.Offer | Refused:
        return goods.make_offer(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(products.ChangeOffer)
    def change_offer(self, tx: Connection, command: products.ChangeOffer, call: Call) -> products.Offer:
        return goods.change_offer(tx, command, call.asker.person_id)

    @answer(products.WithdrawOffer)
    def withdraw_offer(self, tx: Connection, command: products.WithdrawOffer, call: Call) -> products.Offer:
        return goods.withdraw_offer(tx, command.offer_id, call.asker.person_id)

    @answer(products.ListOffers)
    def list_offers(self, tx: Connection, command: products.ListOffers, call: Call) -> list[products.Offer]:
        one_of(market_id=command.market_id, producer_id=command.producer_id)
        return goods.list_offers(tx, command, _asker(call))

    @answer(products.ReadOffer)
    def read_offer(self, tx: Connection, command: products.ReadOffer, call: Call) -> products.ShownOffer:
        return goods.read_offer(tx, command.offer_id, _asker(call))

    @answer(products.PreviewProducts)
    def preview_products(
        self, tx: Connection, command: products.PreviewProducts, call: Call
    ) -> products.ImportReport | Refused:
        return importing.preview(tx, command, call.asker.person_id)

    @answer(products.ImportProducts)
    def import_products(
        self, tx: Connection, command: products.ImportProducts, call: Call
    ) -> products.ImportReport | Refused:
        return importing.import_products(tx, command, call.asker.person_id, uuid.uuid7)

    @answer(planning.PlanDistribution)
    def plan_distribution(
        self, tx: Connection, command: planning.PlanDistribution, call: Call
    ) -> list[planning.Distribution]:
        asker, now = call.asker.person_id, clock.now(tx)
        return distributions.plan(tx, command, asker, now, uuid.uuid7)

    @answer(planning.PreviewSeries)
    def preview_series(self, tx: Connection, command: planning.PreviewSeries, call: Call) -> list[planning.SeriesDay]:
        return distributions.preview(tx, command, call.asker.person_id, call.language)

    @answer(planning.ChangeDistribution)
    def change_distribution(
        self, tx: Connection, command: planning.ChangeDistribution, call: Call
    ) -> planning.Distribution | Refused:
        return distributions.change(tx, command, call.asker.person_id, clock.now(tx))

    @answer(planning.CancelDistribution)
    def cancel_distribution(
        self, tx: Connection, command: planning.CancelDistribution, call: Call
    ) -> planning.Distribution | Refused:
        return distributions.cancel(tx, command.distribution_id, call.asker.person_id)

    @answer(planning.ReadDistribution)
    def read_distribution(
        self, tx: Connection, command: planning.ReadDistribution, call: Call
    ) -> planning.Distribution:
        return distributions.read(tx, command.distribution_id, _asker(call))

    @answer(planning.ListDistributions)
    def list_distributions(
        self, tx: Connection, command: planning.ListDistributions, call: Call
    ) -> list[planning.Distribution]:
        return distributions.of_market(tx, command, _asker(call))

    @answer(planning.Participate)
    def participate(
        self, tx: Connection, command: planning.Participate, call: Call
    ) -> planning.Participation | Refused:
        return distributions.participate(tx, command, call.asker.person_id)

    @answer(planning.ListParticipations)
    def list_participations(
        self, tx: Connection, command: planning.ListParticipations, call: Call
    ) -> list[planning.Participation]:
        return distributions.participations(tx, command.distribution_id, call.asker.person_id)

    @answer(quality.ListRefusedOffers)
    def list_refused_offers(
        self, tx: Connection, command: quality.ListRefusedOffers, call: Call
    ) -> list[quality.RefusedOffer]:
        return sheets.refused(tx, command.distribution_id, call.asker.person_id)

    @answer(search.FindCommunes, alone=True)
    def find_communes(self, command: search.FindCommunes, call: Call) -> list[search.CommuneFound]:
        with database.statement() as tx:
            call.admit(tx)
            return searching.find_communes(tx, command)

    @answer(search.SearchMarkets, alone=True)
    def search_markets(self, command: search.SearchMarkets, call: Call) -> list[search.MarketFound]:
        with database.statement() as tx:
            call.admit(tx)
            return searching.search_markets(tx, command)

    @answer(search.SearchProducts, alone=True)
    def search_products(self, command: search.SearchProducts, call: Call) -> list[search.ProductFound]:
        with database.statement() as tx:
            call.admit(tx)
            return searching.search_products(tx, command)

    @answer(showing.ListMarketsShown, alone=True)
    def list_markets_shown(self, command: showing.ListMarketsShown, call: Call) -> list[showing.MarketShown]:
        with database.statement() as tx:
            call.admit(tx)
            return showcases.list_markets(tx, command)

    @answer(showing.ReadMarketShown, alone=True)
    def read_market_shown(self, command: showing.ReadMarketShown, call: Call) -> showing.MarketShown:
        with database.statement() as tx:
            call.admit(tx)
            return showcases.market(tx, command.market_id)

    @answer(showing.ReadVoice, alone=True)
    def read_voice(self, command: showing.ReadVoice, call: Call) -> showing.Voice:
        with database.statement() as tx:
            call.admit(tx)
            return showcases.voice(tx, command.market_id)

    @answer(showing.ReadShowcase)
    def read_showcase(self, tx: Connection, command: showing.ReadShowcase, call: Call) -> showing.Showcase:
        return showcases.showcase(tx, command.market_id, call.asker.person_id)

    @answer(yearly.ReadDistances)
    def read_distances(self, tx: Connection, command: yearly.ReadDistances, call: Call) -> yearly.Distances:
        return distances.read(tx, command, call.asker.person_id)

    @answer(ListCatalogDeeds)
    def list_catalog_audit(self, tx: Connection, command: ListCatalogDeeds, call: Call) -> Deeds:
        return trail.read(tx, call.asker.person_id, command)


class Listeners(rights.Listener, Housekeeping):
    """What catalog hears, and what it does when it is due."""

    name = "catalog"

    @hear(DistributionChanged)
    def mirror_distribution(self, tx: Connection, event: DistributionChanged, heard: Heard) -> None:
        distributions.mirror(tx, event.distribution_id, event.state, heard.seq)

    @hear(SaleShifted)
    def mirror_shift(self, tx: Connection, event: SaleShifted, heard: Heard) -> None:
        distributions.mirror_shift(tx, event, heard.seq)

    @hear(MembershipChanged)
    def know_membership(self, tx: Connection, event: MembershipChanged, heard: Heard) -> None:
        approvals.know_membership(tx, event, heard)

    @due(distributions.OPEN)
    def open_distribution(self, tx: Connection, timer: Timer) -> None:
        distributions.open_distribution(tx, UUID(timer.subject), timer.version)

    @due(marks.EXPIRE)
    def expire_mark(self, tx: Connection, timer: Timer) -> None:
        marks.expire(tx, UUID(timer.subject), timer.version)
