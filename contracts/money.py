"""Money is integer cents with a currency, quantities are integers; the one rounding is half up, and it stands here.

Pieces are counted; weights and volumes are grams and millilitres. A price per `kg` or `l` is a price per 1000 of them.
"""

from enum import StrEnum
from typing import Literal

VatRate = Literal[0, 210, 550, 1000, 2000]
"""The French rates, in basis points."""


class VatRegime(StrEnum):
    """How a farm stands to VAT; only under the first is any in its prices."""

    NORMAL = "normal"
    FRANCHISE = "franchise"
    """A small business's exemption (franchise en base)."""
    FLAT_RATE = "flat_rate"
    """A farmer's flat-rate compensation by the State (remboursement forfaitaire agricole)."""


class Unit(StrEnum):
    """What one of a product's quantity is; a price per kg or l is per 1000 g or ml."""

    PIECE = "piece"
    KILOGRAM = "kg"
    LITRE = "l"


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    return sign * (quotient + (2 * remainder >= abs(denominator)))


def line_amount(price_cents: int, quantity: int, per: int = 1) -> int:
    """Cents owed for `quantity` at `price_cents` per `per` of them: the one rounding of a line."""
    return half_up(price_cents * quantity, per)


def vat_inside(amount_cents: int, rate_basis_points: int) -> int:
    """The VAT contained in an amount that includes it; 550 basis points are 5.5 %."""
    return half_up(amount_cents * rate_basis_points, 10_000 + rate_basis_points)
