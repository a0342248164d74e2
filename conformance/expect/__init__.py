# ruff: noqa: F401 - the names are for the checks
# mypy: implicit-reexport
"""Assertions that the checks make about their observations.

`expect.vectors(...)`, `expect.same(...)`, and the others fail the clause of the running check. If
one of `given` fails, that clause is *not judged*, and the failure counts for its own clause.
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
