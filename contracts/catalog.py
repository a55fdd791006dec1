"""Markets and the sale sheet: said by catalog, which plans until a distribution opens.

Farms stand in `producers`, their products and offers in `products`, distributions in `planning`, and looking for all of
them in `search`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from contracts.identity import Approval, Colour, Insee, MarketIdentity, ServedTown
from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.money import Unit, VatRate, VatRegime, line_amount
from contracts.photos import PhotoId
from contracts.quality import Certificate, Floor, MarkKind
from contracts.slots import SlotPlan
from contracts.terms import MarketTerms


class Joining(StrEnum):
    """A market's joining policy: in an `open` market a first order makes a member."""

    OPEN = "open"
    ON_REQUEST = "on_request"
    CLOSED = "closed"


class StockMode(StrEnum):
    """`shared`: one stock for all the producer's markets; `per_distribution`: so much each time."""

    UNLIMITED = "unlimited"
    PER_DISTRIBUTION = "per_distribution"
    SHARED = "shared"


class ShareRule(StrEnum):
    """Who goes short when fewer came than were ordered."""

    FIRST_COME = "first_come"
    """Orders are served in the order of their placing."""
    PRO_RATA = "pro_rata"
    """Each gets the same part, in whole packs; what rounding leaves goes to those who lose most by it."""


class Pricing(StrEnum):
    """`per_weight` prices a piece by its weight: estimated when ordered, settled by the farm."""

    PER_PACK = "per_pack"
    PER_WEIGHT = "per_weight"


class Priced(Model):
    """What an amount is computed from; `amount` is the one formula of page, order and invoice."""

    unit: Unit
    """Quantities count pieces, grams (kg) or millilitres (l)."""
    pricing: Pricing = Pricing.PER_PACK
    price_cents: int
    """VAT included: of a piece, a kilogram or litre; of a kilogram of a piece priced per weight."""
    estimated_grams: int | None = None
    """Of a piece priced by its weight."""
    tolerance_percent: int = 10
    """How far above the estimate a weight is paid; what it exceeds is a gift."""

    def amount(self, quantity: int, grams: int | None = None) -> int:
        """Cents owed for `quantity`; of goods priced by weight for `grams`, or what it was estimated to weigh."""
        if self.pricing is Pricing.PER_WEIGHT:
            return line_amount(self.price_cents, self.paid_grams(quantity, grams), 1000)
        return line_amount(self.price_cents, quantity, 1 if self.unit is Unit.PIECE else 1000)

    def paid_grams(self, quantity: int, grams: int | None) -> int:
        """The weight that is paid for `quantity` pieces: as weighed, and no more than the tolerance allows."""
        estimated = quantity * (self.estimated_grams or 0)
        most = estimated * (100 + self.tolerance_percent) // 100
        return estimated if grams is None else min(grams, most)


class Facts(Model):
    """What the law wants read of a product before it is ordered, besides its name and its price."""

    legal_name: str
    """Who sells it."""
    description: str = ""
    certificates: list[Certificate] = Field(default=[])
    """Of its marks."""
    origin: str = ""
    variety: str = ""
    grade: str = ""
    """Of fruit and vegetables that a standard sorts: `extra`, `1` or `2`."""
    ingredients: str = ""
    allergens: list[str] = Field(default=[])
    traces: str = ""
    storage: str = "ambient"
    date_kind: str = ""
    """Which date stands on it: `use_by` or `best_before`."""
    keeps: str = ""
    """How long, in the farm's words."""
    sanitary: str = ""
    """Of an animal product, how it may be sold: `direct`, `derogation` or `approved`."""
    approval_number: str = ""
    alcohol: bool = False
    """Whether the age notice is shown and the age looked at."""
    alcohol_basis_points: int = 0
    net_quantity: str = ""
    """As printed, for example `350 g`."""
    vat_basis_points: int
    """Inside the price; 0 where the regime has none."""
    vat_regime: VatRegime = VatRegime.NORMAL
    """Its farm's, on the day of the hand-over."""


