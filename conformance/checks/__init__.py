"""The checks, one file per clause group."""
