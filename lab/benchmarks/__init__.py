"""What `make bench` measures the reference against, and full-size checkpoints for it."""
