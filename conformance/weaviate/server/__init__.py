"""Which Weaviate server, and how it is started and stopped."""
