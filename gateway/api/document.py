"""The OpenAPI document, and a page that shows it without script or anybody else's server."""

from functools import cache
from typing import Any

import orjson
from flask import Response, render_template_string
from flask_openapi.openapi import OpenAPI

from gateway.api.page import PAGE, STYLE

METHODS = ("get", "post", "put", "patch", "delete")


def register(app: OpenAPI) -> None:
    """Serve the document and its page; both are made once."""

    @cache
    def document() -> dict[str, Any]:
        return _clean(app.api_doc)

    def openapi_json() -> Response:
        """The document itself."""
        return Response(orjson.dumps(document()), content_type="application/json")

    def docs() -> str:
        """The document for people."""
        return render_template_string(PAGE, document=document(), parts=_by_part(document()))

    def style() -> Response:
        """The page's style sheet."""
        return Response(STYLE, content_type="text/css")

    app.add_url_rule("/api/v1/openapi.json", view_func=openapi_json, endpoint="openapi")
    app.add_url_rule("/api/v1/docs", view_func=docs, endpoint="docs")
    app.add_url_rule("/api/v1/docs.css", view_func=style, endpoint="docs_style")


def _clean(document: dict[str, Any]) -> dict[str, Any]:
    """Without what the library nests in every schema and has beside it; wall time is a text."""
    for schema in document["components"]["schemas"].values():
        schema.pop("$defs", None)
        for name, field in schema.get("properties", {}).items():
            if name.startswith("wall_"):
                field.pop("format", None)
    return document


def _by_part(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    parts: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                told = {"path": path, "method": method.upper(), **item[method]}
                parts[item[method]["tags"][0]].append(told)
    return parts
