"""By whose hand something is done: the consumer's own, or a mediator's by consent, whose name is then kept with it.

Members was asked before (services/orders/mediation.py). Whoever has its yes and no consent here comes before the news.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from bus import clock
from bus.doors import Call
from contracts.errors import Unavailable
from contracts.messages import Refused
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

    def keep(self, tx: Connection, outcome: Order | Refused) -> Order | Refused:
        """Write down who made an order's version; of a refusal nothing is kept."""
        if self.act is not None and isinstance(outcome, Order):
            store.note(tx, outcome.order_id, outcome.version, self.act.mediator_id, self.act.acted_at)
        return outcome


def hand(tx: Connection, on_behalf_of: UUID | None, call: Call) -> Hand:
    """Who acts; a mediator's consent is held until the transaction ends."""
    asker = call.asker.person_id
    if on_behalf_of is None:
        return Hand(asker, None)
    if not store.hold_consent(tx, asker, on_behalf_of):
        raise _unheard()
    name = store.name_of(tx, asker)
    return Hand(on_behalf_of, ActOnBehalf(version=0, mediator_id=asker, mediator_name=name, acted_at=clock.now(tx)))


def consumer(tx: Connection, on_behalf_of: UUID | None, asker: UUID) -> UUID:
    """Whose orders are read: the asker's, or those of somebody who consents."""
    if on_behalf_of is None:
        return asker
    if not store.consented(tx, asker, on_behalf_of):
        raise _unheard()
    return on_behalf_of


def _unheard() -> Unavailable:
    return Unavailable("consent-unheard", "This consent is not known here, or not yet; ask again in a moment.")
