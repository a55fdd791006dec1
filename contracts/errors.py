"""The five families of refusal that cross a wire, each `(code, message, details)`.

    HalleError
    ├── Malformed     400  the question cannot be understood; `details["fields"]` names each field
    ├── NotAllowed    403  understood, and not for this asker (401 when nobody signed in: code `sign-in`)
    ├── NotFound      404  no such thing, or none that this asker may know of
    ├── Conflict      409  true a moment ago; `details` holds what is true now
    └── Unavailable   503  outcome unknown: ask again with the same key

The code is a stable slug for programs, the message a sentence that a person can act on. A bug is none of these.
"""

from typing import Any, ClassVar


class HalleError(Exception):
    """A refusal with a stable code; rebuilt on the other side of a wire from its three arguments."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(code, message, details or {})
        self.code = code
        self.message = message
        self.details: dict[str, Any] = details or {}


class Malformed(HalleError):
    status = 400


class NotAllowed(HalleError):
    status = 403


class NotFound(HalleError):
    status = 404


class Conflict(HalleError):
    status = 409


class Unavailable(HalleError):
    status = 503


FAMILIES: dict[str, type[HalleError]] = {
    family.__name__: family for family in (Malformed, NotAllowed, NotFound, Conflict, Unavailable)
}


def malformed_field(field: str, message: str, code: str = "invalid") -> Malformed:
    """The refusal of one field of a question, in the shape that pages and programs read."""
    return Malformed("malformed", message, {"fields": [{"field": field, "code": code, "message": message}]})
