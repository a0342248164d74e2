"""Download the checkpoint for the tag in $MODEL into the hub cache during an image build.

The reference's own code loads the model once, so everything that it will request from the hub is
then in the cache, and a checkpoint that cannot be served fails the build instead of the container.
"""

import os

from conformance.data import models
from reference import encoders
from reference.encoders import Placement

if __name__ == "__main__":
    encoders.load(models.find(os.environ["MODEL"]), None, Placement())
