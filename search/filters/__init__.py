"""The filters, one file each. A new one is a file and a line in ``FILTERS``."""

from __future__ import annotations

from search.filters import (
    age,
    agency,
    audience,
    bbox,
    cycle,
    disclosure,
    division,
    endpoint,
    format,  # noqa: A004 - the filter of that name
    genre,
    ground,
    issued,
    kind,
    near,
    sharing,
    source,
    stage,
    state,
    topic,
    validity,
    within,
    written,
)
from search.filters.filter import Filter as Filter

FILTERS: tuple[Filter, ...] = (
    kind.FILTER,
    agency.FILTER,
    topic.FILTER,
    genre.FILTER,
    validity.FILTER,
    cycle.FILTER,
    format.FILTER,
    disclosure.FILTER,
    sharing.FILTER,
    ground.FILTER,
    issued.FILTER,
    written.FILTER,
    division.FILTER,
    bbox.FILTER,
    within.FILTER,
    near.FILTER,
    state.FILTER,
    stage.FILTER,
    audience.FILTER,
    age.FILTER,
    source.FILTER,
    endpoint.FILTER,
)
BY_NAME = {each.name: each for each in FILTERS}
