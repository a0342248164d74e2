"""Check whether two image files show the same picture, based on their vectors.

Small images are sent in a few requests, with varying numbers of images. If such a request is
rejected, its images are sent one by one, so that the finding names the one that is not read. The
vectors from these requests are compared first. If they differ, both images are sent alone. If they
then agree, the difference comes from the other images in the request.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import cycle
from typing import Final

from PIL import Image, ImageOps

from conformance.corpus import image_files, image_formats, image_sizes
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import given
from conformance.expect.comparisons import (
    beyond,
    cosines,
    distinct,
    equal_pairs,
    one_dimension,
    same,
)
from conformance.expect.nonconformity import Cause, CauseKind, Nonconformity, PrerequisiteFailed
from conformance.expect.responses import Observation, Observations, require, vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.pace import TooMuch

NAMED: Final = 6
"""Number of further failures that a message names."""
COUNTS: Final = (8, 3, 7, 2, 8, 5, 6, 4)
"""Images in one request, which vary from request to request."""
MOST_BYTES: Final = 4 * 2**20
"""Maximum total size in bytes of the files in one request."""


class ImageBatches:
    """Encodes each image once, and again if it is requested alone."""

    def __init__(self, endpoint: Endpoint, model: Model | None = None) -> None:
        self._endpoint = endpoint
        self._model = model
        self._counts = cycle(COUNTS)
        self._together: dict[bytes, Observation] = {}
        self._alone: dict[bytes, Exchange] = {}

    def is_rendering(self, got: Observation, file: bytes, within: float) -> bool:
        """Whether the vector of a file is that of a documented transform of it."""
        model = self._model
        if model is None or model.image_resize not in ("crop", "squash"):
            return False
        own, crops = model.image_size or image_formats.USUAL_SIZE, model.image_resize == "crop"
        shown = image_sizes.renderings(file, own, crops)
        self.gather(shown)
        vectors = (self.image(each).vector for each in shown)
        apart = (tolerances.distance(got.vector, each) for each in vectors)
        return any(not beyond(each, within) for each in apart)

    def gather(self, images: Iterable[bytes]) -> None:
        """Request the images whose vectors are not yet known.

        Raises PrerequisiteFailed if a request was rejected although each of its images is served
        alone.
        """
        known = self._together.keys() | self._alone.keys()
        new = dict.fromkeys(image for image in images if image not in known)
        with suppress(TooMuch):  # The images that remain are reported where they are needed.
            for batch in self._split(list(new)):
                self._ask(batch)

    def most(self, count: int) -> int:
        """How many of `count` small images fit in one request here."""
        return self._endpoint.client.pace.images(count)

    def exchange(self, image: bytes) -> Exchange:
        """The exchange with the image's vector, or its rejection when it was sent alone."""
        known = self._together.get(image)
        return known.exchange if known else self.alone(image)

    def image(self, image: bytes) -> Observation:
        """The vector of an image, as a prerequisite."""
        known = self._together.get(image)
        return known or given.vectors(self.alone(image), 0, 1).images[0]

    def alone(self, image: bytes) -> Exchange:
        """The response to a request with only this image."""
        if image not in self._alone:
            self._alone[image] = self._endpoint.vectorize(images=[image])
        return self._alone[image]

    def is_served(self, image: bytes) -> bool:
        """Whether the image has a vector."""
        return image in self._together or _is_good(self.alone(image))

    def served(self, images: Sequence[bytes]) -> list[bytes]:
        """The images that have a vector. Raises PrerequisiteFailed if none has one."""
        self.gather(images)
        found = [image for image in images if self.is_served(image)]
        if not found:
            given.vectors(self.alone(images[0]), 0, 1)
        return found

    def _split(self, images: Sequence[bytes]) -> Iterator[list[bytes]]:
        batch: list[bytes] = []
        most = next(self._counts)
        for image in images:
            if batch and (len(batch) == most or self._is_too_much([*batch, image])):
                yield batch
                batch, most = [], next(self._counts)
            batch.append(image)
        if batch:
            yield batch

    def _is_too_much(self, batch: list[bytes]) -> bool:
        """Whether the images have too many bytes, or need too much work, for one request."""
        bytes_of_all = sum(map(len, batch))
        return bytes_of_all > MOST_BYTES or not self._endpoint.client.pace.fits((), batch)

    def _ask(self, batch: list[bytes]) -> None:
        exchange = self._endpoint.vectorize(images=batch)
        try:
            rows = given.vectors(exchange, 0, len(batch)).images
        except PrerequisiteFailed:
            if len(batch) == 1:
                self._alone[batch[0]] = exchange
                return
            # Each image is sent alone, even after one that is rejected.
            served = [_is_good(self.alone(image)) for image in batch]
            if all(served):
                raise
            return
        self._together.update(zip(batch, rows, strict=True))


