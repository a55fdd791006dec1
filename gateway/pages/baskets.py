"""What somebody typed into a shop: read, kept through refusals, sent, and shown again."""

from typing import Any
from uuid import UUID

from flask import request

from contracts.catalog import SheetLine
from contracts.errors import Conflict, HalleError, Malformed, NotAllowed, Unavailable
from contracts.messages import Command, Refused
from contracts.money import Unit
from contracts.orders import Order, SaleSheet, Wish
from gateway import asking, problems, session
from gateway.pages import formats, numbers, sentences
from gateway.pages.languages import _
from gateway.reception import reception
from gateway.sheets import Shown

FIELD = "q-"
MOST_KEPT = 6000
"""Characters of a basket in an address."""


class Basket:
    """Quantities by offer as they were typed, and what is wrong with them."""

    def __init__(self, sale: SaleSheet, typed: dict[UUID, str], order: Order | None = None) -> None:
        self.sale, self.typed = sale, typed
        self.order: Order | None = None
        self.standing: dict[UUID, int] = {}
        self.faults: dict[UUID, str] = {}
        self.frozen: set[UUID] = set()
        self.left: dict[UUID, int] = {}
        """What is left by a refusal's word, which is newer than a hint."""
        self.refusal = ""
        self.code = ""
        self.status = 200
        if order:
            self.stands_at(order)

    def stands_at(self, order: Order) -> None:
        """Take over the order that is being changed, as it is now."""
        self.order = order
        self.standing = {line.offer_id: line.quantity for line in order.lines}

    @property
    def touched(self) -> set[UUID]:
        """The offers whose fields are not as everybody sees them."""
        return {*self.typed, *self.standing, *self.faults, *self.frozen, *self.left}

    @property
    def told(self) -> list[tuple[UUID, str, str]]:
        """Each fault with its offer's id and name, in the order of the sheet."""
        return [
            (one.offer_id, one.name, self.faults[one.offer_id])
            for one in self.sale.lines
            if one.offer_id in self.faults
        ]

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """Where what was typed is not what is ordered: name, ordered, typed."""
        found = self.differing
        lines = [(one, *found[one.offer_id]) for one in self.sale.lines if one.offer_id in found]
        return [(one.name, formats.quantity(a, one.unit), formats.quantity(b, one.unit)) for one, a, b in lines]

    @property
    def differing(self) -> dict[UUID, tuple[int, int]]:
        """The same by offer, once the order has changed under somebody's hands."""
        if self.code != "order-changed":
            return {}
        wanted = {wish.offer_id: wish.quantity for wish in self.wishes()}
        pairs = {offer: (self.standing.get(offer, 0), wanted.get(offer, 0)) for offer in self.typed}
        return {offer: pair for offer, pair in pairs.items() if pair[0] != pair[1]}

    def wishes(self) -> list[Wish]:
        """What is wanted: everything above nothing, and what stands and is to go."""
        wishes: list[Wish] = []
        for line in self.sale.lines:
            quantity = self._quantity(line)
            if quantity or (quantity == 0 and line.offer_id in self.standing and line.offer_id in self.typed):
                wishes.append(Wish.model_construct(offer_id=line.offer_id, quantity=quantity))
        return wishes

    def send(self, command: type[Command], wishes: list[Wish], **fixed: Any) -> Order | None:
        """Ask for it; nothing when it is to be shown again with what is wrong."""
        try:
            session.require_csrf()
            if self.faults:
                raise Malformed("malformed", "Some quantities are not as they must be.")
            asked = [wish.model_dump() for wish in wishes]
            answer = asking.ask(command.model_validate({**fixed, "lines": asked}))
        except HalleError as error:
            self._take(error, wishes)
            return None
        if isinstance(answer, Refused):
            self._refuse(answer.code, answer.details, problems.REFUSED.get(answer.code, 409))
            return None
        ordered: Order = answer
        return ordered

    def say(self, code: str, text: str, status: int = 400) -> None:
        """Show the basket again with a sentence about the whole."""
        self.code, self.refusal, self.status = code, text, status

    def _quantity(self, line: SheetLine) -> int | None:
        text = self.typed.get(line.offer_id, "")
        try:
            quantity = numbers.measured(text, line.unit) if text else 0
        except ValueError:
            quantity = -1
        if 0 <= quantity <= 1_000_000:
            return quantity
        self.faults[line.offer_id] = sentences.of_field("quantity", "number")
        return None

    def _take(self, error: HalleError, wishes: list[Wish]) -> None:
        ours = isinstance(error, Malformed | Conflict | NotAllowed) and error.code != "sign-in"
        if isinstance(error, Unavailable) or not ours:
            raise error
        for fault in error.details.get("fields", []):
            self._blame(fault, wishes)
        self._refuse(error.code, error.details, error.status)

    def _blame(self, fault: dict[str, str], wishes: list[Wish]) -> None:
        parts = fault["field"].split(".")
        if len(parts) < 2 or not parts[1].isdecimal() or int(parts[1]) >= len(wishes):
            return
        line = next(one for one in self.sale.lines if one.offer_id == wishes[int(parts[1])].offer_id)
        limits = {name: getattr(line, name) for name in ("minimum", "maximum", "step")}
        shown = {name: formats.quantity(number, line.unit) for name, number in limits.items() if number is not None}
        self.faults[line.offer_id] = sentences.of_field("quantity", fault["code"], shown)

    def _refuse(self, code: str, details: dict[str, Any], status: int) -> None:
        if code == "sold-out":
            self._short(details)
        if code == "order-changed" and "order" in details:
            self.stands_at(Order.model_validate(details["order"]))
        if code == "line-closed":
            closed = [UUID(line["offer_id"]) for line in details["lines"]]
            self.frozen |= set(closed)
            self.faults |= dict.fromkeys(closed, sentences.of_field("quantity", code))
        if code in ("mark-expired", "price-raised", "price-asked"):
            self.faults |= {UUID(one["offer_id"]): sentences.of_field("quantity", code) for one in details["lines"]}
        if code == "window-closed":
            details = {"closes_at": formats.moment(self.sale.closes_at, self.sale.time_zone)}
        self.say(code, sentences.of_refusal(code, details, status), status)

    def _short(self, details: dict[str, Any]) -> None:
        """Say at each line what is left of it, where that is less than what is wanted."""
        of_offer = {line.offer_id: line for line in self.sale.lines}
        for line in details["lines"]:
            offer, left, unit = UUID(line["offer_id"]), int(line["left"]), Unit(line["unit"])
            self.left[offer] = left
            more = (self._quantity(of_offer[offer]) or 0) - self.standing.get(offer, 0) if offer in of_offer else 1
            if left < more:
                self.faults[offer] = _short(left, unit, self.standing.get(offer, 0))


