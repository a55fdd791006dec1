"""Products and offers. Edits apply to the next sale sheet; a product's unit changes once nothing is priced in it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from contracts.catalog import StockMode
from contracts.errors import NotFound
from contracts.messages import Refused
from contracts.planning import AdmissionState
from contracts.products import (
    AddProduct,
    ChangeOffer,
    ChangeProduct,
    DropVatRate,
    ListOffers,
    ListProducts,
    MakeOffer,
    Offer,
    OfferTerms,
    Product,
    ProductDetails,
    ShownOffer,
    WriteVatRate,
)
from contracts.quality import MarkKind
from services.catalog import rules
from services.catalog.actions.affairs import affairs_of, today_at_home
from services.catalog.actions.agreements import settle
from services.catalog.actions.album import photo_is_kept
from services.catalog.actions.marks import Marks
from services.catalog.actions.refusals import found, mine, moved, no_fault
from services.catalog.actions.vat_rates import VatRates
from services.catalog.rules import quality, vat
from services.catalog.store import markets, producers, vat_rates
from services.catalog.store import products as store

REF_TAKEN = Refused(code="ref-taken", message="Another product of this farm has this reference.")
NOT_ADMITTED = Refused(code="not-admitted", message="This market has not admitted the farm yet: ask to sell there.")
OFFERED = Refused(code="offered-already", message="This product is on sale at this market already.")
ARCHIVED = Refused(code="archived", message="This product is archived.")


def add_product(tx: Connection, product_id: UUID, wanted: AddProduct, asker: UUID) -> Product | Refused:
    """Add a product to a farm that `asker` sells for."""
    farm = mine(producers.load(tx, wanted.producer_id, asker), "producer")
    no_fault(rules.product_fault(wanted))
    photo_is_kept(tx, wanted.producer_id, wanted.photo)
    if store.ref_is_taken(tx, wanted.producer_id, wanted.ref, product_id):
        return REF_TAKEN
    marks = Marks(tx, [wanted.producer_id])
    row = product_row(wanted, farm.farm_name, marks.of(wanted.producer_id, product_id))
    store.add(tx, row | {"id": product_id, "producer_id": wanted.producer_id})
    return _product(tx, product_id, asker)


def change_product(tx: Connection, wanted: ChangeProduct, asker: UUID) -> Product | Refused:
    """Write a product anew, for the next sheets."""
    seen = found(store.load(tx, wanted.product_id, asker), "product")
    no_fault(rules.product_fault(wanted))
    rates = VatRates(tx, [wanted.product_id])
    version = rates.shown(seen)["version"]
    if version != wanted.version:
        moved("product", version)
    if store.is_on_sale(tx, wanted.product_id):
        no_fault(rules.sold_fault(seen.unit, seen.pricing, wanted))
    photo_is_kept(tx, seen.producer_id, wanted.photo)
    if store.ref_is_taken(tx, seen.producer_id, wanted.ref, wanted.product_id):
        return REF_TAKEN
    marks = Marks(tx, [seen.producer_id]).of(seen.producer_id, wanted.product_id)
    stock = seen.shared_stock if seen.unit == wanted.unit else None
    store.change(tx, wanted.product_id, product_row(wanted, seen.farm_name, marks) | {"shared_stock": stock})
    vat_rates.overwrite(tx, [wanted.product_id], rates.today)
    return _product(tx, wanted.product_id, asker)


def archive_product(tx: Connection, product_id: UUID, asker: UUID) -> Product:
    """Take a product and its offers off sale, from the next sheets on."""
    found(store.load(tx, product_id, asker), "product")
    store.archive(tx, product_id)
    return _product(tx, product_id, asker)


def write_vat_rate(tx: Connection, wanted: WriteVatRate, asker: UUID) -> Product:
    """A product has another VAT rate from a day on, which is to come."""
    found(store.load(tx, wanted.product_id, asker), "product")
    no_fault(vat.rate_fault(wanted, today_at_home(tx)))
    vat_rates.write(tx, wanted.model_dump())
    return _product(tx, wanted.product_id, asker)


def drop_vat_rate(tx: Connection, wanted: DropVatRate, asker: UUID) -> Product:
    """A product's VAT rate does not change on a day to come."""
    found(store.load(tx, wanted.product_id, asker), "product")
    is_to_come = wanted.begins_on > today_at_home(tx)
    if not (is_to_come and vat_rates.drop(tx, wanted.product_id, wanted.begins_on)):
        raise NotFound("no-such-rate", "No VAT rate of this product is to begin on this day.")
    return _product(tx, wanted.product_id, asker)


