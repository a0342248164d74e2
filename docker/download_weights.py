"""Download the checkpoint of the tag in $MODEL into the hub cache during an image build.

The reference's own code loads the model once: what it will ask the hub for is then in the cache,
and a checkpoint that cannot be served ends the build instead of the container.
"""

import os

from conformance.data import models
from reference import encoders
from reference.encoders import Placement

if __name__ == "__main__":
    encoders.load(models.find(os.environ["MODEL"]), None, Placement())
