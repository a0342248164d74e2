"""A real Weaviate between the suite and the endpoint."""