def typed(sale: SaleSheet) -> dict[UUID, str]:
    """The quantities of the form in hand; a field that it has not is not in it."""
    fields = {line.offer_id: f"{FIELD}{line.offer_id}" for line in sale.lines}
    return {offer: request.form[name].strip()[:20] for offer, name in fields.items() if name in request.form}


def by_sheet() -> dict[str, str]:
    """By which version of the sheet the form in hand was filled in: nobody pays more than it showed."""
    version = request.form.get("sheet_version", "")
    return {"sheet_version": version} if version.isdecimal() else {}


def looked_at_again(shown: Shown, basket: Basket) -> Shown:
    """The sheet as it is now, where a basket was refused because a price on it has risen."""
    if basket.code != "price-raised":
        return shown
    reception().sheets.drop(str(basket.sale.distribution_id))
    fresh = reception().sheets.of(str(basket.sale.distribution_id))
    basket.sale = fresh.model
    return fresh


def kept() -> str:
    """The quantities of the form in hand in an address, for somebody who has to sign in first."""
    typed = ((name[-8:], text.strip()) for name, text in request.form.items() if name.startswith(FIELD))
    return "~".join(f"{offer}_{text}" for offer, text in typed if _is_plain(text))[:MOST_KEPT]


def typed_before(sale: SaleSheet, kept: str) -> dict[UUID, str]:
    """The quantities of an address."""
    pairs = dict(pair.split("_", 1) for pair in kept[:MOST_KEPT].split("~") if "_" in pair)
    return {one.offer_id: pairs[one.offer_id.hex[-8:]][:12] for one in sale.lines if one.offer_id.hex[-8:] in pairs}


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= 12 and text.replace(",", ".").replace(".", "", 1).isdecimal()


def _short(left: int, unit: Unit, standing: int) -> str:
    if left == 0 and not standing:
        return _("Il n’en reste plus.")
    if standing:
        return _("Il en reste %(left)s en plus de ce que vous avez.", left=formats.quantity(left, unit))
    return _("Il en reste %(left)s.", left=formats.quantity(left, unit))
