"""The API under /api/v1: one module a resource, each a blueprint, described by OpenAPI."""

from __future__ import annotations

from flask import Flask

from web.api import (
    access,
    access_steps,
    agencies,
    audit,
    curating,
    elements,
    entries,
    imports,
    locating,
    profiles,
    reference,
    requests,
    review,
    run_decisions,
    searches,
    sources,
    status,
    steps,
    validation,
)
from web.api.openapi import describe

RESOURCES = (
    searches.api,
    entries.api,
    review.api,
    steps.api,
    requests.api,
    access.api,
    access_steps.api,
    locating.api,
    elements.api,
    agencies.api,
    profiles.api,
    validation.api,
    imports.api,
    sources.api,
    run_decisions.api,
    curating.api,
    status.api,
    audit.api,
)


def register_api(app: Flask) -> None:
    """Put every resource under /api/v1 and write down what each takes and answers."""
    description = describe(app)
    for resource in RESOURCES:
        description.register_blueprint(resource)
    reference.publish(app, description.spec.to_dict())
