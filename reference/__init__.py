"""A minimal encoder that implements the whole multi2vec-clip contract."""
