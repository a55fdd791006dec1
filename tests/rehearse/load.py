"""How much is asked in a rehearsal: at least fifty requests a second, orders, changes and cancellations."""

THREADS, RATE = 24, 120
"""Buyers, and what they try for in a second: some of it goes into waiting, and into the time when nobody answers."""
