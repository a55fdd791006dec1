"""Products are imported from a CSV file: the good lines at once, the others told.

Everything is written in a handful of statements, for somebody waits: 2 000 lines take about a second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection

from contracts.catalog import StockMode
from contracts.messages import Refused
from contracts.products import (
    Fault,
    ImportLine,
    ImportProducts,
    ImportReport,
    PreviewProducts,
    ProductDetails,
)
from services.catalog import product_csv, rules
from services.catalog.actions.affairs import today_at_home
from services.catalog.actions.marks import Marks
from services.catalog.actions.products import NOT_ADMITTED, is_admitted, product_row
from services.catalog.actions.refusals import mine
from services.catalog.actions.vat_rates import VatRates
from services.catalog.store import imports as store
from services.catalog.store import producers, vat_rates

DETAILS = frozenset(ProductDetails.model_fields)


class Known:
    """The products of a farm, as the lines of a file find them again."""

    def __init__(self, tx: Connection, producer_id: UUID) -> None:
        rows = store.known(tx, producer_id)
        self._rates = VatRates(tx, (row.product_id for row in rows))
        self._by_ref = {row.ref: row for row in rows if row.ref}
        self._by_name = {rules.fold(row.name): row for row in rows if not row.ref}

    def meant(self, ref: str | None, name: str) -> Any:
        """The row of the product that a line means, if there is one."""
        return self._by_ref.get(ref) if ref else self._by_name.get(rules.fold(name))

    def details(self, row: Any) -> dict[str, Any]:
        """What is written of it, with the VAT rate of today."""
        shown = self._rates.shown(row)
        return {key: shown[key] for key in DETAILS}


@dataclass
class Judged:
    """A row of the file, the product that it means (`known` by its id or new), and the report's line."""

    row: product_csv.Row
    known: UUID | None
    product: ProductDetails | None
    line: ImportLine


def preview(tx: Connection, wanted: PreviewProducts, asker: UUID) -> ImportReport | Refused:
    """What an import of this file would do."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    try:
        file, rows = product_csv.read(wanted.text)
    except product_csv.Unreadable as refusal:
        return Refused(code=refusal.args[0], message=refusal.args[1])
    return _report(file, _judge(file, rows, Known(tx, wanted.producer_id)))


def import_products(
    tx: Connection, wanted: ImportProducts, asker: UUID, new_id: Callable[[], UUID]
) -> ImportReport | Refused:
    """Write what is good in this file; offer it at a market if one is named."""
    farm = mine(producers.load(tx, wanted.producer_id, asker), "producer")
    try:
        file, rows = product_csv.read(wanted.text)
    except product_csv.Unreadable as refusal:
        return Refused(code=refusal.args[0], message=refusal.args[1])
    if wanted.market_id and not is_admitted(tx, wanted.market_id, wanted.producer_id, asker):
        return NOT_ADMITTED
    store.lock_farm(tx, wanted.producer_id)
    judged = _judge(file, rows, Known(tx, wanted.producer_id))
    _write(tx, judged, wanted.producer_id, farm.farm_name, new_id)
    if wanted.market_id:
        _offer(tx, judged, wanted.producer_id, wanted.market_id, new_id)
    return _report(file, judged)


def _judge(file: product_csv.File, rows: list[product_csv.Row], farm: Known) -> list[Judged]:
    """Each row against the farm's products and the rows before it."""
    seen: set[str] = set()
    return [_judged(row, farm, seen, file.dialect) for row in rows]


def _judged(row: product_csv.Row, farm: Known, seen: set[str], dialect: str) -> Judged:
    ref, name = row.fields.get("ref"), str(row.fields.get("name", ""))
    known = farm.meant(ref, name)
    before = farm.details(known) if known else {}
    product, faults = _product(before | row.fields)
    if product and known and known.on_sale and (fault := rules.sold_fault(known.unit, known.pricing, product)):
        faults = [*faults, fault]
    faults = _told(row.faults, faults, dialect)
    key = f"ref {ref}" if ref else f"name {rules.fold(name)}"
    if key in seen and not faults:
        faults = [Fault(field="ref" if ref else "name", code="twice", message="A line above is it.")]
    seen.add(key)
    line = ImportLine(
        line=row.line,
        outcome="faulty" if faults else _outcome(row, known, before, product),
        name=name[:120],
        ref=ref,
        faults=faults,
        warnings=row.warnings,
        product=None if faults else product,
        product_id=known.id if known else None,
        stock=row.stock,
    )
    return Judged(row, known.id if known else None, line.product, line)


