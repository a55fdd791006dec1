"""Money, quantities and times as people read them, in the page's language and the market's zone."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from contracts.money import Unit, half_up
from contracts.slots import Slot
from gateway import writing
from gateway.pages.languages import _, locale, spoken

_NET = re.compile(r"(?:(\d+)\s*[x×*]\s*)?([\d.,]+)\s*(kg|g|l|cl|ml)\b", re.IGNORECASE)
_MEASURES = {"kg": ("kg", 1000), "g": ("kg", 1), "l": ("l", 1000), "cl": ("l", 10), "ml": ("l", 1)}


def money(cents: int, currency: str = "EUR") -> str:
    """`12,50 €` or `€12.50`."""
    return writing.money(cents, currency, spoken())


def quantity(number: int, unit: Unit) -> str:
    """`3`, `0,5 kg` or `0.75 l`, exact to the gram and millilitre."""
    return writing.quantity(number, unit, spoken())


def per_unit(unit: Unit) -> str:
    """What a price is for."""
    return {Unit.PIECE: _("la pièce"), Unit.KILOGRAM: _("le kg"), Unit.LITRE: _("le litre")}[unit]


def net_price(price_cents: int, net_quantity: str) -> tuple[int, Unit] | None:
    """Cents per kg or l of a pack whose printed quantity can be read: `350 g`, `75 cl`, `6 x 33 cl`."""
    match = _NET.search(net_quantity)
    if not match:
        return None
    unit, times = _MEASURES[match[3].lower()]
    try:
        each = Decimal(match[2].replace(",", ".").rstrip("."))
    except InvalidOperation:
        return None
    size = round(int(match[1] or 1) * each * times)
    return (half_up(price_cents * 1000, size), Unit(unit)) if size else None


def percent(basis_points: int) -> str:
    """550 basis points are 5,5 %."""
    return writing.percent(basis_points, spoken())


def day(at: date, zone: str = "") -> str:
    """Mardi 24 novembre 2026, at the place of the market; wall time and a mere date have no zone."""
    return writing.day(at, zone, spoken())


def calendar_day(on: date) -> str:
    """24 novembre 2026: a day without an hour, as a certificate has it."""
    return writing.calendar_day(on, spoken())


def short_day(at: datetime, zone: str = "") -> str:
    """Mar. 24 nov."""
    return writing.short_day(at, zone, spoken())


def hour(at: datetime, zone: str = "") -> str:
    """17:30."""
    return writing.hour(at, zone, spoken())


def moment(at: datetime, zone: str = "") -> str:
    """Mardi 24 novembre 2026 à 17:30."""
    return writing.moment(at, zone, spoken())


def until(end: datetime, zone: str) -> str:
    """The last day of what ends at midnight, which nobody reads as the day after; else the moment."""
    is_midnight = end.astimezone(ZoneInfo(zone)).time() == time()
    return day(end - timedelta(microseconds=1), zone) if is_midnight else moment(end, zone)


def short_moment(at: datetime, zone: str = "") -> str:
    """Mar. 24 nov. à 17:30."""
    return writing.short_moment(at, zone, spoken())


def span(starts: datetime, ends: datetime, zone: str = "") -> str:
    """Mardi 24 novembre 2026 de 17:00 à 19:00."""
    return writing.span(starts, ends, zone, spoken())


def slot(it: Slot) -> str:
    """17:15–17:30."""
    return writing.slot(it, spoken())


def zone_words(zone: str) -> str:
    """`heure de Paris`."""
    return _zone_words(_("heure de %(place)s"), zone, locale())


def kilometres(distance: float) -> str:
    """`3,2 km`; below a hundred metres it is here."""
    return writing.kilometres(distance, spoken())


@lru_cache(256)
def _zone_words(pattern: str, zone: str, language: str) -> str:
    return pattern % {"place": get_timezone_location(zone, locale=language, return_city=True)}