def list_products(tx: Connection, wanted: ListProducts, asker: UUID) -> list[Product]:
    """The products of a farm that `asker` sells for."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    rows = store.of_producer(
        tx,
        wanted.producer_id,
        asker,
        archived=wanted.archived,
        after=wanted.after,
        limit=wanted.limit,
    )
    marks, rates = Marks(tx, [wanted.producer_id]), VatRates(tx, (row.product_id for row in rows))
    return [_as_shown(row, marks, rates) for row in rows]


def make_offer(tx: Connection, offer_id: UUID, wanted: MakeOffer, asker: UUID) -> Offer | Refused:
    """Offer a product at a market that admitted its farm; where it was invited, that is its yes."""
    product = found(store.load(tx, wanted.product_id, asker), "product")
    no_fault(rules.terms_fault(wanted, product.shared_stock))
    if product.archived:
        return ARCHIVED
    if not is_admitted(tx, wanted.market_id, product.producer_id, asker):
        return NOT_ADMITTED
    if store.offer_on_sale(tx, wanted.product_id, wanted.market_id):
        return OFFERED
    put_on_sale(tx, offer_id, product.producer_id, wanted)
    return _offer(tx, offer_id, asker)


def change_offer(tx: Connection, wanted: ChangeOffer, asker: UUID) -> Offer:
    """Write an offer's terms anew, for the next sheets."""
    seen = found(store.load_offer(tx, wanted.offer_id, asker), "offer")
    no_fault(rules.terms_fault(wanted, seen.shared_stock))
    if seen.version != wanted.version:
        moved("offer", seen.version)
    store.change_offer(tx, wanted.offer_id, _terms(tx, seen.product_id, wanted))
    return _offer(tx, wanted.offer_id, asker)


def withdraw_offer(tx: Connection, offer_id: UUID, asker: UUID) -> Offer:
    """Take an offer off sale; it answers as it was."""
    offer = _offer(tx, offer_id, asker)
    store.withdraw_offer(tx, offer_id)
    return offer


def list_offers(tx: Connection, wanted: ListOffers, asker: UUID | None) -> list[Offer]:
    """What is on sale at a market, or from a farm, where `asker` may know of the market."""
    if wanted.market_id:
        found(markets.load(tx, wanted.market_id, asker), "market")
    rows = store.offers_seen(
        tx,
        asker,
        market_id=wanted.market_id,
        producer_id=wanted.producer_id,
        after=wanted.after,
        limit=wanted.limit,
    )
    return [Offer(**one) for one in Marks(tx, (row.producer_id for row in rows)).shown(rows)]


def read_offer(tx: Connection, offer_id: UUID, asker: UUID | None) -> ShownOffer:
    """An offer at a market that `asker` may know of, with all that is to be read before it is ordered."""
    row = found(store.offer_seen(tx, offer_id, asker), "offer")
    marks = Marks(tx, [row.producer_id])
    held = quality.certificates(marks.of_farm(row.producer_id), row.product_id, marks.now, row.time_zone)
    (shown,) = marks.shown([row])
    alcohol = rules.needs_alcohol_notice(row.alcohol_basis_points)
    rates = VatRates(tx, [row.product_id])
    farm = affairs_of(tx, [row.producer_id], rates.today)[row.producer_id]
    taxed = vat.taxed(shown, rates.of(row.product_id), farm.regime, rates.today)
    return ShownOffer(**taxed, certificates=held, alcohol=alcohol)


def is_admitted(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> bool:
    """Whether the farm may offer at the market; an invitation is accepted by offering."""
    pair = found(producers.pair(tx, market_id, producer_id, asker), "market")
    if pair.state == AdmissionState.INVITED:
        settle(tx, pair, AdmissionState.ADMITTED, asker, by_market=False)
    return pair.state in (AdmissionState.ADMITTED, AdmissionState.INVITED)


def put_on_sale(tx: Connection, offer_id: UUID, producer_id: UUID, wanted: MakeOffer) -> None:
    """Write an offer whose product and market were looked at."""
    terms = _terms(tx, wanted.product_id, wanted)
    ids = {"id": offer_id, "market_id": wanted.market_id, "product_id": wanted.product_id}
    store.make_offer(tx, terms | ids | {"producer_id": producer_id})


def product_row(wanted: ProductDetails, farm_name: str, marks: list[MarkKind]) -> dict[str, Any]:
    """The columns of what a farm wrote about a product, which has these marks."""
    row = wanted.model_dump(include=set(ProductDetails.model_fields))
    organic = quality.is_organic(marks)
    row["words"] = rules.product_words(wanted.name, wanted.category, organic, farm_name, wanted.months)
    return row


def _terms(tx: Connection, product_id: UUID, wanted: OfferTerms) -> dict[str, Any]:
    """The columns of an offer's terms; a shared stock is written to its product."""
    row = wanted.model_dump(include=set(OfferTerms.model_fields))
    if wanted.stock_mode is StockMode.SHARED:
        if wanted.stock is not None:
            store.set_shared_stock(tx, product_id, wanted.stock)
        row["stock"] = None
    return row


def _product(tx: Connection, product_id: UUID, asker: UUID) -> Product:
    row: Row[Any] = found(store.load(tx, product_id, asker), "product")
    return _as_shown(row, Marks(tx, [row.producer_id]), VatRates(tx, [product_id]))


def _as_shown(row: Row[Any], marks: Marks, rates: VatRates) -> Product:
    return Product(**rates.shown(row) | {"marks": marks.of(row.producer_id, row.product_id)})


def _offer(tx: Connection, offer_id: UUID, asker: UUID) -> Offer:
    row = found(store.load_offer(tx, offer_id, asker), "offer")
    (shown,) = Marks(tx, [row.producer_id]).shown([row])
    return Offer(**shown)
