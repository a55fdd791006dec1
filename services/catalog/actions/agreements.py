"""Where a farm stands with a market is written and said: whoever did not say it is told."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.agreements import AdmissionChanged, TermsChanged
from contracts.planning import AdmissionState
from services.catalog.store import producers as store

_BOTH = ("market_id", "market_name", "producer_id", "producer_name", "payment_policy", "charter_title")


def settle(
    tx: Connection, pair: Row[Any], state: AdmissionState, asker: UUID, *, by_market: bool, far_reason: str = ""
) -> None:
    """Write where both stand from now on; `pair` is locked, and as it was before."""
    if pair.state == state:
        return
    ids = pair.market_id, pair.producer_id
    decided_at = store.settle(tx, *ids, state, asker, far_reason)
    change_id = uuid5(NAMESPACE_URL, f"halle:admission:{ids[0]}:{ids[1]}:{decided_at.isoformat()}")
    how = {"before": pair.state, "state": state, "by_market": by_market, "by_person": asker}
    say(tx, AdmissionChanged.model_validate({"change_id": change_id} | how | _about(pair)), seq=1)


def ask_to_accept(tx: Connection, market: Row[Any], terms_before: int) -> None:
    """Ask every farm that stands with a market to accept its terms again, if they became others."""
    if market.terms_version == terms_before:
        return
    for pair in store.farms_of_market(tx, market.id):
        change_id = uuid5(NAMESPACE_URL, f"halle:terms:{market.id}:{market.terms_version}:{pair.producer_id}")
        wanted = {"change_id": change_id, "terms_version": market.terms_version}
        say(tx, TermsChanged.model_validate(wanted | _about(pair)), seq=1)


def _about(pair: Row[Any]) -> dict[str, Any]:
    return {name: getattr(pair, name) for name in _BOTH}
