"""Yes and no between farms, markets and operators: catalog says each, so that the other side is told."""

from uuid import UUID

from contracts.catalog import PaymentPolicy
from contracts.identity import Approval
from contracts.messages import Event, Shape, Version
from contracts.planning import AdmissionState


class AdmissionChanged(
    Event,
    name="catalog.admission_changed.v1",
    shape=Shape.FACT,
    about="change_id",
    heard_by=("notifications.tell_admission",),
):
    """Said when a farm or a market says yes or no to the other, and that changed where they stand."""

    change_id: UUID
    market_id: UUID
    market_name: str
    producer_id: UUID
    producer_name: str
    before: AdmissionState | None
    """Nothing the first time."""
    state: AdmissionState
    by_market: bool
    """Which of both said it; the other is to be told."""
    by_person: UUID
    payment_policy: PaymentPolicy
    """What an invitation shows with its cost."""
    charter_title: str = ""


class TermsChanged(
    Event,
    name="catalog.terms_changed.v1",
    shape=Shape.FACT,
    about="change_id",
    heard_by=("notifications.ask_to_accept_terms",),
):
    """Said once per farm that is asked or admitted when a market's charter or payment policy became another."""

    change_id: UUID
    market_id: UUID
    market_name: str
    producer_id: UUID
    producer_name: str
    terms_version: Version
    """The one to accept."""
    payment_policy: PaymentPolicy
    charter_title: str = ""


class ApprovalChanged(
    Event,
    name="catalog.approval_changed.v1",
    shape=Shape.FACT,
    about="market_id",
    heard_by=("notifications.tell_approval",),
):
    """Said when a market begins to wait for its approval, and when an operator approves or declines it."""

    market_id: UUID
    market_name: str
    founder_id: UUID
    version: Version
    """Of the market: each is told once."""
    approval: Approval
    reason: str = ""
    """Why it was declined."""
    by_person: UUID
