"""The OpenAPI document says all that the API can answer, and its page needs nobody else."""

import re
from typing import Any

import jsonschema_rs
import pytest
from werkzeug.test import Client

from contracts.messages import COMMANDS

ACTING = {"post", "put", "patch", "delete"}
NOT_OFFERED = {
    "members.identify",
    "catalog.read_distances",
    "catalog.find_brand",
    "catalog.read_voice",
    "members.name_actors",
}
"""Doors that are no route: the gateway itself asks them."""


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(m, p, it) for p, item in document["paths"].items() for m, it in item.items()]


def test_every_route_says_how_it_may_fail(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for method, path, it in operations(document):
        said = set(it["responses"])
        assert {"400", "401", "403", "500", "503"} <= said, path
        assert "422" not in said
        if it.get("requestBody"):
            assert {"413", "415"} <= said, path
        for status, response in it["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
        assert it["summary"] and it["operationId"] and method


def test_whatever_acts_asks_for_a_key_in_the_document_too(document: dict[str, Any]) -> None:
    for method, path, it in operations(document):
        names = {one["name"] for one in it.get("parameters", []) if one["required"]}
        acts = method in ACTING and not path.endswith("/preview")
        assert ("Idempotency-Key" in names) == acts, path


def test_its_schemas_are_sound(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    refs = set(re.findall(r"'#/components/schemas/([\w.\-]+)'", str(document)))
    assert refs <= set(schemas)
    for schema in schemas.values():
        assert jsonschema_rs.meta.is_valid(schema)
    names = [it["operationId"] for _, _, it in operations(document)]
    assert len(names) == len(set(names))


def test_every_door_that_people_need_has_a_route(document: dict[str, Any]) -> None:
    offered = {it["operationId"] for _, _, it in operations(document)}
    services = ("orders", "members", "catalog", "payments")
    doors = {door for door in COMMANDS if door.split(".")[0] in services} - NOT_OFFERED
    assert {door for door in doors if door.split(".")[1] not in offered} == set()


def test_the_page_runs_nothing_and_asks_nobody_else(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    assert client.get("/api/v1/docs.css").content_type.startswith("text/css")
