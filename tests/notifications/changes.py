"""What orders says of changes in a sale that has opened."""

from typing import Any, TypeVar

from contracts.lowering import OrderRepriced
from contracts.messages import Event
from contracts.reminding import HandoverNear
from contracts.withdrawing import OfferWithdrawn
from tests.cast import FARM, MARKET
from tests.notifications.conftest import EXAMPLES, order

E = TypeVar("E", bound=Event)


def repriced(version: int = 2) -> OrderRepriced:
    """Alice's carrots cost 4.00 now: 5.13 before, for a kilogram and a half of them."""
    eggs, carrots = order().lines
    cheaper = carrots.model_copy(update={"price_cents": 400, "amount_cents": 600})
    after = order(version, lines=[eggs, cheaper], total_cents=1080)
    return OrderRepriced(
        order_id=after.order_id,
        order=after,
        offer_id=carrots.offer_id,
        old_price_cents=carrots.price_cents,
        old_total_cents=1250,
    )


def near(**changes: Any) -> HandoverNear:
    """Bob's order is to be fetched on the 4th of December at half past five."""
    after = order(3, number=12)
    return kept(HandoverNear, order_id=after.order_id, order=after, **changes)


def withdrawn(**changes: Any) -> OfferWithdrawn:
    """The kept example, of Alice's farm: hail took its carrots, and 14 orders lose them; `changes` are of that."""
    kept = OfferWithdrawn.model_validate_json((EXAMPLES / "orders.offer_withdrawn.v1.json").read_bytes())
    gone = kept.withdrawal.model_copy(update={"producer_id": FARM} | changes)
    return kept.model_copy(update={"market_id": MARKET, "withdrawal": gone})


def kept(event: type[E], **changes: Any) -> E:
    """An event as its kept example has it, with some fields of the cast's."""
    return event.model_validate_json((EXAMPLES / f"{event.type}.json").read_bytes()).model_copy(update=changes)
