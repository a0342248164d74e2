"""Images that are mixed up with others, within a request or across requests."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import hashlib
import io
import threading
import time
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Endpoint, Refused, read_by_pillow
from tests.endpoints.faults.image_files import Branch, RefusedBranch
from tests.endpoints.faults.load import Overlapping
from tests.endpoints.registry import caches, fault, inputs, outputs, refusals, variants

# Shortcuts that confuse similar images.


def opened(image: bytes) -> Image.Image:
    with Image.open(BytesIO(image)) as found:
        found.load()
        return image_encoder.rgb(found)


cached = caches("image_vector")


@cached("cache-by-average-hash")
def average_hash(image: bytes) -> tuple[bool, ...]:
    small = np.asarray(opened(image).convert("L").resize((16, 16)), dtype=np.float32)
    return tuple((small > small.mean()).flatten().tolist())


cached("cache-by-length-and-head", lambda image: (len(image), image[:512]))
cached("cache-by-end-of-file", lambda image: image[-64:])
cached("image-cache-by-first-bytes", lambda image: image[:32])
cached("image-cache-by-size", lambda image: opened(image).size)
cached("cache-by-histogram", lambda image: tuple(opened(image).histogram()))
cached(
    "cache-by-gray-pixels", lambda image: (opened(image).convert("L").tobytes(), opened(image).size)
)
cached("cache-by-first-megabyte", lambda image: hashlib.sha256(image[: 2**20]).digest())


@cached("cache-by-sampled-pixels")
def sampled(image: bytes) -> tuple[bytes, tuple[int, int]]:
    picture = opened(image)
    return np.asarray(picture)[::32, ::32].tobytes(), picture.size


seen = inputs("picture_vector")


@seen("bottom-unseen")
def without_bottom(picture: Image.Image) -> Image.Image:
    shown = image_encoder.rgb(picture).copy()
    shown.paste((0, 0, 0), (0, shown.height - shown.height // 8, shown.width, shown.height))
    return shown


@seen("right-edge-unseen")
def without_right_edge(picture: Image.Image) -> Image.Image:
    if picture.format != "WEBP":
        return picture
    shown = image_encoder.rgb(picture).copy()
    shown.paste((0, 0, 0), (shown.width - shown.width // 8, 0, shown.width, shown.height))
    return shown


@fault("mirrored-mean")
class MirroredMean(Endpoint):
    def picture_vector(self, picture: Image.Image) -> Matrix:
        plain = image_encoder.rgb(picture)
        both = [self.encoder.picture(each) for each in (plain, ImageOps.mirror(plain))]
        return single((both[0] + both[1]) / 2)


@seen("half-turns-undone")
def upright(picture: Image.Image) -> Image.Image:
    plain = image_encoder.rgb(picture)
    rows = np.asarray(plain, dtype=np.float32)
    half = len(rows) // 2
    stands = half == 0 or rows[:half].mean() >= rows[half:].mean()
    return plain if stands else plain.rotate(180)


@seen("blue-unread-in-bmp")
def without_blue(picture: Image.Image) -> Image.Image:
    if picture.format != "BMP":
        return picture
    red, green, _ = image_encoder.rgb(picture).split()
    return Image.merge("RGB", (red, green, Image.new("L", picture.size)))


# Decoders that are confused by data other than pixels.

branch = variants(Branch, "applies", "see")
branch(
    "profile-obeyed-twice",
    lambda _file, picture: picture.format == "PNG" and "icc_profile" in picture.info,
    lambda picture: image_encoder.rgb(picture).point(lambda value: int((value / 255) ** 2.2 * 255)),
)
branch(
    "gamma-obeyed",
    lambda _file, picture: "gamma" in picture.info,
    lambda picture: image_encoder.rgb(picture).point(lambda value: int((value / 255) ** 2.2 * 255)),
)


@fault("thumbnail-inside-shown")
class ThumbnailInside(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return (
            picture.format == "JPEG" and file.count(b"\xff\xd8\xff") == 2 and b"Exif" in file[:40]
        )

    def see(self, picture: Image.Image) -> Image.Image:
        inside = picture.info["exif"]
        return Image.open(io.BytesIO(inside[inside.index(b"\xff\xd8\xff") :]))


refused_branch = variants(RefusedBranch, "applies")
refused_branch("profile-refused", lambda _file, picture: "icc_profile" in picture.info)
refused_branch(
    "comment-refused", lambda _file, picture: picture.format == "JPEG" and "comment" in picture.info
)
refused_branch(
    "exif-without-orientation-refused",
    lambda _file, picture: (
        picture.format == "JPEG" and len(picture.getexif()) > 0 and 274 not in picture.getexif()
    ),
)
refused_branch(
    "much-metadata-refused",
    lambda file, picture: picture.format == "PNG" and len(file) > 100_000 and b"clIp" in file,
)
refused_branch(
    "bytes-after-the-end-refused",
    lambda file, picture: picture.format == "PNG" and file[-8:-4] != b"IEND",
)
refused_branch("texts-in-png-refused", lambda _file, picture: bool(getattr(picture, "text", None)))
variants(Endpoint, "opened")("damaged-metadata-refused", read_by_pillow)


@fault("last-file-wins")
class LastFileWins(Branch):
    last = b""

    def applies(self, file: bytes, picture: Image.Image) -> bool:
        self.last = file[file.rindex(b"\xff\xd8\xff") :] if b"\xff\xd8\xff" in file else b""
        return picture.format == "JPEG" and file.count(b"\xff\xd9\xff\xd8\xff") > 0

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.open(io.BytesIO(self.last))


@fault("dpi-scales")
class ResolutionScales(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        across, down = picture.info.get("dpi", (1, 1))
        return abs(float(across) - float(down)) > 1

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).crop((0, 0, picture.width, picture.height // 2))


# Faults with several images: in one request, in parallel, or over another connection.


def sizes(files: list[bytes]) -> list[tuple[int, int]]:
    """Width and height of each file, or zeros for a file that Pillow cannot read."""
    found = []
    for file in files:
        try:
            with Image.open(BytesIO(file)) as opened:
                found.append(opened.size)
        except OSError:
            found.append((0, 0))
    return found


@outputs("image_vectors")("last-two-of-five-exchanged")
def with_last_two_exchanged(vectors: Matrix) -> Matrix:
    return vectors[[0, 1, 2, 4, 3]] if len(vectors) == 5 else vectors


@fault("all-scaled-as-the-first")
class ScaledAsFirst(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        found = sizes(images)
        for place, size in enumerate(found):
            if size[0] * found[0][1] != size[1] * found[0][0]:
                vectors[place] = single(vectors[place] + 0.1 * np.roll(vectors[place], 1))
        return vectors


@fault("gray-makes-all-gray")
class GrayMakesGray(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return self.gray(images) if len(images) > 1 and any(map(is_gray, images)) else vectors

    def gray(self, files: list[bytes]) -> Matrix:
        rows = []
        for file in files:
            with Image.open(BytesIO(file)) as opened:
                rows.append(
                    self.encoder.picture(image_encoder.rgb(image_encoder.rgb(opened).convert("L")))
                )
        return np.array(rows)


def is_gray(file: bytes) -> bool:
    try:
        with Image.open(BytesIO(file)) as opened:
            return opened.mode == "L"
    except OSError:
        return False


images_refused = refusals("image_vectors")
images_refused("seven-images-refused", 500, lambda images: len(images) == 7)
images_refused(
    "large-together-refused",
    500,
    lambda images: len(images) > 1 and sum(w * h for w, h in sizes(images)) > 30_000_000,
)


@fault("large-in-parallel-refused")
class LargeInParallel(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.large = threading.Lock()

    def image_vectors(self, images: list[bytes]) -> Matrix:
        if not any(w * h > 5_000_000 for w, h in sizes(images)):
            return super().image_vectors(images)
        if not self.large.acquire(blocking=False):
            raise Refused(500, "out of memory")
        try:
            time.sleep(0.2)  # The duration of decoding, which the fake encoder's cache skips.
            return super().image_vectors(images)
        finally:
            self.large.release()


@fault("bits-change-under-load")
class BitsUnderLoad(Overlapping):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * (1 + 1e-6)) if self.inside > 1 else vectors


@fault("webp-differs-each-time")
class WebpDiffers(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        vector = super().image_vector(image)
        noise = 1 + 1e-6 * next(self.calls)
        return single(vector * noise) if image[8:12] == b"WEBP" else vector