def _is_good(exchange: Exchange) -> bool:
    try:
        given.vectors(exchange, 0, 1)
    except PrerequisiteFailed:
        return False
    return True


def all_different(batches: ImageBatches, images: Mapping[str, bytes], own: int | None) -> None:
    """Require a different vector for each image.

    If two have the same vector only at their original size, that size is the cause. `own` is the
    side of the model's images; None if the sizes need not be compared.
    """
    batches.gather(images.values())
    rows = given.joined([batches.image(file) for file in images.values()])
    equal = [list(images.values())[place] for pair in equal_pairs(rows)[:1] for place in pair]
    of_size = own and equal and not _differ(batches, equal) and _differ(batches, equal, own)
    distinct(rows, list(images), Cause(CauseKind.SIZE) if of_size else None)


def _differ(batches: ImageBatches, files: Sequence[bytes], side: int | None = None) -> bool:
    """Whether two images have different vectors as PNGs, at their own or another size."""
    copies = [image_files.brought_to(file, side) for file in files]
    rows = given.joined([batches.image(copy) for copy in copies])
    return not equal_pairs(rows)


def same_image(batches: ImageBatches, file: bytes, shown: bytes, what: str) -> None:
    """Require the same vector for both files."""
    _judged(batches, file, shown, partial(same, what=what))


def decoded_image(batches: ImageBatches, file: bytes, shown: bytes, what: str) -> None:
    """Require nearly the vector of `shown`, or of an allowed rendering of the file.

    Decoders differ. If an image differs more than usual, its limit depends on the distance to the
    vector of a copy with half the chroma resolution, since models differ in their sensitivity.
    """

    def judge(got: Observation, expected: Observation) -> None:
        one_dimension(_one(got), _one(expected))
        within = tolerances.OTHER_DECODER
        if beyond(tolerances.distance(got.vector, expected.vector), within):
            copy = image_files.save(image_sizes.coarse(image_files.opened(shown)), "PNG")
            moved = tolerances.distance(expected.vector, batches.image(copy).vector)
            within = max(within, min(tolerances.TIMES_COARSE * moved, tolerances.COARSEST))
        same(got, expected, what, within=within)

    usual = tolerances.OTHER_DECODER
    _judged(batches, file, shown, _or_rendering(judge, batches, file, usual))


def nearly_same_image(batches: ImageBatches, file: bytes, shown: bytes, what: str) -> None:
    """Require a vector close to that of `shown`, and closer than to incorrectly decoded copies.

    The vector of an allowed rendering of the file also passes.
    """

    def judge(got: Observation, expected: Observation) -> None:
        one_dimension(_one(got), _one(expected))
        apart = tolerances.distance(got.vector, expected.vector)
        if not beyond(apart, tolerances.ACROSS_REQUESTS):
            return
        _close(got, expected, what)
        _not_misread(batches, got, apart, expected, shown, what)

    _judged(batches, file, shown, _or_rendering(judge, batches, file, tolerances.ACROSS_REQUESTS))


Judge = Callable[[Observation, Observation], None]


def _or_rendering(judge: Judge, batches: ImageBatches, file: bytes, within: float) -> Judge:
    """The same assertion, except that the result of any documented transform passes."""

    def lenient(got: Observation, expected: Observation) -> None:
        try:
            judge(got, expected)
        except PrerequisiteFailed:
            raise
        except Nonconformity as problem:
            if problem.cause.kind is CauseKind.DIMENSION:
                raise
            if not batches.is_rendering(got, file, within):
                raise

    return lenient


