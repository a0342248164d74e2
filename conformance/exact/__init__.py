"""Exact vectors: what a stand-in's own library makes of known items, and an endpoint's beside."""
