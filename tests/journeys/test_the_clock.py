"""Wednesday, 20:00 in Paris, and everything is down from 19:50 to 22:05."""

import requests

from tests.journeys.town import Market, Town, Visitor, until


def order(visitor: Visitor, distribution_id: str, offer_id: str) -> requests.Response:
    wish = {"offer_id": offer_id, "quantity": 3}
    return visitor.ask("POST", "/orders", {"distribution_id": distribution_id, "lines": [wish]})


def test_a_close_that_falls_into_an_outage_comes_once_on_return(wednesday: Town) -> None:
    market = Market(wednesday)
    bob, late = wednesday.person("Bob"), wednesday.person("Late")
    _, eggs = market.import_csv()
    offer = market.offer(eggs)
    weekly = {"recurrence": {"every": "week", "count": 2}, "closes_at": "2026-10-21T20:00:00"}
    ends = {"starts_at": "2026-10-23T17:00:00", "ends_at": "2026-10-23T19:00:00"}
    first, following = market.plan(**weekly, **ends)
    assert first["closes_at"] == "2026-10-21T18:00:00Z" and following["closes_at"] == "2026-10-28T19:00:00Z"

    market.sheet(first["distribution_id"])
    assert order(bob, first["distribution_id"], offer["offer_id"]).status_code == 201
    wednesday.set_clock("2026-10-21T19:50")
    wednesday.instance.stop_all_processes()
    wednesday.set_clock("2026-10-21T22:05")
    wednesday.instance.start_all_processes()

    refused = order(late, first["distribution_id"], offer["offer_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "window-closed")
    made = market.final_list(first["distribution_id"])
    assert [one["quantity"] for one in made["totals"]] == [3]
    mails = until(lambda: [mail for mail in wednesday.mails_to(market.alice.email) if "ufs" in mail["text"]])
    assert len(mails) == 1