def _told(of_row: list[Fault], of_product: list[Fault], dialect: str) -> list[Fault]:
    """All faults once, by the columns of the file."""
    told = {fault.field for fault in of_row}
    if "line" in told:
        return of_row
    columns = product_csv.COLUMNS[dialect]
    named = [f.model_copy(update={"field": columns.get(f.field, f.field)}) for f in of_product]
    return of_row + [fault for fault in named if fault.field not in told]


def _outcome(
    row: product_csv.Row, known: Any, before: dict[str, Any], product: ProductDetails | None
) -> Literal["new", "changed", "same"]:
    if known is None:
        return "new"
    stays = row.stock in (None, known.shared_stock) and known.archived_at is None
    return "same" if stays and ProductDetails.model_validate(before) == product else "changed"


def _product(fields: dict[str, Any]) -> tuple[ProductDetails | None, list[Fault]]:
    try:
        product = ProductDetails.model_validate(fields)
    except ValidationError as error:
        return None, [Fault(field=str(e["loc"][0]), code=e["type"], message=e["msg"]) for e in error.errors()]
    fault = rules.product_fault(product)
    return product, [fault] if fault else []


def _write(
    tx: Connection,
    judged: list[Judged],
    producer_id: UUID,
    farm_name: str,
    new_id: Callable[[], UUID],
) -> None:
    """New products in one statement, changed ones in another, then the words of their offers."""
    new, changed = [], []
    marks = Marks(tx, [producer_id])
    for one in judged:
        if one.product is None or one.line.outcome == "same":
            continue
        product_id = one.known or new_id()
        words = product_row(one.product, farm_name, marks.of(producer_id, product_id))
        row = words | {"shared_stock": one.row.stock, "id": product_id}
        if one.known:
            changed.append(row)
        else:
            new.append(row | {"producer_id": producer_id})
        one.known = product_id
        one.line = one.line.model_copy(update={"product_id": product_id})
    store.add_all(tx, new)
    store.change_all(tx, changed)
    vat_rates.overwrite(tx, (row["id"] for row in changed), today_at_home(tx))


def _offer(
    tx: Connection,
    judged: list[Judged],
    producer_id: UUID,
    market_id: UUID,
    new_id: Callable[[], UUID],
) -> None:
    """What has a price is on sale at the market, at that price."""
    on_sale, shared = store.offers_at(tx, market_id, producer_id), store.shared(tx, producer_id)
    new, changed = [], []
    for one in judged:
        if one.product is None or one.known is None:
            continue
        if one.product.price_cents is None:
            note = Fault(field="price", code="no-price", message="Not offered: it has no price.")
            one.line = one.line.model_copy(update={"warnings": [*one.line.warnings, note]})
        elif one.known in on_sale:
            changed.append({"id": on_sale[one.known], "price_cents": one.product.price_cents})
        else:
            mode = StockMode.SHARED if one.row.stock is not None or one.known in shared else StockMode.UNLIMITED
            new.append(_terms(one, producer_id, market_id) | {"id": new_id(), "stock_mode": mode})
    store.offer_all(tx, new)
    store.price_all(tx, changed)


def _terms(one: Judged, producer_id: UUID, market_id: UUID) -> dict[str, Any]:
    if one.product is None:
        raise AssertionError("a faulty line is not offered")
    return {
        "market_id": market_id,
        "producer_id": producer_id,
        "product_id": one.known,
        "price_cents": one.product.price_cents,
        "minimum": one.row.step,
        "step": one.row.step,
    }


def _report(file: product_csv.File, judged: list[Judged]) -> ImportReport:
    lines = [one.line for one in judged]
    faulty = sum(line.outcome == "faulty" for line in lines)
    return ImportReport(
        dialect=file.dialect,
        separator=file.separator,
        lines=lines,
        good=len(lines) - faulty,
        faulty=faulty,
    )
