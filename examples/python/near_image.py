"""Search for films by image, sending the image as a base64 string."""

import base64
from pathlib import Path

from connect import connect

image = Path(__file__).parents[1] / "posters" / "yellow-star.png"

with connect() as client:
    films = client.collections.use("DemoCollection")
    found = films.query.near_image(
        near_image=base64.b64encode(image.read_bytes()).decode(), limit=2
    )
    for film in found.objects:
        print(film.properties["title"])
