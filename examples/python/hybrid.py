"""Search for films by vector and by keywords, with equal weight."""

from connect import connect

with connect() as client:
    films = client.collections.use("DemoCollection")
    found = films.query.hybrid(query="a green triangle", alpha=0.5, limit=2)
    for film in found.objects:
        print(film.properties["title"])
