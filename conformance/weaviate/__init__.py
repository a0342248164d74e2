"""Run a real Weaviate server between the suite and the endpoint."""
