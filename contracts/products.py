"""Products, offers and the import of products: what a farm sells, and at which markets.

Edits are always accepted and apply to the next sale sheet; a published one only orders changes.
"""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.affairs import Day
from contracts.catalog import Facts, Limit, Pricing, StockMode, Title
from contracts.members import Right
from contracts.messages import Command, Model, Refused, Version
from contracts.money import Unit, VatRate
from contracts.photos import PhotoId
from contracts.quality import MarkKind


class Category(StrEnum):
    """The shelves of a market, in the order of a page."""

    VEGETABLES = "vegetables"
    FRUIT = "fruit"
    HERBS = "herbs"
    MUSHROOMS = "mushrooms"
    BREAD = "bread"
    PASTRY = "pastry"
    CEREALS = "cereals"
    PULSES = "pulses"
    DAIRY = "dairy"
    CHEESE = "cheese"
    EGGS = "eggs"
    MEAT = "meat"
    POULTRY = "poultry"
    CHARCUTERIE = "charcuterie"
    FISH = "fish"
    HONEY = "honey"
    PRESERVES = "preserves"
    OIL = "oil"
    DRINKS = "drinks"
    WINE_AND_BEER = "wine_and_beer"
    PREPARED = "prepared"
    PLANTS = "plants"
    COSMETICS = "cosmetics"
    OTHER = "other"


class Allergen(StrEnum):
    """The fourteen of annex II of regulation (EU) 1169/2011."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUTS = "peanuts"
    SOYBEANS = "soybeans"
    MILK = "milk"
    NUTS = "nuts"
    CELERY = "celery"
    MUSTARD = "mustard"
    SESAME = "sesame"
    SULPHITES = "sulphites"
    LUPIN = "lupin"
    MOLLUSCS = "molluscs"


class Storage(StrEnum):
    """How a product must be kept."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class Grade(StrEnum):
    """The class of fruit or vegetables, where a marketing standard sorts them."""

    EXTRA = "extra"
    FIRST = "1"
    SECOND = "2"


class SanitaryStatus(StrEnum):
    """How an animal product may be sold, after regulations (EC) 852/2004 and 853/2004."""

    DIRECT = "direct"
    """By the farm to whoever eats it."""
    DEROGATION = "derogation"
    """Also to shops, within a distance and a quantity."""
    APPROVED = "approved"
    """From an establishment with an approval number."""


class DateKind(StrEnum):
    """Which date stands on a product: until when it may be eaten, or until when it is at its best."""

    USE_BY = "use_by"
    BEST_BEFORE = "best_before"


Cents = Annotated[int, Field(ge=1, le=10_000_000)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
Month = Annotated[int, Field(ge=1, le=12)]
Ref = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]


class ProductDetails(Model):
    """What a farm writes about a product: all that the law wants read before it is ordered."""

    name: Title
    ref: Ref | None = None
    """The farm's own reference, once per farm; an import finds the product again by it."""
    description: str = Field(default="", max_length=3000)
    category: Category = Category.OTHER
    photo: PhotoId | None = None
    """One of those that the farm keeps."""
    origin: str = Field(default="", max_length=120)
    variety: str = Field(default="", max_length=80)
    grade: Grade | None = None
    ingredients: str = Field(default="", max_length=2000)
    allergens: list[Allergen] = Field(default=[], max_length=14)
    traces: str = Field(default="", max_length=200)
    """What may have got into it, in the farm's words."""
    storage: Storage = Storage.AMBIENT
    date_kind: DateKind | None = None
    keeps: str = Field(default="", max_length=120)
    """How long, in the farm's words: `at least 5 days after the hand-over`."""
    sanitary: SanitaryStatus | None = None
    """Of an animal product; others have none."""
    approval_number: str = Field(default="", max_length=30)
    """Of an approved establishment, as `FR 84.031.001 CE`."""
    derogation_km: int | None = Field(default=None, ge=1, le=1000)
    derogation_kg: int | None = Field(default=None, ge=1, le=100_000)
    """The quantity a week that a derogation allows."""
    alcohol_basis_points: int = Field(default=0, ge=0, le=10_000)
    """Alcohol by volume: 1250 is 12.5 %. Above 120 the age notice is shown."""
    net_quantity: str = Field(default="", max_length=40)
    unit: Unit
    pricing: Pricing = Pricing.PER_PACK
    estimated_grams: int | None = Field(default=None, ge=1, le=1_000_000)
    """Of a piece priced by its weight."""
    tolerance_percent: int = Field(default=10, ge=0, le=30)
    """How far above that a weight is paid; what it exceeds is a gift."""
    price_cents: Cents | None = None
    """The usual price, VAT included; an offer has its own."""
    vat_basis_points: VatRate = 550
    months: list[Month] = Field(default=[], max_length=12)
    """The season; empty is all the year."""


class DatedRate(Model):
    """A VAT rate in basis points, and the first day of it; the next one ends it."""

    begins_on: Day
    rate: VatRate


class Product(ProductDetails):
    """A product as it stands; `vat_basis_points` is what holds today."""

    product_id: UUID
    producer_id: UUID
    version: Version
    """A rate that begins counts as a writing."""
    archived: bool = False
    vat_rates: list[DatedRate] = Field(default=[])
    """To come, the next first."""
    marks: list[MarkKind] = Field(default=[])
    """That cover it today; its farm keeps them."""


class AddProduct(
    ProductDetails, Command, door="catalog.add_product", answers=Product | Refused, acts=True, by=(Right.SELL,)
):
    """Add a product to a farm, for those who sell for it. Refused: `ref-taken`."""

    producer_id: UUID


