"""The contracts as JSON Schema: one definition per model, with the sentences that stand below its fields."""

import ast
import inspect
import textwrap
from functools import cache, reduce
from itertools import pairwise
from operator import or_
from types import UnionType
from typing import Any, NamedTuple, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from contracts.messages import COMMANDS, EVENTS, Command, Model, Refused

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
WALL_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$"


class Schemas(NamedTuple):
    """Schemas by event type, by door and by `<door>.answer`, and the definitions that they point at."""

    of: dict[str, Schema]
    definitions: dict[str, Schema]


class _Generator(GenerateJsonSchema):
    """pydantic's, with fields described by their docstrings and times without a zone told apart."""

    def model_schema(self, schema: Any) -> Schema:
        written = super().model_schema(schema)
        documented = field_docs(schema["cls"])
        for name, described in written.get("properties", {}).items():
            if name in documented:
                described["description"] = documented[name]
        return written

    def datetime_schema(self, schema: Any) -> Schema:
        if schema.get("tz_constraint") == "naive":
            return {"type": "string", "pattern": WALL_TIME}
        return super().datetime_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def all_schemas() -> Schemas:
    """Everything that is declared, in one set of definitions."""
    wanted: dict[str, Any] = {**EVENTS, **COMMANDS}
    wanted |= {f"{door}.answer": answer_type(command) for door, command in COMMANDS.items()}
    wanted |= {"refused": Refused}
    of, whole = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(wanted[name])) for name in sorted(wanted)],
        ref_template=REFERENCE + "{model}",
        schema_generator=_Generator,
    )
    definitions = whole["$defs"]
    return Schemas({name: schema for (name, _), schema in of.items()}, dict(sorted(definitions.items())))


def answer_type(command: type[Command]) -> Any:
    """What a command's door returns when it does not refuse."""
    answers = command.answers
    if not isinstance(answers, UnionType):
        return answers
    return reduce(or_, (one for one in get_args(answers) if one is not Refused))


def may_refuse(command: type[Command]) -> bool:
    """Whether a refusal is among the answers."""
    return Refused in get_args(command.answers)


@cache
def field_docs(cls: type[Any]) -> dict[str, str]:
    """The docstring below each field's declaration, inherited ones included."""
    documented: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        if issubclass(one, Model):
            documented |= _own_field_docs(one)
    return documented


def _own_field_docs(cls: type[Any]) -> dict[str, str]:
    declared = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(declared, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(declared.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
