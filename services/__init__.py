"""The services of an instance. None imports another."""
