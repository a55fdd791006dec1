"""Pages for people: server-rendered, in French and English, working without script.

Each asks services and shows what they say; what is allowed is never decided here.
"""

from flask import Flask

from gateway import problems
from gateway.pages import (
    accountants,
    accounts,
    affairs,
    approvals,
    books,
    branding,
    buyers,
    cancelling,
    choosing,
    corrections,
    counter,
    day,
    distributions,
    dressing,
    embedding,
    entrusted,
    expiring,
    farms,
    faults,
    home,
    households,
    imports,
    languages,
    late_orders,
    lists,
    loans,
    logos,
    lots,
    mandates,
    markets,
    marks,
    mediation,
    offers,
    open_data,
    orders,
    organising,
    presence,
    products,
    publicity,
    raising,
    receipts,
    saying,
    sessions,
    shifting,
    shop,
    team,
    tills,
    trail,
    vat,
    venues,
    withdrawing,
    yearly,
)
from gateway.pages.site import pages

PARTS = (
    home, markets, shop, orders, accounts, sessions, farms, products, imports, offers, lists, organising,
    distributions, day, counter, corrections, presence, cancelling, marks, expiring, tills, books, receipts, mandates,
    entrusted, publicity, open_data, embedding, yearly, affairs, approvals, branding, withdrawing, mediation, lots,
    accountants, team, late_orders, trail, vat, venues, loans, raising, shifting, logos, choosing, saying,
    households, buyers,
)  # fmt: skip
"""Each adds its routes to the one blueprint when it is imported."""


def register(app: Flask) -> None:
    """Add the pages to an application, and let them show its faults."""
    dressing.dress(app)
    app.before_request(languages.choose)
    app.register_blueprint(pages)
    app.extensions[problems.ERROR_PAGE] = faults.page
