"""What may be ordered and what it costs. Pure; time comes in as an argument, from the database's clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from contracts.catalog import SheetLine
from contracts.errors import Malformed
from contracts.messages import Refused
from contracts.orders import OrderLine, Wish


def check_wishes(wishes: Iterable[Wish], sheet: Mapping[UUID, SheetLine], zero_allowed: bool) -> None:
    """Raise Malformed naming each line that is unknown, named twice, or outside minimum, maximum and step."""
    fields: list[dict[str, str]] = []
    seen: set[UUID] = set()
    for index, wish in enumerate(wishes):
        fault = _fault(wish, sheet.get(wish.offer_id), zero_allowed) if wish.offer_id not in seen else "named-twice"
        seen.add(wish.offer_id)
        if fault:
            message = _FAULTS[fault].format(line=sheet.get(wish.offer_id))
            fields.append({"field": f"lines.{index}.quantity", "code": fault, "message": message})
    if fields:
        raise Malformed("malformed", fields[0]["message"], {"fields": fields})


_FAULTS = {
    "not-on-the-sheet": "This product is not on sale here.",
    "named-twice": "Name each product once.",
    "too-little": "Order at least {line.minimum} of {line.name}.",
    "too-much": "Order at most {line.maximum} of {line.name}.",
    "off-step": "{line.name} is sold in steps of {line.step}.",
}


def _fault(wish: Wish, line: SheetLine | None, zero_allowed: bool) -> str | None:
    if line is None:
        return "not-on-the-sheet"
    if wish.quantity == 0 and zero_allowed:
        return None
    if wish.quantity < line.minimum:
        return "too-little"
    if line.maximum is not None and wish.quantity > line.maximum:
        return "too-much"
    return "off-step" if wish.quantity % line.step else None


def order_line(line: SheetLine, quantity: int) -> OrderLine:
    """A line of an order, as the sheet has it now; its amount is rounded here, once."""
    return OrderLine(
        offer_id=line.offer_id,
        producer_id=line.producer_id,
        producer_name=line.producer_name,
        name=line.name,
        unit=line.unit,
        quantity=quantity,
        price_cents=line.price_cents,
        amount_cents=line.amount(quantity),
        vat_basis_points=line.vat_basis_points,
        storage=line.storage,
    )


def total(lines: Iterable[OrderLine]) -> int:
    """What is owed, in cents: the sum of the lines, and of nothing else."""
    return sum(line.amount_cents for line in lines)


def merged(standing: Mapping[UUID, int], wishes: Iterable[Wish]) -> list[Wish]:
    """Ordering again adds: the absolute quantities that `standing` and `wishes` come to, of the wished lines."""
    return [Wish(offer_id=w.offer_id, quantity=w.quantity + standing.get(w.offer_id, 0)) for w in wishes]


def window_closed(closes_at: datetime) -> Refused:
    return Refused(
        code="window-closed",
        message="The order window has closed.",
        details={"closes_at": closes_at.isoformat()},
    )


def lines_closed(lines: Iterable[SheetLine]) -> Refused:
    """The refusal of a change that touches frozen lines; it names them, and nothing of it is done."""
    frozen = [{"offer_id": str(line.offer_id), "name": line.name} for line in lines]
    names = ", ".join(line["name"] for line in frozen)
    return Refused(code="line-closed", message=f"No longer to be changed: {names}.", details={"lines": frozen})


def sold_out(left: Mapping[UUID, int], sheet: Mapping[UUID, SheetLine]) -> Refused:
    """The refusal of an order that wants more than there is; it says what is left of each of its lines."""
    lines = [
        {
            "offer_id": str(offer),
            "name": sheet[offer].name,
            "unit": sheet[offer].unit,
            "left": number,
        }
        for offer, number in left.items()
    ]
    return Refused(code="sold-out", message="Not enough is left.", details={"lines": lines})


def not_a_member() -> Refused:
    return Refused(code="not-a-member", message="This market is for its members; ask to join it first.")
