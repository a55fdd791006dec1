"""The generated documents are fresh, and the AsyncAPI one holds together."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from bus import topology
from bus.document.__main__ import DOCUMENTS, REFRESH, ROOT, main, stale
from bus.document.asyncapi import document
from bus.document.skeletons import skeleton
from contracts.messages import COMMANDS, EVENTS

pytestmark = pytest.mark.check


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return document()


def references(part: Any) -> Iterator[str]:
    """Every `$ref` below a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolved(whole: dict[str, Any], reference: str) -> Any:
    """What a local JSON pointer leads to; KeyError where it leads nowhere."""
    assert reference.startswith("#/"), reference
    found: Any = whole
    for step in reference[2:].split("/"):
        found = found[step]
    return found


def test_the_documents_say_what_the_contracts_say() -> None:
    stale_ones = [str(file.relative_to(ROOT)) for file in stale()]
    assert stale_ones == [], f"refresh them with `{REFRESH}`"


def test_it_is_an_asyncapi_3_document(written: dict[str, Any]) -> None:
    assert written["asyncapi"] == "3.0.0"
    assert set(written) <= {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert written["info"]["title"] and written["info"]["version"]
    assert set(written["components"]) == {"messages", "schemas"}


def test_every_reference_leads_somewhere(written: dict[str, Any]) -> None:
    for reference in references(written):
        resolved(written, reference)


def test_every_event_has_its_channel_and_is_said_by_one_service(written: dict[str, Any]) -> None:
    for event in EVENTS.values():
        channel = written["channels"][event.type]
        assert channel["address"] == event.type
        assert channel["bindings"]["amqp"]["exchange"]["name"] == topology.EVENTS_EXCHANGE
        assert list(channel["messages"]) == [event.type]
        said = written["operations"][f"say.{event.type}"]
        assert (said["action"], said["tags"]) == ("send", [{"name": event.speaker()}])


def test_every_queue_of_a_listener_is_an_operation_that_receives(written: dict[str, Any]) -> None:
    queues = {queue for event in EVENTS.values() for queue in event.queues()}
    hearing = {one["x-queue"]: one for one in written["operations"].values() if "x-queue" in one}
    assert set(hearing) == queues
    assert {one["action"] for one in hearing.values()} == {"receive"}


def test_every_command_is_answered_at_its_services_door(written: dict[str, Any]) -> None:
    for door, command in COMMANDS.items():
        answered = written["operations"][f"answer.{door}"]
        channel = topology.doors_queue(command.service())
        assert answered["action"] == "receive"
        assert answered["channel"] == {"$ref": f"#/channels/{channel}"}
        assert answered["messages"] == [{"$ref": f"#/channels/{channel}/messages/{door}"}]
        assert {"$ref": f"#/channels/answers/messages/{door}.answer"} in answered["reply"]["messages"]


def test_an_operations_messages_are_among_its_channels(written: dict[str, Any]) -> None:
    for operation in written["operations"].values():
        for part in (operation, operation.get("reply", operation)):
            prefix = part["channel"]["$ref"] + "/messages/"
            assert all(message["$ref"].startswith(prefix) for message in part["messages"])


def test_only_what_acts_asks_for_a_key_and_only_what_is_not_open_for_a_token(written: dict[str, Any]) -> None:
    for door, command in COMMANDS.items():
        needed = written["components"]["messages"][door]["headers"]["required"]
        assert ("key" in needed) == command.acts
        assert ("token" in needed) == (not command.open_to_strangers)


def test_every_message_says_what_it_is_for(written: dict[str, Any]) -> None:
    for name in (*EVENTS, *COMMANDS):
        message = written["components"]["messages"][name]
        assert message["description"], name
        assert message["payload"], name


def test_a_stale_document_is_named_with_the_command_that_refreshes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(DOCUMENTS, ROOT / "docs" / "NEVER-WRITTEN.md", lambda: "new")
    assert main(["--check"]) == 1
    assert f"docs/NEVER-WRITTEN.md is stale: run `{REFRESH}`" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted({*EVENTS, *COMMANDS}))
def test_a_skeleton_has_every_field_of_its_message(name: str) -> None:
    message: type[BaseModel] = EVENTS[name] if name in EVENTS else COMMANDS[name]
    assert set(skeleton(name)) == set(message.model_fields)
