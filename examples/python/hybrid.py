"""Find films by a text and by its words, at equal shares."""

from connect import connect

with connect() as client:
    films = client.collections.use("DemoCollection")
    found = films.query.hybrid(query="a green triangle", alpha=0.5, limit=2)
    for film in found.objects:
        print(film.properties["title"])
