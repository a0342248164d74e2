"""Fill the hub's cache with the checkpoint of MODEL while an image is built.

The model is loaded once by the reference's own code: what it will ask the hub for is then in the
cache, and a checkpoint that cannot be served ends the build instead of the container.
"""

import os

from conformance.data import models
from reference import encoders

if __name__ == "__main__":
    encoders.load(models.find(os.environ["MODEL"]), None, "cpu")
