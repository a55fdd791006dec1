"""The markets and farms that a deed on money is about: for the audit trail."""

OBJECTS = (
    "select market_id from sales where distribution_id = any(:distribution_id)",
    """
    select s.market_id from orders o join sales s on s.distribution_id = o.distribution_id
    where o.order_id = any(:order_id)
    """,
    "select producer_id from tills where till_id = any(:till_id)",
    "select producer_id from movements where movement_id = any(:movement_id)",
)
