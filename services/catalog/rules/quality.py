"""Which marks a product has on a day, and whether they let it into a sale. Pure.

A mark is good through its last day, as the market's wall shows it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from contracts.products import Fault
from contracts.quality import Certificate, Floor, Lack, MarkDetails, MarkKind, Scope
from contracts.wall import midnight

DATED = frozenset(MarkKind) - {MarkKind.LABEL_ROUGE, MarkKind.AOP, MarkKind.IGP}
"""Given for a time: without a last day they are not good."""
NUMBERED = frozenset({MarkKind.AB, MarkKind.IN_CONVERSION, MarkKind.HVE})
"""Their certificates have a number that anybody may look up."""
SATISFIES = {
    Floor.ORGANIC: frozenset({MarkKind.AB}),
    Floor.OFFICIAL: frozenset({MarkKind.AB, MarkKind.LABEL_ROUGE, MarkKind.AOP, MarkKind.IGP}),
}
"""One of these is enough; where there is no floor nothing is asked."""
_ORDER = list(MarkKind)


class Held(NamedTuple):
    """A mark of a farm, as it counts."""

    kind: MarkKind
    certifier: str
    number: str
    scope: Scope
    product_ids: frozenset[UUID]
    valid_until: date | None

    def covers(self, product_id: UUID) -> bool:
        """Whether it is for this product."""
        return self.scope is Scope.ALL or product_id in self.product_ids

    def ends_at(self, zone: str) -> datetime | None:
        """The instant from which it is void in a zone."""
        if self.valid_until is None:
            return None
        return midnight(self.valid_until + timedelta(days=1), zone)

    def is_good(self, at: datetime, zone: str) -> bool:
        """Whether it counts at an instant."""
        ends_at = self.ends_at(zone)
        return self.kind not in DATED if ends_at is None else at < ends_at


def mark_fault(wanted: MarkDetails) -> Fault | None:
    """What the fields of a mark say against one another."""
    if wanted.scope is Scope.NAMED and not wanted.product_ids:
        return Fault(field="product_ids", code="missing", message="Name the products that it covers.")
    if wanted.kind in NUMBERED and not wanted.number:
        return Fault(field="number", code="missing", message="Give the number of the certificate.")
    if wanted.kind in DATED and wanted.valid_until is None:
        return Fault(field="valid_until", code="missing", message="Give its last day: this kind is given for a time.")
    return None


def is_organic(kinds: Iterable[MarkKind]) -> bool:
    """Whether a product with these marks may be called organic."""
    return not SATISFIES[Floor.ORGANIC].isdisjoint(kinds)


def certificates(held: Iterable[Held], product_id: UUID, at: datetime, zone: str) -> list[Certificate]:
    """What covers a product at an instant; of several of one kind the one that is good the longest."""
    good: dict[MarkKind, Held] = {}
    for mark in held:
        if mark.covers(product_id) and mark.is_good(at, zone) and _outlasts(mark, good.get(mark.kind)):
            good[mark.kind] = mark
    return [_certificate(good[kind], zone) for kind in sorted(good, key=_ORDER.index)]


def kinds(held: Iterable[Held], product_id: UUID, at: datetime, zone: str) -> list[MarkKind]:
    """The marks that a product has at an instant."""
    return [MarkKind(one.kind) for one in certificates(held, product_id, at, zone)]


def qualifies_until(floor: Floor, found: Iterable[Certificate]) -> datetime | None:
    """The instant from which the marks of a product that is on sale satisfy the floor no longer; nothing: never."""
    if floor is Floor.NONE:
        return None
    ends = [one.ends_at for one in found if one.kind in SATISFIES[floor]]
    dated = [ends_at for ends_at in ends if ends_at is not None]
    return max(dated) if len(dated) == len(ends) else None


class Shortfall(NamedTuple):
    """Why a product is kept off a sale; of a mark that has expired its last day."""

    lack: Lack
    valid_until: date | None = None


def shortfall(floor: Floor, held: Iterable[Held], product_id: UUID, at: datetime, zone: str) -> Shortfall | None:
    """Why a product does not satisfy a market's floor at an instant; nothing where it does."""
    held = list(held)
    good = kinds(held, product_id, at, zone)
    if floor is Floor.NONE or not SATISFIES[floor].isdisjoint(good):
        return None
    asked = [mark for mark in held if mark.kind in SATISFIES[floor]]
    covering = [mark.valid_until for mark in asked if mark.covers(product_id)]
    if last_days := [day for day in covering if day is not None]:
        return Shortfall(Lack.EXPIRED, max(last_days))
    if covering:
        return Shortfall(Lack.UNDATED)
    if MarkKind.IN_CONVERSION in good:
        return Shortfall(Lack.IN_CONVERSION)
    if any(mark.is_good(at, zone) for mark in asked):
        return Shortfall(Lack.OTHER_PRODUCTS)
    return Shortfall(Lack.OTHER_MARK if good else Lack.NO_MARK)


def _outlasts(mark: Held, other: Held | None) -> bool:
    return other is None or (mark.valid_until or date.max) > (other.valid_until or date.max)


def _certificate(mark: Held, zone: str) -> Certificate:
    about = mark._asdict() | {"ends_at": mark.ends_at(zone)}
    return Certificate(**{name: about[name] for name in Certificate.model_fields})