class SheetLine(Priced, Facts):
    """One offer, whole: everything that an order's line keeps of it for ever."""

    offer_id: UUID
    product_id: UUID
    producer_id: UUID
    producer_name: str
    """The farm's name, as on the page."""
    name: str
    category: str = ""
    photo: str | None = None
    """The id of a photo that its farm keeps."""
    marks: list[str] = Field(default=[])
    qualifies_until: datetime | None = None
    """From here on no mark of it satisfies the market's quality policy: no more of it is sold, orders stand."""
    minimum: int = 1
    maximum: int | None = None
    step: int = 1
    stock_mode: StockMode
    stock: int | None = None
    """Per distribution: so much this time. Shared: what orders begins with if it has none."""
    closes_at: datetime
    """The producer's own close, never after the distribution's."""
    share_rule: ShareRule = ShareRule.FIRST_COME
    """Its farm's, as it was when the sale opened."""

    def shown_at(self, now: datetime) -> Self:
        """The line without the marks that have expired by `now`."""
        over = {one.kind for one in self.certificates if one.ends_at is not None and one.ends_at <= now}
        if not over:
            return self
        certificates = [one for one in self.certificates if one.kind not in over]
        return self.model_copy(update={"marks": [m for m in self.marks if m not in over], "certificates": certificates})

    def qualifies_at(self, now: datetime) -> bool:
        """Whether more of it may be sold at `now`, as far as the market's quality policy goes."""
        return self.qualifies_until is None or now < self.qualifies_until


class Threshold(Model):
    """From which total a farm comes."""

    producer_id: UUID
    threshold_cents: int


class Uncollected(StrEnum):
    """What becomes of goods that nobody fetched in time; in both cases they stay owed."""

    STILL_DUE = "still_due"
    """They go back to the farm, or wait for their consumer there."""
    DONATED = "donated"
    """They are given away, as the market has arranged it."""


class Absence(Model):
    """What is done with an order for which nobody comes, as it was when the sale opened."""

    kept_until: datetime
    time_zone: str
    by_proxy: bool
    """Somebody else may fetch it."""
    in_fridge: bool
    """What needs cold is kept so until then."""
    uncollected: Uncollected
    """What becomes of it then."""


class MarketFee(Model):
    """What each order of a sale pays to the market itself: a line of its own, never part of a farm's price."""

    payee: str
    """The market's legal entity."""
    cents: int
    """VAT included."""
    vat_basis_points: int


class SaleSheetPublished(
    Event,
    name="catalog.sale_sheet_published.v1",
    shape=Shape.STATE,
    about="distribution_id",
    heard_by=("orders.open_distribution",),
):
    """Said in the transaction that opens a distribution: every offer whole. Orders opens on it.

    Product edits afterwards apply to the next sheet; a published one changes by orders alone.
    """

    distribution_id: UUID
    market_id: UUID
    market_name: str
    joining: Joining
    currency: str = "EUR"
    time_zone: str
    venue_name: str
    venue_address: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    lines: list[SheetLine]
    thresholds: list[Threshold] = Field(default=[])
    """Of the farms on the sheet that have one."""
    absence: Absence | None = None
    """Nothing from a release that did not know of it."""
    slots: SlotPlan | None = None
    """In which its hand-over goes on, where it was planned so."""
    fee: MarketFee | None = None


class MarketChanged(
    Event,
    name="catalog.market_changed.v1",
    shape=Shape.STATE,
    about="market_id",
    heard_by=("members.know_market", "notifications.know_market"),
):
    """Said when a market is opened, edited, approved or declined. Its founder organises it from the start."""

    market_id: UUID
    name: str
    joining: Joining
    founder_id: UUID
    approved: bool = True
    """While it is not, whoever wants to join waits for its organisers, in an open market too."""
    says_tu: bool = False
    """Whether it addresses its consumers by `tu`."""
    brand_colour: Colour | None = None
    logo: PhotoId | None = None


