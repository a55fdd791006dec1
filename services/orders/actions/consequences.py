"""Consequences are shown first: what is done then must mean what the asker saw."""

from typing import Any, Protocol

from contracts.errors import Conflict

FIGURES = {"orders", "emptied", "amount_cents", "by_telephone"}
"""What is kept of them when lines are taken away."""


class Figures(Protocol):
    """How many orders it is about, and for how much."""

    @property
    def orders(self) -> int: ...

    @property
    def amount_cents(self) -> int: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def need_as_seen(foreseen: Figures, seen: Figures, *, is_same: bool = True) -> None:
    """Raise a Conflict that shows the figures, if they are not those that a command carries as seen.

    `is_same` says whether what they are of stands as it was seen.
    """
    if not is_same or (foreseen.orders, foreseen.amount_cents) != (seen.orders, seen.amount_cents):
        details = {"figures": foreseen.model_dump(mode="json")}
        raise Conflict("figures-moved", "These orders changed while you were looking.", details)
