"""What consumers are told of their orders, and what is written to all who have one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bus import households
from contracts.buyers import BuyerWrittenTo
from contracts.cancelling import OrderCalledOff
from contracts.day import OrderShortened
from contracts.lowering import OrderRepriced
from contracts.orders import Order
from contracts.raising import PriceConfirmationAsked, UnconfirmedLinesDropped
from contracts.reminding import HandoverNear
from contracts.shifting import OrderShifted
from services.notifications import rules
from services.notifications.actions.writing_down import message, write_to
from services.notifications.rules import Kind

OrderNews = (
    OrderShortened
    | OrderRepriced
    | PriceConfirmationAsked
    | UnconfirmedLinesDropped
    | OrderCalledOff
    | OrderShifted
    | HandoverNear
)


def write_order_mails(tx: Connection, kind: Kind, orders: list[Order]) -> None:
    """Tell each consumer how the order stands at this version."""
    about = {rules.order_mail_id(order.order_id, order.version): order for order in orders}
    messages = [
        message(message_id, kind, order.order_id, order.model_dump_json()) | _of(order)
        for message_id, order in about.items()
    ]
    _write_to_households(tx, messages)


def write_order_news(tx: Connection, kind: Kind, events: Sequence[OrderNews]) -> None:
    """Tell each consumer what became of an order, in the words of its event; one mail per version."""
    _write_of_orders(tx, kind, {rules.order_mail_id(event.order_id, event.order.version): event for event in events})


def write_reminders(tx: Connection, events: Sequence[HandoverNear]) -> None:
    """Remind each consumer of what is to be fetched."""
    about = {rules.reminder_mail_id(event.order_id, event.starts_at): event for event in events}
    _write_of_orders(tx, Kind.ORDER_REMINDER, about)


def write_order_shifted(tx: Connection, events: Sequence[OrderShifted]) -> None:
    """Tell each consumer that the sale of an order has another hour; the order stays at its version."""
    messages = []
    for event in events:
        message_id = rules.shift_mail_id(event.order_id, event.shift.number, event.order.consumer_id)
        written = message(message_id, Kind.ORDER_SHIFTED, event.order_id, event.model_dump_json())
        messages.append(written | _of(event.order))
    _write_to_households(tx, messages)


def write_group_messages(tx: Connection, events: Sequence[BuyerWrittenTo]) -> None:
    """Write to people who ordered, and to their households, what a market or a farm wrote to all of them.

    Nothing of one that was forgotten with its writer before it was heard.
    """
    adults = households.adults_of(tx, {event.person_id for event in events})
    messages = []
    for event in (event for event in events if event.message.text):
        said, content = event.message, event.model_dump_json()
        about = {"named_id": said.written_by, "market_id": event.market_id}
        for person_id in (event.person_id, *adults.get(event.person_id, ())):
            message_id = rules.group_mail_id(said.message_id, person_id)
            written = message(message_id, Kind.GROUP_MESSAGE, said.message_id, content)
            messages.append(written | about | {"person_id": person_id})
    write_to(tx, messages)


def _write_of_orders(tx: Connection, kind: Kind, about: Mapping[UUID, OrderNews]) -> None:
    messages = [
        message(message_id, kind, event.order_id, event.model_dump_json()) | _of(event.order)
        for message_id, event in about.items()
    ]
    _write_to_households(tx, messages)


def _write_to_households(tx: Connection, messages: list[dict[str, Any]]) -> None:
    """Write to each consumer, and the same to the other adults who order for the household."""
    adults = households.adults_of(tx, {one["person_id"] for one in messages})
    copies = [
        one | {"message_id": rules.adult_mail_id(one["message_id"], adult), "person_id": adult}
        for one in messages
        for adult in adults.get(one["person_id"], ())
    ]
    write_to(tx, messages + copies)


def _of(order: Order) -> dict[str, UUID]:
    return {"person_id": order.consumer_id, "market_id": order.market_id}
