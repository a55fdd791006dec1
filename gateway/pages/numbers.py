"""Numbers as people type them, and as a field shows them again: comma or point, exact or not at all."""

from decimal import Decimal, InvalidOperation

from contracts.money import Unit
from gateway.pages.languages import spoken


def exact(text: str, times: int) -> int:
    """The typed number times so many, a whole number; ValueError for anything else."""
    plain = "".join(text.replace("€", "").replace("%", "").split()).replace(",", ".")
    try:
        number = Decimal(plain) * times
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number) > 10**15 or number != int(number):
        raise ValueError(text)
    return int(number)


def cents(text: str) -> int:
    """`2,60` is 260."""
    return exact(text, 100)


def basis_points(text: str) -> int:
    """`12,5` per cent are 1250."""
    return exact(text, 100)


def measured(text: str, unit: Unit) -> int:
    """`0,5` is 500 where the unit is a kilogram or a litre."""
    return exact(text, 1 if unit is Unit.PIECE else 1000)


def typed(number: int | None, per: int) -> str:
    """What a text field shows: 260 per 100 is `2,60` in French."""
    if number is None:
        return ""
    if per == 1:
        return str(number)
    digits = f"{Decimal(number) / per:.2f}" if per == 100 else f"{(Decimal(number) / per).normalize():f}"
    return digits.replace(".", ",") if spoken() == "fr" else digits


def typed_cents(cents: int) -> str:
    """The same for an amount."""
    return typed(cents, 100)


def typed_measure(number: int | None, unit: Unit) -> str:
    """The same for a quantity."""
    return typed(number, 1 if unit is Unit.PIECE else 1000)


def in_number_field(number: int, unit: Unit) -> str:
    """What `<input type=number>` wants: a point, whatever the language."""
    return str(number) if unit is Unit.PIECE else f"{(Decimal(number) / 1000).normalize():f}"
