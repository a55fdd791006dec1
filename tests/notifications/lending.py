"""What catalog says of a town's hall, and members of who lends it."""

from typing import Any
from uuid import UUID

from contracts.loans import LoanChanged
from contracts.members import GrantChanged, Right
from contracts.towns import town_id
from tests.cast import MARKET
from tests.notifications.conftest import EXAMPLES


def lent(by: UUID, **changes: Any) -> LoanChanged:
    """The kept example: notice of the hall of Caromb, and two evenings without a place; `changes` are of the loan."""
    kept = LoanChanged.model_validate_json((EXAMPLES / "catalog.loan_changed.v1.json").read_bytes())
    loan = kept.loan.model_copy(update={"market_id": MARKET} | changes)
    return kept.model_copy(update={"loan": loan, "by_person": by})


def lends(person_id: UUID) -> GrantChanged:
    """That somebody lends in the name of Caromb."""
    wanted = {"right": Right.LEND, "object_id": town_id("84030"), "holds": True}
    return GrantChanged(grant_id=UUID(int=96), person_id=person_id, **wanted)
