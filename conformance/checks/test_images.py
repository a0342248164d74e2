"""IMG: formats, modes, sizes, and what the vector of an image depends on."""

import numpy as np
import pytest
from PIL import Image

from conformance import expect
from conformance.corpus import image_files, photographs
from conformance.corpus.alignment import AlignedCorpus
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import Vectors
from conformance.expect.statuses import not_applicable
from conformance.expect.vector_cache import Alone
from conformance.transport.endpoint import Endpoint

FORMATS = tuple(image_files.formats())
MODES = tuple(image_files.modes())
LOSSLESS = tuple(image_files.lossless())
CONVERTED = tuple(image_files.converted())
ODD_SIZES = tuple(image_files.odd_sizes())
BODY = 16 * 2**20


@pytest.mark.clause("IMG-01")
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_read(alone: Alone, name: str) -> None:
    alone.image(image_files.formats()[name])


@pytest.mark.clause("IMG-02")
@pytest.mark.parametrize("name", MODES)
def test_a_mode_is_read(alone: Alone, name: str) -> None:
    alone.image(image_files.modes()[name])


@pytest.mark.clause("IMG-03")
@pytest.mark.parametrize("name", LOSSLESS)
def test_the_same_pixels_have_the_same_vector(alone: Alone, name: str) -> None:
    plain, other = image_files.lossless()[name]
    wanted, got = alone.image(plain), alone.image(other)
    expect.same(got[None], wanted[None], f"{name} and RGB PNG", alone.image_exchange(other))


@pytest.mark.clause("IMG-04")
def test_the_same_image_has_bit_equal_vectors(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    for image in corpus.images[:2]:
        first, again = (endpoint.vectorize(images=[image]) for _ in range(2))
        one, two = (expect.vectors(each, 0, 1).images for each in (first, again))
        apart = float(np.max(np.abs(one - two)))
        expect.require(apart == 0, f"a difference of {apart:.2g}", "equal vectors", first, again)


@pytest.mark.clause("IMG-05")
@pytest.mark.parametrize("name", ODD_SIZES)
def test_an_odd_size_is_read(alone: Alone, name: str) -> None:
    alone.image(image_files.odd_sizes()[name])


@pytest.mark.clause("IMG-06")
def test_12_megapixels_are_read(endpoint: Endpoint) -> None:
    photograph = photographs.load("astronaut")
    endpoint.vectors(images=[image_files.megapixels(photograph, 4000, 3000)])


@pytest.mark.clause("IMG-06")
def test_a_body_of_16_mib_is_served(endpoint: Endpoint) -> None:
    # Base64 makes four bytes of three; a little is left for the JSON around it.
    endpoint.vectors(images=[image_files.heavy(BODY * 3 // 4 - 40_000)])


@pytest.mark.clause("IMG-07")
def test_different_images_differ(encoded: Vectors, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.images, corpus.names)


@pytest.mark.clause("IMG-08")
def test_companions_make_no_difference(
    endpoint: Endpoint, corpus: AlignedCorpus, alone: Alone
) -> None:
    images = [image_files.odd_sizes()["4000 x 10"], corpus.images[0], corpus.images[1]]
    exchange = endpoint.vectorize(["a blue square"], images)
    got = expect.vectors(exchange, 1, len(images))
    wanted = alone.images(images)
    expect.same(got.images, wanted, "an image beside others", exchange)


@pytest.mark.clause("IMG-09")
def test_a_image_is_brought_to_size_as_the_model_does(alone: Alone, model: Model) -> None:
    if model.image_resize not in ("crop", "squash"):
        not_applicable(f"preprocessing {model.image_resize or 'unknown'}")
    light, dark = (wide(shade) for shade in (250, 20))
    apart = tolerances.distance(*alone.images((light, dark)))
    got = f"a relative distance of {apart:.2g} between images that differ at their sides alone"
    shown = alone.image_exchange(light), alone.image_exchange(dark)
    if model.image_resize == "crop":
        expect.require(
            apart <= tolerances.ACROSS_REQUESTS, got, "none: the model crops the centre", *shown
        )
    else:
        expect.require(
            apart > tolerances.ACROSS_REQUESTS, got, "one: the model sees the sides", *shown
        )


@pytest.mark.clause("IMG-10")
@pytest.mark.parametrize("name", CONVERTED)
def test_a_converted_image_stays_close(alone: Alone, name: str) -> None:
    plain, other = image_files.converted()[name]
    vectors = alone.images((plain, other))
    cosine = float(tolerances.cosines(vectors[:1], vectors[1:])[0, 0])
    expected = f"at least {tolerances.CONVERTED_COSINE} with the image itself"
    shown = alone.image_exchange(other)
    expect.require(
        cosine >= tolerances.CONVERTED_COSINE, f"cosine similarity {cosine:.3f}", expected, shown
    )


@pytest.mark.clause("IMG-11")
@pytest.mark.parametrize(("name", "kind"), [("astronaut", "JPEG"), ("coffee", "PNG")])
def test_photographs_are_read(endpoint: Endpoint, alone: Alone, name: str, kind: str) -> None:
    photograph = image_files.save(photographs.load(name), kind)
    again = endpoint.vectorize(images=[photograph])
    got = expect.vectors(again, 0, 1).images
    expect.same(got, alone.image(photograph)[None], f"{name} again", again, within=0.0)


def wide(shade: int) -> bytes:
    """A drawing with sides of another shade; next to it they are alike, for resampling blurs."""
    size = image_files.SIZE * 2
    canvas = Image.new("RGB", (2 * size, size), (shade, shade, shade))
    canvas.paste((235, 235, 235), (size // 3, 0, 2 * size - size // 3, size))
    canvas.paste(image_files.image(0, size), (size // 2, 0))
    return image_files.save(canvas, "PNG")
