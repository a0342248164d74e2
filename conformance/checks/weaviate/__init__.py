"""The checks that a real Weaviate makes."""
