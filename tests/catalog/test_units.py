"""A product's unit and pricing: prices, steps and stocks are in them, so they change once nothing is on sale."""

from typing import Any

import pytest

from contracts.errors import Malformed
from contracts.products import (
    ChangeProduct,
    ImportProducts,
    ListOffers,
    ListProducts,
    Product,
    ProductDetails,
    WithdrawOffer,
)
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer
from tests.catalog.test_import import outcomes

BY_THE_PIECE: list[dict[str, Any]] = [
    {"unit": "l"}, {"unit": "piece"}, {"unit": "piece", "pricing": "per_weight", "estimated_grams": 900}
]  # fmt: skip


def change(town: Town, product: Product, **changes: Any) -> Product:
    details = product.model_dump(include=set(ProductDetails.model_fields)) | changes
    asked = ChangeProduct(product_id=product.product_id, version=product.version, **details)
    answer: Product = town.ask(asked, town.alice)
    return answer


@pytest.mark.parametrize("changes", BY_THE_PIECE)
def test_what_is_sold_by_the_kilogram_stays_so_until_it_is_off_sale(town: Town, changes: dict[str, Any]) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    carrots = a_product(town, farm)
    offer = an_offer(town, carrots, market, minimum=500, step=500, stock_mode="shared", stock=20_000)
    with pytest.raises(Malformed) as refusal:
        change(town, carrots, **changes)
    assert [(one["field"], one["code"]) for one in refusal.value.details["fields"]] == [("unit", "on-sale")]
    carrots = change(town, carrots, name="Carottes de sable")
    town.ask(WithdrawOffer(offer_id=offer.offer_id), town.alice)
    assert change(town, carrots, **changes).unit == changes["unit"]
    with pytest.raises(Malformed, match="stock"):
        an_offer(town, carrots, market, stock_mode="shared")  # 20 000 were grams


def test_pieces_that_are_sold_at_a_price_each_are_not_weighed_from_one_sale_to_the_next(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    chicken = a_product(town, farm, name="Poulet", unit="piece", category="poultry")
    an_offer(town, chicken, market, price_cents=1500)
    with pytest.raises(Malformed, match="off sale") as refusal:
        change(town, chicken, pricing="per_weight", estimated_grams=1800)
    assert refusal.value.details["fields"][0]["field"] == "pricing"


def test_a_file_changes_no_unit_of_what_is_on_sale_and_the_others_lose_their_stock(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    file = ImportProducts(producer_id=farm.producer_id, text="ref;name;unit;stock\nO;Œufs;kg;60\nM;Miel;kg;12\n")
    town.ask(file, town.alice)
    eggs, honey = town.ask(ListProducts(producer_id=farm.producer_id), town.alice)
    an_offer(town, eggs, market, stock_mode="shared")
    by_the_piece = "ref;name;unit\nO;Œufs;piece\nM;Miel;piece\n"
    report = town.ask(file.model_copy(update={"text": by_the_piece}), town.alice)
    assert outcomes(report) == [("faulty", [("unit", "on-sale")]), ("changed", [])]
    (offered,) = town.ask(ListOffers(producer_id=farm.producer_id), town.alice)
    assert (offered.unit, offered.stock) == ("kg", 60_000)
    with pytest.raises(Malformed, match="stock"):
        an_offer(town, honey, market, stock_mode="shared")
