"""A reminder of what is to be fetched, a day before. Orders says it."""

from datetime import datetime
from uuid import UUID

from contracts.messages import Event, Shape
from contracts.orders import Order


class HandoverNear(
    Event,
    name="orders.handover_near.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.remind_of_handover",),
):
    """Said once per order that stands 24 hours before its hand-over, or at the close where that comes later.

    Said again only if the hand-over is moved.
    """

    order_id: UUID
    order: Order
    venue_name: str
    venue_address: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
