"""What is allowed and what it means: wall time, words that are searched, terms of a product.

Pure: the standard library and contracts.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.catalog import Pricing, StockMode
from contracts.money import Unit
from contracts.photos import Picture
from contracts.planning import DistributionDetails
from contracts.products import Category, Fault, OfferTerms, ProductDetails, SanitaryStatus
from contracts.slots import SlotPlan, WantedSlots
from contracts.wall import instant

ALCOHOL_NOTICE_ABOVE = 120
"""Basis points: 1.2 % by volume."""
LONGEST_WITH_SLOTS = timedelta(days=1)
"""A hand-over in slots: these are known by their hours alone."""


class Times(NamedTuple):
    """The four instants of a distribution, UTC."""

    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime


class WallTimes(NamedTuple):
    """The same four as a clock on the wall shows them."""

    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime

    def instants(self, zone: str) -> Times:
        """Derived in the market's zone."""
        return Times(*(instant(wall, zone) for wall in self))

    def later(self, days: int) -> "WallTimes":
        """The same hours, so many days later."""
        return WallTimes(*(wall + timedelta(days=days) for wall in self))


def wall_times(details: DistributionDetails) -> WallTimes:
    """The wall times that a plan names."""
    return WallTimes(details.opens_at, details.closes_at, details.starts_at, details.ends_at)


def times_fault(times: Times, now: datetime) -> Fault | None:
    """Why these instants are no distribution: opens < closes <= starts <= ends, closes to come."""
    if not times.opens_at < times.closes_at:
        return _fault("closes_at", "order", "The window must close after it opens.")
    if not times.closes_at <= times.starts_at:
        return _fault("starts_at", "order", "The hand-over cannot start before the window closes.")
    if not times.starts_at <= times.ends_at:
        return _fault("ends_at", "order", "The hand-over cannot end before it starts.")
    if times.closes_at <= now:
        return _fault("closes_at", "past", "The window would have closed already.")
    return None


def room_fault(wanted: WantedSlots, room: int | None) -> Fault | None:
    """Why a place that has room for so many orders in a slot cannot have these."""
    if wanted.capacity is None and room is None:
        return _fault("slots.capacity", "missing", "Say how many orders a slot takes: the place does not say it.")
    if wanted.capacity and room and wanted.capacity > room:
        return _fault("slots.capacity", "too-many", f"This place has room for {room} orders in a slot.")
    return None


def slots_fault(plan: SlotPlan | None, times: Times) -> Fault | None:
    """Why a hand-over cannot go on in these slots: they fill it from its start to its end."""
    if plan is None:
        return None
    length = times.ends_at - times.starts_at
    if not length or length % timedelta(minutes=plan.minutes):
        return _fault("slots", "uneven", "Slots fill the hand-over: choose a length that divides it.")
    if length > LONGEST_WITH_SLOTS:
        return _fault("slots", "too-long", "A hand-over in slots lasts a day at most.")
    return None


def product_fault(product: ProductDetails) -> Fault | None:
    """What the fields of a product say against one another."""
    weighed = product.pricing is Pricing.PER_WEIGHT
    if weighed and product.unit is not Unit.PIECE:
        return _fault("unit", "per-weight", "What is priced by its weight is ordered by the piece.")
    if weighed and product.estimated_grams is None:
        return _fault("estimated_grams", "missing", "Say about how much a piece weighs.")
    return _sanitary_fault(product)


def sold_fault(unit: Unit, pricing: Pricing, wanted: ProductDetails) -> Fault | None:
    """What may not change of a product while it is on sale: prices, steps and stocks of its offers are in these."""
    if (unit, pricing) == (wanted.unit, wanted.pricing):
        return None
    field = "unit" if unit != wanted.unit else "pricing"
    return _fault(field, "on-sale", "Take the product off sale first: its offers are in this unit.")


