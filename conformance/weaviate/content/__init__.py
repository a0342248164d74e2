"""What is imported into Weaviate and searched there."""
