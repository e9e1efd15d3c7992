"""Measurements anyone can run: figures, no pass or fail."""
