"""Assertions used as prerequisites: if one of them fails, the clause is *not judged*.

If a check needs vectors for a comparison and they are rejected, its own clause does not fail: it is
*not judged*, and the clause that the rejection violates is named instead.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from conformance.expect import comparisons, responses
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _as_prerequisite(demand: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    @wraps(demand)
    def given(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return demand(*args, **kwargs)
        except Nonconformity as problem:
            raise PrerequisiteFailed.of(problem) from None

    return given


answered = _as_prerequisite(responses.answered)
vectors = _as_prerequisite(responses.vectors)
status = _as_prerequisite(responses.status)
refusal = _as_prerequisite(responses.refusal)
meta_object = _as_prerequisite(responses.meta_object)
joined = _as_prerequisite(comparisons.joined)
cosines = _as_prerequisite(comparisons.cosines)
