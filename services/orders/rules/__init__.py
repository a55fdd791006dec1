"""What may be ordered and what it costs. Pure; time comes in as an argument, from the database's clock."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from contracts.catalog import MarketFee, Pricing, ShareRule, SheetLine
from contracts.errors import Malformed
from contracts.messages import Refused
from contracts.money import half_up
from contracts.orders import DistributionState, Order, OrderLine, OrderState, Wish, fee_due
from contracts.slots import SlotLeft, SlotPlan
from contracts.yearly import QualitiesSold, Quality

T = TypeVar("T")


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
        pricing=line.pricing,
        estimated_grams=line.estimated_grams,
        tolerance_percent=line.tolerance_percent,
        quantity=quantity,
        price_cents=line.price_cents,
        amount_cents=line.amount(quantity),
        vat_basis_points=line.vat_basis_points,
        storage=line.storage,
    )


def grown(line: OrderLine, more: int) -> OrderLine:
    """The line once `more` of it is added; what was weighed is to be weighed again."""
    quantity = line.quantity + more
    figures = {"quantity": quantity, "weighed_grams": None, "amount_cents": line.amount(quantity)}
    return line.model_copy(update=figures)


def repriced(line: OrderLine, price_cents: int) -> OrderLine:
    """The line at another price, of which nothing is asked any more; its amount follows."""
    priced = line.model_copy(update={"price_cents": price_cents, "asked_cents": None})
    return priced.model_copy(update={"amount_cents": priced.amount(line.quantity, line.weighed_grams)})


def total(lines: Collection[OrderLine], fee: MarketFee | None) -> int:
    """What is owed, in cents: the sum of the lines, with the market's fee while anything comes, and of nothing else."""
    return sum(line.amount_cents for line in lines) + fee_due(fee, lines)


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
    return _naming("line-closed", "No longer to be changed", [_named(line) for line in lines])


def without_mark(lines: Iterable[SheetLine], now: datetime) -> list[SheetLine]:
    """Those lines of which no more may be sold: the mark that the market asks for has expired."""
    return [line for line in lines if not line.qualifies_at(now)]


def mark_expired(lines: Iterable[SheetLine]) -> Refused:
    """The refusal of a change that wants more of such lines; it names them, and nothing of it is done."""
    message = "No more of it is sold, for the mark that this market asks for has expired"
    return _naming("mark-expired", message, [_named(line) for line in lines])


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


