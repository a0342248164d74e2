"""Import films in a batch; Weaviate requests each vector from the endpoint."""

import base64
import json
import sys
from pathlib import Path

from connect import connect

POSTERS = Path(__file__).parents[1] / "posters"

with connect() as client:
    films = client.collections.use("DemoCollection")
    with films.batch.fixed_size(batch_size=100) as batch:
        for film in json.loads((POSTERS / "films.json").read_text()):
            poster = base64.b64encode((POSTERS / film["poster"]).read_bytes()).decode()
            batch.add_object(properties={"title": film["title"], "poster": poster})
    if films.batch.failed_objects:
        # The message contains the endpoint's own error.
        sys.exit(films.batch.failed_objects[0].message)
    print("imported:", len(films))
