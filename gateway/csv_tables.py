"""Lists as tables for spreadsheets: UTF-8 with a byte order mark, `;`, and French commas.

A cell that a spreadsheet would run as a formula is kept from it by an apostrophe.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.buyers import Buyers
from contracts.day import TelephoneRow
from contracts.lists import HandoverRow, PreparationList
from contracts.lots import LotRow, LotTrace
from contracts.money import Unit
from contracts.orders import OrderState, fee_due
from contracts.tills import Tills
from contracts.vat import Taxed, VatList
from contracts.yearly import Distances, FarmsSold, MarketYear, Sold
from gateway import writing

TYPE = "text/csv; charset=utf-8"
HEADINGS = {
    "fr": {
        "number": "N°", "code": "Code", "name": "Nom", "recipient": "Pour", "state": "État",
        "producer": "Producteur", "product": "Produit", "quantity": "Quantité", "unit": "Unité",
        "amount": "Montant", "total": "Total", "order total": "Total commande", "slot": "Créneau",
        "placed": "à remettre", "handed_over": "remise", "absent": "non retirée", "cancelled": "annulée",
        "shifted": "décalée", "fee": "Participation aux frais",
        "piece": "pièce", "short": "Manque", "phone": "Téléphone", "owed": "Total à payer",
        "to confirm": "Prix à confirmer",
        "distribution": "Distribution", "date": "Date", "use by": "À consommer jusqu’au", "certain": "Certain",
        "by mail": "Par mail", "told": "Prévenu le", "yes": "oui", "no": "non",
        "till": "Caisse", "reference": "Référence",
        "part": "Partie", "what": "Quoi", "households": "Foyers", "orders": "Commandes", "distance": "Distance (km)",
        "year": "année", "month": "mois", "farm": "ferme", "quality": "label",
        "market": "Marché", "rate": "Taux (%)", "base": "Hors taxe", "vat": "TVA", "currency": "Monnaie",
        "final": "Comptes clos",
        "organic": "bio (AB)", "other_mark": "autre label", "no_mark": "sans label",
    },
    "en": {
        "piece": "piece", "placed": "to hand over", "handed_over": "handed over",
        "rate": "Rate (%)", "base": "Excl. VAT", "vat": "VAT", "final": "Books closed",
        "year": "year", "month": "month", "farm": "farm", "quality": "mark", "distance": "Distance (km)",
        "organic": "organic (AB)", "other_mark": "other mark", "no_mark": "no mark",
    },
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


def preparation(found: PreparationList, language: str) -> bytes:
    """One row for each order, one column for each product, the totals last."""
    say = _words(language)
    products = [f"{one.name} ({_unit(one.unit, language)})" for one in found.totals]
    head: list[Cell] = [say("number"), say("code"), say("name"), *products]
    rows: list[list[Cell]] = []
    for order in found.orders:
        pairs = zip(order.quantities, found.totals, strict=True)
        amounts = [_quantity(number, total.unit, language) for number, total in pairs]
        rows.append([order.number, order.code, order.name, *amounts])
    sums = [_quantity(one.quantity, one.unit, language) for one in found.totals]
    return _table([head, *rows, [say("total"), "", "", *sums]])


def handover(found: Sequence[HandoverRow], language: str) -> bytes:
    """One row for each line of each order."""
    say = _words(language)
    columns = ["number", "code", "name", "recipient", "state", "producer", "product", "quantity", "unit", "amount"]
    rows: list[list[Cell]] = [[*map(say, columns), say("order total"), say("short"), say("slot")]]
    for order in found:
        slot = writing.slot(order.slot, language) if order.slot else ""
        whose = [order.number, order.code, order.name, order.recipient, say(order.state)]
        for line in order.lines:
            what = [line.producer_name, line.name, _quantity(line.quantity, line.unit, language)]
            amounts = [_money(line.amount_cents, language), _money(order.total_cents, language)]
            short = _quantity(line.short, line.unit, language) if line.short else ""
            rows.append([*whose, *what, _unit(line.unit, language), *amounts, short, slot])
        if order.fee:
            amounts = [_money(cents, language) for cents in (fee_due(order.fee, order.lines), order.total_cents)]
            rows.append([*whose, order.fee.payee, say("fee"), "", "", *amounts, "", slot])
    return _table(rows)


def telephone(found: Sequence[TelephoneRow], language: str) -> bytes:
    """One row for each line that is short, dropped or asked to cost more, or one for an order that was called off."""
    say = _words(language)
    columns = ["number", "code", "name", "recipient", "phone", "producer", "product", "short", "unit", "owed"]
    rows: list[list[Cell]] = [list(map(say, [*columns, "to confirm"]))]
    for row in found:
        whose = [row.number, row.code, row.name, row.recipient, _telephone(row.phone)]
        missing = [(line, line.short) for line in row.short] + [(line, line.quantity) for line in row.dropped]
        if not missing and not row.asked:
            why = "shifted" if row.shifted else row.state
            rows.append([*whose, "", say(why), "", "", _owed(row, language), ""])
        for line, much in missing:
            what = [line.producer_name, line.name, _quantity(much, line.unit, language), _unit(line.unit, language)]
            rows.append([*whose, *what, _owed(row, language), ""])
        for line in row.asked:
            what = [line.producer_name, line.name, "", _unit(line.unit, language)]
            rows.append([*whose, *what, _owed(row, language), _money(line.asked_cents or 0, language)])
    return _table(rows)


def buyers(found: Buyers, language: str) -> bytes:
    """One row for each person who ordered and has no e-mail."""
    say = _words(language)
    rows: list[list[Cell]] = [[say("name"), say("phone"), say("orders")]]
    rows += [[one.name, _telephone(one.phone), ", ".join(one.orders)] for one in found.to_call]
    return _table(rows)


def cheques(found: Tills, language: str) -> bytes:
    """One row for each cheque of each till, for the bank."""
    say = _words(language)
    rows: list[list[Cell]] = [list(map(say, ["till", "number", "reference", "amount"]))]
    for till in found.tills:
        rows += [[till.holder, one.number, one.reference, _money(one.amount_cents, language)] for one in till.cheques]
    total = sum(one.amount_cents for till in found.tills for one in till.cheques)
    return _table([*rows, [say("total"), "", "", _money(total, language)]])


def yearly(year: MarketYear, distances: Distances, language: str) -> bytes:
    """One row for the year and one for each month, farm and quality of it; what is not told is empty."""
    say = _words(language)
    km = {one.producer_id: one.km for one in distances.farms}
    parts: list[tuple[str, str, Sold, float | None]] = [
        *(("month", ", ".join(map(str, it.months)), it, None) for it in year.months),
        *(("farm", ", ".join(one.name for one in it.farms), it, _alone(km, it)) for it in year.farms),
        *(("quality", ", ".join(map(say, it.qualities)), it, None) for it in year.qualities),
    ]
    rows: list[list[Cell]] = [list(map(say, ["part", "what", "households", "orders", "amount", "distance"]))]
    rows.append([say("year"), year.year, *_told(year, language), _kilometres(distances.mean_km, language)])
    rows += [[say(part), what, *_told(it, language), _kilometres(far, language)] for part, what, it, far in parts]
    return _table(rows)


def vat(found: VatList, language: str) -> bytes:
    """One row for each farm, market and rate, then one for each distribution and rate: the same amounts twice."""
    say = _words(language)
    columns = ["part", "date", "market", "producer", "rate", "base", "vat", "total", "currency", "orders", "final"]
    rows: list[list[Cell]] = [list(map(say, columns))]
    for farm in found.farms:
        amounts = _taxed(farm, language)
        rows.append([say("farm"), "", farm.market_name, farm.producer_name, *amounts, farm.currency, farm.orders, ""])
    for sale in found.sales:
        day = sale.starts_at.astimezone(ZoneInfo(sale.time_zone)).date().isoformat()
        final = say("yes" if sale.final else "no")
        amounts = _taxed(sale, language)
        rows.append([say("distribution"), day, sale.market_name, "", *amounts, sale.currency, "", final])
    return _table(rows)


def _taxed(it: Taxed, language: str) -> list[Cell]:
    rate = _comma(f"{it.vat_basis_points / 100:g}", language)
    return [rate, *(_money(cents, language) for cents in (it.base_cents, it.vat_cents, it.total_cents))]


def _alone(km: Mapping[UUID, float], it: FarmsSold) -> float | None:
    """How far away a farm is that is told alone."""
    return km.get(it.farms[0].producer_id) if len(it.farms) == 1 else None


def _told(it: Sold | MarketYear, language: str) -> list[Cell]:
    return [it.households, it.orders, None if it.amount_cents is None else _money(it.amount_cents, language)]


def _kilometres(km: float | None, language: str) -> Cell:
    return None if km is None else _comma(f"{km:.1f}", language)


def lot(found: LotTrace, language: str) -> bytes:
    """One row for each product of each order that got some of a lot, or may have."""
    say = _words(language)
    columns = ["distribution", "date", "number", "code", "name", "state", "product", "quantity", "unit", "use by"]
    rows: list[list[Cell]] = [list(map(say, [*columns, "certain", "by mail", "phone", "told"]))]
    for row in found.rows:
        whose = [row.market_name, _day(row.starts_at, row), row.number, row.code, row.name, say(row.state)]
        what = [row.product, _quantity(row.quantity, row.unit, language), _unit(row.unit, language)]
        use_by = row.use_by.isoformat() if row.use_by else ""
        known = [say("yes" if one else "no") for one in (row.is_certain, row.by_mail)]
        told = _day(row.recalled_at, row) if row.recalled_at else ""
        rows.append([*whose, *what, use_by, *known, _telephone(row.phone), told])
    return _table(rows)


def _day(at: datetime, row: LotRow) -> str:
    return at.astimezone(ZoneInfo(row.time_zone)).date().isoformat()


def _owed(row: TelephoneRow, language: str) -> str:
    return _money(0 if row.state is OrderState.CANCELLED else row.total_cents, language)


def _telephone(phone: str | None) -> str:
    """With `00` for `+`, which a spreadsheet would take for a formula."""
    return phone.replace("+", "00") if phone else ""


def plain(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows whose cells are as people read them already."""
    return _table(rows)


def _table(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _words(language: str) -> Callable[[str], str]:
    words = HEADINGS.get(language, HEADINGS["en"])
    return lambda word: words.get(word, word.capitalize())


def _unit(unit: Unit, language: str) -> str:
    return HEADINGS.get(language, HEADINGS["en"]).get(unit, str(unit))


def _quantity(number: int, unit: Unit, language: str) -> Cell:
    if unit is Unit.PIECE:
        return number
    whole, rest = divmod(number, 1000)
    return _comma(f"{whole}.{rest:03}".rstrip("0").rstrip("."), language)


def _money(cents: int, language: str) -> str:
    return _comma(f"{cents // 100}.{cents % 100:02}", language)


def _comma(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "fr" else number
