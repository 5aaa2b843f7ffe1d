"""The API keeps its own description: whatever is sent, well-formed or not, there is no 5xx and no
answer that the description does not tell, and nothing malformed is accepted. Over HTTP, by role.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import (
    CheckConfig,
    ChecksConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events, from_schema
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.websites import Website, furnish, website

EXAMPLES = 8
RULED = ("2xx", "304", "400", "401", "403", "404", "409", "410", "422", "428", "429")
"""What well-formed requests may be answered: the directory has rules that no schema can tell."""


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with website(tmp_path_factory.mktemp("schemathesis")) as made:
        furnish(made)
        yield made


@pytest.fixture(scope="module")
def address(site: Website) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def config(headers: dict[str, str]) -> SchemathesisConfig:
    checks = ChecksConfig(
        positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=RULED),
        missing_required_header=CheckConfig(expected_statuses=(400, 401, 403, 422, 428)),
    )
    project = ProjectConfig(
        headers=headers,
        checks=checks,
        generation=GenerationConfig(max_examples=EXAMPLES, deterministic=True),
        phases=PhasesConfig(stateful=StatefulPhaseConfig(enabled=False)),
    )
    return SchemathesisConfig(projects=ProjectsConfig(default=project))


def failures(event: events.ScenarioFinished) -> Iterator[str]:
    """What the checks found wrong, with the request that shows it."""
    for nodes in event.recorder.checks.values():
        for node in nodes:
            if node.failure_info is not None:
                failure = node.failure_info.failure
                shown = node.failure_info.code_sample
                yield f"{failure.operation}: {failure.title}\n{failure.message}\n{shown}"


@pytest.mark.parametrize("role", ["", "registrar", "reviewer", "administrator"])
def test_the_api_keeps_its_description(site: Website, address: str, role: str) -> None:
    described = schemathesis.openapi.from_url(
        f"{address}/api/v1/openapi.json", config=config(site.headers(role))
    )
    found: list[str] = []
    checked = 0
    for event in from_schema(described).execute():
        if isinstance(event, events.ScenarioFinished):
            checked += sum(len(nodes) for nodes in event.recorder.checks.values())
            found += failures(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(_error(event))
    assert not found, "\n\n".join(found[:10])
    assert checked > 1000


def _error(event: Any) -> str:
    return f"{getattr(event, 'label', '')}: {getattr(event, 'info', event)}"
