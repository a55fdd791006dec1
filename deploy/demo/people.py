"""Somebody of the demo with a browser: signs up by the letter's link, signs in when first needed, asks the API."""

from typing import Any
from uuid import uuid4

import requests

from deploy.demo.names import PASSWORD, email
from deploy.demo.town import Town

TRIES = 5


class Person:
    """A person who speaks to the instance as every browser and program does."""

    def __init__(self, town: Town, name: str) -> None:
        self.town = town
        self.name = name
        self.email = email(name)
        self._http = requests.Session()

    def sign_up(self, phone: str | None = None) -> "Person":
        """An account of one's own, confirmed."""
        about = {"email": self.email, "password": PASSWORD, "name": self.name, "phone": phone}
        self._expect(self._send("POST", "/accounts", about))
        self._expect(self._send("POST", "/accounts/confirmations", {"secret": self.town.secret_sent_to(self.email)}))
        return self

    def do(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON of a request that must succeed; somebody who is not signed in does so first."""
        return self._expect(self._ask(method, path, body))

    def read(self, path: str) -> Any:
        """What there is; nothing while there is nothing for this person."""
        answer = self._ask("GET", path)
        return None if answer.status_code == 404 else self._expect(answer)

    def _ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        if "Authorization" not in self._http.headers:
            self._sign_in()
        answer = self._send(method, path, body)
        if answer.status_code == 401:  # a session ends after thirty days, and weeks pass in a second here
            self._sign_in()
            answer = self._send(method, path, body)
        return answer

    def _sign_in(self) -> None:
        self._http.headers.pop("Authorization", None)
        session = self._expect(self._send("POST", "/sessions", {"email": self.email, "password": PASSWORD}))
        self._http.headers["Authorization"] = f"Bearer {session['secret']}"

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        """One question with one key, asked again where its outcome is unknown; a text is a CSV file."""
        headers = {"Idempotency-Key": str(uuid4())}
        sent: dict[str, Any] = {"json": body}
        if isinstance(body, str):
            headers["Content-Type"] = "text/csv"
            sent = {"data": body.encode()}
        url = f"{self.town.url}/api/v1{path}"
        for _ in range(TRIES):
            answer = self._http.request(method, url, headers=headers, timeout=60, **sent)
            if answer.status_code != 503:
                break
        return answer

    def _expect(self, answer: requests.Response) -> Any:
        if not answer.ok:
            asked = f"{answer.request.method} {answer.request.path_url}"
            raise RuntimeError(f"{self.name}: {asked}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None
