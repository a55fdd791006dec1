"""Machine-made requests, good and bad: every answer is one that the document names."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from bus.wire import Answer
from contracts.accounts import Identify
from contracts.errors import NotFound
from gateway.app import create_app
from gateway.reception import open_reception
from gateway.settings import Settings
from tests.gateway.conftest import FakeLine

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


class NothingThere(FakeLine):
    """Whatever reached a service would not be found there."""

    def put(self, door: str, question: bytes, **more: Any) -> Answer:
        if door == Identify.door:
            return super().put(door, question, **more)
        raise NotFound("nothing", "There is no such thing.")


def _described() -> Any:
    line = NothingThere()
    line.outcomes[Identify.door] = line.identify
    reception = open_reception(Settings("127.0.0.1", 80, "http://127.0.0.1"), line)
    app = create_app(reception, pages=False)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


schema = _described()


@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(
    max_examples=2,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_names(case: schemathesis.Case[Any]) -> None:
    answer = case.call(headers={"Authorization": "Bearer bobs-secret"})
    case.validate_response(answer, checks=CHECKS)
