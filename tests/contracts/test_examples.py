"""Contracts only grow: one kept example of every message stays readable, and none of its fields is ever lost.

`python -m bus.document --new` begins the example of a new message. An example that is kept is never changed: where a
contract cannot read it any more, the contract is wrong.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel

from bus.document.asyncapi import document
from bus.document.schemas import all_schemas
from contracts.messages import COMMANDS, EVENTS

pytestmark = pytest.mark.check

EXAMPLES = Path(__file__).resolve().parents[2] / "contracts" / "examples"
MESSAGES: dict[str, type[BaseModel]] = {**EVENTS, **COMMANDS}
KEPT = sorted(file.stem for file in EXAMPLES.glob("*.json"))


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def lost(kept: Any, written: Any, where: str = "") -> list[str]:
    """Paths of what stands in `kept` and not, or otherwise, in `written`."""
    if isinstance(kept, dict) and isinstance(written, dict):
        return [path for name in kept for path in lost(kept[name], written.get(name), f"{where}.{name}")]
    if isinstance(kept, list) and isinstance(written, list) and len(kept) == len(written):
        pairs = zip(kept, written, strict=True)
        return [path for index, pair in enumerate(pairs) for path in lost(*pair, f"{where}.{index}")]
    return [] if kept == written else [where]


def test_every_message_has_exactly_one_example() -> None:
    assert sorted(MESSAGES) == KEPT, "begin a missing one with `python -m bus.document --new`"


@pytest.mark.parametrize("name", KEPT)
def test_an_example_is_read_and_written_again_whole(name: str) -> None:
    read = MESSAGES[name].model_validate_json(json.dumps(example(name)))
    assert lost(example(name), read.model_dump(mode="json")) == []


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_of_a_newer_town_is_understood(name: str) -> None:
    """A field that this release does not know is passed over."""
    newer = example(name) | {"said_by_a_newer_town": True}
    assert EVENTS[name].model_validate(newer) == EVENTS[name].model_validate(example(name))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_is_about_its_subject(name: str) -> None:
    event = EVENTS[name].model_validate(example(name))
    assert event.subject == str(example(name)[EVENTS[name].about])


def test_examples_are_what_the_published_schemas_say() -> None:
    components = {"components": document()["components"]}
    for name in KEPT:
        schema = all_schemas().of[name] | components
        faults = jsonschema_rs.validator_for(schema).iter_errors(example(name))
        assert [fault.message for fault in faults] == [], name


def test_amounts_of_the_examples_add_up() -> None:
    """They are what newcomers copy."""
    for name in ("orders.order_placed.v1", "orders.order_changed.v1", "orders.order_owed.v1"):
        order = example(name)["order"]
        assert order["total_cents"] == sum(line["amount_cents"] for line in order["lines"])
    made = example("orders.preparation_list_ready.v1")["preparation_list"]
    assert made["amount_cents"] == sum(total["amount_cents"] for total in made["totals"])
    brought = [sum(column) for column in zip(*(order["quantities"] for order in made["orders"]), strict=True)]
    assert brought == [total["quantity"] for total in made["totals"]]
