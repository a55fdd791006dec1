"""A window that opens, and one that closes soon. Orders says both, for whoever chose to hear of them."""

from datetime import datetime
from uuid import UUID

from contracts.messages import Event, Model, Shape


class Window(Model):
    """When and where one may order, and fetch what one ordered."""

    distribution_id: UUID
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime


class WindowOpened(
    Window,
    Event,
    name="orders.window_opened.v1",
    shape=Shape.FACT,
    about="distribution_id",
    heard_by=("members.know_opened", "notifications.tell_opening"),
):
    """Said once, in the transaction that opens a sale for orders."""


class WindowClosing(
    Window,
    Event,
    name="orders.window_closing.v1",
    shape=Shape.FACT,
    about="distribution_id",
    heard_by=("notifications.tell_closing",),
):
    """Said 4 hours before an open sale closes, or as it opens where that comes later.

    Said again if the sale is shifted afterwards.
    """
