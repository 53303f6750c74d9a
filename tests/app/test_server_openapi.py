"""The server does what its OpenAPI description says, whatever is sent: schemathesis makes the requests up."""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.server.app import create_app
from octavo.app.server.config import ServerConfig

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
ROUTES = {
    "GET /healthz",
    "GET /metrics",
    "GET /v1/models",
    "GET /v1/models/{name}",
    "POST /v1/chat/completions",
    "POST /v1/documents",
    "GET /v1/documents/{job_id}",
    "DELETE /v1/documents/{job_id}",
}


HERE = {"Host": "127.0.0.1"}


@pytest.fixture(scope="module")
def api() -> Iterator[schemathesis.BaseSchema]:
    """The description, with the application behind it in this process."""
    with DocumentService(Settings(isolate=False, page_px=10_000), FakeBackend()) as service:
        app = create_app(service, ServerConfig(requests_per_minute=10**6))
        yield schemathesis.openapi.from_asgi("/openapi.json", app, headers=HERE)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_route_keeps_its_description(api, route):
    operations = {operation.ok().label: operation.ok() for operation in api.get_all_operations()}
    assert set(operations) == ROUTES

    @settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @hypothesis.given(case=operations[route].as_strategy())
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers=HERE)

    holds()
