# ruff: noqa: F401 - the names are for the checks
# mypy: implicit-reexport
"""Assertions that the checks make about their observations.

`expect.vectors(...)`, `expect.same(...)` and the others fail the clause of the running check. Those
of `given` make it *not judged*, and fail the clause that they belong to.
"""

from conformance.expect.comparisons import (
    beyond,
    corresponding,
    cosines,
    distinct,
    equal,
    equal_at_once,
    equal_pairs,
    joined,
    one_dimension,
    same,
)
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.expect.responses import (
    Observation,
    Observations,
    Vectors,
    answered,
    content_encoding,
    meta_object,
    no_leak,
    numbers_only,
    readable,
    refusal,
    require,
    status,
    vectors,
)
