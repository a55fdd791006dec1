"""What the OpenAPI document says of a route, read off its command: nothing is written twice."""

import re
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, create_model
from pydantic.fields import FieldInfo

from contracts.accounts import AskNewAddress, ChangePassword, EraseAccount, SignIn
from contracts.messages import Command, Model, Refused
from gateway import asking, problems

if TYPE_CHECKING:
    from gateway.api.door import Route

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
WALL_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$"
GUESSABLE = (SignIn, ChangePassword, AskNewAddress, EraseAccount)
"""What proves a password: after some wrong ones it waits, 429."""
_STRICT = ConfigDict(extra="forbid")


class KeyHeader(Model):
    """What every acting request carries."""

    idempotency_key: str = Field(
        alias=asking.KEY,
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key gives the same answer once; make one per intention.",
    )


def path_names(rule: str) -> list[str]:
    """The names of a rule's parameters."""
    return _PARAMETER.findall(rule)


def summary(command: type[Command]) -> str:
    """The first sentence of a command's description."""
    text = " ".join((command.__doc__ or "").split())
    return text.split(". ", 1)[0].rstrip(".") + "."


def description(command: type[Command]) -> str:
    """What a caller must know besides."""
    return (command.__doc__ or "").strip()


def security(command: type[Command]) -> list[dict[str, list[Any]]]:
    """Whether a session is needed; `{}` says that it is not."""
    return [{"session": []}, {}] if command.open_to_strangers else [{"session": []}]


def outcome(command: type[Command]) -> Any:
    """What a command answers when it is not refused."""
    parts = _members(command.answers)
    left = [one for one in parts if one is not Refused]
    return left[0] if left else NoneType


def is_list(command: type[Command]) -> bool:
    """Whether it answers a list, or a page of one."""
    found = outcome(command)
    return get_origin(found) is list or _is_page(found)


def name(command: type[Command]) -> str:
    """What the document calls a command's route: the name of its door."""
    return command.door.split(".", 1)[1]


def view(route: "Route", answer: Callable[..., Response], name: str) -> Callable[..., Response]:
    """A function for Flask whose annotations tell the document what the request must be."""

    def view(**path: Any) -> Response:
        return answer(**path)

    view.__name__ = name
    view.__doc__ = None
    view.__annotations__ = _annotations(route)
    # The library's own way to leave validation to the view: its own is slower, hides a wrong
    # content type, and reads JSON by other rules than the services' doors.
    view.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return view


def file_body(route: "Route") -> dict[str, Any]:
    """The words for a body that is a file."""
    if not route.file:
        return {}
    return {"request_body": {"content": {route.file: {"schema": {"type": "string"}}}, "required": True}}


def responses(route: "Route") -> dict[str, Any]:
    """Every status that the route can answer."""
    said: dict[str, Any] = {str(route.status): _success(route)}
    for status in sorted(_faults(route)):
        schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
        phrase = HTTPStatus(status).phrase
        said[str(status)] = {"description": phrase, "content": {problems.TYPE: schema}}
    return said


def _success(route: "Route") -> Any:
    if route.answers is not None:
        return route.answers
    found = outcome(route.command)
    if route.status in (202, 204) or found is NoneType:
        return None
    if is_list(route.command):
        return _page_model(route.command)
    return found


def _faults(route: "Route") -> set[int]:
    command = route.command
    faults = {400, 401, 403, 404, 500, 503}
    if command.acts or Refused in get_args(command.answers):
        faults.add(409)
    if route.has_body or route.file:
        faults |= {413, 415}
    if command in GUESSABLE:
        faults.add(429)
    return faults


def _annotations(route: "Route") -> dict[str, Any]:
    told: dict[str, Any] = {"return": Response}
    if route.path_fields:
        told["path"] = _cut(route.command, "Path", route.path_fields)
    if route.has_body:
        told["body"] = _cut(route.command, "", route.free_fields)
    elif route.free_fields:
        told["query"] = _cut(route.command, "Query", route.free_fields)
    if route.command.acts:
        told["header"] = KeyHeader
    return told


def _cut(command: type[Command], suffix: str, names: list[str]) -> type[BaseModel]:
    """A model of some of a command's fields."""
    fields: dict[str, Any] = {name: _field(command.model_fields[name]) for name in names}
    return create_model(f"{command.__name__}{suffix}", __config__=_STRICT, **fields)


def _field(info: FieldInfo) -> Any:
    """A field as the document shows it; wall time is no `date-time`, which has an offset."""
    if NaiveDatetime in _members(info.annotation):
        wall = Annotated[str, Field(pattern=WALL_TIME, description="Wall time of the market.")]
        return (wall, ...) if info.is_required() else (wall | None, None)
    return (Annotated[info.annotation, info], info)


@cache
def _page_model(command: type[Command]) -> type[BaseModel]:
    found = outcome(command)
    one: Any = get_args(found)[0] if get_origin(found) is list else _page_item(found)
    following = Field(None, description="Address of the next page; nothing on the last.")
    fields: dict[str, Any] = {"items": (list[one], ...), "next": (str | None, following)}
    return create_model(f"{one.__name__}Page", **fields)


def _is_page(found: Any) -> bool:
    return isinstance(found, type) and "following" in getattr(found, "model_fields", {})


def _page_item(found: Any) -> Any:
    lists = [it.annotation for it in found.model_fields.values() if get_origin(it.annotation)]
    return next(get_args(it)[0] for it in lists if get_origin(it) is list)


def _members(union: Any) -> tuple[Any, ...]:
    return get_args(union) if get_origin(union) in (Union, UnionType) else (union,)
