"""The checks that require a real Weaviate server."""
