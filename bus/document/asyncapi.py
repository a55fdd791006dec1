"""docs/asyncapi.json: the same contracts as an AsyncAPI 3.0 document.

An event's channel is its routing key on `halle.events`; a service's doors are one queue. Where AMQP has a property that
AsyncAPI has no word for (reply-to, correlation id, type), a description says so.
"""

import tomllib
from pathlib import Path
from typing import Any

from bus import topology
from bus.document.schemas import REFERENCE, Schema, all_schemas, may_refuse
from contracts.errors import FAMILIES
from contracts.messages import COMMANDS, EVENTS, Command, Event

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = "answers"
AMQP = "0.3.0"
"""Version of AsyncAPI's AMQP binding."""
_REFUSALS = ("Refused", "Error", "Bug")


def document() -> dict[str, Any]:
    """The whole document, its parts in the order of their names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Halle",
            "version": project["version"],
            "description": "What the services of one instance say and ask. Made from contracts/ by `python -m "
            "bus.document`; docs/MESSAGES.md has the same for people.",
            "license": {"name": project["license"]},
        },
        "defaultContentType": "application/json",
        "channels": _sorted(_event_channels() | _door_channels() | _answer_channel()),
        "operations": _sorted(_said() | _heard() | _answered()),
        "components": {
            "messages": _sorted(_events() | _questions() | _answers() | _refusals()),
            "schemas": _sorted(all_schemas().definitions | {"Envelope": _envelope(), "Error": _error()}),
        },
    }


def _sorted(parts: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(parts.items()))


def _message(name: str) -> Schema:
    return {"$ref": f"#/components/messages/{name}"}


def _in_channel(channel: str, name: str) -> Schema:
    return {"$ref": f"#/channels/{channel}/messages/{name}"}


def _tags(service: str) -> list[dict[str, str]]:
    return [{"name": service}]


# -- channels


def _event_channels() -> dict[str, Any]:
    exchange = {"name": topology.EVENTS_EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    binding = {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": AMQP}}
    return {
        event.type: {"address": event.type, "messages": {event.type: _message(event.type)}, "bindings": binding}
        for event in EVENTS.values()
    }


def _door_channels() -> dict[str, Any]:
    return {
        topology.doors_queue(service): {
            "address": topology.doors_queue(service),
            "description": f"Questions to {service}, on the default exchange. The AMQP property `type` names the "
            "door, `reply_to` and `correlation_id` are the asker's, `expiration` ends with the deadline.",
            "messages": {c.door: _message(c.door) for c in _commands_of(service)},
            "bindings": {"amqp": {"is": "queue", "queue": _doors_queue(service), "bindingVersion": AMQP}},
        }
        for service in sorted({command.service() for command in COMMANDS.values()})
    }


def _doors_queue(service: str) -> dict[str, Any]:
    return {"name": topology.doors_queue(service), "durable": True, "exclusive": False, "autoDelete": False}


def _answer_channel() -> dict[str, Any]:
    names = [*(f"{door}.answer" for door in sorted(COMMANDS)), *_REFUSALS]
    return {
        ANSWERS: {
            "address": None,
            "description": "Direct reply-to: the address is the question's AMQP property `reply_to`; the property "
            "`type` is answer, refused, error or bug, `correlation_id` is the question's.",
            "messages": {name: _message(name) for name in names},
        }
    }


def _commands_of(service: str) -> list[type[Command]]:
    return sorted((c for c in COMMANDS.values() if c.service() == service), key=lambda c: c.door)


# -- operations


def _said() -> dict[str, Any]:
    return {
        f"say.{event.type}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{event.type}"},
            "summary": f"{event.speaker()} says {event.__name__}.",
            "tags": _tags(event.speaker()),
            "messages": [_in_channel(event.type, event.type)],
        }
        for event in EVENTS.values()
    }


def _heard() -> dict[str, Any]:
    return {
        f"hear.{queue}": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{event.type}"},
            "summary": f"{queue.split('.')[0]} hears {event.__name__} from the quorum queue {queue}.",
            "tags": _tags(queue.split(".")[0]),
            "messages": [_in_channel(event.type, event.type)],
            "x-queue": queue,
        }
        for event in EVENTS.values()
        for queue in event.queues()
    }


def _answered() -> dict[str, Any]:
    return {f"answer.{command.door}": _answer(command) for command in COMMANDS.values()}


def _answer(command: type[Command]) -> dict[str, Any]:
    channel = topology.doors_queue(command.service())
    replies = [f"{command.door}.answer", *(name for name in _REFUSALS if name != "Refused" or may_refuse(command))]
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{command.service()} answers {command.__name__}.",
        "tags": _tags(command.service()),
        "messages": [_in_channel(channel, command.door)],
        "reply": {
            "channel": {"$ref": f"#/channels/{ANSWERS}"},
            "messages": [_in_channel(ANSWERS, name) for name in replies],
        },
    }


# -- messages


def _described(cls: type[Any]) -> dict[str, Any]:
    return {"title": cls.__name__, "description": " ".join((cls.__doc__ or "").split())}


def _events() -> dict[str, Any]:
    return {
        event.type: {
            "name": event.type,
            **_described(event),
            "contentType": "application/cloudevents+json",
            "payload": _enveloped(event),
            "tags": _tags(str(event.shape)),
        }
        for event in EVENTS.values()
    }


def _enveloped(event: type[Event]) -> Schema:
    own = {"type": {"const": event.type}, "data": all_schemas().of[event.type]}
    kept = {"required": ["time", "factid", "traceparent"]} if event.heard_by else {}
    return {"allOf": [{"$ref": f"{REFERENCE}Envelope"}, {"type": "object", "properties": own, **kept}]}


def _questions() -> dict[str, Any]:
    return {
        command.door: {
            "name": command.door,
            **_described(command),
            "headers": _headers(command),
            "payload": all_schemas().of[command.door],
        }
        for command in COMMANDS.values()
    }


def _headers(command: type[Command]) -> Schema:
    required = ["deadline", "language", "traceparent"]
    required += ["key"] * command.acts + ["token"] * (not command.open_to_strangers)
    texts = {
        "deadline": "Seconds since 1970 by the real clock, as text: nobody waits for an answer after it.",
        "language": "Of the person who asks, such as fr.",
        "traceparent": "W3C trace context.",
        "key": "Idempotency key: the same key gives the same answer once.",
        "token": "Identity token of the person who asks.",
    }
    properties = {name: {"type": "string", "description": text} for name, text in texts.items()}
    return {"type": "object", "properties": properties, "required": sorted(required)}


def _answers() -> dict[str, Any]:
    return {
        f"{door}.answer": {
            "name": f"{door}.answer",
            "title": f"Answer to {command.__name__}",
            "payload": all_schemas().of[f"{door}.answer"],
        }
        for door, command in COMMANDS.items()
    }


def _refusals() -> dict[str, Any]:
    return {
        "Refused": {
            "name": "refused",
            "title": "A refusal that the business expects",
            "payload": all_schemas().of["refused"],
        },
        "Error": {
            "name": "error",
            "title": "One of the five families of contracts/errors.py",
            "payload": {"$ref": f"{REFERENCE}Error"},
        },
        "Bug": {
            "name": "bug",
            "title": "A failure that nobody foresaw: the trace id under which it was logged",
            "contentType": "text/plain",
            "payload": {"type": "string"},
        },
    }


def _envelope() -> Schema:
    always = {
        "specversion": {"const": "1.0"},
        "id": _text("uuid"),
        "source": {"type": "string", "format": "uri-reference"},
    }
    optional = {
        "datacontenttype": {"const": "application/json"},
        "time": _text("date-time"),
        "factid": _text("uuid") | {"description": "Of the fact: a v2 said beside its v1 shares it."},
        "traceparent": {"type": "string", "description": "W3C trace context."},
    }
    own = {
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "The one aggregate that it is about."},
        "seq": {"type": "integer", "description": "Version of the subject: later facts have higher ones."},
        "data": {"type": "object"},
    }
    return {
        "type": "object",
        "description": "CloudEvents 1.0 in JSON. A hint has no time, factid and traceparent.",
        "properties": always | own | optional,
        "required": [*always, *own],
    }


def _text(form: str) -> Schema:
    return {"type": "string", "format": form}


def _error() -> Schema:
    return {
        "type": "object",
        "properties": {
            "family": {"enum": list(FAMILIES)},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "details": {"type": "object"},
        },
        "required": ["family", "code", "message", "details"],
    }
