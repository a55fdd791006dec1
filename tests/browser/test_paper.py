"""Lists on paper: what an evening needs fits on few sheets, and its text can be read."""

import re
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from playwright.sync_api import Browser

from contracts.lists import HandoverRow, ReadHandoverList
from contracts.orders import OrderLine
from contracts.planning import ReadDistribution
from tests import cast
from tests.pages.conftest import FakeLine, app, bob, line, site
from tests.pages.test_pages import distribution

__all__ = ["app", "bob", "line", "site"]
CATALOGUE = [cast.line(f"Produit {number} de la ferme", producer_name=f"Ferme {number % 5}") for number in range(40)]


def basket(number: int) -> HandoverRow:
    """A basket of eight products from several farms."""
    goods = [CATALOGUE[(number * 7 + step * 3) % 40] for step in range(8)]
    fields = set(OrderLine.model_fields)
    lines = [OrderLine(quantity=2, amount_cents=520, **one.model_dump(include=fields)) for one in goods]
    name = f"Personne au nom assez long {number}"
    return HandoverRow(
        order_id=uuid4(), number=number, code="K7M2QX", name=name, recipient="", state="placed", total_cents=4160,
        lines=lines,
    )  # fmt: skip


def test_53_baskets_fit_on_four_sheets_of_a4(chromium: Browser, bob: FlaskClient, line: FakeLine) -> None:
    line.answers |= {ReadHandoverList: [basket(number) for number in range(1, 54)], ReadDistribution: distribution()}
    html = bob.get(f"/distributions/{UUID(int=1)}/handover-list").get_data(as_text=True)
    style = bob.get("/static/halle.css").get_data(as_text=True)
    page = chromium.new_page()
    page.set_content(re.sub(r"<(link|script)[^>]*>", "", html).replace("</head>", f"<style>{style}</style></head>"))
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))
    assert 1 < sheets <= 4
