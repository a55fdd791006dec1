"""`answer(Command)`: a door, opened only while a person waits.

A door's method is `(self, tx, command, call)` and runs in one transaction: token admitted, key claimed, method, a row
of the audit trail for what is done by right, deadline looked at again, answer kept, commit, reply. With `alone=True`
it is `(self, command, call)` and opens its own (an order in one statement, a hash that takes 86 ms); it must then call
`call.admit` itself, and `trail.note` for what it does by right. `first` is called before anything else, in no
transaction: there another service may be asked. A list of thousands is returned as an iterator: other questions get
their turn between its items.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import eventlet
import orjson
from kombu import Message
from nameko.extensions import Entrypoint
from pydantic import ValidationError
from sqlalchemy import Connection

from bus import database, identity, keys, log, topology, trace, trail
from bus.consuming import Reader
from bus.identity import Asker
from bus.metrics import ANSWERED
from bus.wire import Answer, Kind, adapter, refusal_body
from contracts.errors import HalleError, Malformed, NotAllowed, Unavailable, malformed_field
from contracts.messages import Command, Model, Refused


class Call:
    """Who asks, until when, under which key; one per question."""

    def __init__(self, command: type[Command], message: Message) -> None:
        headers = message.headers or {}
        self.command = command
        self.question = bytes(message.body)
        self.deadline = float(headers.get("deadline", 0))
        self.language: str = headers.get("language", "fr")
        self.key: str | None = headers.get("key")
        self._token: str | None = headers.get("token")
        self._asker: Asker | None = None

    @property
    def asker(self) -> Asker:
        """The person who asks; NotAllowed `sign-in` for a stranger."""
        if self._asker is None:
            if not self._token:
                raise NotAllowed("sign-in", "Please sign in.")
            self._asker = identity.verify(self._token)
        return self._asker

    @property
    def token(self) -> str | None:
        """To ask another service for the same person."""
        return self._token

    def by(self, asker: Asker) -> None:
        """Let `asker` make this call; for whoever has verified the token already."""
        self._asker = asker

    @property
    def is_stranger(self) -> bool:
        return not self._token

    @property
    def scope(self) -> str:
        """Whose keys these are."""
        return keys.STRANGER if self.is_stranger else str(self.asker.person_id)

    def check(self) -> None:
        """Refuse what cannot be answered in time, what needs a person and has none, what acts and has no key."""
        if self.deadline < time.time():
            raise Unavailable("too-late", "Nobody waits for this answer any more; ask again with the same key.")
        if not self.command.open_to_strangers or not self.is_stranger:
            _ = self.asker
        if self.command.acts and not self.key:
            raise Malformed("key-missing", "Send an Idempotency-Key with every request that changes something.")

    def admit(self, tx: Connection) -> None:
        """Refuse a token that was revoked since it was issued."""
        if not self.is_stranger:
            identity.admit(tx, self.asker)


First = Callable[[Any, Call], None]
"""What is looked at before a door opens; raises to keep it shut."""


class Doors(Reader):
    """One connection for all the doors of a container; questions come in by one queue, replies go straight back."""

    no_ack = True
    prefetch = 0

    def start(self) -> None:
        # Providers leave one by one when the container stops; what was taken until the reader stops is answered still.
        self._by_name = {door.command.door: door for door in self._providers}
        super().start()

    def queues(self) -> dict[str, Callable[[Message], None]]:
        return {topology.doors_queue(self.container.service_name): self._asked}

    def _asked(self, message: Message) -> None:
        name = message.properties.get("type", "")
        door = self._by_name.get(name)
        if door is None:
            self._reply(message, Answer(Kind.ERROR, refusal_body(Malformed("no-such-door", f"No door {name!r}."))))
        else:
            self.spawn(door, partial(self._conduct, door, message))

    def _conduct(self, door: "Door", message: Message, method: Callable[..., Any]) -> None:
        trace.begin((message.headers or {}).get("traceparent"))
        name = door.command.door
        with ANSWERED.labels(name).time(), log.unit_of_work("answered", door=name) as learned:
            answer = conduct(door.command, message, method, door.alone, door.first)
            learned["outcome"] = answer.outcome
        self._reply(message, answer)

    def _reply(self, message: Message, answer: Answer) -> None:
        properties = message.properties
        if reply_to := properties.get("reply_to"):
            correlation_id = properties.get("correlation_id")
            self.publish(reply_to, answer.body, type=answer.kind, correlation_id=correlation_id)


class Door(Entrypoint):
    """Binds a method to its command; `answer` makes it."""

    doors = Doors()

    def __init__(self, command: type[Command], alone: bool = False, first: First | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.command = command
        self.alone = alone
        self.first = first

    def setup(self) -> None:
        self.doors.register_provider(self)

    def stop(self) -> None:
        self.doors.stopping = True
        self.doors.unregister_provider(self)


def answer(
    command: type[Command], *, alone: bool = False, first: First | None = None
) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Declare the method that answers `command`; see the module for its two shapes and for `first`."""

    def declare(method: Callable[..., Any]) -> Callable[..., None]:
        def knock(service: object, conduct_it: Callable[[Callable[..., Any]], None]) -> None:
            conduct_it(partial(method, service))

        knock.__name__, knock.__doc__ = method.__name__, method.__doc__
        knock.method = method  # type: ignore[attr-defined]
        return Door.decorator(command, alone, first)(knock)  # type: ignore[no-any-return]

    return declare