class MarketKind(StrEnum):
    """Who runs a market: a town, its producers together, its buyers together, one farm."""

    MUNICIPAL = "municipal"
    PRODUCERS = "producers"
    BUYING_GROUP = "buying_group"
    FARM_SHOP = "farm_shop"


class PaymentPolicy(StrEnum):
    """How a market's orders are paid; the organiser decides."""

    ONLINE = "online"
    ON_SITE = "on_site"
    BOTH = "both"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("is not a time zone of the IANA list, such as Europe/Paris") from error
    return name


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
TimeZone = Annotated[str, Field(max_length=60), AfterValidator(_known_zone)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Limit = Annotated[int, Field(ge=1, le=100)]


class MarketDetails(MarketIdentity, MarketTerms):
    """What an organiser writes about a market. Without a point it lies where its town does."""

    name: Title
    kind: MarketKind
    entity_name: Title
    """The legal entity behind it: town, association, company."""
    entity_address: str = Field(max_length=300)
    insee: Insee
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    time_zone: TimeZone = "Europe/Paris"
    joining: Joining = Joining.OPEN
    payment_policy: PaymentPolicy = PaymentPolicy.ON_SITE
    languages: list[Language] = Field(default=["fr"], min_length=1, max_length=10)
    description: str = Field(default="", max_length=5000)
    public: bool = True
    """Found and read by strangers once it is approved; otherwise by its organisers, its producers and its members."""
    quality_floor: Floor = Floor.NONE
    """What every product on sale must have; it is looked at whenever a sale opens."""
    welcome_marks: list[MarkKind] = Field(default=[], max_length=9)
    """Seen gladly on top of the floor, never instead of it."""
    kept_minutes: int = Field(default=0, ge=0, le=7 * 24 * 60)
    """How long after the end of a hand-over an order that nobody fetched is kept."""
    by_proxy: bool = True
    in_fridge: bool = False
    uncollected: Uncollected = Uncollected.STILL_DUE
    """This and the three above are shown at ordering, and hold for the sales that open from now on."""
    fee_cents: int = Field(default=0, ge=0, le=10_000)
    """What each order pays to the legal entity, VAT included: shown apart, in the sales that open from now on."""
    fee_vat_basis_points: VatRate = 0


class Market(MarketDetails):
    """A market as it stands."""

    market_id: UUID
    version: Version
    town: str
    currency: str = "EUR"
    served_towns: list[ServedTown] = Field(default=[])
    """`served`, with their names."""
    approval: Approval = Approval.APPROVED
    approval_reason: str = ""
    """Why it was declined."""
    terms_version: Version = 1
    """Of charter and payment policy: when it moves, producers are asked to accept them again."""
    logo: PhotoId | None = None
    """Read as a photo is, where the market has one."""


class FoundMarket(
    MarketDetails, Command, door="catalog.found_market", answers=Market | Refused, acts=True, by=(Right.ORGANISE,)
):
    """Open a market; the asker organises it. It waits for its approval. Refused `host-taken`."""


class ChangeMarket(
    MarketDetails, Command, door="catalog.change_market", answers=Market | Refused, acts=True, by=(Right.ORGANISE,)
):
    """Write a market anew, for its organisers. `version` is the one seen; Conflict if it moved. Refused `host-taken`.

    A declined market, and one whose legal entity became another, waits for its approval again.
    """

    market_id: UUID
    version: Version


class ReadMarket(Command, door="catalog.read_market", answers=Market, open_to_strangers=True):
    """A market that the asker may know of."""

    market_id: UUID


class MyMarkets(Command, door="catalog.my_markets", answers=list[Market]):
    """The markets that the asker organises; `after` is the last id of the page before."""

    after: UUID | None = None
    limit: Limit = 50
