"""What was sold in a period with the VAT inside it, by farm and by distribution."""

from sqlalchemy import Connection

from bus.doors import Call
from contracts.errors import NotFound
from contracts.vat import FarmVat, ReadVat, SaleVat, VatList
from services.orders.store import taxing as store


def read(tx: Connection, command: ReadVat, call: Call) -> VatList:
    """The VAT of a market, a farm or the instance."""
    about = command.market_id, command.producer_id
    if not store.may_read(tx, *about, call.asker.person_id):
        raise NotFound("no-such-figures", "There are no figures here that you may read.")
    rows = [dict(row._mapping) for row in store.read(tx, *about, command.from_on, command.to_on)]
    return VatList(
        farms=[FarmVat.model_validate(row) for row in rows if row["producer_id"]],
        sales=[SaleVat.model_validate(row) for row in rows if row["distribution_id"]],
    )
