"""Writes one paper: in its language, in the time of its market, chilled goods apart from the others."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from contracts.lists import ListTotal
from contracts.lots import Lot
from contracts.orders import DistributionState, DroppedLine, OrderLine, OrderState, SaleSheet
from contracts.slots import Slot
from gateway import writing
from gateway.catalogues import N_, catalogue
from gateway.printing.papers import Paper

AMBIENT = "ambient"
MAY_CHANGE = N_("Les commandes sont encore ouvertes, jusqu’au %(when)s : cette liste peut encore changer.")
_CHILLED = {"chilled": N_("au frais"), "frozen": N_("surgelé")}
_STATES = {
    OrderState.HANDED_OVER: N_("remise"), OrderState.ABSENT: N_("non retirée"), OrderState.CANCELLED: N_("annulée"),
}  # fmt: skip
Words = dict[str, Any]
Goods = TypeVar("Goods", ListTotal, OrderLine)
Part = tuple[str, str]
"""How much, and of what."""


class Voice:
    """Texts in one language."""

    def __init__(self, language: str) -> None:
        self._catalogue = catalogue(language)
        self.language = language

    def text(self, message: str, **values: object) -> str:
        """A text in the language of the paper."""
        text = self._catalogue.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, several: str, count: int) -> str:
        """The same of so many."""
        return self._catalogue.ngettext(one, several, count) % {"count": count}


class Pen(Voice):
    """What is written is text already; a template only puts it in its place."""

    def __init__(self, paper: Paper, sale: SaleSheet) -> None:
        super().__init__(paper.language)
        self._sale = sale
        self.paper = paper

    def heading(self, title: str, while_open: str = MAY_CHANGE) -> Words:
        """What stands on every sheet: which paper of which sale this is, and when it was printed."""
        sale, zone = self._sale, self._sale.time_zone
        printed = writing.short_moment(self.paper.printed_at, zone, self.language)
        return {
            "title": title,
            "language": self.language,
            "market": sale.market_name,
            "when": writing.span(sale.starts_at, sale.ends_at, zone, self.language),
            "where": f"{sale.venue_name}, {sale.venue_address}",
            "printed": self.text(N_("imprimé %(when)s"), when=printed),
            "notice": self._notice(while_open) if sale.state is DistributionState.OPEN else "",
        }

    def money(self, cents: int) -> str:
        """An amount."""
        return writing.money(cents, self._sale.currency, self.language)

    def part(self, quantity: int, it: ListTotal | OrderLine | DroppedLine) -> Part:
        """So much of a product."""
        return writing.quantity(quantity, it.unit, self.language), it.name

    def lotted(self, quantity: int, it: ListTotal | OrderLine, lots: list[Lot]) -> Part:
        """So much of a product, and the lots from which it comes."""
        much, what = self.part(quantity, it)
        named = [self._lot(one) for one in lots]
        return much, f"{what} – {self.text(N_('lot %(lot)s'), lot=', '.join(named))}" if named else what

    def _lot(self, lot: Lot) -> str:
        if lot.use_by is None:
            return lot.number
        until = self.text(N_("à consommer jusqu’au %(day)s"), day=writing.calendar_day(lot.use_by, self.language))
        return f"{lot.number} ({until})"

    def shelves(self, goods: Iterable[tuple[int, Goods]]) -> list[tuple[str, list[Part]]]:
        """Parts by the cold that they need, under its name."""
        return [(self.cold(one), [self.part(*it) for it in those]) for one, those in by_storage(goods)]

    def cold(self, storage: str) -> str:
        """The name of a cold; nothing for what needs none."""
        return self.text(_CHILLED[storage]) if storage in _CHILLED else ""

    def state(self, state: OrderState) -> str:
        """What became of an order; nothing of one that is still to be handed over."""
        return self.text(_STATES[state]) if state in _STATES else ""

    def name(self, name: str) -> str:
        """A name, or that there is none."""
        return name or self.text(N_("(sans nom)"))

    def day(self, on: date) -> str:
        """A day without an hour."""
        return writing.calendar_day(on, self.language)

    def moment(self, at: datetime) -> str:
        """A moment, at the place of the market."""
        return writing.moment(at, self._sale.time_zone, self.language)

    def slot(self, slot: Slot | None) -> str:
        """In which an order is fetched; nothing in a sale without slots."""
        if slot is None:
            return self.text(N_("sans créneau")) if self._sale.slots else ""
        return writing.slot(slot, self.language)

    def _notice(self, message: str) -> str:
        return self.text(message, when=self.moment(self._sale.closes_at))


def by_storage(goods: Iterable[tuple[int, Goods]]) -> list[tuple[str, list[tuple[int, Goods]]]]:
    """Goods that need no cold first; those of which there is nothing are left out."""
    found: dict[str, list[tuple[int, Goods]]] = {}
    for quantity, it in goods:
        if quantity:
            found.setdefault(it.storage if it.storage in _CHILLED else AMBIENT, []).append((quantity, it))
    return [(storage, found[storage]) for storage in (AMBIENT, *_CHILLED) if storage in found]
