"""Whether the exchange endpoint can be reached, as the last probes found."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("endpoint", "端点状态", "Endpoint", "endpoint_state", codes="endpoint-states")
