"""Money, quantities, times and names as people read and sort them, in a language that is given. Knows no request."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from contracts.money import Unit
from contracts.slots import Slot
from gateway.catalogues import LOCALES, catalogue

NARROW = "\N{NO-BREAK SPACE}"


@lru_cache(8192)
def money(cents: int, currency: str, language: str) -> str:
    """`12,50 €` or `€12.50`."""
    return format_currency(Decimal(cents) / 100, currency, locale=LOCALES[language])


@lru_cache(8192)
def quantity(number: int, unit: Unit, language: str) -> str:
    """`3`, `0,5 kg` or `0.75 l`, exact to the gram and millilitre."""
    if unit is Unit.PIECE:
        return format_decimal(number, locale=LOCALES[language])
    measured = format_decimal(Decimal(number) / 1000, "#,##0.###", locale=LOCALES[language])
    return f"{measured}{NARROW}{unit}"


def day(at: date, zone: str, language: str) -> str:
    """Mardi 24 novembre 2026, at the place of the market; wall time and a mere date have no zone."""
    return _day(_there(at, zone).date() if isinstance(at, datetime) else at, "EEEE d MMMM y", language)


def calendar_day(on: date, language: str) -> str:
    """24 novembre 2026: a day without an hour, as a certificate has it."""
    return _day(on, "d MMMM y", language)


def short_day(at: datetime, zone: str, language: str) -> str:
    """Mar. 24 nov."""
    return _day(_there(at, zone).date(), "EEE d MMM", language)


def hour(at: datetime, zone: str, language: str) -> str:
    """17:30."""
    return format_time(_there(at, zone), "HH:mm", locale=LOCALES[language])


def moment(at: datetime, zone: str, language: str) -> str:
    """Mardi 24 novembre 2026 à 17:30."""
    return _at(day(at, zone, language), hour(at, zone, language), language)


def short_moment(at: datetime, zone: str, language: str) -> str:
    """Mar. 24 nov. à 17:30."""
    return _at(short_day(at, zone, language), hour(at, zone, language), language)


def span(starts: datetime, ends: datetime, zone: str, language: str) -> str:
    """Mardi 24 novembre 2026 de 17:00 à 19:00."""
    say = catalogue(language)
    if _there(starts, zone).date() != _there(ends, zone).date():
        days = {"start": moment(starts, zone, language), "end": moment(ends, zone, language)}
        return say.gettext("du %(start)s au %(end)s") % days
    hours = {"begin": hour(starts, zone, language), "end": hour(ends, zone, language)}
    return say.gettext("%(day)s de %(begin)s à %(end)s") % {"day": day(starts, zone, language), **hours}


def slot(it: Slot, language: str) -> str:
    """17:15–17:30."""
    return f"{hour(it.starts_at, it.time_zone, language)}–{hour(it.ends_at, it.time_zone, language)}"


def month(number: int, language: str) -> str:
    """Novembre."""
    return _day(date(2000, number, 1), "LLLL", language)


def percent(basis_points: int, language: str) -> str:
    """550 basis points are 5,5 %."""
    number = format_decimal(Decimal(basis_points) / 100, "#,##0.##", locale=LOCALES[language])
    return f"{number}{NARROW}%"


def kilometres(distance: float, language: str) -> str:
    """`3,2 km`; below a hundred metres it is here."""
    if distance < 0.1:
        return catalogue(language).gettext("ici même")
    pattern = "#,##0.0" if distance < 10 else "#,##0"
    return f"{format_decimal(distance, pattern, locale=LOCALES[language])}{NARROW}km"


def folded(text: str) -> str:
    """Lower case without accents, as the page's script folds what is typed."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _at(day: str, hour: str, language: str) -> str:
    return catalogue(language).gettext("%(day)s à %(hour)s") % {"day": day, "hour": hour}


def _there(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)) if zone and at.tzinfo else at


@lru_cache(4096)
def _day(at: date, pattern: str, language: str) -> str:
    """French counts the first of a month, which the tables of Babel do not know."""
    if language == "fr" and at.day == 1:
        pattern = pattern.replace("d", "'1er'")
    return format_date(at, pattern, locale=LOCALES[language])
