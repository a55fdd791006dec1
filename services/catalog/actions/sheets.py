"""What a distribution sells: every offer whole, but for those that its farm or the market's quality policy keeps off.

The policy is looked at once, for the day of the opening; what is foreseen before is the same look, taken earlier.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from contracts.catalog import Absence, MarketFee, SaleSheetPublished, SheetLine, Threshold
from contracts.planning import Stage
from contracts.quality import Floor, RefusedOffer
from services.catalog import rules
from services.catalog.actions.affairs import affairs_of
from services.catalog.actions.marks import Marks
from services.catalog.actions.refusals import mine
from services.catalog.actions.vat_rates import VatRates
from services.catalog.rules import quality, vat
from services.catalog.rules.quality import Held, Shortfall
from services.catalog.store import planning as store


class Judged(NamedTuple):
    """The offers of a distribution: the lines of its sheet, and what is kept off it."""

    lines: list[SheetLine]
    refused: list[RefusedOffer]


def publish(tx: Connection, distribution_id: UUID) -> SaleSheetPublished:
    """The sheet of a distribution as its offers and their marks stand now; what is refused is kept with its reason."""
    heading = store.sheet_heading(tx, distribution_id)
    judged = _judge(tx, heading, None)
    store.keep_refused(tx, [one.model_dump(exclude={"foreseen"}) for one in judged.refused])
    sellers = {line.producer_id for line in judged.lines}
    rows = store.sheet_thresholds(tx, distribution_id)
    return SaleSheetPublished(
        distribution_id=distribution_id,
        lines=judged.lines,
        thresholds=[Threshold(**row._mapping) for row in rows if row.producer_id in sellers],
        absence=_absence(heading),
        fee=_fee(heading),
        **heading._mapping,
    )


def refused(tx: Connection, distribution_id: UUID, asker: UUID) -> list[RefusedOffer]:
    """What is kept off a sale, or would be: for an organiser all of it, for others of the farms they sell for."""
    farms = {row.producer_id for row in store.participations_seen(tx, distribution_id, asker)}
    seen = store.load(tx, distribution_id, asker)
    if not farms:
        mine(seen, "distribution")
    if seen is None or seen.state != Stage.PLANNED:
        return [RefusedOffer(**row._mapping, foreseen=False) for row in store.kept_refused(tx, distribution_id, farms)]
    heading = store.sheet_heading(tx, distribution_id)
    judged = _judge(tx, heading, seen.opens_at)
    return [one for one in judged.refused if one.producer_id in farms]


def _absence(heading: Row[Any]) -> Absence:
    """What the market does with orders that nobody fetches, for this hand-over."""
    return Absence(
        kept_until=heading.ends_at + timedelta(minutes=heading.kept_minutes),
        time_zone=heading.time_zone,
        by_proxy=heading.by_proxy,
        in_fridge=heading.in_fridge,
        uncollected=heading.uncollected,
    )


def _fee(heading: Row[Any]) -> MarketFee | None:
    """What each order of this sale pays to the market itself, if anything."""
    if not heading.fee_cents:
        return None
    return MarketFee(payee=heading.entity_name, cents=heading.fee_cents, vat_basis_points=heading.fee_vat_basis_points)


def _judge(tx: Connection, heading: Row[Any], opens_at: datetime | None) -> Judged:
    """Each offer by its farm: its marks at `opens_at` where that is foreseen, else now; its affairs on the day."""
    rows = store.sheet_lines(tx, heading.id)
    marks = Marks(tx, (row.producer_id for row in rows))
    at, zone, floor = max(opens_at or marks.now, marks.now), heading.time_zone, Floor(heading.quality_floor)
    handed_on, opened_on = heading.wall_starts_at.date(), at.astimezone(ZoneInfo(zone)).date()
    affairs = affairs_of(tx, (row.producer_id for row in rows), handed_on)
    rates = VatRates(tx, (row.product_id for row in rows))
    judged = Judged([], [])
    for row in rows:
        held = marks.of_farm(row.producer_id)
        kept_home = affairs[row.producer_id].shortfall(rules.needs_alcohol_notice(row.alcohol_basis_points), handed_on)
        short = Shortfall(*kept_home) if kept_home else quality.shortfall(floor, held, row.product_id, at, zone)
        if short is None:
            regime = affairs[row.producer_id].regime
            taxed = vat.taxed(row._asdict(), rates.of(row.product_id), regime, handed_on)
            judged.lines.append(_line(taxed, held, floor, at, zone))
        else:
            kinds = quality.kinds(held, row.product_id, at, zone)
            about = {"distribution_id": heading.id, "marks": kinds, "foreseen": opens_at is not None}
            judged.refused.append(_refused(row, short, about | {"on": handed_on if kept_home else opened_on}))
    return judged


def _line(product: dict[str, Any], held: Iterable[Held], floor: Floor, at: datetime, zone: str) -> SheetLine:
    found = quality.certificates(held, product["product_id"], at, zone)
    return SheetLine(
        alcohol=rules.needs_alcohol_notice(product["alcohol_basis_points"]),
        marks=[one.kind for one in found],
        certificates=found,
        qualifies_until=quality.qualifies_until(floor, found),
        **product,
    )


def _refused(row: Row[Any], short: Shortfall, about: dict[str, Any]) -> RefusedOffer:
    names = {name: getattr(row, name) for name in ("offer_id", "producer_id", "producer_name", "name")}
    return RefusedOffer(**names, **short._asdict(), **about)
