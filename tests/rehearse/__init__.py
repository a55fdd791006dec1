"""`./halle rehearse NAME`: what befalls an instance once in years, while people order; then the table of chaos.

Each rehearsal is one module: at least fifty requests a second, the event, settling. What must hold, chaos counts.
"""
