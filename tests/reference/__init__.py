"""Tests for the reference encoder."""
