"""Distributions are planned, changed and called off; farms take part; in the end they open."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from sqlalchemy import Connection, Row

from bus import timers
from bus.outbox import say
from contracts.errors import NotAllowed, malformed_field
from contracts.messages import Refused
from contracts.planning import (
    AdmissionState,
    ChangeDistribution,
    Distribution,
    ListDistributions,
    Occasion,
    Participate,
    Participation,
    PlanDistribution,
    PreviewSeries,
    Recurrence,
    SeriesDay,
    Stage,
)
from contracts.replanning import DistributionPlanned, PlanChanged
from contracts.shifting import SaleShifted
from contracts.slots import SlotPlan, WantedSlots
from contracts.wall import instant, on_the_wall
from services.catalog import occasions, rules
from services.catalog.actions import sheets, taken_days
from services.catalog.actions.products import NOT_ADMITTED
from services.catalog.actions.refusals import found, mine, moved, no_fault
from services.catalog.store import markets
from services.catalog.store import planning as store

OPEN = "open_distribution"
"""The timer's name."""
NOT_PLANNED = Refused(code="not-planned", message="This distribution has opened or was called off: orders changes it.")


def plan(
    tx: Connection,
    wanted: PlanDistribution,
    asker: UUID,
    now: datetime,
    new_id: Callable[[], UUID],
) -> list[Distribution]:
    """Plan one distribution or a series at a market that `asker` organises."""
    market = mine(markets.load(tx, wanted.market_id, asker), "market")
    if not markets.is_open(tx, wanted.market_id):
        raise NotAllowed("market-asked", "An operator must first say yes to this market.")
    slots = _slots(wanted.slots, _venue(tx, wanted.venue_id, wanted.market_id))
    first = rules.wall_times(wanted)
    start = first.starts_at.date()
    held = _held(days(start, wanted.recurrence), wanted.skipped)
    series = [first.later((day - start).days) for day in held]
    common = {"market_id": wanted.market_id, "venue_id": wanted.venue_id}
    rows = [{**_times(walls, market.time_zone, now, slots), **common, "id": new_id()} for walls in series]
    store.add(tx, rows)
    for row in rows:
        _schedule(tx, row["id"], row["opens_at"], version=1)
        say(tx, DistributionPlanned(distribution_id=row["id"], market_id=wanted.market_id), seq=1)
    return [_with_place(_distribution(row)) for row in store.load_many(tx, [r["id"] for r in rows], asker)]


def days(first: date, recurrence: Recurrence | None) -> list[date]:
    """The days of a series, the first included; the fifth weekday of a month means its last."""
    if recurrence is None:
        return [first]
    start = datetime.combine(first, datetime.min.time())
    how: dict[str, Any] = {"freq": WEEKLY}
    if recurrence.every == "month":
        nth = (first.day - 1) // 7 + 1
        how = {"freq": MONTHLY, "byweekday": weekday(first.weekday(), nth if nth < 5 else -1)}
    rule = rrule(dtstart=start, interval=recurrence.interval, count=recurrence.count, **how)
    return [day.date() for day in rule]


def preview(tx: Connection, wanted: PreviewSeries, asker: UUID, language: str) -> list[SeriesDay]:
    """The days of a series at a market that `asker` organises, each with what it is where the market lies."""
    market = mine(markets.load(tx, wanted.market_id, asker), "market")
    commune = markets.commune_of(tx, market.insee)
    assert commune is not None, "a market lies in a commune"
    series = days(wanted.first, wanted.recurrence)
    taken: dict[date, list[Occasion]] = {}
    if wanted.venue_id is not None:
        _venue(tx, wanted.venue_id, wanted.market_id)
        taken = taken_days.occasions_at(tx, wanted.venue_id, series)
    every = {day: occasions.of(day, commune.department, language) + taken.get(day, []) for day in series}
    return [SeriesDay(on=day, occasions=those) for day, those in every.items()]


