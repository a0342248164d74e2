"""IMG: formats, modes, sizes, and what the vector of an image depends on."""

import pytest
from PIL import Image

from conformance import expect
from conformance.corpus import image_files, photographs
from conformance.corpus.alignment import AlignedCorpus
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.expect import given
from conformance.expect.statuses import not_applicable
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.transport.endpoint import Endpoint

FORMATS = tuple(image_files.formats())
MODES = tuple(image_files.modes())
LOSSLESS = tuple(image_files.lossless())
LOSSLESS_IN_OTHER_MODES = tuple(image_files.lossless_in_other_modes())
CONVERTED = tuple(image_files.converted())
ODD_SIZES = tuple(image_files.odd_sizes())
BODY = 16 * 2**20


@pytest.mark.clause("IMG-01")
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_read(cache: VectorCache, name: str) -> None:
    expect.vectors(cache.exchange(images=[image_files.formats()[name]]), 0, 1)


@pytest.mark.clause("IMG-02")
@pytest.mark.parametrize("name", MODES)
def test_a_mode_is_read(cache: VectorCache, name: str) -> None:
    expect.vectors(cache.exchange(images=[image_files.modes()[name]]), 0, 1)


@pytest.mark.clause("IMG-03")
@pytest.mark.parametrize("name", LOSSLESS)
def test_the_same_pixels_have_the_same_vector(cache: VectorCache, name: str) -> None:
    plain, other = image_files.lossless()[name]
    expect.same(cache.image(other), cache.image(plain), f"{name} and RGB PNG")


@pytest.mark.clause("IMG-03")
@pytest.mark.parametrize("name", LOSSLESS_IN_OTHER_MODES)
def test_the_same_pixels_in_another_mode_are_close(cache: VectorCache, name: str) -> None:
    close(cache, image_files.lossless_in_other_modes()[name])


@pytest.mark.clause("IMG-12")
@pytest.mark.parametrize("name", LOSSLESS_IN_OTHER_MODES)
def test_the_same_pixels_in_another_mode_have_the_same_vector(
    cache: VectorCache, name: str
) -> None:
    plain, other = image_files.lossless_in_other_modes()[name]
    expect.same(cache.image(other), cache.image(plain), f"{name} and RGB PNG")


@pytest.mark.clause("IMG-04")
@pytest.mark.parametrize("number", [0, 1])
def test_the_same_image_has_bit_equal_vectors(
    endpoint: Endpoint, cache: VectorCache, corpus: AlignedCorpus, number: int
) -> None:
    image = corpus.images[number]
    again = given.vectors(endpoint.vectorize(images=[image]), 0, 1).images[0]
    expect.equal(again, cache.image(image), "the same image again")


@pytest.mark.clause("IMG-05")
@pytest.mark.parametrize("name", ODD_SIZES)
def test_an_odd_size_is_read(cache: VectorCache, name: str) -> None:
    expect.vectors(cache.exchange(images=[image_files.odd_sizes()[name]]), 0, 1)


@pytest.mark.clause("IMG-06")
def test_12_megapixels_are_read(endpoint: Endpoint) -> None:
    photograph = photographs.load("astronaut")
    image = image_files.megapixels(photograph, 4000, 3000)
    expect.vectors(endpoint.vectorize(images=[image]), 0, 1)


@pytest.mark.clause("IMG-06")
def test_a_body_of_16_mib_is_served(endpoint: Endpoint) -> None:
    # Base64 makes four bytes of three; a little is left for the JSON around it.
    image = image_files.heavy(BODY * 3 // 4 - 40_000)
    expect.vectors(endpoint.vectorize(images=[image]), 0, 1)


@pytest.mark.clause("IMG-07")
def test_different_images_differ(encoded: EncodedCorpus, corpus: AlignedCorpus) -> None:
    expect.distinct(encoded.images, corpus.names)


@pytest.mark.clause("IMG-08")
def test_companions_make_no_difference(
    endpoint: Endpoint, corpus: AlignedCorpus, cache: VectorCache
) -> None:
    sent = [image_files.odd_sizes()["4000 x 10"], corpus.images[0], corpus.images[1]]
    got = given.vectors(endpoint.vectorize(["a blue square"], sent), 1, len(sent))
    expect.same(got.images, cache.images(sent), "an image beside others")


@pytest.mark.clause("IMG-09")
def test_an_image_is_brought_to_size_as_the_model_does(cache: VectorCache, model: Model) -> None:
    if model.image_resize not in ("crop", "squash"):
        not_applicable(f"preprocessing {model.image_resize or 'unknown'}")
    light, dark = (cache.image(wide(shade)) for shade in (250, 20))
    apart = tolerances.distance(light.vector, dark.vector)
    got = f"a relative distance of {apart:.2g} between images that differ at their sides alone"
    crops, differ = model.image_resize == "crop", apart > tolerances.ACROSS_REQUESTS
    expected = "none: the model crops the centre" if crops else "one: the model sees the sides"
    expect.require(differ != crops, got, expected, light.exchange, dark.exchange)


@pytest.mark.clause("IMG-10")
@pytest.mark.parametrize("name", CONVERTED)
def test_a_converted_image_stays_close(cache: VectorCache, name: str) -> None:
    close(cache, image_files.converted()[name])


@pytest.mark.clause("IMG-11")
@pytest.mark.parametrize(("name", "kind"), [("astronaut", "JPEG"), ("coffee", "PNG")])
def test_photographs_are_read(endpoint: Endpoint, cache: VectorCache, name: str, kind: str) -> None:
    photograph = image_files.save(photographs.load(name), kind)
    first = expect.vectors(cache.exchange(images=[photograph]), 0, 1).images[0]
    again = expect.vectors(endpoint.vectorize(images=[photograph]), 0, 1).images[0]
    expect.equal(again, first, f"{name} again")


def close(cache: VectorCache, pair: tuple[bytes, bytes]) -> None:
    """The second image is nearly the first one."""
    plain, other = map(cache.image, pair)
    cosine = float(expect.cosines(given.joined([plain]), given.joined([other]))[0, 0])
    expected = f"at least {tolerances.CONVERTED_COSINE} with the image itself"
    met = cosine >= tolerances.CONVERTED_COSINE
    got = f"cosine similarity {cosine:.3f}"
    expect.require(met, got, expected, other.exchange, plain.exchange)


def wide(shade: int) -> bytes:
    """A drawing with sides of another shade; next to it they are alike, for resampling blurs."""
    size = image_files.SIZE * 2
    canvas = Image.new("RGB", (2 * size, size), (shade, shade, shade))
    canvas.paste((235, 235, 235), (size // 3, 0, 2 * size - size // 3, size))
    canvas.paste(image_files.image(0, size), (size // 2, 0))
    return image_files.save(canvas, "PNG")
