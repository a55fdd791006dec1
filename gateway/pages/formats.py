"""Money, quantities and times as people read them, in the page's language and the market's zone."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_currency, format_decimal

from contracts.money import Unit, half_up
from gateway.pages.languages import _, locale

NARROW = "\N{NO-BREAK SPACE}"
_NET = re.compile(r"([\d.,]+)\s*(kg|g|l|cl|ml)\b", re.IGNORECASE)
_MEASURES = {"kg": ("kg", 1000), "g": ("kg", 1), "l": ("l", 1000), "cl": ("l", 10), "ml": ("l", 1)}


def money(cents: int, currency: str = "EUR") -> str:
    """`12,50 €` or `€12.50`."""
    return _money(cents, currency, locale())


def quantity(number: int, unit: Unit) -> str:
    """`3`, `0,5 kg` or `0.75 l`, exact to the gram and millilitre."""
    return _quantity(number, unit, locale())


def per_unit(unit: Unit) -> str:
    """What a price is for."""
    return {Unit.PIECE: _("la pièce"), Unit.KILOGRAM: _("le kg"), Unit.LITRE: _("le litre")}[unit]


def net_price(price_cents: int, net_quantity: str) -> tuple[int, Unit] | None:
    """Cents per kg or l of a pack whose printed quantity can be read."""
    match = _NET.search(net_quantity)
    if not match:
        return None
    unit, times = _MEASURES[match[2].lower()]
    size = round(float(match[1].replace(",", ".").rstrip(".") or 0) * times) if match[1].count(",") < 2 else 0
    return (half_up(price_cents * 1000, size), Unit(unit)) if size else None


def percent(basis_points: int) -> str:
    """550 basis points are 5,5 %."""
    number = format_decimal(Decimal(basis_points) / 100, "#,##0.##", locale=locale())
    return f"{number}{NARROW}%"


def day(at: date, zone: str = "") -> str:
    """Mardi 24 novembre 2026, at the place of the market; wall time and a mere date have no zone."""
    return _day(_there(at, zone).date() if isinstance(at, datetime) else at, "EEEE d MMMM y", locale())


def short_day(at: datetime, zone: str = "") -> str:
    """Mar. 24 nov."""
    return _day(_there(at, zone).date(), "EEE d MMM", locale())


def hour(at: datetime, zone: str = "") -> str:
    """17:30."""
    return format_time(_there(at, zone), "HH:mm", locale=locale())


def moment(at: datetime, zone: str = "") -> str:
    """Mardi 24 novembre 2026 à 17:30."""
    return _("%(day)s à %(hour)s", day=day(at, zone), hour=hour(at, zone))


def short_moment(at: datetime, zone: str = "") -> str:
    """Mar. 24 nov. à 17:30."""
    return _("%(day)s à %(hour)s", day=short_day(at, zone), hour=hour(at, zone))


def span(starts: datetime, ends: datetime, zone: str = "") -> str:
    """Mardi 24 novembre 2026 de 17:00 à 19:00."""
    if _there(starts, zone).date() != _there(ends, zone).date():
        return _("du %(start)s au %(end)s", start=moment(starts, zone), end=moment(ends, zone))
    begin, end = hour(starts, zone), hour(ends, zone)
    return _("%(day)s de %(begin)s à %(end)s", day=day(starts, zone), begin=begin, end=end)


def zone_words(zone: str) -> str:
    """`heure de Paris`."""
    return _zone_words(_("heure de %(place)s"), zone, locale())


def kilometres(distance: float) -> str:
    """`3,2 km`; below a hundred metres it is here."""
    if distance < 0.1:
        return _("ici même")
    pattern = "#,##0.0" if distance < 10 else "#,##0"
    return f"{format_decimal(distance, pattern, locale=locale())}{NARROW}km"


def _there(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)) if zone and at.tzinfo else at


@lru_cache(8192)
def _money(cents: int, currency: str, language: str) -> str:
    return format_currency(Decimal(cents) / 100, currency, locale=language)


@lru_cache(8192)
def _quantity(number: int, unit: Unit, language: str) -> str:
    if unit is Unit.PIECE:
        return format_decimal(number, locale=language)
    measured = format_decimal(Decimal(number) / 1000, "#,##0.###", locale=language)
    return f"{measured}{NARROW}{unit}"


@lru_cache(4096)
def _day(at: date, pattern: str, language: str) -> str:
    return format_date(at, pattern, locale=language)


@lru_cache(256)
def _zone_words(pattern: str, zone: str, language: str) -> str:
    return pattern % {"place": get_timezone_location(zone, locale=language, return_city=True)}
