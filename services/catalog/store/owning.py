"""The markets that a deed on a plan is about, for the audit trail; other answers name their market or farm."""

OBJECTS = ("select market_id from distributions where id = any(:distribution_id)",)
