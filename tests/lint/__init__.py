"""What `make lint` holds."""