def each_of(checks: Mapping[str, Callable[[], None]]) -> None:
    """Run all checks, then raise the first failure with the names of the others.

    Checks that are not judged count only if nothing else fails.
    """
    failed: dict[str, Nonconformity] = {}
    pending: list[PrerequisiteFailed] = []
    left_out: list[TooMuch] = []
    for name, check in checks.items():
        try:
            check()
        except PrerequisiteFailed as problem:
            pending.append(problem)
        except TooMuch as problem:
            left_out.append(problem)
        except Nonconformity as problem:
            failed[name] = problem
    _told(failed)
    if pending:
        raise pending[0]
    if checks and len(left_out) == len(checks):
        raise left_out[0]


def each_image(
    judge: Callable[[ImageBatches, bytes, bytes, str], None],
    batches: ImageBatches,
    images: Iterable[tuple[str, bytes, bytes]],
) -> None:
    """`each_of` for images, each with its name, its file, and the file that shows its pixels."""
    each_of({name: partial(judge, batches, file, shown, name) for name, file, shown in images})


def each_read(batches: ImageBatches, files: Mapping[str, bytes]) -> None:
    """Require a vector for each file."""
    each_of({name: partial(is_read, batches, file) for name, file in files.items()})


def is_read(batches: ImageBatches, file: bytes) -> None:
    """Require a vector for the file, in a batch or else alone."""
    if not batches.is_served(file):
        vectors(batches.alone(file), 0, 1)


def _told(failed: Mapping[str, Nonconformity]) -> None:
    if failed:
        name, first = next(iter(failed.items()))
        got = first.got if first.got.startswith(name) else f"{name}: {first.got}"
        got += _others(list(failed)[1:])
        raise Nonconformity(got, first.expected, first.exchanges, first.cause)


def _others(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"; also {'; '.join(names[:NAMED])}{more}"


def _judged(batches: ImageBatches, file: bytes, shown: bytes, judge: Judge) -> None:
    batches.gather([file, shown])
    together = batches.image(file), batches.image(shown)
    try:
        judge(*together)
    except PrerequisiteFailed:
        raise
    except Nonconformity as problem:
        alone = [given.vectors(batches.alone(each), 0, 1).images[0] for each in (file, shown)]
        judge(alone[0], alone[1])
        # Sent alone, the files agree.
        got = f"{problem.got}; sent one at a time, they agree"
        cause = Cause(CauseKind.COMPANIONS, "images")
        raise Nonconformity(got, problem.expected, problem.exchanges, cause) from None


def _close(got: Observation, expected: Observation, what: str) -> None:
    cosine = float(cosines(_one(got), _one(expected))[0, 0])
    require(
        cosine >= tolerances.CONVERTED_COSINE,
        f"{what}: cosine similarity {cosine:.3f}",
        f"at least {tolerances.CONVERTED_COSINE} with the image itself",
        got.exchange,
        expected.exchange,
    )


def _not_misread(
    batches: ImageBatches,
    got: Observation,
    apart: float,
    expected: Observation,
    shown: bytes,
    what: str,
) -> None:
    image = image_files.opened(shown)
    copies = {
        name: image_files.save(misread(image), "PNG") for name, misread in MISREADINGS.items()
    }
    batches.gather(copies.values())
    for name, copy in copies.items():
        to_copy = tolerances.distance(got.vector, batches.image(copy).vector)
        require(
            apart / 2 <= to_copy + tolerances.DIFFERENT,
            f"{what}: as if {name} (distance {to_copy:.2g} from that, {apart:.2g} from the image)",
            "closest to the original image",
            got.exchange,
            expected.exchange,
        )


MISREADINGS: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    "red and blue were swapped": lambda image: _channels(image, 2, 1, 0),
    "red and green were swapped": lambda image: _channels(image, 1, 0, 2),
    "green and blue were swapped": lambda image: _channels(image, 0, 2, 1),
    "it were in grayscale": lambda image: image.convert("L").convert("RGB"),
    "it were inverted": ImageOps.invert,
    "it were mirrored": ImageOps.mirror,
    "it were upside down": ImageOps.flip,
    "it were rotated by 180 degrees": lambda image: image.rotate(180),
    "its rows and columns were swapped": lambda image: image.transpose(Image.Transpose.TRANSPOSE),
}
"""Common mistakes of decoders and conversions."""


def _channels(image: Image.Image, *order: int) -> Image.Image:
    bands = image.split()
    return Image.merge("RGB", [bands[place] for place in order])


def _one(row: Observation) -> Observations:
    return given.joined([row])
