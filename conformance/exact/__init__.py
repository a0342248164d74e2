"""Exact vectors: compare an endpoint with the library that a stand-in's model belongs to."""
