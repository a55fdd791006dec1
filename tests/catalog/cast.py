"""The cast, the doors they knock at, and what they do before a story begins.

Odile organises a market at Caromb, Alice sells from a farm at Carpentras, Bob bakes, Olga operates the instance.
"""

import inspect
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import text

from bus import clock, database, doors, identity, timers
from bus.envelope import Heard
from bus.wire import Kind, adapter, rebuild
from contracts.approval import DecideApproval
from contracts.catalog import FoundMarket, Market
from contracts.members import GrantChanged
from contracts.messages import Command, Event, Refused
from contracts.planning import (
    AddVenue,
    AdmitProducer,
    AskToSell,
    Distribution,
    PlanDistribution,
    Recurrence,
)
from contracts.producers import Producer, RegisterProducer
from contracts.products import AddProduct, MakeOffer, Offer, Product
from contracts.quality import AddMark, QualityMark
from services.catalog import service

KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
PROVIDERS = {
    entrypoint.command: (entrypoint, method)
    for _, method in inspect.getmembers(service.Doors)
    for entrypoint in getattr(method, "nameko_entrypoints", ())
}


class Message:
    """What a door reads of a kombu message."""

    def __init__(self, body: bytes, headers: dict[str, Any]) -> None:
        self.body, self.headers, self.properties = body, headers, {}


class Town:
    """Everybody who asks catalog something, and what catalog said."""

    def __init__(self) -> None:
        self.alice, self.bob, self.odile, self.charlie, self.olga = (uuid4() for _ in range(5))

    def ask(self, command: Command, person: UUID | None = None, key: str | None = None) -> Any:
        """The door's answer, through its JSON; raises what a gateway would be raised."""
        headers = {"deadline": str(time.time() + 20), "token": person and token(person)}
        headers["key"] = key or str(uuid4())
        entrypoint, method = PROVIDERS[type(command)]
        bound = method.method.__get__(service.Doors())
        message = Message(command.model_dump_json().encode(), headers)
        answer = doors.conduct(type(command), message, bound, entrypoint.alone)
        if answer.kind is Kind.ANSWER:
            return adapter(type(command)).validate_json(answer.body)
        if answer.kind is Kind.REFUSED:
            return Refused.model_validate_json(answer.body)
        assert answer.kind is Kind.ERROR, answer
        raise rebuild(answer.body)

    def said(self, event: type[Event]) -> list[tuple[int, Any]]:
        """(seq, event) of everything said of that type, in order."""
        statement = text("select seq, body from outbox where type = :type order by id")
        with database.transaction() as tx:
            rows = tx.execute(statement, {"type": event.type}).all()
        return [(row.seq, event.model_validate_json(row.body)) for row in rows]

    def hear(self, event: Event, seq: int) -> None:
        """Deliver an event to its handler, once."""
        heard = Heard(
            id=uuid4(),
            type=event.type,
            source="/towns/test/x",
            subject=event.subject,
            time=datetime.now(UTC),
            seq=seq,
            factid=uuid4(),
            data=json.loads(event.model_dump_json()),
        )
        name = next(h.split(".")[1] for h in event.heard_by if h.startswith("catalog."))
        handler = getattr(service.Listeners, name).handler
        with database.transaction() as tx:
            handler(service.Listeners(), tx, event, heard)

    def set_clock(self, instant: datetime) -> None:
        """Let the database's clock show `instant`."""
        with database.transaction() as tx:
            clock.move(tx, instant - datetime.now(UTC))

    def let_due(self) -> int:
        """Do every timer that is due; how many were done."""
        listeners = service.Listeners()
        effects = {
            name: getattr(service.Listeners, name).handler.__get__(listeners)
            for name in ("open_distribution", "expire_mark")
        }
        done = 0
        while timers.do_next(effects):
            done += 1
        return done


def token(person: UUID) -> str:
    """A sign-in that members would have given."""
    now = int(time.time())
    claims = {"iss": identity.issuer(), "sub": str(person), "sid": str(uuid4()), "iat": now}
    claims |= {"exp": now + 600}
    return jwt.encode({"alg": "Ed25519", "kid": "test"}, claims, KEY, algorithms=["Ed25519"])


CAROMB, CARPENTRAS = "84030", "84031"


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """What a clock on the wall shows."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  (wall time has no zone)


WEDNESDAY = wall(2026, 12, 16, 20)


def a_market(town: Town, **changes: Any) -> Market:
    """Odile's, at Caromb, approved by Olga."""
    return approve(town, a_new_market(town, **changes))


def a_new_market(town: Town, **changes: Any) -> Market:
    """The same before anybody approved it."""
    fields = {
        "name": "Marché de Caromb",
        "kind": "municipal",
        "entity_kind": "town",
        "entity_name": "Commune de Caromb",
        "entity_address": "1 place du Château, 84330 Caromb",
        "insee": CAROMB,
    }
    return town.ask(FoundMarket(**fields | changes), town.odile)


def approve(town: Town, market: Market) -> Market:
    """Olga, who operates, approves a market as it stands."""
    grant = {"grant_id": town.olga, "person_id": town.olga, "right": "operate", "object_id": None, "holds": True}
    town.hear(GrantChanged(**grant), 1)
    command = DecideApproval(market_id=market.market_id, version=market.version, approval="approved")
    return town.ask(command, town.olga)


def a_farm(town: Town, person: UUID | None = None, **changes: Any) -> Producer:
    """Alice's, at Carpentras."""
    fields = {"legal_name": "EARL des Lilas", "farm_name": "Ferme des Lilas", "insee": CARPENTRAS}
    return town.ask(RegisterProducer(**fields | changes), person or town.alice)


def a_product(town: Town, farm: Producer, person: UUID | None = None, **changes: Any) -> Product:
    """Carrots, by the kilogram."""
    fields = {"name": "Carottes", "unit": "kg", "category": "vegetables", "price_cents": 250}
    command = AddProduct(producer_id=farm.producer_id, **fields | changes)
    return town.ask(command, person or town.alice)


def a_mark(town: Town, farm: Producer, person: UUID | None = None, **changes: Any) -> QualityMark:
    """AB for all that Alice grows, for some years."""
    fields = {"kind": "ab", "certifier": "FR-BIO-01", "number": "84/123", "valid_until": "2029-12-31"}
    command = AddMark(producer_id=farm.producer_id, **fields | changes)
    return town.ask(command, person or town.alice)


def admit(town: Town, market: Market, farm: Producer, person: UUID | None = None) -> None:
    """Both say yes."""
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    town.ask(AskToSell(**pair), person or town.alice)
    town.ask(AdmitProducer(**pair), town.odile)


def an_offer(town: Town, product: Product, market: Market, person: UUID | None = None, **terms: Any) -> Offer:
    """At its usual price, without end."""
    ids = {"product_id": product.product_id, "market_id": market.market_id}
    return town.ask(MakeOffer(**ids, **{"price_cents": 250} | terms), person or town.alice)


def planned(
    town: Town, market: Market, closes: datetime = WEDNESDAY, recurrence: Recurrence | None = None
) -> list[Distribution]:
    """A week of ordering until `closes`, handed over two days later from 17:00 to 19:00."""
    venue = town.ask(
        AddVenue(market_id=market.market_id, name="Salle des fêtes", address="Place Nationale"),
        town.odile,
    )
    starts = (closes + timedelta(days=2)).replace(hour=17, minute=0)
    command = PlanDistribution(
        market_id=market.market_id,
        venue_id=venue.venue_id,
        opens_at=closes - timedelta(days=7),
        closes_at=closes,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        recurrence=recurrence,
    )
    return town.ask(command, town.odile)
