"""A conformance suite for Weaviate's multi2vec-clip vectorizer endpoint."""
