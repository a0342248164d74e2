"""Diagnose an endpoint, a Weaviate server, and its collections within seconds."""