def _sanitary_fault(product: ProductDetails) -> Fault | None:
    """An approval has its number, a derogation its two limits."""
    if product.sanitary is SanitaryStatus.APPROVED and not product.approval_number:
        return _fault("approval_number", "missing", "Give the number of the approved establishment.")
    if product.sanitary is SanitaryStatus.DEROGATION and product.derogation_km is None:
        return _fault("derogation_km", "missing", "Say up to which distance the derogation goes.")
    if product.sanitary is SanitaryStatus.DEROGATION and product.derogation_kg is None:
        return _fault("derogation_kg", "missing", "Say how much a week the derogation allows.")
    return None


def terms_fault(terms: OfferTerms, shared_stock: int | None = None) -> Fault | None:
    """What the terms of an offer say against one another; a shared stock may be known already."""
    if terms.maximum is not None and terms.maximum < terms.minimum:
        return _fault("maximum", "order", "The maximum cannot be below the minimum.")
    known = shared_stock if terms.stock_mode is StockMode.SHARED else None
    if terms.stock_mode is not StockMode.UNLIMITED and terms.stock is None and known is None:
        return _fault("stock", "missing", "Say how much there is.")
    if terms.stock_mode is StockMode.UNLIMITED and terms.stock is not None:
        return _fault("stock", "unlimited", "An unlimited stock has no figure.")
    return None


def picture_fault(picture: Picture) -> Fault | None:
    """A picture is WebP in both sizes, or it is none."""
    if all(file[:4] == b"RIFF" and file[8:12] == b"WEBP" for file in (picture.large, picture.small)):
        return None
    return _fault("picture", "not-webp", "Pictures are kept as WebP.")


def needs_alcohol_notice(alcohol_basis_points: int) -> bool:
    """Whether the age notice is shown and checked at hand-over."""
    return alcohol_basis_points > ALCOHOL_NOTICE_ABOVE


MONTHS = range(1, 13)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_SMALL_WORDS = frozenset({"a", "au", "aux", "avec", "d", "de", "des", "du", "en", "et", "l", "la"})
_SMALL_WORDS |= {"le", "les", "ou", "par", "pour", "s", "sur", "un", "une"}
_SAME = {"biologique": "bio", "st": "saint", "ste": "sainte"}
_CATEGORY_WORDS = {
    Category.VEGETABLES: "légume",
    Category.FRUIT: "fruit",
    Category.HERBS: "herbe aromate",
    Category.MUSHROOMS: "champignon",
    Category.BREAD: "pain",
    Category.PASTRY: "pâtisserie gâteau",
    Category.CEREALS: "céréale farine",
    Category.PULSES: "légumineuse",
    Category.DAIRY: "laitage",
    Category.CHEESE: "fromage",
    Category.EGGS: "œuf",
    Category.MEAT: "viande",
    Category.POULTRY: "volaille",
    Category.CHARCUTERIE: "charcuterie",
    Category.FISH: "poisson",
    Category.HONEY: "miel",
    Category.PRESERVES: "conserve confiture",
    Category.OIL: "huile",
    Category.DRINKS: "boisson",
    Category.WINE_AND_BEER: "vin bière",
    Category.PREPARED: "traiteur",
    Category.PLANTS: "plant",
    Category.COSMETICS: "cosmétique",
}


def fold(text: str) -> str:
    """Lower case without accents, ligatures or punctuation, single spaces: `L'Isle` is `l isle`."""
    lowered = text
    for _ in range(2):  # what is compatible with a capital is one: 𝕬 is A, and only then a
        lowered = unicodedata.normalize("NFKD", lowered.casefold().translate(_LIGATURES))
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain.translate(_LIGATURES)))


def place_key(text: str) -> str:
    """A commune's name as it is compared: folded, `st` written out, without its article."""
    words = [_SAME.get(word, word) for word in fold(text).split()]
    article = len(words) > 1 and words[0] in ("l", "la", "le", "les")
    return " ".join(words[1:] if article else words)


