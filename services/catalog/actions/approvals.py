"""An operator approves or declines the markets of others; markets shown at a host of their own."""

from uuid import UUID

from sqlalchemy import Connection

from bus import rights
from bus.envelope import Heard
from contracts.approval import Brand, DecideApproval, ListApprovals
from contracts.catalog import Market
from contracts.errors import NotAllowed, malformed_field
from contracts.identity import Approval
from contracts.members import MembershipChanged
from contracts.messages import Refused
from services.catalog.actions.markets import shown, told
from services.catalog.actions.refusals import found, moved
from services.catalog.store import loans
from services.catalog.store import markets as store
from services.catalog.store.tables import memberships

ENTITY_UNKNOWN = Refused(
    code="entity-unknown", message="Its organisers must first say which legal entity is behind it."
)
PLACE_ASKED = Refused(code="place-asked", message="The town has not lent it a place yet: its answer comes first.")


def decide(tx: Connection, wanted: DecideApproval, asker: UUID) -> Market | Refused:
    """Approve or decline a market that `asker` neither founded nor organises; members will hear of it."""
    seen = found(store.for_operator(tx, wanted.market_id, asker), "market")
    if seen.mine or seen.founder_id == asker:
        raise NotAllowed("own-market", "A second person must decide about a market of one's own.")
    if wanted.approval is Approval.DECLINED and not wanted.reason.strip():
        raise malformed_field("reason", "Say why, for its organisers.", "missing")
    if wanted.approval is Approval.APPROVED and seen.entity_kind is None:
        return ENTITY_UNKNOWN
    if wanted.approval is Approval.APPROVED and loans.waits_for_owner(tx, wanted.market_id):
        return PLACE_ASKED
    if not store.decide(tx, wanted.market_id, wanted.version, wanted.approval, wanted.reason.strip(), asker):
        moved("market", seen.version)
    return told(tx, store.for_operator(tx, wanted.market_id, asker), asker, seen.approval)


def by_owner(tx: Connection, market_id: UUID, asker: UUID) -> None:
    """The yes of its place's owner approves a market that waits, if an engaged producer opened it."""
    if store.approve_engaged(tx, market_id, asker):
        told(tx, store.whole(tx, market_id), asker, Approval.PENDING)


def of_approval(tx: Connection, asked: ListApprovals, asker: UUID) -> list[Market]:
    """The markets of one approval, for an operator; for anybody else none."""
    return [shown(row) for row in store.of_approval(tx, asked.approval, asker, asked.after, asked.limit)]


def brand_at(tx: Connection, host: str) -> Brand | None:
    """The public market of a host name."""
    row = store.shown_at(tx, host)
    return Brand(**row._mapping) if row else None


def know_membership(tx: Connection, event: MembershipChanged, heard: Heard) -> None:
    """Keep who belongs to a market: members read it before it is public."""
    rights.keep_newest(tx, memberships, "membership_id", event.model_dump() | {"seq": heard.seq})
