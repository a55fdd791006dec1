"""What orders says of changes in a sale that has opened."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson

from contracts.buyers import BuyerWrittenTo
from contracts.lowering import OrderRepriced
from contracts.messages import Event
from contracts.orders import DroppedLine
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from contracts.shifting import FarmAskedAgain, LinesGivenUp, OrderShifted, SaleShifted
from contracts.windows import WindowOpened
from contracts.withdrawing import OfferWithdrawn
from tests.cast import ALICE, BOB, FARM, MARKET, ODILE
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


def asked(version: int = 2) -> PriceConfirmationAsked:
    """Alice asks 6.00 for her carrots, until the evening of the example."""
    eggs, carrots = order().lines
    waiting = carrots.model_copy(update={"asked_cents": 600})
    before = order(version, lines=[eggs, waiting])
    return PriceConfirmationAsked(
        order_id=before.order_id,
        order=before,
        offer_id=carrots.offer_id,
        answer_by=datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
        time_zone="Europe/Paris",
        reason="Le gel a pris la moitié.",
    )


def dropped(version: int = 3, **changes: Any) -> UnconfirmedLinesDropped:
    """Nobody confirmed them: the eggs stay."""
    eggs, carrots = order().lines
    gone = DroppedLine.model_validate(carrots.model_dump() | {"price_cents": 600})
    left = {"lines": [eggs], "total_cents": eggs.amount_cents, "dropped": [gone]}
    after = order(version, **left | changes)
    return UnconfirmedLinesDropped(order_id=after.order_id, order=after)


def kept(event: type[E], **changes: Any) -> E:
    """An event as its kept example has it, with some fields of the cast's."""
    return event.model_validate_json((EXAMPLES / f"{event.type}.json").read_bytes()).model_copy(update=changes)


def by_choice() -> str:
    """What is kept of a mail to somebody who chose to hear of a window: the window, and the secret of a link."""
    return orjson.dumps(kept(WindowOpened).model_dump(mode="json") | {"secret": str(UUID(int=96))}).decode()


def shifts() -> tuple[OrderShifted, FarmAskedAgain, SaleShifted, LinesGivenUp]:
    """Of Bob's order, Alice's farm and its market: from Friday to Saturday, free until Friday noon."""
    of_order, of_sale = kept(OrderShifted), kept(SaleShifted)
    return (
        of_order.model_copy(update={"order": of_order.order.model_copy(update={"consumer_id": BOB})}),
        kept(FarmAskedAgain).model_copy(update={"producer_id": FARM}),
        of_sale.model_copy(update={"shift": of_sale.shift.model_copy(update={"market_id": MARKET})}),
        kept(LinesGivenUp).model_copy(update={"producer_id": FARM}),
    )


def written_to(person_id: UUID, *, farm: bool = False, number: int = 1, **said: Any) -> BuyerWrittenTo:
    """The kept example, to somebody: Odile's word that the hall is closed, or Alice's about bottles."""
    event = kept(BuyerWrittenTo, person_id=person_id, market_id=MARKET)
    whose = (
        {"producer_id": FARM, "producer_name": "Ferme du Rieu", "written_by": ALICE} if farm else {"written_by": ODILE}
    )
    message = event.message.model_copy(update={"message_id": UUID(int=5000 + number)} | whose | said)
    return event.model_copy(update={"message": message})
