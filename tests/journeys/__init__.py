"""Whole stories, told through the gateway over a real broker."""
