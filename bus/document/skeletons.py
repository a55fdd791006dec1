"""`--new`: a skeleton in contracts/examples for every message that has no example yet.

Its shape is right, its words are the fields' names: give it believable ones before it is kept, then never change it.
"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bus.document.schemas import REFERENCE, WALL_TIME, Schema, all_schemas


def skeleton(name: str) -> Any:
    """An example of a message with every field filled in from its schema."""
    return _sample(all_schemas().of[name], name.split(".")[1])


def _sample(schema: Schema, name: str) -> Any:
    if "$ref" in schema:
        return _sample(all_schemas().definitions[schema["$ref"].removeprefix(REFERENCE)], name)
    for choices in ("allOf", "anyOf"):
        if choices in schema:
            return _sample(schema[choices][0], name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "properties" in schema:
        return {field: _sample(described, field) for field, described in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_sample(schema["items"], name.removesuffix("s"))]
    return _plain(schema, name)


def _plain(schema: Schema, name: str) -> Any:
    if schema.get("type") == "string":
        return _text(schema, name)
    simple: dict[str, Any] = {"integer": max(1, schema.get("minimum", 1)), "number": 44.1, "boolean": True}
    return simple.get(schema.get("type", ""), {} if schema.get("type") == "object" else None)


def _text(schema: Schema, name: str) -> str:
    if schema.get("pattern") == WALL_TIME:
        return "2026-12-03T17:30:00"
    formed = {
        "uuid": str(uuid5(NAMESPACE_URL, f"halle:example:{name}")),
        "date-time": "2026-12-03T16:30:00Z",
        "email": "bob@example.org",
    }
    return formed.get(schema.get("format", ""), name.ljust(schema.get("minLength", 1), "x"))
