"""Somebody joins a market by its policy, leaves it, is admitted, refused or banned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.catalog import Joining, MarketChanged
from contracts.errors import Conflict, NotAllowed, NotFound
from contracts.members import (
    DecideMembership,
    ListMembers,
    Member,
    Members,
    Membership,
    MembershipChanged,
    Memberships,
    MyMemberships,
    Right,
    Standing,
)
from contracts.messages import Refused
from services.members import rules
from services.members.actions import grants
from services.members.store import accounts as account_store
from services.members.store import memberships as store


def know_market(tx: Connection, market: MarketChanged, seq: int) -> None:
    """Keep what joining needs to know; the founder organises from the start."""
    kept = market.model_dump(include={"market_id", "name", "joining", "founder_id", "approved"})
    store.know_market(tx, kept | {"seq": seq})
    grants.found(tx, market.founder_id, Right.ORGANISE, market.market_id)


def join(
    tx: Connection,
    person_id: UUID,
    market_id: UUID,
    message: str,
    *,
    membership_id: UUID,
    now: datetime,
) -> Membership | Refused:
    """Become a member, or wait for the organisers, as the market's policy has it."""
    market = store.market(tx, market_id)
    if market is None:
        raise NotFound("no-market", "There is no such market.")
    place = store.lock_place(tx, membership_id, market_id, person_id, now)
    joining, standing = Joining(market.joining), Standing(place.standing)
    to = rules.standing_after_joining(joining, standing, approved=market.approved)
    if to is None:
        return _refused("market-closed-to-newcomers", "This market takes nobody new.")
    if to is Standing.BANNED:
        return _refused("banned", "The organisers of this market do not admit you.")
    if to != place.standing:
        _move(tx, place, to, now, message)
    return _own(tx, person_id, market_id)


def let_join(
    tx: Connection,
    person_id: UUID,
    market_id: UUID,
    *,
    membership_id: UUID,
    ordered_at: datetime,
    now: datetime,
) -> None:
    """An order in a sale of an open market made a member, unless gone since that order, or erased."""
    if account_store.lock(tx, person_id) is None:
        return
    place = store.lock_place(tx, membership_id, market_id, person_id, now)
    gone_since = place.standing == Standing.LEFT and place.version and place.since > ordered_at
    market = store.market(tx, market_id)
    is_open = market is None or (Joining(market.joining) is Joining.OPEN and market.approved)
    if rules.joins_by_ordering(Standing(place.standing), is_open=is_open) and not gone_since:
        _move(tx, place, Standing.MEMBER, now)


def leave(tx: Connection, person_id: UUID, market_id: UUID, now: datetime) -> Membership:
    """Stop being a member, or waiting to be one."""
    place = store.mine_in(tx, person_id, market_id)
    if place is None or place.standing not in (Standing.MEMBER, Standing.WAITING):
        raise NotFound("no-membership", "You are not a member of this market.")
    _move(tx, place, Standing.LEFT, now)
    return _own(tx, person_id, market_id)


def leave_all(tx: Connection, person_id: UUID, now: datetime) -> list[str]:
    """An account ends: its places are given up; what it wrote to organisers goes, and is answered to be forgotten."""
    places = store.all_of(tx, person_id)
    for place in places:
        to = Standing.BANNED if place.standing == Standing.BANNED else Standing.LEFT
        _move(tx, place, to, now, message="")
    return [place.message for place in places]


def list_own(tx: Connection, person_id: UUID, asked: MyMemberships) -> Memberships:
    """A page of the asker's memberships."""
    rows = store.mine(tx, person_id, asked.limit, asked.after)
    shown = [Membership.model_validate(dict(row._mapping)) for row in rows]
    following = shown[-1].membership_id if len(shown) == asked.limit else None
    return Memberships(memberships=shown, following=following)


def list_members(tx: Connection, asker: UUID, asked: ListMembers) -> Members:
    """A page of a market's members, for its organisers."""
    if not store.organises(tx, asker, asked.market_id):
        raise NotAllowed("right-missing", "Only this market's organisers may see its members.")
    rows = store.in_market(
        tx,
        asker,
        asked.market_id,
        standing=asked.standing,
        limit=asked.limit,
        after=asked.after,
    )
    shown = [_member(row) for row in rows]
    following = shown[-1].membership_id if len(shown) == asked.limit else None
    return Members(members=shown, following=following)


def decide(tx: Connection, asker: UUID, asked: DecideMembership, now: datetime) -> Member:
    """Admit, refuse or ban somebody, as an organiser of the market."""
    place = store.for_organiser(tx, asker, asked.membership_id)
    if place is None:
        raise NotFound("no-membership", "There is no such membership in a market of yours.")
    to, allowed = rules.DECIDED[asked.decision]
    if place.standing not in allowed:
        raise _changed(place)
    _move(tx, place, to, now)
    return _member(place, standing=to, since=now)


def _move(
    tx: Connection,
    place: Row[Any],
    to: Standing,
    now: datetime,
    message: str | None = None,
) -> None:
    moved = store.move(tx, place, to, now, message)
    if moved is None:
        raise _changed(place)
    ids = {n: moved._mapping[n] for n in ("membership_id", "market_id", "person_id")}
    say(tx, MembershipChanged(standing=to, **ids), seq=moved.version)


def _own(tx: Connection, person_id: UUID, market_id: UUID) -> Membership:
    place = store.mine_in(tx, person_id, market_id)
    if place is None:
        raise LookupError("a membership that was just written is gone")
    return Membership.model_validate(dict(place._mapping))


def _member(place: Row[Any], **now_true: object) -> Member:
    return Member.model_validate(dict(place._mapping) | now_true)


def _changed(place: Row[Any]) -> Conflict:
    return Conflict(
        "membership-changed",
        "This membership is not what it was; please look again.",
        {"standing": str(place.standing)},
    )


def _refused(code: str, message: str) -> Refused:
    return Refused(code=code, message=message)
