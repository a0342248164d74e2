"""Common mistakes in encoders, each expressed as a change to the documented usage."""

from lab.exactness.mistakes import images, models, pixels, texts
from lab.exactness.mistakes.mistake import Mistake

ALL: tuple[Mistake, ...] = (*images.ALL, *pixels.ALL, *texts.ALL, *models.ALL)
