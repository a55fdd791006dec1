"""Markets: found, founded, joined; their members, their organisers, their pick-up places."""

from contracts.approval import DecideApproval, ListApprovals
from contracts.catalog import ChangeMarket, FoundMarket, ReadMarket
from contracts.members import (
    DecideMembership,
    GrantRight,
    JoinMarket,
    LeaveMarket,
    ListGrants,
    ListMembers,
    RevokeRight,
)
from contracts.notifications import ListMarketWords, WriteMarketWord
from contracts.planning import AddVenue, ChangeVenue, ListVenues
from contracts.search import FindCommunes, SearchMarkets, SearchProducts
from gateway.api import door
from gateway.api.door import Route

part = door.part("markets", "Markets and who belongs to them.")
door.add(
    part,
    Route("GET", "/communes", FindCommunes),
    Route("GET", "/products", SearchProducts),
    Route("GET", "/markets", SearchMarkets),
    Route("POST", "/markets", FoundMarket, 201),
    Route("GET", "/markets/<uuid:market_id>", ReadMarket),
    Route("PUT", "/markets/<uuid:market_id>", ChangeMarket),
    Route("PUT", "/markets/<uuid:market_id>/approval", DecideApproval),
    Route("GET", "/approvals", ListApprovals, cursor="after", cursor_id="market_id"),
    Route("PUT", "/markets/<uuid:market_id>/membership", JoinMarket),
    Route("DELETE", "/markets/<uuid:market_id>/membership", LeaveMarket),
    Route("GET", "/markets/<uuid:market_id>/members", ListMembers),
    Route("PATCH", "/memberships/<uuid:membership_id>", DecideMembership),
    Route("GET", "/grants", ListGrants),
    Route("POST", "/grants", GrantRight, 201),
    Route("DELETE", "/grants/<uuid:grant_id>", RevokeRight, 204),
    Route("GET", "/markets/<uuid:market_id>/venues", ListVenues, cursor="after", cursor_id="venue_id"),
    Route("POST", "/markets/<uuid:market_id>/venues", AddVenue, 201),
    Route("PUT", "/venues/<uuid:venue_id>", ChangeVenue),
    Route("GET", "/markets/<uuid:market_id>/words", ListMarketWords),
    Route("PUT", "/markets/<uuid:market_id>/words/<mail>", WriteMarketWord),
)
