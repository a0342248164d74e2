"""The checks, one file a clause group."""
