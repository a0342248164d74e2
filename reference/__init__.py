"""A minimal encoder that implements the entire multi2vec-clip contract."""
