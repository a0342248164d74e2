"""What an image says of itself: its digest, and by a label that its model is named at start."""

import json
from dataclasses import dataclass, field

from conformance.containers import engine
from conformance.containers.errors import ContainerTrouble

MODEL_VARIABLE = "clip-conformance.model-variable"
"""A label with the environment variable that names the model to serve, where an image has several.
The reference's image has it, and so have images that are built from it."""
WEIGHTS_VARIABLE = "clip-conformance.weights-variable"
"""A label with the variable that says which weights: `stand-in`, or anything else."""
STAND_IN = "stand-in"


@dataclass(frozen=True)
class ImageFacts:
    """The labels and variables that an image was built with."""

    labels: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def names_model(self, tag: str) -> dict[str, str]:
        """The environment that has it serve `tag`; empty for an image of one model."""
        return {self.labels[MODEL_VARIABLE]: tag} if MODEL_VARIABLE in self.labels else {}

    def has_stand_ins(self, env: dict[str, str]) -> bool:
        """Whether a container with `env` serves a stand-in that lies inside the image."""
        variable = self.labels.get(WEIGHTS_VARIABLE, "")
        return {**self.env, **env}.get(variable) == STAND_IN


def of(image: str) -> ImageFacts:
    """What the image says; raises CommandFailed where it is not here."""
    config = json.loads(engine.call("image", "inspect", "--format", "{{json .Config}}", image))
    pairs = (each.partition("=") for each in config.get("Env") or ())
    return ImageFacts(config.get("Labels") or {}, {name: value for name, _, value in pairs})


def serves_stand_in(image: str, env: dict[str, str]) -> bool:
    """The same as `has_stand_ins`, where nothing is known of an image that is not here."""
    try:
        return of(image).has_stand_ins(env)
    except ContainerTrouble:
        return False
