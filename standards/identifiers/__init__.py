"""The schemes of numbers and codes, by the name that an element gives as its `scheme`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from standards.identifiers import (
    call_number,
    citizen_number,
    credit_code,
    document_number,
    index_number,
    metadata_identifier,
    organisation_code,
    resource_code,
    resource_identifier,
)
from standards.problems import Text


class Scheme(NamedTuple):
    """How numbers of a scheme are written in one way, and what may be wrong with one."""

    normalise: Callable[[str], str]
    problem: Callable[[str], Text | None]


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "call-number": Scheme(call_number.normalise, call_number.problem),
        "citizen-number": Scheme(citizen_number.normalise, citizen_number.problem),
        "credit-code": Scheme(credit_code.normalise, credit_code.problem),
        "document-number": Scheme(document_number.normalise, document_number.problem),
        "index-number": Scheme(index_number.normalise, index_number.problem),
        "metadata-identifier": Scheme(metadata_identifier.normalise, metadata_identifier.problem),
        "organisation-code": Scheme(organisation_code.normalise, organisation_code.problem),
        "resource-code": Scheme(resource_code.normalise, resource_code.problem),
        "resource-identifier": Scheme(resource_identifier.normalise, resource_identifier.problem),
    }
)
