"""How much is asked in a rehearsal: about fifty requests a second, orders, changes and cancellations."""

THREADS, RATE = 8, 55
"""Buyers, and what they try for in a second: some of it goes into waiting."""
