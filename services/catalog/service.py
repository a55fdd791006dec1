"""The doors of catalog and what it hears; the sentences are in `actions`."""

from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import clock, database, rights
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts import catalog, planning, producers, products, quality, search, showing, yearly
from contracts.messages import Refused
from contracts.orders import DistributionChanged
from services.catalog.actions import distances, distributions, importing, markets, marks, sheets
from services.catalog.actions import producers as farms
from services.catalog.actions import products as goods
from services.catalog.actions import search as searching
from services.catalog.actions import showing as showcases
from services.catalog.actions.refusals import one_of


def _asker(call: Call) -> UUID | None:
    return None if call.is_stranger else call.asker.person_id


class Doors:
    """Questions about markets, farms, products and plans."""

    name = "catalog"

    @answer(catalog.FoundMarket)
    def found_market(self, tx: Connection, command: catalog.FoundMarket, call: Call) -> catalog.Market:
        """Open a market."""
        return markets.found_market(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(catalog.ChangeMarket)
    def change_market(self, tx: Connection, command: catalog.ChangeMarket, call: Call) -> catalog.Market:
        """Write a market anew."""
        return markets.change_market(tx, command, call.asker.person_id)

    @answer(catalog.ReadMarket)
    def read_market(self, tx: Connection, command: catalog.ReadMarket, call: Call) -> catalog.Market:
        """Read a market."""
        return markets.read_market(tx, command.market_id, _asker(call))

    @answer(catalog.MyMarkets)
    def my_markets(self, tx: Connection, command: catalog.MyMarkets, call: Call) -> list[catalog.Market]:
        """List the markets that the asker organises."""
        return markets.my_markets(tx, call.asker.person_id, command.after, command.limit)

    @answer(planning.AddVenue)
    def add_venue(self, tx: Connection, command: planning.AddVenue, call: Call) -> planning.Venue:
        """Add a pick-up place."""
        return markets.add_venue(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(planning.ListVenues)
    def list_venues(self, tx: Connection, command: planning.ListVenues, call: Call) -> list[planning.Venue]:
        """List a market's pick-up places."""
        page = command.after, command.limit
        return markets.list_venues(tx, command.market_id, _asker(call), *page)

    @answer(producers.RegisterProducer)
    def register_producer(self, tx: Connection, command: producers.RegisterProducer, call: Call) -> producers.Producer:
        """Sign a farm up."""
        return farms.register_producer(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(producers.ChangeProducer)
    def change_producer(self, tx: Connection, command: producers.ChangeProducer, call: Call) -> producers.Producer:
        """Write a farm anew."""
        return farms.change_producer(tx, command, call.asker.person_id)

    @answer(producers.ReadProducer)
    def read_producer(self, tx: Connection, command: producers.ReadProducer, call: Call) -> producers.Producer:
        """Read a farm."""
        return farms.read_producer(tx, command.producer_id, _asker(call))

    @answer(producers.MyProducers)
    def my_producers(self, tx: Connection, command: producers.MyProducers, call: Call) -> list[producers.Producer]:
        """List the farms that the asker sells for."""
        return farms.my_producers(tx, call.asker.person_id, command.after, command.limit)

    @answer(planning.AskToSell)
    def ask_to_sell(self, tx: Connection, command: planning.AskToSell, call: Call) -> planning.Admission:
        """Say a farm's yes to a market."""
        pair = command.market_id, command.producer_id
        return farms.ask_to_sell(tx, *pair, call.asker.person_id)

    @answer(planning.AdmitProducer)
    def admit_producer(self, tx: Connection, command: planning.AdmitProducer, call: Call) -> planning.Admission:
        """Say a market's yes to a farm."""
        pair = command.market_id, command.producer_id
        return farms.admit_producer(tx, *pair, call.asker.person_id)

    @answer(planning.EndAdmission)
    def end_admission(self, tx: Connection, command: planning.EndAdmission, call: Call) -> planning.Admission:
        """Say either side's no."""
        pair = command.market_id, command.producer_id
        return farms.end_admission(tx, *pair, call.asker.person_id)

    @answer(planning.ListAdmissions)
    def list_admissions(self, tx: Connection, command: planning.ListAdmissions, call: Call) -> list[planning.Admission]:
        """List a market's farms or a farm's markets."""
        one_of(market_id=command.market_id, producer_id=command.producer_id)
        return farms.admissions(tx, call.asker.person_id, **command.model_dump())

    @answer(products.AddProduct)
    def add_product(self, tx: Connection, command: products.AddProduct, call: Call) -> products.Product | Refused:
        """Add a product to a farm."""
        return goods.add_product(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(products.ChangeProduct)
    def change_product(self, tx: Connection, command: products.ChangeProduct, call: Call) -> products.Product | Refused:
        """Write a product anew."""
        return goods.change_product(tx, command, call.asker.person_id)

    @answer(products.ArchiveProduct)
    def archive_product(self, tx: Connection, command: products.ArchiveProduct, call: Call) -> products.Product:
        """Take a product off sale everywhere."""
        return goods.archive_product(tx, command.product_id, call.asker.person_id)

    @answer(products.ListProducts)
    def list_products(self, tx: Connection, command: products.ListProducts, call: Call) -> list[products.Product]:
        """List a farm's products."""
        return goods.list_products(tx, command, call.asker.person_id)

    @answer(quality.AddMark)
    def add_mark(self, tx: Connection, command: quality.AddMark, call: Call) -> quality.QualityMark:
        """Add a mark to a farm."""
        return marks.add_mark(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(quality.ChangeMark)
    def change_mark(self, tx: Connection, command: quality.ChangeMark, call: Call) -> quality.QualityMark:
        """Write a mark anew."""
        return marks.change_mark(tx, command, call.asker.person_id)

    @answer(quality.EndMark)
    def end_mark(self, tx: Connection, command: quality.EndMark, call: Call) -> quality.QualityMark:
        """Say that a farm has a mark no longer."""
        return marks.end_mark(tx, command.mark_id, call.asker.person_id)

    @answer(quality.ListMarks)
    def list_marks(self, tx: Connection, command: quality.ListMarks, call: Call) -> list[quality.QualityMark]:
        """List a farm's marks."""
        return marks.list_marks(tx, command.producer_id, call.asker.person_id)

    @answer(products.MakeOffer)
    def make_offer(self, tx: Connection, command: products.MakeOffer, call: Call) -> products.Offer | Refused:
        """Offer a product at a market."""
        return goods.make_offer(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(products.ChangeOffer)
    def change_offer(self, tx: Connection, command: products.ChangeOffer, call: Call) -> products.Offer:
        """Write an offer's terms anew."""
        return goods.change_offer(tx, command, call.asker.person_id)

    @answer(products.WithdrawOffer)
    def withdraw_offer(self, tx: Connection, command: products.WithdrawOffer, call: Call) -> products.Offer:
        """Take an offer off sale."""
        return goods.withdraw_offer(tx, command.offer_id, call.asker.person_id)

    @answer(products.ListOffers)
    def list_offers(self, tx: Connection, command: products.ListOffers, call: Call) -> list[products.Offer]:
        """List what is on sale."""
        one_of(market_id=command.market_id, producer_id=command.producer_id)
        return goods.list_offers(tx, command, _asker(call))

    @answer(products.PreviewProducts)
    def preview_products(
        self, tx: Connection, command: products.PreviewProducts, call: Call
    ) -> products.ImportReport | Refused:
        """Say what a CSV file would do."""
        return importing.preview(tx, command, call.asker.person_id)

    @answer(products.ImportProducts)
    def import_products(
        self, tx: Connection, command: products.ImportProducts, call: Call
    ) -> products.ImportReport | Refused:
        """Import the good lines of a CSV file."""
        return importing.import_products(tx, command, call.asker.person_id, uuid.uuid7)

    @answer(planning.PlanDistribution)
    def plan_distribution(
        self, tx: Connection, command: planning.PlanDistribution, call: Call
    ) -> list[planning.Distribution]:
        """Plan a distribution or a series."""
        asker, now = call.asker.person_id, clock.now(tx)
        return distributions.plan(tx, command, asker, now, uuid.uuid7)

    @answer(planning.PreviewSeries)
    def preview_series(self, tx: Connection, command: planning.PreviewSeries, call: Call) -> list[planning.SeriesDay]:
        """Say which days a series has, and what they are."""
        return distributions.preview(tx, command, call.asker.person_id, call.language)

    @answer(planning.ChangeDistribution)
    def change_distribution(
        self, tx: Connection, command: planning.ChangeDistribution, call: Call
    ) -> planning.Distribution | Refused:
        """Plan a distribution anew."""
        return distributions.change(tx, command, call.asker.person_id, clock.now(tx))

    @answer(planning.CancelDistribution)
    def cancel_distribution(
        self, tx: Connection, command: planning.CancelDistribution, call: Call
    ) -> planning.Distribution | Refused:
        """Call a distribution off before it opens."""
        return distributions.cancel(tx, command.distribution_id, call.asker.person_id)

    @answer(planning.ReadDistribution)
    def read_distribution(
        self, tx: Connection, command: planning.ReadDistribution, call: Call
    ) -> planning.Distribution:
        """Read a distribution."""
        return distributions.read(tx, command.distribution_id, _asker(call))

    @answer(planning.ListDistributions)
    def list_distributions(
        self, tx: Connection, command: planning.ListDistributions, call: Call
    ) -> list[planning.Distribution]:
        """List a market's distributions."""
        return distributions.of_market(tx, command, _asker(call))

    @answer(planning.Participate)
    def participate(
        self, tx: Connection, command: planning.Participate, call: Call
    ) -> planning.Participation | Refused:
        """Say whether a farm takes part."""
        return distributions.participate(tx, command, call.asker.person_id)

    @answer(planning.ListParticipations)
    def list_participations(
        self, tx: Connection, command: planning.ListParticipations, call: Call
    ) -> list[planning.Participation]:
        """List who takes part."""
        return distributions.participations(tx, command.distribution_id, call.asker.person_id)

    @answer(quality.ListRefusedOffers)
    def list_refused_offers(
        self, tx: Connection, command: quality.ListRefusedOffers, call: Call
    ) -> list[quality.RefusedOffer]:
        """List what the market's quality policy keeps off a sale."""
        return sheets.refused(tx, command.distribution_id, call.asker.person_id)

    @answer(search.FindCommunes, alone=True)
    def find_communes(self, command: search.FindCommunes, call: Call) -> list[search.CommuneFound]:
        """Complete a commune's name or post code."""
        with database.statement() as tx:
            call.admit(tx)
            return searching.find_communes(tx, command)

    @answer(search.SearchMarkets, alone=True)
    def search_markets(self, command: search.SearchMarkets, call: Call) -> list[search.MarketFound]:
        """Look for markets near a place."""
        with database.statement() as tx:
            call.admit(tx)
            return searching.search_markets(tx, command)

    @answer(search.SearchProducts, alone=True)
    def search_products(self, command: search.SearchProducts, call: Call) -> list[search.ProductFound]:
        """Look for products near a place."""
        with database.statement() as tx:
            call.admit(tx)
            return searching.search_products(tx, command)

    @answer(showing.ListMarketsShown, alone=True)
    def list_markets_shown(self, command: showing.ListMarketsShown, call: Call) -> list[showing.MarketShown]:
        """List every public market with its next pick-up."""
        with database.statement() as tx:
            call.admit(tx)
            return showcases.list_markets(tx, command)

    @answer(showing.ReadMarketShown, alone=True)
    def read_market_shown(self, command: showing.ReadMarketShown, call: Call) -> showing.MarketShown:
        """Read a public market with its next pick-up."""
        with database.statement() as tx:
            call.admit(tx)
            return showcases.market(tx, command.market_id)

    @answer(showing.ReadShowcase)
    def read_showcase(self, tx: Connection, command: showing.ReadShowcase, call: Call) -> showing.Showcase:
        """Read what a market's poster says."""
        return showcases.showcase(tx, command.market_id, call.asker.person_id)

    @answer(yearly.ReadDistances)
    def read_distances(self, tx: Connection, command: yearly.ReadDistances, call: Call) -> yearly.Distances:
        """Say how far loads travelled to a market."""
        return distances.read(tx, command, call.asker.person_id)


class Listeners(rights.Listener, Housekeeping):
    """What catalog hears, and what it does when it is due."""

    name = "catalog"

    @hear(DistributionChanged)
    def mirror_distribution(self, tx: Connection, event: DistributionChanged, heard: Heard) -> None:
        """Take over what orders says of a distribution."""
        distributions.mirror(tx, event.distribution_id, event.state, heard.seq)

    @due(distributions.OPEN)
    def open_distribution(self, tx: Connection, timer: Timer) -> None:
        """Open a distribution at its second, or as soon as we are back."""
        distributions.open_distribution(tx, UUID(timer.subject), timer.version)

    @due(marks.EXPIRE)
    def expire_mark(self, tx: Connection, timer: Timer) -> None:
        """Find a farm's products no longer by a mark whose last day is over."""
        marks.expire(tx, UUID(timer.subject), timer.version)