def conduct(
    command: type[Command],
    message: Message,
    method: Callable[..., Any],
    alone: bool = False,
    first: First | None = None,
) -> Answer:
    """Answer one question: an outcome, a refusal or, for a bug, nothing but its trace id."""
    try:
        question, call = _read(command, message)
        if first is not None:
            first(question, call)
        if alone:
            return _answer_of(command, method(question, call))
        return database.atomically(partial(_in_one_transaction, question, call, method))
    except _ReturnedRefusal as refused:
        return Answer(Kind.REFUSED, refused.outcome.model_dump_json().encode())
    except HalleError as error:
        return Answer(Kind.ERROR, refusal_body(error))
    except Exception as bug:  # the boundary: a bug is logged whole and shown as nothing
        log.trouble("bug", door=command.door, trace_id=trace.trace_id(), exc_info=bug)
        return Answer(Kind.BUG, trace.trace_id().encode())


class _ReturnedRefusal(Exception):
    """Carries a returned refusal out of its transaction, which is rolled back: nothing of it is kept."""

    def __init__(self, outcome: Refused) -> None:
        self.outcome = outcome


def _read(command: type[Command], message: Message) -> tuple[Command, Call]:
    call = Call(command, message)
    call.check()
    if b"\\u0000" in call.question:
        _refuse_nul(orjson.loads(call.question), ())
    try:
        return command.model_validate_json(call.question), call
    except ValidationError as error:
        fields = [
            {"field": ".".join(map(str, e["loc"])), "code": e["type"], "message": e["msg"]} for e in error.errors()
        ]
        raise Malformed("malformed", "Some fields are not as they must be.", {"fields": fields}) from error


def _refuse_nul(value: Any, path: tuple[object, ...]) -> None:
    """Refuse the one character that PostgreSQL keeps in no text, naming the field that holds it."""
    if isinstance(value, str) and "\0" in value:
        raise malformed_field(".".join(map(str, path)), "Text cannot hold the character NUL.", "nul")
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        _refuse_nul(one, (*path, name))


def _in_one_transaction(question: Command, call: Call, method: Callable[..., Any], tx: Connection) -> Answer:
    call.admit(tx)
    door = call.command.door
    if call.command.acts and (kept := keys.claim(tx, call.scope, door, call.key or "", call.question)):
        return Answer(Kind.ANSWER, kept.encode())
    outcome = method(tx, question, call)
    answered = _answer_of(call.command, outcome)
    if call.command.by:
        trail.note(tx, call.asker.person_id, question, outcome)
    if call.deadline < time.time():
        raise Unavailable("too-late", "This took too long and was undone; ask again with the same key.")
    if call.command.acts:
        keys.keep(tx, call.scope, door, call.key or "", answered.body.decode())
    return answered


def _answer_of(command: type[Command], outcome: Any) -> Answer:
    if isinstance(outcome, Refused):
        raise _ReturnedRefusal(outcome)
    if isinstance(outcome, bytes):
        return Answer(Kind.ANSWER, outcome)
    if isinstance(outcome, Iterator):
        return Answer(Kind.ANSWER, b"[" + b",".join(_one_by_one(outcome)) + b"]")
    return Answer(Kind.ANSWER, adapter(command).dump_json(outcome))


def _one_by_one(items: Iterator[Model]) -> Iterator[bytes]:
    for item in items:
        yield item.model_dump_json().encode()
        eventlet.sleep(0)
