"""The markets, farms and towns that a deed on a grant, a membership or a consent is about: for the audit trail."""

OBJECTS = (
    "select object_id from grants where grant_id = any(:grant_id)",
    "select p.market_id from grants g join plans p on p.distribution_id = g.object_id"
    " where g.grant_id = any(:grant_id)",
    "select market_id from memberships where membership_id = any(:membership_id)",
    "select town_id from consents where consent_id = any(:consent_id)",
)
