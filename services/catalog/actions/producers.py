"""Farms sign up; a market and a farm say yes to one another.

| it was     | the farm asks  | the market admits | either ends |
|------------|----------------|-------------------|-------------|
| nothing    | asked          | invited           | nothing     |
| asked      | asked          | admitted          | ended       |
| invited    | admitted       | invited           | ended       |
| admitted   | admitted       | admitted          | ended       |
| ended      | asked          | invited           | ended       |
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bus.outbox import say
from contracts.errors import NotAllowed, malformed_field
from contracts.planning import Admission, AdmissionState
from contracts.producers import ChangeProducer, Producer, ProducerChanged, ProducerDetails, RegisterProducer
from services.catalog.actions.marks import rewrite_words
from services.catalog.actions.numbers import checked_siret
from services.catalog.actions.refusals import found, mine, moved
from services.catalog.store import markets, products
from services.catalog.store import producers as store

ANSWERS = {
    AdmissionState.ASKED: {AdmissionState.INVITED, AdmissionState.ADMITTED},
    AdmissionState.INVITED: {AdmissionState.ASKED, AdmissionState.ADMITTED},
}
"""For the yes of one side, the states in which it makes both."""


def register_producer(tx: Connection, producer_id: UUID, wanted: RegisterProducer, asker: UUID) -> Producer:
    """Sign a farm up that `asker` sells for; members and notifications will hear of it."""
    store.add(tx, _row(tx, wanted) | {"id": producer_id, "founder_id": asker})
    return _told(tx, producer_id, asker)


def change_producer(tx: Connection, wanted: ChangeProducer, asker: UUID) -> Producer:
    """Write a farm anew; its products are found by its new name."""
    seen = mine(store.load(tx, wanted.producer_id, asker), "producer")
    if not store.change(tx, wanted.producer_id, wanted.version, _row(tx, wanted)):
        moved("producer", seen.version)
    if wanted.farm_name != seen.farm_name:
        rewrite_words(tx, wanted.producer_id, wanted.farm_name)
    return _told(tx, wanted.producer_id, asker)


def read_producer(tx: Connection, producer_id: UUID, asker: UUID | None) -> Producer:
    """A farm; anybody may read it."""
    return Producer(**found(store.load(tx, producer_id, asker), "producer")._mapping)


def my_producers(tx: Connection, asker: UUID, after: UUID | None, limit: int) -> list[Producer]:
    """The farms that `asker` sells for."""
    return [Producer(**row._mapping) for row in store.sold_for_by(tx, asker, after, limit)]


def ask_to_sell(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    """The farm's yes to a market."""
    return _agree(tx, market_id, producer_id, asker, AdmissionState.ASKED)


def admit_producer(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    """The market's yes to a farm."""
    return _agree(tx, market_id, producer_id, asker, AdmissionState.INVITED)


def end_admission(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID) -> Admission:
    """Either side's no; where there was nothing there is nothing to end."""
    pair = found(store.pair(tx, market_id, producer_id, asker), "market")
    if not (pair.organises or pair.sells):
        raise NotAllowed("not-yours", "You neither organise this market nor sell for this farm.")
    found(pair.state, "admission")
    store.settle(tx, market_id, producer_id, AdmissionState.ENDED, asker)
    products.withdraw_all(tx, market_id, producer_id)
    return _admission(market_id, producer_id, pair, AdmissionState.ENDED)


def admissions(
    tx: Connection,
    asker: UUID,
    *,
    market_id: UUID | None,
    producer_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Admission]:
    """A market's farms for its organisers, or a farm's markets for those who sell for it."""
    if market_id:
        mine(markets.load(tx, market_id, asker), "market")
        rows = store.admissions_of_market(tx, market_id, asker, after, limit)
    else:
        asked = producer_id or UUID(int=0)
        mine(store.load(tx, asked, asker), "producer")
        rows = store.admissions_of_producer(tx, asked, asker, after, limit)
    return [Admission(**row._mapping) for row in rows]


def _agree(tx: Connection, market_id: UUID, producer_id: UUID, asker: UUID, said: AdmissionState) -> Admission:
    pair = found(store.pair(tx, market_id, producer_id, asker), "market")
    may = pair.sells if said is AdmissionState.ASKED else pair.organises
    if not may:
        raise NotAllowed("not-yours", "You have no right to say this for them.")
    both = pair.state in ANSWERS[said]
    state = AdmissionState.ADMITTED if both else said
    if pair.state != state:
        store.settle(tx, market_id, producer_id, state, asker)
    return _admission(market_id, producer_id, pair, state)


def _admission(market_id: UUID, producer_id: UUID, pair: Any, state: AdmissionState) -> Admission:
    about = {name: getattr(pair, name) for name in ("market_name", "producer_name", "quality_floor")}
    return Admission(market_id=market_id, producer_id=producer_id, state=state, **about)


def _told(tx: Connection, producer_id: UUID, asker: UUID) -> Producer:
    """The farm as it stands now, said to whom it concerns."""
    row = found(store.load(tx, producer_id, asker), "producer")
    producer = Producer(**row._mapping)
    event = ProducerChanged(producer_id=producer_id, name=producer.farm_name, founder_id=row.founder_id)
    say(tx, event, seq=producer.version)
    return producer


def _row(tx: Connection, wanted: ProducerDetails) -> dict[str, Any]:
    if markets.commune_of(tx, wanted.insee) is None:
        raise malformed_field("insee", "No commune of France has this INSEE code.", "unknown")
    row = wanted.model_dump(include=set(ProducerDetails.model_fields))
    return row | {"siret": checked_siret(wanted.siret) if wanted.siret else None}
