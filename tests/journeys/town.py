"""A town for journeys: a running instance, its people with their sessions, its mailbox and its clock."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import requests

from deploy import processes
from deploy.instance import Instance
from tests import cast

T = TypeVar("T")
PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "a long enough password"


def until(find: Callable[[], T], seconds: float = 30) -> T:
    """What `find` finds, asked again while it finds nothing; news need a moment to be heard."""
    end = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < end, f"nothing came of {find}"
        time.sleep(0.05)
    return found


class Visitor:
    """A person with a browser: speaks to the API, and remembers the session."""

    def __init__(self, town: "Town", name: str) -> None:
        self.town = town
        self.name = name
        self.email = f"{name.lower()}-{uuid4().hex[:8]}@caromb.example"
        self.http = requests.Session()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A request with a fresh Idempotency-Key; a text body is a CSV file."""
        sent: dict[str, Any] = {"json": body} if not isinstance(body, str) else {"data": body.encode()}
        if isinstance(body, str):
            headers["Content-Type"] = "text/csv"
        headers.setdefault("Idempotency-Key", str(uuid4()))
        return self.http.request(method, f"{self.town.url}/api/v1{path}", headers=headers, timeout=30, **sent)

    def do(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON of a request that must succeed."""
        response = self.ask(method, path, body)
        assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a request that must fail."""
        response = self.ask(method, path, body)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["code"]

    def sign_up(self) -> "Visitor":
        """From nothing to a session, by the link in the letter."""
        about = {"email": self.email, "password": PASSWORD, "name": self.name}
        self.do("POST", "/accounts", about)
        letter = until(lambda: self.town.mails_to(self.email))[0]
        secret = re.search(r"secret=([\w-]+)", letter["text"])
        assert secret, letter["text"]
        self.do("POST", "/accounts/confirmations", {"secret": secret[1]})
        assert self.sign_in()
        return self

    def sign_in(self) -> bool:
        """Whether there is such an account, and a session of it now."""
        answer = self.ask("POST", "/sessions", {"email": self.email, "password": PASSWORD})
        if answer.ok:
            self.http.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
        return answer.ok


class Town:
    """An instance with what a journey needs of it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.url = instance.gateway_url

    def person(self, name: str) -> Visitor:
        return Visitor(self, name).sign_up()

    @cached_property
    def operator(self) -> Visitor:
        """Olga, whom every part of the run knows."""
        olga = Visitor(self, "Olga")
        olga.email = cast.OPERATOR_EMAIL
        return olga if olga.sign_in() else olga.sign_up()

    def approve(self, market_id: str) -> dict[str, Any]:
        """Let a market be public."""

        def waiting() -> Any:
            found = self.operator.do("GET", "/approvals?limit=100")["items"]
            return next((one for one in found if one["market_id"] == market_id), None)

        said = {"approval": "approved", "version": until(waiting)["version"]}
        approved: dict[str, Any] = self.operator.do("PUT", f"/markets/{market_id}/approval", said)
        return approved

    def mails_to(self, email: str) -> list[dict[str, Any]]:
        """Every delivery to an address, oldest first, whole."""
        base = self.instance.mailbox_url.rstrip("/")
        listed = requests.get(f"{base}/messages.json", params={"to": email, "limit": 0}, timeout=10).json()
        rows = listed if isinstance(listed, list) else listed["messages"]
        return [requests.get(f"{base}/messages/{row['id']}.json", timeout=10).json() for row in reversed(rows)]

    def set_clock(self, wall: str | None) -> None:
        """Move every service's clock so that it is `wall` (ISO, no zone) in Paris now; nothing for the real hour."""
        offset = datetime.fromisoformat(wall).replace(tzinfo=PARIS) - datetime.now(UTC) if wall else timedelta()
        for service in processes.services():
            with self.instance.postgres.connect(f"halle_{service}") as connection:
                connection.execute('update clock set "offset" = %s', [offset])
        with self.instance.postgres.connect("halle_members") as connection:
            connection.execute("delete from tries")  # those of a time that is yet to come
        self.__dict__.pop("operator", None)  # her session is of another time: it may have ended

    def wall(self, **later: float) -> str:
        """Wall time in Paris by the instance's clock, some time from now, for a plan."""
        with self.instance.postgres.connect("halle_catalog") as connection:
            row = connection.execute("select halle_now()").fetchone()
        assert row
        return (row[0] + timedelta(**later)).astimezone(PARIS).replace(tzinfo=None).isoformat()


CSV = """name;price;unit;vat;category;ref
Carottes de Caromb;2,60;kg;5,5;vegetables;CAR
Œufs de plein air;3,40;piece;5,5;eggs;OEUF
"""


class Market:
    """A market that Odile organises and where Alice sells, in Caromb."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.odile, self.alice = town.person("Odile"), town.person("Alice")
        about = {"name": f"Marché de Caromb {uuid4().hex[:6]}", "kind": "municipal", "entity_name": "Mairie"}
        about |= {"entity_kind": "town", "entity_address": "Caromb", "insee": "84030"}
        self.id = self.odile.do("POST", "/markets", about)["market_id"]
        self.about = town.approve(self.id)
        venue = {"name": "La halle", "address": "Place du Cabaret, 84330 Caromb"}
        self.venue = self.odile.do("POST", f"/markets/{self.id}/venues", venue)
        farm = {"legal_name": "Alice Roux", "farm_name": "Ferme du Rieu", "insee": "84030"}
        self.farm = self.alice.do("POST", "/producers", farm)["producer_id"]
        self.admit(self.alice, self.farm)

    def admit(self, seller: Visitor, farm: str) -> None:
        """Let a farm sell here: its yes, and the market's."""
        path = f"/markets/{self.id}/producers/{farm}"
        seller.do("PUT", f"{path}/request")
        self.odile.do("PUT", f"{path}/admission")

    def import_csv(self) -> list[dict[str, Any]]:
        """Alice's products, from her spreadsheet."""
        report = self.alice.do("POST", f"/producers/{self.farm}/products/import", CSV)
        assert report["faulty"] == 0, report
        products: list[dict[str, Any]] = self.alice.do("GET", f"/producers/{self.farm}/products")["items"]
        return products

    def close_now(self, distribution_id: str) -> None:
        """Let the close's timer be due at this instant."""
        with self.town.instance.postgres.connect("halle_orders") as connection:
            due = "due_at = halle_now(), retry_at = halle_now()"
            connection.execute(f"update timers set {due} where subject = %s and done_at is null", [distribution_id])

    def final_list(self, distribution_id: str) -> dict[str, Any]:
        """Alice's preparation list, once the close has numbered its orders."""
        path = f"/distributions/{distribution_id}/preparation-lists/{self.farm}"

        def look() -> Any:
            found = self.alice.do("GET", path)
            return found if found["orders"] and found["orders"][0]["number"] else None

        made: dict[str, Any] = until(look)
        return made

    def offer(self, product: dict[str, Any], **terms: Any) -> dict[str, Any]:
        wanted = {"product_id": product["product_id"], "market_id": self.id, "price_cents": 260} | terms
        offered: dict[str, Any] = self.alice.do("POST", "/offers", wanted)
        return offered

    def plan(self, **changes: Any) -> list[dict[str, Any]]:
        """A distribution that opens at once and closes in an hour, unless said otherwise."""
        wanted = {
            "venue_id": self.venue["venue_id"],
            "opens_at": self.town.wall(seconds=1),
            "closes_at": self.town.wall(hours=1),
            "starts_at": self.town.wall(hours=48),
            "ends_at": self.town.wall(hours=50),
        }
        planned: list[dict[str, Any]] = self.odile.do("POST", f"/markets/{self.id}/distributions", wanted | changes)[
            "items"
        ]
        return planned

    def sheet(self, distribution_id: str) -> dict[str, Any]:
        """The sale sheet, once it has opened."""
        path = f"{self.town.url}/api/v1/distributions/{distribution_id}/sheet"

        def look() -> Any:
            response = requests.get(path, timeout=10)
            return response.json() if response.status_code == 200 else None

        found: dict[str, Any] = until(look)
        return found
