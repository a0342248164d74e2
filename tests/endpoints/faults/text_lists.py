"""Lists of texts that go wrong at one number of them."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused
from tests.endpoints.registry import fault

SIZES = ("VEC-01", "VEC-05", "VEC-10")


class Sized(Endpoint):
    """Refuses lists of texts whose number `refuses` picks."""

    def body(self, asked: Asked) -> Body:
        """The answer, or an error of the model."""
        if self.refuses(len(asked.texts)):
            raise Refused(500, "shape mismatch in the batch")
        return super().body(asked)

    def refuses(self, count: int) -> bool:
        """To be replaced."""
        return count < 0


@fault("refuses-17-texts", "a list of 17 texts is a 500", *SIZES)
class Refuses17(Sized):
    def refuses(self, count: int) -> bool:
        return count == 17


@fault("refuses-above-256", "more than 256 texts are a 500", *SIZES)
class RefusesAbove256(Sized):
    def refuses(self, count: int) -> bool:
        return count > 256


@fault("refuses-a-rest-of-one", "a last batch of one text is squeezed: a 500", *SIZES)
class RestOfOne(Sized):
    def refuses(self, count: int) -> bool:
        return count > 32 and count % 32 == 1


class Batched(Endpoint):
    """Texts are encoded in batches of `size`; the last of several goes through `rest`."""

    size = 32

    def text_vectors(self, texts: list[str]) -> Matrix:
        """The rows of all batches."""
        whole = len(texts) // self.size * self.size
        if not whole or whole == len(texts):
            return super().text_vectors(texts)
        return super().text_vectors(texts[:whole] + self.rest(texts[whole:]))

    def rest(self, texts: list[str]) -> list[str]:
        """To be replaced."""
        return texts


@fault("rest-missing", "a last batch that is not full is lost", *SIZES)
class RestMissing(Batched):
    def rest(self, texts: list[str]) -> list[str]:
        return []


@fault("rest-reversed", "a last batch that is not full is turned round", *SIZES)
class RestReversed(Batched):
    def rest(self, texts: list[str]) -> list[str]:
        return texts[::-1]


@fault("rest-repeats-its-first", "a last batch that is not full repeats its first text", *SIZES)
class RestRepeats(Batched):
    size = 48

    def rest(self, texts: list[str]) -> list[str]:
        return texts[:1] * len(texts)


@fault("only-256-rows", "texts beyond 256 are left out", *SIZES)
class Only256(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(texts[:256])


@fault("odd-lists-swapped", "an odd number of texts above ten: two in the middle swap", *SIZES)
class OddSwapped(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        middle, turned = len(texts) // 2, list(texts)
        if len(texts) > 10 and len(texts) % 2:
            turned[middle : middle + 2] = turned[middle : middle + 2][::-1]
        return super().text_vectors(turned)


@fault("scaled-above-40", "above 40 texts vectors are scaled by their batch", "VEC-05", "TXT-04")
class ScaledAbove40(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        mean = vectors.mean(axis=0, keepdims=True) if len(texts) else vectors
        return single(vectors - 0.3 * mean) if len(texts) > 40 else vectors


@fault("far-duplicates-collapsed", "equal texts in a list above twelve get one row", "VEC-09")
class FarDuplicates(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(list(dict.fromkeys(texts)) if len(texts) > 12 else texts)
