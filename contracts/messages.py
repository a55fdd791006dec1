"""The two kinds of message: an event (said once it is true) and a command (asked, answered).

A class statement is the whole declaration: name, shape, listeners. Exchanges, queues, documents and tests are made from
the two registries below, so a message that is not declared here does not exist.
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class Shape(StrEnum):
    """How a listener may apply an event that comes twice, late or out of order."""

    STATE = "state"
    """The whole new state of its subject: upsert `where seq < :seq`."""
    FACT = "fact"
    """Something that happened; the order in which facts are heard does not matter."""


Version = Annotated[int, Field(ge=0, le=2**31 - 2)]
"""Which state of a row was seen; a change carries it, and a row that moved since is a Conflict."""


class Model(BaseModel):
    """Anything that travels. Frozen; unknown fields are ignored, so that a newer town is understood."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    """What is wrong is named without its value, since errors are written to logs."""


EVENTS: dict[str, type["Event"]] = {}
COMMANDS: dict[str, type["Command"]] = {}


class Event(Model):
    """Something that is true. `about` names the field that holds its subject, one aggregate.

    `heard_by` lists `<service>.<handler>`; each has a durable queue of its own. `hint` events are sent without an
    outbox and may be lost: they only make a page fresher.
    """

    type: ClassVar[str]
    shape: ClassVar[Shape]
    about: ClassVar[str]
    heard_by: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, *, name: str, shape: Shape, about: str, heard_by: tuple[str, ...] = ()) -> None:
        super().__init_subclass__()
        cls.type, cls.shape, cls.about, cls.heard_by = name, shape, about, heard_by
        EVENTS[name] = cls

    @property
    def subject(self) -> str:
        return str(getattr(self, self.about))

    @classmethod
    def speaker(cls) -> str:
        """The one service that says this event."""
        return cls.type.split(".", 1)[0]

    @classmethod
    def queues(cls) -> tuple[str, ...]:
        """Names of its listeners' queues: `<service>.<event>.<handler>`."""
        event = cls.type.split(".")[1]
        return tuple(f"{service}.{event}.{handler}" for service, handler in (h.split(".") for h in cls.heard_by))


class Command(Model):
    """A question to one service, put only while a person waits. `acts` ones carry an idempotency key."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    door: ClassVar[str]
    acts: ClassVar[bool]
    answers: ClassVar[Any]
    open_to_strangers: ClassVar[bool]
    patience: ClassVar[float]
    """Seconds before one try is given up and the question is put again, with the same key."""
    by: ClassVar[tuple[str, ...]]
    """The rights by which it is done, which leaves a row in the audit trail; none where people act for themselves."""

    def __init_subclass__(
        cls,
        *,
        door: str,
        answers: Any,
        acts: bool = False,
        open_to_strangers: bool = False,
        patience: float = 3.0,
        by: tuple[str, ...] = (),
    ) -> None:
        super().__init_subclass__()
        cls.patience, cls.by = patience, by
        cls.door, cls.acts, cls.answers, cls.open_to_strangers = door, acts, answers, open_to_strangers
        COMMANDS[door] = cls

    @classmethod
    def service(cls) -> str:
        return cls.door.split(".", 1)[0]


class Refused(Model):
    """A refusal that the business expects (sold out, window closed): a returned outcome, not an error."""

    code: str
    message: str
    details: dict[str, Any] = {}
