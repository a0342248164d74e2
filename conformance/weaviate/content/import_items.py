"""The objects that are imported: images with captions, fitting the weights."""

from base64 import b64encode
from dataclasses import dataclass

from conformance.corpus.alignment import AlignedCorpus

COUNT = 8
"""Enough for a ranking, and all the photographs there are."""


@dataclass(frozen=True)
class Item:
    """One image with its caption, as the documentation page's film: a title and a poster."""

    title: str
    image: bytes
    """The file."""

    @property
    def poster(self) -> str:
        """The file in base64, as Weaviate wants blobs."""
        return b64encode(self.image).decode()

    def properties(self) -> dict[str, str]:
        """The properties of an object of the page's collection."""
        return {"title": self.title, "poster": self.poster}


def items(corpus: AlignedCorpus, count: int = COUNT) -> list[Item]:
    """`count` items spread over the corpus, titles in English."""
    step = max(1, len(corpus.images) // count)
    # A step that shares a factor with the number of shapes would draw one shape only.
    chosen = [(index * step + index % step) % len(corpus.images) for index in range(count)]
    return [Item(corpus.captions["en"][i], corpus.images[i]) for i in sorted(set(chosen))]
