"""By whose hand something is done: the consumer's own, or that of another adult of the household, or a mediator's by
consent; their name is then kept with it.

Members was asked before (services/orders/mediation.py). Whoever has its yes and no consent here comes before the news.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from bus import clock, trail
from bus.doors import Call
from contracts.errors import Unavailable
from contracts.messages import Command, Refused
from contracts.orders import ActOnBehalf, Order
from services.orders.store import mediating as store


class Hand(NamedTuple):
    """Whose orders are meant, and the act that is kept where it is not the consumer's own."""

    consumer_id: UUID
    act: ActOnBehalf | None

    def sign(self, order: Order, version: int) -> Order:
        """The order with this hand on the version that is about to be made."""
        if self.act is None:
            return order
        return order.model_copy(update={"acts": [*order.acts, self.act.model_copy(update={"version": version})]})

    def note(self, tx: Connection, command: Command, order: Order) -> None:
        """Write a mediator's deed into the audit trail; a household keeps none of its own."""
        if self.act is not None and self.act.by_consent:
            trail.note(tx, self.act.mediator_id, command, order)

    def keep(self, tx: Connection, outcome: Order | Refused) -> Order | Refused:
        """Write down who made an order's version; of a refusal nothing is kept."""
        if self.act is not None and isinstance(outcome, Order):
            store.note(tx, outcome.order_id, outcome.version, self.act)
        return outcome


def hand(tx: Connection, on_behalf_of: UUID | None, call: Call, order_id: UUID | None = None) -> Hand:
    """Who acts; a consent, or a place in a household, is held until the transaction ends.

    An order that is named is its household's, whether or not it is said on whose behalf it is changed.
    """
    asker = call.asker.person_id
    shared = store.hold_household(tx, asker, on_behalf_of, order_id)
    consumer_id = shared or on_behalf_of
    if consumer_id is None:
        return Hand(asker, None)
    if shared is None and not store.hold_consent(tx, asker, consumer_id):
        raise _unheard()
    whose = {"mediator_id": asker, "mediator_name": store.name_of(tx, asker), "by_consent": shared is None}
    return Hand(consumer_id, ActOnBehalf(version=0, acted_at=clock.now(tx), **whose))


def consumer(tx: Connection, on_behalf_of: UUID, asker: UUID) -> UUID:
    """Whose orders are read: those of the asker's household, or of somebody who consents."""
    if not store.is_adult(tx, asker, on_behalf_of) and not store.consented(tx, asker, on_behalf_of):
        raise _unheard()
    return on_behalf_of


def _unheard() -> Unavailable:
    return Unavailable("consent-unheard", "This consent is not known here, or not yet; ask again in a moment.")
