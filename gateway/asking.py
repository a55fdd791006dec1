"""Asking a service for the visitor of the request in hand: token, key and language go along.

A token that is refused is renewed once; only an ended session stays refused.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from flask import request

from bus.wire import Answer, Kind, adapter
from contracts.errors import Malformed, NotAllowed
from contracts.messages import Command, Refused
from gateway.reception import reception
from gateway.session import Visitor, visitor

KEY = "Idempotency-Key"
FORM_KEY = "idempotency_key"
_KEY_FORM = re.compile(r"[\x21-\x7e]{8,200}")


def ask(command: Command, *, key: str | None = None, within: float = 10.0) -> Any:
    """The answer as the command declares it, `Refused` included; for pages."""
    answer = ask_raw(command, key=key, within=within)
    if answer.kind is Kind.REFUSED:
        return Refused.model_validate_json(answer.body)
    return adapter(type(command)).validate_json(answer.body)


def every(command: Command, id_field: str) -> Iterator[Any]:
    """All rows of a list that is told page by page; a page goes on after the last row's `id_field`."""
    wanted: Any = command
    while rows := ask(wanted):
        yield from rows
        if len(rows) < wanted.limit:
            return
        wanted = wanted.model_copy(update={"after": getattr(rows[-1], id_field)})


def ask_raw(command: Command, *, key: str | None = None, within: float = 10.0) -> Answer:
    """The answer as JSON bytes; its kind is ANSWER or REFUSED."""
    here = visitor()
    if command.acts and key is None:
        key = required_key()
    line = reception().line
    return _with_token(
        here,
        lambda: line.ask_raw(command, token=here.token, key=key, language=here.language, within=within),
    )


def put(door: str, question: bytes, key: str) -> Answer:
    """The same for a question that is JSON already; its door looks at every field of it."""
    here = visitor()
    line = reception().line
    return _with_token(
        here,
        lambda: line.put(door, question, token=here.token, key=key, language=here.language),
    )


def required_key() -> str:
    """The key of the request in hand, from its header or its form."""
    key = request.headers.get(KEY) or request.form.get(FORM_KEY)
    if not key:
        raise _bad_key("key-missing", f"Send an {KEY} with every request that changes something.")
    if not _KEY_FORM.fullmatch(key):
        raise _bad_key("key-malformed", f"An {KEY} is 8 to 200 visible ASCII characters.")
    return key


def new_key() -> str:
    """A key for a form that is being shown."""
    return secrets.token_urlsafe(18)


def _with_token(here: Visitor, question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except NotAllowed as refused:
        if refused.code != "sign-in" or not here.token:
            raise
    here.renew()
    return question()


def _bad_key(code: str, message: str) -> Malformed:
    fault = {"field": KEY, "code": code, "message": message}
    return Malformed(code, message, {"fields": [fault]})
