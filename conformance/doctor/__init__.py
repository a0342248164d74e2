"""What is there, and what is likely wrong with it, in seconds and without a verdict."""
