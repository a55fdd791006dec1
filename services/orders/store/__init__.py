"""Orders' tables; the statements on them stand in the modules beside, by what is acted on.

A line's snapshot is a row of `snapshots` that never changes: an order's line points at the one it was ordered from, so
that a later edit changes no past order. `stocks.left_` is what may still be sold; `null` stock means unlimited.
A slot is taken before stock, and so before its order is written: that it is there is seen to at the commit.
"""

from services.orders.store.later_tables import (
    cancellations,
    drop_outs,
    dropped_lines,
    expired_marks,
    group_messages,
    late_lines,
    lots,
    lowered_prices,
    order_lots,
    presences,
    raised_prices,
    recall_notices,
    shifts,
    withdrawals,
)
from services.orders.store.tables import (
    acts_on_behalf,
    consents,
    distributions,
    memberships,
    metadata,
    order_lines,
    order_slots,
    orders,
    people,
    preparation_lists,
    sheet_lines,
    slots,
    snapshots,
    stock_moves,
    stocks,
)

__all__ = [
    "acts_on_behalf",
    "cancellations",
    "consents",
    "distributions",
    "drop_outs",
    "dropped_lines",
    "expired_marks",
    "group_messages",
    "late_lines",
    "lots",
    "lowered_prices",
    "memberships",
    "metadata",
    "order_lines",
    "order_lots",
    "order_slots",
    "orders",
    "people",
    "preparation_lists",
    "presences",
    "raised_prices",
    "recall_notices",
    "sheet_lines",
    "shifts",
    "slots",
    "snapshots",
    "stock_moves",
    "stocks",
    "withdrawals",
]
