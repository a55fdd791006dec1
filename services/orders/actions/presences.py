"""How farms come: asked at the close if too little was ordered, answered by the farm, told to the organisers."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock
from bus.doors import Call
from bus.outbox import say
from contracts.day import ShortReason
from contracts.errors import Conflict, NotFound, malformed_field
from contracts.lists import PreparationList
from contracts.messages import Refused
from contracts.orders import DistributionState
from contracts.presence import Coming, ConfirmPresence, ListPresences, Presence, PresenceConfirmed, ThresholdMissed
from services.orders import rules
from services.orders.actions import dropping_out
from services.orders.rules import shifts
from services.orders.store import coming, day, holding


def count(tx: Connection, sale: Row[Any], made: PreparationList) -> None:
    """Write what was ordered of a farm whose lines have closed; below its threshold it is asked, once."""
    row = coming.count(tx, sale.id, made.producer_id, made.amount_cents, len(made.orders))
    if row is None or not rules.misses_threshold(row.threshold_cents, made.amount_cents):
        return
    if day.drop_out(tx, sale.id, made.producer_id) is not None:
        return
    coming.ask(tx, sale.id, made.producer_id, clock.now(tx))
    about = {name: getattr(sale, name) for name in ("market_name", "venue_name", "time_zone", "starts_at", "currency")}
    event = ThresholdMissed(
        presence_id=presence_id(row),
        distribution_id=sale.id,
        producer_id=row.producer_id,
        producer_name=row.producer_name,
        threshold_cents=row.threshold_cents,
        ordered_cents=made.amount_cents,
        people=len(made.orders),
        **about,
    )
    say(tx, event, seq=1)


def of_sale(tx: Connection, command: ListPresences, call: Call) -> list[Presence]:
    """The farms of a sale that the asker may know of."""
    rows = coming.seen_by(tx, command.distribution_id, call.asker.person_id)
    if not rows:
        raise NotFound("no-such-sale", "There is no such sale of yours.")
    return [Presence(**row._mapping) for row in rows]


def confirm(tx: Connection, command: ConfirmPresence, call: Call) -> Presence | Refused:
    """Write how a farm's goods come; one that withdraws drops out with all its lines."""
    who = call.asker.person_id
    sale = day.sale_of_farm(tx, command.distribution_id, command.producer_id, who, deputies=False)
    if sale is None:
        raise NotFound("no-such-sale", "This farm is in no such sale of yours.")
    if command.coming is Coming.CARRIED and not command.carrier.strip():
        raise malformed_field("carrier", "Say who carries the goods.", "missing")
    if command.coming is Coming.WITHDRAWN:
        sale = day.hold_alone(tx, sale.id)  # nobody adds a line of the farm meanwhile
    if not day.hold(tx, sale.id, (*day.ACTIVE, DistributionState.OPEN)):
        return rules.not_active(sale.state)
    seen = coming.locked(tx, sale.id, command.producer_id)
    assert seen is not None, "a farm of the sheet has its row"
    if command.version not in (None, seen.version):
        message = "This presence changed while you were looking at it."
        raise Conflict("presence-changed", message, {"version": seen.version})
    if refused := _not_so(tx, sale, seen, command):
        return refused
    carrier = command.carrier.strip() if command.coming is Coming.CARRIED else ""
    answer = {"coming": command.coming, "carrier": carrier, "answered_by": who, "answered_at": clock.now(tx)}
    row = coming.confirm(tx, seen, answer)
    if command.coming is Coming.WITHDRAWN:
        _withdraw(tx, sale, seen, who)
    _say_confirmed(tx, sale, row)
    return Presence(**row._mapping, dropped_out=command.coming is Coming.WITHDRAWN)


def _withdraw(tx: Connection, sale: Row[Any], seen: Row[Any], who: UUID) -> None:
    if sale.state == DistributionState.OPEN:
        dropping_out.leave_sheet(tx, sale.id, holding.offers_of_farm(tx, sale.id, seen.producer_id))
    is_for_shift = shifts.declines_shift(seen.asked_at, seen.shift_asked_at)
    because = ShortReason.SHIFT if is_for_shift else ShortReason.THRESHOLD
    dropping_out.enter(tx, sale, seen.producer_id, because, "", who)


def _not_so(tx: Connection, sale: Row[Any], seen: Row[Any], command: ConfirmPresence) -> Refused | None:
    if day.drop_out(tx, sale.id, command.producer_id) is not None:
        return rules.dropped_out()
    if command.coming is not Coming.WITHDRAWN or seen.shift_asked_at is not None:
        return None
    return None if seen.asked_at is not None else rules.not_asked()


def _say_confirmed(tx: Connection, sale: Row[Any], row: Row[Any]) -> None:
    about = {name: getattr(sale, name) for name in ("market_id", "market_name", "time_zone", "starts_at")}
    farm = {name: getattr(row, name) for name in ("producer_id", "producer_name", "coming", "carrier", "version")}
    after = shifts.declines_shift(row.asked_at, row.shift_asked_at)
    event = PresenceConfirmed(presence_id=presence_id(row), distribution_id=sale.id, after_shift=after, **about, **farm)
    say(tx, event, seq=row.version + 1)


def presence_id(row: Row[Any]) -> UUID:
    """By which a farm at a sale is known to whoever hears of it."""
    return uuid5(NAMESPACE_URL, f"halle:presence:{row.distribution_id}:{row.producer_id}")
