"""The refusals that several actions share, each raised in one line of an action."""

from typing import Any, NoReturn, TypeVar

from contracts.errors import Conflict, Malformed, NotAllowed, NotFound, malformed_field
from contracts.products import Fault

T = TypeVar("T")


def found(row: T | None, what: str) -> T:
    """`row`, or NotFound: also for what the asker may not know of."""
    if row is None:
        raise NotFound(f"no-such-{what}", f"There is no such {what}, or none that you may know of.")
    return row


def mine(row: Any, what: str) -> Any:
    """`row` with `mine` true; NotFound where it cannot be seen, NotAllowed where it only can."""
    if not found(row, what).mine:
        raise NotAllowed("not-yours", f"You have no right to change this {what}.")
    return row


def moved(what: str, version: int | None = None) -> NoReturn:
    """Somebody wrote it since the asker read it."""
    details = {} if version is None else {"version": version}
    raise Conflict(f"{what}-changed", f"This {what} changed while you were looking at it.", details)


def no_fault(fault: Fault | None) -> None:
    """Malformed by the field that is wrong, if one is."""
    if fault:
        raise malformed_field(fault.field, fault.message, fault.code)


def one_of(**ids: object) -> None:
    """Malformed unless exactly one of two ids is given."""
    if sum(value is not None for value in ids.values()) != 1:
        names = " or ".join(ids)
        fields = [{"field": name, "code": "one-of", "message": f"Give {names}."} for name in ids]
        raise Malformed("malformed", f"Give {names}, one of them.", {"fields": fields})
