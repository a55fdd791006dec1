"""`./halle demo`: an instance around Carpentras with its markets, farms, people and twelve weeks of sales.

Its places are real communes; people, farms, addresses and certificates are invented.
"""
