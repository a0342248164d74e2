"""Detect whether the endpoint still responds after a rejection, a timeout, or an unusual item.

After each of them, the suite sends a small valid request, with three possible outcomes:

- It is served as usual, so nothing has happened. If the unusual request is also served when it is
  sent again, it was rejected at random.
- It is rejected, although such a request was served before. The endpoint is poisoned, and the
  finding names the input that was sent before.
- It gets no response. The endpoint is dead, and the run ends here instead of waiting for every
  remaining request.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus

from conformance.data import attribution
from conformance.expect.comparisons import if_changed
from conformance.expect.good_requests import (
    DRAINED,
    IMAGES,
    LARGE,
    PAUSE,
    TEXTS,
    TEXTS_ALONE,
    TRIES,
    GoodRequests,
    kind_of,
    like,
    one_image,
    problem_with,
    wrong_rows,
)
from conformance.expect.item_limits import ItemLimits, items_of
from conformance.expect.nonconformity import (
    TOO_MANY_REQUESTS,
    Cause,
    CauseKind,
    Nonconformity,
    PrerequisiteFailed,
    response_signature,
)
from conformance.expect.refused_images import RefusedImages
from conformance.transport.endpoint import VECTORIZE, Endpoint, Items
from conformance.transport.exchange import Exchange, FailureKind

HEAVY = 10_000
"""Size in bytes above which a request may keep an endpoint busy for an unknown time."""
UNREADABLE = (FailureKind.BROKEN_GZIP, FailureKind.BROKEN_OFF, FailureKind.TOO_LARGE)
"""Failures with a response."""
SERVER_ERROR = 500
"""The lowest status code of a server error."""
LOOKED_INTO = (CauseKind.REFUSED, CauseKind.NO_RESPONSE, CauseKind.RATE_LIMITED)
"""Causes that may hide another cause."""
AS_BEFORE = "the next valid request served as before"
TOO_SLOW_REMEDY = (
    "a response in time: use a GPU or more processors, import with fewer parallel clients, "
    "or raise Weaviate's MODULES_CLIENT_TIMEOUT (and --endpoint-timeout here)"
)
MOST_TIMEOUTS = 3
"""Number of timed-out requests after which a run ends, since the rest would take hours."""
LOADING = 10
"""Number of tries while an endpoint that says it is ready may still be loading its model."""


class Aftermath:
    """Listens to every exchange of a client, and records problems that it sees."""

    def __init__(self, endpoint: Endpoint, first: Exchange) -> None:
        """`first` is the run's first request, with only texts."""
        self._endpoint = endpoint
        self._good = GoodRequests(endpoint)
        self._pace = endpoint.client.pace
        self._in_vain: Counter[str] = Counter()
        """Rejections that were neither random nor due to a limit, by their signature."""
        self._served: dict[str, bool] = {}
        """Whether a good request was served at first, by the kinds of its items."""
        self._before: Exchange | None = None
        self._before_clause = ""
        self.test = ""
        """The name of the running test, by which an input is identified."""
        self.clause = ""
        """The clause of the running test."""
        self._refused = False
        """Whether any request has been rejected."""
        self.gone = ""
        """Why further requests would be pointless; empty while the endpoint responds."""
        self._problems: list[Nonconformity] = []
        """Problems that have not been taken yet."""
        self.first = {TEXTS: first}
        """The run's first request with only texts, and the first with only images."""

    @cached_property
    def _limits(self) -> ItemLimits:
        return ItemLimits(self._endpoint)

    @cached_property
    def _images(self) -> RefusedImages:
        return RefusedImages(self._endpoint)

    def start(self) -> None:
        """See how the endpoint handles good requests before anything unusual is sent."""
        for good in (TEXTS_ALONE, one_image()):
            exchange = self._first_response(good)
            self._good.slowest = max(self._good.slowest, exchange.seconds)
            problem = problem_with(exchange, good)
            self._served[kind_of(good)] = problem is None
            if problem is not None:
                self._problems.append(self.explained(problem))
            if exchange.failed_by(FailureKind.TIMED_OUT) and self._good.unanswered(good):
                self.gone = f"no response to a valid request: {exchange.summary()}"
                return
            silent = exchange.failure is not None and exchange.failure.kind not in UNREADABLE
            if silent and self._good.unanswered(TEXTS_ALONE):
                self.gone = f"the endpoint has not answered since {exchange.asked()}"
                got = f"no response to any request since the first {exchange.asked()}: "
                cause = Cause(CauseKind.DEAD, "plain")
                self.saw(cause, got + exchange.summary(), "a response", exchange)
                return
            if problem is None:
                self._good.measure(good, exchange)
        self._good.measure_a_long_text()
        if self._served[IMAGES] and (seen := self._good.measure_a_large_image()):
            late, again = seen
            got = f"no response to the first image of {LARGE} x {LARGE} pixels within "
            got += f"{self._good.timeout:g} s; the same image, sent again, was answered in "
            got += f"{again.seconds:.2g} s"
            cause = Cause(CauseKind.NO_RESPONSE, IMAGES, response_signature(late))
            self.saw(cause, got, "a response each time", late, again)

    def _first_response(self, good: Items) -> Exchange:
        """The response to the first request of its kind, once the model is loaded."""
        first = seen = self._good.send(good, self._good.timeout)
        self.first.setdefault(kind_of(good), first)
        for _ in range(LOADING):
            if seen.status != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(PAUSE)
            seen = self._good.send(good, self._good.timeout)
        if seen is not first and seen.succeeded:
            cause = Cause(CauseKind.FIRST, signature=response_signature(first))
            got = f"{first.summary()}; served when the same request was sent again later"
            self.saw(cause, got, "the first request served", first, seen)
        return seen

    def saw(self, cause: Cause, got: str, expected: str, *shown: Exchange) -> None:
        """Record a problem for the running test to take."""
        self._problems.append(PrerequisiteFailed(got, expected, shown, cause))

    def begin(self, name: str, clause: str) -> None:
        """A test of `clause` begins; `name` is its name in pytest, which problems mention."""
        words = name.removeprefix("test_").replace("_", " ")
        self.test = words.replace("[", " (").replace("]", ")")
        self.clause = clause
        self._pace.about = clause

    def taken(self) -> list[Nonconformity]:
        """The problems since the last call."""
        problems, self._problems = self._problems, []
        return [self._if_too_slow(each) for each in problems]

    def reason_to_stop(self) -> str:
        """Why further requests would be pointless; empty while they make sense."""
        late = self._endpoint.client.late
        if self.gone or len(late) < MOST_TIMEOUTS:
            return self.gone
        if all(clause.startswith("ERR-") for clause, _ in late):
            self._note_unanswered(late[-1][1], len(late))
        return f"{len(late)} requests timed out; giving up"

    def _note_unanswered(self, last: Exchange, count: int) -> None:
        """Report invalid requests that are never answered, if they alone end the run."""
        cause = Cause(CauseKind.UNANSWERED, signature=response_signature(last))
        got = f"{last.summary()} (request: {last.asked()}); {count} invalid requests got "
        got += "no response, although valid ones are served"
        self.saw(cause, got, "a JSON error", last)

    def note(self, problem: Nonconformity) -> None:
        """Record a problem that another part of the suite has seen."""
        self._problems.append(problem)

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Check the endpoint if one of these requests was rejected or got no response."""
        if self._good.sending or self.gone:
            return
        # A probe may return an error; one without a response can be the first sign of a crash.
        posted = [each for each in exchanges if each.failure or each.method == "POST"]
        odd = [each for each in posted if _is_odd(each)]
        if odd and self._served.get(kind_of(TEXTS_ALONE)):
            self._drain([each for each in odd if each.failed_by(FailureKind.TIMED_OUT)])
            self._look_after(odd[0], len(exchanges) > 1)
        self._refused = self._refused or bool(odd)
        if exchanges:
            self._before, self._before_clause = exchanges[-1], self.clause

    def _drain(self, late: Sequence[Exchange]) -> None:
        """Wait while the endpoint may still be busy with requests that timed out."""
        timeout = self._good.timeout
        if any(map(self._pace.explains, late)):
            self._good.drain(like(late[0]), timeout + 2 * self._pace.outstanding(late))
        elif any(len(each.request_body) > HEAVY for each in late):
            self._good.drain(like(late[0]), timeout * DRAINED)

    def _look_after(self, odd: Exchange, parallel: bool) -> None:
        good = like(odd)
        if not self._served.get(kind_of(good)):
            good = TEXTS_ALONE
        after = self._good.send(good)
        if after.failure is not None:
            if self._good.unanswered(good):
                self._end(odd, after, self._kind_of_work(parallel))
        elif problem_with(after, good) is not None:
            self._poisoned(odd, after, good)
        elif odd.status >= SERVER_ERROR and not parallel:
            self._refused_by_chance(odd)

    def explained(self, raised: Nonconformity) -> Nonconformity:
        """The raised exception, with a better cause if a good request was rejected or mixed up.

        The request is sent again; if it is rejected again, its items are sent in different numbers.
        """
        raised = self._if_too_slow(raised)
        kind = raised.cause.kind
        if not raised.exchanges or self.gone:
            return raised
        if kind not in LOOKED_INTO:
            with self._good.unobserved():
                return self._if_mixed_up(if_changed(raised, self._endpoint))
        odd = raised.exchanges[0]
        if odd.url != self._endpoint.client.url + VECTORIZE or not items_of(odd.request_body):
            return raised
        may_recover = _is_odd(odd) and not odd.failed_by(FailureKind.TIMED_OUT)
        if not may_recover or attribution.sends("afterward", self.clause):
            return raised
        signature = response_signature(odd)
        look = self._in_vain[signature] < TRIES
        with self._good.unobserved():
            found = self._by_chance(odd, (0, PAUSE) if look else (0,))
            found = found or self._limits.found(odd, look)
        self._in_vain[signature] += found is None
        if found is None:
            return self._of_its_image(self._of_its_items(raised))
        cause, words = found
        got = f"{raised.got}; {words}"
        if kind is CauseKind.NO_RESPONSE and cause.kind is CauseKind.BY_CHANCE:
            is_own = attribution.sends("lost", self.clause)
            own = type(raised) if is_own else PrerequisiteFailed
            return own(got, raised.expected, raised.exchanges, raised.cause)
        return type(raised)(got, raised.expected, raised.exchanges, cause)

    def _if_too_slow(self, raised: Nonconformity) -> Nonconformity:
        """The raised exception, or one that blames a slow endpoint, if that explains it."""
        slow = [each for each in raised.exchanges if self._pace.explains(each)]
        unanswered = raised.cause.kind is CauseKind.NO_RESPONSE
        is_known = raised.cause.kind is CauseKind.TOO_SLOW or not slow
        if is_known or not (unanswered or any(each.failure is None for each in slow)):
            return raised
        got = f"{raised.got}; {self._pace.described()}"
        cause = Cause(CauseKind.TOO_SLOW, signature="too slow")
        return type(raised)(got, TOO_SLOW_REMEDY, raised.exchanges, cause)

    def _if_mixed_up(self, raised: Nonconformity) -> Nonconformity:
        """The raised exception, with a better cause if the rows are right when sent alone."""
        is_number = raised.cause.kind in (CauseKind.ROWS, CauseKind.UNASKED)
        if not is_number or not raised.exchanges[0].in_parallel:
            return raised
        body = raised.exchanges[0].request_body
        kinds = [kind for kind, _ in items_of(body)]
        again = self._endpoint.post(body)
        if wrong_rows(again, kinds.count(TEXTS), kinds.count(IMAGES)) is not None:
            return raised
        got = f"{raised.got} in parallel with other requests, but not alone"
        return type(raised)(got, raised.expected, raised.exchanges, Cause(CauseKind.CROSSED))

    def _of_its_items(self, raised: Nonconformity) -> Nonconformity:
        """The raised exception, not attributed to a rate limit if a small request is served."""
        if raised.cause.kind is CauseKind.RATE_LIMITED:
            after = self._good.send(TEXTS_ALONE)
            if problem_with(after, TEXTS_ALONE) is None:
                raised.cause = replace(raised.cause, kind=CauseKind.REFUSED)
        return raised

    def _of_its_image(self, raised: Nonconformity) -> Nonconformity:
        """The raised exception with the property that causes an image's rejection, if known."""
        if isinstance(raised, PrerequisiteFailed) or raised.cause.kind is not CauseKind.REFUSED:
            return raised
        is_plain = attribution.sends("plain images", self.clause)
        with self._good.unobserved():
            found = self._images.property(raised.exchanges[0], is_plain)
        cause = replace(raised.cause, about=found or "")
        return Nonconformity(raised.got, raised.expected, raised.exchanges, cause)

    def _by_chance(self, refused: Exchange, pauses: Sequence[float]) -> tuple[Cause, str] | None:
        """Whether a request is served when it is sent again alone, after one of the pauses.

        If it is, it was rejected because of other requests at the time.
        """
        for pause in pauses:
            time.sleep(pause)
            if self._endpoint.post(refused.request_body).succeeded:
                first = any(refused is each for each in self.first.values())
                kind = CauseKind.FIRST if first else CauseKind.BY_CHANCE
                cause = Cause(kind, signature=response_signature(refused))
                return cause, "served when the same request was sent again"
        return None

    def _refused_by_chance(self, odd: Exchange) -> None:
        """Record a request that is served when it is repeated, even if no check needs it."""
        if attribution.sends("afterward", self.clause):
            return
        with self._good.unobserved():
            found = self._by_chance(odd, (0,))
        if found:
            cause, words = found
            got, expected = f"{odd.summary()}; {words}", "every valid request served, every time"
            self.saw(cause, got, expected, odd)

    def _kind_of_work(self, parallel: bool) -> str:
        """The preceding load: a disruptive request, many at once, or plain work."""
        if parallel:
            return "parallel"
        clauses = filter(None, (self.clause, self._before_clause))
        harmless = all(attribution.sends("harmless", clause) for clause in clauses)
        return "plain" if harmless else ""

    def _since(self, odd: Exchange) -> str:
        before = self._before
        if odd.failure is None or before is None or before.failure is not None:
            return f"the test '{self.test}'"
        return f"the test '{self.test}', or the request before it (answered with {before.status})"

    def _poisoned(self, odd: Exchange, after: Exchange, good: Items) -> None:
        # An endpoint that rejects requests intermittently is not poisoned: it must recover.
        for _ in range(TRIES):
            time.sleep(PAUSE)
            if problem_with(self._good.send(good), good) is None:
                if not self._answered_twice(odd, after) and not self._upsets(odd, after, good):
                    self._refused_by_chance(odd)
                return
        self._served[kind_of(good)] = False
        harmless = attribution.sends("harmless", self.clause)
        suspect = attribution.sends("risky", self.clause) or not (self._refused or harmless)
        if response_signature(odd) == response_signature(after) and not suspect:
            # The preceding request was just as plain, so it was affected too.
            self._problems.append(problem_with(after, good) or PrerequisiteFailed("", ""))
            return
        cause = Cause(CauseKind.POISONED, kind_of(good), response_signature(after))
        got = f"valid requests are no longer served after the test '{self.test}': {after.summary()}"
        self.saw(cause, got, AS_BEFORE, odd, after)

    def _upsets(self, odd: Exchange, after: Exchange, good: Items) -> bool:
        """Whether the request directly after this one is rejected each time it is tried."""
        for _ in range(TRIES - 1):
            with self._good.unobserved():
                refused = _is_odd(self._endpoint.post(odd.request_body))
            if not refused or problem_with(self._good.send(good), good) is None:
                return False
            time.sleep(PAUSE)
        cause = Cause(CauseKind.POISONED, kind_of(good), response_signature(after))
        got = f"a valid request sent right afterward is rejected in {TRIES} of {TRIES} attempts: "
        self.saw(cause, got + after.summary(), AS_BEFORE, odd, after)
        return True

    def _answered_twice(self, odd: Exchange, after: Exchange) -> bool:
        """Whether a good request once got exactly the response to the unusual one before it."""
        ill = after.status == TOO_MANY_REQUESTS or after.status >= SERVER_ERROR
        if after.body != odd.body or ill:  # This may be the response to anything.
            return False
        cause = Cause(CauseKind.POISONED, "once", response_signature(after))
        got = f"a valid request got the response to an earlier one: {after.summary()}"
        self.saw(cause, got, "its own response", odd, after)
        return True

    def _end(self, odd: Exchange, after: Exchange, work: str) -> None:
        since = self._since(odd)
        self.gone = f"the endpoint has not answered any valid request since {since}"
        got = f"no response to any valid request since {since}: {after.summary()}"
        cause = Cause(CauseKind.DEAD, work)
        self.saw(cause, got, "a response to the next valid request", odd, after)


def _is_odd(exchange: Exchange) -> bool:
    return exchange.failure is not None or exchange.status > 399