def change(tx: Connection, wanted: ChangeDistribution, asker: UUID, now: datetime) -> Distribution | Refused:
    """Plan a distribution anew that has not opened; its timer follows."""
    seen = mine(store.load(tx, wanted.distribution_id, asker), "distribution")
    if seen.state != Stage.PLANNED:
        return NOT_PLANNED
    slots = _slots(wanted.slots, _venue(tx, wanted.venue_id, seen.market_id))
    times = _times(rules.wall_times(wanted), seen.market_zone, now, slots)
    row = times | {"venue_id": wanted.venue_id}
    if not store.change(tx, wanted.distribution_id, wanted.version, row):
        moved("distribution", seen.version)
    _move_own_closes(tx, seen, wanted.closes_at - seen.wall_closes_at)
    _schedule(tx, wanted.distribution_id, row["opens_at"], version=wanted.version + 1)
    changed = _with_place(read(tx, wanted.distribution_id, asker))
    if any(getattr(changed, name) != getattr(seen, name) for name in ("closes_at", "starts_at", "ends_at", "venue_id")):
        _tell_farms(tx, seen, changed)
    return changed


def cancel(tx: Connection, distribution_id: UUID, asker: UUID) -> Distribution | Refused:
    """Call a distribution off before it opens; its timer will find nothing to do."""
    seen = mine(store.load(tx, distribution_id, asker), "distribution")
    gone = {"state": Stage.CANCELLED}
    if seen.state != Stage.PLANNED or not store.change(tx, distribution_id, seen.version, gone):
        return NOT_PLANNED
    cancelled = read(tx, distribution_id, asker)
    _tell_farms(tx, seen, cancelled)
    return cancelled


def read(tx: Connection, distribution_id: UUID, asker: UUID | None) -> Distribution:
    """A distribution of a market that `asker` may know of."""
    return _distribution(found(store.load(tx, distribution_id, asker), "distribution"))


def of_market(tx: Connection, wanted: ListDistributions, asker: UUID | None) -> list[Distribution]:
    """A market's distributions by their start."""
    found(markets.load(tx, wanted.market_id, asker), "market")
    how = wanted.model_dump(include={"past", "newest_first", "after", "limit"})
    rows = store.of_market(tx, wanted.market_id, asker, **how)
    return [_distribution(row) for row in rows]


def participate(tx: Connection, wanted: Participate, asker: UUID) -> Participation | Refused:
    """Say whether and how a farm takes part in a distribution that has not opened."""
    seen = found(store.participation(tx, wanted.distribution_id, wanted.producer_id, asker), "distribution")
    if seen.admission != AdmissionState.ADMITTED:
        return NOT_ADMITTED
    if seen.state != Stage.PLANNED:
        return NOT_PLANNED
    closes_at = _own_close(wanted.closes_at, seen)
    row = {
        "presence": wanted.presence,
        "wall_closes_at": wanted.closes_at,
        "closes_at": closes_at,
        "threshold_cents": wanted.threshold_cents,
        "decided_by": asker,
    }
    store.take_part(tx, wanted.distribution_id, wanted.producer_id, row)
    return Participation(
        distribution_id=wanted.distribution_id,
        producer_id=wanted.producer_id,
        producer_name=seen.farm_name,
        presence=wanted.presence,
        closes_at=closes_at or seen.closes_at,
        threshold_cents=wanted.threshold_cents,
    )


def participations(tx: Connection, distribution_id: UUID, asker: UUID) -> list[Participation]:
    """Every admitted farm for an organiser, for others those they sell for."""
    rows = store.participations_seen(tx, distribution_id, asker)
    if not rows:
        mine(store.load(tx, distribution_id, asker), "distribution")
    return [Participation(**row._mapping) for row in rows]


def open_distribution(tx: Connection, distribution_id: UUID, version: int) -> None:
    """Open a planned distribution and publish its sale sheet; orders will sell it.

    `version` is the one whose timer rang: what moved since has a timer of its own, or none.
    """
    sheet_version = store.open_planned(tx, distribution_id, version)
    if sheet_version is not None:
        say(tx, sheets.publish(tx, distribution_id), seq=sheet_version)


def mirror(tx: Connection, distribution_id: UUID, state: str, seq: int) -> None:
    """Take over what orders says of a distribution that it owns."""
    store.mirror(tx, distribution_id, state, seq)


