"""Exact vectors: compare an endpoint's vectors with those of the stand-in model's own library."""
