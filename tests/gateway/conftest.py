"""A gateway whose line to the services is a small one of ours, that answers what a test says."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
import pytest
from flask import Flask
from werkzeug.test import Client

from bus import log
from bus.wire import Answer, Kind
from contracts.accounts import Identify, Identity
from contracts.messages import Command, Refused
from gateway import headers
from gateway.app import create_app
from gateway.front import Front
from gateway.reception import Reception, open_reception
from gateway.settings import Settings
from tests.cast import BOB

Outcome = Any


class Question(NamedTuple):
    """What was asked of a service."""

    door: str
    body: bytes
    token: str | None
    key: str | None
    language: str

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


class InTurn(list[Any]):
    """Outcomes of a door, one after the other."""


class FakeLine:
    """Answers each door with what was set: JSON, a refusal, an exception, or some in turn."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.asked: list[Question] = []
        self.people: dict[str, UUID] = {}
        self.tokens = defaultdict[str, int](int)

    def ask_raw(
        self,
        command: Command,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        body = command.model_dump_json(exclude_unset=True).encode()
        return self.put(command.door, body, token=token, key=key, language=language, within=within)

    def put(
        self,
        door: str,
        question: bytes,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        asked = Question(door, question, token, key, language)
        self.asked.append(asked)
        outcome = self.outcomes[door]
        if isinstance(outcome, InTurn):
            outcome = outcome.pop(0)
        if callable(outcome):
            outcome = outcome(asked)
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Refused):
            return Answer(Kind.REFUSED, outcome.model_dump_json().encode())
        return Answer(Kind.ANSWER, orjson.dumps(outcome, default=str))

    def doors(self) -> list[str]:
        return [question.door for question in self.asked]

    def identify(self, question: Question) -> dict[str, Any]:
        """Everybody is Bob, unless a secret was given to somebody else."""
        secret = question.said["secret"]
        self.tokens[secret] += 1
        return identity(person_id=self.people.get(secret, BOB), token=f"{secret}/{self.tokens[secret]}").model_dump(
            mode="json"
        )


def identity(**changes: Any) -> Identity:
    given: dict[str, Any] = {
        "token": "token",
        "person_id": BOB,
        "session_id": uuid4(),
        "name": "Bob",
        "email": "bob@example.org",
        "language": "fr",
        "expires_at": datetime.now(UTC) + timedelta(minutes=10),
        "rights": [],
    }
    return Identity.model_validate(given | changes)


@pytest.fixture(scope="session", autouse=True)
def log_as_a_process_does() -> None:
    log.configure("test")


@pytest.fixture
def line() -> FakeLine:
    made = FakeLine()
    made.outcomes[Identify.door] = made.identify
    return made


@pytest.fixture
def settings() -> Settings:
    return Settings("127.0.0.1", 8000, "http://127.0.0.1:8000")


@pytest.fixture
def reception(line: FakeLine, settings: Settings) -> Reception:
    return open_reception(settings, line)


@pytest.fixture(scope="session")
def api() -> Flask:
    """The application: to make it takes longer than most of its tests."""
    return create_app(open_reception(Settings("127.0.0.1", 8000, "http://127.0.0.1:8000"), FakeLine()), pages=False)


@pytest.fixture
def client(api: Flask, reception: Reception) -> Client:
    """A browser or app without a session, at a reception that has kept nothing yet."""
    api.extensions["reception"] = reception
    return Client(Front(api.wsgi_app, reception, headers.of(reception.settings.is_secure)))


@pytest.fixture
def bob() -> dict[str, str]:
    """The headers by which an app of Bob's acts."""
    return {"Authorization": "Bearer bobs-secret", "Idempotency-Key": "key-of-bob-1"}
