"""A database of members for each test, its doors and ears without a broker, and the cast."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import orjson
import pytest
import uuid_utils.compat as uuid
from argon2 import PasswordHasher
from sqlalchemy import text

from bus import clock, database, doors, hearing, identity, migrations, timers, wire
from contracts.accounts import AskReset, ConfirmEmail, Identify, Identity, SignIn, SignUp
from contracts.catalog import Joining, MarketChanged
from contracts.members import LetterAsked
from contracts.messages import Command, Event, Refused
from deploy.database import Postgres
from services.members import passwords, service
from tests.emptying import empty

PASSWORD = "un mot de passe très long"
E = TypeVar("E", bound=Event)


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> str:
    """The address of a database as the migrations make it."""
    postgres.create("members_test")
    migrations.migrate("members", postgres.url("members_test"))
    return postgres.url("members_test")


@pytest.fixture
def town(migrated: str, pool: None, monkeypatch: pytest.MonkeyPatch) -> Iterator["Town"]:
    """Members as it is after its first start, with hashes of one millisecond instead of 150."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    passwords._nobodys.cache_clear()
    monkeypatch.setenv("HALLE_DATABASE_URL_MEMBERS", migrated)
    monkeypatch.setenv("HALLE_INSTANCE", "valence")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    monkeypatch.delenv("HALLE_OPERATOR_EMAIL", raising=False)
    monkeypatch.delenv("HALLE_DEMO", raising=False)
    database.serve("members")
    identity.forget_keys()
    database.atomically(empty)
    town = Town()
    database.atomically(town.service.begin)
    yield town
    identity.forget_keys()
    passwords._nobodys.cache_clear()


class Question:
    """A message as the broker would bring it."""

    def __init__(self, body: bytes, headers: dict[str, Any]) -> None:
        self.body = body
        self.headers = headers


