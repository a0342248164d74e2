"""What passes between Weaviate and the endpoint, byte for byte."""
