"""Exact vectors: compare an endpoint's vectors with those computed by the model's own library."""
