"""A form made for one command: parsed from what was typed, asked, and shown again with its faults.

Nothing that was typed is lost by a refusal; each showing has a new idempotency key. Only an unknown
outcome (503) leaves here, for `faults` sends the same form with the same key again.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, get_origin

from flask import g, request
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from contracts.errors import Conflict, HalleError, Malformed, NotAllowed, NotFound, Unavailable
from contracts.messages import Command, Refused
from gateway import asking, problems, session
from gateway.pages import sentences

Reader = Callable[[str], Any]
KNOWN_HERE = frozenset({"link-over"})
"""NotFound that a form can say; others are a page of their own."""


class Form:
    """What is asked, what was typed, and what is wrong with it."""

    def __init__(self, command: type[Command], shown: Mapping[str, Any] | None = None, **readers: Reader) -> None:
        self._command, self._readers = command, readers
        self._shown = dict(shown or {})
        self.faults: dict[str, str] = {}
        self.refusal = ""
        self.code = ""
        self.details: dict[str, Any] = {}
        self.status = 200
        self.answer: Any = None

    def send(self, **fixed: Any) -> bool:
        """Whether it was posted and done; else it is to be shown."""
        command = self.check(**fixed)
        if command is None:
            return False
        try:
            self.answer = asking.ask(command)
        except HalleError as error:
            self.take(error)
            return False
        if isinstance(self.answer, Refused):
            refused = self.answer
            self.refuse(refused.code, refused.details, problems.REFUSED.get(refused.code, 409))
        return not self.refusal

    def check(self, **fixed: Any) -> Command | None:
        """What was posted, if it is whole; nothing is asked yet."""
        if request.method != "POST":
            return None
        try:
            session.require_csrf()
            return self._parsed(fixed)
        except HalleError as error:
            self.take(error)
            return None

    def take(self, error: HalleError) -> None:
        """Show an error on the form; raise what a form cannot say."""
        is_ours = isinstance(error, Malformed | Conflict | NotAllowed) and error.code != "sign-in"
        if isinstance(error, Unavailable) or not (is_ours or _is_known(error)):
            raise error
        for fault in error.details.get("fields", []):
            self.blame(fault["field"], fault["code"])
        self.refuse(error.code, error.details, problems.status_of(error))

    def blame(self, field: str, code: str, context: Mapping[str, Any] | None = None) -> None:
        """Say what is wrong with a field; the first fault of each, or of a part of it, is enough."""
        if not any(name.startswith(f"{field}.") for name in self.faults):
            self.faults.setdefault(field, sentences.of_field(field, code, context))

    def refuse(self, code: str, details: Mapping[str, Any] | None = None, status: int = 409) -> None:
        """Say what is wrong with the whole."""
        self.code, self.details, self.status = code, dict(details or {}), status
        self.refusal = sentences.of_refusal(code, details, status)

    def value(self, name: str) -> Any:
        """What a field shows: as typed, else as it stands."""
        if request.method == "POST" and name in request.form:
            return said(name)
        return self._shown.get(name, "")

    def values(self, name: str) -> list[str]:
        """The same for a field of many."""
        if request.method == "POST":
            return request.form.getlist(name)
        return [str(one) for one in self._shown.get(name, [])]

    def is_on(self, name: str) -> bool:
        """Whether a box is ticked."""
        if request.method == "POST":
            return name in request.form
        return bool(self._shown.get(name))

    def _parsed(self, fixed: dict[str, Any]) -> Command:
        said = dict(fixed)
        for name, info in self._command.model_fields.items():
            if name not in fixed:
                self._read(name, info, said)
        try:
            command = self._command.model_validate(said)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                self.blame(".".join(map(str, fault["loc"][:1])), fault["type"], fault.get("ctx"))
            raise Malformed("malformed", "Some fields are not as they must be.") from error
        if self.faults:
            raise Malformed("malformed", "Some fields are not as they must be.")
        return command

    def _read(self, name: str, info: FieldInfo, said: dict[str, Any]) -> None:
        """One field of the form, where something was typed; an empty one says nothing."""
        if get_origin(info.annotation) is list:
            said[name] = request.form.getlist(name)
        elif info.annotation is bool:
            said[name] = name in request.form
        elif typed := _typed(name, info):
            try:
                said[name] = self._readers[name](typed) if name in self._readers else typed
            except ValueError:
                self.blame(name, "number")


def note(name: str, value: str) -> None:
    """Let a posted form say something else in a field than was typed, here and where it is sent again."""
    g.setdefault("noted", {})[name] = value


def said(name: str) -> str:
    """What a posted form says in a field."""
    noted: dict[str, str] = g.get("noted", {})
    return noted.get(name, request.form.get(name, ""))


def written(model: BaseModel, **special: Any) -> dict[str, Any]:
    """A model's fields as a form shows them; `special` ones are typed otherwise."""
    return {name: _text(getattr(model, name)) for name in type(model).model_fields} | special


def _typed(name: str, info: FieldInfo) -> str:
    typed = said(name)
    return typed if info.repr is False else typed.replace("\r\n", "\n").strip()


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(one) for one in value]
    if isinstance(value, Enum):
        return str(value)
    return "" if value is None else value


def _is_known(error: HalleError) -> bool:
    return isinstance(error, NotFound) and error.code in KNOWN_HERE