def slots(plan: SlotPlan, starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """Start and end of each slot of a hand-over."""
    length = timedelta(minutes=plan.minutes)
    starts = [starts_at + place * length for place in range((ends_at - starts_at) // length)]
    return [(start, start + length) for start in starts]


def slot_full(left: Iterable[SlotLeft]) -> Refused:
    """The refusal of a slot that has no room; it says how much there is in each."""
    details = {"slots": [one.model_dump(mode="json") for one in left]}
    return Refused(code="slot-full", message="This slot is full; choose another one.", details=details)


def below_ordered(ordered: int, held_back: int) -> Refused:
    """The refusal of a stock out of which what is ordered could not be given."""
    message = f"{ordered} are ordered and {held_back} would be held back: that is more than there is."
    return Refused(code="below-ordered", message=message, details={"ordered": ordered, "held_back": held_back})


def not_a_member() -> Refused:
    return Refused(code="not-a-member", message="This market is for its members; ask to join it first.")


NAMES_KEPT = timedelta(days=365)
"""How long after a hand-over the names stay that were typed at it; accounts and what is owed have their own terms."""


def order_stands(order: Order) -> Refused:
    message = "This person has an order in this sale: add the goods to that."
    details = {"order_id": str(order.order_id), "number": order.number}
    return Refused(code="order-stands", message=message, details=details)


def name_parts(name: str) -> list[str]:
    """By what names are looked for: the words without accents or case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return "".join(letters).split()


def settled(line: OrderLine, short: int, grams: int | None) -> OrderLine:
    """The line once `short` of what was ordered does not come and the rest weighs `grams`; its amount follows."""
    quantity = line.ordered - short
    weighed = grams if quantity and line.pricing is Pricing.PER_WEIGHT else None
    figures = {"quantity": quantity, "short": short, "weighed_grams": weighed}
    return line.model_copy(update=figures | {"amount_cents": line.amount(quantity, weighed)})


def state_when_settled(order: Order, lines: Iterable[OrderLine]) -> OrderState:
    """An order left empty is cancelled; one that gets something back stands again, or was handed over all the same."""
    if not any(line.quantity for line in lines):
        return OrderState.CANCELLED
    if order.state is not OrderState.CANCELLED:
        return order.state
    return OrderState.HANDED_OVER if order.handed_at else OrderState.PLACED


def worth(order: Order, given: Mapping[UUID, int]) -> int:
    """What quantities that were given cost by now: no more of a line than comes of it."""
    return sum(min(one.amount_cents, one.amount(given.get(one.offer_id, 0))) for one in order.lines)


def dearer(line: OrderLine, short: int, before: int, given: SheetLine, quantity: int) -> Refused | None:
    """Why `quantity` is not given for what is `short` of a line: with what was given `before`, it costs more."""
    short_cents, given_cents = line.amount(short), before + given.amount(quantity)
    if given_cents <= short_cents:
        return None
    message = "What is given costs more than what is short; agree on that with the consumer first."
    return Refused(code="dearer", message=message, details={"short_cents": short_cents, "given_cents": given_cents})


def is_emptied(order: Order) -> bool:
    """Whether an order was cancelled because nothing of it comes, and not by its consumer."""
    return order.state is OrderState.CANCELLED and not any(line.quantity for line in order.lines)


def shares(rule: ShareRule, came: int, ordered: Sequence[int], pack: int) -> list[int]:
    """What each order gets of what came, in whole packs of `pack`; the orders stand in the order of their placing.

    All that came is given out, but for less than a pack; nobody gets more than was ordered.
    """
    if came >= sum(ordered):
        return list(ordered)
    if rule is ShareRule.FIRST_COME:
        return _first_come(came, ordered, pack)
    return _pro_rata(came, ordered, pack)


def _first_come(came: int, ordered: Sequence[int], pack: int) -> list[int]:
    got: list[int] = []
    for quantity in ordered:
        got.append(min(quantity, came // pack * pack))
        came -= got[-1]
    return got


def _pro_rata(came: int, ordered: Sequence[int], pack: int) -> list[int]:
    """Each its part rounded down to packs, then a pack each to those whose part lost most (largest remainder)."""
    total = sum(ordered)
    got = [came * quantity // total // pack * pack for quantity in ordered]
    by_loss = sorted(range(len(ordered)), key=lambda i: (got[i] * total - came * ordered[i], i))
    rest = came - sum(got)
    for i in by_loss:
        if rest >= pack and got[i] + pack <= ordered[i]:
            got[i] += pack
            rest -= pack
    return got


def lot_key(number: str) -> str:
    """By what lots are compared: somebody reads the number from a label, and types it."""
    return "".join(number.split()).casefold()


def not_closed() -> Refused:
    return Refused(code="not-closed", message="Orders are still taken or being counted; wait for the close.")


ACCOUNTED = (DistributionState.CLOSING_BOOKS, DistributionState.FINAL)
"""The states of a sale in which its orders do not change any more."""


def not_active(state: DistributionState) -> Refused:
    """Why nothing of the day can be said of a sale in `state`."""
    return books_closed() if state in ACCOUNTED else not_closed()


def books_closed() -> Refused:
    return Refused(code="books-closed", message="The books of this sale are closed; enter an adjustment instead.")


def not_handed_over() -> Refused:
    return Refused(code="not-handed-over", message="The hand-over of this sale has not begun, or it was cancelled.")


def orders_open(numbers: list[int]) -> Refused:
    """The refusal to close books while orders wait; it names them."""
    named = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    message = f"Say of each order that it was handed over or that nobody came: {named}."
    return Refused(code="orders-open", message=message, details={"numbers": numbers})


def cancelled() -> Refused:
    message = "This order is cancelled: by its consumer, or because nothing of it comes."
    return Refused(code="cancelled", message=message)


def not_placed(state: OrderState) -> Refused:
    """Why nothing is added to an order in `state`."""
    if state is OrderState.HANDED_OVER:
        return Refused(code="handed-over", message="This order was handed over: nothing is added to it any more.")
    if state is OrderState.ABSENT:
        return Refused(code="absent", message="Nobody came for this order: nothing is added to it any more.")
    return cancelled()


def dropped_out() -> Refused:
    return Refused(code="dropped-out", message="This farm dropped out of the sale, and everybody was told.")


def withdrawn() -> Refused:
    return Refused(code="withdrawn", message="This was withdrawn from the sale, and everybody was told.")


def not_lower(line: SheetLine) -> Refused:
    """The refusal of a price that is not below the one on sale."""
    message = "This is not less than it costs. To ask for more, raise the price: whoever ordered it is asked first."
    return Refused(code="not-lower", message=message, details={"price_cents": line.price_cents})


def not_higher(line: SheetLine) -> Refused:
    """The refusal of a raise to a price that is not above the one on sale."""
    message = "This is not more than it costs. To ask for less, lower the price: everybody pays it at once."
    return Refused(code="not-higher", message=message, details={"price_cents": line.price_cents})


def price_raised(lines: Iterable[SheetLine]) -> Refused:
    """The refusal of what was wished by an older, cheaper sheet; it names those lines with what they cost now."""
    named = [_named(line) | {"price_cents": line.price_cents} for line in lines]
    return _naming("price-raised", "The price has risen since you looked", named)


def price_asked(lines: Iterable[OrderLine]) -> Refused:
    """The refusal of another quantity of lines whose raised price waits for a yes; it names them."""
    named = [_named(line) | {"price_cents": line.asked_cents} for line in lines]
    return _naming("price-asked", "Its price has risen: confirm it or drop the line first", named)


def _named(line: SheetLine | OrderLine) -> dict[str, Any]:
    return {"offer_id": str(line.offer_id), "name": line.name}


def _naming(code: str, message: str, lines: list[dict[str, Any]]) -> Refused:
    """A refusal that names its lines in the sentence and in the details."""
    names = ", ".join(line["name"] for line in lines)
    return Refused(code=code, message=f"{message}: {names}.", details={"lines": lines})


def misses_threshold(threshold_cents: int | None, ordered_cents: int) -> bool:
    """Whether a farm that comes from a total on is to be asked; one of which nothing was ordered need not come."""
    return threshold_cents is not None and 0 < ordered_cents < threshold_cents


def not_asked() -> Refused:
    return Refused(
        code="not-asked", message="This farm's threshold was reached, or it has none: let it drop out instead."
    )


def not_cancellable() -> Refused:
    message = "This sale is being counted, handed over or cancelled: it cannot be cancelled now."
    return Refused(code="not-cancellable", message=message)


LEAST_HOUSEHOLDS = 5
"""What fewer bought is not told apart."""


def told_apart(parts: Sequence[T], households: Callable[[T], int]) -> list[list[T]]:
    """The parts of a whole as they may be told: those of too few households together with the smallest of the others.

    Alone they would be what is left when all others are taken from the whole.
    """
    small = [part for part in parts if households(part) < LEAST_HOUSEHOLDS]
    others = [part for part in parts if households(part) >= LEAST_HOUSEHOLDS]
    if not small:
        return [[part] for part in others]
    smallest = min(others, key=households, default=None)
    together = [*small, *([smallest] if smallest is not None else [])]
    return [*([part] for part in others if part is not smallest), together]


def share(parts: Iterable[QualitiesSold], wanted: Set[Quality]) -> int | None:
    """Basis points of the whole that are of `wanted` qualities; nothing where those are told with others."""
    parts = list(parts)
    if any(wanted & set(part.qualities) and not set(part.qualities) <= wanted for part in parts):
        return None
    whole = sum(part.amount_cents for part in parts)
    of = sum(part.amount_cents for part in parts if set(part.qualities) <= wanted)
    return half_up(of * 10_000, whole) if whole else None
