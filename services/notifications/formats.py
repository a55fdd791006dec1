"""Money, quantities and times as people read them; an unknown language reads French."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_currency, format_decimal

from contracts.money import Unit

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
FIRST = "fr"


def spoken(language: str) -> str:
    """The language of ours that is nearest to the one asked for, `fr` for `fr-CA`."""
    short = language[:2].lower()
    return short if short in LOCALES else FIRST


@lru_cache(4096)
def money(cents: int, currency: str, language: str) -> str:
    """12,50 € or €12.50."""
    return format_currency(Decimal(cents) / 100, currency, locale=LOCALES[language])


@lru_cache(4096)
def quantity(number: int, unit: Unit, language: str) -> str:
    """`3` pieces, `1,5 kg`, `0.75 l`, exact to the gram and millilitre."""
    if unit is Unit.PIECE:
        return format_decimal(number, locale=LOCALES[language])
    measured = format_decimal(Decimal(number) / 1000, "#,##0.###", locale=LOCALES[language])
    return f"{measured}\N{NO-BREAK SPACE}{unit}"


def plain_decimal(number: int, unit: Unit, language: str) -> str:
    """A quantity as a spreadsheet reads it: `1,5` or `1.5`, no unit, nothing between thousands."""
    measured = str(number) if unit is Unit.PIECE else _exact(number, 1000)
    return measured.replace(".", ",") if language == "fr" else measured


def plain_money(cents: int, language: str) -> str:
    """An amount as a spreadsheet reads it: `12,50` or `12.50`."""
    amount = f"{Decimal(cents) / 100:.2f}"
    return amount.replace(".", ",") if language == "fr" else amount


def day(instant: datetime, time_zone: str, language: str) -> str:
    """Mardi 24 novembre 2026, at the place of the sale."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return format_date(local, "EEEE d MMMM y", locale=LOCALES[language])


def calendar_day(on: date, language: str) -> str:
    """20 décembre 2026: a day without an hour, as it is printed on goods."""
    return format_date(on, "d MMMM y", locale=LOCALES[language])


def weekdays(numbers: Sequence[int], language: str) -> str:
    """`lundi, vendredi`, 1 being Monday; nothing where it is every day."""
    names = get_day_names("wide", locale=LOCALES[language])
    return ", ".join(names[number - 1] for number in sorted(numbers))


def hour(instant: datetime, time_zone: str, language: str) -> str:
    """17:30, at the place of the sale."""
    return format_time(instant.astimezone(ZoneInfo(time_zone)), "HH:mm", locale=LOCALES[language])


def _exact(number: int, per: int) -> str:
    digits = f"{Decimal(number) / per:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
