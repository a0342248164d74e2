"""Call an endpoint and read its responses."""
