"""A farm's products: listed, added, written anew, archived."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.errors import NotFound
from contracts.products import (
    AddProduct,
    ArchiveProduct,
    ChangeProduct,
    DropVatRate,
    ListProducts,
    Product,
    WriteVatRate,
)
from gateway import asking
from gateway.pages import numbers
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form, written
from gateway.pages.photographs import allow_photo, take_photo
from gateway.pages.shelves import LARGE_ORIGIN
from gateway.pages.site import go, pages, show

PAGE = 100
PRODUCT = "/farms/<uuid:producer_id>/products/<uuid:product_id>"
READERS: dict[str, Any] = {
    "price_cents": numbers.cents,
    "alcohol_basis_points": numbers.basis_points,
    "vat_basis_points": int,
    **dict.fromkeys(
        ("estimated_grams", "tolerance_percent", "derogation_km", "derogation_kg"), lambda text: numbers.exact(text, 1)
    ),
}
_USUAL = {"unit": "piece", "vat_basis_points": 550, "category": "vegetables", "tolerance_percent": 10}
"""How the form of a new product begins, besides its origin: farms sell what is their own."""


@pages.get("/farms/<uuid:producer_id>/products")
def products(producer_id: UUID) -> Response:
    """A page of them."""
    farm = own_farm(producer_id)
    archived = "archived" in request.args
    after = request.args.get("after", type=UUID)
    asked = ListProducts(producer_id=producer_id, archived=archived, after=after, limit=PAGE)
    found: list[Product] = asking.ask(asked)
    following = found[-1].product_id if len(found) == PAGE else None
    words: dict[str, Any] = {"following": following, "archived": archived, "needs_origin": LARGE_ORIGIN}
    return show("products.html", farm=farm, products=found, **words)


@pages.route("/farms/<uuid:producer_id>/products/new", methods=["GET", "POST"])
def add_product(producer_id: UUID) -> Response:
    """Add one."""
    farm = own_farm(producer_id)
    allow_photo()
    form = Form(AddProduct, _USUAL | {"origin": farm.town}, **READERS)
    take_photo(form, producer_id)
    if form.send(producer_id=producer_id):
        return go("product_offers", "added", producer_id=producer_id, product_id=form.answer.product_id)
    return show("product_form.html", form.status, farm=farm, form=form, product=None)


@pages.route(PRODUCT, methods=["GET", "POST"])
def edit_product(producer_id: UUID, product_id: UUID) -> Response:
    """Write one anew, for the next sales."""
    allow_photo()
    farm = own_farm(producer_id)
    product = own_product(producer_id, product_id)
    form = Form(ChangeProduct, _shown(product), **READERS)
    take_photo(form, producer_id)
    if form.send(product_id=product_id):
        return go("products", "saved", producer_id=producer_id)
    return show("product_form.html", form.status, farm=farm, form=form, product=product, rate=Form(WriteVatRate))


@pages.post(f"{PRODUCT}/vat-rates")
def write_vat_rate(producer_id: UUID, product_id: UUID) -> Response:
    """Say which VAT rate one has from a day on."""
    return _rate(producer_id, product_id, Form(WriteVatRate, rate=int))


@pages.post(f"{PRODUCT}/vat-rates/<begins_on>/drop")
def drop_vat_rate(producer_id: UUID, product_id: UUID, begins_on: str) -> Response:
    """Say that its rate does not change on that day."""
    return _rate(producer_id, product_id, Form(DropVatRate), begins_on=begins_on)


@pages.route(f"{PRODUCT}/archive", methods=["GET", "POST"])
def archive_product(producer_id: UUID, product_id: UUID) -> Response:
    """Take one off sale everywhere, once that is meant."""
    farm = own_farm(producer_id)
    form = Form(ArchiveProduct)
    if form.send(product_id=product_id):
        return go("products", "archived", producer_id=producer_id)
    product = own_product(producer_id, product_id)
    return show("product_archive.html", form.status, farm=farm, form=form, product=product)


def own_product(producer_id: UUID, product_id: UUID) -> Product:
    """One of a farm's products."""
    for product in all_products(producer_id):
        if product.product_id == product_id:
            return product
    raise NotFound("no-such-product", "This farm has no such product.")


def all_products(producer_id: UUID) -> Iterator[Product]:
    """Every living product of a farm, page by page."""
    return asking.every(ListProducts(producer_id=producer_id, limit=PAGE), "product_id")


def _rate(producer_id: UUID, product_id: UUID, form: Form, **fixed: str) -> Response:
    """Send a rate; what is refused is shown alone, for the product's own form was not sent."""
    farm = own_farm(producer_id)
    if form.send(product_id=product_id, **fixed):
        return go("edit_product", "saved", producer_id=producer_id, product_id=product_id)
    product = own_product(producer_id, product_id)
    return show("product_rates.html", form.status, farm=farm, form=form, product=product)


def _shown(product: Product) -> dict[str, Any]:
    alcohol = numbers.typed(product.alcohol_basis_points, 100) if product.alcohol_basis_points else ""
    price = numbers.typed(product.price_cents, 100)
    return written(product, price_cents=price, alcohol_basis_points=alcohol)
