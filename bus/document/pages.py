"""docs/MESSAGES.md: every event and every command, for somebody who is about to hear or ask one."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from bus.document.schemas import REFERENCE, WALL_TIME, Schema, all_schemas, may_refuse
from contracts.messages import COMMANDS, EVENTS, Command, Event

OPENING = """\
# Messages

Made from `contracts/` by `python -m bus.document`: edit the contracts, not this page. The same for programs is
[asyncapi.json](asyncapi.json); a kept example of every message lies in [contracts/examples](../contracts/examples/).
How messages travel is told in [ARCHITECTURE.md](ARCHITECTURE.md).

**Events** are said once they are true, in the transaction of the fact, and arrive at least once, in a CloudEvents
envelope (`id`, `type`, `source`, `time`, `subject`, `seq`, `factid`, `traceparent`, `data`). A `state` event carries
the whole new state of its subject: keep it if its `seq` is higher than the one kept. A `fact` happened: the order in
which facts are heard does not matter.

**Commands** are asked while a person waits. One that *acts* needs an idempotency key. Any command may be answered by an
error of the five families in `contracts/errors.py`; `Refused` is a refusal that the business expects.

Instants are UTC. Wall time has no zone: it is the market's own. Money is integer cents. A field with a default may be
left out.
"""


def page() -> str:
    """The whole page."""
    parts = [OPENING, _contents(), *_events(), *_commands(), *_models()]
    return "\n".join(parts).rstrip() + "\n"


def _contents() -> str:
    rows = ["| service | says | answers |", "|---|---|---|"]
    speakers = {event.speaker() for event in EVENTS.values()} | {c.service() for c in COMMANDS.values()}
    for service in sorted(speakers):
        said = [_link(name, name) for name, event in sorted(EVENTS.items()) if event.speaker() == service]
        doors = [_link(door, door) for door, command in sorted(COMMANDS.items()) if command.service() == service]
        rows.append(f"| {service} | {'<br>'.join(said)} | {'<br>'.join(doors)} |")
    return "\n".join(rows) + "\n"


def _events() -> Iterator[str]:
    yield "## Events\n"
    for _, event in sorted(EVENTS.items()):
        yield _event(event)


def _event(event: type[Event]) -> str:
    facts = [
        f"- shape: {event.shape}",
        f"- said by: {event.speaker()}",
        f"- subject: `{event.about}`",
        f"- queues: {', '.join(f'`{queue}`' for queue in event.queues()) or 'none; whoever listens at that moment'}",
    ]
    return _entry(event.type, event, facts)


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    for _, command in sorted(COMMANDS.items()):
        yield _command(command)


def _command(command: type[Command]) -> str:
    facts = [
        f"- asked of: {command.service()}",
        f"- who may ask: {'anybody' if command.open_to_strangers else 'somebody signed in'}",
        f"- acts: {'yes, with an idempotency key' if command.acts else 'no'}",
        f"- answer: {_answer(command)}",
    ]
    return _entry(command.door, command, facts)


def _answer(command: type[Command]) -> str:
    answer = type_in_words(all_schemas().of[f"{command.door}.answer"])
    return f"{answer}, or [Refused](#refused)" if may_refuse(command) else answer


def _entry(name: str, cls: type[Any], facts: list[str]) -> str:
    example = f"- example: [{name}.json](../contracts/examples/{name}.json)"
    schema = all_schemas().definitions[_defined(all_schemas().of[name])]
    return "\n".join(
        [f"### {name}\n", f"`{cls.__module__}.{cls.__name__}`\n", _doc(cls), "", *facts, example, "", _fields(schema)]
    )


def _models() -> Iterator[str]:
    """What stands inside messages and answers; enums with their values."""
    yield "## Inside them\n"
    for name, schema in all_schemas().definitions.items():
        if name not in _messages():
            body = _values(schema) if "enum" in schema else _fields(schema)
            yield "\n\n".join(filter(None, [f"### {name}", schema.get("description"), body]))


def _values(schema: Schema) -> str:
    return ", ".join(f"`{value}`" for value in schema["enum"]) + "\n"


def _fields(schema: Schema) -> str:
    properties = schema.get("properties", {})
    if not properties:
        return "No fields.\n"
    rows = ["| field | type | default | |", "|---|---|---|---|"]
    for name, field in properties.items():
        default = f"`{json.dumps(field['default'], ensure_ascii=False)}`" if "default" in field else "needed"
        if name not in schema.get("required", []) and "default" not in field:
            default = "may be left out"
        note = " ".join(field.get("description", "").split())
        rows.append(f"| `{name}` | {type_in_words(field)} | {default} | {note} |")
    return "\n".join(rows) + "\n"


def type_in_words(schema: Schema) -> str:
    """A JSON Schema as a reader would say it: `list of OrderLine, 1 to 200 entries`."""
    if "$ref" in schema:
        return _link(_defined(schema), _messages().get(_defined(schema), _defined(schema)))
    if "allOf" in schema:
        return type_in_words(schema["allOf"][0])
    if "anyOf" in schema:
        return " or ".join(type_in_words(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema['items'])}{_limits(schema)}"
    return f"{_plain(schema)}{_limits(schema)}"


_FORMATS = {"uuid": "UUID", "date-time": "instant", "email": "e-mail address"}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "null": "nothing",
    "object": "object",
}


def _plain(schema: Schema) -> str:
    if schema.get("pattern") == WALL_TIME:
        return "wall time"
    form = schema.get("format", "")
    return _FORMATS.get(form) or form or _TYPES.get(schema.get("type", ""), "anything")


def _limits(schema: Schema) -> str:
    said = [
        _span(schema, "minimum", "maximum", ""),
        _span(schema, "minLength", "maxLength", " characters"),
        _span(schema, "minItems", "maxItems", " entries"),
    ]
    if "pattern" in schema and schema["pattern"] != WALL_TIME:
        said.append(f"`{schema['pattern']}`")
    return "".join(f", {one}" for one in said if one).replace("|", "\\|")


def _span(schema: Schema, low: str, high: str, of: str) -> str:
    least, most = (f"{schema[end]:_}".replace("_", " ") if end in schema else None for end in (low, high))
    if least is not None and most is not None:
        return f"{least} to {most}{of}"
    if most is not None:
        return f"at most {most}{of}"
    return f"at least {least}{of}" if least is not None else ""


def _defined(schema: Schema) -> str:
    name: str = schema["$ref"].removeprefix(REFERENCE)
    return name


def _messages() -> dict[str, str]:
    """Events and commands by the name of their definition, for those that stand inside others as well."""
    return {_defined(all_schemas().of[name]): name for name in (*EVENTS, *COMMANDS)}


def _link(words: str, heading: str) -> str:
    anchor = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_")
    return f"[{words}](#{anchor})"


def _doc(cls: type[Any]) -> str:
    return inspect.cleandoc(cls.__doc__ or "")
