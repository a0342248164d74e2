"""Compare an endpoint's vectors with those of another endpoint, a recording, or a collection."""
