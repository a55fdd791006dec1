"""How a route is made of a command: parse, ask, answer; and its part of the OpenAPI document.

The rule's parameters are fields of the command; what else it has comes as query of a GET or
DELETE, as JSON otherwise, or is `given` by the gateway. Lists answer with `items` and `next`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from bus.wire import Answer, Kind
from contracts.errors import Malformed, malformed_field
from contracts.messages import Command, Refused
from gateway import asking, problems, session
from gateway.api import describing

JSON = "application/json"
Given = Mapping[str, Callable[[], Any]]
NOTHING: Given = MappingProxyType({})


class Route(NamedTuple):
    """One route of the API, made of one command."""

    method: str
    rule: str
    command: type[Command]
    status: int = 200
    given: Given = NOTHING
    """Fields that neither the address nor the body may set, and where they come from."""
    cursor: str = ""
    """Of a list by pages: the field that takes the last item's `cursor_id`."""
    cursor_id: str | Callable[[Any], str] = ""
    answers: Any = None
    """What the document says of the answer, where it is not the command's own."""
    file: str = ""
    """The media type of a body that is a file, not JSON; a `given` field takes it."""

    @property
    def path_fields(self) -> list[str]:
        """The fields of the command that stand in the rule."""
        return describing.path_names(self.rule)

    @property
    def has_body(self) -> bool:
        """Whether fields come as JSON."""
        acting = self.method in ("POST", "PUT", "PATCH")
        return acting and not self.file and bool(self.free_fields)

    @property
    def free_fields(self) -> list[str]:
        """The fields that the request says by its query or body."""
        fixed = {*self.path_fields, *self.given}
        return [name for name in self.command.model_fields if name not in fixed]


def part(name: str, description: str) -> APIBlueprint:
    """A part of the API; its routes are added by `add`."""
    return APIBlueprint(name, __name__, url_prefix="/api/v1", abp_tags=[{"name": name, "description": description}])


def add(blueprint: APIBlueprint, *routes: Route) -> None:
    """Answer `routes`, and write them into the document."""
    for route in routes:
        add_by(blueprint, route, partial(answer, route))


def add_by(blueprint: APIBlueprint, route: Route, view: Callable[..., Response]) -> None:
    """Answer a route in a way of its own; `view` is given the rule's parameters."""
    name = getattr(view, "__name__", describing.name(route.command))
    getattr(blueprint, route.method.lower())(
        route.rule,
        summary=describing.summary(route.command),
        description=describing.description(route.command),
        operation_id=name,
        security=describing.security(route.command),
        responses=describing.responses(route),
        **describing.file_body(route),
    )(describing.view(route, view, name))


def answer(route: Route, **path: Any) -> Response:
    """Answer a request by asking the route's command."""
    admit(route.command)
    key = asking.required_key() if route.command.acts else None
    command = parse(route, path)
    return reply(asking.ask_raw(command, key=key), route, command)


def admit(command: type[Command]) -> None:
    """Refuse a stranger where signing in is needed, and a request that another site forged."""
    here = session.visitor()
    if not command.open_to_strangers and here.identity is None:
        raise session.sign_in()
    if here.secret and not here.bearer:
        session.require_csrf()


def reply(answered: Answer, route: Route, command: Command | None = None) -> Response:
    """A service's answer as a response, its bytes passed on unread where they need no change."""
    if answered.kind is Kind.REFUSED:
        return problems.of_refusal(Refused.model_validate_json(answered.body))
    if route.status in (202, 204) or answered.body == b"null":
        return Response(status=route.status if route.status in (202, 204) else 204)
    body = answered.body
    if describing.is_list(route.command):
        body = _page(route, command, orjson.loads(body))
    return Response(body, route.status, content_type=JSON)


def json_body() -> dict[str, Any]:
    """The request's JSON object; a request without a body says nothing."""
    if not request.get_data():
        return {}
    if request.mimetype != JSON:
        raise UnsupportedMediaType("Send a body of type application/json.")
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise Malformed("not-json", f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Malformed("not-an-object", "The body must be a JSON object.")
    return body


def parse(route: Route, path: dict[str, Any]) -> Command:
    """The route's command, as the request says it."""
    said = json_body() if route.has_body else _query()
    fixed = {**path, **{name: make() for name, make in route.given.items()}}
    for name in said:
        if name in fixed:
            raise malformed_field(name, "This field is not the body's or query's to set.", "extra")
    question = orjson.dumps({**said, **fixed}, default=str)
    try:
        return route.command.model_validate_json(question)
    except ValidationError as error:
        raise problems.malformed(error) from error


def _query() -> dict[str, Any]:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise malformed_field(name, "This parameter may come once.", "repeated")
    return request.args.to_dict()


def _page(route: Route, command: Command | None, found: Any) -> bytes:
    if isinstance(found, dict):
        following = found.pop("following")
        items = next(value for value in found.values() if isinstance(value, list))
    else:
        items = found
        is_full = route.cursor and len(items) == getattr(command, "limit", 0)
        following = items[-1][_cursor_id(route, command)] if is_full else None
    return orjson.dumps({"items": items, "next": _next(route, following)})


def _cursor_id(route: Route, command: Command | None) -> str:
    return route.cursor_id if isinstance(route.cursor_id, str) else route.cursor_id(command)


def _next(route: Route, following: str | None) -> str | None:
    if following is None:
        return None
    query = request.args.to_dict() | {route.cursor or "after": following}
    return f"{request.path}?{urlencode(query)}"
