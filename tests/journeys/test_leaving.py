"""Somebody takes all that is kept about her, and leaves: afterwards no table of any database knows who she was."""

import io
import json
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest

from deploy import processes
from tests.journeys.town import PASSWORD, Market, Town, Visitor, until


class Leaving:
    """Zéphirine, with a word in everything she ever said that stands nowhere else."""

    def __init__(self, town: Town) -> None:
        self.word = f"quatrelarmes{uuid4().hex[:8]}"
        self.phone = f"+33 6 {uuid4().int % 10**8:08}"
        self.town, self.market = town, Market(town)
        self.person = town.person(f"Zephirine-{self.word}")
        about = {"name": f"Zéphirine {self.word}", "phone": self.phone, "language": "fr"}
        self.person.do("PUT", "/account", about)
        self.closed = self.still_open = ""
        self.offers = [self.market.offer(one) for one in self.market.import_csv()]

    def open_sale(self) -> str:
        (planned,) = self.market.plan()
        self.market.sheet(planned["distribution_id"])
        return str(planned["distribution_id"])

    def order(self, sale: str, recipient: str = "") -> str:
        wish = {"offer_id": self.offers[1]["offer_id"], "quantity": 2}
        wanted = {"distribution_id": sale, "recipient": recipient, "lines": [wish]}
        return str(self.person.do("POST", "/orders", wanted)["order_id"])

    def move(self) -> None:
        """To another address, as providers end and families move."""
        old, self.person.email = self.person.email, f"autre-{self.person.email}"
        self.person.do("POST", "/account/address-letters", {"email": self.person.email, "password": PASSWORD})
        letter = until(lambda: self.town.mails_to(self.person.email))[0]
        (secret,) = re.findall(r"secret=([\w-]+)", letter["text"])
        self.person.do("POST", "/accounts/confirmations", {"secret": secret})
        until(lambda: any("autre adresse" in mail["subject"] for mail in self.town.mails_to(old)))

    def share(self) -> None:
        """Her orders with somebody who accepts, and with two who only have a name."""
        guest, household = self.town.person("Claire"), "/account/household"
        for about in ({"email": guest.email}, {"email": f"cousin-{self.word}@example.org"}, {"phone": self.phone}):
            found = self.person.do("POST", household, {"name": f"Mamie {self.word}"} | about)["adults"]
        guest.do("POST", f"{household}/{found[0]['adult_id']}/acceptance", {})

    def write(self, sale: str) -> None:
        """To those who ordered of the farm that she sells for as well, signed."""
        words = {"producer_id": self.market.farm, "subject": "À vendredi", "text": f"Merci,\nZéphirine {self.word}"}
        path = f"/distributions/{sale}"
        until(lambda: self.person.ask("POST", f"{path}/messages", words).status_code < 300)
        until(lambda: self.market.odile.do("GET", f"{path}/buyers")["messages"][0]["done_at"])

    def traces(self) -> set[str]:
        """The tables in which a name, an address, a telephone or a word of hers stands, as text or as bytes."""
        words = [self.word, self.phone]
        patterns = [f"%{one}%" for word in words for one in (word, word.encode().hex())]
        return {table for table in self._tables() if self._count(*table.split("."), patterns)}

    def figures(self) -> Any:
        """What payments keeps of her closed order."""
        with self.town.instance.postgres.connect("halle_payments") as connection:
            question = "select kind, amount_cents, consumer_id from movements where order_id = %s order by movement_id"
            return connection.execute(question, [self.closed]).fetchall()

    def say_again(self, service: str) -> None:
        """Have all that a service ever said said again, and wait until it is."""
        with self.town.instance.postgres.connect(f"halle_{service}") as connection:
            connection.execute("update outbox set sent_at = null")
        until(lambda: not self._unsent(service))

    def _unsent(self, service: str) -> int:
        with self.town.instance.postgres.connect(f"halle_{service}") as connection:
            row = connection.execute("select count(*) from outbox where sent_at is null").fetchone()
        assert row
        return int(row[0])

    def _tables(self) -> list[str]:
        found = []
        for service in processes.services():
            with self.town.instance.postgres.connect(f"halle_{service}") as connection:
                names = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
                found += [f"{service}.{name}" for (name,) in names]
        return found

    def _count(self, service: str, table: str, patterns: list[str]) -> int:
        with self.town.instance.postgres.connect(f"halle_{service}") as connection:
            question = f'select count(*) from "{table}" t where t::text ilike any(%s)'
            row = connection.execute(question, [patterns]).fetchone()  # type: ignore[arg-type]
        assert row
        return int(row[0])


