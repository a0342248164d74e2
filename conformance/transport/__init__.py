"""How an endpoint is called and its responses are read."""
