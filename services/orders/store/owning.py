"""The markets, farms and towns that a deed on a sale or an order is about: for the audit trail.

A recall reaches orders of many sales: it is a deed of every market that its asker organises among them.
"""

OBJECTS = (
    "select market_id from distributions where id = any(:distribution_id)",
    "select d.market_id from orders o join distributions d on d.id = o.distribution_id where o.id = any(:order_id)",
    "select producer_id from sheet_lines where distribution_id = any(:distribution_id) and offer_id = any(:offer_id)",
    """
    select unnest(array[e.producer_id, d.market_id])
    from expired_marks e join distributions d on d.id = e.distribution_id where e.id = any(:expiry_id)
    """,
    "select town_id from consents where mediator_id = :asker and consumer_id = any(:on_behalf_of)",
    """
    select d.market_id from lots l join distributions d on d.id = l.distribution_id
      join grants g on g.object_id = d.market_id and g.person_id = :asker and g."right" = 'organise' and g.holds
    where :door = 'orders.recall_lot' and l.producer_id = any(:producer_id)
    """,
)