def singular(word: str) -> str:
    """A folded French word without its plural. Crude is enough: both sides are cut alike."""
    if re.fullmatch(r".{2,}[^ey]aux", word):
        return word[:-3] + "al"
    cut = re.match(r"(.{3,}?)[sx]+$", word)
    return cut[1] if cut else word


def words(*texts: str) -> list[str]:
    """The words of texts as they are kept and looked for, each once, small words left out."""
    folded = " ".join(fold(text) for text in texts).split()
    kept = [singular(_SAME.get(word, word)) for word in folded if word not in _SMALL_WORDS]
    return list(dict.fromkeys(_SAME.get(word, word) for word in kept))


def product_words(name: str, category: str, organic: bool, farm_name: str, months: Iterable[int]) -> list[str]:
    """The words by which a product is found; an organic one is `bio`, `#12` is no December."""
    found_by = words(name, _CATEGORY_WORDS.get(Category(category), ""), "bio" if organic else "", farm_name)
    season = set(months) or set(MONTHS)
    return found_by + [f"#{month}" for month in MONTHS if month not in season]


def query(wanted: list[str]) -> str:
    """A tsquery: all the words."""
    return " & ".join(f"'{word}'" for word in wanted)


def query_near(wanted: list[str], cells: Iterable[str]) -> str:
    """A tsquery: all the words, and one of the cells where there are any."""
    near = " | ".join(f"'{cell}'" for cell in cells)
    return f"{query(wanted)} & ({near})" if near else query(wanted)


CELLS_A_DEGREE = 2
MOST_CELLS = 64
KM_A_DEGREE = 111.2
NO_CELL = "@"


def cell(latitude: float | None, longitude: float | None) -> str:
    """The half degree by half degree of the earth in which a point lies, as a word."""
    if latitude is None or longitude is None:
        return NO_CELL
    north, east = (math.floor(degrees * CELLS_A_DEGREE) for degrees in (latitude, longitude))
    return f"@{north}_{east}"


EARTH_KM = 6371.0


class Point(NamedTuple):
    """Where something lies, in degrees; nothing where nobody knows."""

    latitude: float | None
    longitude: float | None

    def kilometres_to(self, other: "Point") -> float | None:
        """As the crow flies, to a tenth; nothing where one end is not known."""
        if None in (*self, *other):
            return None
        north, east, to_north, to_east = (math.radians(degrees or 0) for degrees in (*self, *other))
        half = math.sin((to_north - north) / 2) ** 2
        half += math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
        return round(2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half))), 1)


class Box(NamedTuple):
    """Degrees that hold a circle whole."""

    south: float
    north: float
    west: float
    east: float

    @classmethod
    def around(cls, latitude: float, longitude: float, radius_km: float) -> "Box":
        """The box of a circle; near a pole it goes round the earth."""
        high = radius_km / KM_A_DEGREE
        wide = min(180.0, high / max(0.01, math.cos(math.radians(min(89.0, abs(latitude) + high)))))
        return cls(latitude - high, latitude + high, longitude - wide, longitude + wide)

    def cells(self) -> list[str]:
        """The cells it touches; none when they are too many to be of help."""
        rows = range(*self._steps(self.south, self.north))
        columns = range(*self._steps(self.west, self.east))
        if len(rows) * len(columns) > MOST_CELLS:
            return []
        return [f"@{north}_{east}" for north in rows for east in columns]

    @staticmethod
    def _steps(low: float, high: float) -> tuple[int, int]:
        return math.floor(low * CELLS_A_DEGREE), math.floor(high * CELLS_A_DEGREE) + 1


def mean_km(loads: Iterable[tuple[Sequence[float], int]]) -> float | None:
    """The distance that a cent's worth of goods travelled on average.

    Of a load that several farms brought their mean counts; one from nowhere that is known does not count.
    """
    known = [(sum(distances) / len(distances), cents) for distances, cents in loads if distances]
    whole = sum(cents for _, cents in known)
    return sum(km * cents for km, cents in known) / whole if whole else None


def _fault(field: str, code: str, message: str) -> Fault:
    return Fault(field=field, code=code, message=message)