@pytest.fixture(scope="module")
def leaving(town: Town) -> Leaving:
    """After some weeks in a market."""
    she = Leaving(town)
    live(she)
    return she


def live(she: Leaving) -> None:
    """An order that may still change and one that was closed, paid and handed over; rights, letters, a waiting list."""
    market, person = she.market, she.person
    grant = {"right": "sell", "object_id": market.farm, "email": person.email}
    until(lambda: market.alice.ask("POST", "/grants", grant).status_code < 300)
    she.move()
    she.share()
    she.closed = she.order(sale := she.open_sale())
    she.still_open = she.order(she.open_sale(), f"Tante {she.word}")
    she.write(sale)
    market.close_now(sale)
    market.final_list(sale)
    path = f"/orders/{she.closed}"
    money = until(lambda: person.ask("GET", f"{path}/money").json().get("sellers"))
    part = {"producer_id": market.farm, "amount_cents": money[0]["due_cents"]}
    market.odile.do("POST", f"{path}/payments", {"version": 1, "means": "cash", "parts": [part]})
    more = {"producer_id": market.farm, "lines": [{"offer_id": she.offers[0]["offer_id"], "quantity": 500}]}
    until(lambda: person.ask("POST", f"{path}/late-lines", more | {"agreed": ""}).status_code == 200)
    version = market.odile.do("GET", f"{path}/handover")["version"]
    taken = {"version": version, "state": "handed_over", "to": f"Fils {she.word}"}
    market.odile.do("PUT", f"{path}/handover", taken)
    person.do("POST", "/accounts/reset-letters", {"email": person.email})
    ask_to_join(she)


def ask_to_join(she: Leaving) -> None:
    """A market on request, whose organiser reads her words and lets her in."""
    about = {"name": "Sur demande", "kind": "municipal", "entity_name": "Mairie", "entity_address": "Caromb"}
    odile = she.market.odile
    market = odile.do("POST", "/markets", {**about, "insee": "84030", "joining": "on_request"})["market_id"]
    words = {"message": f"La voisine de {she.word}"}
    until(lambda: she.person.ask("PUT", f"/markets/{market}/membership", words).status_code < 300)
    (waiting,) = odile.do("GET", f"/markets/{market}/members?standing=waiting")["items"]
    odile.do("PATCH", f"/memberships/{waiting['membership_id']}", {"decision": "admit"})


def archive(person: Visitor) -> dict[str, Any]:
    """What she downloads, read by a machine."""
    answer = person.ask("GET", "/account/data.zip")
    assert answer.status_code == 200, answer.text
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    return {name: json.loads(files.read(name)) for name in files.namelist() if name.endswith(".json")}


def test_everything_that_is_kept_about_one_is_one_archive(leaving: Leaving) -> None:
    she = leaving
    until(lambda: len(she.town.mails_to(she.person.email)) >= 4)
    taken = archive(she.person)
    assert [taken["account.json"][0][name] for name in ("phone", "email")] == [she.phone, she.person.email]
    assert {one["order_id"] for one in taken["orders.json"]} == {she.still_open, she.closed}
    assert {one["kind"] for one in taken["movements.json"]} == {"owed", "taken"}
    assert {one["kind"] for one in taken["messages.json"]} >= {"order_placed"}
    assert [one["right"] for one in taken["grants.json"]] == ["sell"]
    assert len(taken["household.json"][0]["adults"]) == 3
    assert any(one["message"].endswith(she.word) for one in taken["memberships.json"])
    assert archive(she.town.person("Charlie"))["orders.json"] == []


def test_after_an_erasure_no_table_knows_who_it_was(leaving: Leaving) -> None:
    she = leaving
    assert she.traces() >= {"members.accounts", "orders.people", "orders.orders", "notifications.people"}
    money = she.figures()
    she.person.do("POST", "/account/erasure", {"password": PASSWORD})
    until(lambda: not she.traces())
    assert she.figures() == money, "what was owed and paid stays, without the person"
    open_order = she.market.odile.do("GET", f"/orders/{she.still_open}")
    assert open_order["state"] == "cancelled", "its goods are back on sale"
    assert she.market.odile.do("GET", f"/orders/{she.closed}")["state"] == "handed_over"
    she.say_again("members")
    she.say_again("orders")
    assert she.traces() == set(), "news that come late or twice bring nobody back"