class Town:
    """The doors and ears of members, and what they said."""

    service = service

    def ask(
        self,
        command: Command,
        by: "Person | None" = None,
        *,
        key: str | None = None,
        **headers: Any,
    ) -> Any:
        """What the door answers; raises its error. `by` asks with a fresh token."""
        token = by.token if by else None
        return self.ask_with(command, token, key=key, **headers)

    def ask_with(self, command: Command, token: str | None, *, key: str | None = None, **headers: Any) -> Any:
        """The same with a token at hand; every question has a key of its own unless told."""
        sent = {"deadline": time.time() + 20, "token": token, "key": key or str(uuid.uuid4())}
        message = Question(command.model_dump_json().encode(), sent | headers)
        door, method = self._door(command)
        answer = doors.conduct(type(command), message, method, door.alone)
        if answer.kind is wire.Kind.ERROR:
            raise wire.rebuild(answer.body)
        assert answer.kind is not wire.Kind.BUG, "a bug, logged above"
        if answer.kind is wire.Kind.REFUSED:
            return Refused.model_validate_json(answer.body)
        return wire.adapter(type(command)).validate_json(answer.body)

    def _door(self, command: Command) -> tuple[Any, Any]:
        for name in vars(self.service.Doors):
            function = getattr(self.service.Doors, name)
            for door in getattr(function, "nameko_entrypoints", ()):
                if door.command is type(command):
                    return door, partial(function.method, self.service.Doors())
        raise LookupError(command.door)

    def hear(self, event: Event, seq: int = 1, factid: UUID | None = None) -> None:
        """Deliver an event of another service; the same factid is the same fact."""
        row = self.envelope(event, seq, factid)
        (queue,) = [q for q in event.queues() if q.startswith("members.")]
        ears = self.service.Listeners()
        hearing.take(queue, row, partial(getattr(ears, queue.rsplit(".", 1)[1]).handler, ears))
        assert not self.rows("select error from parked")

    def envelope(self, event: Event, seq: int, factid: UUID | None) -> bytes:
        """An event of catalog or orders as the broker brings it."""
        with database.transaction() as tx:
            said_at = clock.now(tx)
        return orjson.dumps(
            {
                "id": uuid.uuid7(),
                "source": "/towns/valence/catalog",
                "type": event.type,
                "time": said_at,
                "subject": event.subject,
                "seq": seq,
                "factid": factid or uuid.uuid7(),
                "data": event.model_dump(mode="json"),
            }
        )

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the database says."""
        with database.transaction() as tx:
            return list(tx.execute(text(statement), values))

    def said(self, event: type[E]) -> list[E]:
        """What was said of one kind, in order."""
        rows = self.rows("select body from outbox where type = :t order by id", t=event.type)
        return [event.model_validate_json(row.body) for row in rows]

    def seqs(self, event: type[Event]) -> list[int]:
        """With which numbers an event was said, in order."""
        rows = self.rows("select seq from outbox where type = :t order by id", t=event.type)
        return [row.seq for row in rows]

    def wait(self, **span: float) -> None:
        """Let time pass, as the trade's clock tells it."""
        with database.transaction() as tx:
            (offset,) = tx.execute(text('select "offset" from clock')).one()
            clock.move(tx, offset + timedelta(**span))

    def ring(self) -> None:
        """Do every timer that is due."""
        ears = self.service.Listeners()
        effects: dict[str, Any] = {
            name: partial(getattr(ears, method).handler, ears)
            for name, method in {
                "rotate_keys": "rotate_keys",
                "sign_with_the_next_key": "sign_with_the_next_key",
                "prune_accounts": "prune_accounts",
                "warn_of_consent": "warn_of_consent",
                "lapse_of_consent": "lapse_of_consent",
            }.items()
        }
        while timers.do_next(effects):
            pass
        assert not self.rows("select error from timers where error is not null")

    def letter(self, kind: str) -> LetterAsked:
        """The last letter of a kind."""
        return [letter for letter in self.said(LetterAsked) if letter.kind == kind][-1]

    def meet(self, name: str) -> "Person":
        """Somebody with a confirmed account, signed in."""
        email = f"{name.lower()}@example.org"
        self.ask(SignUp(email=email, password=PASSWORD, name=name))
        self.ask(ConfirmEmail(secret=self.letter("confirm_email").secret or ""))
        return self.sign_in(email)

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> "Person":
        """Open one more session."""
        asked = SignIn(email=email, password=password, address="192.0.2.1", device="Firefox")
        session = self.ask(asked.model_copy(update=more))
        return Person(self, session.secret)

    def reset_secret(self, email: str) -> str:
        """The secret of a fresh letter to reset a password."""
        self.ask(AskReset(email=email))
        return self.letter("reset_password").secret or ""

    def market(self, founder: "Person", joining: Joining = Joining.OPEN) -> UUID:
        """A market that its founder organises."""
        market_id = uuid.uuid7()
        event = MarketChanged(market_id=market_id, name="Halles", joining=joining, founder_id=founder.id)
        self.hear(event)
        return market_id


class Person:
    """Somebody's browser: it keeps a session's secret and asks for tokens."""

    def __init__(self, town: Town, secret: str) -> None:
        self.town = town
        self.secret = secret
        self.id = self.identify().person_id

    def identify(self) -> Identity:
        """A fresh identity."""
        identity: Identity = self.town.ask(Identify(secret=self.secret))
        return identity

    @property
    def token(self) -> str:
        """A fresh token."""
        return self.identify().token

    def holds(self) -> set[tuple[str, UUID | None]]:
        """What this person may do now."""
        return {(held.right, held.object_id) for held in self.identify().rights}


@pytest.fixture
def alice(town: Town) -> Person:
    """Alice sells."""
    return town.meet("Alice")


@pytest.fixture
def bob(town: Town) -> Person:
    """Bob buys."""
    return town.meet("Bob")


@pytest.fixture
def odile(town: Town) -> Person:
    """Odile organises."""
    return town.meet("Odile")


@pytest.fixture
def charlie(town: Town) -> Person:
    """Charlie must see nothing."""
    return town.meet("Charlie")
