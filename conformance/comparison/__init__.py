"""Compare an endpoint's vectors with another endpoint, a recording, or a collection."""
