"""A market is public once a second person, who operates the instance, approved it; its brand at a host of its own."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.catalog import Limit, Market
from contracts.identity import Approval, HostName
from contracts.members import Right
from contracts.messages import Command, Model, Refused, Version
from contracts.photos import PhotoId


class DecideApproval(Command, door="catalog.decide_approval", answers=Market | Refused, acts=True, by=(Right.OPERATE,)):
    """Approve or decline a market as it stands at `version`, as an operator who does not organise it.

    One that is declined gives up its host name: whoever only claimed it keeps it from nobody.
    NotAllowed `not-yours`, `own-market`. Refused `entity-unknown`: nobody said who is behind it. Conflict if it moved.
    """

    market_id: UUID
    version: Version
    approval: Literal[Approval.APPROVED, Approval.DECLINED]
    reason: Annotated[str, Field(max_length=1000)] = ""
    """Shown to its organisers; needed to decline."""


class ListApprovals(Command, door="catalog.list_approvals", answers=list[Market]):
    """Markets of one approval, oldest first, for operators; `after` is the last id of the page before."""

    approval: Approval = Approval.PENDING
    after: UUID | None = None
    limit: Limit = 50


class Brand(Model):
    """How a market shows itself at its own host name."""

    market_id: UUID
    name: str
    colour: str | None = None
    logo: PhotoId | None = None


class FindBrand(Command, door="catalog.find_brand", answers=Brand | None, open_to_strangers=True):
    """The market that is shown at a host name; nothing where none that is public is."""

    host: HostName
