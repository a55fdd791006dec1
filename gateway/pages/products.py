"""A farm's products: listed, added, written anew, archived."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.errors import NotFound
from contracts.products import AddProduct, ArchiveProduct, ChangeProduct, ListProducts, Product
from gateway import asking
from gateway.pages import numbers
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form, written
from gateway.pages.photographs import allow_photo, take_photo
from gateway.pages.shelves import LARGE_ORIGIN
from gateway.pages.site import go, pages, show

PAGE = 100
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


@pages.route("/farms/<uuid:producer_id>/products/<uuid:product_id>", methods=["GET", "POST"])
def edit_product(producer_id: UUID, product_id: UUID) -> Response:
    """Write one anew, for the next sales."""
    allow_photo()
    farm = own_farm(producer_id)
    product = own_product(producer_id, product_id)
    form = Form(ChangeProduct, _shown(product), **READERS)
    take_photo(form, producer_id)
    if form.send(product_id=product_id):
        return go("products", "saved", producer_id=producer_id)
    return show("product_form.html", form.status, farm=farm, form=form, product=product)


@pages.route("/farms/<uuid:producer_id>/products/<uuid:product_id>/archive", methods=["GET", "POST"])
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


def _shown(product: Product) -> dict[str, Any]:
    alcohol = numbers.typed(product.alcohol_basis_points, 100) if product.alcohol_basis_points else ""
    price = numbers.typed(product.price_cents, 100)
    return written(product, price_cents=price, alcohol_basis_points=alcohol)
