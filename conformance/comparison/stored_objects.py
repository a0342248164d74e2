"""Re-encode stored objects and explain how the new vectors differ from the stored ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.comparison.answer import other_length
from conformance.comparison.combinations import Fields, Fit, as_documented, best_fit
from conformance.comparison.recording import Answers, Progress
from conformance.comparison.similarity import Agreement, Pair, agreement, pairs
from conformance.comparison.weaviate_collection import StoredObject
from conformance.data.messages import one_line
from conformance.data.tolerances import Array
from conformance.expect import Nonconformity, vectors
from conformance.transport.endpoint import Endpoint


@dataclass
class Reencoded:
    """Objects and the endpoint's vectors for their fields, in the same order."""

    objects: list[StoredObject] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Objects that the endpoint refused, each with its response."""

    def pairs(self) -> list[Pair]:
        """Each object's vector as it would be stored today, and as it was stored."""
        here = {each.name: vector for each, vector in zip(self.objects, self._today, strict=True)}
        return pairs(here, {each.name: each.vector for each in self.objects})

    def searches(self) -> Agreement | None:
        """Search with each object's first field, over the stored vectors and over today's.

        None if there are too few objects, or their dimensions differ.
        """
        queries = [each.rows[0] for each in self.fields]
        return agreement((queries, queries), (self._today, self._stored))

    def best_fit(self) -> Fit | None:
        """The combination of fields, other than today's, that the stored vectors fit."""
        return best_fit(self.fields, self._stored) if self.fields else None

    @property
    def _today(self) -> list[Array]:
        return [as_documented(each) for each in self.fields]

    @property
    def _stored(self) -> list[Array]:
        return [each.vector for each in self.objects]


def reencode(
    stored: Sequence[StoredObject], endpoint: Endpoint, progress: Progress = lambda _name: None
) -> Reencoded:
    """Encode each object in one request, as Weaviate sends it. Raises NoAnswers."""
    done, answers = Reencoded(), Answers("objects")
    for each in stored:
        progress(each.name)
        exchange = endpoint.post({"texts": each.texts, "images": each.images})
        answers.counted(exchange)
        try:
            got = vectors(exchange, len(each.texts), len(each.images))
        except Nonconformity as problem:
            done.refused[each.name] = one_line(problem.got)
            continue
        done.objects.append(each)
        rows = list(got.texts.vectors), list(got.images.vectors)
        done.fields.append(Fields(*rows, each.weights))
    return done


def explanation(reencoded: Reencoded) -> str:
    """The likely cause of a difference between stored and current vectors, in a sentence."""
    if longer := other_length(reencoded.pairs()):
        return longer
    fit = reencoded.best_fit()
    count = len(reencoded.objects)
    if fit is None:
        return "a different model or version: no combination of the endpoint's vectors fits"
    usual = sorted(pair.distance for pair in reencoded.pairs())[count // 2]
    return (
        f"{fit.way} (fits {fit.within} of {count} objects, "
        f"median distance {fit.distance:.2g} instead of {usual:.2g})"
    )
