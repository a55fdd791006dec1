"""Schemathesis on the running instance: whatever a machine sends, nothing is a 5xx and nothing is undocumented."""

import subprocess
import sys
from typing import Any

import pytest

from tests.journeys.town import Market, Town

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SEED = "20261121"
EXAMPLES = "10"
"""For each operation and phase."""
HALVES = {"those that read": "--include-method", "those that act": "--exclude-method"}


def _half(name: str) -> Any:
    return pytest.param(HALVES[name], id=name, marks=pytest.mark.xdist_group(f"machine-made requests, {name}"))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("chosen", map(_half, HALVES))
def test_no_machine_made_request_breaks_anything(town: Town, chosen: str) -> None:
    odile = Market(town).odile
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{town.url}/api/v1/openapi.json"),
            *("--checks", CHECKS, "--seed", SEED, "--max-examples", EXAMPLES),
            *("--phases", "examples,coverage,fuzzing", "--workers", "1", "--generation-database", "none"),
            *(chosen, "GET"),
            *("--header", f"Authorization: {odile.http.headers['Authorization']}"),
            # These end the session that asks.
            *("--exclude-path-regex", r"/sessions/|/account/(erasure|password)"),
        ],
        capture_output=True,
        text=True,
        timeout=230,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.partition("FAILURES")[2][:8000] or ran.stdout[-8000:]
