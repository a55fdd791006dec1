"""Owns markets, venues, farms, products and offers; plans distributions; publishes the sale sheet.

Never interprets baskets, cards or e-mail addresses. Once open, a distribution belongs to orders.
"""
