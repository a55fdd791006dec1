"""The gateway: HTTP in, questions out. Parses, asks, renders; has no rules and no database.

Asks services by `bus.asking`, hears hints by `listening`; never patched by eventlet.
"""
