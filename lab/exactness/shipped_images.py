"""`python -m lab.exactness.shipped_images`: generate the lossy images in `fixtures/expected`."""

from pathlib import Path
from typing import Final

from PIL import ExifTags, Image

from conformance.exact import items

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "expected" / "images"
_SHAPE: Final = (0, 170, 128)


def main() -> None:
    """Write the files. Existing files should not be written again, since another encoder would
    change their pixels."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    color = items.rgb_scene(*_SHAPE)
    gray = Image.fromarray(items.gray_scene(*_SHAPE))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    color.save(FOLDER / items.SHIPPED["JPEG"], quality=90)
    color.save(FOLDER / items.SHIPPED["progressive JPEG"], quality=90, progressive=True)
    gray.save(FOLDER / items.SHIPPED["gray JPEG"], quality=90)
    color.convert("CMYK").save(FOLDER / items.SHIPPED["CMYK JPEG"], quality=90)
    color.save(FOLDER / items.SHIPPED["JPEG turned by EXIF"], quality=90, exif=turned)
    color.save(FOLDER / items.SHIPPED["lossy WebP"], quality=80)


if __name__ == "__main__":
    main()
