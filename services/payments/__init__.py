"""Payments owns the money: what is owed to whom, what was paid, by which means, in whose till.

It refuses to know what a carrot is: an order's amounts come from orders, and are never computed here.
"""
