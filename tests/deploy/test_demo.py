"""The demo's story in a small form: a week behind it, four farms, twelve consumers; and its data as they are."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from contracts.products import Category, ProductDetails
from deploy.demo import command, names
from deploy.demo.farms import CERTIFIERS, FARMS
from deploy.demo.founding import OPERATOR, Ground, Market
from deploy.demo.markets import MARKETS
from deploy.demo.people import Person
from deploy.demo.size import Size
from deploy.demo.story import Story
from deploy.demo.town import PARIS, Town, until
from deploy.demo.weeks import Weeks
from deploy.instance import Instance
from deploy.lock import lock
from deploy.processes import DATABASE_URL
from deploy.refusal import CannotStart
from services.catalog import product_csv
from tests import cast

SMALL = Size(past=1, ahead=1, farms=4, consumers=12, orders=4)
PRODUCTS = {farm.slug: product_csv.read(farm.products)[1] for farm in FARMS}


@pytest.fixture(scope="module")
def town(instance: Instance) -> Iterator[Town]:
    """The run's instance while it is a demo."""
    instance.change("members", HALLE_DEMO="1", HALLE_OPERATOR_EMAIL=names.email(OPERATOR))
    yield Town(instance)
    instance.change("members", HALLE_DEMO="0", HALLE_OPERATOR_EMAIL=cast.OPERATOR_EMAIL)


@pytest.fixture(scope="module")
def ground(town: Town) -> Ground:
    """Where the story was told."""
    return Story(town, SMALL).tell()


def market(ground: Ground, slug: str) -> Market:
    return next(one for one in ground.markets if one.plan.slug == slug)


def state(town: Town, sale: str) -> str:
    found: dict[str, str] = town.read(f"/distributions/{sale}")
    return found["state"]


def test_sales_are_final_in_hand_over_open_and_planned(town: Town, ground: Ground) -> None:
    found = {one.plan.slug: [{state(town, sale) for sale in week} for week in one.weeks] for one in ground.markets}
    assert found == {
        "halles": [{"final"}, {"handover"}, {"planned"}],
        "bio": [{"final"}, {"open"}, {"planned"}],
        "panier": [{"final"}, {"open"}, {"planned"}],
    }


def test_each_market_s_word_is_in_the_mail_that_confirms_an_order(instance: Instance, ground: Ground) -> None:
    def confirmation(of: Market) -> str:
        listed = requests.get(f"{instance.mailbox_url}/messages.json", timeout=10).json()
        found = [one["id"] for one in listed if one["subject"].endswith(f" enregistrée – {of.plan.about['name']}")]
        mail = f"{instance.mailbox_url}/messages/{found[0]}.json" if found else ""
        return requests.get(mail, timeout=10).json()["text"] if mail else ""

    for one in ground.markets:
        assert one.plan.word["french"] in until(partial(confirmation, one))


def test_the_books_of_a_final_sale_are_exact(ground: Ground) -> None:
    for one in ground.markets:
        for sale in one.weeks[0]:
            books = one.organiser.do("GET", f"/distributions/{sale}/tills")
            _are_exact(books, one.organiser.do("GET", f"/distributions/{sale}/handover-list")["items"])


def _are_exact(books: dict[str, Any], orders: list[dict[str, Any]]) -> None:
    """What is owed is the orders' sum; what is paid is in the tills; only who was absent still owes."""
    assert books["final_at"]
    sums = Counter({name: sum(one[f"{name}_cents"] for one in books["sellers"]) for name in ("owed", "paid", "due")})
    assert sums["owed"] == sum(order["total_cents"] for order in orders) == sums["paid"] + sums["due"]
    assert sums["due"] == sum(order["total_cents"] for order in orders if order["state"] == "absent") > 0
    parts = [part for till in books["tills"] for part in till["parts"]]
    assert sum(part[f"{means}_cents"] for part in parts for means in ("cash", "cheque")) == sums["paid"]
    for till in books["tills"]:
        assert till["counted_cents"] == sum(part["cash_cents"] for part in till["parts"])


def test_orders_stand_in_every_state(town: Town, ground: Ground) -> None:
    buyers = [Person(town, names.somebody(number)) for number in range(SMALL.consumers)]
    found = Counter(order["state"] for buyer in buyers for order in buyer.do("GET", "/orders?limit=100")["items"])
    assert set(found) == {"placed", "handed_over", "absent", "cancelled"}
    (today,) = market(ground, "halles").weeks[SMALL.past]
    rows = market(ground, "halles").organiser.do("GET", f"/distributions/{today}/handover-list")["items"]
    assert {"placed", "absent"} <= {row["state"] for row in rows}, "some have still to come"


