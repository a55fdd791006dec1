"""Markets are founded, written anew and read."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.agreements import ApprovalChanged
from contracts.catalog import ChangeMarket, FoundMarket, Market, MarketChanged, MarketDetails
from contracts.errors import malformed_field
from contracts.identity import Approval, EntityKind
from contracts.messages import Refused
from services.catalog import rules
from services.catalog.actions.agreements import ask_to_accept
from services.catalog.actions.numbers import checked_entity_number
from services.catalog.actions.refusals import found, mine, moved, no_fault
from services.catalog.rules import identity
from services.catalog.store import markets as store
from services.catalog.store import products as product_store
from services.catalog.store.farm_tables import offers

CURRENCY = "EUR"
HOST_TAKEN = Refused(code="host-taken", message="Another market is shown at this host name.")


def found_market(tx: Connection, market_id: UUID, wanted: FoundMarket, asker: UUID) -> Market | Refused:
    """Open a market that `asker` organises; members will hear of it, and an operator is to approve it."""
    if wanted.host and store.host_is_taken(tx, wanted.host, market_id):
        return HOST_TAKEN
    row = _row(tx, wanted)
    store.add(tx, row | {"id": market_id, "founder_id": asker, "currency": CURRENCY})
    store.serve(tx, market_id, _served(tx, wanted))
    return told(tx, store.load(tx, market_id, asker), asker)


def change_market(tx: Connection, wanted: ChangeMarket, asker: UUID) -> Market | Refused:
    """Write a market anew; what is sold there is found where it lies, and in the towns it serves, from now on."""
    seen = mine(store.load(tx, wanted.market_id, asker), "market")
    if wanted.host and store.host_is_taken(tx, wanted.host, wanted.market_id):
        return HOST_TAKEN
    row, towns = _row(tx, wanted), _served(tx, wanted)
    after = identity.Entity(wanted.entity_kind, row["entity_number"], wanted.entity_name)
    approval = identity.approval_after_edit(Approval(seen.approval), _entity(seen), after)
    moved_on = {"approval": approval, "terms_version": seen.terms_version + (_terms(seen) != _terms(wanted))}
    if not store.change(tx, wanted.market_id, wanted.version, row | moved_on):
        moved("market", seen.version)
    store.serve(tx, wanted.market_id, towns)
    serves_others = {town["insee"] for town in towns} != {town["insee"] for town in seen.served_towns}
    if row["cell"] != seen.cell or serves_others:
        product_store.reindex(tx, offers.c.market_id == wanted.market_id)
    written = found(store.load(tx, wanted.market_id, asker), "market")
    ask_to_accept(tx, written, seen.terms_version)
    return told(tx, written, asker, seen.approval)


def read_market(tx: Connection, market_id: UUID, asker: UUID | None) -> Market:
    """A market that `asker` may know of."""
    return shown(found(store.load(tx, market_id, asker), "market"))


def my_markets(tx: Connection, asker: UUID, after: UUID | None, limit: int) -> list[Market]:
    """The markets that `asker` organises."""
    return [shown(row) for row in store.organised_by(tx, asker, after, limit)]


def told(tx: Connection, market: Row[Any] | None, asker: UUID, approval: str | None = None) -> Market:
    """A market as it stands now, said to whom it concerns; `approval` is what it was before."""
    row = found(market, "market")
    event = MarketChanged(
        market_id=row.id,
        name=row.name,
        joining=row.joining,
        founder_id=row.founder_id,
        approved=row.approval == Approval.APPROVED,
        says_tu=row.says_tu,
        brand_colour=row.brand_colour,
        logo=row.logo,
    )
    say(tx, event, seq=row.version)
    if row.approval != approval:
        _say_approval(tx, row, asker)
    return shown(row)


def _say_approval(tx: Connection, row: Row[Any], asker: UUID) -> None:
    event = ApprovalChanged(
        market_id=row.id,
        market_name=row.name,
        founder_id=row.founder_id,
        version=row.version,
        approval=row.approval,
        reason=row.approval_reason,
        by_person=asker,
    )
    say(tx, event, seq=row.version)


def shown(row: Row[Any]) -> Market:
    """A market as its page has it."""
    return Market(**row._mapping, served=[town["insee"] for town in row.served_towns])


def _row(tx: Connection, wanted: MarketDetails) -> dict[str, Any]:
    """The columns of what an organiser wrote, with its town's point where none is given."""
    no_fault(identity.identity_fault(wanted))
    commune = store.commune_of(tx, wanted.insee)
    if commune is None:
        raise malformed_field("insee", "No commune of France has this INSEE code.", "unknown")
    row = wanted.model_dump(include=set(MarketDetails.model_fields), exclude={"served"})
    row["entity_number"] = checked_entity_number(wanted.entity_kind, wanted.entity_number)
    if wanted.latitude is None or wanted.longitude is None:
        row |= {"latitude": commune.latitude, "longitude": commune.longitude}
    row["cell"] = rules.cell(row["latitude"], row["longitude"])
    row["words"] = rules.words(wanted.name, commune.name)
    return row


def _served(tx: Connection, wanted: MarketDetails) -> list[dict[str, Any]]:
    """The towns that it serves beside its own, each with where it lies."""
    codes = set(wanted.served) - {wanted.insee}
    towns = store.communes_of(tx, sorted(codes))
    if unknown := codes - {town.insee for town in towns}:
        raise malformed_field("served", f"No commune of France has the INSEE code {min(unknown)}.", "unknown")
    return [_point(town) for town in towns]


def _point(town: Row[Any]) -> dict[str, Any]:
    point = {name: getattr(town, name) for name in ("insee", "latitude", "longitude")}
    return point | {"cell": rules.cell(town.latitude, town.longitude)}


def _entity(seen: Row[Any]) -> identity.Entity:
    kind = EntityKind(seen.entity_kind) if seen.entity_kind else None
    return identity.Entity(kind, seen.entity_number, seen.entity_name)


def _terms(market: Any) -> tuple[str, ...]:
    """What producers accept: they are asked again when it changes."""
    return market.charter_title, market.charter, str(market.payment_policy)
