"""The VAT of a product on a day: the rate that has begun, under its farm's regime. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from contracts.money import VatRegime
from contracts.products import DatedRate, Fault


def begun(dated: list[DatedRate], day: date) -> int:
    """How many of a product's rates, in the order of their days, have begun on a day."""
    return sum(one.begins_on <= day for one in dated)


def rated(product: Mapping[str, Any], dated: list[DatedRate], day: date) -> dict[str, Any]:
    """What is said of a product, with the rate of a day: the last that has begun, or its own; and those to come."""
    past, to_come = dated[: begun(dated, day)], dated[begun(dated, day) :]
    rate = past[-1].rate if past else product["vat_basis_points"]
    return {**product, "vat_basis_points": rate, "vat_rates": to_come}


def taxed(
    product: Mapping[str, Any], dated: list[DatedRate], regime: Callable[[date], VatRegime], day: date
) -> dict[str, Any]:
    """The same with what its farm's regime leaves of it on each day."""
    said, holds = rated(product, dated, day), regime(day)
    rate = said["vat_basis_points"] if holds is VatRegime.NORMAL else 0
    to_come = [one for one in said["vat_rates"] if regime(one.begins_on) is VatRegime.NORMAL]
    return said | {"vat_basis_points": rate, "vat_rates": to_come, "vat_regime": holds}


def rate_fault(wanted: DatedRate, today: date) -> Fault | None:
    """A rate is dated ahead: what holds today is the product's own."""
    if wanted.begins_on <= today:
        return Fault(field="begins_on", code="past", message="Give a day to come; today's rate is the product's own.")
    return None