def mirror_shift(tx: Connection, event: SaleShifted, seq: int) -> None:
    """Take over the times of a sale that was shifted, with the own closes of its farms."""
    zone = event.shift.time_zone
    times = {name: getattr(event.shift, name) for name in ("closes_at", "starts_at", "ends_at")}
    walls = {f"wall_{name}": on_the_wall(at, zone) for name, at in times.items()}
    if not store.mirror_shift(tx, event.distribution_id, times | walls, seq):
        return
    for one in event.closes:
        closes = {"closes_at": one.closes_at, "wall_closes_at": on_the_wall(one.closes_at, zone)}
        store.move_close(tx, event.distribution_id, one.producer_id, closes)


def _held(series: list[date], skipped: list[date]) -> list[date]:
    """The days of a series without those that are skipped."""
    if not set(skipped) <= set(series):
        raise malformed_field("skipped", "Skip days of the series only.", "unknown")
    if not (held := [day for day in series if day not in set(skipped)]):
        raise malformed_field("skipped", "Leave a day of the series.", "all")
    return held


def _times(walls: rules.WallTimes, zone: str, now: datetime, slots: SlotPlan | None) -> dict[str, Any]:
    """The columns of a distribution's times, wall time and instants, and of the slots between them."""
    instants = walls.instants(zone)
    no_fault(rules.times_fault(instants, now))
    no_fault(rules.slots_fault(slots, instants))
    wall_columns = {f"wall_{name}": wall for name, wall in walls._asdict().items()}
    cut = {"slots": slots.model_dump() if slots else None}
    return {**instants._asdict(), **wall_columns, **cut, "time_zone": zone}


def _own_close(wall: datetime | None, seen: Row[Any]) -> datetime | None:
    """A farm's own close: after the opening, never after the distribution's."""
    if wall is None:
        return None
    closes_at = instant(wall, seen.time_zone)
    if not seen.opens_at < closes_at <= seen.closes_at:
        raise malformed_field("closes_at", "Your lines close within the distribution's window.")
    return closes_at


def _move_own_closes(tx: Connection, seen: Row[Any], later: timedelta) -> None:
    """A farm's own close moves along with the distribution's, as it does once orders shifts it."""
    for one in store.own_closes(tx, seen.id):
        wall = one.wall_closes_at + later
        times = {"wall_closes_at": wall, "closes_at": instant(wall, seen.market_zone)}
        store.move_close(tx, seen.id, one.producer_id, times)


def _tell_farms(tx: Connection, seen: Row[Any], now: Distribution) -> None:
    """Say to the farms that had said they come what became of the plan."""
    if not (producers := store.accepted_by(tx, seen.id)):
        return
    same = ("distribution_id", "version", "market_id", "market_name", "time_zone")
    event = PlanChanged(
        **now.model_dump(include={*same, "closes_at", "starts_at", "ends_at", "venue_name"}),
        cancelled=now.state is Stage.CANCELLED,
        was_starts_at=seen.starts_at,
        was_venue_name=seen.venue_name,
        producers=producers,
    )
    say(tx, event, seq=now.version)


def _slots(wanted: WantedSlots | None, venue: Row[Any]) -> SlotPlan | None:
    """Slots as they are at a place: its own capacity, where none was wanted."""
    if wanted is None:
        return None
    no_fault(rules.room_fault(wanted, venue.slot_capacity))
    return SlotPlan(minutes=wanted.minutes, capacity=wanted.capacity or venue.slot_capacity)


def _venue(tx: Connection, venue_id: UUID, market_id: UUID) -> Row[Any]:
    venue = store.venue_of(tx, venue_id, market_id)
    if venue is None:
        raise malformed_field("venue_id", "This market has no such pick-up place.", "unknown")
    return venue


def _with_place(planned: Distribution) -> Distribution:
    """What is planned, unless it is at a town's place that is not the market's to use then."""
    if planned.place_lack:
        day = planned.wall_starts_at.date()
        message = f"The town does not lend this place to the market on {day} at these hours, or needs it itself."
        raise malformed_field("venue_id", message, planned.place_lack)
    return planned


def _schedule(tx: Connection, distribution_id: UUID, opens_at: datetime, version: int) -> None:
    subject = str(distribution_id)
    timers.schedule(tx, OPEN, key=f"open:{subject}", subject=subject, due_at=opens_at, version=version)


def _distribution(row: Row[Any]) -> Distribution:
    return Distribution(**row._mapping)