def test_an_organic_sheet_has_no_farm_in_conversion(town: Town, ground: Ground) -> None:
    """The orchard in conversion sells at the other markets, and reads here why not."""
    bio = market(ground, "bio")
    (sale,) = bio.weeks[SMALL.past]
    sheet = town.read(f"/distributions/{sale}/sheet")
    assert sheet["lines"] and all("ab" in line["marks"] for line in sheet["lines"])
    assert "Vergers du Paty" not in {line["producer_name"] for line in sheet["lines"]}
    refused = bio.organiser.do("GET", f"/distributions/{sale}/refused-offers")["items"]
    assert {(one["producer_name"], one["lack"]) for one in refused} == {("Vergers du Paty", "in_conversion")}


def test_a_folder_that_was_filled_is_not_filled_again(
    town: Town, ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CannotStart, match="not finished"):
        command.fill(town.instance, SMALL)
    marker = town.instance.folder / command.FILLED
    marker.touch()
    try:
        command.fill(town.instance, SMALL)
    finally:
        marker.unlink()
    assert capsys.readouterr().out == "", "nothing is told"


def test_an_instance_in_earnest_is_not_made_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ports.json").touch()
    with pytest.raises(CannotStart, match="no finished demo"):
        command.refuse_other_folder(tmp_path)
    (tmp_path / command.FILLED).touch()
    command.refuse_other_folder(tmp_path)
    for name in ("HALLE_SMTP_URL", "HALLE_BROKER_URL", f"{DATABASE_URL}ORDERS"):
        with monkeypatch.context() as environment:
            environment.setenv(name, "smtp://mail.example.org:25")
            with pytest.raises(CannotStart, match="of its own"):
                command.refuse_servers_of_others()


def test_a_demo_that_is_being_filled_is_not_to_be_removed(tmp_path: Path) -> None:
    (tmp_path / "ports.json").touch()
    with lock(tmp_path), pytest.raises(CannotStart, match="already running"):
        command.refuse_other_folder(tmp_path)


def test_twenty_farms_sell_two_hundred_products_without_a_fault() -> None:
    rows = [row for farm in PRODUCTS.values() for row in farm]
    assert (len(FARMS), len(rows)) == (20, 200)
    assert [fault for row in rows for fault in row.faults] == []
    for row in rows:
        ProductDetails.model_validate(row.fields)
    assert {insee[:2] for insee in (farm.insee for farm in FARMS)} == {"84"}
    assert {kind for farm in FARMS for kind in farm.marks} <= set(CERTIFIERS)


TWENTY = {Category.WINE_AND_BEER, Category.COSMETICS}


def test_the_vat_rates_are_those_of_the_goods() -> None:
    """20 % on alcohol and cosmetics, 10 % on plants and what is eaten on the spot, 5.5 % on food."""
    for row in (row for farm in PRODUCTS.values() for row in farm):
        rate, category = row.fields["vat_basis_points"], row.fields["category"]
        if row.fields.get("alcohol_basis_points", 0) > 120 or category in TWENTY:
            assert rate == 2000, row.fields
        elif category == Category.PLANTS or "sur place" in row.fields["name"]:
            assert rate == 1000, row.fields
        elif category != Category.OTHER:
            assert rate == 550, row.fields


def test_nature_et_progres_alone_is_not_at_the_organic_market() -> None:
    alone = [farm for farm in FARMS if farm.marks == ("nature_et_progres",)]
    assert alone and all("bio" not in farm.markets for farm in alone)


def test_those_who_sell_alcohol_have_a_licence_for_it() -> None:
    strong = {
        slug for slug, rows in PRODUCTS.items() if any(row.fields.get("alcohol_basis_points", 0) > 120 for row in rows)
    }
    assert strong == {farm.slug for farm in FARMS if farm.sells_alcohol}


def test_five_hundred_consumers_have_five_hundred_names() -> None:
    assert len({names.email(names.somebody(number)) for number in range(500)}) == 500


@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_of_the_day_the_sales_can_be_planned(hour: int) -> None:
    weeks = Weeks(datetime(2026, 11, 22, hour, 59, tzinfo=PARIS), past=2)
    for plan in MARKETS:
        for venue in plan.venues:
            times = [datetime.fromisoformat(moment) for moment in weeks.plan(plan, venue).values()]
            assert times == sorted(times) and weeks.first_day() < times[0]
            assert times[0] < weeks.shopping(-2) < times[1], "orders fall into the window"


def test_adults_of_a_household_share_its_orders(town: Town, ground: Ground) -> None:
    host, guest = (Person(town, names.somebody(number)) for number in (0, SMALL.consumers // 2))
    adults = {one["name"]: one["since"] is not None for one in host.do("GET", "/account/household")["adults"]}
    assert adults == {guest.name: True, "Mamie": False}
    shared, seen = ([one["order_id"] for one in who.do("GET", "/orders")["items"]] for who in (host, guest))
    assert shared and set(shared) <= set(seen)
