"""The checks that need a real Weaviate server."""
