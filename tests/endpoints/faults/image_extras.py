"""Decoders that trip over what a file carries beside its pixels."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import io

from PIL import Image

from tests.endpoints import image_encoder
from tests.endpoints.faults.image_branch import Branch, RefusedBranch
from tests.endpoints.registry import fault

CARRIED = ("IMG-14",)


@fault("profile-refused", "an image with a colour profile is a 500", *CARRIED, "IMG-01", "IMG-11")
class ProfileRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return "icc_profile" in picture.info


@fault("profile-obeyed-twice", "a colour profile is obeyed twice", *CARRIED, "IMG-03")
class ProfileTwice(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and "icc_profile" in picture.info

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).point(lambda value: int((value / 255) ** 2.2 * 255))


@fault("gamma-obeyed", "PNGs that name their gamma are made linear", *CARRIED)
class GammaObeyed(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return "gamma" in picture.info

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).point(lambda value: int((value / 255) ** 2.2 * 255))


@fault("thumbnail-inside-shown", "the small copy in the EXIF data is shown", *CARRIED)
class ThumbnailInside(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return (
            picture.format == "JPEG" and file.count(b"\xff\xd8\xff") == 2 and b"Exif" in file[:40]
        )

    def see(self, picture: Image.Image) -> Image.Image:
        inside = picture.info["exif"]
        return Image.open(io.BytesIO(inside[inside.index(b"\xff\xd8\xff") :]))


@fault("comment-refused", "a JPEG with a comment is a 500", *CARRIED)
class CommentRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and "comment" in picture.info


@fault("texts-in-png-refused", "a PNG with texts is a 500", *CARRIED)
class PngTexts(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return bool(getattr(picture, "text", None))


@fault("bytes-after-the-end-refused", "bytes after a PNG's end are a 500", *CARRIED)
class AfterTheEnd(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and file[-8:-4] != b"IEND"


@fault("last-file-wins", "of two JPEGs in one file the last is shown", *CARRIED)
class LastFileWins(Branch):
    last = b""

    def applies(self, file: bytes, picture: Image.Image) -> bool:
        self.last = file[file.rindex(b"\xff\xd8\xff") :] if b"\xff\xd8\xff" in file else b""
        return picture.format == "JPEG" and file.count(b"\xff\xd9\xff\xd8\xff") > 0

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.open(io.BytesIO(self.last))


@fault("much-metadata-refused", "more than 64 KiB beside the pixels are a 500", *CARRIED)
class MuchMetadata(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and len(file) > 100_000 and b"clIp" in file


@fault("dpi-scales", "an image of unequal resolution is stretched by it", "IMG-14")
class ResolutionScales(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        across, down = picture.info.get("dpi", (1, 1))
        return abs(float(across) - float(down)) > 1

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).crop((0, 0, picture.width, picture.height // 2))
