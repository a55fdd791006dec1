"""How an answer crosses the wire: its kind in the message's `type`, its JSON in the body, nothing wrapped around it."""

from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter

from contracts.errors import FAMILIES, HalleError
from contracts.messages import Command


class Kind(StrEnum):
    ANSWER = "answer"
    REFUSED = "refused"
    ERROR = "error"
    BUG = "bug"


class Answer(NamedTuple):
    kind: Kind
    body: bytes

    @property
    def outcome(self) -> str:
        """For the log: `answer`, or the code of what was refused."""
        if self.kind in (Kind.REFUSED, Kind.ERROR):
            return f"{self.kind}:{orjson.loads(self.body)['code']}"
        return str(self.kind)


def refusal_body(error: HalleError) -> bytes:
    family = type(error).__name__
    return orjson.dumps(
        {"family": family, "code": error.code, "message": error.message, "details": error.details}, default=str
    )


def rebuild(body: bytes) -> HalleError:
    """The error that `refusal_body` wrote, as its own class."""
    error = orjson.loads(body)
    return FAMILIES[error["family"]](error["code"], error["message"], error["details"])


@cache
def adapter(command: type[Command]) -> TypeAdapter[Any]:
    """How a command's answer is written and read."""
    return TypeAdapter(command.answers)
