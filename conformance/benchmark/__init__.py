"""How fast an endpoint answers what Weaviate sends, and two endpoints side by side."""