class ChangeProduct(
    ProductDetails, Command, door="catalog.change_product", answers=Product | Refused, acts=True, by=(Right.SELL,)
):
    """Write a product anew. `version` is the one seen; Conflict if it moved.

    The VAT rate is that of today; those to come stay.

    Malformed `unit` or `pricing` `on-sale`: prices, steps and stocks of its offers are in them; they end first.
    """

    product_id: UUID
    version: Version


class ArchiveProduct(Command, door="catalog.archive_product", answers=Product, acts=True, by=(Right.SELL,)):
    """Take a product and all its offers off sale, from the next sheet on."""

    product_id: UUID


class WriteVatRate(DatedRate, Command, door="catalog.write_vat_rate", answers=Product, acts=True, by=(Right.SELL,)):
    """Say which VAT rate a product has from a day on, for those who sell for its farm; the same day is written anew.

    It holds for the hand-overs from that day, of the sales that open from now on. Malformed `begins_on` `past` unless
    the day is to come: the rate of today is the product's own, which ChangeProduct writes.
    """

    product_id: UUID


class DropVatRate(Command, door="catalog.drop_vat_rate", answers=Product, acts=True, by=(Right.SELL,)):
    """The rate does not change on this day. NotFound where nothing is to come on it."""

    product_id: UUID
    begins_on: Day


class ListProducts(Command, door="catalog.list_products", answers=list[Product]):
    """A farm's products for those who sell for it, oldest first."""

    producer_id: UUID
    archived: bool = False
    after: UUID | None = None
    limit: Limit = 100


class OfferTerms(Model):
    """At what price and how much: pieces, grams or millilitres by the product's unit.

    `shared` stock is the product's own, one figure for all markets: it is set everywhere at once.
    """

    price_cents: Cents
    minimum: Quantity = 1
    maximum: Quantity | None = None
    step: Quantity = 1
    stock_mode: StockMode = StockMode.UNLIMITED
    stock: int | None = Field(default=None, ge=0, le=100_000_000)


class Offer(OfferTerms):
    """A product at a market."""

    offer_id: UUID
    version: Version
    product_id: UUID
    producer_id: UUID
    producer_name: str
    market_id: UUID
    market_name: str
    name: str
    unit: Unit
    pricing: Pricing
    category: Category
    net_quantity: str = ""
    estimated_grams: int | None = None
    photo: PhotoId | None = None
    marks: list[MarkKind] = Field(default=[])
    """That are good today, in the market's zone."""


class ShownOffer(Offer, Facts):
    """An offer with all that the law wants read of its product, as it would be on a sheet that opens now."""

    vat_rates: list[DatedRate] = Field(default=[])
    """Of its product, to come; without those that begin under a regime that has none."""


class ReadOffer(Command, door="catalog.read_offer", answers=ShownOffer, open_to_strangers=True):
    """An offer at a market that the asker may know of, whole."""

    offer_id: UUID


class MakeOffer(OfferTerms, Command, door="catalog.make_offer", answers=Offer | Refused, acts=True, by=(Right.SELL,)):
    """Offer a product at a market that has admitted or invited its farm (an offer accepts).

    Refused: `not-admitted`, `offered-already`, `archived`.
    """

    product_id: UUID
    market_id: UUID


class ChangeOffer(OfferTerms, Command, door="catalog.change_offer", answers=Offer, acts=True, by=(Right.SELL,)):
    """Write an offer's terms anew. `version` is the one seen; Conflict if it moved."""

    offer_id: UUID
    version: Version


class WithdrawOffer(Command, door="catalog.withdraw_offer", answers=Offer, acts=True, by=(Right.SELL,)):
    """Take an offer off sale, from the next sheet on."""

    offer_id: UUID


class ListOffers(Command, door="catalog.list_offers", answers=list[Offer], open_to_strangers=True):
    """What is offered at a market, or by a farm at the markets that the asker may know of."""

    market_id: UUID | None = None
    producer_id: UUID | None = None
    after: UUID | None = None
    limit: Limit = 100


class Fault(Model):
    """What is wrong with one field; on a line that is imported it is only a warning."""

    field: str
    code: str
    message: str


class ImportLine(Model):
    """What a line of the file became. Lines are counted as an editor does, the heading is 1."""

    line: int
    outcome: Literal["new", "changed", "same", "faulty"]
    name: str
    ref: str | None = None
    faults: list[Fault] = Field(default=[])
    warnings: list[Fault] = Field(default=[])
    product: ProductDetails | None = None
    product_id: UUID | None = None
    """Of the product that is changed, or that was made."""
    stock: int | None = None


class ImportReport(Model):
    """What an import would do, or did."""

    dialect: Literal["halle", "cagette"]
    separator: str
    lines: list[ImportLine]
    good: int
    faulty: int


CsvText = Annotated[str, Field(max_length=1_000_000)]


class PreviewProducts(Command, door="catalog.preview_products", answers=ImportReport | Refused):
    """What a CSV file would do, by line. Refused whole: `unknown-columns`, `too-many-lines`."""

    producer_id: UUID
    text: CsvText


class ImportProducts(
    Command, door="catalog.import_products", answers=ImportReport | Refused, acts=True, by=(Right.SELL,), patience=30.0
):
    """Add or update products by their ref (without one, by name); faulty lines change nothing.

    With a market, what has a price is offered there as well. Refused: as the preview, and
    `not-admitted`.
    """

    producer_id: UUID
    text: CsvText
    market_id: UUID | None = None
