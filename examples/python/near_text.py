"""Search for films by text."""

from connect import connect
from weaviate.classes.query import MetadataQuery

with connect() as client:
    films = client.collections.use("DemoCollection")
    found = films.query.near_text(
        query="a blue square", limit=2, return_metadata=MetadataQuery(distance=True)
    )
    for film in found.objects:
        print(f"{film.metadata.distance:.3f}", film.properties["title"])
